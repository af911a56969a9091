import HydrantConnectorKit
import HydrantCore
import Synchronization

/// The outside systems: their ledgers, and what they do by themselves after they were asked. They know their own
/// numbers and nothing of the hub's insides.
final class Partners: Sendable {
    /// A thing that may be done once in the world.
    struct Effect: Hashable, Sendable {
        var kind: InstructionKind
        var order: String
        var target: String
        /// Which question it was, of those that may be asked again; empty for everything else.
        var question = ""

        init(_ instruction: Instruction, order: String) {
            kind = instruction.kind
            self.order = order
            target = instruction.target
            if kind == .queryTrace { question = instruction.key }
        }
    }

    struct Entry {
        var at: Instant
        /// The key of the instruction that it was done for; another one may have found it.
        var key: String
        var facts: [ReportedFact]
    }

    struct State {
        /// By the idempotency number that the hub sent along.
        var ledger: [String: Entry] = [:]
        var done: [Effect: Int] = [:]
        /// Where each order is in the world.
        var orders: [String: WorldOrder] = [:]
        var lastWaybill = 0
        var random: SeededRandom
    }

    struct WorldOrder {
        var fate: OrderFate
        var isCancelled = false
        var packed: Set<String> = []
        var waybills: [String: String] = [:]
        var handedOver: Set<String> = []
        var scans: [String: [Scan]] = [:]
    }

    let state: Mutex<State>
    let executor: SeededExecutor
    /// Sends a report of a system to the hub at a moment.
    let report: @Sendable (_ fact: ReportedFact, _ system: String, _ at: Instant) -> Void

    init(
        seed: UInt64, executor: SeededExecutor,
        report: @escaping @Sendable (_ fact: ReportedFact, _ system: String, _ at: Instant) -> Void
    ) {
        state = Mutex(State(random: SeededRandom(seed: seed, stream: 3)))
        self.executor = executor
        self.report = report
    }

    func expect(_ order: String, fate: OrderFate) { state.withLock { $0.orders[order] = WorldOrder(fate: fate) } }

    /// Carries a request out, or finds that it was carried out before.
    func act(on request: InstructionRequest) -> InstructionResult {
        let instruction = request.instruction
        let now = executor.now
        let (result, reports) = state.withLock { state -> (InstructionResult, [Report]) in
            guard var world = state.orders[request.order.number] else {
                return (.refused(detail: "unknown order"), [])
            }
            if instruction.kind == .findWaybill { return (Self.look(for: request, in: state), []) }
            if let facts = state.ledger[Self.ownNumber(of: instruction)]?.facts {
                // A courier does not say what it made the first time, only that the number is taken.
                return instruction.kind == .createWaybill
                    ? (.ambiguous(detail: "the number is taken"), []) : (.done(facts: facts, detail: "again"), [])
            }
            var deed = Deed(request: request, now: now)
            defer { state.orders[request.order.number] = world }
            if let answer = deed.refusal(by: world) { return (answer, []) }
            deed.carryOut(&world, &state)
            let effect = Effect(instruction, order: request.order.number)
            state.done[effect, default: 0] += 1
            state.ledger[Self.ownNumber(of: instruction)] = Entry(at: now, key: instruction.key, facts: deed.facts)
            return (.done(facts: deed.facts, detail: ""), deed.reports)
        }
        for item in reports { send(item) }
        return result
    }

    /// What the ledger knows under the hub's number.
    func find(_ request: InstructionRequest) -> InstructionResult {
        state.withLock { state in
            let number = Self.ownNumber(of: request.instruction)
            return state.ledger[number].map { .done(facts: $0.facts, detail: "found") } ?? .notFound
        }
    }

    /// What a partner knows a request by: a courier knows a waybill by the parcel, whoever asks how often.
    private static func ownNumber(of instruction: Instruction) -> String {
        instruction.kind == .createWaybill ? "waybill of \(instruction.target)" : instruction.key
    }

    /// A courier looks for the waybill of a parcel.
    private static func look(for request: InstructionRequest, in state: State) -> InstructionResult {
        guard let entry = state.ledger["waybill of \(request.instruction.target)"] else { return .notFound }
        let facts = entry.facts.map { fact in
            var fact = fact
            fact.messageID += "/found by \(request.instruction.key)"
            return fact
        }
        return .done(facts: facts, detail: "found")
    }

    var effects: [Effect: Int] { state.withLock { $0.done } }

    /// When a request was carried out; nil when it was not.
    func doneAt(_ instruction: Instruction) -> Instant? {
        state.withLock { $0.ledger[Self.ownNumber(of: instruction)]?.at }
    }

