import HydrantCore

/// What waits, the earliest due first and of two the one that came first; adding and taking away cost little however
/// much waits. Kept in short sorted runs, of which a full one is split.
struct DueOrder: Sendable {
    struct Entry: Comparable, Sendable {
        var dueAt: Instant
        var position: Int

        static func < (left: Entry, right: Entry) -> Bool {
            (left.dueAt, left.position) < (right.dueAt, right.position)
        }
    }

    private static let runLength = 512

    /// None is empty.
    private var runs: [[Entry]] = []
    private(set) var count = 0

    /// All entries in order.
    var entries: some Sequence<Entry> { runs.lazy.joined() }

    mutating func insert(_ entry: Entry) {
        count += 1
        guard !runs.isEmpty else {
            runs = [[entry]]
            return
        }
        let run = max(0, firstIndex(in: runs) { entry < $0[0] } - 1)
        let place = firstIndex(in: runs[run]) { entry < $0 }
        runs[run].insert(entry, at: place)
        guard runs[run].count > Self.runLength else { return }
        let half = runs[run].count / 2
        runs.insert(Array(runs[run][half...]), at: run + 1)
        runs[run].removeLast(runs[run].count - half)
    }

    /// The entry must be there.
    mutating func remove(_ entry: Entry) {
        let run = firstIndex(in: runs) { entry < $0[0] } - 1
        let place = run < 0 ? -1 : firstIndex(in: runs[run]) { entry < $0 } - 1
        precondition(place >= 0 && runs[run][place] == entry, "\(entry) is not among \(count) entries")
        count -= 1
        runs[run].remove(at: place)
        if runs[run].isEmpty { runs.remove(at: run) }
    }

    /// Where the elements begin for which the condition holds, which from there on hold it all.
    private func firstIndex<Element>(in elements: [Element], where condition: (Element) -> Bool) -> Int {
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if condition(elements[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
