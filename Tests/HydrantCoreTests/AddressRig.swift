import HydrantCore
import HydrantTesting

/// An order, and a warehouse of which it is known which address it has, which deliveries stand and what left.
struct AddressRig {
    struct Answers {
        var pause = InstructionAnswer.Outcome.done
        var cancel = InstructionAnswer.Outcome.done
        var readdress = InstructionAnswer.Outcome.done
        /// Of those who are told, and of the pricing; nil where nobody is told.
        var news: InstructionAnswer.Outcome?
    }

    private struct Call {
        var instruction: Instruction
        var dueStep: Int
    }

    private(set) var order = Order(number: "SO-1")
    /// The addresses of the deliveries that stand in the warehouse's books, by their numbers.
    private(set) var deliveries: [String: String] = [:]
    /// What stands on the labels of parcels, where the hub has them made.
    private(set) var labels: [String: String] = [:]
    /// The addresses with which parcels left.
    private(set) var left: [String] = []
    private(set) var kinds: [InstructionKind] = []
    private(set) var trail: [String] = []
    var answers: Answers
    private let delay: Int
    let settings: Settings
    private var calls: [Call] = []
    private var paused: Set<String> = []
    private var step = 0
    private var messages = 0

    private let hasWaybill: Bool

    init(answers: Answers, delay: Int = 0, hasWaybill: Bool = false) {
        self.hasWaybill = hasWaybill
        self.answers = answers
        self.delay = delay
        var settings = Settings(
            flow: Flow(
                steps: Flow.watching.steps,
                requests: [Flow.Request(afterState: 2, kind: .createDelivery, system: "wms")]
                    + (hasWaybill ? [Flow.Request(afterState: 3, kind: .createWaybill, system: "sf")] : [])))
        settings.rules = RuleSet([AddressChangeTests.rule])
        if answers.news != nil {
            settings.told = AddressNewsTests.told
            settings.freight = AddressNewsTests.freight
        }
        self.settings = settings
    }

    // MARK: - What is said

    private mutating func say(_ body: FactBody, from source: String = "shop") {
        messages += 1
        let now = OrderStory.standardBegin + .minutes(Int64(messages))
        let fact = Fact(
            source: source, messageID: "m\(messages)", order: "SO-1", occurredAt: now, receivedAt: now, body: body)
        guard let events = try? order.record(fact, settings: settings, now: now) else { return }
        trail.append("\(body.kind.rawValue)")
        for event in events {
            guard case .instructionIssued(let instruction) = event.body else { continue }
            kinds.append(instruction.kind)
            trail.append("→\(instruction.kind.rawValue)\(instruction.target)")
            calls.append(Call(instruction: instruction, dueStep: step + delay))
        }
        answerDue()
    }

    mutating func change(to address: String) {
        say(.receiverChanged(ReceiverReference(id: "r-\(address)", fingerprint: address, area: "")))
    }

    mutating func verify(_ address: String) { say(.receiverVerified(fingerprint: address), from: "person:service") }
    mutating func decide() {
        say(.decisionMade(Decision(person: "li", cause: "courier was called")), from: "person:li")
    }

    /// A person answers a task's form.
    mutating func resolve(_ task: String, _ action: String) {
        let resolution = TaskResolution(answers: ["action": action])
        say(.taskMoved(TaskMove(task: task, person: "li", step: .resolved(resolution))), from: "person:li")
    }

    mutating func tell(upTo state: Int) { for number in 0...state { tell(number) } }

    /// A step of the order's life, as far as the warehouse gets there.
    private mutating func tell(_ number: Int) {
        step += 1
        answerDue()
        switch number {
        case 0:
            var header = OrderStory.standardHeader
            header.receiver = ReceiverReference(id: "r-old", fingerprint: "old", area: "")
            say(.orderPlaced(header))
        case 1, 2: say(OrderStory.proof(of: number))
        case 3, 4:
            guard deliveries.keys.contains(where: { !paused.contains($0) }) else { return }
            say(OrderStory.proof(of: number), from: "wms")
        case 5:
            guard let code = deliveries.keys.first(where: { !paused.contains($0) }), order.parcels.first?.packed != nil,
                let address = deliveries[code]
            else { return }
            left.append(address)
            say(.parcelHandedOver(parcel: "SO-1-1"), from: "wms")
        default: break
        }
    }

