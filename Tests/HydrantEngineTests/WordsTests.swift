import HydrantCore
import HydrantSimulator
import HydrantStorage
import Synchronization
import Testing

@testable import HydrantEngine

/// Words that people map while the hub runs, and messages that waited for their orders.
@Suite struct WordsTests {
    private static func said(_ rig: EngineRig, _ word: String, order: String, id: String) -> Fact {
        var fact = rig.fact(.statusReported, order: order, id: id, from: "wms")
        fact.word = word
        return fact
    }

    /// Three orders of which two have an unknown word, one of them since it was paid.
    private static func rig() throws -> EngineRig {
        let rig = EngineRig()
        try rig.start()
        for order in ["A", "B", "C"] {
            _ = try rig.submit(
                rig.fact(.orderPlaced(OrderHeader(payableMinor: 100)), order: order, id: "p\(order)"))
        }
        rig.advance(by: .minutes(1))
        _ = try rig.submit(
            rig.fact(.paymentReported(Payment(id: "P", amountMinor: 100)), order: "A", id: "pay"))
        rig.advance(by: .minutes(1))
        _ = try rig.submit(Self.said(rig, "WAVING", order: "A", id: "w1"))
        _ = try rig.submit(Self.said(rig, "WAVING", order: "B", id: "w2"))
        return rig
    }

    private static func unknown(_ rig: EngineRig) throws -> [String] {
        try rig.ask {
            try await rig.memory.read { try $0.findings(.systemsDisagree, .unknown, after: 0, limit: 9).map(\.order) }
        }
    }

    @Test func `the survey counts each word once, with where it occurs and a proposal`() throws {
        let rig = try Self.rig()
        let hub = try rig.hub
        let survey = try rig.ask { try await hub.surveyWords(limit: 100) }
        let word = try #require(survey.words.first)
        #expect(survey.words.count == 1 && survey.orders == 2 && !survey.isCut)
        #expect(word.system == "wms" && word.word == "WAVING" && word.orders == 2)
        #expect(word.examples == ["A", "B"] && word.states == [0: 1, 1: 1])
        #expect(word.proposal == WordTable.Range(lowest: 0, highest: 1))
        let cut = try rig.ask { try await hub.surveyWords(limit: 1) }
        #expect(cut.orders == 1 && cut.isCut)
        rig.stop()
    }

    @Test func `a mapped word is judged at once, after a restart too, and is taken away again`() throws {
        let rig = try Self.rig()
        var hub = try rig.hub
        #expect(try Self.unknown(rig) == ["A", "B"])
        let range = WordTable.Range(lowest: 0, highest: 1)
        try rig.ask { [hub] in try await hub.map("WAVING", of: "wms", to: range, by: "user:ada") }
        rig.advance(by: .minutes(2))
        #expect(try Self.unknown(rig) == [])
        #expect(hub.settings.words.range(of: "WAVING", from: "wms") == range)
        rig.stop()
        try rig.start()
        hub = try rig.hub
        #expect(hub.settings.words.range(of: "WAVING", from: "wms") == range)
        _ = try rig.submit(Self.said(rig, "WAVING", order: "C", id: "w3"))
        #expect(try Self.unknown(rig) == [])
        try rig.ask { [hub] in try await hub.map("WAVING", of: "wms", to: nil, by: "user:ada") }
        rig.advance(by: .minutes(2))
        #expect(try Self.unknown(rig) == ["A", "B", "C"])
        let trail = try rig.ask { try await rig.memory.read { try $0.auditRows(after: 0, limit: 9).map(\.entry) } }
        #expect(trail.map(\.action) == ["word.mapped", "word.removed"])
        #expect(trail.map(\.object) == ["word:wms/WAVING", "word:wms/WAVING"])
        rig.stop()
    }

