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
        #expect(coverage.map { [$0.called, $0.judged, $0.before, $0.missing] } == [2, 1, 1, 0])
        #expect(coverage?.unjudged == [])
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

    @Test func `what came before a rule ran is told from what it judged in shadow`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        for order in ["SO-1", "SO-2"] { _ = try Self.place(rig, order) }
        rig.advance(by: .minutes(1))
        let entry = Self.entry(rig)
        _ = try rig.ask { try await hub.changeRules(entry) { _ in [Self.rule(stage: .shadow)] } }
        let idle = try rig.ask { try await hub.ruleCounts(latest: 10) }.sources["shop"]
        #expect(idle.map { [$0.called, $0.judged, $0.before, $0.missing] } == [2, 0, 2, 0])
        _ = try Self.place(rig, "SO-3")
        let counts = try rig.ask { try await hub.ruleCounts(latest: 10) }
        let coverage = counts.sources["shop"]
        #expect(coverage.map { [$0.called, $0.judged, $0.before, $0.missing] } == [3, 1, 2, 0])
        #expect(coverage?.unjudged == [] && counts.rules["large"]?.shadowed == 1)
    }

    @Test func `a version in shadow is compared with the one that is on, by the orders that both judged`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let entry = Self.entry(rig)
        let both = [Self.rule(700_000), Self.rule(version: 2, stage: .shadow)]
        _ = try rig.ask { try await hub.changeRules(entry) { _ in both } }
        for (order, minor) in [("SO-1", Int64(600_000)), ("SO-2", 800_000), ("SO-3", 100)] {
            let header = OrderHeader(payableMinor: minor, lines: [Line(id: "1", sku: "A", priceMinor: minor)])
            _ = try rig.submit(rig.fact(.orderPlaced(header), order: order, id: order))
        }
        #expect(try rig.order("SO-1")?.standingHolds.isEmpty == true)
        #expect(try rig.order("SO-2")?.standingHolds.map(\.id) == ["rule:large"])
        let counts = try rig.ask { try await hub.ruleCounts(latest: 10) }
        let found = try #require(counts.comparisons["large"])
        #expect((found.judged, found.more, found.fewer) == (3, 1, 0))
        #expect(found.moreNames == ["SO-1"] && found.fewerNames.isEmpty)
        let count = try #require(counts.rules["large"])
        #expect((count.judged, count.held, count.shadowed) == (3, 1, 2))
        #expect(count.holding == ["SO-2"])
        #expect(counts.sources["shop"].map { [$0.called, $0.judged] } == [3, 3])
        let doors = try rig.ask { try await hub.ruleDoors() }.all.byRule["large"]
        #expect(doors.map { [$0.ran, $0.missed] } == [3, 0])
        try rig.expectSoundness()
        // Retiring the shadow leaves the other one alone, and nothing is compared any more.
        _ = try rig.ask { try await hub.changeRules(entry) { $0.moving("large", version: 2, to: .retired) } }
        #expect(try Self.place(rig, "SO-4") == [])
        #expect(try rig.order("SO-4")?.rulings.map(\.isShadow) == [false])
        #expect(try rig.ask { try await hub.ruleCounts(latest: 10) }.comparisons.isEmpty)
    }

    /// No fact has to come first, and a stop of the hub loses nothing.
    @Test(arguments: [false, true])
    func `orders that a rule refused are asked about as soon as it is retired`(isStopped: Bool) throws {
        let rig = EngineRig()
        let hub = try rig.start()
        var rule = Self.rule()
        rule.actions = [.refuse(kinds: [.createDelivery], reason: Self.name)]
        let (entry, refusing) = (Self.entry(rig), rule)
        _ = try rig.ask { try await hub.changeRules(entry) { _ in [refusing] } }
        #expect(try Self.place(rig, "SO-1") == [])
        #expect(try rig.order("SO-1")?.refusal(of: .createDelivery) == Self.name)
        if isStopped {
            rig.stop()
            let memory = rig.memory
            _ = try rig.ask {
                try await RuleBook(store: memory).change(entry, EngineRig.keyring) {
                    $0.moving("large", version: 1, to: .retired)
                }
            }
            try rig.start()
        } else {
            _ = try rig.ask { try await hub.changeRules(entry) { $0.moving("large", version: 1, to: .retired) } }
        }
        rig.advance(by: .minutes(2))
        let order = try #require(try rig.order("SO-1"))
        #expect(order.refusal(of: .createDelivery) == nil)
        #expect(order.standingHolds.map(\.exit) == [.person])
        #expect(order.standingTasks.map(\.need.kind) == [.holdDecision])
        try rig.expectSoundness()
    }

    @Test func `one version is on and one in shadow, and each takes the place of the one before it`() {
        func stages(_ rules: [Rule]) -> [Rule.Stage] { rules.map(\.stage) }
        let drafts = [Self.rule()] + [2, 3].map { Self.rule(version: $0, stage: .draft) }
        let shadow = drafts.moving("large", version: 2, to: .shadow)
        #expect(stages(shadow) == [.on, .shadow, .draft])
        #expect(stages(shadow.moving("large", version: 3, to: .shadow)) == [.on, .retired, .shadow])
        #expect(stages(shadow.moving("large", version: 2, to: .on)) == [.retired, .on, .draft])
        #expect(stages(shadow.moving("large", version: 2, to: .retired)) == [.on, .retired, .draft])
        #expect(stages(shadow.moving("large", version: 1, to: .retired)) == [.retired, .shadow, .draft])
        #expect(stages(shadow.moving("large", version: 3, to: .on)) == [.retired, .shadow, .on])
        #expect(stages(shadow.moving("other", version: 3, to: .on)) == stages(shadow))
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
