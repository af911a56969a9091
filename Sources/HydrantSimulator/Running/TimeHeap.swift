package import HydrantCore

/// A binary heap by time; what was put in first comes out first among equals.
package struct TimeHeap<Content: Sendable>: Sendable {
    private struct Item: Sendable {
        var at: Instant
        var sequence: UInt64
        var content: Content

        func precedes(_ other: Item) -> Bool { at != other.at ? at < other.at : sequence < other.sequence }
    }

    private var items: [Item] = []
    private var sequence: UInt64 = 0

    package init() {}

    package var count: Int { items.count }
    package var isEmpty: Bool { items.isEmpty }
    /// When the next item is due.
    package var nextAt: Instant? { items.first?.at }

    package mutating func push(_ content: Content, at: Instant) {
        sequence += 1
        items.append(Item(at: at, sequence: sequence, content: content))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].precedes(items[parent]) else { return }
            items.swapAt(child, parent)
            child = parent
        }
    }

    package mutating func pop() -> (at: Instant, content: Content)? {
        guard let first = items.first else { return nil }
        let last = items.removeLast()
        guard !items.isEmpty else { return (first.at, first.content) }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < items.count, items[left].precedes(items[least]) { least = left }
            if left + 1 < items.count, items[left + 1].precedes(items[least]) { least = left + 1 }
            guard least != parent else { return (first.at, first.content) }
            items.swapAt(parent, least)
            parent = least
        }
    }
}
