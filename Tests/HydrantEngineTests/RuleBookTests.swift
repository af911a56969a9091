import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Testing

/// The interceptors that a database keeps, and the processes that run by them.
struct RuleBookTests {
    private static let name = Text(chinese: "大额", english: "Large")

    private static func rule(_ minor: Int64 = 500_000, version: Int = 1, stage: Rule.Stage = .on) -> Rule {
        Rule(
            id: "large", version: version, stage: stage, name: name, when: [.orderPlaced],
            condition: .test(RuleTest(.payable, .more, minor)),
            actions: [.hold(HoldAction(reason: name, owner: "owner", exits: [.person]))])
    }

    private static func entry(_ rig: EngineRig) -> AuditEntry {
        AuditEntry(time: rig.clock.now(), actor: "user:boss", action: "rule.saved", object: "rule:large")
    }

    private static func place(_ rig: EngineRig, _ order: String) throws -> [String] {
        let header = OrderHeader(payableMinor: 600_000, lines: [Line(id: "1", sku: "A", priceMinor: 600_000)])
        _ = try rig.submit(rig.fact(.orderPlaced(header), order: order, id: order))
        return try rig.order(order)?.standingHolds.map(\.id) ?? []
    }

    @Test func `a change that another process wrote is in force at the next look, without a restart`() throws {
        let rig = EngineRig()
        rig.store.share()
        try rig.start()
        #expect(try Self.place(rig, "SO-1") == [])
        let entry = Self.entry(rig)
        let memory = rig.memory
        let change = try rig.ask {
            try await RuleBook(store: memory).change(entry, EngineRig.keyring) { _ in [Self.rule()] }
        }
        #expect(change.problems.isEmpty)
        rig.advance(by: .minutes(2))
        #expect(try Self.place(rig, "SO-2") == ["rule:large"])
        let hub = try rig.hub
        let coverage = try rig.ask { try await hub.ruleCounts(latest: 10) }.sources["shop"]
        #expect(coverage.map { [$0.called, $0.judged] } == [2, 1])
        #expect(coverage?.unjudged == ["SO-1"])
        _ = try rig.ask {
            try await RuleBook(store: memory).change(entry, EngineRig.keyring) {
                $0.moving("large", version: 1, to: .retired)
            }
        }
        rig.advance(by: .minutes(2))
        #expect(try Self.place(rig, "SO-3") == [])
        #expect(try rig.order("SO-2")?.standingHolds.map(\.id) == ["rule:large"])
        try rig.expectSoundness()
    }

    @Test func `a change of the hub's own is in force at once and in the audit trail`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let entry = Self.entry(rig)
        #expect(try rig.ask { try await hub.changeRules(entry) { _ in [Self.rule()] } }.isEmpty)
        #expect(try Self.place(rig, "SO-1") == ["rule:large"])
        #expect(try rig.read { try $0.auditRows(after: 0, limit: 9) }.map(\.entry) == [entry])
        #expect(try rig.ask { try await hub.book.saved().version } == 1)
    }

    @Test func `rules that make no sense together are not kept`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let entry = Self.entry(rig)
        let problems = try rig.ask {
            try await hub.changeRules(entry) { _ in [Self.rule(), Self.rule(version: 2)] }
        }
        #expect(problems.map(\.part) == ["stage"])
        #expect(try rig.ask { try await hub.book.saved().document.rules }.isEmpty)
        #expect(try rig.read { try $0.auditRows(after: 0, limit: 9) }.isEmpty)
        #expect(try Self.place(rig, "SO-1") == [])
    }

    @Test func `what the release before kept is read, and kept anew with the first change`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let yaml = RuleDocument(name: "shipped", rules: [Self.rule()]).yaml
        let memory = rig.memory
        try rig.ask { try await memory.transaction { try $0.setMeta("interceptors", Array(yaml.utf8)) } }
        let before = try rig.ask { try await hub.book.saved() }
        #expect((before.document.rules, before.version) == ([Self.rule()], 0))
        let entry = Self.entry(rig)
        let problems = try rig.ask { try await hub.changeRules(entry) { $0.adding(Self.rule(700_000)) } }
        #expect(problems.isEmpty)
        let after = try rig.ask { try await hub.book.saved() }
        #expect(after.document.rules.map(\.stage) == [.on, .draft])
        #expect((after.document.name, after.version) == ("shipped", 1))
    }

    @Test func `the counts tell what each rule did to the last orders`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let entry = Self.entry(rig)
        _ = try rig.ask { try await hub.changeRules(entry) { _ in [Self.rule()] } }
        for order in ["SO-1", "SO-2"] { _ = try Self.place(rig, order) }
        let small = OrderHeader(payableMinor: 100, lines: [Line(id: "1", sku: "A", priceMinor: 100)])
        _ = try rig.submit(rig.fact(.orderPlaced(small), order: "SO-3", id: "SO-3"))
        _ = try rig.submit(rig.fact(.orderPlaced(OrderHeader()), order: "SO-4", id: "SO-4"))
        let release = rig.fact(.holdReleased(id: "rule:large", note: ""), id: "r", from: "person:boss")
        #expect(try rig.submit(release) == .accepted(state: 0))
        let counts = try rig.ask { try await hub.ruleCounts(latest: 10) }
        #expect(counts.orders == 4)
        let count = try #require(counts.rules["large"])
        #expect((count.judged, count.held, count.blocked, count.refused, count.shadowed) == (4, 2, 1, 0, 0))
        #expect(count.holding == ["SO-4", "SO-2"])
        #expect(counts.sources["shop"].map { [$0.called, $0.judged] } == [4, 4])
        #expect(try rig.ask { try await hub.ruleCounts(latest: 2) }.orders == 2)
    }
}
