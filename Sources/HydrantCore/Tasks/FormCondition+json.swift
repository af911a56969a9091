// How what a task's questions depend on is written into events and facts: without fields of the order, which are known
// by then.

extension FormCondition {
    private static let depthMaximum = 10
    private static let partsMaximum = 100

    /// Nil where it is not written.
    init?(member name: String, of data: FieldReader, depth: Int = 0) throws(FactProblem) {
        guard let json = data.json[name], json != .null else { return nil }
        try self.init(FieldReader(json, path: data.path.isEmpty ? name : "\(data.path).\(name)"), depth: depth)
    }

    private init(_ data: FieldReader, depth: Int) throws(FactProblem) {
        guard depth < Self.depthMaximum else { throw data.problem("all", "is nested too deep") }
        func parts(_ name: String) throws(FactProblem) -> [FormCondition] {
            try data.list(name, maximum: Self.partsMaximum) { (item) throws(FactProblem) in
                try FormCondition(item, depth: depth + 1)
            }
        }
        if data.json["all"] != nil {
            self = .all(try parts("all"))
        } else if data.json["any"] != nil {
            self = .any(try parts("any"))
        } else if data.json["none"] != nil {
            self = FormCondition.none(try parts("none"))
        } else {
            self = .answer(try AnswerTest(data))
        }
    }

    /// Of the form alone; a test of the order is written by no task.
    package var json: JSON {
        switch self {
        case .all(let parts): ["all": .array(parts.map(\.json))]
        case .any(let parts): ["any": .array(parts.map(\.json))]
        case .none(let parts): ["none": .array(parts.map(\.json))]
        case .answer(let test): test.json
        case .order: ["any": .array([])]
        }
    }
}

extension AnswerTest {
    fileprivate init(_ data: FieldReader) throws(FactProblem) {
        question = try data.text("answer", maximum: RuleLimits.bytes(of: 60))
        guard let written = RuleComparison.allCases.first(where: { data.json[$0.rawValue] != nil }),
            let value = data.json[written.rawValue]
        else { throw data.problem("is", "one comparison is required") }
        comparison = written
        if written == .isKnown {
            operand = .number(try data.flag(written.rawValue, default: true) ? 1 : 0)
        } else if value.array != nil {
            operand = .texts(try data.texts(written.rawValue, maximum: 200))
        } else {
            guard let number = value.string.flatMap(FormNumber.hundredths) else {
                throw data.problem(written.rawValue, "must be a list of texts, or a number as text like \"12.50\"")
            }
            operand = .number(number)
        }
    }

    fileprivate var json: JSON {
        let written: JSON =
            switch operand {
            case .texts(let words): .array(words.map { .string($0) })
            case .number(let number): comparison == .isKnown ? .bool(number != 0) : .string(FormNumber.text(number))
            }
        return .object([JSON.Member("answer", .string(question)), JSON.Member(comparison.rawValue, written)])
    }
}

extension Prefill {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            try data.text("value", maximum: TaskField.prefillBytes), if: try FormCondition(member: "if", of: data))
        if data.json["from"] != nil { field = try data.choice("from", RuleField.self) }
    }

    package var json: JSON {
        .compact([
            ("value", .string(value)), ("from", field.map { .string($0.rawValue) }), ("if", condition?.json),
        ])
    }
}
