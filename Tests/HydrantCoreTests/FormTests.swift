import HydrantCore
import HydrantTesting
import Testing

/// Questions of a rule's task that depend on the answers before them and on the order.
@Suite struct FormTests {
    private static func text(_ text: String) -> Text { Text(chinese: text, english: text) }

    private static let how = TaskField(
        "how", text("How"), kind: .choice, options: [.init("ship", text("ship")), .init("refund", text("refund"))])

    private static let isRefund = FormCondition.answer(AnswerTest("how", .equal, .texts(["refund"])))

    /// How much, asked after "refund", with what was paid; and why, which must be said of more than 100.
    private static var form: [TaskField] {
        var amount = TaskField("amount", text("Amount"), kind: .money)
        amount.shownIf = isRefund
        amount.prefill = [Prefill("", from: .paid)]
        var why = TaskField("why", text("Why"), kind: .text)
        why.requiredIf = .answer(AnswerTest("amount", .more, .number(10_000)))
        return [how, amount, why]
    }

    private static func rule(_ fields: [TaskField], owner: String = "service") -> Rule {
        var rule = RuleTests.approval
        rule.actions = [.task(TaskAction(reason: text("Agree"), owner: owner, fields: fields))]
        return rule
    }

    private static func asked(_ fields: [TaskField]) throws -> StandingTask {
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(rule(fields)))
        return try #require(scenario.order.standingTasks.first)
    }

    @Test func `a task asks what is left of its rule's form once the order is known`() throws {
        let fields = try Self.asked(Self.form).need.fields
        #expect(fields.map(\.name) == ["how", "amount", "why"])
        #expect(fields[1].prefill == [Prefill("6000.00", from: .paid)])
        #expect(fields[1].shownIf == Self.isRefund)
        var never = Self.how
        never.name = "never"
        never.shownIf = .order(RuleTest(.isPaid, .equal, 0))
        var always = Self.how
        always.name = "always"
        always.shownIf = .all([.order(RuleTest(.isPaid, .equal, 1)), FormCondition.none([Self.isRefund])])
        let isOfLevelA = RuleTest(.level, .equal, .texts(["A"]))
        always.requiredIf = .any([.order(RuleTest(.payable, .less, 5)), .order(isOfLevelA)])
        let left = try Self.asked([Self.how, never, always]).need.fields
        #expect(left.map(\.name) == ["how", "always"])
        #expect(left[1].shownIf == FormCondition.none([Self.isRefund]))
        // What nobody has told is not so.
        #expect(left[1].isRequired == false && left[1].requiredIf == nil)
    }

    @Test func `the first value whose condition is so stands there, and one that does not fit does not`() throws {
        var note = TaskField("note", Self.text("Note"), kind: .text)
        note.prefill = [
            Prefill("cheap", if: .order(RuleTest(.payable, .less, 500_000))),
            Prefill("back", if: Self.isRefund), Prefill("go on"), Prefill("nobody sees this"),
        ]
        var level = Self.how
        level.name = "level"
        level.prefill = [Prefill("", from: .level), Prefill("ship")]
        let fields = try Self.asked([Self.how, note, level]).need.fields
        #expect(fields[1].prefill.map(\.value) == ["back", "go on"])
        #expect(fields[1].start(["how": "refund"]) == "back" && fields[1].start([:]) == "go on")
        #expect(fields[2].prefill == [Prefill("ship")])
    }

    @Test(
        arguments: [
            (["how": "ship"], nil), (["how": "refund", "amount": "100"], nil),
            (["how": "refund", "amount": "100.01", "why": "broken"], nil),
            (["how": "refund"], "\"Amount\" is missing"), ([:], "\"How\" is missing"),
            (["how": "refund", "amount": "100.01"], "\"Why\" is missing"),
            (["how": "refund", "amount": "much"], "\"Amount\" must be an amount like 12.50"),
            (["how": "refund", "amount": "-1"], "\"Amount\" must be an amount like 12.50"),
            (["how": "keep"], "\"How\" is none of the options"),
            (["how": "ship", "amount": "900", "why": ""], nil),
        ] as [([String: String], String?)])
    func `what comes in is judged question by question, and a refusal names the question`(
        answers: [String: String], refusal: String?
    ) throws {
        let task = try Self.asked(Self.form)
        do throws(Refusal) {
            let counted = try task.need.counted(answers)
            #expect(refusal == nil)
            #expect((counted["amount"] != nil) == (answers["how"] == "refund"))
        } catch {
            #expect(error.text.english == refusal)
        }
    }

    @Test func `an answer to a question that the form does not have counts for nothing, and a program hears of it`()
        throws
    {
        let need = try Self.asked(Self.form).need
        let answers = ["how": "ship", "zzz": "hello", "action": "notNeeded"]
        #expect(try need.counted(answers) == ["how": "ship"])
        #expect(need.refusalOfOthers(than: ["how": "ship", "amount": "5"]) == nil)
        let refusal = try #require(need.refusalOfOthers(than: answers))
        #expect(refusal.text.english == "2 of the answers are to questions that the task's form does not have")
        #expect(refusal.nextStep.chinese == "只回答表单里的问题：how, amount, why")
        let silent = TaskNeed(id: "x", kind: .asked, owner: "service", reason: Self.text("x"))
        #expect(try silent.counted(answers).isEmpty && silent.refusalOfOthers(than: [:]) == nil)
        #expect(silent.refusalOfOthers(than: answers)?.nextStep.english == "It asks nothing: send it without answers")
    }

    @Test func `a verdict and a task with such questions are read back as they were written`() throws {
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(Self.rule(Self.form)))
        let events = scenario.events.filter { event in
            switch event.body {
            case .ruleDecided, .taskOpened: true
            default: false
            }
        }
        #expect(events.count >= 2)
        for event in events {
            #expect(try Event(json: JSON(bytes: event.json.bytes)) == event)
        }
    }

    @Test func `forms that cannot be meant are refused when they are saved`() {
        func words(_ fields: [TaskField], owner: String = "service") -> [String] {
            problems(in: [Self.rule(fields, owner: owner)]).map(\.text.english)
        }
        func with(_ test: AnswerTest) -> [TaskField] {
            var other = TaskField("other", Self.text("Other"), kind: .text)
            other.requiredIf = .any([.answer(test)])
            return [Self.how, other]
        }
        #expect(words(Self.form).isEmpty)
        #expect(words(Self.form.reversed()).contains { $0.contains("which does not stand before it") })
        #expect(words(with(AnswerTest("who", .equal, .texts(["x"])))).first?.contains("depends on who") == true)
        #expect(words(with(AnswerTest("how", .more, .number(1)))).first?.contains("cannot be compared by") == true)
        #expect(words(with(AnswerTest("how", .equal, .texts(["keep"])))).first?.contains("no option of “How”") == true)
        #expect(words(with(AnswerTest("how", .equal, .number(1)))).first?.contains("compared with a text") == true)
        func filled(_ prefill: Prefill, kind: TaskField.Kind = .number) -> [TaskField] {
            var field = TaskField("n", Self.text("N"), kind: kind)
            field.prefill = [prefill]
            return [field]
        }
        #expect(words(filled(Prefill("much"))).first?.contains("no answer to it") == true)
        #expect(words(filled(Prefill("", from: .shop))).first?.contains("of another kind") == true)
        #expect(words(filled(Prefill("", from: .unitCount))).isEmpty)
        #expect(words(filled(Prefill(""), kind: .text)).contains { $0.contains("a text is empty") })
        // The warehouse sees neither amounts nor customers.
        #expect(words(filled(Prefill("", from: .paid), kind: .money)).isEmpty)
        let hidden = words(filled(Prefill("", from: .paid), kind: .money), owner: "warehouse")
        #expect(hidden.first?.contains("the role of the task may not see") == true)
    }

    @Test(
        arguments: [
            ("12", 1_200), ("12.5", 1_250), ("-0.05", -5), ("007", 700), ("", nil), ("1.", nil), (".5", nil),
            ("1.234", nil), ("1e3", nil), ("9999999999999999", nil), ("--1", nil), ("１", nil),
        ] as [(String, Int64?)])
    func `numbers are read with two decimals at most`(text: String, hundredths: Int64?) {
        #expect(FormNumber.hundredths(text) == hundredths)
    }
}
