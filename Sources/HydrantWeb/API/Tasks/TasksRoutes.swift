import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `GET /v1/tasks` and `POST /v1/tasks/{id}/…`: what people must do, and what they do with it.
struct TasksRoutes: Sendable {
    let hub: Hub
    let house: HouseTasks
    let files: PageFiles
    private static let bodyBytesMaximum = 65_536

    @Sendable func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let query = try QueryReader(
            request, allowed: ["kind", "severity", "owner", "person", "asleep", "limit", "cursor"])
        var filter = TaskFilter(
            kind: try query.choice("kind", TaskKind.self), severity: try query.choice("severity", TaskSeverity.self),
            owner: try query.text("owner", maximum: 100), person: try query.text("person", maximum: 100))
        if try query.choice("asleep", Asleep.self) != .shown { filter.awakeAt = hub.clock.now() }
        let limit = try query.limit()
        var place = TaskPlace.begin
        if let text = try query.text("cursor", maximum: 800) {
            guard let found = TaskPlace(text) else {
                throw Problem.badParameter("cursor", "is not a nextCursor of this list")
            }
            place = found
        }
        let (page, house) = try await recorded { [filter, place] in
            (
                try await hub.tasks(filter, after: place, limit: limit, for: .current),
                place == .begin ? try await houseTasks(filter) : []
            )
        }
        return Response(json: [
            "asOf": .string(page.asOf.text), "counts": .array(page.counts.map(\.document)),
            "tasks": .array(page.tasks.map { $0.document(asOf: page.asOf) }),
            "nextCursor": .orNull(page.next?.text), "house": .array(house),
        ])
    }

    /// What belongs to no single order, in both languages; only on the first page.
    private func houseTasks(_ filter: TaskFilter) async throws -> [JSON] {
        let now = hub.clock.now()
        let languages = [Language.chinese, .english].map { Formats(words: files.words($0), now: now) }
        let items = try await house.items(filter, in: languages, for: .current)
        return zip(items[0], items[1]).map { chinese, english in
            let text = Text(chinese: chinese.reason, english: english.reason)
            let dueAt = chinese.since + chinese.kind.severity.time
            return [
                "kind": .string(chinese.kind.rawValue), "severity": .string(chinese.kind.severity.rawValue),
                "owner": .string(HouseTasks.Item.owner), "openedAt": .string(chinese.since.text),
                "dueAt": .string(dueAt.text), "overdue": .bool(dueAt <= now), "reason": text.json,
                "page": .string(chinese.href),
            ]
        }
    }

    /// Whether tasks that are put off are in the list.
    enum Asleep: String, CaseIterable {
        case hidden
        case shown
    }

    @Sendable func take(_ request: Request, _ context: HubContext) async throws -> Response {
        try await move(request, context) { _ in .taken }
    }

    @Sendable func handOver(_ request: Request, _ context: HubContext) async throws -> Response {
        try await move(request, context) { body throws(Problem) in
            .handedOver(to: try body.text("to", 1...25), note: try body.text("note", 0...250))
        }
    }

    @Sendable func snooze(_ request: Request, _ context: HubContext) async throws -> Response {
        try await move(request, context) { body throws(Problem) in
            guard let until = Instant(text: try body.text("until", 1...100)) else {
                throw .notTask("until must be a time with its zone like 2026-11-11T20:03:11+08:00.")
            }
            let reason = try body.text("reason", 1...250)
            guard until > hub.clock.now(), until <= hub.clock.now() + .hours(30 * 24) else { throw .notInReach }
            return .snoozed(until: until, reason: reason)
        }
    }

    @Sendable func resolve(_ request: Request, _ context: HubContext) async throws -> Response {
        try await move(request, context) { body throws(Problem) in
            var resolution = TaskResolution(note: try body.text("note", 0...250))
            if let minutes = body.json["minutes"] {
                guard let number = minutes.integer, (0...10_000).contains(number) else {
                    throw .notTask("minutes must be a whole number from 0 to 10000.")
                }
                resolution.minutes = Int(number)
            }
            guard let answers = body.json["answers"] else { return .resolved(resolution) }
            guard let members = answers.members, members.count <= 30 else {
                throw .notTask("answers must be an object of at most 30 texts.")
            }
            for member in members {
                guard let text = member.value.string, text.unicodeScalars.count <= 250 else {
                    throw .notTask("Each of answers must be text of at most 250 characters.")
                }
                resolution.answers[member.name] = text
            }
            return .resolved(resolution)
        }
    }

    private func move(
        _ request: Request, _ context: HubContext, _ read: (TaskBody) throws(Problem) -> TaskMove.Step
    ) async throws -> Response {
        let id = try pathText("id", context)
        guard let name = TaskName(id) else { throw Problem.unknownTask }
        let bytes = try await readBody(of: request, Self.bodyBytesMaximum)
        let step = try read(try TaskBody(bytes))
        let command = TaskCommand(order: name.order, task: name.task, person: context.person)
        let answer: TaskAnswer = try await recorded {
            if case .resolved(let resolution) = step {
                return try await hub.resolve(command, resolution, byProgram: true, by: .current)
            }
            return try await hub.isSeen(command, by: .current) ? hub.move(command, step) : .unknown
        }
        switch answer {
        case .moved: return Response(json: ["result": "moved"])
        case .closed: return Response(json: ["result": "closed"])
        case .stillThere(let reason): return Response(json: ["result": "reopened", "reason": reason.json])
        case .refused(let refusal):
            throw Problem(
                status: .conflict, code: "HY-2060", title: "The task cannot be moved so", detail: refusal.text.english,
                advice: refusal.nextStep.english)
        case .unknown: throw Problem.unknownTask
        }
    }
}

