import HydrantCore

/// One aggregator's own book of waybills, by the customer's number of each.
struct WaybillBook: Sendable {
    struct Entry: Sendable {
        /// The customer's number: the hub's parcel.
        var id: String
        var courier: String
        /// All numbers that were ever given for it; more than one would be a fault of the hub.
        var numbers: [String]
        var madeAt: Instant
        var cancelled: Set<String> = []
        /// How often the hub asked for it.
        var requests = 1
        /// Where scans are pushed to, with the salt that signs them.
        var subscription: Subscription?
        /// How many scans were pushed.
        var pushed = 0
        /// The address was changed so often.
        var changes = 0
        /// The courier that a subscription wrongly named, in the partner's code; empty where it named the right one.
        var mistaken = ""
    }

    struct Subscription: Sendable {
        var url: String
        var salt: String
        var since: Instant
        var count = 1
    }

    private(set) var entries: [Entry] = []
    private var indices: [String: Int] = [:]
    private var byNumber: [String: Int] = [:]
    private let prefix: String
    /// Numbers that can still be drawn.
    var left: Int

    init(prefix: String, left: Int) {
        self.prefix = prefix
        self.left = left
    }

    func entry(_ id: String) -> Entry? { indices[id].map { entries[$0] } }

    func entry(number: String) -> Entry? { byNumber[number].map { entries[$0] } }

    mutating func change(_ id: String, _ change: (inout Entry) -> Void) {
        if let index = indices[id] { change(&entries[index]) }
    }

    /// A number for the parcel; nil when none is left.
    mutating func draw(_ id: String, courier: String, at now: Instant) -> String? {
        guard left > 0 else { return nil }
        left -= 1
        let number = "\(prefix)\(700_000_000_000 + byNumber.count + 1)"
        if let index = indices[id] {
            entries[index].numbers.append(number)
        } else {
            indices[id] = entries.count
            entries.append(Entry(id: id, courier: courier, numbers: [number], madeAt: now))
        }
        byNumber[number] = indices[id]
        return number
    }

    /// - Returns: false when the number is not in the book.
    mutating func cancel(_ number: String) -> Bool {
        guard let index = byNumber[number] else { return false }
        entries[index].cancelled.insert(number)
        return true
    }
}

/// What happens to a played parcel, before each partner puts it into its own codes.
struct PartnerScan: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case pickedUp
        case inTransit
        case outForDelivery
        case stored
        case signed
        case returning
        case returned
    }

    var kind: Kind
    var at: Instant
    var place: String
    var text: String
}

extension PartnerScan {
    static let delivery: [(kind: Kind, place: String, text: String)] = [
        (.pickedUp, "廊坊市", "快件已揽收"), (.inTransit, "廊坊市", "快件已到达【廊坊转运中心】"), (.inTransit, "目的地", "快件已到达【目的地】"),
        (.outForDelivery, "目的地", "快件正在派送中"), (.signed, "目的地", "快件已签收"),
    ]

    static let collection: [(kind: Kind, place: String, text: String)] =
        delivery.dropLast() + [(.stored, "目的地", "快件已存放至快递柜，请及时取件"), (.signed, "目的地", "快件已被取出，签收")]

    static let returning: [(kind: Kind, place: String, text: String)] =
        delivery.dropLast() + [(.returning, "目的地", "收件人拒收，快件退回中"), (.returned, "廊坊市", "退回件已由寄件方签收")]
}
