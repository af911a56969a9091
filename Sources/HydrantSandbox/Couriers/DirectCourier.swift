import HydrantConnectorKit
import HydrantCore

/// A courier that is asked directly; the raw value is the kind of its connector and its part of the address.
package enum DirectCourier: String, CaseIterable, Sendable {
    case sf
    case zto
    case jd
    case yto
    case sto
    case yunda
}

/// What a call asks of a courier, whatever its protocol.
enum DirectQuestion: Sendable {
    /// With the customer's own number; false when the receiver lacks something.
    case create(id: String, isComplete: Bool)
    case find(id: String)
    /// By the waybill's number, or by our own where the protocol wants that.
    case cancel(id: String?, number: String?)
    case readdress(number: String)
    /// Where the protocol takes several waybills in one call, the others too.
    case track(number: String?, id: String?, others: [String] = [])
    case subscribe(number: String)
    case balance
    /// Fetching a token.
    case token
}

/// Why a courier says no.
enum DirectRefusal: Sendable {
    case signature
    case clock
    case tokenOver
    case malformed(String)
    case unknownOperation
    case incomplete
    case throttled
    case exhausted
    /// There is one already; with its number where this courier repeats it.
    case duplicate(number: String?)
    case unknownNumber
    case alreadyCancelled
    case alreadyPickedUp
    case notSubscribed
}

/// What a courier answers, before its protocol puts it into bytes.
enum DirectAnswer: Sendable {
    case created(id: String, number: String)
    case done
    /// With what is known of the others that were asked for in the same call.
    case route(number: String, [DirectScan], others: [DirectRoute] = [])
    case balance(Int)
    case token(String)
    case refused(DirectRefusal)
}

/// The scans of one waybill.
struct DirectRoute: Sendable {
    var number: String
    var scans: [DirectScan]
}

/// A scan of a played parcel.
struct DirectScan: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case pickedUp
        case inTransit
        case outForDelivery
        case stored
        case signed
        case returning
        /// The courier's own word for it is the one for a signature: the sender signs.
        case returned
    }

    var kind: Kind
    var at: Instant
    var place: String
    var text: String
    /// Tells the scans of one courier apart.
    var id: String
}

/// One courier's protocol as its own servers speak it.
protocol DirectFace: Sendable {
    /// What a call asks, after its signature was verified byte for byte; or why it is turned away.
    func read(_ call: DirectCall) -> Result<DirectQuestion, DirectTurnedAway>

    func answer(_ answer: DirectAnswer, to call: DirectCall) -> SandboxAnswer

    /// How a scan is pushed; nil where the protocol has no push that is known.
    func push(_ scan: DirectScan, id: String, number: String, isForged: Bool) -> DirectPushForm?

    /// Whether the hub's answer is the one that this courier waits for.
    func isAcknowledged(_ body: [UInt8]) -> Bool
}

struct DirectTurnedAway: Error, Sendable {
    var reason: DirectRefusal

    init(_ reason: DirectRefusal) { self.reason = reason }
}

/// A call without the part of the address that names the courier, and what chance says about its answer.
struct DirectCall: Sendable {
    var path: String
    var query: [(name: String, value: String)]
    var headers: [String: String]
    var body: [UInt8]
    var now: Instant
    var clockTolerance: Milliseconds
    /// The other one of two forms in which the courier's answers were seen.
    var isOtherForm: Bool

    var form: [(name: String, value: String)] { formDecoded(body) ?? [] }

    func isNear(_ moment: Instant?) -> Bool { moment.map { abs(now - $0) <= clockTolerance } ?? false }
}

/// The body of a push.
struct DirectPushForm: Sendable {
    var contentType: String
    /// What follows the courier's name in the address of the push.
    var pathRest: String
    var body: [UInt8]

    static func json(_ document: JSON, pathRest: String = "") -> DirectPushForm {
        DirectPushForm(contentType: "application/json;charset=UTF-8", pathRest: pathRest, body: document.bytes)
    }

    static func form(_ pairs: [(name: String, value: String)]) -> DirectPushForm {
        DirectPushForm(
            contentType: "application/x-www-form-urlencoded;charset=UTF-8", pathRest: "",
            body: Array(formEncoded(pairs).utf8))
    }
}

extension JSON {
    /// Whether a receiver or sender has all of these as texts.
    func holds(_ names: String...) -> Bool { names.allSatisfy { !(self[$0]?.string ?? "").isEmpty } }
}
