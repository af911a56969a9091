import HydrantCore
import HydrantTesting
import Testing

/// Tasks that interceptors give, and the task that a rule raises which cannot run.
@Suite struct RuleTaskTests {
    private static let question = TaskField(
        "how", Text(chinese: "结果", english: "Result"), kind: .choice,
        options: [
            .init("ship", Text(chinese: "发货", english: "ship")),
            .init("refund", Text(chinese: "退款", english: "refund")),
        ])

    private static var dependent: TaskField {
        var field = TaskField("amount", Text(chinese: "金额", english: "Amount"), kind: .number)
        field.shownWhen = ("how", ["refund"])
        return field
    }

    private static func rule(_ fields: [TaskField] = [question, dependent]) -> Rule {
        var rule = RuleTests.approval
        rule.actions = [
            .task(
                TaskAction(
                    reason: Text(chinese: "与客户商量", english: "Agree with the customer"), owner: "service",
                    severity: .high, fields: fields))
        ]
        return rule
    }

    @Test func `a task opens once and stays closed when its form was answered`() throws {
        var (scenario, story) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(Self.rule()))
        let open = try #require(scenario.order.standingTasks.first)
        #expect(open.need.id == "rule:approval")
        #expect((open.need.kind, open.need.severity, open.owner) == (.asked, .high, "service"))
        #expect(open.need.fields == [Self.question, Self.dependent])
        #expect(scenario.order.standingHolds.isEmpty)
        let resolution = TaskResolution(answers: ["how": "ship"])
        let move = TaskMove(task: open.need.id, person: "li", step: .resolved(resolution))
        _ = try scenario.given(story.say(.taskMoved(move), minute: 30, from: "person:li"))
        #expect(scenario.order.standingTasks.isEmpty)
        _ = try scenario.given(story.say(.inventoryLocked(InventoryLock()), minute: 40, from: "wms"))
        #expect(scenario.order.standingTasks.isEmpty)
    }

    @Test func `a hold that ends with a condition is its owner's task, and no decision that cannot be taken`() throws {
        var rule = RuleTests.approval
        rule.actions = [
            .hold(
                HoldAction(
                    reason: Text(chinese: "等第二行", english: "Waits for a second line"), owner: "owner",
                    exits: [.condition(.test(RuleTest(.lineCount, .equal, 2)))]))
        ]
        var (scenario, story) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(rule))
        let hold = try #require(scenario.order.standingHolds.first)
        #expect(hold.exit == .condition)
        let task = try #require(scenario.order.standingTasks.first)
        #expect((task.need.id, task.need.kind, task.owner) == ("hold:\(hold.id)", .asked, "owner"))
        #expect(task.need.fields.map(\.name) == ["note"])
        let move = TaskMove(task: task.need.id, person: "li", step: .resolved(TaskResolution(answers: [:])))
        _ = try scenario.given(story.say(.taskMoved(move), minute: 30, from: "person:li"))
        #expect(scenario.order.standingTasks.map(\.need.id) == [task.need.id])
        let line = Line(id: "second", sku: "B", priceMinor: 0)
        _ = try scenario.given(story.say(.lineReported(line), minute: 40, from: "shop"))
        #expect(scenario.order.standingHolds.isEmpty && scenario.order.standingTasks.isEmpty)
    }

    @Test func `a changed address is one task, not two`() throws {
        var rig = AddressRig(answers: .init())
        rig.tell(upTo: 1)
        rig.change(to: "new")
        #expect(rig.order.standingHolds.contains { $0.id.hasPrefix("rule:address-change@") })
        #expect(rig.order.standingTasks.map(\.need.kind) == [.receiverUnverified])
    }

    @Test func `a parcel that left before its new address was verified leaves somebody to verify it`() throws {
        var refusing = AddressRig.Answers()
        (refusing.pause, refusing.cancel) = (.refused, .refused)
        var rig = AddressRig(answers: refusing)
        rig.live(changingAt: 5, ending: 0)
        #expect(rig.left == ["old"])
        #expect(rig.order.standingHolds.contains { $0.id.hasPrefix("rule:address-change@") })
        #expect(rig.order.standingTask("receiver:new") != nil)
        rig.verify("new")
        #expect(!rig.order.standingHolds.contains { $0.id.hasPrefix("rule:address-change@") })
        #expect(rig.order.standingTask("receiver:new") == nil)
    }

    @Test func `a task closes when the condition is true no more`() throws {
        var (scenario, story) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(Self.rule()))
        var check = CreditCheck(isPassed: true)
        check.pastOrders = 7
        _ = try scenario.given(story.say(.creditChecked(check), minute: 20, from: "crm"))
        #expect(scenario.order.standingTasks.isEmpty)
        #expect(scenario.order.tasks.last { $0.need.id == "rule:approval" }?.ending == .gone)
    }

    @Test func `a question that depends on another is only required after that answer`() throws {
        let settings = RuleTests.settings(Self.rule())
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, settings)
        let task = try #require(scenario.order.standingTasks.first)
        #expect(throws: Never.self) { _ = try scenario.order.consequences(of: ["how": "ship"], to: task, settings) }
        #expect(throws: Refusal.self) { _ = try scenario.order.consequences(of: ["how": "refund"], to: task, settings) }
        #expect(throws: Never.self) {
            _ = try scenario.order.consequences(of: ["how": "refund", "amount": "12"], to: task, settings)
        }
    }

    @Test func `a rule in shadow gives no task`() throws {
        var shadow = Self.rule()
        shadow.stage = .shadow
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(shadow))
        #expect(scenario.order.rulings.map(\.outcome) == [.matched])
        #expect(scenario.order.standingTasks.isEmpty)
    }

    @Test func `a rule that cannot run raises a task that names the missing field`() throws {
        let (scenario, _) = try RuleTests.scenario(pastOrders: nil, RuleTests.settings(RuleTests.approval))
        let task = try #require(scenario.order.standingTasks.first)
        #expect(task.need.kind == .holdDecision)
        #expect(task.need.reason.english.contains("the customer's earlier orders"))
        #expect(task.owner == "owner")
    }

    @Test func `a verdict with a task is read back as it was written`() throws {
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(Self.rule()))
        let event = try #require(scenario.events.first { if case .ruleDecided = $0.body { true } else { false } })
        #expect(try Event(json: JSON(bytes: event.json.bytes)) == event)
    }

    /// A sign that people see as one and that is made of 25 bytes, so often that no event holds it.
    private static let family = String(repeating: "👨‍👩‍👧‍👦", count: 300)
    private static let long = Text(chinese: family, english: family)

    /// A document of an earlier release may have such texts.
    @Test func `what is too long for an event is cut, and every event is read back as it was written`() throws {
        var question = Self.question
        question.label = Self.long
        question.options = [.init(String(repeating: "选", count: 200), Self.long)]
        var dependent = Self.dependent
        dependent.shownWhen = (question.name, question.options.map(\.value))
        var rule = Self.rule([question, dependent])
        rule.actions += [
            .hold(HoldAction(reason: Self.long, owner: "owner", exits: [.person])),
            .refuse(kinds: [.createDelivery], reason: Self.long),
        ]
        rule.name = Self.long
        for pastOrders in [0, nil] {
            let settings = RuleTests.settings(rule)
            let (scenario, _) = try RuleTests.scenario(pastOrders: pastOrders, settings)
            let written = scenario.events.filter { event in
                switch event.body {
                case .ruleDecided, .taskOpened: true
                default: false
                }
            }
            #expect(written.count >= 2)
            for event in written { #expect(try Event(json: JSON(bytes: event.json.bytes)) == event) }
            let hold = try #require(scenario.order.standingHolds.first)
            #expect(hold.reason.chinese.utf8.count <= 2_000)
            #expect(scenario.order.standingTasks.allSatisfy { $0.need.reason.english.utf8.count <= 2_000 })
        }
    }

    @Test func `a long answer of a system is cut in the task that tells of it`() throws {
        var (scenario, story) = try RuleTests.scenario(pastOrders: 3, RuleTests.settings())
        let asked = try #require(scenario.order.issued.first { $0.instruction.kind == .createDelivery }?.instruction)
        let detail = String(repeating: "拒", count: 666)
        let answer = InstructionAnswer(key: asked.key, kind: asked.kind, outcome: .refused, detail: detail)
        _ = try scenario.given(story.say(.instructionAnswered(answer), minute: 9, from: "hydrant"))
        let need = try #require(scenario.order.standingTasks.first { $0.need.kind == .instructionFailed }?.need)
        #expect(need.reason.chinese.utf8.count <= 2_000 && need.reason.chinese.hasSuffix("拒…"))
        let opened = scenario.events.filter { if case .taskOpened = $0.body { true } else { false } }
        for event in opened { #expect(try Event(json: JSON(bytes: event.json.bytes)) == event) }
    }

    @Test func `a text that fits is kept as it is, one that does not is cut between two signs`() {
        let text = Text(chinese: String(repeating: "字", count: 666), english: String(repeating: "é😀", count: 400))
        #expect(text.bounded.chinese == text.chinese)
        let cut = text.bounded.english
        #expect(cut.utf8.count <= 2_000 && cut.hasSuffix("…") && text.english.hasPrefix(cut.dropLast()))
    }

    @Test func `texts are refused by their bytes too, and a question with too many options`() {
        func words(_ rule: Rule) -> [String] { problems(in: [rule]).map(\.text.english) }
        var rule = Self.rule()
        #expect(words(rule).isEmpty)
        rule.name = Text(chinese: String(repeating: "😀", count: 300), english: "x")
        #expect(words(rule).isEmpty)
        rule.name.chinese = Self.family
        #expect(words(rule).count == 1 && words(rule)[0].contains("at most 300 characters"))
        #expect(words(rule)[0].utf8.count < 400)
        var question = Self.question
        question.options = (0...100).map { .init("o\($0)", Self.question.label) }
        #expect(words(Self.rule([question])) == ["the question how has more than 100 options"])
        question.options.removeLast()
        #expect(words(Self.rule([question])).isEmpty)
    }

    @Test func `forms whose questions make no sense are refused`() {
        func words(_ fields: [TaskField]) -> [String] { problems(in: [Self.rule(fields)]).map(\.text.english) }
        #expect(words([Self.question, Self.dependent]).isEmpty)
        #expect(words([Self.question, Self.question]) == ["the question how is written twice"])
        #expect(words([Self.dependent, Self.question]).first?.contains("does not stand before it") == true)
        var never = Self.dependent
        never.shownWhen = ("how", ["keep"])
        #expect(words([Self.question, never]).first?.contains("waits for keep") == true)
        let empty = TaskField("how", Self.question.label, kind: .choice)
        #expect(words([empty]) == ["the question how has no options"])
    }
}
