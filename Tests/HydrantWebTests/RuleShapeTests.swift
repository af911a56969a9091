import HydrantCore
import HydrantEngine
import HydrantWeb
import Testing

/// What a form in the making keeps while its questions and conditions change.
@Suite struct RuleShapeTests {
    /// The form of a new rule, as somebody fills it.
    private final class Filling {
        let fixture: PagesFixture
        var fields: [(name: String, value: String)] = []
        var page = ""

        init(_ fixture: PagesFixture) { self.fixture = fixture }

        func open() async throws {
            page = try await fixture.get("/interceptors/new?lang=en").text
            fields = try RuleEditorTests.fields(page)
        }

        func set(_ name: String, _ value: String) {
            fields.removeAll { $0.name == name }
            fields.append((name, value))
        }

        func press(_ act: String) async throws {
            let answer = try await fixture.post("/interceptors/new?lang=en", fields + [("do", act)])
            #expect(answer.status == 200, "\(act)")
            page = answer.text
            fields = try RuleEditorTests.fields(page)
        }

        func value(_ name: String) -> String? { fields.last { $0.name == name }?.value }

        /// Two questions; the second is asked only where the first is answered with "refund".
        func askTwo() async throws {
            try await open()
            set("task", "yes")
            try await press("question")
            set("q0-en", "What was agreed")
            set("q0-kind", "choice")
            try await press("live")
            set("q0-options-en", "ship, refund")
            try await press("question")
            set("q1-en", "How much")
            try await press("test-q1s:0")
            set("field-q1s1", "answer:q1")
            try await press("live")
            set("is-q1s1", "is")
            set("value-q1s1", "refund")
            try await press("live")
        }
    }

    @Test func `a condition on a question stays while that question is written anew or is gone`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let form = Filling(fixture)
            try await form.askTwo()
            form.set("q0-en", "")
            try await form.press("live")
            #expect(form.value("field-q1s1") == "answer:q1" && form.value("value-q1s1") == "refund")
            #expect(form.page.contains("selected>(a question that is not there)</option>"))
            try await form.press("live")
            #expect(form.value("field-q1s1") == "answer:q1" && form.value("is-q1s1") == "is")
            form.set("q0-en", "What was agreed")
            try await form.press("live")
            #expect(form.value("field-q1s1") == "answer:q1" && form.value("value-q1s1") == "refund")
            #expect(!form.page.contains("(a question that is not there)"))
            try await form.press("unask:0")
            #expect(form.value("field-q0s1") == "answer:q1" && form.value("value-q0s1") == "refund")
            // A question that comes later is not the one that was meant.
            try await form.press("question")
            #expect(form.value("q0-name") == "q2" && form.value("q1-name") == "q3")
        }
    }

    @Test(arguments: ["zh", "en"])
    func `the options of a question come back after another kind was tried`(_ language: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let form = Filling(fixture)
            try await form.askTwo()
            let kept = ["options-\(language)", "was", "other", "values"]
            func renew() async throws {
                let sent = form.fields + [("do", "live")]
                form.page = try await fixture.post("/interceptors/new?lang=\(language)", sent).text
                form.fields = try RuleEditorTests.fields(form.page)
            }
            try await renew()
            let before = kept.map { form.value("q0-\($0)") }
            #expect(before.first == "ship, refund")
            for kind in ["text", "choice"] {
                form.set("q0-kind", kind)
                try await renew()
                #expect(form.page.contains("id=\"q0-options\"") == (kind == "choice"))
                #expect(kept.map { form.value("q0-\($0)") } == before, "\(kind)")
            }
        }
    }

    @Test func `a condition is offered only where one more fits, and the last that goes leaves the keyboard a place`()
        async throws
    {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let form = Filling(fixture)
            try await form.open()
            let (test, group) = ("value=\"test-exit:0\"", "value=\"group-exit:0\"")
            for row in 1...11 {
                #expect(form.page.contains(test), "\(row)")
                #expect(form.page.contains(group) == (row > 1 && row < 11), "\(row)")
                try await form.press("test-exit:0")
            }
            #expect(!form.page.contains(test) && !form.page.contains(group))
            for row in (1...11).reversed() { try await form.press("drop-exit:\(row)") }
            #expect(form.page.contains("data-focus=\"add-exit0\"") && form.page.contains("id=\"add-exit0\""))
        }
    }
}