    @Test func `what the document says is not changed, and nonsense is refused`() throws {
        var settings = Settings()
        settings.words.systems = ["wms": ["ACCEPT": WordTable.Range(lowest: 3, highest: 3)]]
        let rig = EngineRig(settings: settings)
        let hub = try rig.start()
        let range = WordTable.Range(lowest: 0, highest: 7)
        #expect(throws: WordRefusal.inDocument) {
            try rig.ask { try await hub.map("ACCEPT", of: "wms", to: range, by: "user:ada") }
        }
        for bad in [(3, 2), (-1, 2), (0, 8)] {
            #expect(throws: WordRefusal.badRange) {
                try rig.ask {
                    try await hub.map(
                        "X", of: "wms", to: WordTable.Range(lowest: bad.0, highest: bad.1), by: "user:ada")
                }
            }
        }
        #expect(throws: WordRefusal.badWord) { try rig.ask { try await hub.map("", of: "wms", to: range, by: "u") } }
        #expect(try rig.ask { try await rig.memory.read { try $0.record("settings", "words") } } == nil)
        rig.stop()
    }

    private static func park(_ rig: EngineRig, _ fact: Fact, _ reason: String) throws {
        let hub = try rig.hub
        try rig.ask {
            let row = try hub.intake.park(
                fact.json.bytes, source: fact.source, place: "push from zto", reason: reason, now: rig.clock.now())
            _ = try await hub.committer.submit(Submission(parked: [row]))
        }
    }

    private static func parked(_ rig: EngineRig) throws -> [ParkedRow] {
        try rig.ask { try await rig.memory.read { try $0.parked(after: 0, limit: 9) } }
    }

    @Test func `a message that came before its order is recorded when the order has come`() throws {
        let rig = EngineRig()
        try rig.start()
        let scan = Scan(at: rig.clock.now(), status: .pickedUp, code: "GOT")
        let trace = Trace(parcel: "", number: "Z1", scans: [scan], isComplete: false)
        var unplaced = rig.fact(.traceReported(trace), order: "", id: "t1", from: "zto")
        unplaced.word = "GOT"
        try Self.park(rig, unplaced, ParkedReason.unknownWaybill)
        try Self.park(rig, rig.fact(.statusReported, order: "SO-1", id: "s1", from: "zto"), ParkedReason.unknownOrder)
        try Self.park(rig, rig.fact(.statusReported, order: "SO-1", id: "s2", from: "zto"), "another reason")
        rig.advance(by: .minutes(5))
        #expect(try Self.parked(rig).count == 3)
        _ = try rig.submit(rig.fact(.orderPlaced(OrderHeader()), id: "p1"))
        rig.advance(by: .minutes(1))
        #expect(try Self.parked(rig).map(\.reason) == [ParkedReason.unknownWaybill, "another reason"])
        _ = try rig.submit(rig.fact(.parcelPacked(Packing(parcel: "SO-1-1")), id: "p2"))
        _ = try rig.submit(
            rig.fact(.trackingReported(Tracking(parcel: "SO-1-1", courier: "zto", number: "Z1")), id: "p3", from: "zto")
        )
        rig.advance(by: .minutes(1))
        #expect(try Self.parked(rig).map(\.reason) == ["another reason"])
        let order = try #require(try rig.order())
        #expect(order.parcels.first?.scans.map(\.code) == ["GOT"])
        #expect(order.words.entries.map(\.value) == ["GOT"])
        let hub = try rig.hub
        // A person has what is left decided again.
        let counts = try rig.ask { try await hub.decideParkedAgain(source: "zto", reason: "another reason") }
        #expect(counts == DecidedAgain(looked: 1, recorded: 1, isMore: false))
        #expect(try Self.parked(rig).isEmpty)
        rig.stop()
    }

    @Test func `messages that wait for a person do not keep the ones behind them from being recorded`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        try rig.ask {
            let now = rig.clock.now()
            let rows = try (0..<ParkedAgain.rowsPerLook + 50).map { number in
                try hub.intake.park(
                    [UInt8]("line \(number)".utf8), source: "csv", place: "file", reason: "odd", now: now)
            }
            _ = try await hub.committer.submit(Submission(parked: rows))
        }
        try Self.park(rig, rig.fact(.statusReported, order: "SO-1", id: "s1", from: "zto"), ParkedReason.unknownOrder)
        _ = try rig.submit(rig.fact(.orderPlaced(OrderHeader()), id: "p1"))
        rig.advance(by: .minutes(1))
        let groups = try rig.ask { try await hub.parkedGroups(limit: 9_999) }
        #expect(groups.map(\.source) == ["csv"])
        let dropped = try rig.ask { try await hub.dropParked(groups[0], why: "a broken file", by: "user:ada") }
        #expect(dropped == ParkedAgain.rowsPerLook + 50)
        #expect(try Self.parked(rig).isEmpty)
        rig.stop()
    }

    @Test func `a person may have a message decided again that is older than a month`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        try Self.park(rig, rig.fact(.statusReported, order: "SO-1", id: "s1", from: "zto"), ParkedReason.unknownOrder)
        rig.advance(by: ParkedAgain.ageAtMost + .hours(1))
        _ = try rig.submit(rig.fact(.orderPlaced(OrderHeader()), id: "p1"))
        rig.advance(by: .minutes(1))
        #expect(try Self.parked(rig).count == 1)
        let again = try rig.ask { try await hub.decideParkedAgain(source: "zto", reason: ParkedReason.unknownOrder) }
        #expect(again == DecidedAgain(looked: 1, recorded: 1, isMore: false))
        #expect(try Self.parked(rig).isEmpty)
        rig.stop()
    }

    @Test func `what a person has decided again ends after 20 seconds, one at a time, and goes on when asked`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        _ = try rig.submit(rig.fact(.orderPlaced(OrderHeader()), id: "p1"))
        for number in 1...12 { try Self.park(rig, rig.fact(.statusReported, id: "s\(number)", from: "zto"), "odd") }
        rig.store.slowDown(to: .seconds(1))
        let first = Mutex<DecidedAgain?>(nil)
        rig.executor.start {
            let found = try? await hub.decideParkedAgain(source: "zto", reason: "odd")
            first.withLock { $0 = found }
        }
        rig.advance(by: 500)
        #expect(try rig.ask { try await hub.decideParkedAgain(source: "zto", reason: "odd") } == nil)
        rig.advance(by: .minutes(1))
        let begin = try #require(first.withLock { $0 })
        #expect(begin.isMore && (1...11).contains(begin.recorded))
        let rest = try rig.ask { try await hub.decideParkedAgain(source: "zto", reason: "odd") }
        let left = 12 - begin.recorded
        #expect(rest == DecidedAgain(looked: left, recorded: left, isMore: false))
        rig.store.slowDown(to: 0)
        rig.stop()
    }

    @Test func `messages are grouped by source and reason, and dropped with a reason in the trail`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        for id in ["a", "b"] {
            try Self.park(rig, rig.fact(.statusReported, order: "X", id: id, from: "zto"), ParkedReason.unknownOrder)
        }
        try Self.park(rig, rig.fact(.statusReported, order: "X", id: "c", from: "wms"), "odd")
        let groups = try rig.ask { try await hub.parkedGroups(limit: 100) }
        #expect(groups.map(\.count) == [2, 1] && groups.map(\.source) == ["zto", "wms"])
        let again = try rig.ask { try await hub.decideParkedAgain(source: "zto", reason: ParkedReason.unknownOrder) }
        #expect(again == DecidedAgain(looked: 2, recorded: 0, isMore: false))
        // What came after the page was drawn stays.
        try Self.park(rig, rig.fact(.statusReported, order: "X", id: "d", from: "wms"), "odd")
        let dropped = try rig.ask { try await hub.dropParked(groups[1], why: "a test push", by: "user:ada") }
        #expect(dropped == 1)
        #expect(try Self.parked(rig).map(\.source) == ["zto", "zto", "wms"])
        let trail = try rig.ask { try await rig.memory.read { try $0.auditRows(after: 0, limit: 9).map(\.entry) } }
        #expect(trail.map(\.action) == ["parked.dropped"] && trail[0].reason == "a test push")
        rig.stop()
    }
}
