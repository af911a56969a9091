import HydrantCore
import Synchronization

/// Which orders have to be looked at again, and when: a heap by time.
final class ChangeBoard: Sendable {
    private struct Board {
        var heap = DueHeap()
        /// The earliest time noted for each order, so that an order is not in the heap many times over.
        var earliest: [String: Instant] = [:]
        var nextTimerAt: Instant?
    }

    private let board = Mutex(Board())

    func add(_ changes: [(String, Instant)], timers: [OrderTimer]) {
        board.withLock { board in
            for (number, at) in changes {
                if let known = board.earliest[number], known <= at { continue }
                board.earliest[number] = at
                board.heap.push(DueOrder(at: at, number: number))
            }
            for timer in timers { board.nextTimerAt = min(board.nextTimerAt ?? timer.dueAt, timer.dueAt) }
        }
    }

    /// When the next order or timer falls due.
    var nextAt: Instant? {
        board.withLock { [$0.heap.top?.at, $0.nextTimerAt].compactMap(\.self).min() }
    }

    /// Takes the orders that are due.
    func takeDue(now: Instant, limit: Int) -> [String] {
        board.withLock { board in
            var numbers: [String] = []
            while numbers.count < limit, let top = board.heap.top, top.at <= now {
                board.heap.pop()
                guard board.earliest[top.number] == top.at else { continue }
                board.earliest[top.number] = nil
                numbers.append(top.number)
            }
            return numbers
        }
    }

    /// Whether timers may be due; forgets the hint.
    func takeTimerHint(now: Instant) -> Bool {
        board.withLock { board in
            guard let at = board.nextTimerAt, at <= now else { return false }
            board.nextTimerAt = nil
            return true
        }
    }

    var count: Int { board.withLock { $0.heap.count } }
}

struct DueOrder {
    var at: Instant
    var number: String

    static func < (left: DueOrder, right: DueOrder) -> Bool {
        left.at != right.at ? left.at < right.at : left.number < right.number
    }
}

/// A binary heap, the earliest on top.
struct DueHeap {
    private var items: [DueOrder] = []

    var top: DueOrder? { items.first }
    var count: Int { items.count }

    mutating func push(_ item: DueOrder) {
        items.append(item)
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child] < items[parent] else { return }
            items.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() {
        guard items.count > 1 else {
            items.removeAll()
            return
        }
        items.swapAt(0, items.count - 1)
        items.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child] < items[least] {
                least = child
            }
            guard least != parent else { return }
            items.swapAt(parent, least)
            parent = least
        }
    }
}
