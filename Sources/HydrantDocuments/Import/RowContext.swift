internal import HydrantCore

/// Why a row gives no fact.
struct RowProblem: Error {
    let message: String
}

/// One row with the place of every column that the document uses.
struct RowContext {
    enum Slot {
        case field(Int)
        /// The column of a lookup: which join, which of its columns.
        case joined(join: Int, column: Int)
    }

    let layout: FileLayout
    let columnNames: [String]
    let slots: [Slot]
    var row: CSVRow
    /// The rows of the lookups that this row joins; empty where there is none.
    var joined: [[String]] = []
    /// For a grouped file: the other rows of the group, including this one.
    var group: [CSVRow] = []

    // MARK: - Columns

    /// The bytes of a column without blanks around; empty when the column says "nothing".
    func bytes(_ slot: Int) -> ArraySlice<UInt8> {
        switch slots[slot] {
        case .field(let index):
            let bytes = row.bytes[row.trimmedRange(index)]
            return layout.emptyTexts.contains { bytes.elementsEqual($0) } ? [] : bytes
        case .joined(let join, let column):
            guard column < joined[join].count else { return [] }
            return Array(joined[join][column].utf8)[...]
        }
    }

    func text(_ slot: Int) -> String { String(decoding: bytes(slot), as: UTF8.self) }

    /// The text of a template, or nil when one of its columns is empty.
    func text(_ template: Template) -> String? {
        if template.parts.count == 1 {
            switch template.parts[0] {
            case .text(let text): return text
            case .column(let slot):
                let bytes = bytes(slot)
                return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
            }
        }
        var text: [UInt8] = []
        for part in template.parts {
            switch part {
            case .text(let literal): text.append(contentsOf: literal.utf8)
            case .column(let slot):
                let bytes = bytes(slot)
                guard !bytes.isEmpty else { return nil }
                text.append(contentsOf: bytes)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: - Conditions

    func meets(_ condition: Condition) throws(RowProblem) -> Bool {
        switch condition {
        case .all(let parts):
            for part in parts where try !meets(part) { return false }
            return true
        case .any(let parts):
            for part in parts where try meets(part) { return true }
            return false
        case .none(let parts):
            for part in parts where try meets(part) { return false }
            return true
        case .isPresent(let slot): return !bytes(slot).isEmpty
        case .isEmpty(let slot): return bytes(slot).isEmpty
        case .isOneOf(let slot, let words): return words.contains(text(slot))
        case .isNoneOf(let slot, let words): return !words.contains(text(slot))
        case .isAbove(let slot, let limit): return try number(slot).map { $0 > limit.millionths } ?? false
        case .isBelow(let slot, let limit): return try number(slot).map { $0 < limit.millionths } ?? false
        }
    }

    private func number(_ slot: Int) throws(RowProblem) -> Int64? {
        let bytes = bytes(slot)
        guard !bytes.isEmpty else { return nil }
        let decimal = DecimalText(bytes, separator: layout.decimalSeparator)
        guard let number = decimal?.scaled(decimals: DecimalLimit.decimals) else {
            throw RowProblem(message: "column \(columnNames[slot]): “\(shownValue(text(slot)))” is not a number")
        }
        return number
    }

    // MARK: - Values

    /// The value of a member, or nil when there is none in this row.
    func value(_ mapping: ValueMapping) throws(RowProblem) -> JSON? {
        switch mapping.origin {
        case .sum(let templates):
            var sum: Int64 = 0
            for template in templates { sum = try add(sum, template, mapping) }
            return .integer(sum)
        case .sumOfRows(let template):
            var sum: Int64 = 0
            for row in group.isEmpty ? [row] : group {
                var other = self
                other.row = row
                sum = try other.add(sum, template, mapping)
            }
            return .integer(sum)
        case .template(let template): return try value(template, mapping)
        }
    }

    private func add(_ sum: Int64, _ template: Template, _ mapping: ValueMapping) throws(RowProblem) -> Int64 {
        guard let text = text(template) else { return sum }
        guard case .integer(let number) = try convert(text, mapping.kind, template) else { return sum }
        let (result, overflow) = sum.addingReportingOverflow(number)
        if overflow { throw RowProblem(message: "\(words(for: template)): the sum is too large") }
        return result
    }

    private func value(_ template: Template, _ mapping: ValueMapping) throws(RowProblem) -> JSON? {
        var text = self.text(template)
        if let translation = mapping.translation, let word = text {
            text = translation[word]
            if text == nil, mapping.otherwise == nil {
                let shown = "“\(shownWord(word))”"
                throw RowProblem(message: "\(words(for: template)): \(shown) is not among the words to translate")
            }
        }
        if text == nil, let otherwise = mapping.otherwise { text = self.text(otherwise) }
        guard let text else { return nil }
        return try convert(text, mapping.kind, template)
    }

    private func convert(_ text: String, _ kind: ValueMapping.Kind, _ template: Template) throws(RowProblem) -> JSON {
        if case .text = kind { return .string(text) }
        guard let value = RowContext.converted(text, kind, layout) else {
            let shown = if case .choice = kind { "“\(shownWord(text))”" } else { "“\(shownValue(text))”" }
            throw RowProblem(message: "\(words(for: template)): \(shown) \(RowContext.complaint(kind, layout))")
        }
        return value
    }

    private func words(for template: Template) -> String {
        let names = template.slots.map { columnNames[$0] }
        return names.isEmpty ? "constant" : "column \(names.joined(separator: " and "))"
    }

    // MARK: - Conversions

    /// The value of a text, or nil when it is not of that kind.
    private static func converted(_ text: String, _ kind: ValueMapping.Kind, _ layout: FileLayout) -> JSON? {
        switch kind {
        case .text: return .string(text)
        case .amount:
            return DecimalText(text.utf8, separator: layout.decimalSeparator)?
                .scaled(decimals: layout.amountDecimals).map { .integer($0) }
        case .whole:
            return DecimalText(text.utf8, separator: layout.decimalSeparator)?.scaled(decimals: 0).map { .integer($0) }
        case .flag:
            switch text.lowercased() {
            case "true", "yes", "y", "1", "是": return true
            case "false", "no", "n", "0", "否": return false
            default: return nil
            }
        case .time(let formats):
            let bytes = Array(text.utf8)
            for format in formats {
                guard let (date, offset) = format.date(bytes[...]) else { continue }
                let moment = offset.map { Instant(date, offsetSeconds: $0) } ?? layout.zone.moment(date)
                return moment.map { .integer($0.milliseconds) }
            }
            return nil
        case .choice(let words): return words.contains(text) ? .string(text) : nil
        }
    }

    private static func complaint(_ kind: ValueMapping.Kind, _ layout: FileLayout) -> String {
        switch kind {
        case .text: return "is not a text"
        case .amount: return "is not an amount with at most \(layout.amountDecimals) decimals"
        case .whole: return "is not a whole number"
        case .flag: return "is not yes or no"
        case .time(let formats):
            return "is no date in the formats \(formats.map(\.text).joined(separator: " | "))"
        case .choice(let words): return "is none of \(words.joined(separator: ", "))"
        }
    }

    /// What is wrong with a constant of a document, or nil.
    static func problem(ofConstant text: String, _ kind: ValueMapping.Kind, _ layout: FileLayout) -> String? {
        converted(text, kind, layout) == nil ? "“\(text.prefix(60))” \(complaint(kind, layout))" : nil
    }
}
