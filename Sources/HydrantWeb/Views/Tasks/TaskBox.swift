import HydrantCore
import HydrantEngine
import HydrantStorage

/// The open tasks on the page of their order, each with its form.
struct TaskBox {
    let number: String
    let tasks: [StandingTask]
    let formats: Formats
    var formToken: String?

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
            "kind": words(task.need.kind.text), "severity": words(task.need.severity.text),
            "level": task.need.severity.rawValue, "reason": words(task.need.reason),
            "owner": TaskOwners.label(task.owner, words), "person": shown(task.person),
            "opened": formats.binding(task.openedAt), "due": formats.binding(task.dueAt),
            "overdue": task.dueAt <= formats.now,
            "asleep": task.isSnoozed(at: formats.now) ? formats.binding(task.snoozedUntil) : false,
            "snoozeReason": task.snoozeReason, "minutes": String(min(worked, 10_000)),
            "again": shown(
                task.reopenings == 0 ? nil : words("task_reopened_times", ["count": String(task.reopenings)])),
            "fields": task.need.fields.map { field($0, index) },
        ]
    }

    private func field(_ field: TaskField, _ index: Int) -> Bindings {
        [
            "id": "task-\(index)-\(field.name)", "field": field.name, "label": words(field.label),
            // What is only asked after another answer is looked at when the form comes in.
            "required": field.isRequired && field.shownWhen == nil,
            "when": field.shownWhen.map {
                ["field": $0.field, "is": $0.values.joined(separator: "\n")] as Bindings as Any
            } ?? false, "isChoice": field.kind == .choice, "isNumber": field.kind == .number,
            "isText": field.kind == .text, "single": field.options.count == 1,
            "options": field.options.map { ["value": $0.value, "text": words($0.text)] as Bindings },
        ]
    }
}
