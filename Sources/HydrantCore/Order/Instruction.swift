/// What the hub asks an outside system to do.
package struct Instruction: Hashable, Sendable {
    /// Derived from (order, event number, kind): the same on every retry and after every restart.
    package var key: String
    package var kind: InstructionKind
    /// The system that is asked.
    package var system: String
    /// The parcel it is about, followed by `#` and the number where one waybill of the parcel is meant, the
    /// touchpoint it sends, or the call it makes; empty for the whole order.
    package var target: String
    /// For a waybill: the courier that is to carry the parcel, which matters where a channel serves several.
    package var courier: String
    /// How long it is worth sending; nil for as long as the hub's options say.
    package var lifetime: Milliseconds?

    package init(key: String, kind: InstructionKind, system: String, target: String = "") {
        self.key = key
        self.kind = kind
        self.system = system
        self.target = target
        courier = ""
    }

    package static func key(order: String, eventNumber: Int, kind: InstructionKind) -> String {
        #if HYDRANT_MUTANTS
            if Mutant.keyWithoutNumber.isOn { return "\(order)/\(kind.rawValue)" }
        #endif
        return "\(order)/\(eventNumber)/\(kind.rawValue)"
    }

    /// The target of an instruction about one waybill of a parcel.
    package static func target(parcel: String, number: String) -> String { "\(parcel)#\(number)" }

    /// The parcel in the target, without the waybill's number.
    package var parcel: String { target.lastIndex(of: "#").map { String(target[..<$0]) } ?? target }

    /// The number of the waybill in the target; nil where the parcel as a whole is meant.
    package var waybillNumber: String? {
        target.lastIndex(of: "#").map { String(target[target.index(after: $0)...]) }
    }
}

/// The storage names of instructions; the list may only grow.
package enum InstructionKind: String, CaseIterable, Sendable {
    /// Places the order that replaces goods of this one; the hub carries it out itself.
    case createReplacement = "replacement.create"
    /// Asks whoever buys goods for those of a replacement.
    case pushPurchase = "purchase.push"
    case checkCredit = "credit.check"
    case createDelivery = "delivery.create"
    case cancelDelivery = "delivery.cancel"
    case createWaybill = "waybill.create"
    case queryTrace = "trace.query"
    case issueInvoice = "invoice.issue"
    case registerWarranty = "warranty.register"
    case notifyCustomer = "customer.notify"
    /// Takes back the waybill `PARCEL#NUMBER`. Already taken back is done.
    case voidWaybill = "waybill.void"
    /// Asks a channel for the number of a parcel by our own number of it; asked again until there is one.
    case findWaybill = "waybill.find"
    /// Changes the receiver of the waybill `PARCEL#NUMBER` to the order's receiver.
    case readdressWaybill = "waybill.readdress"
    /// Asks for the scans of the waybill `PARCEL#NUMBER` to be pushed. Already subscribed is done.
    case subscribeTrace = "trace.subscribe"
    /// Texts the keeper of a parcel's warehouse a link to the form for its number.
    case askKeeper = "keeper.ask"
    /// Asks the warehouse to stop work on the delivery until further notice. Already stopped is done.
    case pauseDelivery = "delivery.pause"
    /// Lets a delivery that was stopped go on as it was.
    case resumeDelivery = "delivery.resume"
    /// Rings the agent and then the receiver: the call that the target names. Asked about until it has ended.
    case placeCall = "call.place"
    /// Prices the way to a changed address `OLD>NEW@TIME`; the hub carries it out itself.
    case repriceFreight = "freight.reprice"
    /// Tells a system that a changed receiver is verified: `@TIME/ROLE`.
    case tellReceiver = "receiver.tell"

    /// Whether the hold of an interceptor stops it. Questions, and news to the customer of what has happened, go on.
    package var isStoppedByRules: Bool {
        switch self {
        case .createReplacement: false
        case .checkCredit, .queryTrace, .subscribeTrace, .notifyCustomer, .findWaybill, .voidWaybill, .cancelDelivery,
            .pauseDelivery, .resumeDelivery, .askKeeper, .readdressWaybill, .placeCall, .repriceFreight, .tellReceiver:
            false
        case .createDelivery, .createWaybill, .issueInvoice, .registerWarranty, .pushPurchase: true
        }
    }
}

extension Instruction {
    var json: JSON {
        .compact([
            ("key", .string(key)), ("kind", .string(kind.rawValue)), ("system", .string(system)),
            ("target", .string(target)), ("courier", courier.isEmpty ? nil : .string(courier)),
            ("lifetime", lifetime.map { .integer($0) }),
        ])
    }

    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            key: try data.text("key"), kind: try data.choice("kind", InstructionKind.self),
            system: try data.text("system"), target: try data.optionalText("target") ?? "")
        courier = try data.optionalText("courier") ?? ""
        lifetime = try data.optionalInteger("lifetime", in: 0...Int64.max)
    }
}