extension HubContext {
    /// Under whose name somebody works at the hub: a user's, or a machine's, which is never written as a user's is.
    var person: String {
        Viewer.current.user ?? ActorName.machinePrefix + (holder?.name ?? "console")
    }
}

extension Viewer {
    /// The same name, as tasks have it.
    var person: String {
        let prefix = "token:"
        let machine = actor.hasPrefix(prefix) ? String(actor.dropFirst(prefix.count)) : "console"
        return user ?? ActorName.machinePrefix + machine
    }
}

/// The body of a task's move.
private struct TaskBody {
    let json: JSON

    init(_ bytes: [UInt8]) throws(Problem) {
        if bytes.isEmpty {
            json = .object([])
            return
        }
        guard let json = try? JSON(bytes: bytes), json.members != nil else { throw .notTask("It must be an object.") }
        self.json = json
    }

    func text(_ name: String, _ length: ClosedRange<Int>) throws(Problem) -> String {
        let given = json[name] ?? .string("")
        guard let text = given.string, length.contains(text.unicodeScalars.count) else {
            throw .notTask("\(name) must be text of \(length.lowerBound) to \(length.upperBound) characters.")
        }
        return text
    }
}

extension Problem {
    static let unknownTask = Problem(
        status: .notFound, code: "HY-2061", title: "No such open task",
        detail: "There is no open task with this id; it may have been closed since.",
        advice: "Ask for /v1/tasks again.")

    fileprivate static let notInReach = Problem(
        status: .conflict, code: "HY-2060", title: "The task cannot be moved so",
        detail: "A task is put off to a time within 30 days.",
        advice: "Give a time in the future, at most 30 days away.")

    fileprivate static func notTask(_ detail: String) -> Problem {
        Problem(
            status: .badRequest, code: "HY-2062", title: "The body does not fit the task", detail: detail,
            advice: "Compare the body with /openapi.json.")
    }
}

extension TaskCount {
    var document: JSON {
        [
            "kind": .string(kind.rawValue), "severity": .string(severity.rawValue), "owner": .string(owner),
            "count": .integer(count), "overdue": .integer(overdue), "oldestOpenedAt": .string(oldestOpenedAt.text),
        ]
    }
}

extension ListedTask {
    func document(asOf now: Instant) -> JSON {
        [
            "id": .string(TaskName(order: order, task: row.id).text), "order": .string(order),
            "kind": .string(row.kind.rawValue), "severity": .string(row.severity.rawValue),
            "owner": .string(row.owner), "person": row.person.isEmpty ? .null : .string(row.person),
            "openedAt": .string(row.openedAt.text), "dueAt": .string(row.dueAt.text),
            "overdue": .bool(row.dueAt <= now), "snoozedUntil": .moment(row.snoozedUntil),
            "reopenings": .count(row.reopenings), "reason": row.reason.document,
        ]
    }
}
