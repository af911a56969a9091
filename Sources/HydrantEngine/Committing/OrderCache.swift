import HydrantStorage

/// The orders that were touched last, so that a burst about one order reads it once. Second-chance eviction: cheap, and
/// the same on every run.
struct OrderCache {
    private struct Entry {
        var cell: OrderCell
        var wasUsed: Bool
        var isLent: Bool
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var queue: [String] = []
    private var head = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { entries.count }

    /// The order for reading; nil while a batch is changing it.
    subscript(_ number: String) -> OrderCell? {
        guard let entry = entries[number], !entry.isLent else { return nil }
        return entry.cell
    }

    /// The order for a batch to change, until it is inserted or removed again or ``giveBack(_:)``.
    mutating func lend(_ number: String) -> OrderCell? {
        guard let cell = entries[number]?.cell else { return nil }
        entries[number]?.wasUsed = true
        entries[number]?.isLent = true
        return cell
    }

    /// The batch is over and did not change it.
    mutating func giveBack(_ number: String) { entries[number]?.isLent = false }

    mutating func insert(_ cell: OrderCell, of number: String) {
        if entries.updateValue(Entry(cell: cell, wasUsed: true, isLent: false), forKey: number) == nil {
            queue.append(number)
        }
        while entries.count > capacity { evictOne() }
    }

    mutating func remove(_ number: String) { entries[number] = nil }

    private mutating func evictOne() {
        while head < queue.count {
            let number = queue[head]
            head += 1
            guard let entry = entries[number] else { continue }
            if entry.wasUsed {
                entries[number]?.wasUsed = false
                queue.append(number)
                continue
            }
            entries[number] = nil
            break
        }
        if head > 1_024, head * 2 > queue.count {
            queue.removeFirst(head)
            head = 0
        }
    }
}
