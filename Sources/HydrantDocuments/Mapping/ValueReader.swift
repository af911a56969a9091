internal import HydrantCore

/// Gives every column that a file's entries use its slot.
final class ColumnTable {
    private(set) var names: [String] = []
    private var slots: [String: Int] = [:]

    func slot(_ name: String) -> Int {
        if let slot = slots[name] { return slot }
        slots[name] = names.count
        names.append(name)
        return names.count - 1
    }
}

private let valueKeys = ["column", "text", "sum", "sumOfRows", "as", "translate", "otherwise", "dateFormats"]
private let asWords = ["text", "amount", "whole", "flag", "date"]

/// Reads the values and conditions of one file's entries.
struct ValueReader {
    let columns: ColumnTable
    let layout: FileLayout
    let isGrouped: Bool

    func template(_ value: DocumentValue) -> Template? {
        guard let text = value.text() else { return nil }
        do {
            return try Template(text) { columns.slot($0) }
        } catch {
            value.problem("“\(text.prefix(60))” \(error.message)")
            return nil
        }
    }

    /// A column by its bare name, or a text with columns in braces.
    func columnOrTemplate(_ value: DocumentValue) -> Template? {
        guard let text = value.name(maximum: 300) else { return nil }
        return text.contains("{") ? template(value) : Template(parts: [.column(columns.slot(text))])
    }

    func value(_ value: DocumentValue, type: FieldType) -> ValueMapping? {
        guard value.isGroup else {
            guard let template = template(value) else { return nil }
            let mapping = ValueMapping(origin: .template(template), kind: kind(type, formats: layout.dateFormats))
            check(mapping, value)
            return mapping
        }
        guard let group = value.group(allowed: valueKeys) else { return nil }
        guard let origin = origin(group, value) else { return nil }
        let formats = group["dateFormats"].map { LayoutReader(base: layout).dateFormats($0) } ?? layout.dateFormats
        var mapping = ValueMapping(origin: origin, kind: kind(type, formats: formats))
        if let asValue = group["as"], let word = asValue.text() {
            applyAs(word, asValue, type, formats, to: &mapping)
        }
        if let members = group["translate"]?.members() {
            var words: [String: String] = [:]
            for (word, _, target) in members { words[word] = target.text() }
            mapping.translation = words
        }
        mapping.otherwise = group["otherwise"].flatMap(template)
        check(mapping, value)
        return mapping
    }

    private func origin(_ group: DocumentGroup, _ value: DocumentValue) -> ValueMapping.Origin? {
        let written = ["column", "text", "sum", "sumOfRows"].filter { group[$0] != nil }
        guard written.count == 1 else {
            value.problem("needs exactly one of column, text, sum, sumOfRows, has \(written.count)")
            return nil
        }
        if let column = group["column"] {
            return column.name(maximum: 300).map { .template(Template(parts: [.column(columns.slot($0))])) }
        }
        if let text = group["text"] { return template(text).map { .template($0) } }
        if let sum = group["sum"] { return .sum(sum.itemsOrOne().compactMap(columnOrTemplate)) }
        guard let sum = group["sumOfRows"] else { return nil }
        if !isGrouped { sum.problem("sumOfRows needs “group: true” in the file") }
        return columnOrTemplate(sum).map { .sumOfRows($0) }
    }

    private func kind(_ type: FieldType, formats: [DateFormat]) -> ValueMapping.Kind {
        switch type {
        case .amount: .amount
        case .whole: .whole
        case .flag: .flag
        case .time: .time(formats)
        case .choice(let words): .choice(words)
        case .text, .texts, .list: .text
        }
    }

    private func applyAs(
        _ word: String, _ place: DocumentValue, _ type: FieldType, _ formats: [DateFormat],
        to mapping: inout ValueMapping
    ) {
        switch (word, type) {
        case ("text", .text), ("amount", .amount), ("minor", .amount), ("whole", .whole), ("flag", .flag),
            ("date", .time):
            break
        // The column already holds minor units.
        case ("whole", .amount): mapping.kind = .whole
        case ("amount", .text), ("whole", .text), ("date", .text), ("flag", .text):
            place.problem("this member is a text; leave “as” out")
        default:
            let fitting =
                switch type {
                case .amount: "amount (188.73) or whole (the column holds minor units)"
                case .whole: "whole"
                case .flag: "flag"
                case .time: "date"
                default: "text"
                }
            if asWords.contains(word) || word == "minor" {
                place.problem("does not fit here. Allowed: \(fitting)")
            } else {
                place.problem(notAllowed("unknown form", word, allowed: asWords))
            }
        }
    }

    /// Constants are checked when the document is read, not at the first row.
    private func check(_ mapping: ValueMapping, _ value: DocumentValue) {
        if case .time(let formats) = mapping.kind, formats.isEmpty {
            value.problem("needs dateFormats, here, in the file or in the document")
            return
        }
        guard case .template(let template) = mapping.origin else {
            if case .text = mapping.kind { value.problem("a sum is a number and cannot be a text") }
            return
        }
        guard let text = template.constant, mapping.translation == nil,
            !text.isEmpty
        else { return }
        if let message = RowContext.problem(ofConstant: text, mapping.kind, layout) { value.problem(message) }
    }
}
