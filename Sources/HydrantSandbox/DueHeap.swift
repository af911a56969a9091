import HydrantCore

/// What happens next in the outside world, soonest first; what is due at the same moment keeps its order of entry.
struct DueHeap: Sendable {
    enum Kind: UInt8, Sendable {
        case warehouseStep
        case route
        case receipt
        case refund
        case payBack
        /// Revenue that finance takes out of its books again.
        case reversal
        /// A message that was held back or not acknowledged.
        case resend
    }

    struct Entry: Sendable {
        var at: Instant
        var sequence: UInt32
        var index: Int32
        var kind: Kind

        static func < (left: Entry, right: Entry) -> Bool {
            left.at != right.at ? left.at < right.at : left.sequence < right.sequence
        }
    }

    private var entries: [Entry] = []
    private var nextSequence: UInt32 = 0

    var count: Int { entries.count }
    var soonest: Instant? { entries.first?.at }

    mutating func add(_ kind: Kind, _ index: Int, at: Instant) {
        entries.append(Entry(at: at, sequence: nextSequence, index: Int32(index), kind: kind))
        nextSequence &+= 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child] < entries[parent] else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// The soonest entry that is due by then.
    mutating func pop(dueBy now: Instant) -> Entry? {
        guard let first = entries.first, first.at <= now else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child] < entries[smallest] {
                smallest = child
            }
            guard smallest != parent else { return first }
            entries.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
