import HydrantCore
import Testing

@testable import HydrantSimulator

struct SimulationTests {
    /// Two ranges, so that they run beside each other.
    @Test(arguments: [1, 101] as [UInt64]) func `no rule breaks in any of the seeds`(first: UInt64) async {
        let summary = await Simulator.run(seeds: first...first + 99, orders: 2, parallel: 1)
        #expect(summary.seeds == 100)
        #expect(summary.violations == [])
        #expect(summary.orders == 200)
        #expect(summary.facts > 1_500)
        #expect(summary.crashes > 80)
    }

    @Test func `a seed gives the same run every time, and beside others`() async {
        let first = await Simulator.run(seeds: 1...8, orders: 4, parallel: 1)
        let again = await Simulator.run(seeds: 1...8, orders: 4, parallel: 3)
        #expect(first.hash == again.hash)
        #expect(first.steps == again.steps)
        #expect(first.events == again.events)
        let others = await Simulator.run(seeds: 9...16, orders: 4, parallel: 1)
        #expect(others.hash != first.hash)
    }

    @Test func `in a peaceful world every paid order comes to its end`() {
        let report = Simulation(seed: 5, orders: 12, faults: FaultPlan.none).run()
        #expect(report.violations == [])
        #expect(report.crashes == 0)
        #expect(report.orders == 12)
        #expect(report.facts > 100)
    }

    @Test func `the worst of all worlds breaks no rule`() {
        var faults = FaultPlan.none
        faults.callFaults = 600
        faults.oddOrders = 300
        faults.storeFaults = 100
        faults.deathsAfterCommit = 20
        faults.lostAcknowledgements = 200
        faults.repeatedMessages = 500
        faults.lateMessages = 400
        faults.forgedRepeats = 100
        faults.crashes = 12
        faults.clockJumps = 12
        for seed in 1...4 as ClosedRange<UInt64> {
            let report = Simulation(seed: seed, orders: 4, faults: faults).run()
            #expect(report.violations == [])
            #expect(report.crashes > 4)
        }
    }

    /// Which rule has to notice each mutation; others may notice too.
    static let mutations: [(Mutation, [String])] = [
        (.storeForgetsMessages, ["another-message-is-noticed"]),
        (.acknowledgedBeforeCommit, ["acknowledged-is-kept-once"]),
        (.timeoutTakenForRefusal, ["every-order-comes-to-rest"]),
        (.freshKeyPerAttempt, ["done-once", "done-is-done"]),
        (.staleHealth, ["recomputed-equals-stored"]),
        (.timersLost, ["holds-have-exits"]),
        (.eventRewritten, ["recomputed-equals-stored"]),
    ]

    @Test(arguments: mutations) func `the auditor notices every mutation`(mutation: Mutation, rules: [String]) {
        var faults = FaultPlan.none
        faults.callFaults = 300
        faults.repeatedMessages = 400
        faults.forgedRepeats = 50
        faults.oddOrders = 500
        var noticed: Set<String> = []
        for seed in 1...6 as ClosedRange<UInt64> {
            for violation in Simulation(seed: seed, orders: 8, faults: faults, mutation: mutation).run().violations {
                for rule in rules where violation.contains("\(rule): ") { noticed.insert(rule) }
                #expect(violation.hasPrefix("seed \(seed): "))
            }
            #expect(Simulation(seed: seed, orders: 8, faults: faults).run().violations == [])
            if noticed == Set(rules) { break }
        }
        #expect(noticed == Set(rules))
    }

    @Test func `every mutation has a rule that notices it`() {
        #expect(Set(Self.mutations.map(\.0)) == Set(Mutation.allCases))
    }
}
