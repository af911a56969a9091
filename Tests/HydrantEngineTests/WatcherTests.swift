import HydrantConnectorKit
import HydrantCore
import HydrantSimulator
import HydrantStorage
import Testing

@testable import HydrantEngine

struct WatcherTests {
    private static let header = OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A", priceMinor: 1_000)])

    private static func pay(_ rig: EngineRig, order: String = "SO-1") throws {
        _ = try rig.submit([
            rig.fact(.orderPlaced(header), order: order, id: "placed-\(order)"),
            rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), order: order, id: "paid-\(order)"),
        ])
    }

    private static func hold(_ rig: EngineRig, _ id: String, for length: Milliseconds) throws {
        let hold = Hold(id: id, reason: "count", owner: "keeper", exit: .timer(rig.clock.now() + length))
        #expect(try rig.submit(rig.fact(.holdPlaced(hold), id: "hold-\(id)")) == .accepted(state: 1))
    }

    @Test func `late turns wrong by itself`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.pay(rig)
        #expect(try rig.row()?.verdict == .late)
        #expect(try rig.read { try $0.findings(of: "SO-1") }.map(\.verdict) == [.late])
        rig.advance(by: .hours(4) - 1_000)
        #expect(try rig.row()?.verdict == .late)
        rig.advance(by: 2_000)
        #expect(try rig.row()?.verdict == .wrong)
        #expect(try rig.read { try $0.findings(of: "SO-1") }.map(\.kind) == [.paidNotLocked])
        #expect(try rig.read { try $0.findingCounts() }.map(\.count) == [1])
        #expect(try rig.row()?.version == 3)
        try rig.expectSoundness()
    }

    @Test func `late turns wrong by itself after a restart too`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.pay(rig)
        rig.stop()
        rig.advance(by: .hours(2))
        try rig.start()
        #expect(try rig.row()?.verdict == .late)
        rig.advance(by: .hours(2) + 1_000)
        #expect(try rig.row()?.verdict == .wrong)
    }

    @Test func `what fell due while the hub was down is looked at when it starts`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.pay(rig)
        rig.stop()
        rig.advance(by: .hours(9))
        #expect(try rig.row()?.verdict == .late)
        try rig.start()
        rig.advance(by: .seconds(2))
        #expect(try rig.row()?.verdict == .wrong)
    }

    @Test func `what a sender says of the future counts when it comes`() throws {
        let rig = EngineRig()
        try rig.start()
        let later = rig.clock.now() + .minutes(40)
        _ = try rig.submit([
            rig.fact(.orderPlaced(Self.header), id: "placed"),
            rig.fact(.parcelHandedOver(parcel: "SO-1-1"), id: "left", from: "wms", at: later),
        ])
        #expect(try rig.row()?.verdict == nil)
        rig.advance(by: .minutes(39))
        #expect(try rig.row()?.verdict == nil)
        rig.advance(by: .minutes(2))
        #expect(try rig.row()?.verdict == .wrong)
        #expect(try rig.read { try $0.findings(of: "SO-1") }.map(\.kind).contains(.shippedBeforePaid))
        try rig.expectSoundness()
    }

    @Test func `a timer releases its hold`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.pay(rig)
        try Self.hold(rig, "h", for: .minutes(30))
        #expect(try rig.row()?.holds == 1)
        rig.advance(by: .minutes(29))
        #expect(try rig.row()?.holds == 1)
        rig.advance(by: .minutes(3))
        #expect(try rig.row()?.holds == 0)
        let due = EngineRig.begin + .minutes(30)
        let key = MessageKey(source: "hydrant", messageID: "timer:\(due.milliseconds):4:SO-1:h")
        #expect(try rig.read { try $0.inboxRow(key) }?.order == "SO-1")
        try rig.expectSoundness()
    }

    @Test func `timers whose orders and ids run together are two messages`() throws {
        let rig = EngineRig()
        try rig.start()
        let exit = Hold.Exit.timer(rig.clock.now() + .minutes(30))
        for (order, id) in [("A:B", "C"), ("A", "B:C")] {
            let hold = Hold(id: id, reason: "count", owner: "keeper", exit: exit)
            _ = try rig.submit(rig.fact(.holdPlaced(hold), order: order, id: "hold-\(order)"))
        }
        rig.advance(by: .minutes(32))
        #expect(try rig.row("A:B")?.holds == 0)
        #expect(try rig.row("A")?.holds == 0)
        try rig.expectSoundness()
    }

    @Test func `each of several timers releases its own hold`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.pay(rig)
        for (index, minutes) in [90, 30, 60].enumerated() {
            try Self.hold(rig, "h\(index)", for: .minutes(Int64(minutes)))
        }
        var holds: [Int] = []
        for _ in 0..<4 {
            holds.append(try #require(try rig.row()).holds)
            rig.advance(by: .minutes(32))
        }
        #expect(holds == [3, 2, 1, 0])
    }

    @Test func `a timer that was set before a restart releases its hold`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.pay(rig)
        try Self.hold(rig, "h", for: .hours(2))
        rig.stop()
        try rig.start()
        rig.advance(by: .hours(2) + .minutes(2))
        #expect(try rig.row()?.holds == 0)
        // And one that fell due while the hub was down.
        try Self.hold(rig, "i", for: .hours(1))
        rig.stop()
        rig.advance(by: .hours(3))
        #expect(try rig.row()?.holds == 1)
        try rig.start()
        rig.advance(by: .seconds(2))
        #expect(try rig.row()?.holds == 0)
        try rig.expectSoundness()
    }

    @Test func `a timer fires although the store failed when it fell due`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.pay(rig)
        try Self.hold(rig, "h", for: .minutes(30))
        rig.advance(by: .minutes(29))
        rig.store.fail(with: StoreFailure(.busy))
        rig.advance(by: .minutes(10))
        #expect(try rig.row()?.holds == 1)
        rig.store.fail(with: nil)
        rig.advance(by: .minutes(4))
        #expect(try rig.row()?.holds == 0)
    }

    @Test func `what a hold kept back is asked for when it ends`() throws {
        let crm = ScriptedConnector("crm")
        let settings = EngineRig.asking([Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")])
        let rig = EngineRig(settings: settings, connectors: [crm])
        try rig.start()
        let hold = Hold(id: "h", reason: "count", owner: "keeper", exit: .timer(rig.clock.now() + .minutes(30)))
        _ = try rig.submit(rig.fact(.holdPlaced(hold), id: "hold"))
        try Self.pay(rig)
        rig.advance(by: .minutes(25))
        #expect(crm.calls.isEmpty)
        rig.advance(by: .minutes(10))
        #expect(crm.calls.count == 1)
    }

    @Test func `the board gives the earliest time of each order once, in order`() {
        let board = ChangeBoard()
        let at = EngineRig.begin
        board.add([("B", at + 20), ("A", at + 30), ("C", at + 10), ("A", at + 5), ("B", at + 40)], timers: [])
        #expect(board.nextAt == at + 5)
        #expect(board.takeDue(now: at + 4, limit: 10) == [])
        #expect(board.takeDue(now: at + 25, limit: 2) == ["A", "C"])
        #expect(board.takeDue(now: at + 100, limit: 10) == ["B"])
        #expect(board.nextAt == nil)
    }

    @Test func `the cache drops what was not touched`() throws {
        var cache = OrderCache(capacity: 3)
        func insert(_ number: String) {
            cache.insert(OrderCell(LoadedOrder(number: number, now: EngineRig.begin)), of: number)
        }
        for number in ["A", "B", "C", "D"] { insert(number) }
        #expect(cache.count == 3)
        #expect(cache["A"] == nil)
        #expect(cache.lend("B") != nil)
        #expect(cache["B"] == nil, "a lent order is not read")
        cache.giveBack("B")
        insert("E")
        #expect(cache["B"] != nil)
        #expect(cache["C"] == nil)
        cache.remove("B")
        #expect(cache["B"] == nil)
        #expect(cache.count == 2)
    }
}
