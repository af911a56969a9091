import HydrantCore
import HydrantTesting
import Testing

@Suite struct DecideTests {
    /// The facts that belong to the standard order, one of every kind; the ones of the seven states prove their state.
    static func body(of kind: FactKind) -> FactBody {
        switch kind {
        case .orderPlaced: OrderStory.proof(of: StateNumber.placed)
        case .paymentReported: OrderStory.proof(of: StateNumber.paid)
        case .creditChecked: OrderStory.proof(of: StateNumber.riskPassed)
        case .inventoryLocked: OrderStory.proof(of: StateNumber.inventoryLocked)
        case .parcelPacked: OrderStory.proof(of: StateNumber.packed)
        case .trackingReported: OrderStory.proof(of: StateNumber.trackingReturned)
        case .signedReported: OrderStory.proof(of: StateNumber.signed)
        case .warrantyRegistered: OrderStory.proof(of: StateNumber.warrantyActivated)
        default: FactSamples.bodies(of: kind)[0]
        }
    }

    /// The state that a kind of fact proves; nil for facts that prove none.
    static func provenState(_ kind: FactKind) -> Int? {
        let kinds: [FactKind] = [
            .paymentReported, .creditChecked, .inventoryLocked, .parcelPacked, .trackingReported, .signedReported,
            .warrantyRegistered,
        ]
        return kinds.firstIndex(of: kind).map { $0 + 1 }
    }

