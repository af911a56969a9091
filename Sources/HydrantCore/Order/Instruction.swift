/// What the hub asks an outside system to do.
package struct Instruction: Hashable, Sendable {
    /// Derived from (order, event number, kind): the same on every retry and after every restart.
    package var key: String
    package var kind: InstructionKind
    /// The system that is asked.
    package var system: String
    /// The parcel it is about, or the touchpoint it sends; empty for the whole order.
    package var target: String

    package init(key: String, kind: InstructionKind, system: String, target: String = "") {
        self.key = key
        self.kind = kind
        self.system = system
        self.target = target
    }

    package static func key(order: String, eventNumber: Int, kind: InstructionKind) -> String {
        "\(order)/\(eventNumber)/\(kind.rawValue)"
    }
}

/// The storage names of instructions; the list may only grow.
package enum InstructionKind: String, CaseIterable, Sendable {
    case checkCredit = "credit.check"
    case createDelivery = "delivery.create"
    case cancelDelivery = "delivery.cancel"
    case createWaybill = "waybill.create"
    case queryTrace = "trace.query"
    case issueInvoice = "invoice.issue"
    case registerWarranty = "warranty.register"
    case notifyCustomer = "customer.notify"
}

extension Instruction {
    var json: JSON {
        [
            "key": .string(key), "kind": .string(kind.rawValue), "system": .string(system), "target": .string(target),
        ]
    }

    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            key: try data.text("key"), kind: try data.choice("kind", InstructionKind.self),
            system: try data.text("system"), target: try data.optionalText("target") ?? "")
    }
}
