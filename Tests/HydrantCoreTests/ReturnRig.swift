import HydrantCore
import HydrantTesting
import Testing

/// An order that was signed for, and what was said after that, an hour each from the second day on.
struct ReturnRig {
    private(set) var scenario: Scenario
    private var hour: Int64 = 30
    private var messages = 0

    /// - Parameters:
    ///   - state: how far the order came; 6 is signed for.
    ///   - reporters: the connected systems that report refunds.
    init(upTo state: Int = 6, reporters: Set<String> = ["finance"]) throws {
        var story = OrderStory.walk(to: state)
        if state >= StateNumber.signed { story.say(.parcelHandedOver(parcel: "SO-1-1"), minute: 55) }
        try self.init(story, reporters: reporters)
    }

    init(_ story: OrderStory, reporters: Set<String> = ["finance"]) throws {
        var settings = RuleTests.settings()
        settings.flow = Flow(
            steps: Flow.watching.steps,
            requests: [Flow.Request(afterState: 7, kind: .issueInvoice, system: "finance")])
        settings.rules = RuleSet(ReturnExchangeTests.rules)
        settings.connected = reporters
        scenario = Scenario(order: story.order, settings: settings)
        try scenario.given(story.facts)
    }

    var order: Order { scenario.order }

    /// The open tasks of returns and cancellations.
    var tasks: [String] {
        order.standingTasks.map(\.need.id).filter { $0.hasPrefix("return:") || $0.hasPrefix("cancellation:") }
    }

    func need(_ task: String) throws -> TaskNeed { try #require(order.standingTask(task), "no open \(task)").need }

    /// - Parameter earlier: how many hours before it was told it happened.
    mutating func say(_ body: FactBody, from source: String = "shop", earlier: Int64 = 0) throws {
        hour += 1
        try tell(body, from: source, earlier: earlier)
    }

    private mutating func tell(_ body: FactBody, from source: String, earlier: Int64 = 0) throws {
        messages += 1
        let now = OrderStory.standardBegin + .hours(hour)
        try scenario.given(
            Fact(
                source: source, messageID: "h\(messages)", order: order.number, occurredAt: now - .hours(earlier),
                receivedAt: now, body: body))
    }

    mutating func ask(_ id: String, units: Int = 1, exchange: Bool = false) throws {
        let lines = id.isEmpty ? [] : [ReturnedLine(line: "1", units: units)]
        try say(.returnAsked(reason: "", isExchange: exchange, lines: lines, id: id))
    }

    mutating func refund(_ amount: Int64, earlier: Int64 = 0) throws {
        let entry = MoneyEntry(id: "RF-\(messages)", amountMinor: amount)
        try say(.refundReported(entry), from: "finance", earlier: earlier)
    }

    /// A form's answers, with what they mean.
    mutating func resolve(_ task: String, _ answers: [String: String]) throws {
        let standing = try #require(order.standingTask(task), "no open \(task)")
        hour += 1
        for body in try order.consequences(of: answers, to: standing, scenario.settings) {
            try tell(body, from: "person:li")
        }
        let move = TaskMove(task: task, person: "li", step: .resolved(TaskResolution(answers: answers)))
        try tell(.taskMoved(move), from: "person:li")
    }

    mutating func move(_ task: String, _ step: TaskMove.Step) throws {
        try say(.taskMoved(TaskMove(task: task, person: "li", step: step)), from: "person:li")
    }

    /// What a person hears whose answers are not taken.
    func refusal(_ task: String, _ answers: [String: String]) -> Refusal? {
        guard let standing = order.standingTask(task) else { return .noSuchTask }
        do throws(Refusal) {
            _ = try order.consequences(of: answers, to: standing, scenario.settings)
            return nil
        } catch {
            return error
        }
    }

    /// The hub has placed the first replacement that it was to place.
    mutating func place() throws {
        let asked = try #require(order.issued.first { $0.instruction.kind == .createReplacement }).instruction
        try say(
            .instructionAnswered(
                InstructionAnswer(key: asked.key, kind: .createReplacement, outcome: .done, detail: "SO-1-R1")),
            from: "hydrant")
    }

    func instructions(_ kind: InstructionKind) -> [Instruction] {
        order.issued.map(\.instruction).filter { $0.kind == kind }
    }
}