    @Test(arguments: 0...7)
    func `every kind of fact in every state`(state: Int) throws {
        let scenario = try Scenario.standard(at: state)
        #expect(scenario.order.state == state)
        for kind in FactKind.allCases {
            let fact = Fact(
                source: "other", messageID: "n-1", order: "SO-1", occurredAt: OrderStory.standardBegin + .hours(9),
                receivedAt: OrderStory.standardBegin + .hours(9), body: Self.body(of: kind))
            let outcome = try scenario.when(fact)
            let reached = Self.provenState(kind) == state + 1 ? state + 1 : state
            #expect(outcome.order.state == reached, "\(kind.rawValue) in state \(state)")
            #expect(outcome.events.first?.body == .factRecorded(fact))
            // A task, or for a call the instruction that makes it.
            let more = [.receiverChanged, .holdPlaced, .taskAsked, .callAsked].contains(kind) ? 1 : 0
            #expect(
                outcome.events.count == (reached > state ? 2 : 1) + more, "\(kind.rawValue) in state \(state)")
            #expect(outcome.events.map(\.number) == Array(scenario.order.version + 1...outcome.order.version))
            #expect(outcome.repeated == [], "\(kind.rawValue) in state \(state)")
        }
    }

    @Test(arguments: 0...7)
    func `every known message again gives no event`(state: Int) throws {
        let story = OrderStory.walk(to: state)
        let order = try Scenario.standard(at: state).order
        for fact in story.facts {
            #expect(try decide(order, fact, settings: Settings(), now: fact.receivedAt) == [])
        }
    }

    @Test func `recording a fact leads to the order after its events`() throws {
        for seed in UInt64(0)..<30 {
            var order = Order(number: "SO-\(seed)")
            for fact in FactSetGenerator.facts(seed: seed) {
                let settings = Settings(flow: ConfluenceTests.flows[2])
                var after = order
                let events = try after.record(fact, settings: settings, now: fact.receivedAt)
                #expect(events == (try decide(order, fact, settings: settings, now: fact.receivedAt)))
                for event in events { order.evolve(event) }
                #expect(after == order, "seed \(seed)")
            }
        }
    }

    @Test func `a payment leads to the fact and the state, and the events say when and by whom`() throws {
        let story = OrderStory.walk(to: 0)
        let paid = story.fact(OrderStory.proof(of: 1), minute: 10, from: "bank")
        let outcome = try Scenario.standard(at: 0).when(paid)
        let stamp = StateStamp(number: 1, at: story.at(10), isInferred: false, proof: [paid.evidence])
        #expect(
            outcome.events == [
                Event(
                    order: "SO-1", number: 2, recordedAt: story.at(10), settings: "default-1",
                    body: .factRecorded(paid)),
                Event(
                    order: "SO-1", number: 3, recordedAt: story.at(10), settings: "default-1",
                    body: .stateReached(stamp)),
            ])
    }

    @Test func `proofs in the opposite order reach all states with the message that was missing`() throws {
        let reversed = Array(OrderStory.walk(to: 7).facts.reversed())
        var scenario = Scenario()
        for fact in reversed.dropLast() {
            try scenario.given(fact)
            #expect(scenario.order.state == 0)
        }
        let outcome = try scenario.when(reversed[7])
        #expect(outcome.events.map(\.name) == ["fact.recorded"] + Array(repeating: "state.reached", count: 7))
        #expect(outcome.order.stamps == (try Scenario.standard(at: 7).order.stamps))
        #expect(outcome.repeated == [])
    }

    @Test func `an early proof counts from the moment at which the state below was reached`() throws {
        var story = OrderStory.walk(to: 1)
        story.say(OrderStory.proof(of: 3), minute: 12)
        story.say(OrderStory.proof(of: 2), minute: 40)
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.stamps.map(\.at) == [10, 40, 40].map(story.at))
        #expect(scenario.order.stateSince == story.at(40))
    }

    @Test func `a late message with an earlier time moves the time of the state and not the state`() throws {
        var story = OrderStory.walk(to: 3)
        let earlier = story.say(.inventoryLocked(InventoryLock()), minute: 25, from: "wms-2")
        let outcome = try Scenario.standard(at: 3).when(earlier)
        #expect(outcome.events.map(\.name) == ["fact.recorded", "state.restated"])
        #expect(outcome.order.state == 3)
        #expect(outcome.order.stamps[2].at == story.at(25))
        #expect(outcome.order.stamps[2].proof == [earlier.evidence])
        #expect(outcome.repeated == [])
    }

    @Test func `the same number of another sender is another message`() throws {
        var scenario = try Scenario.standard(at: 0)
        var fact = OrderStory.walk(to: 1).facts[1]
        try scenario.given(fact)
        fact.source = "bank"
        #expect(try scenario.given(fact).count == 1)
        fact.source = "bankm"
        fact.messageID = "-2"
        #expect(try scenario.given(fact).count == 1)
    }

    @Test func `a hold that would end before it begins is refused and nothing is recorded`() throws {
        let scenario = try Scenario.standard(at: 2)
        let story = OrderStory.walk(to: 2)
        let hold = Hold(id: "h", reason: "r", owner: "o", exit: .timer(story.at(30)))
        for minute in [30, 31] as [Int64] {
            do {
                _ = try scenario.when(story.fact(.holdPlaced(hold), minute: minute))
                Issue.record("accepted at minute \(minute)")
            } catch {
                #expect(error.code == "holdEndsBeforeItBegins")
                #expect(error.text.english == "The hold would end before it begins")
                #expect(
                    !error.text.chinese.isEmpty && !error.nextStep.chinese.isEmpty && !error.nextStep.english.isEmpty)
            }
        }
        #expect(try scenario.when(story.fact(.holdPlaced(hold), minute: 29)).order.holds.count == 1)
    }

    @Test(arguments: ["person:li", "machine:shop"])
    func `nobody who works at the hub can release a hold that does not stand`(source: String) throws {
        var scenario = try Scenario.standard(at: 2)
        var story = OrderStory.walk(to: 2)
        let release = story.say(.holdReleased(id: "h", note: ""), minute: 50, from: source)
        #expect(throws: Refusal.self) { try scenario.when(release) }
        let hold = Hold(id: "h", reason: "r", owner: "o", exit: .person)
        try scenario.given(story.say(.holdPlaced(hold), minute: 40, from: "rules"))
        #expect(try scenario.given(release).map(\.name) == ["fact.recorded", "task.closed"])
        let again = story.say(.holdReleased(id: "h", note: ""), minute: 51, from: source)
        do {
            _ = try scenario.when(again)
            Issue.record("accepted")
        } catch {
            #expect(error.code == "noSuchHold")
            #expect(error.text.english == "The order has no standing hold h")
        }
    }
}
