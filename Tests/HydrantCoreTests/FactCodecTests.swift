import HydrantCore
import HydrantTesting
import Testing

@Suite struct FactCodecTests {
    private static func fact(_ body: FactBody, isTimed: Bool, word: String?) -> Fact {
        Fact(
            source: "wms", messageID: "m-1", order: "SO-1",
            occurredAt: isTimed ? OrderStory.standardBegin + 250 : nil, receivedAt: OrderStory.standardBegin + 500,
            word: word, body: body)
    }

    @Test(arguments: FactKind.allCases)
    func `every kind of fact survives writing and reading`(kind: FactKind) throws {
        let bodies = FactSamples.bodies(of: kind)
        #expect(!bodies.isEmpty)
        for body in bodies {
            #expect(body.kind == kind)
            for (isTimed, word) in [(true, nil), (false, "PACKED 打包")] {
                let fact = Self.fact(body, isTimed: isTimed, word: word)
                let read = try Fact(json: JSON(text: fact.json.text), receivedAt: OrderStory.standardBegin)
                #expect(read == fact)
                #expect(read.json == fact.json)
            }
        }
    }

    @Test(arguments: FactKind.allCases)
    func `every kind of fact survives inside an event`(kind: FactKind) throws {
        for body in FactSamples.bodies(of: kind) {
            let fact = Self.fact(body, isTimed: true, word: nil)
            let event = Event(
                order: "SO-1", number: 3, recordedAt: fact.receivedAt, settings: "v1", body: .factRecorded(fact))
            #expect(try Event(json: JSON(text: event.json.text)) == event)
            #expect(event.happenedAt == fact.occurredAt)
        }
    }

    @Test func `every kind of event survives writing and reading`() throws {
        let proof = [
            Evidence(at: OrderStory.standardBegin, isTimed: false, source: "wms", messageID: "m-1"),
            Evidence(at: OrderStory.standardBegin + 5, isTimed: true, source: "crm", messageID: "m-2"),
        ]
        let stamp = StateStamp(number: 4, at: OrderStory.standardBegin, isInferred: true, proof: proof)
        let instruction = Instruction(key: "SO-1/2/x", kind: .createWaybill, system: "sf", target: "SO-1-1")
        var limited = Instruction(key: "SO-1/3/x", kind: .voidWaybill, system: "sf", target: "SO-1-1#SF1")
        limited.courier = "zto"
        limited.lifetime = .minutes(5)
        let bodies: [Event.Body] = [
            .stateReached(stamp), .stateRestated(stamp), .instructionIssued(instruction), .instructionIssued(limited),
            .taskOpened(
                TaskNeed(
                    id: "rule:7", kind: .holdDecision, owner: "service", reason: Text(chinese: "原因", english: "why"))),
            .taskReopened(id: "rule:7", Text(chinese: "仍在", english: "still so")),
            .taskClosed(id: "rule:7", .resolved), .taskClosed(id: "rule:7", .gone),
        ]
        #expect(instruction.parcel == "SO-1-1" && instruction.waybillNumber == nil)
        #expect(limited.parcel == "SO-1-1" && limited.waybillNumber == "SF1")
        for body in bodies {
            let event = Event(
                order: "SO-1", number: 9, recordedAt: OrderStory.standardBegin + 9, settings: "v1", body: body)
            #expect(try Event(json: JSON(text: event.json.text)) == event)
        }
    }

    @Test func `times are read as text and as milliseconds`() throws {
        let text = #"{"kind":"order.completed","source":"s","id":"1","order":"o","occurredAt":"#
        let asText = try Fact(
            json: JSON(text: text + #""2026-11-11T08:00:00+08:00"}"#), receivedAt: Instant(milliseconds: 7))
        let asNumber = try Fact(json: JSON(text: text + "1794355200000}"), receivedAt: Instant(milliseconds: 7))
        #expect(asText == asNumber)
        #expect(asText.occurredAt == OrderStory.standardBegin && asText.receivedAt == Instant(milliseconds: 7))
        #expect(asText.word == nil)
    }

    @Test func `members that may be left out have their defaults`() throws {
        func body(_ kind: String, _ data: String) throws -> FactBody {
            try Fact(
                json: JSON(text: #"{"kind":"\#(kind)","source":"s","id":"1","order":"o","data":\#(data)}"#),
                receivedAt: Instant(milliseconds: 0)
            ).body
        }
        #expect(try body("order.placed", "{}") == .orderPlaced(OrderHeader()))
        #expect(try body("line.reported", #"{"id":"1","sku":"A"}"#) == .lineReported(Line(id: "1", sku: "A")))
        #expect(
            try body("payment.reported", #"{"id":"1","complete":true}"#)
                == .paymentReported(Payment(id: "1", amountMinor: 0, isComplete: true)))
        #expect(try body("inventory.locked", "{}") == .inventoryLocked(InventoryLock()))
        #expect(try body("credit.checked", "{}") == .creditChecked(CreditCheck(isPassed: false)))
        #expect(try body("return.asked", "{}") == .returnAsked(reason: "", isExchange: false))
        #expect(
            try body("return.asked", #"{"id":"R","lines":[{"line":"1","units":2}]}"#)
                == .returnAsked(
                    reason: "", isExchange: false, lines: [ReturnedLine(line: "1", units: 2)], id: "R"))
        #expect(
            try body("touchpoint.sent", #"{"kind":"shipped"}"#) == .touchpointSent(kind: .shipped, isAccepted: true))
        #expect(try body("inventory.refused", #"{"reason":null}"#) == .inventoryRefused(reason: ""))
    }

    @Test func `evidence has an order that does not depend on arrival`() {
        let base = Evidence(at: Instant(milliseconds: 5), isTimed: true, source: "b", messageID: "2")
        var later = base
        later.at = Instant(milliseconds: 6)
        var untimed = base
        untimed.isTimed = false
        var otherSource = base
        otherSource.source = "c"
        var otherMessage = base
        otherMessage.messageID = "3"
        let sorted = [base, otherMessage, otherSource, untimed, later]
        var random = SplitMix64(seed: 3)
        for _ in 0..<20 { #expect(random.shuffled(sorted).sorted() == sorted) }
        #expect(!(base < base))
    }
}
