import HydrantCore
import HydrantEngine
import HydrantStorage
import Synchronization

/// Compares, after a run, what the hub says with what the world knows. Every rule has a name; a sentence of a broken
/// rule begins with it.
struct Auditor {
    /// One order as the simulation meant it.
    struct Plan {
        var story: CustomerStory
        var fate: OrderFate
    }

    let plans: [String: Plan]
    let books: Books
    let partners: Partners
    let faults: FaultPlan
    let settings: Settings
    let keyring: Keyring

    /// Reads the store to the end.
    ///
    /// - Parameter live: the health figures that the hub shows.
    func audit(_ store: any Store, live: HealthFigures, now: Instant) async -> [String] {
        let verifier = Verifier(store: store, keyring: keyring, settings: settings, now: now)
        let findings = Findings(auditor: self, now: now)
        var violations: [String] = []
        do {
            let report = try await verifier.run { findings.look(at: $0) }
            violations += report.violations.map { "recomputed-equals-stored: \($0)" }
            let instructions = try await store.read { reader in
                try plans.keys.sorted().map { ($0, try reader.instructions(of: $0)) }
            }
            violations += findings.conclude(
                live: live, instructions: Dictionary(uniqueKeysWithValues: instructions))
        } catch {
            violations.append("store-is-readable: \(error)")
        }
        return books.snapshot.violations + violations + messageViolations(findings.recorded) + effectViolations
    }

    /// An acknowledged message is there once, under its own order, and every sender was answered.
    private func messageViolations(_ recorded: [MessageKey: [String]]) -> [String] {
        let state = books.snapshot
        var violations: [String] = []
        for (key, order) in state.sent.sorted(by: {
            ($0.key.messageID, $0.key.source) < ($1.key.messageID, $1.key.source)
        }) {
            let found = recorded[key] ?? []
            guard state.acknowledged.contains(key) else {
                violations.append("every-sender-is-answered: order \(order): \(key.messageID) never was")
                continue
            }
            if found.count != 1 {
                violations.append(
                    "acknowledged-is-kept-once: order \(order): \(key.messageID) is there \(found.count) times")
            } else if found[0] != order {
                violations.append("messages-stay-with-their-order: \(key.messageID) of \(order) is in \(found[0])")
            }
        }
        return violations
    }

    /// Whatever was asked, a partner did each thing once; and a courier that says nothing is asked now and then only.
    private var effectViolations: [String] {
        let effects = partners.effects
        let repeated = effects.filter { $0.value > 1 }
            .map {
                "done-once: order \($0.key.order): \($0.key.kind.rawValue) \($0.key.target) was done \($0.value) times"
            }
        var questions: [String: Int] = [:]
        for effect in effects.keys where !effect.question.isEmpty {
            questions["order \(effect.order): \(effect.target)", default: 0] += 1
        }
        let many = questions.filter { $0.value > Self.questionMaximum }
            .map { "asked-now-and-then: \($0.key) was asked about \($0.value) times" }
        return (repeated + many).sorted()
    }

    /// The question that the flow asks, and one for each time that may count as silence (docs/tracking-numbers.md).
    private static let questionMaximum = 1 + Int(Simulation.length / (.hours(3) * 3 / 4))
}

/// What is collected while orders stream by.
final class Findings: Sendable {
    private struct State {
        var violations: [String] = []
        var recorded: [MessageKey: [String]] = [:]
        var health = HealthFigures()
        var orders: [String: VerifiedOrder] = [:]
    }

    private let auditor: Auditor
    private let now: Instant
    private let state = Mutex(State())

    init(auditor: Auditor, now: Instant) {
        self.auditor = auditor
        self.now = now
    }

    var recorded: [MessageKey: [String]] { state.withLock { $0.recorded } }

