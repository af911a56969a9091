import HydrantCore
import HydrantDocuments

/// A tree of conditions as the lines of a form: groups, and what is below them with a greater depth.
struct RuleTree: Hashable, Sendable {
    static let depthMaximum = 4

    /// One line: a test, or a group, whose parts follow with a greater depth.
    struct Row: Hashable, Sendable {
        enum Kind: String, CaseIterable, Sendable {
            case all
            case any
            case none
            case test
        }

        var depth = 1
        var kind = Kind.test
        var test = RuleForm.Test()
    }

    /// What stands behind the names of its fields: empty for the IF of the rule.
    var place = ""
    /// The first is the group of all.
    var rows = [Row(depth: 0, kind: .all)]

    var rowsMaximum: Int { place.isEmpty ? 40 : 12 }
    var isEmpty: Bool { rows.allSatisfy { $0.kind != .test || $0.test.field.isEmpty } }

    init(_ place: String, withTest: Bool = false) {
        self.place = place
        if withTest { rows.append(Row()) }
    }
}

// MARK: - Changes of the shape

extension RuleTree {
    /// Puts a test or a group to the end of the group in a row, or takes a row away with all that is below it.
    ///
    /// - Returns: the id of the field to go on with; nil when the row cannot be changed so.
    mutating func reshape(_ act: String, row: Int) -> String? {
        guard rows.indices.contains(row) else { return nil }
        switch act {
        case "test" where mayTake(act, row: row):
            let end = self.end(of: row)
            rows.insert(Row(depth: rows[row].depth + 1), at: end)
            return "field\(place)\(end)"
        case "group" where mayTake(act, row: row):
            let end = self.end(of: row)
            let kind: Row.Kind = rows[row].kind == .all ? .any : .all
            rows.insert(
                contentsOf: [Row(depth: rows[row].depth + 1, kind: kind), Row(depth: rows[row].depth + 2)], at: end)
            return "field\(place)\(end + 1)"
        case "drop" where row > 0:
            rows.removeSubrange(row..<end(of: row))
            if rows.count > 1 { return "kind\(place)0" }
            return place.isEmpty ? "when0" : "add\(place)0"
        default: return nil
        }
    }

    /// Whether a test, or a group with one, fits into the group in a row.
    func mayTake(_ act: String, row: Int) -> Bool {
        guard rows[row].kind != .test else { return false }
        return act == "test"
            ? rows.count < rowsMaximum : rows[row].depth < Self.depthMaximum && rows.count + 1 < rowsMaximum
    }

    /// The row behind the last that belongs to this one.
    private func end(of row: Int) -> Int {
        rows[(row + 1)...].firstIndex { $0.depth <= rows[row].depth } ?? rows.endIndex
    }
}

// MARK: - As the browser sends it

extension RuleTree {
    init(_ place: String, _ field: (String) -> String?) {
        self.place = place
        let sent = (0..<rowsMaximum).prefix { field("kind\(place)\($0)") != nil }
        rows = sent.map { index in
            let end = "\(place)\(index)"
            return Row(
                depth: Int(field("depth\(end)") ?? "") ?? 1,
                kind: Row.Kind(rawValue: field("kind\(end)") ?? "") ?? .test,
                test: RuleForm.Test(
                    field: field("field\(end)") ?? "", system: field("of\(end)") ?? "",
                    comparison: field("is\(end)") ?? "", value: field("value\(end)") ?? ""))
        }
        mend()
    }

    /// Brings rows into a tree whatever was sent: the first is a group at depth 0, and none is deeper than one below
    /// the group before it.
    private mutating func mend() {
        if rows.isEmpty || rows[0].kind == .test { rows.insert(Row(depth: 0, kind: .all), at: 0) }
        rows[0].depth = 0
        for index in rows.indices.dropFirst() {
            let before = rows[index - 1]
            let deepest = before.kind == .test ? before.depth : before.depth + 1
            rows[index].depth = min(max(1, rows[index].depth), deepest)
        }
    }
}

// MARK: - From a rule, and back

