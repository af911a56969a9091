import HydrantCore

/// Runs many fallback stories, as `hydrant simulate --stories fallback` does.
package enum FallbackStories {
    /// What all stories came to.
    package struct Summary: Sendable {
        package var stories = 0
        package var steps = 0
        package var parcels = 0
        package var waybills = 0
        /// Waybills beside the first of their parcel, and how many of them were taken back; the others are shown.
        package var superseded = 0
        package var voided = 0
        package var deaths = 0
        package var keepersAsked = 0
        /// Each begins with the seed and the name of the broken rule.
        package var violations: [String] = []
        package var hash: UInt64 = RunningHash().value
    }

    /// - Parameters:
    ///   - parallel: how many run at the same time; the result does not depend on it.
    ///   - progress: told how many stories are done.
    package static func run(
        from first: UInt64, count: Int, parallel: Int = 2, progress: (Int) -> Void = { _ in }
    ) async -> Summary {
        let slice = 500
        let starts = Array(stride(from: 0, to: count, by: slice))
        var parts: [Int: (Summary, [UInt64])] = [:]
        var summary = Summary()
        var hash = RunningHash()
        await withTaskGroup(of: (Int, Summary, [UInt64]).self) { group in
            var next = 0
            func add() {
                guard next < starts.count else { return }
                let start = starts[next]
                next += 1
                group.addTask {
                    let (part, hashes) = play(from: first &+ UInt64(start), count: min(slice, count - start))
                    return (start, part, hashes)
                }
            }
            for _ in 0..<max(1, parallel) { add() }
            var wanted = 0
            while let (start, part, hashes) = await group.next() {
                add()
                parts[start] = (part, hashes)
                while let (part, hashes) = parts.removeValue(forKey: wanted) {
                    summary.add(part)
                    for value in hashes { hash.add(value) }
                    wanted += slice
                }
                progress(summary.stories)
            }
        }
        summary.hash = hash.value
        return summary
    }

    private static func play(from first: UInt64, count: Int) -> (Summary, [UInt64]) {
        var summary = Summary()
        var hashes: [UInt64] = []
        for offset in 0..<UInt64(count) {
            var story = FallbackStory(seed: first &+ offset)
            story.run()
            summary.add(story)
            var hash = RunningHash()
            for event in story.events { hash.add(event.json.bytes) }
            hashes.append(hash.value)
        }
        return (summary, hashes)
    }
}

extension FallbackStories.Summary {
    fileprivate mutating func add(_ story: FallbackStory) {
        stories += 1
        steps += story.steps
        parcels += story.order.parcels.count
        waybills += story.world.waybills.count
        superseded += story.superseded.all
        voided += story.superseded.voided
        deaths += story.deaths
        keepersAsked += story.world.texts.count
        violations += story.violations.map { "seed \(story.seed): \($0)" }
    }

    fileprivate mutating func add(_ other: FallbackStories.Summary) {
        stories += other.stories
        steps += other.steps
        parcels += other.parcels
        waybills += other.waybills
        superseded += other.superseded
        voided += other.voided
        deaths += other.deaths
        keepersAsked += other.keepersAsked
        violations += other.violations
    }
}
