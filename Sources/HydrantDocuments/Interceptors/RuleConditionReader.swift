package import HydrantCore

/// Reads a tree of tests of an order, within limits of depth and number.
enum RuleConditionReader {
    static func condition(_ value: DocumentValue) -> RuleCondition? {
        ConditionTreeReader().condition(value) { test($0).map { .test($0) } }
    }

    static func test(_ value: DocumentValue) -> RuleTest? {
        let comparisons = RuleComparison.allCases.map(\.rawValue)
        guard let group = value.group(allowed: ["field", "of"] + comparisons, required: ["field"]),
            let written = group["field"], let field = field(written)
        else { return nil }
        guard let (comparison, operand) = comparison(group, value, field) else { return nil }
        let system = group["of"]?.name() ?? ""
        if (field == .word) == system.isEmpty {
            value.problem(
                field == .word
                    ? "needs “of”, the name of the system whose last word is meant" : "“of” goes with system.word only")
            return nil
        }
        return RuleTest(field, of: system, comparison, operand)
    }

    static func field(_ value: DocumentValue) -> RuleField? {
        guard let text = value.text() else { return nil }
        if let field = RuleField(rawValue: text) { return field }
        value.problem(notAllowed("unknown field", text, allowed: RuleField.allCases.map(\.rawValue)))
        return nil
    }

    private static func comparison(
        _ group: DocumentGroup, _ value: DocumentValue, _ field: RuleField
    ) -> (RuleComparison, RuleTest.Operand)? {
        guard
            let (comparison, inner) = value.comparison(
                in: group, of: field.rawValue, sort: "\(field.rawValue) is a \(field.type.rawValue)",
                field.type.comparisons)
        else { return nil }
        if comparison == .isKnown { return inner.flag().map { (comparison, .number($0 ? 1 : 0)) } }
        if field.type.isText {
            let words = inner.itemsOrOne().compactMap { $0.name(maximum: 200) }
            guard words.count <= 200 else {
                inner.problem("has more than 200 words")
                return nil
            }
            return words.isEmpty ? nil : (comparison, .texts(words))
        }
        return inner.ruleNumber(field.type).map { (comparison, .number($0)) }
    }
}

extension DocumentValue {
    /// A value of a field's type, in the type's unit.
    fileprivate func ruleNumber(_ type: RuleFieldType) -> Int64? {
        if type == .flag { return flag().map { $0 ? 1 : 0 } }
        guard let text = text() else { return nil }
        if let number = RuleValue.number(text, type), type.range?.contains(number) == true { return number }
        problem("must be \(RuleValue.hint(type)), is “\(text.prefix(60))”")
        return nil
    }
}

/// How values of fields are written.
package enum RuleValue {
    /// Reads a value; nil where the text is no value of the type.
    package static func number(_ text: String, _ type: RuleFieldType) -> Int64? {
        switch type {
        case .flag: return ["true": 1, "yes": 1, "false": 0, "no": 0][text]
        case .money: return scaled(text, digits: 2)
        case .share: return text.hasSuffix("%") ? scaled(String(text.dropLast()), digits: 1) : nil
        case .minutes:
            if let minutes = Int64(text) { return minutes }
            let units: [Character: Int64] = ["m": 1, "h": 60, "d": 1_440]
            guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
                (0...100_000).contains(count)
            else { return nil }
            return count * unit
        case .state:
            let found = stateNames.firstIndex { $0.identifier == text || $0.text.chinese == text }
            return found.map { Int64($0) } ?? Int64(text)
        case .count, .hour, .weekday: return Int64(text)
        case .text, .texts: return nil
        }
    }

    /// Writes a value as it is read.
    package static func text(_ number: Int64, _ type: RuleFieldType) -> String {
        switch type {
        case .flag: return number == 0 ? "false" : "true"
        case .money: return amountText(minor: number)
        case .share: return number % 10 == 0 ? "\(number / 10)%" : "\(number / 10).\(number % 10)%"
        case .state: return stateNames.indices.contains(Int(number)) ? stateNames[Int(number)].identifier : "\(number)"
        default: return String(number)
        }
    }

    /// What is allowed, in words.
    package static func hint(_ type: RuleFieldType) -> String {
        switch type {
        case .flag: "true or false"
        case .count: "a whole number from 0"
        case .money: "an amount like 5000 or 12.50"
        case .minutes: "minutes as a whole number, or a length of time like 2h"
        case .share: "a percentage from 0% to 100%"
        case .state: "a state: " + stateNames.map(\.identifier).joined(separator: ", ")
        case .hour: "an hour from 0 to 23"
        case .weekday: "a day from 1 (Monday) to 7"
        case .text, .texts: "a text or a list of texts"
        }
    }

    /// "12.5" with two digits is 1250; at most so many digits after the point.
    private static func scaled(_ text: String, digits: Int) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int64(parts[0]), (0...100_000_000_000).contains(whole) else { return nil }
        var number = whole
        let fraction = parts.count == 2 ? Array(parts[1].utf8) : []
        guard fraction.count <= digits, parts.count == 1 || !fraction.isEmpty,
            fraction.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        for place in 0..<digits { number = number * 10 + (place < fraction.count ? Int64(fraction[place] - 0x30) : 0) }
        return number
    }
}
