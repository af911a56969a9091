extension NoteReference {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            id: try data.text("id", maximum: 100), kind: try data.choice("kind", Kind.self),
            about: try data.optionalText("about", maximum: 100) ?? "")
    }

    var json: JSON {
        .compact([
            ("id", .string(id)), ("kind", .string(kind.rawValue)), ("about", about.isEmpty ? nil : .string(about)),
        ])
    }
}

extension Ticket {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            id: try data.text("id", maximum: 100), subject: try data.optionalText("subject", maximum: 100) ?? "",
            status: try data.choice("status", Status.self, default: .open),
            linkedOrder: try data.optionalText("linkedOrder", maximum: 100) ?? "")
    }

    var json: JSON {
        .compact([
            ("id", .string(id)), ("subject", .string(subject)), ("status", .string(status.rawValue)),
            ("linkedOrder", linkedOrder.isEmpty ? nil : .string(linkedOrder)),
        ])
    }
}

extension CallWish {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            id: try data.text("id", maximum: 100), system: try data.text("system", maximum: 100),
            person: try data.text("person", maximum: 100))
    }

    var json: JSON { ["id": .string(id), "system": .string(system), "person": .string(person)] }
}

extension CallReport {
    init(_ data: FieldReader) throws(FactProblem) {
        let stage = try data.choice("stage", Stage.self)
        self.init(
            id: try data.text("id", maximum: 100), stage: stage,
            ending: data.json["ending"] == nil ? nil : try data.choice("ending", Ending.self),
            seconds: try data.optionalInteger("seconds", in: 0...86_400).map(Int.init))
        guard (stage == .ended) == (ending != nil) else {
            throw data.problem("ending", "is needed where the stage is ended, and only there")
        }
        reference = try data.optionalText("reference", maximum: 200) ?? ""
        recording = try data.optionalText("recording", maximum: 200) ?? ""
    }

    var json: JSON {
        .compact([
            ("id", .string(id)), ("stage", .string(stage.rawValue)), ("ending", ending.map { .string($0.rawValue) }),
            ("seconds", seconds.map { .integer(Int64($0)) }),
            ("reference", reference.isEmpty ? nil : .string(reference)),
            ("recording", recording.isEmpty ? nil : .string(recording)),
        ])
    }
}
