import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import Logging
import Synchronization

/// What one simulated run came to.
package struct SimulationReport: Hashable, Sendable {
    package var seed: UInt64
    /// Jobs that the executor ran.
    package var steps: Int
    /// Over every committed event and every effect, in their order: equal for equal seeds.
    package var hash: UInt64
    /// Each begins with the seed and the name of the broken rule.
    package var violations: [String]
    package var orders: Int
    package var facts: Int
    package var events: Int
    package var crashes: Int
}

/// The real hub in an invented world, on virtual time: a day of orders with whatever goes wrong between systems,
/// squeezed into milliseconds and the same for the same seed.
package final class Simulation: Sendable {
    static let keyring = Keyring(master: (0..<32).map { UInt8($0) })
    static let begin = Instant(milliseconds: 1_794_326_400_000)
    /// When the faults stop.
    private static let stormLength: Milliseconds = .hours(8)
    static let length: Milliseconds = .hours(24)

    let seed: UInt64
    let faults: FaultPlan
    let executor: SeededExecutor
    private let mutation: Mutation?
    let store = InMemoryStore()
    private let clock: SimulatedClock
    private let weather: Weather
    private let door = Door()
    private let books = Books()
    private let partners: Partners
    private let mailbox: Mailbox
    private let plans: [String: Auditor.Plan]
    private let life: Mutex<Life>
    private let options: HubOptions

    private struct Life {
        var generation: Generation?
        var task: Task<Void, Never>?
        var generations = 0
        var isEnding = false
        var violations: [String] = []
    }

    /// - Parameter faults: nil for the mixture that the seed chooses.
    package init(seed: UInt64, orders: Int, faults: FaultPlan? = nil, mutation: Mutation? = nil) {
        let plan = faults ?? FaultPlan(seed: seed)
        self.seed = seed
        self.faults = plan
        #if HYDRANT_MUTANTS
            self.mutation = mutation ?? Mutant.name.flatMap(Mutation.init(rawValue:))
        #else
            self.mutation = mutation
        #endif
        executor = SeededExecutor(seed: seed, begin: Self.begin)
        clock = SimulatedClock(executor: executor)
        weather = Weather(seed: seed, plan: plan)
        let mailbox = Mailbox(executor: executor, weather: weather, door: door, books: books)
        self.mailbox = mailbox
        partners = Partners(seed: seed, executor: executor) { fact, system, at in
            mailbox.send(Letter(content: .reported(fact, system: system)), at: at)
        }
        life = Mutex(Life())
        plans = Self.plans(seed: seed, orders: orders, oddOrders: plan.oddOrders)
        options = Self.options(seed: seed, plan)
    }

    private static func plans(seed: UInt64, orders: Int, oddOrders: Int) -> [String: Auditor.Plan] {
        var plans: [String: Auditor.Plan] = [:]
        for index in 0..<orders {
            var random = SeededRandom(seed: seed, stream: UInt64(index) &+ 1 << 33)
            let placedAt = begin + random.within(.seconds(1) ... .hours(2))
            let story = CustomerStory(
                number: "S" + paddedDecimal(index + 1, width: 4), placedAt: placedAt,
                returnDelay: .hours(2) ... .hours(20), random: &random)
            plans[story.number] = Auditor.Plan(
                story: story, fate: OrderFate(seed: seed, index: index, oddOrders: oddOrders))
        }
        return plans
    }

    private static func options(seed: UInt64, _ plan: FaultPlan) -> HubOptions {
        var random = SeededRandom(seed: seed, stream: 5)
        var options = HubOptions()
        options.batchFacts = random.pick([2, 16, 1_024])
        options.cachedOrders = random.pick([3, 60_000, 60_000, 60_000])
        options.callsPerLane = random.pick([2, 8])
        options.claimCount = random.pick([4, 64])
        options.leaseLength = random.pick([.minutes(5), .seconds(15)])
        options.watchSlice = .minutes(10)
        options.instructionLifetime = plan.instructionLifetime
        options.keepsSearchIndex = false
        options.keepsDesk = false
        options.looksAgain = false
        return options
    }

    /// Runs to the end, on the calling thread.
    package func run() -> SimulationReport {
        startHub()
        for (_, plan) in plans.sorted(by: { $0.key < $1.key }) { tell(plan) }
        var random = SeededRandom(seed: seed, stream: 6)
        for _ in 0..<faults.crashes { planCrash(&random) }
        for _ in 0..<faults.clockJumps {
            let error = random.within(.minutes(-6) ... .minutes(6))
            executor.schedule(at: Self.begin + random.within(0...Self.stormLength)) { self.clock.setError(error) }
        }
        executor.schedule(at: Self.begin + Self.stormLength) {
            self.weather.clearUp()
            self.clock.setError(0)
        }
        executor.schedule(at: Self.begin + Self.length) { self.executor.start { await self.end() } }
        executor.run()
        return report()
    }

    private func report() -> SimulationReport {
        let state = books.snapshot
        var hash = state.hash
        let effects = partners.effects.map { "\($0.key.order) \($0.key.kind.rawValue) \($0.key.target) \($0.value)" }
        for effect in effects.sorted() { hash.add(effect) }
        let life = life.withLock { $0 }
        return SimulationReport(
            seed: seed, steps: executor.steps, hash: hash.value,
            violations: life.violations.map { "seed \(seed): \($0)" }, orders: plans.count,
            facts: state.acknowledged.count, events: state.events, crashes: max(0, life.generations - 1))
    }

    // MARK: - The hub's process

    private func startHub() {
        let generation = Generation()
        let number = life.withLock { life -> Int? in
            guard !life.isEnding, life.generation == nil else { return nil }
            life.generation = generation
            life.generations += 1
            return life.generations
        }
        guard let number else { return }
        let faulty = FaultyStore(
            inner: store, generation: generation, weather: weather, executor: executor, books: books,
            mutation: mutation, kill: { self.crash(generation) })
        let connectors = SimulatedSystem.all.map {
            SimulatedConnector(system: $0, partners: partners, weather: weather, mutation: mutation)
        }
        let hub = Hub(
            store: faulty, keyring: Self.keyring, clock: clock, settings: .simulated, connectors: connectors,
            options: options, seed: seed &+ UInt64(number),
            log: Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() }))
        let task = Task(executorPreference: executor) {
            do {
                try await hub.run { if !generation.isDead { self.door.open(hub) } }
            } catch {
                // It could not even start; whoever watches the process starts it again.
                self.crash(generation)
            }
        }
        life.withLock { $0.task = task }
    }

    /// The process dies between two steps. Its tasks find everything out of reach and end; nothing of them is heard.
    private func crash(_ generation: Generation) {
        let task = life.withLock { life -> Task<Void, Never>? in
            guard life.generation === generation, !life.isEnding else { return nil }
            life.generation = nil
            defer { life.task = nil }
            return life.task
        }
        guard let task else { return }
        generation.die()
        door.close()
        task.cancel()
        let downtime = weather.length(.seconds(1) ... .minutes(15))
        executor.schedule(at: executor.now + downtime) { self.startHub() }
    }

    private func planCrash(_ random: inout SeededRandom) {
        let at = Self.begin + random.within(.minutes(1)...Self.stormLength)
        let steps = random.below(400)
        executor.schedule(at: at) {
            self.executor.interrupt(afterSteps: steps) {
                if let generation = self.life.withLock({ $0.generation }) { self.crash(generation) }
            }
        }
    }

    // MARK: - The story

    private func tell(_ plan: Auditor.Plan) {
        let story = plan.story
        partners.expect(story.number, fate: plan.fate)
        let intake = Intake(keyring: Self.keyring)
        let facts = story.facts { receiver in (try? intake.seal(receiver).0.fingerprint) ?? "" }
        for due in facts { mailbox.send(Letter(content: .document(due.fact)), at: due.dueAt) }
        if let end = plan.fate.hold { hold(story, end) }
    }

    /// A person holds the order, and somebody or something ends it.
    private func hold(_ story: CustomerStory, _ end: OrderFate.HoldEnd) {
        var random = SeededRandom(seed: seed, stream: fnv1a(Array(story.number.utf8)))
        let at = story.placedAt + random.within(.minutes(1) ... .minutes(90))
        let exit: Hold.Exit
        switch end {
        case .timer: exit = .timer(at + random.within(.minutes(20) ... .hours(4)))
        case .fact: exit = .fact(.decisionMade)
        case .person, .never: exit = .person
        }
        let hold = Hold(id: "hold-\(story.number)", reason: "stock count", owner: "keeper", exit: exit)
        person("held-\(story.number)", story, at, .holdPlaced(hold))
        let endsAt = at + random.within(.minutes(10) ... .hours(3))
        switch end {
        case .person: person("released-\(story.number)", story, endsAt, .holdReleased(id: hold.id, note: "counted"))
        case .fact:
            person("decided-\(story.number)", story, endsAt, .decisionMade(Decision(person: "li", cause: "counted")))
        case .timer, .never: break
        }
    }

    private func person(_ id: String, _ story: CustomerStory, _ at: Instant, _ body: FactBody) {
        let fact = ReportedFact(messageID: id, order: story.number, occurredAt: at, body: body)
        mailbox.send(Letter(content: .reported(fact, system: "person:li")), at: at)
    }

    // MARK: - The end

    private func end() async {
        let auditor = Auditor(
            plans: plans, books: books, partners: partners, faults: faults, settings: .simulated,
            keyring: Self.keyring)
        var violations: [String] = []
        if let hub = door.current {
            let live = await hub.committer.health
            violations = await auditor.audit(store, live: live, now: executor.now)
        } else {
            violations = ["hub-is-up: nobody opens the door"]
        }
        books.close()
        let task = life.withLock { life in
            life.isEnding = true
            life.violations = violations
            return life.task
        }
        task?.cancel()
        await task?.value
    }
}
