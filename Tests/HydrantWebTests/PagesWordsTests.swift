import HydrantCore
import HydrantWeb
import Testing

@Suite struct PagesWordsTests {
    @Test func `both languages have every key`() throws {
        let words = try PageFiles().words
        let chinese = try #require(words[.chinese])
        let english = try #require(words[.english])
        #expect(chinese.keys == english.keys)
        #expect(chinese.keys.count > 300)
        #expect(chinese("verdict_wrong") == "错误")
        #expect(english("verdict_wrong") == "Wrong")
    }

    @Test func `both languages name the same values in every sentence`() throws {
        let words = try PageFiles().words
        let chinese = try #require(words[.chinese])
        let english = try #require(words[.english])
        for key in chinese.keys.sorted() { #expect(holes(chinese(key)) == holes(english(key)), "\(key)") }
    }

    private func holes(_ text: String) -> [String] {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
            $0.split(separator: "}").first.map(String.init)
        }.filter { !$0.contains("|") }.sorted()
    }

    @Test func `every kind, state and word that comes from the engine has a text`() throws {
        let words = try #require(try PageFiles().words[.chinese])
        let keys =
            FactKind.allCases.map { "fact_\($0.rawValue)" } + TrackingStatus.allCases.map { "track_\($0.rawValue)" }
            + HealthFilter.allCases.map { "health_\($0.rawValue)" } + Verdict.allCases.map { "verdict_\($0.rawValue)" }
            + Rail.Shape.allCases.map { "step_\($0.rawValue)" }
            + Completion.allCases.map { "completion_\($0.rawValue)" }
            + Touchpoint.allCases.map { "touchpoint_\($0.rawValue)" }
            + OrderAction.allCases.flatMap { ["deed_\($0.rawValue)", "deed_\($0.rawValue)_explain"] }
            + CallReport.Stage.allCases.map { "call_\($0.rawValue)" }
            + CallReport.Ending.allCases.map { "call_ended_\($0.rawValue)" }
            + NoteReference.Kind.allCases.map { "note_kind_\($0.rawValue)" }
            + Ticket.Status.allCases.map { "ticket_\($0.rawValue)" }
            + TimelineFilter.allCases.map { "filter_\($0.rawValue)" }
            + HealthDimension.allCases.flatMap { ["dimension_\($0.rawValue)", "formula_\($0.rawValue)"] }
        for key in keys {
            let key = String(key.map { $0 == "." || $0 == "-" ? "_" : $0 })
            #expect(words.keys.contains(key), "\(key)")
        }
    }

    @Test func `a table with a missing, empty or doubled text is refused`() throws {
        for table in [#"{"a": ["一"]}"#, #"{"a": ["一", ""]}"#, #"{"a": ["一", "one"], "a": ["二", "two"]}"#] {
            #expect(throws: PageProblem.self) { try Words.tables(Array(table.utf8)) }
        }
    }

    @Test func `one is not said in the plural`() throws {
        let words = try #require(try PageFiles().words[.english])
        #expect(words("channels_calm", ["count": "1"]) == "All lanes are open; 1 instruction waits")
        #expect(words("channels_calm", ["count": "2"]) == "All lanes are open; 2 instructions wait")
        #expect(words("channels_calm", ["count": "0"]).hasSuffix("0 instructions wait"))
        #expect(words("paper_sent", ["count": "1"]) == "sent to the printer 1 time")
        #expect(words("paper_sent", [:]).contains("⟦count⟧"))
        let chinese = try #require(try PageFiles().words[.chinese])
        #expect(chinese("channels_calm", ["count": "1"]) == "所有通道畅通，1 条指令在等待")
    }

    @Test func `what is late and what is overdue have different names`() throws {
        let words = try #require(try PageFiles().words[.chinese])
        #expect(words("verdict_late") == "迟到" && words("step_late") == "迟到")
        #expect(words("queue_tasks_overdue") == "逾期的任务")
        #expect(words("wrong_explain").contains("迟到") && !words("wrong_explain").contains("逾期"))
    }

    @Test func `a value that looks like a place for a value stays as it is`() throws {
        let words = try #require(try Words.tables(Array(#"{"a": ["{x}，{y}", "{x}, {y}"]}"#.utf8))[.english])
        #expect(words("a", ["x": "{y}", "y": "2"]) == "{y}, 2")
        #expect(words("b") == "⟦b⟧")
        #expect(words("a", ["x": "1"]) == "1, ⟦y⟧")
    }

    @Test func `whoever works with the token file is called so that a person understands it`() throws {
        let tables = try PageFiles().words
        for (language, text) in [(Language.chinese, "本机令牌文件"), (.english, "the token file of this machine")] {
            let words = try #require(tables[language])
            for written in ["token:token file", "machine:token file"] {
                #expect(words.actor(written) == text && words.source(written) == text)
            }
            #expect(words.actor("token:shop") != text && words.actor("user:li") == "li")
        }
    }
}
