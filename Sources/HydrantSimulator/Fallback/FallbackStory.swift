import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

/// One order on its way through channels that fail in every way, on virtual time: the real decisions of the core and
/// the real rules for ends of attempts, a dispatcher and a process that dies, and the couriers' own books beside it.
struct FallbackStory {
    enum Happening: Sendable {
        case told(Fact)
        case due(key: String)
        /// A request that its sender has given up.
        case arrives(key: String)
        case found(key: String, process: Int, InstructionResult)
        case ended(key: String, process: Int, InstructionResult)
        case look
        case dies
        case collected(parcel: String)
        case typed(parcel: String)
    }

    static let begin = Instant(milliseconds: 1_794_326_400_000)
    static let number = "F1"

    let seed: UInt64
    let settings: Settings
    let rules: WaybillRules
    var random: SeededRandom
    var world = FallbackWorld()
    var order = Order(number: FallbackStory.number)
    var events: [Event] = []
    var rows: [String: InstructionRow] = [:]
    var underWay: Set<String> = []
    var process = 1
    var downUntil: Instant?
    var heap = TimeHeap<Happening>()
    var now = FallbackStory.begin
    var lookAt: Instant?
    var steps = 0
    var violations: [String] = []
    var deaths = 0

    init(seed: UInt64) {
        self.seed = seed
        var random = SeededRandom(seed: seed, stream: 21)
        settings = FallbackStory.settings(&random)
        rules = WaybillRules(settings: settings)
        for channel in settings.dispatch.chains.flatMap(\.channels) {
            var traits = FallbackWorld.Traits()
            traits.canFind = !random.happens(permille: 120)
            traits.canVoid = !random.happens(permille: 120)
            if random.happens(permille: 150) { traits.refusal = random.pick([.data, .channel, .channel]) }
            traits.faults = random.pick([0, 300, 700, 950])
            world.traits[channel] = traits
        }
        world.traits["sms"] = FallbackWorld.Traits(faults: random.pick([0, 300]))
        self.random = random
        plan()
    }

    private static func settings(_ random: inout SeededRandom) -> Settings {
        let request = Flow.Request(afterState: random.pick([3, 4]), kind: .createWaybill, system: "a")
        var settings = Settings(version: "fallback-1", flow: Flow(steps: Flow.watching.steps, requests: [request]))
        let channels = random.pick([["a", "b"], ["a", "b"], ["a", "b"], ["a"], ["a", "b", "c"]])
        settings.dispatch.chains = [.init(courier: "courier", channels: channels)]
        settings.dispatch.pollFor = .hours(8)
        if !random.happens(permille: 200) { settings.dispatch.keeper = .init(system: "sms", answerWithin: .hours(2)) }
        return settings
    }

    // MARK: - The plan

    private mutating func plan() {
        let parcels = random.happens(permille: 250) ? 2 : 1
        let lines = (1...parcels).map { Line(id: "\($0)", sku: "S\($0)", priceMinor: 100) }
        var at = now
        func told(_ id: String, _ body: FactBody, _ story: inout FallbackStory) {
            let fact = Fact(
                source: "wms", messageID: id, order: Self.number, occurredAt: at, receivedAt: at, body: body)
            story.tell(fact, at: at)
        }
        told("placed", .orderPlaced(OrderHeader(payableMinor: 100, lines: lines)), &self)
        told("paid", .paymentReported(Payment(id: "P", amountMinor: 100)), &self)
        told("credit", .creditChecked(CreditCheck(isPassed: true)), &self)
        told("locked", .inventoryLocked(InventoryLock()), &self)
        for parcel in 1...parcels {
            at = now + random.within(0 ... .minutes(20))
            let id = "\(Self.number)-\(parcel)"
            let packing = Packing(parcel: id, items: [ParcelItem(line: "\(parcel)", units: 1)])
            told("packed-\(parcel)", .parcelPacked(packing), &self)
            heap.push(.collected(parcel: id), at: at + random.within(.minutes(10) ... .hours(5)))
        }
        for _ in 0..<random.pick([0, 0, 1, 3]) {
            heap.push(.dies, at: now + random.within(0 ... .minutes(40)))
        }
    }

    /// A message, perhaps late and perhaps twice.
    mutating func tell(_ fact: Fact, at moment: Instant) {
        let delay = random.happens(permille: 150) ? random.within(0 ... .minutes(30)) : 0
        heap.push(.told(fact), at: moment + delay)
        if random.happens(permille: 200) {
            heap.push(.told(fact), at: moment + delay + random.within(0 ... .hours(1)))
        }
    }

    // MARK: - The run

    mutating func run() {
        while let (at, happening) = heap.pop() {
            now = max(now, at)
            steps += 1
            guard steps < 20_000 else {
                violations.append("comes-to-an-end: it goes on after \(steps) steps")
                return
            }
            happen(happening)
            inspect()
        }
        audit()
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .collected(let parcel): collect(parcel)
        case .typed(let parcel): type(parcel)
        case .arrives(let key): if let request = request(key) { _ = world.perform(request, at: now) }
        case .dies: die()
        case .found(let key, let process, let result):
            if process == self.process { goOn(key, after: result) }
        case .ended(let key, let process, let result):
            if process == self.process { put(key, result) }
        case .told, .due, .look:
            if let up = downUntil, up > now {
                heap.push(happening, at: up)
            } else if case .told(let fact) = happening {
                take(fact)
            } else if case .due(let key) = happening {
                attempt(key)
            } else {
                look()
            }
        }
    }

    /// The process dies; what it had under way is in doubt for the next one, which reads the order from its events.
    private mutating func die() {
        guard downUntil.map({ $0 <= now }) ?? true else { return }
        deaths += 1
        process += 1
        let up = now + random.within(.seconds(1) ... .minutes(15))
        downUntil = up
        for key in underWay.sorted() {
            rows[key]?.status = .ambiguous
            heap.push(.due(key: key), at: up)
        }
        underWay = []
        var again = Order(number: Self.number)
        for event in events { again.evolve(event) }
        if again != order { violations.append("events-give-the-order: the order differs after a restart") }
    }

    mutating func take(_ fact: Fact) {
        var fact = fact
        fact.receivedAt = now
        guard let added = try? order.record(fact, settings: settings, now: now) else { return }
        events += added
        for instruction in react(to: added).instructions {
            var row = InstructionRow(
                instruction: instruction, order: Self.number, issuedAt: now,
                deadline: now + (instruction.lifetime ?? .hours(72)))
            if instruction.kind == .findWaybill {
                row.dueAt = PollSchedule.next(after: now, key: instruction.key, every: settings.dispatch.pollEvery)
            }
            rows[instruction.key] = row
            heap.push(.due(key: instruction.key), at: row.dueAt)
            if instruction.kind == .askKeeper, random.happens(permille: 500) {
                heap.push(
                    .typed(parcel: instruction.target), at: now + random.within(.minutes(3) ... .hours(3)))
            }
        }
        planLook()
    }

    private mutating func planLook() {
        guard let moment = order.nextDispatchMoment(settings, after: now) else { return }
        let at = max(moment, now + 1)
        if let lookAt, lookAt <= at { return }
        lookAt = at
        heap.push(.look, at: at)
    }

    private mutating func look() {
        lookAt = nil
        for (messageID, body) in order.dueDispatchFacts(settings, now: now) {
            take(
                Fact(
                    source: "hydrant", messageID: messageID, order: Self.number, occurredAt: now, receivedAt: now,
                    body: body))
        }
        planLook()
    }
}
