import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import HydrantTesting
import Synchronization
import Testing

struct CommitterTests {
    private static let placed = FactBody.orderPlaced(OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A")]))

    @Test func `a fact is in the store when its receipt is given`() throws {
        let rig = EngineRig()
        try rig.start()
        rig.store.slowDown(to: 100)
        let before = rig.clock.now()
        let receipt = try rig.submit(rig.fact(Self.placed, id: "m-1"))
        #expect(receipt == .accepted(state: 0))
        #expect(rig.clock.now() == before + 100)
        let row = try #require(try rig.row())
        #expect(row.version == 1)
        #expect(try rig.read { try $0.inboxRow(MessageKey(source: "shop", messageID: "m-1")) }?.order == "SO-1")
    }

    @Test func `an order walks the seven states, each with its proof`() throws {
        let rig = EngineRig()
        try rig.start()
        let facts = OrderStory.walk(to: 7).facts
        var states: [Int] = []
        for fact in facts {
            guard case .accepted(let state) = try rig.submit(fact) else { continue }
            states.append(state)
        }
        #expect(states == [0, 1, 2, 3, 4, 5, 6, 7])
        try rig.expectSoundness()
        rig.advance(by: .minutes(200))
        #expect(try rig.row()?.state == 7)
        #expect(try rig.row()?.completion == .completed)
        try rig.expectSoundness()
    }

    @Test func `what waits while a transaction is written goes together into the next one`() throws {
        let rig = EngineRig()
        let totals = try Self.totals(rig, submissions: 10)
        #expect(totals.facts == 10)
        #expect(totals.batches == 2)
    }

    @Test func `a batch takes no more facts than it may`() throws {
        let rig = EngineRig(options: EngineRig.options { $0.batchFacts = 4 })
        let totals = try Self.totals(rig, submissions: 9)
        // One alone, then four and four.
        #expect(totals.facts == 9)
        #expect(totals.batches == 3)
    }

    /// One submission, and while it is being written all the others at once.
    private static func totals(_ rig: EngineRig, submissions: Int) throws -> Committer.Totals {
        let hub = try rig.start()
        rig.store.slowDown(to: 100)
        let receipts = Mutex<[FactReceipt]>([])
        for number in 1...submissions {
            let fact = rig.fact(Self.placed, order: "SO-\(number)", id: "m-\(number)")
            rig.executor.start {
                guard let taken = try? await hub.submit([try hub.intake.seal(fact)]) else { return }
                receipts.withLock { $0 += taken }
            }
            if number == 1 { rig.advance(by: 10) }
        }
        rig.executor.run { receipts.withLock { $0.count } == submissions }
        #expect(receipts.withLock { $0 } == Array(repeating: .accepted(state: 0), count: submissions))
        return try rig.ask { await hub.committer.totals }
    }

    @Test func `a submission larger than a batch is written whole`() throws {
        let rig = EngineRig(options: EngineRig.options { $0.batchFacts = 4 })
        let hub = try rig.start()
        let receipts = try rig.submit((1...9).map { rig.fact(Self.placed, order: "SO-\($0)", id: "m-\($0)") })
        #expect(receipts.count == 9)
        #expect(try rig.ask { await hub.committer.totals.batches } == 1)
    }

    @Test func `the same message again is a duplicate and changes nothing`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let fact = rig.fact(Self.placed, id: "m-1")
        #expect(try rig.submit([fact, fact]) == [.accepted(state: 0), .duplicate])
        let events = try rig.events()
        rig.advance(by: .minutes(3))
        #expect(try rig.submit(fact) == .duplicate)
        #expect(try rig.events() == events)
        #expect(try rig.ask { await hub.committer.totals.duplicates } == 2)
    }

