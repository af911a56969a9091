extension TaskNeed {
    init(_ data: FieldReader) throws(FactProblem) {
        let kind = try data.choice("task", TaskKind.self, default: .asked)
        self.init(
            id: try data.text("id", maximum: 300), kind: kind, owner: try data.text("owner", maximum: 100),
            reason: try data.sentence("reason"),
            fields: try data.list("fields", maximum: 30) { (item) throws(FactProblem) in try TaskField(item) })
        severity = try data.choice("severity", TaskSeverity.self, default: kind.severity)
        within = try data.optionalInteger("within", in: 60_000...Self.longest) ?? severity.time
        closesItself = try data.flag("closesItself", default: false)
    }

    /// A task that may take longer than a year is none.
    private static let longest: Milliseconds = .hours(8_784)

    var json: JSON {
        .compact([
            ("task", .string(kind.rawValue)), ("id", .string(id)), ("severity", .string(severity.rawValue)),
            ("owner", .string(owner)), ("within", .integer(within)), ("reason", reason.json),
            ("fields", fields.isEmpty ? nil : .array(fields.map(\.json))),
            ("closesItself", closesItself ? .bool(true) : nil),
        ])
    }
}

extension TaskField {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            try data.text("name", maximum: RuleLimits.bytes(of: 60)), try data.sentence("label"),
            kind: try data.choice("kind", Kind.self), isRequired: try data.flag("required", default: true),
            options: try data.list("options", maximum: RuleLimits.options) { (item) throws(FactProblem) in
                Option(try item.text("value", maximum: RuleLimits.bytes(of: 200)), try item.sentence("text"))
            })
        if kind == .choice, options.isEmpty { throw data.problem("options", "a choice needs at least one option") }
        if let condition = data.json["shownWhen"], condition != .null {
            let reader = try FieldReader(condition, path: data.path + ".shownWhen")
            shownWhen = (
                try reader.text("field", maximum: RuleLimits.bytes(of: 60)), try reader.texts("values", maximum: 200)
            )
        }
        shownIf = try FormCondition(member: "shownIf", of: data)
        requiredIf = try FormCondition(member: "requiredIf", of: data)
        prefill = try data.list("prefill", maximum: 20) { (item) throws(FactProblem) in try Prefill(item) }
    }

    package var json: JSON {
        .compact([
            ("name", .string(name)), ("label", label.json), ("kind", .string(kind.rawValue)),
            ("required", .bool(isRequired)),
            (
                "options",
                options.isEmpty
                    ? nil : .array(options.map { ["value": .string($0.value), "text": $0.text.json] })
            ),
            (
                "shownWhen",
                shownWhen.map {
                    ["field": .string($0.field), "values": .array($0.values.map { .string($0) })]
                }
            ),
            ("shownIf", shownIf?.json), ("requiredIf", requiredIf?.json),
            ("prefill", prefill.isEmpty ? nil : .array(prefill.map(\.json))),
        ])
    }
}

extension TaskMove {
    init(kind: FactKind, _ data: FieldReader) throws(FactProblem) {
        let step: Step
        switch kind {
        case .taskHandedOver:
            step = .handedOver(to: try data.text("to", maximum: 100), note: try data.optionalText("note") ?? "")
        case .taskSnoozed:
            step = .snoozed(until: try data.time("until"), reason: try data.text("reason", maximum: 1_000))
        case .taskResolved: step = .resolved(try TaskResolution(data))
        default: step = .taken
        }
        self.init(
            task: try data.text("id", maximum: 300), person: try data.text("person", maximum: 100), step: step)
    }

    var json: JSON {
        var members: [(String, JSON?)] = [("id", .string(task)), ("person", .string(person))]
        switch step {
        case .taken: break
        case .handedOver(let owner, let note):
            members += [("to", .string(owner)), ("note", note.isEmpty ? nil : .string(note))]
        case .snoozed(let until, let reason):
            members += [("until", .integer(until.milliseconds)), ("reason", .string(reason))]
        case .resolved(let resolution):
            let answers = resolution.answers.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
            members += [
                ("answers", answers.isEmpty ? nil : .object(answers)),
                ("note", resolution.note.isEmpty ? nil : .string(resolution.note)),
                ("minutes", .integer(Int64(resolution.minutes))),
            ]
        }
        return .compact(members)
    }
}

extension TaskResolution {
    fileprivate init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            note: try data.optionalText("note", maximum: 1_000) ?? "",
            minutes: Int(try data.optionalInteger("minutes", in: 0...10_000) ?? 0))
        guard let given = data.json["answers"], given != .null else { return }
        guard let members = given.members, members.count <= 30 else {
            throw data.problem("answers", "must be an object of at most 30 texts")
        }
        let reader = try FieldReader(given, path: data.path.isEmpty ? "answers" : data.path + ".answers")
        for member in members { answers[member.name] = try reader.optionalText(member.name) ?? "" }
    }
}

extension Text {
    package var json: JSON { ["zh": .string(chinese), "en": .string(english)] }
}

extension FieldReader {
    /// A sentence in both languages; where only one is given it stands for both.
    func sentence(_ name: String) throws(FactProblem) -> Text {
        if let text = json[name]?.string, !text.isEmpty, text.utf8.count <= Text.bytes {
            return Text(chinese: text, english: text)
        }
        let reader = try FieldReader(json[name], path: path.isEmpty ? name : "\(path).\(name)")
        return Text(chinese: try reader.text("zh"), english: try reader.text("en"))
    }
}
