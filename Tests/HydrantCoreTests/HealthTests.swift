import HydrantCore
import HydrantTesting
import Testing

@Suite struct HealthTests {
    private static let health = HealthSettings()

    private static func figures(
        _ change: (inout HealthFigures) -> Void
    ) -> HealthFigures {
        var figures = HealthFigures()
        change(&figures)
        return figures
    }

    private static func contribution(
        at state: Int, _ said: [(FactBody, Int64)] = [], minute: Int64, settings: Settings = Settings()
    ) throws -> HealthContribution {
        var story = OrderStory.walk(to: state)
        for (body, minute) in said { story.say(body, minute: minute) }
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        return scenario.order.healthContribution(settings: settings, now: story.at(minute))
    }

    @Test func `perfect figures score 100`() {
        let figures = Self.figures {
            ($0.population, $0.verified, $0.agreeing, $0.touchpointsDue, $0.touchpointsDone) = (9, 4, 4, 2, 2)
        }
        #expect(HealthDimension.allCases.map { figures.value(of: $0) } == [1, 0, 0, 1])
        #expect(HealthDimension.allCases.map { figures.score(of: $0, Self.health) } == [100, 100, 100, 100])
        #expect(figures.index(Self.health) == 100)
    }

    @Test func `a dimension at its alert line scores 60 and is not past it`() throws {
        let figures = Self.figures {
            ($0.population, $0.verified, $0.agreeing, $0.touchpointsDue, $0.touchpointsDone) = (
                1_000, 1_000, 985, 100, 85
            )
            ($0.dwelled, $0.intervened) = (12, 25)
        }
        for dimension in HealthDimension.allCases {
            let score = try #require(figures.score(of: dimension, Self.health))
            #expect((score * 1e6).rounded() == 60e6, "\(dimension)")
            #expect(!figures.isPastAlertLine(dimension, Self.health), "\(dimension)")
        }
        #expect(((figures.index(Self.health) ?? 0) * 1e6).rounded() == 60e6)
    }

    @Test func `a dimension past its alert line counts double`() {
        let figures = Self.figures { ($0.population, $0.dwelled) = (1_000, 18) }
        #expect(figures.isPastAlertLine(.dwell, Self.health))
        #expect(figures.score(of: .dwell, Self.health).map { ($0 * 1e6).rounded() } == 40e6)
        #expect(figures.index(Self.health).map { ($0 * 1e6).rounded() } == (180e6 / 3).rounded())
    }

    @Test func `weights are settings, and a dimension without a denominator has no score`() {
        var health = HealthSettings()
        health.weights = [.dwell: 3, .intervention: 1]
        let figures = Self.figures { ($0.population, $0.dwelled) = (1_000, 12) }
        #expect(figures.value(of: .consistency) == nil && figures.score(of: .touchpoints, health) == nil)
        #expect(figures.index(health).map { ($0 * 1e6).rounded() } == 70e6)
        #expect(HealthFigures().index(health) == nil)
        #expect(figures.score(of: .dwell, health).map { $0 >= 0 } == true)
        let terrible = Self.figures { ($0.population, $0.dwelled) = (10, 10) }
        #expect(terrible.score(of: .dwell, health) == 0)
    }

    @Test func `figures are sums, and taking away what was added leaves nothing`() {
        var contribution = HealthContribution()
        contribution.isInPopulation = true
        contribution.hasVerifiedSystem = true
        contribution.isUnknown = true
        contribution.dwelled = true
        contribution.intervened = true
        contribution.hasTouchpointDue = true
        contribution.touchpointsDone = true
        var figures = HealthFigures()
        figures.add(contribution, times: 3)
        #expect(figures.counts(of: .consistency) == (0, 3) && figures.counts(of: .touchpoints) == (3, 3))
        #expect(figures.unknown == 3 && figures.counts(of: .dwell) == (3, 3))
        figures.add(contribution, times: -3)
        #expect(figures == HealthFigures())
        contribution.isInPopulation = false
        figures.add(contribution)
        #expect(figures == HealthFigures())
    }

    @Test func `an order is in the population from its payment to a window after its end`() throws {
        #expect(try Self.contribution(at: 0, minute: 999).isInPopulation == false)
        #expect(try Self.contribution(at: 1, minute: 9).changesAt == OrderStory.standardBegin + .minutes(10))
        #expect(try Self.contribution(at: 1, minute: 10).isInPopulation)
        let cancelled: [(FactBody, Int64)] = [(.orderCancelled(reason: ""), 15)]
        #expect(try Self.contribution(at: 1, cancelled, minute: 15 + 1_439).isInPopulation)
        #expect(try Self.contribution(at: 1, cancelled, minute: 15 + 1_440) == HealthContribution())
    }