    @Test func `a message that is reported again later is the same message`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let reported = ReportedFact(messageID: "push-1", order: "SO-1", occurredAt: EngineRig.begin, body: Self.placed)
        let first = try rig.ask {
            try await hub.submit([try hub.intake.seal(reported, from: "wms", receivedAt: EngineRig.begin)])
        }
        let second = try rig.ask {
            try await hub.submit([try hub.intake.seal(reported, from: "wms", receivedAt: EngineRig.begin + .hours(1))])
        }
        #expect(first == [.accepted(state: 0)])
        #expect(second == [.duplicate])
    }

    @Test func `another message under a used number is told apart and not recorded`() throws {
        let rig = EngineRig()
        try rig.start()
        #expect(try rig.submit(rig.fact(Self.placed, id: "m-1")) == .accepted(state: 0))
        let events = try rig.events()
        #expect(try rig.submit(rig.fact(.orderCancelled(reason: ""), id: "m-1")) == .conflicting)
        #expect(try rig.submit(rig.fact(.orderCancelled(reason: ""), order: "SO-2", id: "m-1")) == .conflicting)
        #expect(try rig.events() == events)
        #expect(try rig.row("SO-2") == nil)
    }

    @Test func `a refused fact leaves nothing behind`() throws {
        let rig = EngineRig()
        try rig.start()
        let hold = Hold(id: "h", reason: "count", owner: "li", exit: .timer(EngineRig.begin - 1))
        let receipt = try rig.submit(rig.fact(.holdPlaced(hold), id: "m-1"))
        guard case .refused(let refusal) = receipt else {
            Issue.record("\(receipt)")
            return
        }
        #expect(refusal.code == "holdEndsBeforeItBegins")
        #expect(try rig.row() == nil)
        #expect(try rig.read { try $0.counts() } == StoreCounts())
        #expect(try rig.read { try $0.inboxRow(MessageKey(source: "shop", messageID: "m-1")) } == nil)
    }

    @Test func `a poison fact is parked with its reason while the others go on`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        // A timer without a name breaks a rule of the schema.
        let poison = Hold(id: "", reason: "count", owner: "li", exit: .timer(EngineRig.begin + .hours(1)))
        let receipts = try rig.submit([
            rig.fact(Self.placed, order: "SO-1", id: "m-1"), rig.fact(.holdPlaced(poison), order: "SO-2", id: "m-2"),
            rig.fact(Self.placed, order: "SO-3", id: "m-3"),
        ])
        #expect(receipts[0] == .accepted(state: 0))
        #expect(receipts[2] == .accepted(state: 0))
        guard case .parked(let reason) = receipts[1] else {
            Issue.record("\(receipts[1])")
            return
        }
        #expect(reason.contains("HY-1008"))
        #expect(try rig.row("SO-2") == nil)
        let parked = try rig.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.map(\.source) == ["shop"])
        #expect(parked.map(\.reason) == [reason])
        try rig.expectSoundness()
        #expect(try rig.ask { await hub.committer.totals.facts } == 2)
    }

    @Test func `a poison submission does not fail the ones it shared a batch with`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        rig.store.slowDown(to: 50)
        let poison = Hold(id: "", reason: "count", owner: "li", exit: .timer(EngineRig.begin + .hours(1)))
        let facts = (1...6).map { index in
            rig.fact(index == 4 ? .holdPlaced(poison) : Self.placed, order: "SO-\(index)", id: "m-\(index)")
        }
        let receipts = try rig.ask {
            try await withThrowingTaskGroup(of: (String, FactReceipt).self) { group in
                for fact in facts {
                    group.addTask {
                        (fact.order, try await hub.submit([EngineRig.incoming(fact, through: hub.intake)])[0])
                    }
                }
                return try await group.reduce(into: [String: FactReceipt]()) { $0[$1.0] = $1.1 }
            }
        }
        for number in [1, 2, 3, 5, 6] { #expect(receipts["SO-\(number)"] == .accepted(state: 0)) }
        #expect(receipts["SO-4"] != .accepted(state: 0))
        #expect(try rig.read { try $0.counts() }.orders == 5)
    }
}

struct StoreFailureTests {
    private static let placed = FactBody.orderPlaced(OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A")]))

    @Test func `a failing store reaches every caller, and nothing is kept`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        rig.store.slowDown(to: 50)
        rig.store.fail(with: StoreFailure(.diskFull))
        let facts = (1...5).map { rig.fact(Self.placed, order: "SO-\($0)", id: "m-\($0)") }
        let codes = try rig.ask {
            await withTaskGroup(of: String.self) { group in
                for fact in facts {
                    group.addTask {
                        do {
                            _ = try await hub.submit([try hub.intake.seal(fact)])
                            return "written"
                        } catch let failure as StoreFailure {
                            return failure.code
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
        }
        #expect(codes == Array(repeating: "HY-1002", count: 5))
        #expect(try rig.read { try $0.counts() } == StoreCounts())
        #expect(try rig.ask { await hub.committer.totals.facts } == 0)
    }

    @Test func `after a failure the sender's repetition is recorded once`() throws {
        let rig = EngineRig()
        try rig.start()
        #expect(try rig.submit(rig.fact(Self.placed, id: "m-1")) == .accepted(state: 0))
        let payment = rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), id: "m-2")
        rig.store.fail(with: StoreFailure(.inputOutput))
        #expect(throws: StoreFailure.self) { try rig.submit(payment) }
        #expect(try rig.row()?.state == 0)
        rig.store.fail(with: nil)
        #expect(try rig.submit(payment) == .accepted(state: 1))
        #expect(try rig.submit(payment) == .duplicate)
        try rig.expectSoundness()
    }

    @Test func `a stopped hub takes nothing and writes what waited`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        rig.store.slowDown(to: 50)
        let fact = rig.fact(Self.placed, id: "m-1")
        let receipt = Mutex<FactReceipt?>(nil)
        rig.executor.start {
            let receipts = try? await hub.submit([try hub.intake.seal(fact)])
            receipt.withLock { $0 = receipts?.first }
        }
        rig.advance(by: 10)
        rig.stop()
        rig.advance(by: 1)
        #expect(receipt.withLock { $0 } == .accepted(state: 0))
        #expect(try rig.row()?.version == 1)
        #expect(throws: HubStopping.self) { try rig.submit(rig.fact(Self.placed, order: "SO-2", id: "m-2")) }
        #expect(try rig.row("SO-2") == nil)
    }

    @Test(arguments: [1, 2, 50]) func `orders that left the memory are read again`(capacity: Int) throws {
        let rig = EngineRig(options: EngineRig.options { $0.cachedOrders = capacity })
        let hub = try rig.start()
        for state in 0...7 {
            for number in 1...6 {
                let order = "SO-\(number)"
                let fact = Fact(
                    source: "shop", messageID: "\(order)-\(state)", order: order,
                    occurredAt: EngineRig.begin + .minutes(Int64(state)), receivedAt: rig.clock.now(),
                    body: OrderStory.proof(of: state, order: order))
                #expect(try rig.submit(fact) == .accepted(state: state))
            }
        }
        for number in 1...6 {
            #expect(try rig.ask { try await hub.committer.order("SO-\(number)")?.state } == 7)
        }
        try rig.expectSoundness()
    }
}
