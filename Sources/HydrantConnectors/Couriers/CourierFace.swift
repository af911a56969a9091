import HydrantConnectorKit
import HydrantCore

/// One courier's protocol: how each question is written and how each answer is read. No effects; ``CourierProxy`` asks.
protocol CourierFace: Sendable {
    var system: String { get }
    /// The courier's name in tracking facts and sentences: "SF".
    var courier: String { get }
    /// The house: who sends parcels, and where goods come back to.
    var house: SenderAddress { get }

    /// The call for a question; nil where the protocol has none.
    func call(_ question: CourierQuestion, for request: InstructionRequest) -> CourierCall?

    /// What a reply says; nil when the bytes are no reply of this protocol.
    func answer(to question: CourierQuestion, _ reply: [UInt8], for request: InstructionRequest) -> CourierAnswer?

    /// True where creating again under the same number of ours is certain to give the first waybill and no second one,
    /// so that it may stand for asking.
    var repeatsToFind: Bool { get }

    /// How many waybills one call can ask the routes of.
    var routesPerCall: Int { get }

    /// What the courier checks of the receiver before it shows a route; empty where it checks nothing.
    func routeProof(phone: String) -> String

    /// The call for the routes of several waybills; its reply is read for each by ``answer(to:_:for:)``.
    func routesCall(_ waybills: [RouteQuestion], for request: InstructionRequest) -> CourierCall?
}

extension CourierFace {
    var repeatsToFind: Bool { false }
    var routesPerCall: Int { 1 }
    func routeProof(phone: String) -> String { "" }
    func routesCall(_ waybills: [RouteQuestion], for request: InstructionRequest) -> CourierCall? { nil }
}

/// A waybill whose route is asked for.
struct RouteQuestion: Hashable, Sendable {
    var number: String
    /// What the courier checks before it shows a route, the same for all waybills of a call; empty where it does not.
    var proof = ""
}

/// What a courier is asked.
enum CourierQuestion: Sendable {
    case create(Receiver)
    /// By our own number of the parcel.
    case find
    case cancel(number: String)
    case readdress(number: String, Receiver)
    /// By the waybill's number where it is known; the receiver's phone where the courier wants its last digits.
    case route(number: String?, phone: String)
    case subscribe(number: String, phone: String)
}

/// A call with the operation's name in the courier's documents.
struct CourierCall: Sendable {
    var operation: String
    var call: HTTPCall
}

/// What a courier answers.
enum CourierAnswer: Sendable {
    /// With the line that the courier sorts it onto, where it says so.
    case created(number: String, line: String = "")
    /// The courier has the order and gives no number yet.
    case withoutNumber
    /// Carried out, with the courier's words.
    case done(String)
    /// The courier's whole list, in any order.
    case route(number: String, [Scan])
    case failed(FailureClass, words: String)
}

extension InstructionRequest {
    /// The parcel that the instruction is about: `PARCEL`, `PARCEL#NUMBER` or `PARCEL@MILLISECONDS`.
    var parcel: String {
        let id = instruction.parcel
        return id.lastIndex(of: "@").map { String(id[..<$0]) } ?? id
    }

    /// A number for one call: new each time, and yet the same in a replay.
    func callID(_ operation: String) -> String {
        hexadecimalText(HashAlgorithm.md5.digest(Array("\(instruction.key) \(operation) \(now.milliseconds)".utf8)))
    }

    /// What lies in the parcel as far as it is known, or what comes back in it, or else the whole order.
    var cargo: [CargoItem] {
        let packed = order.parcel(parcel)?.packing?.value.items.map { ($0.line, $0.units) } ?? []
        let returned = order.orderReturn(in: parcel)?.goods.map { ($0.line, $0.units) } ?? []
        let known = packed.isEmpty ? returned : packed
        let contents = known.isEmpty ? nil : Dictionary(known, uniquingKeysWith: +)
        return order.lines.values.compactMap { line in
            guard let units = contents == nil ? line.units : contents?[line.id] else { return nil }
            return CargoItem(
                name: line.name.isEmpty ? line.sku : line.name, units: units, priceMinor: line.priceMinor)
        }
    }

    /// The parcel's weight; nil where the warehouse did not say.
    var weightGrams: Int? { order.parcel(parcel)?.packing?.value.weightGrams }
}

/// One kind of goods in a parcel.
struct CargoItem: Hashable, Sendable {
    var name: String
    var units: Int
    /// Price of all units.
    var priceMinor: Int64
}