    @Test func `an order dwells when it is longer than the limit in one state`() throws {
        let atLimit = try Self.contribution(at: 1, minute: 130)
        #expect(!atLimit.dwelled && atLimit.changesAt == OrderStory.standardBegin + .minutes(130) + 1)
        #expect(try Self.contribution(at: 1, minute: 131).dwelled)
        let moved: [(FactBody, Int64)] = [(OrderStory.proof(of: 2), 200), (OrderStory.proof(of: 3), 210)]
        #expect(try Self.contribution(at: 1, moved, minute: 220).dwelled)
        #expect(try Self.contribution(at: 1, moved, minute: 200 + 1_440).dwelled)
        #expect(try Self.contribution(at: 5, minute: 50 + 72 * 60).dwelled == false)
        #expect(try Self.contribution(at: 5, minute: 51 + 72 * 60).dwelled)
        #expect(try Self.contribution(at: 7, minute: 71).dwelled == false)
    }

    @Test func `where no system reports a later state, an order has nothing more to wait for`() throws {
        var settings = Settings()
        settings.flow.steps[StateNumber.warrantyActivated].isReported = false
        #expect(try Self.contribution(at: 6, minute: 60 + 25 * 60).dwelled)
        #expect(try Self.contribution(at: 6, minute: 60 + 25 * 60, settings: settings).dwelled == false)
        // It leaves the population a window after that, however long nobody says that it is completed.
        #expect(try Self.contribution(at: 6, minute: 60 + 1_439, settings: settings).isInPopulation)
        #expect(try Self.contribution(at: 6, minute: 60 + 1_440, settings: settings) == HealthContribution())
        #expect(try Self.contribution(at: 6, minute: 60 + 1_440).isInPopulation)
        // A shop that calls it completed days later brings it back no more.
        let late: [(FactBody, Int64)] = [(.orderCompleted, 60 + 14_400)]
        #expect(try Self.contribution(at: 6, late, minute: 60 + 14_401, settings: settings) == HealthContribution())
        #expect(try Self.contribution(at: 6, late, minute: 60 + 14_401).isInPopulation)
        #expect(settings.flow.lastReportedState == StateNumber.signed)
        #expect(Settings().flow.lastReportedState == StateNumber.warrantyActivated)
    }

    @Test func `a state that was left too late counts for a window after it was left`() throws {
        let moved = (2...5).map { (OrderStory.proof(of: $0), Int64(198 + $0)) }
        let left = try Self.contribution(at: 1, moved, minute: 300)
        #expect(left.dwelled && left.changesAt == OrderStory.standardBegin + .minutes(200 + 1_440))
        #expect(try Self.contribution(at: 1, moved, minute: 200 + 1_439).dwelled)
        #expect(try Self.contribution(at: 1, moved, minute: 200 + 1_440).dwelled == false)
    }

    @Test func `a word outside its range agrees for the grace time, an unmapped one is unknown`() throws {
        var settings = Settings()
        settings.words.systems["wms"] = ["NEW": WordTable.Range(lowest: 0, highest: 1)]
        func judged(_ word: String, minute: Int64) throws -> HealthContribution {
            var story = OrderStory.walk(to: 2)
            story.say(.statusReported, minute: 15, from: "wms", word: word)
            var scenario = Scenario(settings: settings)
            try scenario.given(story.facts)
            return scenario.order.healthContribution(settings: settings, now: story.at(minute))
        }
        let young = try judged("NEW", minute: 24)
        #expect(young.hasVerifiedSystem && young.agrees && !young.isUnknown)
        #expect(young.changesAt == OrderStory.standardBegin + .minutes(25))
        #expect(try judged("NEW", minute: 25).agrees == false)
        let unknown = try judged("OTHER", minute: 99)
        #expect(!unknown.hasVerifiedSystem && unknown.agrees && unknown.isUnknown)
    }

    @Test func `a decision of a person is an intervention`() throws {
        let decision = FactBody.decisionMade(Decision(person: "li", cause: "address"))
        #expect(try Self.contribution(at: 2, minute: 99).intervened == false)
        #expect(try Self.contribution(at: 2, [(decision, 30)], minute: 99).intervened)
    }

    @Test func `every message that is due must be accepted`() throws {
        let flow = Flow(
            steps: Flow.watching.steps,
            requests: [
                Flow.Request(afterState: 5, kind: .notifyCustomer, system: "sms", touchpoint: .shipped),
                Flow.Request(afterState: 6, kind: .notifyCustomer, system: "sms", touchpoint: .signed),
            ])
        let shipped = FactBody.touchpointSent(kind: .shipped, isAccepted: true)
        let refused = FactBody.touchpointSent(kind: .signed, isAccepted: false)
        let signed = FactBody.touchpointSent(kind: .signed, isAccepted: true)
        func judged(_ state: Int, _ bodies: [FactBody]) throws -> [Bool] {
            let result = try Self.contribution(
                at: state, bodies.map { ($0, 65) }, minute: 99, settings: Settings(flow: flow))
            return [result.hasTouchpointDue, result.touchpointsDone]
        }
        #expect(try judged(4, []) == [false, true])
        #expect(try judged(5, []) == [true, false])
        #expect(try judged(5, [shipped]) == [true, true])
        #expect(try judged(6, [shipped, refused]) == [true, false])
        #expect(try judged(6, [shipped, refused, signed]) == [true, true])
        #expect(try judged(6, [.orderCancelled(reason: "")]) == [false, true])
    }
}
