import Foundation
import HydrantCore
import HydrantDocuments
import Testing

/// What the hub writes it must be able to read, whatever people typed.
@Suite struct RuleRoundTripTests {
    private static let pieces = [
        "&x", "*y", " &", " *", "&", "*", ": ", "#", " # ", "\"", "'", "\\", "\n", "\r", "\t", "\u{0}", "\u{1}",
        "\u{7F}",
        "\u{85}", "\u{2028}", "\u{2029}", "a\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "\u{E000}", "\u{10FFFF}", "{", "}", "[",
        "]",
        ",", "?", "- ", "!t", "%", "@", "`", "<<", "|", ">", "null", "~", "大额", "😀", "e\u{301}", "R&D", "a", " ",
    ]

    private struct Dice {
        var state: UInt64 = 7

        mutating func below(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }

        mutating func words() -> String { (0...below(8)).map { _ in pieces[below(pieces.count)] }.joined() }

        mutating func text() -> Text { Text(chinese: words(), english: words()) }

        mutating func condition(_ depth: Int) -> RuleCondition {
            switch below(depth > 2 ? 1 : 4) {
            case 0: .test(RuleTest(.shop, .oneOf, .texts((0...below(3)).map { _ in words() })))
            case 1: .any((0...below(3)).map { _ in condition(depth + 1) })
            case 2: .test(RuleTest(.word, of: words(), .contains, .texts([words()])))
            default: .any([.none([condition(depth + 1)]), .test(RuleTest(.payable, .more, Int64(below(1_000_000))))])
            }
        }

        mutating func formCondition(_ depth: Int) -> FormCondition {
            switch below(depth > 2 ? 2 : 4) {
            case 0: .answer(AnswerTest("a", .contains, .texts((0...below(3)).map { _ in words() })))
            case 1: .order(RuleTest(.word, of: words(), .startsWith, .texts([words()])))
            case 2: .all((0...below(3)).map { _ in formCondition(depth + 1) })
            default: .any([formCondition(depth + 1), .answer(AnswerTest("a", .isKnown, .number(0)))])
            }
        }

        mutating func rule(_ index: Int) -> Rule {
            let options = (0...below(3)).map { TaskField.Option("\($0)\(words())", text()) }
            var question = TaskField("b\(words())", text(), kind: .choice, isRequired: below(2) == 0, options: options)
            let first = TaskField("a", text(), kind: .text)
            if below(2) == 0 { question.shownWhen = ("a", [words()]) }
            if question.isRequired, below(2) == 0 { question.requiredIf = formCondition(0) }
            if question.shownWhen == nil, below(2) == 0 { question.shownIf = FormCondition.none([formCondition(0)]) }
            if below(2) == 0 { question.prefill = [Prefill(options[0].value, if: formCondition(0))] }
            return Rule(
                id: index == 0 ? "null" : "rule-\(index)", version: 1 + below(9), name: text(), when: [.orderPlaced],
                condition: condition(0),
                actions: [
                    .hold(HoldAction(reason: text(), owner: "service", exits: [.person, .condition(condition(1))])),
                    .refuse(kinds: [.createDelivery], reason: text()),
                    .task(TaskAction(reason: text(), owner: "finance", fields: [first, question])),
                    .notify(.shipped, system: words()), .release(hold: words()),
                ])
        }
    }

    @Test func `random rules with hostile texts come back equal from their document`() throws {
        var dice = Dice()
        for round in 0..<400 {
            let document = RuleDocument(name: dice.words(), rules: (0...dice.below(3)).map { dice.rule($0) })
            #expect(try RuleDocument.load(text: document.yaml, path: "\(round)") == document, "\(round)")
            #expect(document.problems(after: RuleDocument(name: document.name, rules: [])) == [], "\(round)")
        }
    }

    @Test func `a text without need of it stands in the document as it was typed`() {
        let name = Text(chinese: "满减*赠品 & R&D", english: "a * b")
        let rule = Rule(id: "a", name: name, when: [.orderPlaced], actions: [.completePartially])
        let document = RuleDocument(name: "x", rules: [rule])
        #expect(document.yaml.contains("name: {zh: \"满减*赠品 & R&D\", en: \"a * b\"}"))
    }

    // MARK: - What a database keeps

    private static func rule(_ id: String, _ version: Int = 1, _ stage: Rule.Stage = .draft, name: String = "x") -> Rule
    {
        Rule(
            id: id, version: version, stage: stage, name: Text(chinese: name, english: name), when: [.orderPlaced],
            actions: [.completePartially])
    }

    private static func rules(_ ids: Range<Int>, _ stage: Rule.Stage = .draft) -> [Rule] {
        ids.map { rule("r\($0)", 1, stage) }
    }

    @Test func `what an earlier release kept is read, although nobody may import it`() throws {
        let long = String(repeating: "长", count: 2_000)
        var yaml = RuleDocument(name: "ours", rules: Self.rules(0..<250) + [Self.rule("long", name: long)]).yaml
        yaml = yaml.replacing("\"x\", en: \"x\"", with: "\"Urgent *gifts*\", en: \"x &y\"", maxReplacements: 1)
        let kept = try RuleDocument.kept(text: yaml, path: "k")
        #expect(kept.rules.count == 251)
        #expect(kept.rules[0].name == Text(chinese: "Urgent *gifts*", english: "x &y"))
        #expect(kept.rules[250].name.chinese == long)
        #expect(throws: DocumentProblems.self) { try RuleDocument.load(text: yaml, path: "k") }
        // Its rules can still be retired one after the other, and nothing is added to them.
        var fewer = kept
        fewer.rules[3].stage = .retired
        #expect(fewer.problems(after: kept) == [])
        var more = kept
        more.rules.append(Self.rule("more"))
        #expect(more.problems(after: kept).map(\.text.english).first?.contains("252 interceptors") == true)
    }

    @Test func `200 rules are kept and one more is refused with what to do`() {
        let some = RuleDocument(name: "x", rules: Self.rules(0..<199))
        let full = RuleDocument(name: "x", rules: Self.rules(0..<200) + Self.rules(200..<500, .retired))
        #expect(full.problems(after: some) == [])
        let over = RuleDocument(name: "x", rules: full.rules + [Self.rule("one")])
        let found = over.problems(after: full)
        #expect(found.count == 1 && found[0].text.english.contains("retire those that nobody needs first"))
        #expect(found[0].rule == 500)
        let many = RuleDocument(name: "x", rules: Self.rules(0..<1_001, .retired))
        #expect(many.problems(after: full).first?.text.english.contains("more than 1000") == true)
        #expect(throws: DocumentProblems.self) { try RuleDocument.load(text: over.yaml, path: "x") }
        #expect(throws: DocumentProblems.self) { try RuleDocument.load(text: many.yaml, path: "x") }
    }

    @Test func `of each rule the newest retired versions stay, and all that run or wait`() {
        let versions = (1...30).map { Self.rule("a", $0, $0 == 3 ? .on : .retired) } + [Self.rule("a", 31)]
        var document = RuleDocument(name: "x", rules: versions + [Self.rule("b", 1, .retired)])
        document.dropOldVersions()
        #expect(document.rules.filter { $0.id == "a" }.map(\.version) == [3] + Array(11...31))
        #expect(document.rules.filter { $0.id == "b" }.count == 1)
    }

    @Test func `what is empty, too long or out of bounds is refused in words`() {
        let empty = RuleDocument(name: "x", rules: [])
        func words(_ rule: Rule) -> String {
            RuleDocument(name: "x", rules: [rule]).problems(after: empty).map(\.text.english).joined(separator: "\n")
        }
        #expect(words(Self.rule("a")) == "")
        // The parser takes this sign away from the begin of a text.
        #expect(words(Self.rule("a", name: "\u{FEFF}a")).contains("some characters cannot be kept"))
        #expect(words(Self.rule("a", name: "")).contains("a text is empty"))
        #expect(words(Self.rule("a", name: String(repeating: "x", count: 301))).contains("at most 300 characters"))
        var far = Self.rule("a")
        far.actions = [
            .hold(HoldAction(reason: far.name, owner: "o", exits: [.person, .after(.seconds(30))]))
        ]
        #expect(words(far).contains("must be at least 1m"))
    }

    // MARK: - Bombs

    /// Anchors behind the end of a quoted text whose second line looks like a comment, as keys of groups.
    private static func bomb(_ levels: Int, begin: String) -> String {
        let level = (1..<levels).map { level in
            "&a\(level) [" + Array(repeating: "*a\(level - 1)", count: 8).joined(separator: ",") + "]"
        }
        return begin + ", &a0 [1,1], " + level.joined(separator: ", ") + ", {? *a\(levels - 1) : 1, b: 2}]\n"
    }

    @Test(arguments: [
        "[\"a\n # b\"", "['a\n # b'", "[\"a\n  # it's \\\" b\"", "[\"x\", \"a\n# b\"", "[a, 'it''s\n\n # b'",
        "[\"a\r # b\"",
        "[\"a\u{85} # b\"", "[\"\n# \u{E000}\"",
    ])
    func `a bomb of aliases behind a line that looks like a comment is refused at once`(begin: String) {
        let start = ContinuousClock.now
        #expect(throws: DocumentProblems.self) { try RuleDocument.load(text: Self.bomb(40, begin: begin), path: "b") }
        let inKeys =
            "[?&a0 [1,1]: 1, " + (1..<40).map { "?&a\($0) [?*a\($0 - 1), ?*a\($0 - 1)]: 1" }.joined(separator: ", ")
        #expect(throws: DocumentProblems.self) { try RuleDocument.load(text: inKeys + "]", path: "b") }
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func `a line that looks like a comment is refused for its sign only within a quoted text`() throws {
        let rule = "{id: a, when: order.placed, then: [{completion: partially-completed}]}"
        let text = """
            # *bold* and &more
            interceptors: "a * b & c" # it's
              # don't *read* "this
            rules: [\(rule)]
              # [&x *y
            """
        #expect(try RuleDocument.load(text: text, path: "x").rules.map(\.id) == ["a"])
        let quoted = "interceptors: \"a\n  # *b\"\nrules: [\(rule)]"
        #expect {
            try RuleDocument.load(text: quoted, path: "x")
        } throws: { error in
            "\(error)".hasPrefix("x:2:5: anchors and aliases")
        }
        let escaped = "# *b\ninterceptors: \"\\uE000\"\nrules: [\(rule)]"
        #expect(throws: DocumentProblems.self) { try RuleDocument.load(text: escaped, path: "x") }
        #expect(try RuleDocument.load(text: escaped.replacing("*b", with: "b"), path: "x").name == "\u{E000}")
    }
}
