import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage

/// The queue of tasks.
struct TasksView {
    /// What became of one task of a bulk action.
    struct Outcome {
        var name: TaskName
        var answer: TaskAnswer
    }

    static let rowsPerPage = 50

    let page: TaskPage
    /// Where the page begins; nil for the first one.
    var cursor: String?
    var formToken: String?
    var outcomes: [Outcome] = []
    /// Who looks at the page.
    var person = ""
    /// What belongs to no single order.
    var house: [HouseTasks.Item] = []

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        return frame.document(fragment(words, files: files), title: words("tasks_title"), files: files)
    }

    /// Changes whenever the page has to be drawn again.
    var fingerprint: String {
        var text = ""
        for task in page.tasks {
            let row = task.row
            text += "|\(task.order),\(row.id),\(row.owner),\(row.person),\(row.dueAt.milliseconds),\(row.reopenings)"
            text += row.dueAt <= page.asOf ? "!" : ""
        }
        for count in page.counts { text += "|\(count.owner),\(count.kind.rawValue),\(count.count)" }
        return String(fnv1a(Array(text.utf8)), radix: 36)
    }

    /// The content without the frame, which an open page asks for again.
    func fragment(_ words: Words, files: PageFiles) -> String {
        let formats = Formats(words: words, now: page.asOf)
        let isNarrow =
            page.filter.kind != nil || page.filter.owner != nil || page.filter.severity != nil
            || page.filter.person != nil
        let bindings: Bindings = [
            "refresh": "/tasks/fragment" + path(after: cursor).dropFirst("/tasks".count),
            "events": "/events" + path(after: cursor),
            "seen": fingerprint, "w": words.bindings, "asOf": formats.binding(page.asOf, seconds: true),
            "token": formToken ?? "",
            "owners": ownerChips(formats), "kinds": kindChips(formats), "sleepers": sleepChips(words),
            "hasHouse": !house.isEmpty,
            "house": house.map { item in
                [
                    "kind": words(item.kind.text), "reason": item.reason, "href": item.href,
                    "since": formats.binding(item.since),
                ] as Bindings
            },
            "isEmpty": page.tasks.isEmpty && house.isEmpty, "hasRows": !page.tasks.isEmpty,
            "emptyText": words(isNarrow ? "tasks_none_here" : "tasks_none"),
            "rows": page.tasks.map { row($0, formats) }, "here": path(),
            "outcomes": outcomes.isEmpty
                ? false : ["rows": outcomes.map { self.outcome($0, words) }] as Any,
            "roles": TaskOwners.roles.map { ["value": $0, "label": words("role_\($0)")] as Bindings },
            "first": shown(cursor == nil ? nil : path()),
            "next": shown(page.next.map { path(after: $0.text) }),
        ]
        return files.render(bindings, "tasks")
    }

    private func row(_ task: ListedTask, _ formats: Formats) -> Bindings {
        let words = formats.words
        let row = task.row
        let isOverdue = row.dueAt <= page.asOf
        let isAsleep = row.snoozedUntil.map { page.asOf < $0 } ?? false
        return [
            "name": TaskName(order: task.order, task: row.id).text, "number": task.order,
            "href": orderPath(task.order) + "#tasks",
            "kind": words(row.kind.title(ofTask: row.id)), "reason": words(row.reason),
            "severity": words(row.severity.text), "level": row.severity.rawValue,
            "owner": TaskOwners.label(row.owner, words), "person": shown(words.actor(row.person)),
            "opened": formats.binding(row.openedAt), "due": formats.binding(row.dueAt), "overdue": isOverdue,
            "asleep": isAsleep ? formats.binding(row.snoozedUntil) : false,
            "again": shown(
                row.reopenings == 0 ? nil : words("task_reopened_times", ["count": String(row.reopenings)])),
        ]
    }

    private func outcome(_ outcome: Outcome, _ words: Words) -> Bindings {
        let (level, text) = TaskOutcomeWords.text(outcome.answer, words)
        return [
            "number": outcome.name.order, "href": orderPath(outcome.name.order) + "#tasks", "level": level,
            "isGood": level == "good", "text": text,
        ]
    }

    private func ownerChips(_ formats: Formats) -> [Bindings] {
        let owners = Set(page.counts.map(\.owner) + [page.filter.owner].compactMap(\.self))
        let choices: [String?] = [nil] + owners.sorted().map(Optional.some)
        return choices.map { owner in
            let count = page.counts.filter { owner == nil || $0.owner == owner }.reduce(0) { $0 + $1.count }
            return [
                "label": owner.map { TaskOwners.label($0, formats.words) } ?? formats.words("tasks_all"),
                "count": formats.count(count), "here": owner == page.filter.owner,
                "href": path(owner: .some(owner), kind: .some(nil)),
            ]
        }
    }

    private func kindChips(_ formats: Formats) -> [Bindings] {
        let mine = page.counts.filter { page.filter.owner == nil || $0.owner == page.filter.owner }
        let choices: [TaskKind?] = [nil] + TaskKind.allCases.map(Optional.some)
        return choices.compactMap { kind in
            let count = mine.filter { kind == nil || $0.kind == kind }.reduce(0) { $0 + $1.count }
            guard kind == nil || count > 0 || kind == page.filter.kind else { return nil }
            return [
                "label": kind.map { formats.words($0.text) } ?? formats.words("tasks_all_kinds"),
                "count": formats.count(count), "here": kind == page.filter.kind, "href": path(kind: .some(kind)),
            ]
        }
    }

    private func sleepChips(_ words: Words) -> [Bindings] {
        let isShown = page.filter.awakeAt == nil
        return [
            ["label": words("tasks_mine"), "here": page.filter.person != nil, "href": minePath],
            [
                "label": words("tasks_asleep"), "here": isShown,
                "href": path(asleep: !isShown),
            ],
        ]
    }

    private var minePath: String {
        page.filter.person == nil ? address("/tasks", [("person", person)]) : path(withPerson: false)
    }

    private func path(
        owner: String?? = nil, kind: TaskKind?? = nil, asleep: Bool? = nil, withPerson: Bool = true,
        after cursor: String? = nil
    ) -> String {
        let filter = page.filter
        return address(
            "/tasks",
            [
                ("owner", (owner ?? filter.owner) ?? (TaskOwners.own == nil ? nil : TaskOwners.all)),
                ("kind", (kind ?? filter.kind)?.rawValue),
                ("person", withPerson ? filter.person : nil),
                ("asleep", asleep ?? (filter.awakeAt == nil) ? "yes" : nil), ("after", cursor),
            ])
    }
}

/// The roles that tasks wait for.
enum TaskOwners {
    static let roles = RuleOwners.roles

    /// In addresses: the tasks of every role.
    static let all = "all"

    /// The role whose tasks the viewer sees first; nil for those who look after all of them.
    static var own: String? {
        switch Viewer.current.role {
        case .warehouse, .service, .finance, .it: Viewer.current.role.rawValue
        case .owner, .operations, .viewer: nil
        }
    }

    static func label(_ owner: String, _ words: Words) -> String {
        roles.contains(owner) ? words("role_\(owner)") : owner
    }
}

/// What became of a task, in words.
enum TaskOutcomeWords {
    static func text(_ answer: TaskAnswer, _ words: Words) -> (level: String, text: String) {
        switch answer {
        case .moved: ("good", words("task_moved"))
        case .closed: ("good", words("task_closed"))
        case .stillThere(let reason): ("wrong", words("task_still_there", ["reason": words(reason)]))
        case .refused(let refusal): ("late", "\(words(refusal.text)) · \(words(refusal.nextStep))")
        case .unknown: ("late", words("task_unknown"))
        }
    }
}
