import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import HydrantTesting
import Testing

struct DamagedOrderTests {
    /// A hub whose store holds the order SO-9 with one event that is none.
    private static func rig() throws -> EngineRig {
        let rig = EngineRig()
        var row = OrderRow(number: "SO-9", changedAt: EngineRig.begin)
        row.version = 1
        row.chainHead = Array(repeating: 1, count: 32)
        row.changesAt = EngineRig.begin + .minutes(1)
        let event = StoredEvent(number: 1, bytes: Array("{}".utf8), hash: row.chainHead)
        let finding = Finding(
            kind: .noLines, verdict: .wrong, reason: Text(chinese: "x", english: "x"), since: EngineRig.begin)
        let write = OrderWrite(row: row, events: [event], findings: [finding], waybills: nil)
        try rig.ask {
            try await rig.memory.transaction { transaction in
                var batch = WriteBatch()
                batch.orders = [write]
                try transaction.write(batch)
            }
        }
        return rig
    }

    @Test func `a fact about a damaged order is parked and the others go on`() throws {
        let rig = try Self.rig()
        try rig.start()
        let receipts = try rig.submit([
            rig.fact(.statusReported, order: "SO-9", id: "m-1"), rig.fact(.statusReported, order: "SO-1", id: "m-2"),
        ])
        guard case .parked(let reason) = receipts[0] else {
            Issue.record("\(receipts[0])")
            return
        }
        #expect(reason.contains("HY-1014"))
        #expect(reason.contains("event 1 cannot be read"))
        #expect(receipts[1] == .accepted(state: 0))
        #expect(try rig.read { try $0.parked(after: 0, limit: 5) }.count == 1)
        #expect(try rig.row("SO-9")?.version == 1)
    }

    @Test func `a damaged order is called so, and lists and the watcher go past it`() throws {
        let rig = try Self.rig()
        let hub = try rig.start()
        #expect { try rig.detail("SO-9") } throws: { ($0 as? StoreFailure)?.kind == .damagedOrder }
        #expect { try rig.order("SO-9") } throws: { ($0 as? StoreFailure)?.code == "HY-1014" }
        #expect(try rig.ask { try await hub.wrongOrders(kind: nil, verdict: nil, after: 0, limit: 9) }.isEmpty)
        rig.advance(by: .minutes(10))
        #expect(try rig.submit(rig.fact(.statusReported, order: "SO-1", id: "m-2")) == .accepted(state: 0))
    }

    @Test func `a message that the inbox lost is still known to its order`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let fact = rig.fact(.statusReported, id: "m-1")
        #expect(try rig.submit(fact) == .accepted(state: 0))
        // The same message in another guise: only a store that forgot it lets it through to the order.
        let decomposed = "e\u{301}"
        let one = rig.fact(.statusReported, id: "x\u{e9}")
        #expect(try rig.submit(one) == .accepted(state: 0))
        var two = one
        two.messageID = "x" + decomposed
        let raw = IncomingFact(fact: two, bodyHash: 1, sealedBody: [1], receiver: nil)
        #expect(try rig.ask { try await hub.submit([raw]) } == [.duplicate])
        #expect(try rig.read { try $0.counts().messages } == 2)
        try rig.expectSoundness()
    }

    @Test func `more than an order takes is parked with the reason in words`() throws {
        let rig = EngineRig()
        try rig.start()
        let holds = (0..<Order.holdsMaximum).map { index in
            rig.fact(.holdPlaced(Hold(id: "h\(index)", reason: "r", owner: "o", exit: .person)), id: "m-\(index)")
        }
        #expect(try rig.submit(holds).allSatisfy { $0 == .accepted(state: 0) })
        let more = Hold(id: "more", reason: "r", owner: "o", exit: .person)
        let reason = "the order has 200 holds, and no more than 200 are taken in"
        #expect(try rig.submit(rig.fact(.holdPlaced(more), id: "m-more")) == .parked(reason: reason))
        let parked = try rig.read { try $0.parked(after: 0, limit: 5) }
        #expect(parked.map(\.reason) == [reason])
        let sealed = try #require(parked.first).sealedBody
        #expect(throws: Never.self) { try EngineRig.keyring.open(sealed, context: "parked") }
        try rig.expectSoundness()
    }
}

struct SpellingTests {
    private static let composed = "Caf\u{e9}-1"
    private static let decomposed = "Cafe\u{301}-1"

    @Test func `an order written with one or with two scalars for a letter is one order`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let now = rig.clock.now()
        func fact(_ order: String, _ id: String) -> JSON {
            ["kind": "status.reported", "source": "shop", "id": .string(id), "order": .string(order), "word": "a"]
        }
        let facts = try [fact(Self.decomposed, "1"), fact(Self.composed, "2"), fact(Self.decomposed, "e\u{301}")].map {
            try hub.intake.read($0, receivedAt: now)
        }
        #expect(Set(facts.map { Array($0.fact.order.utf8) }) == [Array(Self.composed.utf8)])
        _ = try rig.ask { try await hub.submit(facts) }
        rig.stop()
        let again = try rig.start()
        let repeated = try again.intake.read(fact(Self.composed, "\u{e9}"), receivedAt: now)
        let other = try again.intake.read(fact(Self.decomposed, "4"), receivedAt: now)
        #expect(try rig.ask { try await again.submit([repeated, other]) } == [.conflicting, .accepted(state: 0)])
        #expect(try rig.read { try $0.counts().orders } == 1)
        #expect(try rig.detail(Self.decomposed)?.order.version == 4)
        try rig.expectSoundness()
    }

    @Test(arguments: ["Cafe\u{301}", "\u{212B}", "か\u{3099}", "\u{F900}", "\u{2000}", "하\u{11A8}", "q\u{0307}\u{0323}"])
    func `what is not composed becomes so`(text: String) throws {
        let fact = Fact(
            source: "file", messageID: text, order: text, occurredAt: nil, receivedAt: EngineRig.begin,
            body: .parcelHandedOver(parcel: text))
        let sealed = try Intake(keyring: EngineRig.keyring).seal(fact).fact
        #expect(!text.utf8.elementsEqual(text.normalised.utf8))
        for part in [sealed.messageID, sealed.order] { #expect(part.utf8.elementsEqual(text.normalised.utf8)) }
        guard case .parcelHandedOver(let parcel) = sealed.body else { return }
        #expect(parcel.utf8.elementsEqual(text.normalised.utf8))
    }

    @Test(arguments: ["SO-1", "订单 号，。“” …", "カナ", "Größe é", "ＡＢ"])
    func `what is composed stays as it is`(text: String) {
        #expect(text.utf8.elementsEqual(text.normalised.utf8))
    }
}