    func look(at verified: VerifiedOrder) {
        let number = verified.row.number
        let model = OrderModel(documents: verified.documents)
        state.withLock { state in
            func note(_ rule: String, _ sentence: String) {
                state.violations.append("\(rule): order \(number): \(sentence)")
            }
            for problem in model.problems { note(problem.rule, problem.sentence) }
            if model.state > verified.row.state {
                note("facts-give-the-state", "\(model.state), not \(verified.row.state)")
            }
            if model.state < verified.row.state {
                note("no-state-without-facts", "\(verified.row.state), not \(model.state)")
            }
            if model.isCancelled != (verified.row.completion == .cancelled) {
                note("facts-give-the-completion", verified.row.completion.rawValue)
            }
            for hold in verified.order.standingHolds {
                if let problem = problem(of: hold) { note("holds-have-exits", problem) }
            }
            if let due = verified.row.changesAt, due + .minutes(20) < now {
                note("time-is-looked-at", "should have been looked at again at \(due)")
            }
            if let leak = leak(in: verified) { note("events-hold-nothing-personal", leak) }
            for message in model.messages {
                state.recorded[MessageKey(source: message.source, messageID: message.id), default: []].append(number)
            }
            state.health.add(HealthContribution(packed: verified.row.health))
            state.orders[number] = verified
        }
    }

    private func problem(of hold: StandingHold) -> String? {
        if hold.owner.isEmpty { return "hold \(hold.id) has no owner" }
        if case .timer(let at) = hold.exit, at + .minutes(25) < now {
            return "hold \(hold.id) outlived its timer of \(at)"
        }
        return nil
    }

    /// Names and telephone numbers must not be in events.
    private func leak(in verified: VerifiedOrder) -> String? {
        guard let story = auditor.plans[verified.row.number]?.story else { return nil }
        for receiver in [story.receiver, story.receiverChange?.receiver].compactMap(\.self) {
            let isThere = verified.documents.contains { document in
                document["content"]?["data"]?["receiver"].map { $0.text.contains(receiver.phone) } ?? false
            }
            if isThere { return "the receiver's telephone number" }
        }
        return nil
    }

    /// What can only be said at the end.
    func conclude(live: HealthFigures, instructions: [String: [InstructionRow]]) -> [String] {
        let state = state.withLock { $0 }
        var violations = state.violations
        if live != state.health {
            violations.append("live-health-equals-recomputed: shown \(live), recomputed \(state.health)")
        }
        for (number, plan) in auditor.plans.sorted(by: { $0.key < $1.key }) {
            guard let verified = state.orders[number] else {
                violations.append("every-order-is-there: order \(number) is not")
                continue
            }
            let rows = instructions[number] ?? []
            if let sentence = rest(verified, plan, rows) { violations.append("order \(number) \(sentence)") }
            violations += rows.compactMap { wrongEnd($0, of: number) }
        }
        return violations
    }

    /// Liveness: an order whose story is told rests in the state that its fate foresees, or where somebody owns it.
    private func rest(_ verified: VerifiedOrder, _ plan: Auditor.Plan, _ rows: [InstructionRow]) -> String? {
        let expected = plan.fate.finalState(of: plan.story)
        let state = verified.row.state
        if state == expected { return nil }
        if state > expected { return "went-too-far: is in state \(state), its fate was \(expected)" }
        if plan.story.cancelledAt != nil || !verified.order.standingHolds.isEmpty { return nil }
        let isShort = auditor.faults.instructionLifetime < .hours(12)
        if isShort, rows.contains(where: { $0.status == .parked || $0.status == .refused }) { return nil }
        return "every-order-comes-to-rest: stays in state \(state), its fate was \(expected)"
    }

    /// What the hub thinks of an instruction must be so in the world.
    private func wrongEnd(_ row: InstructionRow, of number: String) -> String? {
        let key = row.instruction.key
        // A question leaves nothing behind over there.
        guard row.instruction.kind != .findWaybill else { return nil }
        let isDone = auditor.partners.doneAt(row.instruction) != nil
        if row.status == .done, !isDone { return "done-is-done: order \(number): \(key) was not" }
        // A request that arrives after the hub gave up cannot be known to it.
        if row.status == .refused, let doneAt = auditor.partners.doneAt(by: row.instruction),
            let refusedAt = auditor.books.snapshot.refusedAt[key],
            doneAt + .minutes(3) < refusedAt
        {
            return "refused-is-not-done: order \(number): \(key) was done at \(doneAt)"
        }
        let isOpen = row.status == .waiting || row.status == .ambiguous
        if isOpen, row.dueAt + .minutes(30) < now {
            return "instructions-come-to-an-end: order \(number): \(key) lies around"
        }
        return nil
    }
}