extension RuleTree {
    /// - Parameter questions: those whose answers may be tested.
    init(_ place: String, of condition: FormCondition, _ questions: [TaskField] = []) {
        self.place = place
        switch condition {
        case .answer, .order: rows = Self.rows(of: .all([condition]), 0, questions)
        default: rows = Self.rows(of: condition, 0, questions)
        }
    }

    init(_ place: String, of condition: RuleCondition) { self.init(place, of: FormCondition(condition)) }

    /// Whether the form can show it all.
    var fits: Bool {
        rows.count <= rowsMaximum
            && rows.allSatisfy {
                $0.depth <= Self.depthMaximum + 1 && $0.test.value.count <= RuleForm.lengthMaximum
            }
    }

    private static func rows(of condition: FormCondition, _ depth: Int, _ questions: [TaskField]) -> [Row] {
        func group(_ kind: Row.Kind, _ parts: [FormCondition]) -> [Row] {
            [Row(depth: depth, kind: kind)] + parts.flatMap { rows(of: $0, depth + 1, questions) }
        }
        switch condition {
        case .all(let parts): return group(.all, parts)
        case .any(let parts): return group(.any, parts)
        case .none(let parts): return group(.none, parts)
        case .order(let test): return [Row(depth: depth, test: RuleForm.Test(test))]
        case .answer(let test): return [Row(depth: depth, test: RuleForm.Test(test))]
        }
    }

    /// The condition of the rows that somebody has filled; nil where nobody has.
    func condition(_ questions: [TaskField] = [], _ problems: inout [FormProblem]) -> FormCondition? {
        let condition = group(at: 0, questions, &problems)
        guard case .all(let parts) = condition else { return condition }
        // One test needs no group around it.
        return parts.count > 1 ? condition : parts.first
    }

    /// The same of a tree that tests no answers.
    func ruleCondition(_ problems: inout [FormProblem]) -> RuleCondition? {
        condition([], &problems).flatMap { RuleCondition($0) }
    }

    /// The group in a row with everything below it.
    private func group(at row: Int, _ questions: [TaskField], _ problems: inout [FormProblem]) -> FormCondition {
        var parts: [FormCondition] = []
        var index = row + 1
        while index < rows.count, rows[index].depth > rows[row].depth {
            defer { index += 1 }
            guard rows[index].depth == rows[row].depth + 1 else { continue }
            guard rows[index].kind == .test else {
                let inner = group(at: index, questions, &problems)
                if inner.isEmpty { continue }
                parts.append(inner)
                continue
            }
            // A line that nobody has filled is no condition.
            if rows[index].test.field.isEmpty { continue }
            do throws(FormProblem) {
                parts.append(try rows[index].test.condition(questions))
            } catch {
                problems.add("\(error.field)\(place)\(index)", error.text)
            }
        }
        switch rows[row].kind {
        case .any where !parts.isEmpty: return .any(parts)
        case .none where !parts.isEmpty: return FormCondition.none(parts)
        default: return .all(parts)
        }
    }
}

extension FormCondition {
    /// The same condition in the language of forms.
    init(_ condition: RuleCondition) {
        switch condition {
        case .all(let parts): self = .all(parts.map { FormCondition($0) })
        case .any(let parts): self = .any(parts.map { FormCondition($0) })
        case .none(let parts): self = FormCondition.none(parts.map { FormCondition($0) })
        case .test(let test): self = .order(test)
        }
    }

    fileprivate var isEmpty: Bool {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts): parts.isEmpty
        case .answer, .order: false
        }
    }
}

extension RuleCondition {
    /// Nil where an answer is tested, which only a form can.
    init?(_ condition: FormCondition) {
        func parts(_ parts: [FormCondition]) -> [RuleCondition]? {
            let all = parts.compactMap { RuleCondition($0) }
            return all.count == parts.count ? all : nil
        }
        switch condition {
        case .order(let test): self = .test(test)
        case .answer: return nil
        case .all(let inner):
            guard let all = parts(inner) else { return nil }
            self = .all(all)
        case .any(let inner):
            guard let all = parts(inner) else { return nil }
            self = .any(all)
        case .none(let inner):
            guard let all = parts(inner) else { return nil }
            self = RuleCondition.none(all)
        }
    }
}
