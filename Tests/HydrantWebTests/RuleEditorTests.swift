import HTTPTypes
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantWeb
import Testing

/// The editor's form and the document are two faces of one rule: what stands in one stands in the other.
@Suite struct RuleEditorTests {
    private static func document(_ then: String, condition: String = "{field: order.isPaid, is: true}") -> String {
        """
        interceptors: test
        rules:
          - {id: other, name: Other, when: credit.checked, then: [{hold: {reason: r, owner: owner, until: 2h}}]}
          - id: a
            name: {zh: 名称, en: Name}
            when: [order.placed, receiver.changed]
            every: each
            if: \(condition)
            then:
              - \(then)
        """
    }

    /// What a browser sends of the rule's form.
    static func fields(_ page: String) throws -> [(name: String, value: String)] {
        let answer = PageAnswer(status: 200, headers: [:], text: page)
        let form = try answer.part(from: "<form class=\"rule\"", to: "</form>")
        var fields: [(name: String, value: String)] = []
        for match in form.matches(of: /<(input|select|textarea)([^>]*)>/) {
            let head = String(match.output.2)
            guard let name = attribute("name", head) else { continue }
            let rest = form[match.range.upperBound...]
            switch match.output.1 {
            case "input":
                if head.contains("type=\"checkbox\""), !head.contains(" checked") { continue }
                fields.append((name, attribute("value", head) ?? ""))
            case "select":
                let list = rest.prefix(upTo: rest.firstRange(of: "</select>")?.lowerBound ?? rest.endIndex)
                let options = list.matches(of: /<option([^>]*)>/).map { String($0.output.1) }
                let chosen = options.first { $0.hasSuffix(" selected") } ?? options.first ?? ""
                fields.append((name, attribute("value", chosen) ?? ""))
            default:
                let text = rest.prefix(upTo: rest.firstRange(of: "</textarea>")?.lowerBound ?? rest.endIndex)
                fields.append((name, unescaped(String(text))))
            }
        }
        return fields
    }

    private static func attribute(_ name: String, _ head: String) -> String? {
        guard let begin = head.firstRange(of: " \(name)=\"") else { return nil }
        return unescaped(String(head[begin.upperBound...].prefix { $0 != "\"" }))
    }

