import Foundation
import HydrantCore
import HydrantDocuments
import Testing

/// Interceptors as documents.
@Suite struct RuleDocumentTests {
    private static let template = ProjectFiles.root + "/Templates/interceptors.yaml"

    private static func shipped() throws -> RuleDocument {
        try RuleDocument.load(text: try String(contentsOfFile: template, encoding: .utf8), path: "interceptors.yaml")
    }

    private static func words(_ text: String) -> [String] {
        do {
            _ = try RuleDocument.load(text: text, path: "r.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private static func document(_ condition: String = "{field: order.isPaid, is: true}", then: String? = nil) -> String
    {
        """
        interceptors: test
        rules:
          - id: a
            stage: on
            when: order.placed
            if: \(condition)
            then:
              - \(then ?? "hold: {reason: wait, owner: owner, until: person}")
        """
    }

    @Test func `the shipped interceptors are sound and on`() throws {
        let document = try Self.shipped()
        #expect(
            document.rules.map(\.id) == [
                "address-change", "gift-binding", "gift-packing", "return-exchange", "exchange-purchase",
                "cancellation",
            ])
        #expect(document.rules.allSatisfy { $0.stage == .on })
        #expect(document.rules[0].occurrence == .each)
    }

    @Test func `the canonical form is read back as the same rules`() throws {
        let shipped = try Self.shipped()
        #expect(try RuleDocument.load(text: shipped.yaml, path: "x") == shipped)
        let text = """
            interceptors: "a \\"b\\" \\\\ c"
            rules:
              - id: big
                version: 3
                stage: shadow
                name: 大单
                when: [order.placed, payment.reported]
                every: each
                if:
                  any:
                    - {field: money.payable, more: 5000.5}
                    - none: [{field: customer.returnRate, atMost: 12.5%}, {field: system.word, of: wms, is: PICK}]
                    - {field: lines.skus, oneOf: ["a, b", 'it''s']}
                    - {field: time.sincePayment, less: 2h}
                    - {field: order.state, atLeast: packed}
                    - {field: customer.orders, isKnown: false}
                then:
                  - hold: {reason: {zh: 等, en: wait}, owner: owner, until: [person, 90m, {fact: credit.checked}]}
                  - refuse: {ask: [delivery.create], reason: no}
                  - instruct: {ask: delivery.pause, of: wms}
                  - notify: {message: shipped, of: crm}
                  - release: by-hand
                  - completion: partially-completed
                  - playbook: address-change
            """
        let read = try RuleDocument.load(text: text, path: "x")
        #expect(read.rules[0].actions.count == 7)
        #expect(try RuleDocument.load(text: read.yaml, path: "x") == read)
    }

    @Test func `every problem has its place and says what is allowed`() {
        let cases: [(String, String)] = [
            (
                Self.document("{field: order.payed, is: true}"),
                "r.yaml:6:17: rules[0].if.field: unknown field “order.payed”"
            ),
            (Self.document("{field: order.isPayed, is: true}"), "Did you mean “order.isPaid”?"),
            (Self.document("{field: order.isPaid, more: 3}"), "is a flag and allows is, isKnown, not more"),
            (Self.document("{field: money.payable, more: lots}"), "must be an amount like 5000 or 12.50"),
            (Self.document("{field: money.payable, more: -1}"), "must be an amount"),
            (Self.document("{field: time.hour, is: 24}"), "must be an hour from 0 to 23"),
            (Self.document("{field: money.payable}"), "needs exactly one comparison"),
            (Self.document("{field: system.word, is: X}"), "needs “of”"),
            (Self.document("{all: []}"), "needs at least one test"),
            (Self.document("[{field: time.hour, less: 3}, {field: time.hour, more: 5}]"), "no order can ever meet"),
            (
                Self.document(then: "hold: {reason: wait, owner: owner}"),
                "r.yaml:8:9: rules[0].then[0]: the hold has no exit"
            ),
            (Self.document(then: "hold: {reason: wait, owner: o, until: 5x}"), "must be a length of time"),
            (Self.document(then: "halt: {reason: wait}"), "Allowed: hold, release"),
            (Self.document(then: "instruct: {ask: waybill.create, of: sf}"), "belongs to the flow"),
            (Self.document(then: "refuse: {ask: credit.check, reason: no}"), "cannot be refused"),
            ("interceptors: x\nrules: 3", "must be a list"), ("rules: []", "the key “interceptors” is missing"),
        ]
        for (text, expected) in cases {
            let found = Self.words(text)
            #expect(found.contains { $0.contains(expected) }, "\(expected) in \(found)")
        }
    }

    @Test func `questions say when they are asked and needed and what stands in them, and come back equal`() throws {
        let form = """
            task: {reason: Agree, owner: service, form: [{name: how, label: Result, options: [ship, refund]}, \
            {name: amount, label: Amount, kind: money, shownWhen: {answer: how, isNot: ship}, \
            required: {all: [{answer: how, isKnown: true}, {field: money.paid, more: 50}]}, \
            prefill: {field: money.paid}}, {name: why, label: Why, required: {answer: amount, more: 12.5}, \
            shownWhen: [{any: [{answer: how, is: refund}, {none: [{field: order.isPaid, is: true}]}]}], \
            prefill: [{value: "ours", if: {answer: how, oneOf: [refund]}}, {field: system.word, of: wms}, later]}]}
            """
        let document = try RuleDocument.load(text: Self.document(then: form), path: "r.yaml")
        guard case .task(let task) = document.rules[0].actions[0] else {
            Issue.record("\(document.rules[0].actions) is no task")
            return
        }
        #expect(task.fields[1].shownIf == .answer(AnswerTest("how", .notEqual, .texts(["ship"]))))
        #expect(task.fields[1].prefill == [Prefill("", from: .paid)])
        #expect(task.fields[2].requiredIf == .answer(AnswerTest("amount", .more, .number(1_250))))
        #expect(task.fields[2].prefill.map(\.value) == ["ours", "", "later"])
        #expect(try RuleDocument.load(text: document.yaml, path: "r.yaml") == document)
    }

    @Test(arguments: [
        ("shownWhen: {answer: hw, is: ship}", "no question before this one is called “hw”. Did you mean “how”?"),
        ("required: {field: money.payed, more: 5}", "Did you mean “money.paid”?"),
        ("required: {answer: how, more: 5}", "how is a choice and allows is, isNot"),
        ("required: {answer: how, is: keep}", "no option of “How”"),
        ("required: maybe", "must be true or false"), ("shownWhen: {all: []}", "needs at least one test"),
        ("shownWhen: {is: ship}", "needs “answer”"), ("shownWhen: {answer: how}", "needs exactly one comparison"),
        ("required: {field: money.paid, more: much}", "an amount like 5000"),
        ("prefill: {value: x, field: order.shop}", "needs either “value” or “field”"),
        ("prefill: {field: order.shp}", "Did you mean “order.shop”?"), ("prefill: {}", "needs either “value”"),
        ("prefill: {field: system.word}", "“of”, the name of a system"),
        ("prefill: {field: order.shop, of: wms}", "“of”, the name of a system"),
        ("prefill: {field: order.isPaid}", "of another kind"), ("prefil: x", "Did you mean “prefill”?"),
    ])
    func `what a question cannot say is refused with its place`(part: String, expected: String) {
        let form = """
            task: {reason: Agree, owner: service, form: [{name: how, label: How, options: [ship]}, \
            {name: b, label: B, \(part)}]}
            """
        let found = Self.words(Self.document(then: form))
        #expect(found.contains { $0.contains(expected) }, "\(expected) in \(found)")
    }

    @Test func `a task with questions that depend on each other is read, printed and read again`() throws {
        let task = """
            task: {reason: {zh: 商量, en: Agree}, owner: service, severity: high, form: [{name: how, label: Result, \
            options: [ship, {value: refund, text: {zh: 退款, en: refund}}]}, {name: amount, label: Amount, kind: number, \
            required: false, shownWhen: {field: how, is: [refund]}}]}
            """
        let document = try RuleDocument.load(text: Self.document(then: task), path: "r.yaml")
        guard case .task(let action) = document.rules[0].actions[0] else {
            Issue.record("\(document.rules[0].actions) is no task")
            return
        }
        #expect(action.severity == .high)
        #expect(action.fields.map(\.kind) == [.choice, .number])
        #expect(action.fields[1].shownWhen?.values == ["refund"])
        #expect(try RuleDocument.load(text: document.yaml, path: "r.yaml") == document)
        let wrong = [
            ("task: {reason: x}", "“owner” is missing"),
            ("task: {reason: x, owner: y, severity: hihg}", "hihg"),
            ("task: {reason: x, owner: servce}", "then[0]: nobody is the owner “servce”. Did you mean “service”?"),
            ("hold: {reason: x, owner: user:ada, until: 2h}", "Allowed: operations, warehouse, service, finance, it"),
            ("task: {reason: x, owner: service, form: [{name: a}]}", "“label” is missing"),
            ("task: {reason: x, owner: service, form: [{name: a, label: b, kind: choice}]}", "has no options"),
        ]
        for (text, expected) in wrong {
            #expect(Self.words(Self.document(then: text)).contains { $0.contains(expected) }, "\(text)")
        }
    }

    /// A release that did not look at owners may have kept one; the hub starts all the same.
    @Test func `an owner that nobody is passes in a document that the database keeps`() throws {
        let text = Self.document(then: "hold: {reason: x, owner: servce, until: 2h}")
        #expect(try RuleDocument.kept(text: text, path: "x").rules.count == 1)
    }

    @Test func `a difference shows the lines that changed`() throws {
        let before = try RuleDocument.load(text: Self.document(), path: "x")
        #expect(before.difference(to: before) == [])
        let after = try RuleDocument.load(text: Self.document("{field: order.isPaid, is: false}"), path: "x")
        let lines = before.difference(to: after)
        #expect(
            lines.filter { !$0.hasPrefix(" ") } == [
                "-      {field: order.isPaid, is: true}", "+      {field: order.isPaid, is: false}",
            ])
        #expect(
            lines.filter { !$0.hasPrefix("+") }.map { String($0.dropFirst()) }.joined(separator: "\n") + "\n"
                == before.yaml)
        #expect(
            lines.filter { !$0.hasPrefix("-") }.map { String($0.dropFirst()) }.joined(separator: "\n") + "\n"
                == after.yaml)
    }

    /// Deep, huge, cyclic, of wrong types, cut off, with every control character.
    @Test func `10,000 hostile documents are refused or read within bounds`() {
        var state: UInt64 = 42
        func below(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let good = Array(Self.document().utf8)
        let deep =
            String(repeating: "{all: [", count: 60) + "{field: order.isPaid, is: true}"
            + String(repeating: "]}", count: 60)
        let wide = "[" + Array(repeating: "{field: order.isPaid, is: true}", count: 400).joined(separator: ", ") + "]"
        let fixed = [
            Self.document(deep), Self.document(wide), "interceptors: &a [*a]\nrules: *a",
            String(repeating: "[", count: 50_000),
            "interceptors: x\nrules: [" + String(repeating: "{}, ", count: 5_000) + "]",
            Self.document("{any: " + wide + "}"), "\u{0}", "", String(repeating: "é", count: 400_000),
        ]
        let begin = ContinuousClock.now
        for text in fixed { #expect(!Self.words(text).isEmpty) }
        var refused = 0
        for _ in fixed.count..<10_000 {
            var bytes = good
            for _ in 0...below(6) {
                let place = below(bytes.count)
                switch below(4) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(UInt8(below(256)), at: place)
                case 2: bytes[place] = Array("{}[]:,-&*'\"|>%@ \n0123".utf8)[below(21)]
                default: bytes.replaceSubrange(place..., with: good[below(good.count)...])
                }
                if bytes.isEmpty { bytes = good }
            }
            if !Self.words(String(decoding: bytes, as: UTF8.self)).isEmpty { refused += 1 }
        }
        #expect(refused > 5_000)
        #expect(ContinuousClock.now - begin < .seconds(120))
    }
}
