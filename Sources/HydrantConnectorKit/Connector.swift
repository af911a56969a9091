package import HydrantCore

/// One way to one outside system. Stateless apart from its settings and its HTTP caller.
package protocol Connector: Sendable {
    /// The system's name in the settings, which is also the source of its facts.
    var system: String { get }

    /// Where goods come back to with the labels that the system makes for them, where the settings name no address of
    /// the warehouse; nil where it makes none.
    var returnAddress: Sensitive<Receiver>? { get }

    /// Carries an instruction out. Never throws: every way it can end is an ``InstructionResult``.
    func perform(_ request: InstructionRequest) async -> InstructionResult

    /// Asks, after an ambiguous end, whether the instruction was carried out, by our own number.
    func find(_ request: InstructionRequest) async -> InstructionResult
}

extension Connector {
    package var returnAddress: Sensitive<Receiver>? { nil }
}

/// An instruction with what is needed to carry it out, as the order is now.
package struct InstructionRequest: Sendable {
    package var instruction: Instruction
    package var order: Order
    /// Who receives the parcel, where the instruction needs to know (``InstructionKind/needsReceiver``).
    package var receiver: Sensitive<Receiver>?
    /// Who sends the parcel, by its warehouse; nil where the connector's own settings say it.
    package var house: Receiver?
    /// For `keeper.ask`: whom to text, and what the link needs.
    package var keeper: KeeperQuestion?
    /// For `call.place`: whom to connect.
    package var call: CallQuestion?
    package var now: Instant

    package init(instruction: Instruction, order: Order, receiver: Sensitive<Receiver>?, now: Instant) {
        self.instruction = instruction
        self.order = order
        self.receiver = receiver
        self.now = now
    }
}

/// Who looks after a warehouse and can read a number off a label.
package struct KeeperContact: Sendable {
    /// Nil for every warehouse that no earlier contact names.
    package var warehouse: String?
    package var name: Sensitive<String>
    package var phone: Sensitive<String>

    package init(warehouse: String?, name: Sensitive<String>, phone: Sensitive<String>) {
        self.warehouse = warehouse
        self.name = name
        self.phone = phone
    }
}

/// What the text to a warehouse keeper needs. The link of the form is fixed in the text's template; only its code
/// changes.
package struct KeeperQuestion: Sendable {
    package var name: Sensitive<String>
    package var phone: Sensitive<String>
    /// The end of the form's link, `/k/CODE`: letters and digits, at most 20. Whoever has it can type the number.
    package var code: Sensitive<String>

    package init(name: Sensitive<String>, phone: Sensitive<String>, code: Sensitive<String>) {
        self.name = name
        self.phone = phone
        self.code = code
    }
}

extension InstructionKind {
    /// Whether the receiver in clear is part of what is sent.
    package var needsReceiver: Bool {
        switch self {
        case .createDelivery, .createWaybill, .findWaybill, .readdressWaybill, .subscribeTrace, .queryTrace,
            .notifyCustomer, .placeCall:
            true
        default: false
        }
    }
}

/// How an instruction ended.
package enum InstructionResult: Sendable {
    /// Carried out; what the system said becomes facts.
    case done(facts: [ReportedFact], detail: String)
    /// The system says no and will say no again. `data` is final for the order; after `channel` the next channel is
    /// tried.
    case refused(detail: String, class: RefusalClass = .data)
    /// Not carried out for certain; trying again may help. `after` is what the system asked us to wait.
    case retryable(detail: String, after: Milliseconds?)
    /// The answer to a question that is asked regularly: what is known so far, and more is to come.
    case underWay(facts: [ReportedFact], detail: String)
    /// Nobody knows. ``Connector/find(_:)`` comes next.
    case ambiguous(detail: String)
    /// From ``Connector/find(_:)``: certainly not carried out. From `waybill.find`: the channel knows no such number
    /// yet.
    case notFound
}

/// A fact as a system reports it, before the hub puts its name and time of receipt to it.
package struct ReportedFact: Sendable {
    package var messageID: String
    /// Empty for a pushed trace that names only the waybill's number: the hub looks for the parcel that has it.
    package var order: String
    package var occurredAt: Instant?
    package var word: String?
    package var body: FactBody
    /// The part of a message with several parts that this fact was read from; nil where the message tells of nothing
    /// else. Kept for a person when the fact cannot be recorded.
    package var part: [UInt8]?

    package init(messageID: String, order: String, occurredAt: Instant?, word: String? = nil, body: FactBody) {
        self.messageID = messageID
        self.order = order
        self.occurredAt = occurredAt
        self.word = word
        self.body = body
    }
}

/// Takes in what an outside system pushes to `POST /push/{system}`.
package protocol PushReceiver: Sendable {
    var system: String { get }

    /// Whether it reports on orders that the hub itself gave out: a report on any other order begins none, but waits
    /// for a person.
    var followsOrders: Bool { get }

    /// Turns away, before the body is read, what its head already shows to be no push of this system: a wrong secret
    /// in the address, an unknown key, a time long past. The body of `head` is empty.
    func checkHead(_ head: Push) throws(PushProblem)

    /// Verifies the raw bytes, then reads them.
    func receive(_ push: Push) throws(PushProblem) -> PushContent
}

extension PushReceiver {
    package var followsOrders: Bool { false }

    /// For protocols whose heads prove nothing.
    package func checkHead(_ head: Push) throws(PushProblem) {}
}

/// A request as it came.
package struct Push: Sendable {
    /// The query's pairs, decoded, in order.
    package var query: [(name: String, value: String)]
    /// Lower-case names.
    package var headers: [String: String]
    package var body: [UInt8]
    package var now: Instant
    /// What follows the system's name in the path, without a slash at its beginning: `TOKEN` of `/push/courier/TOKEN`.
    package var pathRest: String

    package init(
        query: [(name: String, value: String)], headers: [String: String], body: [UInt8], now: Instant,
        pathRest: String = ""
    ) {
        self.query = query
        self.headers = headers
        self.body = body
        self.now = now
        self.pathRest = pathRest
    }
}

/// The facts of a push, and the exact bytes that acknowledge it after they are stored.
package struct PushContent: Sendable {
    package var facts: [ReportedFact]
    /// Messages of the push that name no order and can only be parked, each as its own bytes.
    package var unattributed: [[UInt8]]
    package var acknowledgement: Acknowledgement

    package init(facts: [ReportedFact], unattributed: [[UInt8]] = [], acknowledgement: Acknowledgement) {
        self.facts = facts
        self.unattributed = unattributed
        self.acknowledgement = acknowledgement
    }
}

package struct Acknowledgement: Sendable {
    package var contentType: String
    package var body: [UInt8]

    package init(contentType: String, body: [UInt8]) {
        self.contentType = contentType
        self.body = body
    }
}

/// Why a push is not taken in. The acknowledgement tells the sender in its own protocol.
package struct PushProblem: Error, Sendable {
    package enum Kind: Sendable {
        case signature
        case malformed
    }

    package var kind: Kind
    /// For the log; holds nothing of the content.
    package var message: String
    package var acknowledgement: Acknowledgement

    package init(kind: Kind, message: String, acknowledgement: Acknowledgement) {
        self.kind = kind
        self.message = message
        self.acknowledgement = acknowledgement
    }
}
