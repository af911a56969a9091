import HydrantCore
import HydrantSandbox
import Testing

/// The played people read their tasks' forms as they stand on the pages.
@Suite struct OfficeTests {
    private static let page = """
        <section><form method="post" action="/orders/A/notes"><input type="hidden" name="form" value="other"></form>
        <form method="post" action="/tasks/one" class="taskform"><input type="hidden" name="form" value="t0k&amp;n">\
        <input type="hidden" name="task" value="0a1f">
        <span class="act"><label for="x">How</label><select id="x" name="a.how" required><option value=""></option>\
        <option value="pickup">p</option><option value="none">n</option></select></span>
        <span class="act" data-when="a.how" data-is="pickup
        sent"><label>No</label><input id="y" name="a.number" maxlength="200" autocomplete="off"></span>
        <span class="act"><label>Note</label><input id="z" name="a.note" maxlength="200" autocomplete="off"></span>
        <span class="act"><label>Minutes</label><input name="minutes" value="3"><button name="act" value="resolve">ok\
        </button></span>
        </form>
        <form method="post" action="/tasks/one"><input type="hidden" name="form" value="t">\
        <input type="hidden" name="task" value="0a1f"><select name="to"><option value="it">IT</option></select></form>
        """

    private static func task(_ name: String = "0a1f", kind: String = "asked", reason: String = "") throws -> OfficeTask
    {
        try #require(
            OfficeTask([
                "id": .string(name), "order": "A", "kind": .string(kind), "severity": "high", "person": .null,
                "openedAt": "2026-11-11T00:00:00Z", "reason": ["zh": .string(reason), "en": ""],
            ]))
    }

    @Test func `a form is read with its choices and conditions`() throws {
        let form = try #require(TaskForm(task: "0a1f", page: Self.page))
        #expect(form.token == "t0k&n")
        #expect(form.fields.map(\.name) == ["how", "number", "note"])
        #expect(form.fields[0].choices == ["pickup", "none"] && form.fields[0].isRequired)
        #expect(form.fields[1].onlyValues == ["pickup", "sent"])
        #expect(form.isAsked(form.fields[1], ["how": "pickup"]) && !form.isAsked(form.fields[1], ["how": "none"]))
        #expect(TaskForm(task: "0a1e", page: Self.page) == nil)
    }

    @Test func `what is asked is answered from what can be chosen, the same at each run`() throws {
        let form = try #require(TaskForm(task: "0a1f", page: Self.page))
        for name in 0..<200 {
            let task = try Self.task("\(name)")
            let decision = OfficeHabits(seed: 11).decision(task, form, tries: 0)
            #expect(decision == OfficeHabits(seed: 11).decision(task, form, tries: 0))
            guard case .resolve(let answers) = decision else {
                Issue.record("\(decision)")
                continue
            }
            let how = try #require(answers["how"])
            #expect(["pickup", "none"].contains(how))
            #expect((answers["number"] != nil) == (how == "pickup"))
        }
    }

    @Test func `some tasks are put off once and a few are left`() throws {
        let habits = OfficeHabits(seed: 11)
        let form = try #require(TaskForm(task: "0a1f", page: Self.page))
        let tasks = try (0..<2_000).map { try Self.task("n\($0)", kind: "receiver.verify") }
        let putOff = tasks.filter { if case .putOff = habits.decision($0, form, tries: 0) { true } else { false } }
        #expect((60...180).contains(putOff.count))
        for task in putOff {
            guard case .resolve = habits.decision(task, form, tries: 1) else {
                Issue.record("\(task.name) is put off for ever")
                continue
            }
        }
        #expect((20...100).contains(tasks.count { habits.isLeftOpen($0) }))
        for task in tasks {
            let wait = habits.seenAt(task) - task.openedAt
            #expect(wait >= .minutes(5) && wait <= .minutes(25))
        }
    }

    @Test func `a warehouse that packed already needs no repetition`() throws {
        let page = Self.page.replacing("value=\"pickup\"", with: "value=\"retry\"")
            .replacing("value=\"none\"", with: "value=\"notNeeded\"").replacing("a.how", with: "a.action")
        let form = try #require(TaskForm(task: "0a1f", page: page))
        let task = try Self.task(kind: "instruction.failed", reason: "wms 拒绝了：取消发货单 (S006)")
        guard case .resolve(let answers) = OfficeHabits(seed: 1).decision(task, form, tries: 0) else {
            Issue.record("not resolved")
            return
        }
        #expect(answers["action"] == "notNeeded")
    }
}
