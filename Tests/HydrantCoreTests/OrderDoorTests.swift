import HydrantCore
import HydrantTesting
import Testing

/// What an order takes in, and what it does not let anybody do to the others' messages.
@Suite struct OrderDoorTests {
    @Test func `a number made to look like another's hides nobody's message`() throws {
        // FNV-1a over source, 0xFF and id is the same for both.
        let crafted = String(
            decoding: Array("evrbzy".utf8) + [
                0x02, 0x0F, 0x0C, 0x0D, 0x0A, 0x01, 0x02, 0x01, 0x0A, 0x07, 0x1D, 0x0D, 0x09, 0x0D, 0x05, 0x07, 0x01,
                0x05,
            ], as: UTF8.self)
        var scenario = try Scenario.standard(at: 0)
        var hostile = OrderStory().fact(.statusReported, minute: 1, from: "partner")
        hostile.messageID = crafted
        #expect(try scenario.given(hostile).count > 0)
        var honest = OrderStory().fact(OrderStory.proof(of: 1), minute: 2, from: "shop")
        honest.messageID = "pay-7788"
        #expect(try scenario.given(honest).count > 0)
        #expect(scenario.order.state == 1)
    }

    @Test func `a time more than a day ahead is no time`() throws {
        var story = OrderStory.walk(to: 0)
        var early = story.fact(.refundReported(MoneyEntry(id: "R", amountMinor: 100)), minute: 5)
        early.messageID = "far"
        early.occurredAt = early.receivedAt + .hours(24) + 1
        #expect(early.evidence.at == early.receivedAt)
        #expect(!early.evidence.isTimed)
        #expect(early.json["occurredAt"] != nil)
        early.occurredAt = early.receivedAt + .hours(24)
        #expect(early.evidence.isTimed)
        early.occurredAt = early.receivedAt + .hours(24 * 365)
        let correction = story.say(.refundReported(MoneyEntry(id: "R", amountMinor: 70)), minute: 6)
        var scenario = try Scenario.standard(at: 0)
        try scenario.given([early, correction])
        #expect(scenario.order.refundedMinor == 70)
    }

    @Test func `an order takes so many holds and no more`() throws {
        var story = OrderStory.walk(to: 0)
        for index in 0..<Order.holdsMaximum {
            story.say(.holdPlaced(Hold(id: "h\(index)", reason: "r", owner: "o", exit: .person)), minute: 5)
        }
        var scenario = Scenario()
        try scenario.given(story.facts)
        let order = scenario.order
        func fullness(_ body: FactBody) -> String? { order.fullness(for: story.fact(body, minute: 6)) }
        let more = Hold(id: "more", reason: "r", owner: "o", exit: .person)
        #expect(fullness(.holdPlaced(more))?.contains("200 holds") == true)
        #expect(fullness(.holdReleased(id: "more", note: "")) != nil)
        #expect(fullness(.holdReleased(id: "h7", note: "")) == nil)
        #expect(fullness(.timerFell(id: "more")) == nil)
        #expect(fullness(.statusReported) == nil)
    }

    @Test func `an order takes so many returns and exchanges and no more`() throws {
        #expect(Order.returnsMaximum == 100)
        var story = OrderStory.walk(to: 0)
        let line = [ReturnedLine(line: "1", units: 1)]
        for index in 1...100 {
            story.say(.returnAsked(reason: "", isExchange: index > 50, lines: line, id: "R\(index)"), minute: 5)
        }
        var scenario = Scenario()
        for fact in story.facts {
            #expect(scenario.order.fullness(for: fact) == nil)
            try scenario.given(fact)
        }
        let order = scenario.order
        #expect(order.orderReturns().count == 100)
        func fullness(_ body: FactBody) -> String? { order.fullness(for: story.fact(body, minute: 6)) }
        let more = FactBody.returnAsked(reason: "", isExchange: false, lines: line, id: "R101")
        #expect(fullness(more)?.contains("100 returns and exchanges, and no more than 100") == true)
        #expect(fullness(.returnAsked(reason: "", isExchange: true, lines: line)) != nil)
        #expect(fullness(.returnAsked(reason: "corrected", isExchange: false, lines: line, id: "R7")) == nil)
        #expect(fullness(.returnAsked(reason: "all of it", isExchange: false)) == nil)
        // What an older release has taken in stays.
        try scenario.given(story.fact(more, minute: 6))
        #expect(scenario.order.orderReturns().count == 101)
    }

    @Test func `an order takes so many messages and no more`() throws {
        var order = try Scenario.standard(at: 0).order
        for index in order.messages.count..<Order.messagesMaximum {
            order.messages.insert(MessageName(source: "shop", id: "x\(index)"))
        }
        let story = OrderStory()
        #expect(order.fullness(for: story.fact(.statusReported, minute: 1))?.contains("10000 messages") == true)
        let answer = InstructionAnswer(key: "k", kind: .checkCredit, outcome: .done, detail: "")
        #expect(order.fullness(for: story.fact(.instructionAnswered(answer), minute: 1)) == nil)
    }

    @Test func `an event that cannot follow is refused when it is read back`() throws {
        let scenario = try Scenario.standard(at: 2)
        func reason(_ change: (inout [Event]) -> Void) -> String? {
            var events = scenario.events
            change(&events)
            var order = Order(number: "SO-1")
            do throws(ReplayProblem) {
                for event in events { try order.replay(event) }
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason { _ in } == nil)
        #expect(reason { $0.remove(at: 1) } == "follows event 1")
        #expect(reason { $0[1].order = "SO-2" } == "belongs to another order")
        let reached = try #require(scenario.events.firstIndex { $0.name == "state.reached" })
        func stamp(_ number: Int) -> StateStamp {
            StateStamp(number: number, at: story.at(1), isInferred: false, proof: [])
        }
        let story = OrderStory()
        #expect(reason { $0[reached].body = .stateReached(stamp(5)) } == "reaches state 5 after 0")
        #expect(reason { $0[reached].body = .stateRestated(stamp(1)) } == "restates state 1 at 0")
        #expect(reason { $0[0].body = .factRecorded(Self.foreign) } == "records a fact of another order")
    }

    private static let foreign = OrderStory(order: "SO-2").fact(.orderCompleted, minute: 1)
}