    /// When a request was carried out for this very instruction and not for an earlier one about the same thing.
    func doneAt(by instruction: Instruction) -> Instant? {
        state.withLock { state in
            let entry = state.ledger[Self.ownNumber(of: instruction)]
            return entry?.key == instruction.key ? entry?.at : nil
        }
    }

    // MARK: - What they do by themselves

    /// Something that a system does later, unless the order was cancelled by then.
    struct Report: Sendable {
        enum Content: Sendable {
            case stock
            case packing(ParcelPlan)
            case departure(parcel: String)
        }

        var order: String
        var at: Instant
        var content: Content
    }

    struct ParcelPlan: Sendable {
        var id: String
        var items: [ParcelItem]
    }

    private func send(_ item: Report) {
        executor.schedule(at: item.at) {
            switch item.content {
            case .stock: self.answerStock(item.order)
            case .packing(let plan): self.pack(item.order, plan)
            case .departure(let parcel): self.depart(item.order, parcel)
            }
        }
    }

    private func answerStock(_ order: String) {
        let now = executor.now
        guard let fate = state.withLock({ $0.orders[order] })?.fate else { return }
        let body: FactBody =
            fate.hasStock
            ? .inventoryLocked(InventoryLock(warehouse: "front")) : .inventoryRefused(reason: "out of stock")
        report(
            ReportedFact(
                messageID: "stock-\(order)", order: order, occurredAt: now, word: fate.hasStock ? "ACCEPTED" : nil,
                body: body), SimulatedSystem.warehouse, now)
    }

    private func pack(_ order: String, _ plan: ParcelPlan) {
        let now = executor.now
        let (isStopped, isReady) = state.withLock { state -> (Bool, Bool) in
            guard var world = state.orders[order], !world.isCancelled else { return (true, false) }
            world.packed.insert(plan.id)
            state.orders[order] = world
            return (false, world.waybills[plan.id] != nil)
        }
        guard !isStopped else { return }
        let packing = Packing(parcel: plan.id, warehouse: "front", items: plan.items, weightGrams: 1_500)
        report(
            ReportedFact(
                messageID: "packed-\(plan.id)", order: order, occurredAt: now, word: "PACKED",
                body: .parcelPacked(packing)),
            SimulatedSystem.warehouse, now)
        if isReady { departLater(order, plan.id) }
    }

    func departLater(_ order: String, _ parcel: String) {
        let wait = state.withLock { $0.random.within(.minutes(5) ... .minutes(60)) }
        send(Report(order: order, at: executor.now + wait, content: .departure(parcel: parcel)))
    }

    /// The courier takes the parcel; its scans follow by pushes, one by one.
    private func depart(_ order: String, _ parcel: String) {
        let now = executor.now
        let plan = state.withLock { state -> (number: String, scans: [Scan])? in
            guard var world = state.orders[order], !world.isCancelled, let number = world.waybills[parcel],
                world.handedOver.insert(parcel).inserted
            else { return nil }
            let scans = Self.journey(from: now, isSigned: world.fate.isSigned, &state.random)
            world.scans[parcel] = scans
            state.orders[order] = world
            return (number, scans)
        }
        guard let plan else { return }
        report(
            ReportedFact(
                messageID: "left-\(parcel)", order: order, occurredAt: now, word: "SHIPPED",
                body: .parcelHandedOver(parcel: parcel)), SimulatedSystem.warehouse, now)
        for (index, scan) in plan.scans.enumerated() {
            let trace = Trace(parcel: parcel, number: plan.number, scans: [scan], isComplete: false)
            report(
                ReportedFact(
                    messageID: "scan-\(parcel)-\(index)", order: order, occurredAt: scan.at, body: .traceReported(trace)
                ),
                SimulatedSystem.courier, scan.at)
        }
    }

    private static func journey(from begin: Instant, isSigned: Bool, _ random: inout SeededRandom) -> [Scan] {
        var at = begin
        var scans: [Scan] = []
        var steps: [(TrackingStatus, String)] = [(.pickedUp, "50"), (.inTransit, "30"), (.outForDelivery, "44")]
        if random.happens(permille: 200) { steps.append((.stored, "607")) }
        if isSigned { steps.append((.signed, "80")) }
        for (status, code) in steps {
            at = at + random.within(.minutes(5) ... .minutes(90))
            scans.append(Scan(at: at, status: status, code: code, place: "转运中心"))
        }
        return scans
    }
}
