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
    try FactDecision(on: fact, about: order, settings: settings, now: now).events
}

/// The events of ``decide(_:_:settings:now:)`` together with the order after them.
package struct FactDecision: Sendable {
    package private(set) var order: Order
    package private(set) var events: [Event] = []
    private let settings: Settings
    private let now: Instant

    package init(on fact: Fact, about order: Order, settings: Settings, now: Instant) throws(Refusal) {
        self.order = order
        self.settings = settings
        self.now = now
        guard !order.hasSeen(fact) else { return }
        try check(fact, against: order)
        append(.factRecorded(fact))
        appendStates()
        appendInstructions()
    }
}

/// Commands of people can be refused; what outside systems report has happened and cannot, even where the release of a
/// hold overtakes the hold.
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
    case .holdReleased(let id, _) where fact.source.hasPrefix("person:"):
        guard order.holds.contains(where: { $0.hold.id == id && $0.isActive }) else {
            throw Refusal(
                code: "noSuchHold",
                text: Text(chinese: "订单上没有生效中的拦截 \(id)", english: "The order has no standing hold \(id)"),
                nextStep: Text(chinese: "刷新页面查看当前拦截", english: "Reload the page to see the holds that stand"))
        }
    default: break
    }
}

extension FactDecision {
    private mutating func append(_ body: Event.Body) {
        let event = Event(
            order: order.number, number: order.version + 1, recordedAt: now, settings: settings.version, body: body)
        events.append(event)
        order.evolve(event)
    }

    private mutating func appendStates() {
        let supported = order.supportedStamps(settings)
        for stamp in supported {
            if stamp.number > order.state {
                append(.stateReached(stamp))
            } else if !order.stamps[stamp.number - 1].agrees(with: stamp) {
                append(.stateRestated(stamp))
            }
        }
    }

    private mutating func appendInstructions() {
        for want in order.wantedInstructions(settings) {
            let key = Instruction.key(order: order.number, eventNumber: order.version + 1, kind: want.kind)
            append(
                .instructionIssued(Instruction(key: key, kind: want.kind, system: want.system, target: want.target)))
        }
    }
}
