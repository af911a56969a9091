import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

extension PageRoutes {
    func tasks(_ request: PageRequest, person: String) async throws -> Response {
        let view = try await tasksView(request, person: person)
        return html(view.document(request.frame(.tasks), files: files))
    }

    /// The queue without its frame, for an open page; nothing while it would look the same.
    func tasksFragment(_ request: PageRequest, person: String) async throws -> Response {
        let view = try await tasksView(request, person: person)
        guard request.parameter("seen") != view.fingerprint else {
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
        return html(view.fragment(files.words(request.language), files: files))
    }

    func tasksView(
        _ request: PageRequest, person: String, outcomes: [TasksView.Outcome] = []
    ) async throws -> TasksView {
        var filter = TaskFilter(
            kind: try request.choice("kind", TaskKind.self),
            severity: try request.choice("severity", TaskSeverity.self),
            owner: askedOwner(request), person: request.parameter("person"))
        if request.parameter("asleep") == nil { filter.awakeAt = hub.clock.now() }
        let cursor = request.parameter("after")
        let place = cursor.flatMap(TaskPlace.init) ?? .begin
        let page = try await hub.tasks(filter, after: place, limit: TasksView.rowsPerPage, for: .current)
        var view = TasksView(
            page: page, cursor: cursor, formToken: request.session.flatMap { forms?.token(for: $0) },
            outcomes: outcomes, person: person)
        if cursor == nil {
            let formats = Formats(words: files.words(request.language), now: page.asOf)
            view.house = try await house.items(filter, formats, for: .current)
        }
        return view
    }

    /// Who works in one role begins with the tasks of that role; "all" is one press away.
    private func askedOwner(_ request: PageRequest) -> String? {
        if let asked = request.parameter("owner") { return asked == TaskOwners.all ? nil : asked }
        let isBare = ["kind", "severity", "person", "after"].allSatisfy { request.parameter($0) == nil }
        return isBare ? TaskOwners.own : nil
    }

    /// A bulk action on the tasks that were ticked: each is told what became of it.
    func moveTasks(_ request: Request, person: String) async throws -> Response {
        let page = PageRequest(request)
        let form = try await formFields(request)
        guard isOurs(form, page) else { return oldForm("/tasks", page) }
        guard let step = taskStep(form) else { throw BadParameter("act", allowed: ["take", "handOver", "snooze"]) }
        let names = form.filter { $0.name == "task" }.prefix(TasksView.rowsPerPage).compactMap { TaskName($0.value) }
        var outcomes: [TasksView.Outcome] = []
        for name in names {
            let command = TaskCommand(order: name.order, task: name.task, person: person)
            outcomes.append(TasksView.Outcome(name: name, answer: try await move(command, step)))
        }
        let view = try await tasksView(page, person: person, outcomes: outcomes)
        return html(view.document(page.frame(.tasks), files: files))
    }

    /// One task from its order's page: moved or resolved, then back to the order; a refusal is said on a page.
    func moveTask(_ request: Request, person: String) async throws -> Response {
        let page = PageRequest(request)
        let form = try await formFields(request)
        guard let name = TaskName(value(of: "task", in: form) ?? "") else { return oldForm("/tasks", page) }
        let back = orderPath(name.order) + "#tasks"
        guard isOurs(form, page) else { return oldForm(orderPath(name.order), page) }
        let command = TaskCommand(order: name.order, task: name.task, person: person)
        let answer: TaskAnswer
        if value(of: "act", in: form) == "resolve" {
            answer = try await hub.resolve(command, resolution(form), by: .current)
        } else if value(of: "act", in: form) == "giveBack" {
            answer = try await giveBack(command)
        } else if let step = taskStep(form) {
            answer = try await move(command, step)
        } else {
            throw BadParameter("act", allowed: ["resolve", "take", "giveBack", "handOver", "snooze"])
        }
        switch answer {
        case .moved, .closed, .stillThere: return seeOther(back)
        case .refused, .unknown:
            let words = files.words(page.language)
            let view = MessageView(
                code: 409, sentence: words("task_refused"), detail: TaskOutcomeWords.text(answer, words).text,
                action: (words("error_action_back"), orderPath(name.order)))
            return html(view.document(page.frame(.tasks), files: files), status: .conflict)
        }
    }

    private func move(_ command: TaskCommand, _ step: TaskMove.Step) async throws -> TaskAnswer {
        try await hub.isSeen(command, by: .current) ? hub.move(command, step) : .unknown
    }

    /// Whoever has a task gives it back to the role that it waited for.
    private func giveBack(_ command: TaskCommand) async throws -> TaskAnswer {
        guard try await hub.isSeen(command, by: .current),
            let task = try await hub.committer.order(command.order)?.standingTask(command.task)
        else { return .unknown }
        guard task.person == command.person else {
            return .refused(
                Refusal(
                    code: "taskNotYours",
                    text: Text(chinese: "这个任务不是由您认领的", english: "You do not have this task"),
                    nextStep: Text(chinese: "请看任务现在由谁认领", english: "Look who has it now")))
        }
        return try await hub.move(command, .handedOver(to: task.owner, note: ""))
    }

    private func resolution(_ form: [(name: String, value: String)]) -> TaskResolution {
        var resolution = TaskResolution(minutes: Int(value(of: "minutes", in: form) ?? "") ?? 0)
        resolution.minutes = min(max(0, resolution.minutes), 10_000)
        for (name, value) in form where name.hasPrefix("a.") {
            let answer = String(value.prefix(300))
            if name == "a.note" { resolution.note = answer }
            resolution.answers[String(name.dropFirst(2))] = answer
        }
        return resolution
    }

    private func taskStep(_ form: [(name: String, value: String)]) -> TaskMove.Step? {
        func field(_ name: String) -> String { String((value(of: name, in: form) ?? "").prefix(300)) }
        switch field("act") {
        case "take": return .taken
        case "handOver": return TaskOwners.roles.contains(field("to")) ? .handedOver(to: field("to"), note: "") : nil
        case "snooze":
            guard let hours = Int64(field("hours")), (1...720).contains(hours), !field("reason").isEmpty else {
                return nil
            }
            return .snoozed(until: hub.clock.now() + .hours(hours), reason: field("reason"))
        default: return nil
        }
    }

    private func formFields(_ request: Request) async throws -> [(name: String, value: String)] {
        formDecoded(try await readBody(of: request, 65_536)) ?? []
    }

    /// A browser sends its cookie by itself, so that the form has to prove where it comes from.
    private func isOurs(_ form: [(name: String, value: String)], _ page: PageRequest) -> Bool {
        page.session.map { forms?.isValid(value(of: "form", in: form) ?? "", for: $0) ?? false } ?? true
    }

    private func oldForm(_ path: String, _ page: PageRequest) -> Response {
        let view = MessageView.oldForm(path, files.words(page.language))
        return html(view.document(page.frame(.tasks), files: files), status: .forbidden)
    }
}
