import HydrantCore
import Testing

@testable import HydrantSimulator

/// The auditor's own model, with the events of orders that the hub would never write.
@Suite struct OrderModelTests {
    private static let begin: Int64 = 1_794_326_400_000

    private static func fact(_ kind: String, _ minute: Int64, _ data: JSON = [:], id: String? = nil) -> JSON {
        [
            "event": "fact.recorded",
            "content": [
                "kind": .string(kind), "source": "shop", "id": .string(id ?? kind),
                "occurredAt": .integer(begin + minute * 60_000), "receivedAt": .integer(begin + 600 * 60_000),
                "data": data,
            ],
        ]
    }

    private static func reached(_ number: Int64, _ minute: Int64, by proof: String) -> JSON {
        [
            "event": "state.reached",
            "content": [
                "number": .integer(number), "at": .integer(begin + minute * 60_000),
                "proof": [["source": "shop", "id": .string(proof)]],
            ],
        ]
    }

    private static func asked(_ kind: String, _ target: String = "") -> JSON {
        ["event": "instruction.issued", "content": ["kind": .string(kind), "target": .string(target)]]
    }

    private static let placed = fact(
        "order.placed", 0, ["payableMinor": 100, "lines": [["id": "1", "units": 1]]])
    private static let paid = fact("payment.reported", 5, ["id": "P", "amountMinor": 100])
    private static let receiver: JSON = ["receiver": ["fingerprint": "new"]]

    private static func rules(_ documents: [JSON]) -> [String] {
        OrderModel(documents: documents).problems.map(\.rule)
    }

    @Test func `a state that its facts support is fine`() {
        #expect(Self.rules([Self.placed, Self.paid, Self.reached(1, 5, by: "payment.reported")]) == [])
        #expect(OrderModel(documents: [Self.placed, Self.paid]).state == 1)
    }

    @Test func `a state that comes before its facts is noticed, also when they follow`() {
        let part = Self.fact("payment.reported", 5, ["id": "P", "amountMinor": 99])
        let rest = Self.fact("payment.reported", 6, ["id": "Q", "amountMinor": 1], id: "rest")
        let early = [Self.placed, part, Self.reached(1, 5, by: "payment.reported"), rest]
        #expect(Self.rules(early) == ["no-state-before-its-facts"])
    }

    @Test func `a state is dated as its facts say and not before the one below it`() {
        let late = Self.reached(1, 600, by: "payment.reported")
        #expect(Self.rules([Self.placed, Self.paid, late]) == ["states-have-the-times-of-their-facts"])
        let credit = Self.fact("credit.checked", 3, ["passed": true])
        let below = [Self.placed, Self.paid, Self.reached(1, 5, by: "payment.reported"), credit]
        #expect(Self.rules(below + [Self.reached(2, 5, by: "credit.checked")]) == [])
        #expect(
            Self.rules(below + [Self.reached(2, 3, by: "credit.checked")]) == ["states-have-the-times-of-their-facts"])
        #expect(Self.rules(below + [Self.reached(2, 5, by: "nothing")]) == ["every-state-has-its-proof"])
    }

    static let holds: [(hold: JSON, end: JSON)] = [
        (["id": "h", "untilPerson": true], fact("hold.released", 20, ["id": "h"])),
        (["id": "h", "until": 9], fact("timer.fell", 20, ["id": "h"])),
        (["id": "h", "untilFact": "decision.made"], fact("decision.made", 10)),
    ]

    @Test(arguments: holds)
    func `nothing is begun while a hold stands`(hold: JSON, end: JSON) {
        let held = [Self.placed, Self.fact("hold.placed", 10, hold)]
        #expect(Self.rules(held + [Self.asked("delivery.create")]) == ["held-orders-wait"])
        #expect(Self.rules(held + [end, Self.asked("delivery.create")]) == [])
        #expect(Self.rules([Self.placed, end, held[1], Self.asked("delivery.create")]) == [])
        for kind in ["waybill.find", "waybill.void", "trace.query"] {
            #expect(Self.rules(held + [Self.asked(kind)]) == [])
        }
        #expect(Self.rules(held + [Self.asked("waybill.create", "way-back:order")]) == [])
    }

    @Test func `a fact that happened before a hold does not end it`() {
        let hold = Self.fact("hold.placed", 10, ["id": "h", "untilFact": "decision.made"])
        let early = [Self.placed, Self.fact("decision.made", 9), hold, Self.asked("invoice.issue")]
        #expect(Self.rules(early) == ["held-orders-wait"])
    }

    @Test func `a receiver that nobody has verified holds the order until it has left`() {
        let changed = [Self.placed, Self.fact("receiver.changed", 10, Self.receiver)]
        let wish = Self.asked("waybill.create", "SO-1-1")
        #expect(Self.rules(changed + [wish]) == ["held-orders-wait"])
        let other = Self.fact("receiver.verified", 11, ["fingerprint": "old"])
        #expect(Self.rules(changed + [other, wish]) == ["held-orders-wait"])
        let verified = Self.fact("receiver.verified", 11, ["fingerprint": "new"])
        #expect(Self.rules(changed + [verified, wish]) == [])
        #expect(Self.rules(changed + [Self.fact("parcel.handed-over", 11), wish]) == [])
    }

    @Test func `a cancelled order begins nothing, and its warehouse hears of it`() {
        let cancelled = [Self.placed, Self.fact("order.cancelled", 10)]
        #expect(Self.rules(cancelled) == [])
        #expect(Self.rules(cancelled + [Self.asked("waybill.create")]) == ["cancelled-orders-stop"])
        let ordered = [Self.placed, Self.asked("delivery.create"), cancelled[1]]
        #expect(Self.rules(ordered) == ["cancelled-orders-stop"])
        #expect(Self.rules(ordered + [Self.asked("delivery.cancel")]) == [])
    }
}