    private static func unescaped(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) {
            $0.replacing($1.0, with: $1.1)
        }
    }

    /// Opens a rule in the editor and saves it without a change, in both languages.
    private static func saved(_ yaml: String) async throws -> (before: Rule, after: [Rule]) {
        let fixture = try PagesFixture()
        return try await fixture.holding([]) {
            let imported = try await fixture.post("/interceptors/import", [("document", yaml)])
            #expect(imported.status == 303, "\(imported.text.prefix(2_000))")
            let before = try #require(try await fixture.hub.book.saved().document.rules.first { $0.id == "a" })
            var after: [Rule] = []
            for language in ["zh", "en"] {
                let page = try await fixture.get("/interceptors/new?rule=a&lang=\(language)").text
                #expect(!page.contains("⟦"))
                let fields = try Self.fields(page)
                let answer = try await fixture.post("/interceptors/new?lang=\(language)", fields + [("do", "save")])
                #expect(answer.status == 303, "\(answer.text.prefix(4_000))")
                let rules = try await fixture.hub.book.saved().document.rules
                after.append(try #require(rules.last { $0.id == "a" }))
            }
            return (before, after)
        }
    }

    @Test(arguments: [
        "hold: {reason: {zh: 等, en: wait}, owner: owner, until: person}",
        "hold: {reason: wait, owner: owner, until: [90m, person]}",
        "hold: {reason: wait, owner: finance, until: [{fact: receiver.verified}, 1d]}",
        "hold: {reason: wait, owner: owner, until: [{rule: other}, person]}",
        "hold: {reason: wait, owner: owner, until: [{if: {field: parcels.packed, more: 0}}, 2h]}",
        """
        hold: {reason: wait, owner: owner, until: [{if: {any: [{field: order.shop, is: [a, b]}, {none: [{field: \
        customer.orders, less: 3}, {field: system.word, of: wms, contains: [x]}]}]}}, person, 2h, {rule: other}]}
        """,
        "hold: {reason: wait, owner: owner, until: [{fact: hold.released}, 2h]}",
        "release: \"rule:other\"", "release: H-7", "refuse: {ask: [delivery.create, waybill.create], reason: no}",
        "instruct: {ask: delivery.pause, of: wms}", "instruct: {ask: credit.check, of: crm}",
        "instruct: {ask: purchase.push, of: erp}", "instruct: {ask: delivery.cancel, of: wms}",
        "instruct: {ask: delivery.resume, of: wms}",
        "playbook: address-change", "playbook: gift-binding", "playbook: return-exchange", "playbook: cancellation",
        "completion: partially-completed", "notify: {message: shipped, of: sms}",
        "task: {reason: {zh: 做, en: do}, owner: service, severity: urgent}",
        "release: H-1\n      - instruct: {ask: delivery.pause, of: wms}\n      - release: H-2",
        """
        playbook: cancellation
              - task: {reason: x, owner: service}
              - hold: {reason: wait, owner: owner, until: 2h}
              - completion: partially-completed
        """,
    ])
    func `every action and every exit comes back from the editor as it was`(then: String) async throws {
        guard !then.contains("H-2") else {
            // Two releases with something between them are no form, and stay a document.
            let fixture = try PagesFixture()
            let page = try await fixture.holding([]) {
                let document = Self.document(then)
                #expect(try await fixture.post("/interceptors/import", [("document", document)]).status == 303)
                return try await fixture.get("/interceptors/new?rule=a&lang=en").text
            }
            #expect(!page.contains("<form class=\"rule\"") && page.contains("H-2"))
            return
        }
        let (before, after) = try await Self.saved(Self.document(then))
        for rule in after {
            #expect((rule.actions, rule.when, rule.condition) == (before.actions, before.when, before.condition))
            #expect((rule.name, rule.occurrence) == (before.name, before.occurrence))
        }
    }

    @Test func `a form whose questions depend on each other comes back from the editor as it was`() async throws {
        let task = """
            task: {reason: x, owner: service, form: [{name: how, label: {zh: 结果, en: Result}, options: [{value: ship, \
            text: {zh: 发货, en: Ship}}, {value: refund, text: {zh: 退款, en: Refund}}]}, {name: amount, label: Amount, \
            kind: money, shownWhen: {answer: how, is: refund}, prefill: {field: money.paid, if: {field: money.paid, \
            more: 5}}}, {name: count, label: Count, kind: number, required: false, shownWhen: {any: [{answer: how, \
            isNot: ship}, {field: lines.count, more: 1}]}}, {name: why, label: Why, required: {all: [{answer: amount, \
            more: 12.5}, {answer: count, isKnown: false}]}, prefill: broken}, {name: word, label: Word, prefill: \
            {field: system.word, of: wms}}]}
            """
        let (before, after) = try await Self.saved(Self.document(task))
        for rule in after { #expect(rule.actions == before.actions) }
    }

    @Test(arguments: [
        "hold: {reason: \"one\\ntwo\", owner: owner, until: 2h}",
        "hold: {reason: x, owner: owner, until: [2h, {fact: order.cancelled}, {fact: receiver.verified}]}",
        "task: {reason: x, owner: service, form: [{name: a, label: A, options: [\"ship, then ask\"]}]}",
        """
        task: {reason: x, owner: service, form: [{name: a, label: A, prefill: [{value: x, if: {field: order.isPaid, \
        is: true}}, y]}]}
        """,
    ])
    func `what the form has no fields for stays a document`(then: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            #expect(try await fixture.post("/interceptors/import", [("document", Self.document(then))]).status == 303)
            let page = try await fixture.get("/interceptors/new?rule=a&lang=en").text
            #expect(!page.contains("<form class=\"rule\"") && page.contains("id: a"))
        }
    }

    @Test func `a long list of articles is not cut`() async throws {
        let articles = (0..<100).map { "LF\(9_000 + $0)" }
        let condition = "{field: lines.skus, oneOf: [\(articles.joined(separator: ", "))]}"
        let (before, after) = try await Self.saved(Self.document("release: H", condition: condition))
        for rule in after { #expect(rule.condition == before.condition) }
    }

    @Test func `a manager adds questions, an ask and a condition that ends the hold`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            var fields = try Self.fields(try await fixture.get("/interceptors/new?lang=en").text)
            func set(_ name: String, _ value: String) {
                fields.removeAll { $0.name == name }
                fields.append((name, value))
            }
            func press(_ act: String) async throws {
                let page = try await fixture.post("/interceptors/new?lang=en", fields + [("do", act)])
                #expect(page.status == 200, "\(act)")
                fields = try Self.fields(page.text)
            }
            set("name-en", "Ask first")
            set("when0", "order.placed")
            set("reason-en", "wait")
            try await press("test-exit:0")
            set("field-exit1", "parcels.packed")
            try await press("live")
            set("is-exit1", "more")
            set("value-exit1", "0")
            try await press("ask")
            set("ask0", "delivery.pause")
            set("ask-of0", "wms")
            set("task", "yes")
            set("task-en", "Agree")
            try await press("question")
            set("q0-en", "What was agreed")
            set("q0-kind", "choice")
            try await press("live")
            set("q0-options-en", "ship, refund")
            try await press("question")
            set("q1-en", "How much")
            set("q1-kind", "money")
            set("q1-source", "money.paid")
            try await press("test-q1s:0")
            set("field-q1s1", "answer:q1")
            try await press("live")
            set("value-q1s1", "refund")
            set("questions", "Anything else?")
            try await press("live")
            #expect(try await fixture.post("/interceptors/new", fields + [("do", "save")]).status == 303)
            let rule = try #require(try await fixture.hub.book.saved().document.rules.first)
            #expect(rule.actions.count == 3)
            guard case .hold(let hold) = rule.actions[0], case .task(let task) = rule.actions[1] else {
                Issue.record("\(rule.actions)")
                return
            }
            #expect(hold.exits.contains(.condition(.test(RuleTest(.packedCount, .more, 0)))))
            #expect(rule.actions[2] == .instruct(kind: .pauseDelivery, system: "wms"))
            #expect(task.fields.map(\.label.english) == ["What was agreed", "How much", "Anything else"])
            #expect(task.fields.map(\.isRequired) == [true, true, false])
            #expect(task.fields[0].options.map(\.value) == ["ship", "refund"])
            #expect(task.fields[1].shownWhen?.field == "q1" && task.fields[1].shownWhen?.values == ["refund"])
            #expect(task.fields[1].prefill == [Prefill("", from: .paid)])
        }
    }

    @Test func `what is missing in a question or an ask is said, and a question can be taken away`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let page = try await fixture.get("/interceptors/new?lang=en").text
            var fields = try Self.fields(page).filter { !["name-en", "when0", "reason-en"].contains($0.name) }
            fields += [("name-en", "x"), ("when0", "order.placed"), ("reason-en", "wait"), ("task", "yes")]
            fields = fields.filter { $0.name != "task-en" } + [("task-en", "Agree")]
            let asked: [(name: String, value: String)] = [
                ("q0-name", "q1"), ("q0-en", "Result"), ("q0-need", "always"),
            ]
            let cases: [([(name: String, value: String)], String)] = [
                (asked + [("q0-kind", "choice")], "“Result” is answered by choosing"),
                (asked + [("q0-need", "when")], "Say when “Result” must be answered"),
                (asked + [("q0-source", "text")], "Say what stands in “Result” from the start"),
                (asked + [("q0-kind", "money"), ("q0-source", "text"), ("q0-value", "much")], "is no answer to it"),
                (asked + [("q0-source", "order.isPaid")], "Give somebody a task: “Result” cannot be"),
                (
                    asked + [("kind-q0s0", "all"), ("kind-q0s1", "test"), ("field-q0s1", "answer:q9")],
                    "a question that does not stand above it"
                ),
                ([("ask0", "delivery.pause"), ("ask-of0", "")], "Say which system is asked"),
                ([("until-rule", "nobody")], "Hold the order: there is no interceptor nobody"),
                ([("release0", "rule:nobody")], "End another hold: there is no interceptor nobody"),
            ]
            for (changes, words) in cases {
                let names = Set(changes.map(\.name))
                let sent = fields.filter { !names.contains($0.name) } + changes + [("do", "check")]
                let answer = try await fixture.post("/interceptors/new?lang=en", sent)
                #expect(answer.status == 422 && answer.text.contains(words), "\(words)")
            }
            let two = fields + asked + [("q1-name", "q2"), ("q1-en", "Second"), ("q1-kind", "text"), ("do", "unask:0")]
            let left = try await fixture.post("/interceptors/new?lang=en", two).text
            #expect(left.contains("name=\"q0-name\" value=\"q2\"") && !left.contains("name=\"q1-name\""))
        }
    }

    @Test func `both languages of a reason can be written, and the sentence names the questions`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let then = """
                task: {reason: {zh: 商量, en: Agree}, owner: service, form: [{name: a, label: {zh: 结果, en: Result}}]}
                """
            #expect(try await fixture.post("/interceptors/import", [("document", Self.document(then))]).status == 303)
            let page = try await fixture.get("/interceptors/new?rule=a&lang=en").text
            #expect(page.contains("id=\"task-other\" name=\"task-zh\" value=\"商量\""))
            #expect(page.contains("id=\"q0-other\" name=\"q0-zh\" value=\"结果\""))
            #expect(page.contains("give Service a task (“Agree”), asking “Result”"))
            let chinese = try await fixture.get("/interceptors/new?rule=a&lang=zh").text
            #expect(chinese.contains("id=\"task-other\" name=\"task-en\" value=\"Agree\""))
            #expect(chinese.contains("要填“结果”"))
        }
    }

    @Test func `the sentence says when a question is asked and whether it must be answered`() async throws {
        let then = """
            task: {reason: x, owner: service, form: [{name: how, label: {zh: 结果, en: Result}, options: [{value: ship, \
            text: {zh: 发货, en: Ship}}, {value: refund, text: {zh: 退款, en: Refund}}]}, {name: amount, label: {zh: \
            金额, en: Amount}, kind: money, shownWhen: {answer: how, is: refund}}, {name: note, label: {zh: 备注, en: \
            Note}, required: false, shownWhen: {any: [{answer: amount, more: 12.5}, {field: lines.count, more: 1}]}}, \
            {name: why, label: {zh: 原因, en: Why}, required: {answer: note, isKnown: false}}]}
            """
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            #expect(try await fixture.post("/interceptors/import", [("document", Self.document(then))]).status == 303)
            let page = try await fixture.get("/interceptors/new?rule=a&lang=en").text
            for part in [
                "asking “Result”, “Amount” (asked only if “Result” ", " Refund), “Note” (asked only if (“Amount” ",
                "12.50 or ", "; need not be answered), “Why” (must be answered only if “Note” is not answered)",
            ] {
                #expect(page.contains(part), "\(part)")
            }
            let chinese = try await fixture.get("/interceptors/new?rule=a&lang=zh").text
            #expect(chinese.contains("要填“结果”、“金额”（仅当“结果” ") && chinese.contains(" 退款时才问）"))
            #expect(chinese.contains("“原因”（仅当没有填写“备注”时必填）"))
        }
    }

    @Test(arguments: ["zh", "en"])
    func `fields in which something is wrong are marked, and the first one is gone to`(language: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let path = "/interceptors/new?lang=\(language)"
            let written: [(name: String, value: String)] = [
                ("when0", "order.placed"), ("depth0", "0"), ("kind0", "all"), ("depth1", "1"), ("kind1", "test"),
                ("field1", "money.payable"), ("is1", "more"), ("value1", "<lots>"), ("hold", "yes"),
                ("reason-\(language)", "wait"), ("owner", "owner"), ("limit", "no"), ("unit", "h"),
            ]
            let page = try await fixture.post(path, written + [("do", "check")])
            #expect(page.status == 422)
            for field in ["name", "value1", "limit"] {
                let mark = " id=\"\(field)\" aria-invalid=\"true\" aria-describedby=\"wrong-\(field)\""
                #expect(page.text.contains(mark), "\(field)")
                #expect(page.text.contains("<span class=\"fieldwrong\" id=\"wrong-\(field)\">"), "\(field)")
                #expect(page.text.contains("<a href=\"#\(field)\">"), "\(field)")
            }
            #expect(page.text.ranges(of: "aria-invalid").count == 3)
            #expect(page.text.contains("data-focus=\"name\"") && page.text.ranges(of: " autofocus").count == 1)
            #expect(!page.text.contains("<lots>"))
            // While somebody is still writing nothing is marked and the place of writing stays.
            let live = try await fixture.post(path, written + [("do", "live")])
            #expect(live.status == 200 && !live.text.contains("aria-invalid"))
            #expect(live.text.contains("data-focus=\"\""))
            let yaml = try await fixture.post(path, [("document", "interceptors: x\nrules: 3\n"), ("do", "check")])
            #expect(yaml.status == 422 && yaml.text.contains(" id=\"document\" aria-invalid=\"true\""))
        }
    }

    @Test func `what ends a hold is named as a condition that becomes true`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let then = "hold: {reason: wait, owner: owner, until: [person, {if: {field: parcels.packed, more: 0}}]}"
            #expect(try await fixture.post("/interceptors/import", [("document", Self.document(then))]).status == 303)
            let page = try await fixture.get("/interceptors/new?rule=a&lang=en").text
            #expect(page.contains("until somebody lets it go on or this becomes true: ("))
            #expect(page.contains("It goes on at the first of these"))
            let new = try await fixture.get("/interceptors/new?lang=en").text
            #expect(new.contains("add a condition (without one: the other ways only)"))
        }
    }

    @Test func `a document whose hold has no end is told which line to add`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let document = Self.document("hold: {reason: wait, owner: owner}")
                .split(separator: "\n").filter { !$0.contains("id: other") }.joined(separator: "\n")
            for language in ["zh", "en"] {
                let answer = try await fixture.post(
                    "/interceptors/new?lang=\(language)", [("document", document), ("do", "check")])
                #expect(answer.status == 422 && answer.text.contains("until: [person, 2h]"), "\(language)")
            }
        }
    }
}
