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

    @Test func `a page's trial takes so many orders of the window and no other, and says that there are more`() throws {
        let rig = EngineRig()
        try rig.start()
        _ = try Self.place(rig, "SO-OLD")
        rig.advance(by: .hours(2))
        let begin = rig.clock.now()
        for number in 1...3 { _ = try Self.place(rig, "SO-\(number)") }
        let memory = rig.memory
        for (most, orders, isCut) in [(2, 2, true), (3, 3, false), (Int.max, 3, false)] {
            let past = PastOrders(store: memory, ordersAtMost: most)
            let trial = try rig.ask {
                try await past.trial(
                    of: [Self.rule()], settings: Settings(), window: begin..<begin + .hours(1))
            }
            #expect(trial.found.orders == orders && trial.isCut == isCut, "\(most)")
        }
    }

    /// A way in, with the proof that the rule ran there; a rule that cannot run holds the order and opens a task.
    @Test func `every door keeps what ran there, also over a restart`() throws {
        var settings = Settings()
        settings.rules = RuleSet([Self.rule()])
        let rig = EngineRig(settings: settings)
        let hub = try rig.start()
        func come(_ order: String, through door: Door, payable: Int64?) throws {
            let header = OrderHeader(payableMinor: payable, lines: [Line(id: "1", sku: "A", priceMinor: 600_000)])
            let fact = rig.fact(.orderPlaced(header), order: order, id: order)
            var submission = Submission(facts: [EngineRig.incoming(fact, through: hub.intake)])
            submission.door = door
            let told = submission
            #expect(try rig.ask { try await hub.committer.submit(told) } == [.accepted(state: 0)])
        }
        for door in Door.allCases { try come("SO-\(door.rawValue)", through: door, payable: 600_000) }
        try come("SO-unknown", through: .webhook, payable: nil)
        let order = try #require(try rig.order("SO-unknown"))
        #expect(order.standingHolds.map(\.id) == ["rule:large:blocked"])
        #expect(order.standingTask("hold:rule:large:blocked") != nil)
        let doors = try rig.ask { try await hub.ruleDoors() }
        #expect(doors.all == doors.sinceStart)
        for door in Door.allCases {
            let passage = try #require(doors.all.passages[door]?["large"])
            #expect(passage.ran == (door == .webhook ? 2 : 1) && passage.missed == 0)
            #expect(passage.blocked == (door == .webhook ? 1 : 0))
            #expect(passage.lastOrder == (door == .webhook ? "SO-unknown" : "SO-\(door.rawValue)"))
        }
        rig.stop()
        let next = try rig.start()
        let later = try rig.ask { try await next.ruleDoors() }
        #expect(later.all == doors.all)
        #expect(later.sinceStart.isEmpty)
        _ = try Self.place(rig, "SO-after")
        #expect(try rig.ask { try await next.ruleDoors() }.sinceStart.byRule["large"]?.ran == 1)
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

    @Test func `a document that no reader of others' documents would take heals by itself`() throws {
        let rig = EngineRig()
        let memory = rig.memory
        let rules =
            [Self.rule(stage: .on)]
            + (0..<250).map { index in
                var rule = Self.rule(stage: .retired)
                rule.id = "r\(index)"
                return rule
            }
        // As releases wrote it that did not take the signs out.
        let yaml = RuleDocument(name: "x", rules: rules).yaml.replacing("\"Large\"", with: "\"Urgent *gifts* &x\"")
        try Self.put(yaml, in: rig)
        let hub = try rig.start()
        let saved = try rig.ask { try await hub.book.saved() }
        #expect((saved.document.rules.count, saved.version) == (251, 1))
        #expect(saved.document.rules[0].name.english == "Urgent *gifts* &x")
        let entry = Self.entry(rig)
        let problems = try rig.ask { try await hub.changeRules(entry) { $0.moving("large", version: 1, to: .shadow) } }
        #expect(problems.isEmpty)
        let bytes = try rig.ask { try await memory.read { try $0.record("interceptors", "document")?.body } } ?? []
        #expect(try RuleDocument.load(text: String(decoding: bytes, as: UTF8.self), path: "x").rules.count == 251)
    }

    private static func put(_ text: String, in rig: EngineRig) throws {
        let memory = rig.memory
        let record = StoredRecord(
            collection: "interceptors", key: "document", version: 1, body: Array(text.utf8), changedAt: rig.clock.now())
        let isPut = try rig.ask { try await memory.transaction { try $0.put(record, ifVersion: 0) } }
        #expect(isPut)
    }

    @Test func `a replacement needs not read what it replaces`() throws {
        let rig = EngineRig()
        try Self.put("interceptors: [", in: rig)
        let book = RuleBook(store: rig.memory)
        #expect(throws: DocumentProblems.self) { try rig.ask { try await book.saved() } }
        let now = rig.clock.now()
        try rig.ask { try await book.replace(with: RuleDocument(name: "x", rules: [Self.rule()]), at: now) }
        #expect(try rig.ask { try await book.saved().version } == 2)
    }

    @Test func `interceptors that cannot be read keep nobody from looking again at orders`() throws {
        let rig = EngineRig()
        rig.store.share()
        try rig.start()
        let lines = [Line(id: "1", sku: "A", priceMinor: 1_000)]
        _ = try rig.submit([
            rig.fact(.orderPlaced(OrderHeader(payableMinor: 1_000, lines: lines)), id: "placed"),
            rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), id: "paid"),
        ])
        #expect(try rig.row()?.verdict == .late)
        try Self.put("interceptors: [", in: rig)
        rig.advance(by: .hours(4) + .minutes(3))
        #expect(try rig.row()?.verdict == .wrong)
    }

    @Test func `a draft that is written again gets another number`() {
        let first = [Rule]().adding(Self.rule())
        #expect(first.map(\.version) == [1])
        let second = first.adding(Self.rule(700_000))
        #expect(second.map(\.version) == [2])
        let running = second.moving("large", version: 2, to: .on).adding(Self.rule(800_000))
        #expect(running.map(\.version) == [2, 3])
        #expect(running.adding(Self.rule(900_000)).map(\.version) == [2, 4])
    }
}
