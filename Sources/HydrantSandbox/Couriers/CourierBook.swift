import HydrantCore

/// A courier's own book: orders by the customer's number, waybill numbers, what was cancelled and what is on its way.
struct CourierBook: Sendable {
    struct Entry: Sendable {
        /// The customer's number of the parcel, as the courier got it.
        var id: String
        /// All numbers that were ever given for it; more than one would be a fault of the hub.
        var numbers: [String]
        var madeAt: Instant
        var isCancelled = false
        /// How often the hub asked for it.
        var requests = 1
        var subscriptions = 0
        var addressChanges = 0
        /// How many scans were pushed.
        var pushed = 0
    }

    private(set) var entries: [Entry] = []
    private var byID: [String: Int] = [:]
    private var byNumber: [String: Int] = [:]
    private let prefix: String
    /// Numbers that can still be drawn.
    private(set) var left: Int

    init(prefix: String, left: Int) {
        self.prefix = prefix
        self.left = left
    }

    func index(id: String) -> Int? { byID[id] }

    func index(number: String) -> Int? { byNumber[number] }

    /// Enters a number that the courier did not give by itself: from a roll of labels.
    mutating func enter(_ number: String, of parcel: String, at now: Instant) -> Int {
        let index = entries.count
        entries.append(Entry(id: parcel, numbers: [number], madeAt: now))
        if byID[parcel] == nil { byID[parcel] = index }
        byNumber[number] = index
        return index
    }

    mutating func change(_ index: Int, _ change: (inout Entry) -> Void) { change(&entries[index]) }

    /// A number for the customer's number; nil when none is left.
    mutating func draw(_ id: String, at now: Instant) -> String? {
        guard left > 0 else { return nil }
        left -= 1
        let number = "\(prefix)\(731_000_000_000 + byNumber.count + 1)"
        if let index = byID[id] {
            entries[index].numbers.append(number)
        } else {
            byID[id] = entries.count
            entries.append(Entry(id: id, numbers: [number], madeAt: now))
        }
        byNumber[number] = byID[id]
        return number
    }
}
