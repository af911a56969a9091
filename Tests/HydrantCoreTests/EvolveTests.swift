import HydrantCore
import HydrantTesting
import Testing

@Suite struct EvolveTests {
    @Test(arguments: 0...7)
    func `the events alone rebuild the order, also after writing and reading`(state: Int) throws {
        let scenario = try Scenario.standard(at: state)
        var rebuilt = Order(number: "SO-1")
        for event in scenario.events { rebuilt = rebuilt.evolved(by: try Event(json: JSON(text: event.json.text))) }
        #expect(rebuilt == scenario.order)
        #expect(rebuilt.version == scenario.events.count)
    }

    @Test func `random stories are rebuilt from their stored events`() throws {
        for seed in UInt64(0)..<60 {
            var rebuilt: Order?
            var order = Order(number: "SO-\(seed)")
            for fact in FactSetGenerator.facts(seed: seed) {
                guard let events = try? decide(order, fact, settings: Settings(), now: fact.receivedAt) else {
                    continue
                }
                for event in events {
                    order.evolve(event)
                    let stored = try Event(json: JSON(bytes: event.json.bytes))
                    rebuilt = (rebuilt ?? Order(number: order.number)).evolved(by: stored)
                }
            }
            #expect(rebuilt == nil || rebuilt == order, "seed \(seed)")
        }
    }

    @Test func `a state never falls and has its proof, whatever is said`() throws {
        for seed in UInt64(300)..<400 {
            var random = SplitMix64(seed: seed)
            let facts = random.shuffledAndDoubled(FactSetGenerator.facts(seed: seed))
            var order = Order(number: "SO-\(seed)")
            for fact in facts {
                let before = order.state
                for event in (try? decide(order, fact, settings: Settings(), now: fact.receivedAt)) ?? [] {
                    order.evolve(event)
                }
                #expect(order.state >= before, "seed \(seed)")
                #expect(order.stamps.map(\.number) == Array(0..<order.state).map { $0 + 1 }, "seed \(seed)")
                #expect(order.stamps.allSatisfy { !$0.proof.isEmpty && !$0.isInferred }, "seed \(seed)")
                #expect(order.stamps.map(\.at) == order.stamps.map(\.at).sorted(), "seed \(seed)")
            }
        }
    }

    @Test func `a message said twice is taken in once even by evolve`() throws {
        var order = try Scenario.standard(at: 1).order
        let before = order
        let fact = OrderStory.walk(to: 1).facts[1]
        order.evolve(
            Event(
                order: "SO-1", number: order.version + 1, recordedAt: fact.receivedAt, settings: "",
                body: .factRecorded(fact)))
        order.version = before.version
        #expect(order == before)
    }

    @Test func `a correction with a newer time wins in both orders`() throws {
        var story = OrderStory.walk(to: 0)
        let first = story.say(.refundReported(MoneyEntry(id: "R", amountMinor: 100)), minute: 5)
        let second = story.say(.refundReported(MoneyEntry(id: "R", amountMinor: 70)), minute: 6)
        let other = story.say(.refundReported(MoneyEntry(id: "S", amountMinor: 1)), minute: 1)
        for facts in [[first, second, other], [other, second, first]] {
            var scenario = try Scenario.standard(at: 0)
            try scenario.given(facts)
            #expect(scenario.order.refundedMinor == 71)
            #expect(scenario.order.refunds["R"]?.amountMinor == 70 && scenario.order.refunds["T"] == nil)
        }
    }

    @Test func `money is summed by kind`() throws {
        var story = OrderStory.walk(to: 1)
        story.say(.revenueRecognised(MoneyEntry(id: "A", amountMinor: 900)), minute: 20)
        story.say(.receiptReported(MoneyEntry(id: "B", amountMinor: 80)), minute: 20)
        story.say(.invoiceIssued(MoneyEntry(id: "C", amountMinor: 7)), minute: 20)
        var scenario = Scenario()
        try scenario.given(story.facts)
        let order = scenario.order
        #expect(order.paidMinor == 12_900 && order.linesMinor == 12_900)
        #expect([order.revenueMinor, order.receivedMinor, order.refundedMinor] == [900, 80, 0])
        #expect(order.invoices.values.map(\.amountMinor) == [7])
    }

    @Test func `completion follows the overlays and not the state`() throws {
        func completion(_ bodies: [FactBody], at state: Int = 6) throws -> (Completion, Instant?) {
            var story = OrderStory.walk(to: state)
            for (index, body) in bodies.enumerated() { story.say(body, minute: 100 + Int64(index)) }
            var scenario = Scenario()
            try scenario.given(story.facts)
            return (scenario.order.completion, scenario.order.endedAt)
        }
        let begin = OrderStory.standardBegin
        #expect(try completion([]) == (.open, nil))
        #expect(try completion([], at: 7) == (.completed, begin + .minutes(70)))
        #expect(try completion([.orderCompleted]) == (.completed, begin + .minutes(100)))
        #expect(try completion([.returnAsked(reason: "", isExchange: true)]) == (.partiallyCompleted, nil))
        #expect(
            try completion([.orderCompleted, .returnAsked(reason: "", isExchange: false), .orderCancelled(reason: "")])
                == (.cancelled, begin + .minutes(100)))
    }

    @Test func `words keep the last one of each system`() throws {
        var story = OrderStory.walk(to: 0)
        story.say(.statusReported, minute: 9, from: "wms", word: "PACKAGE")
        story.say(.statusReported, minute: 3, from: "wms", word: "ACCEPT")
        story.say(.statusReported, minute: 4, from: "shop", word: "PAID")
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.words.entries.map(\.id) == ["shop", "wms"])
        #expect(scenario.order.words.values == ["PAID", "PACKAGE"])
        #expect(scenario.order.lastHeardAt == story.at(9))
        #expect(scenario.order.latest == [.orderPlaced: story.at(0), .statusReported: story.at(9)])
    }
}
