import HydrantCore
import HydrantEngine
import HydrantStorage

/// What a person must do that belongs to no single order: words without a mapping, one task for each, and messages that
/// were set aside, one for each source and reason. They go when their cause is gone.
actor HouseTasks {
    struct Item: Sendable {
        var kind: TaskKind
        var reason: String
        var href: String
        var since: Instant

        /// The role that it waits for.
        static let owner = "operations"
        /// Who hears of it: whoever may see the page where it is dealt with.
        static func isSeen(by viewer: Viewer) -> Bool { viewer.mayOpen("GET", "/settings/words") }
    }

    /// What a look costs is paid once in so long, however many people have the queue open.
    private static let freshFor: Milliseconds = .seconds(15)
    private static let ordersAtMost = 256
    private static let rowsAtMost = 500
    private static let itemsAtMost = 10

    private let hub: Hub
    private var lookedAt: Instant?
    private var words: [UnmappedWord] = []
    private var parked: [ParkedGroup] = []

    init(hub: Hub) { self.hub = hub }

    /// Of both kinds at most ten each, the most frequent first.
    private func items(_ formats: Formats) -> [Item] {
        let text = formats.words
        let words = words.prefix(Self.itemsAtMost).map { word in
            let values = ["system": word.system, "word": word.word, "count": formats.count(word.orders)]
            return Item(
                kind: .wordUnmapped, reason: text("house_word", values), href: "/settings/words", since: word.since)
        }
        return words
            + parked.prefix(Self.itemsAtMost).map { group in
                let values = [
                    "source": group.source, "count": formats.count(group.count),
                    "reason": ParkedWords.text(group.reason, text),
                ]
                return Item(
                    kind: .messagesParked, reason: text("house_parked", values), href: "/settings/parked",
                    since: group.oldest)
            }
    }

    /// Those of them that a filter admits and a viewer may know.
    func items(_ filter: TaskFilter, _ formats: Formats, for viewer: Viewer) async throws -> [Item] {
        try await items(filter, in: [formats], for: viewer).first ?? []
    }

    /// The same ones in several languages.
    func items(_ filter: TaskFilter, in languages: [Formats], for viewer: Viewer) async throws -> [[Item]] {
        guard Item.isSeen(by: viewer), filter.person == nil, filter.owner == nil || filter.owner == Item.owner else {
            return languages.map { _ in [] }
        }
        try await look()
        return languages.map { formats in
            items(formats).filter { item in
                (filter.kind == nil || filter.kind == item.kind)
                    && (filter.severity == nil || filter.severity == item.kind.severity)
            }
        }
    }

    private func look() async throws {
        let now = hub.stopwatch.now()
        if let lookedAt, lookedAt <= now, now < lookedAt + Self.freshFor { return }
        lookedAt = now
        let (findings, counts) = try await hub.store.read { (try $0.findingCounts(), try $0.counts()) }
        let disagrees = findings.contains { $0.kind == .systemsDisagree && $0.count > 0 }
        words = disagrees ? try await hub.surveyWords(limit: Self.ordersAtMost).words : []
        parked = counts.parked > 0 ? try await hub.parkedGroups(limit: Self.rowsAtMost) : []
    }
}