    /// A whole life with one change before the step `place`; ending 0 is never verified, 1 verified at once, 2 verified
    /// at the end, 3 changed back and verified.
    mutating func live(changingAt place: Int, ending: Int) {
        for number in 0...7 {
            if number == place {
                change(to: "new")
                if ending == 1 { verify("new") }
            }
            tell(number)
        }
        if place > 7 { change(to: "new") }
        if ending == 2 { verify("new") }
        if ending == 3 {
            change(to: "old")
            verify("old")
        }
        settle()
        for number in 3...5 where left.isEmpty { tell(number) }
        settle()
    }

    /// Lets every call be answered.
    mutating func settle() {
        for _ in 0..<200 where !calls.isEmpty {
            step += 1
            answerDue()
        }
    }

    // MARK: - The warehouse

    private mutating func answerDue() {
        while let index = calls.firstIndex(where: { $0.dueStep <= step }) {
            let call = calls.remove(at: index)
            let instruction = call.instruction
            if !order.isStillWanted(instruction, settings) {
                answer(instruction, .refused, .channel)
                continue
            }
            if instruction.kind.isStoppedByRules, order.standingHolds.contains(where: \.isByRule) {
                calls.append(Call(instruction: instruction, dueStep: step + 1))
                continue
            }
            perform(instruction)
        }
    }

    private mutating func perform(_ instruction: Instruction) {
        let code = order.deliveryCode
        switch instruction.kind {
        case .createDelivery:
            deliveries[instruction.deliveryCode(of: "SO-1")] = order.receiver?.value.fingerprint ?? ""
            answer(instruction, .done, nil)
        case .pauseDelivery:
            if answers.pause == .done { paused.insert(code) }
            answer(instruction, answers.pause, nil)
        case .resumeDelivery:
            paused.remove(code)
            answer(instruction, .done, nil)
        case .cancelDelivery:
            let isDone = answers.cancel == .done && left.isEmpty
            if isDone { deliveries[code] = nil }
            answer(instruction, isDone ? .done : answers.cancel == .done ? .refused : answers.cancel, nil)
        case .createWaybill:
            answer(instruction, .done, nil)
            labels[instruction.target] = order.receiver?.value.fingerprint
            let tracking = Tracking(parcel: instruction.target, courier: "sf", channel: "sf", number: "SF1")
            say(.trackingReported(tracking), from: "sf")
        case .readdressWaybill:
            if answers.readdress == .done { labels[instruction.parcel] = order.receiver?.value.fingerprint }
            answer(instruction, answers.readdress, nil)
        case .tellReceiver, .repriceFreight: answer(instruction, answers.news ?? .done, nil)
        default: answer(instruction, .done, nil)
        }
    }

    private mutating func answer(
        _ instruction: Instruction, _ outcome: InstructionAnswer.Outcome, _ refusal: RefusalClass?
    ) {
        trail.append("\(instruction.kind.rawValue)=\(outcome.rawValue)")
        say(
            .instructionAnswered(
                InstructionAnswer(
                    key: instruction.key, kind: instruction.kind, outcome: outcome, detail: "", refusal: refusal)),
            from: "hydrant")
    }

    // MARK: - What came of it

    /// The parcels that left with another address than the one that counts.
    var wrongParcels: [String] { left.filter { $0 != order.receiver?.value.fingerprint } }

    /// Whether a parcel left, and neither the delivery nor, where the hub had one made, its label has the address that
    /// counts.
    var isWrong: Bool {
        if left.isEmpty { return false }
        return labels.isEmpty
            ? !wrongParcels.isEmpty : labels.values.contains { $0 != order.receiver?.value.fingerprint }
    }

    /// Somebody has to decide, or to verify.
    var isWithPerson: Bool {
        order.standingHolds.contains { ["address-undone", "receiver-unverified"].contains($0.id) || $0.isByRule }
    }
}
