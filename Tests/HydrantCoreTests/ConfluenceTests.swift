import HydrantCore
import HydrantTesting
import Testing

/// The same facts in any order, and said twice, end in the same order.
@Suite struct ConfluenceTests {
    /// Flows in which every state is reported, only those of a marketplace, and with everything asked for.
    static let flows: [Flow] = [
        .watching,
        Flow(steps: (0...7).map { Flow.Step(number: $0, isReported: [1, 5, 6].contains($0)) }),
        Flow(
            steps: Flow.watching.steps,
            requests: InstructionKind.allCases.map { kind in
                Flow.Request(afterState: 1, kind: kind, system: "x", touchpoint: .shipped)
            }),
    ]

    /// Folds facts as the hub does; facts that the hub refuses are refused in every order.
    private static func fold(_ facts: [Fact], _ settings: Settings) -> Order {
        var order = Order(number: facts[0].order)
        for fact in facts {
            guard let events = try? decide(order, fact, settings: settings, now: fact.receivedAt) else { continue }
            for event in events { order.evolve(event) }
        }
        return order
    }

    @Test(arguments: 0..<4)
    func `1,000 shuffled and doubled tellings end in the same order`(part: UInt64) {
        for index in UInt64(0)..<50 {
            let seed = part * 1_000 + index
            let facts = FactSetGenerator.facts(seed: seed)
            guard !facts.isEmpty else { continue }
            let settings = Settings(flow: Self.flows[Int(seed % 3)])
            let told = Self.fold(facts, settings).settled
            var random = SplitMix64(seed: seed ^ 0xFFFF)
            for telling in 1...5 {
                let again = Self.fold(random.shuffledAndDoubled(facts), settings).settled
                #expect(again == told, "seed \(seed), telling \(telling): \(difference(told, again))")
            }
        }
    }

    @Test func `the generated stories end in every state`() {
        for flow in Self.flows.prefix(1) {
            let states = (UInt64(0)..<200).map { seed in
                let facts = FactSetGenerator.facts(seed: seed)
                return facts.isEmpty ? 0 : Self.fold(facts, Settings(flow: flow)).state
            }
            #expect(Set(states) == Set(0...7))
        }
    }

    @Test func `the same seed tells the same story`() {
        #expect(FactSetGenerator.facts(seed: 7) == FactSetGenerator.facts(seed: 7))
        #expect(FactSetGenerator.facts(seed: 7) != FactSetGenerator.facts(seed: 8))
    }
}

/// Names the members in which two orders differ.
private func difference(_ left: Order, _ right: Order) -> String {
    zip(Mirror(reflecting: left).children, Mirror(reflecting: right).children)
        .filter { String(describing: $0.value) != String(describing: $1.value) }
        .map { "\($0.label ?? ""): \($0.value) / \($1.value)" }.joined(separator: "\n")
}
