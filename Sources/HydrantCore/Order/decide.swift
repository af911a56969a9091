/// The domain says no. Carries what a screen shows: what is wrong, and what to do next.
package struct Refusal: Error, Hashable, Sendable {
    /// A stable word for programs.
    package var code: String
    package var text: Text
    package var nextStep: Text

    package init(code: String, text: Text, nextStep: Text) {
        self.code = code
        self.text = text
        self.nextStep = nextStep
    }

    /// A person answers a task that only a report ends.
    package static let closesItself = Refusal(
        code: "taskClosesItself",
        text: Text(chinese: "这个任务会自动关闭，不接受填写", english: "This task closes by itself and takes no answer"),
        nextStep: Text(
            chinese: "等待系统报告；也可以认领、转交或推迟",
            english: "Wait for the system's report; it can be taken, handed over and put off"))

    /// What was to be done with a task comes too late.
    package static let noSuchTask = Refusal(
        code: "noSuchTask",
        text: Text(chinese: "这个任务已经关闭或不存在", english: "The order has no such open task"),
        nextStep: Text(chinese: "刷新页面查看当前任务", english: "Reload the page to see the tasks that are open"))
}

/// What happens to an order because of a fact, as numbered events. The same message again gives no event.
///
/// - Parameters:
///   - order: the order so far; a new one for the first fact.
///   - fact: what was said.
///   - settings: the documents in force.
///   - now: the hub's clock, written into the events.
package func decide(
    _ order: Order, _ fact: Fact, settings: Settings, now: Instant
) throws(Refusal) -> [Event] {
    var order = order
    return try order.record(fact, settings: settings, now: now)
}

extension Order {
    /// Brings the order past a fact and tells the events that did it: those of ``decide(_:_:settings:now:)``. In place,
    /// because an order that is copied for each fact costs more than the decision. A refused fact changes nothing.
    ///
    /// - Parameter asksPeople: whether it is also found out what people must do, which costs much of the time.
    package mutating func record(
        _ fact: Fact, settings: Settings, now: Instant, asksPeople: Bool = true
    ) throws(Refusal) -> [Event] {
        guard !hasSeen(fact) else { return [] }
        try check(fact, against: self)
        return recordAccepted(fact, settings: settings, now: now, asksPeople: asksPeople)
    }

    /// As ``record(_:settings:now:)``, for a fact that was accepted before. What a person answers may be refused by an
    /// order that is told again without the looks that time brought: the task was opened by one of them.
    package mutating func recordAccepted(
        _ fact: Fact, settings: Settings, now: Instant, asksPeople: Bool = true
    ) -> [Event] {
        guard !hasSeen(fact) else { return [] }
        var events: [Event] = []
        append(.factRecorded(fact), to: &events, settings, now)
        for stamp in supportedStamps(settings) {
            if stamp.number > state {
                append(.stateReached(stamp), to: &events, settings, now)
            } else if !stamps[stamp.number - 1].agrees(with: stamp) {
                append(.stateRestated(stamp), to: &events, settings, now)
            }
        }
        appendRulings(after: fact.body.kind, to: &events, settings, now)
        appendInstructions(to: &events, settings, now)
        if asksPeople { appendTaskChanges(to: &events, settings, now, isByPerson: fact.evidence.isTyped) }
        return events
    }

    private mutating func appendInstructions(to events: inout [Event], _ settings: Settings, _ now: Instant) {
        for want in wantedInstructions(settings) {
            let key = Instruction.key(order: number, eventNumber: version + 1, kind: want.kind)
            var instruction = Instruction(key: key, kind: want.kind, system: want.system, target: want.target)
            instruction.courier = want.courier
            instruction.lifetime = want.lifetime
            append(.instructionIssued(instruction), to: &events, settings, now)
        }
    }

    /// A rule whose hold ends with another rule's is looked at again; rules that wait for each other are refused when
    /// they are saved, so this comes to an end after as many rounds as there are rules.
    private mutating func appendRulings(
        after kind: FactKind?, to events: inout [Event], _ settings: Settings, _ now: Instant
    ) {
        var rulings = newRulings(after: kind, settings.rules)
        for _ in 0...settings.rules.count where !rulings.isEmpty {
            for ruling in rulings { append(.ruleDecided(ruling), to: &events, settings, now) }
            rulings = newRulings(after: nil, settings.rules)
        }
    }

    /// Looks again at what people must do, because time has passed or the settings are others: a rule's version may be
    /// kept no more. What a verdict kept back goes out with the verdict that keeps it back no more.
    package mutating func lookAtTasks(settings: Settings, now: Instant) -> [Event] {
        var events: [Event] = []
        guard version > 0 else { return events }
        appendRulings(after: nil, to: &events, settings, now)
        if !events.isEmpty { appendInstructions(to: &events, settings, now) }
        appendTaskChanges(to: &events, settings, now, isByPerson: false)
        return events
    }

    private mutating func appendTaskChanges(
        to events: inout [Event], _ settings: Settings, _ now: Instant, isByPerson: Bool
    ) {
        for change in taskChanges(settings, now: now, isByPerson: isByPerson) {
            append(change, to: &events, settings, now)
        }
    }

    private mutating func append(_ body: Event.Body, to events: inout [Event], _ settings: Settings, _ now: Instant) {
        let event = Event(
            order: number, number: version + 1, recordedAt: now, settings: settings.version, body: body)
        events.append(event)
        evolve(event)
    }
}

/// Commands of people and of machines in their place can be refused; what outside systems report has happened and
/// cannot, even where the release of a hold overtakes the hold.
private func check(_ fact: Fact, against order: Order) throws(Refusal) {
    precondition(fact.order == order.number, "fact of \(fact.order) applied to \(order.number)")
    switch fact.body {
    case .holdPlaced(let hold):
        if case .timer(let at) = hold.exit, at <= fact.evidence.at {
            throw Refusal(
                code: "holdEndsBeforeItBegins",
                text: Text(chinese: "拦截的结束时间早于开始时间", english: "The hold would end before it begins"),
                nextStep: Text(chinese: "请填写将来的时间", english: "Give a time in the future"))
        }
    case .holdReleased(let id, _) where ActorName.commands(fact.source):
        guard order.holds.contains(where: { $0.hold.id == id && $0.isActive }) || order.isRuleHold(id, forPerson: true)
        else {
            throw Refusal(
                code: "noSuchHold",
                text: Text(chinese: "订单上没有生效中的拦截 \(id)", english: "The order has no standing hold \(id)"),
                nextStep: Text(chinese: "刷新页面查看当前拦截", english: "Reload the page to see the holds that stand"))
        }
    case .taskMoved(let move) where ActorName.commands(fact.source): try check(move, fact.evidence.at, against: order)
    case let body where ActorName.commands(fact.source):
        try order.judge(byPerson: body, receivedAt: fact.receivedAt)
    default: break
    }
}

private func check(_ move: TaskMove, _ time: Instant, against order: Order) throws(Refusal) {
    guard order.openTask(move.task) != nil || order.hasJustClosed(move, time) else {
        throw .noSuchTask
    }
    if case .resolved = move.step, order.openTask(move.task)?.need.closesItself == true { throw .closesItself }
    if case .snoozed(let until, _) = move.step, until <= time || until > time + .hours(720) {
        throw Refusal(
            code: "snoozeTime",
            text: Text(chinese: "推迟时间必须在 30 天以内的将来", english: "A task is put off to a time within 30 days"),
            nextStep: Text(chinese: "请选择更近的时间", english: "Give a time in the future, at most 30 days away"))
    }
}
