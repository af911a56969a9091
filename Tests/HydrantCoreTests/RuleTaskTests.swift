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
