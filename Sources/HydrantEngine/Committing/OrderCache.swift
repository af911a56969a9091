import HydrantStorage

/// The orders that were touched last, so that a burst about one order reads it once. Second-chance eviction: cheap, and
/// the same on every run.
struct OrderCache {
    private struct Entry {
        var loaded: LoadedOrder
        var wasUsed: Bool
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var queue: [String] = []
    private var head = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { entries.count }

    subscript(_ number: String) -> LoadedOrder? { entries[number]?.loaded }

    mutating func touch(_ number: String) -> LoadedOrder? {
        guard let loaded = entries[number]?.loaded else { return nil }
        entries[number]?.wasUsed = true
        return loaded
    }

    mutating func insert(_ loaded: LoadedOrder) {
        let number = loaded.row.number
        if entries.updateValue(Entry(loaded: loaded, wasUsed: true), forKey: number) == nil { queue.append(number) }
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
