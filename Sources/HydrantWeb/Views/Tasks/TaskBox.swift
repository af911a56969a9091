import HydrantCore
import HydrantEngine
import HydrantStorage

/// The open tasks on the page of their order, each with its form.
struct TaskBox {
    let number: String
    let tasks: [StandingTask]
    let formats: Formats
    var formToken: String?
    /// Who looks at the page.
    var viewer = Viewer.current.person

    private var words: Words { formats.words }

    var bindings: Bindings {
        [
            "hasTasks": !tasks.isEmpty, "taskToken": formToken ?? "",
            "roles": TaskOwners.roles.map { ["value": $0, "label": words("role_\($0)")] as Bindings },
            "tasks": tasks.enumerated().map { index, task in box(task, index) },
        ]
    }

    private func box(_ task: StandingTask, _ index: Int) -> Bindings {
        let worked = task.takenAt.map { max(1, (formats.now - $0 + 59_999) / 60_000) } ?? 1
        return [
            "name": TaskName(order: number, task: task.need.id).text, "n": String(index),
            "kind": words(task.need.title), "severity": words(task.need.severity.text),
            "level": task.need.severity.rawValue, "reason": words(task.need.reason),
            "owner": TaskOwners.label(task.owner, words), "taken": taken(task),
            "isMine": !task.person.isEmpty && task.person == viewer,
            "take": words(task.person.isEmpty ? "task_take" : "task_take_over"),
            "opened": formats.binding(task.openedAt), "due": formats.binding(task.dueAt),
            "overdue": task.dueAt <= formats.now,
            "asleep": task.isSnoozed(at: formats.now) ? formats.binding(task.snoozedUntil) : false,
            "snoozeReason": task.snoozeReason.seen, "minutes": String(min(worked, 10_000)),
            "again": shown(
                task.reopenings == 0 ? nil : words("task_reopened_times", ["count": String(task.reopenings)])),
            "fields": fields(task, index), "isAnswered": answer(task.need) == nil,
            "unanswered": shown(answer(task.need)),
        ]
    }

    /// Who has it and since when; false while nobody has.
    private func taken(_ task: StandingTask) -> Any {
        guard !task.person.isEmpty else { return false }
        let text =
            task.person == viewer
            ? words("task_taken_own") : words("task_taken", ["name": words.actor(task.person)])
        return ["text": text, "at": task.takenAt.map { formats.binding($0) as Any } ?? false] as Bindings
    }

    /// Why the viewer is offered no answer; nil where one is taken.
    private func answer(_ need: TaskNeed) -> String? {
        if need.closesItself { return words("task_closes_itself") }
        return need.mayBeAnswered(by: .current) ? nil : words("task_refund_roles")
    }

    /// What stands in each question follows from what stands in those before it. Of choices none is made before a
    /// person makes it, also where there is but one, unless the interceptor that asks says so.
    private func fields(_ task: StandingTask, _ index: Int) -> [Bindings] {
        var answers: [String: String] = [:]
        return task.need.fields.map { field in
            let seen = field.seen
            let start = seen.start(answers)
            if seen.isAsked(answers) { answers[field.name] = start }
            return self.field(seen, index, start)
        }
    }

    private func field(_ field: TaskField, _ index: Int, _ start: String) -> Bindings {
        let isFree = field.shownWhen == nil && field.shownIf == nil && field.requiredIf == nil
        return [
            "id": "task-\(index)-\(field.name)", "field": field.name, "label": words(field.label),
            // What is only asked after another answer is looked at when the form comes in.
            "required": field.isRequired && isFree,
            "when": field.shownWhen.map {
                ["field": $0.field, "is": $0.values.joined(separator: "\n")] as Bindings as Any
            } ?? false, "logic": shown(field.logic), "isChoice": field.kind == .choice,
            "isNumber": field.kind.isNumber, "mode": field.kind == .money ? "decimal" : "numeric",
            "isText": field.kind == .text,
            "start": shown(start.isEmpty ? nil : start),
            "options": field.options.map {
                ["value": $0.value, "text": words($0.text), "chosen": $0.value == start] as Bindings
            },
        ]
    }
}

extension TaskField {
    /// The question as the viewer may know it: without what it is filled in with from a part of the order that the
    /// viewer does not see.
    fileprivate var seen: TaskField {
        var field = self
        field.prefill = prefill.filter { item in
            switch item.field?.part {
            case .customer: Viewer.current.sight(.customer) != .hidden
            case .money: Viewer.current.sight(.money) != .hidden
            case nil: true
            }
        }
        return field
    }

    /// What a script needs to ask only what is to be asked; nil for a question that depends on no answer.
    fileprivate var logic: String? {
        let older = shownWhen.map { FormCondition.answer(AnswerTest($0.field, .oneOf, .texts($0.values))) }
        let shown = [older, shownIf].compactMap(\.self)
        let changes = prefill.contains { $0.condition != nil }
        guard !shown.isEmpty || requiredIf != nil || changes else { return nil }
        let values = prefill.map { JSON.compact([("value", .string($0.value)), ("if", $0.condition?.json)]) }
        let json = JSON.compact([
            ("shown", shown.isEmpty ? nil : FormCondition.all(shown).json),
            ("required", isRequired ? requiredIf?.json ?? .bool(true) : nil),
            ("prefill", changes ? .array(values) : nil),
        ])
        return json.text
    }
}
