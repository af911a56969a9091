package import HydrantCore

/// The document that says how a printed label looks (docs/labels.md).
package enum LabelTemplateDocument {
    /// Reads a template. What it may print is a fixed list of fields; anything else is refused with its place.
    ///
    /// - Parameter path: the name of the document for messages; nothing is read from the disk.
    package static func load(text: String, path: String) throws(DocumentProblems) -> LabelTemplate {
        let document = try DocumentValue.parse(text: text, path: path)
        let keys = ["label", "version", "title", "size", "sheet", "elements"]
        guard let group = document.group(allowed: keys, required: ["label", "version", "size", "elements"]) else {
            throw DocumentProblems(document.list.problems)
        }
        let name = group["label"]?.name(maximum: 60) ?? ""
        var title = Text(chinese: name, english: name)
        if let words = group["title"]?.group(allowed: ["zh", "en"], required: ["zh", "en"]) {
            title = Text(chinese: words["zh"]?.name() ?? name, english: words["en"]?.name() ?? name)
        }
        let paper = group["size"]?.choice(LabelPaper.self) ?? .standard
        let sheet = group["sheet"]?.choice(LabelTemplate.Sheet.self) ?? .bag
        let reader = LabelTemplateReader(paper: paper)
        let elements = group["elements"].map { reader.elements($0, in: sheet == .bag ? .sheet : .order) } ?? []
        try document.list.throwIfAny()
        return LabelTemplate(
            name: name, version: group["version"]?.name(maximum: 30) ?? "", title: title, paper: paper, sheet: sheet,
            elements: elements)
    }
}

/// Reads the elements of a template.
final class LabelTemplateReader {
    private let paper: LabelPaper
    /// How many elements one sheet can draw, all repetitions counted.
    private var drawn = 0
    private static let drawnLimit = 5_000

    init(paper: LabelPaper) { self.paper = paper }

    func elements(_ value: DocumentValue, in scope: LabelScope) -> [LabelElement] {
        elements(value, in: Area(scope: scope, width: paper.width, height: paper.height))
    }

    /// Where elements stand: what is known there, and how large it is.
    private struct Area {
        var scope: LabelScope
        var width: Double
        var height: Double
        /// How often it is repeated on a sheet.
        var copies = 1
        var depth = 0
    }

    private func elements(_ value: DocumentValue, in area: Area) -> [LabelElement] {
        (value.items() ?? []).compactMap { element($0, in: area) }
    }

    private static let kinds = ["text", "qr", "barcode", "line", "box", "rail", "each"]

    private func element(_ value: DocumentValue, in area: Area) -> LabelElement? {
        guard let names = value.members()?.map(\.name) else { return nil }
        drawn += area.copies
        guard drawn <= Self.drawnLimit else {
            if drawn - area.copies <= Self.drawnLimit {
                value.problem("a sheet may hold \(Self.drawnLimit) elements, repetitions counted")
            }
            return nil
        }
        let kinds = Self.kinds.filter(names.contains)
        guard kinds.count == 1 else {
            value.problem("must be one of \(Self.kinds.joined(separator: ", "))")
            return nil
        }
        let kind: LabelElement.Kind?
        var condition: DocumentValue?
        switch kinds[0] {
        case "text":
            let group = value.group(
                allowed: ["text", "at", "size", "font", "bold", "align", "lines", "when"], required: ["at", "size"])
            kind = group.flatMap { text($0, in: area) }
            condition = group?["when"]
        case "each":
            let keys = ["each", "at", "cell", "columns", "rows", "elements", "when"]
            let group = value.group(allowed: keys, required: ["at", "cell", "elements"])
            kind = group.flatMap { table($0, value, in: area) }
            condition = group?["when"]
        case "line", "box":
            let group = value.group(allowed: ["line", "box", "thickness", "when"])
            kind = group.flatMap { box($0, in: area) }
            condition = group?["when"]
        default:
            let group = value.group(
                allowed: ["qr", "barcode", "rail", "at", "size", "when"], required: ["at", "size"])
            kind = group.flatMap { code($0, kinds[0], in: area) }
            condition = group?["when"]
        }
        let when = condition.flatMap { self.condition($0, in: area) }
        return kind.map { LabelElement($0, when: when) }
    }

    // MARK: - Kinds

    private func text(_ group: DocumentGroup, in area: Area) -> LabelElement.Kind? {
        guard let frame = frame(group, in: area), let source = group["text"] else { return nil }
        var text = LabelText(frame: frame, parts: parts(source, in: area.scope))
        text.points = group["font"].flatMap { number($0, in: 4...72) } ?? text.points
        text.isBold = group["bold"]?.flag() ?? false
        text.alignment = group["align"]?.choice(LabelText.Alignment.self) ?? .left
        text.lines = group["lines"]?.whole(in: 1...20) ?? 1
        return .text(text)
    }

    private func code(_ group: DocumentGroup, _ kind: String, in area: Area) -> LabelElement.Kind? {
        guard let frame = frame(group, in: area), frame.width > 0, frame.height > 0 else { return nil }
        if kind == "rail" {
            if area.scope < .order { group["rail"]?.problem("stands in sheets and tables of orders only") }
            return .rail(frame)
        }
        guard let value = group[kind], let code = value.choice(LabelCode.self) else { return nil }
        if code.scope > area.scope {
            value.problem("the code of \(code.rawValue) is not known here; repeat it in each: orders or each: items")
        }
        return kind == "qr" ? .qr(frame, code) : .barcode(frame, code)
    }

    private func box(_ group: DocumentGroup, in area: Area) -> LabelElement.Kind? {
        guard let value = group["line"] ?? group["box"], let ends = numbers(value, count: 4) else { return nil }
        let isLine = group["line"] != nil
        let frame = LabelFrame(
            x: ends[0], y: ends[1], width: isLine ? ends[2] - ends[0] : ends[2],
            height: isLine ? ends[3] - ends[1] : ends[3])
        if isLine, frame.width != 0, frame.height != 0 { value.problem("lines are level or upright") }
        guard fits(frame, area, value) else { return nil }
        return .box(frame, thickness: group["thickness"].flatMap { number($0, in: 0.05...5) } ?? 0.25)
    }

    private func table(_ group: DocumentGroup, _ value: DocumentValue, in area: Area) -> LabelElement.Kind? {
        guard let over = group["each"]?.choice(LabelTable.Rows.self),
            let at = group["at"].flatMap({ numbers($0, count: 2) }),
            let cell = group["cell"].flatMap({ numbers($0, count: 2) })
        else { return nil }
        guard area.depth < 2, isAllowed(over, area.scope) else {
            group["each"]?.problem(
                "tables of \(over.rawValue) cannot stand here; items stand in sheets or tables of orders")
            return nil
        }
        var table = LabelTable(over: over, x: at[0], y: at[1], cellWidth: cell[0], cellHeight: cell[1])
        table.columns = group["columns"]?.whole(in: 1...20) ?? 1
        table.rows = group["rows"]?.whole(in: 1...200) ?? 1
        let whole = LabelFrame(
            x: at[0], y: at[1], width: cell[0] * Double(table.columns), height: cell[1] * Double(table.rows))
        guard cell[0] > 0, cell[1] > 0, fits(whole, area, value), let inner = group["elements"] else { return nil }
        table.elements = elements(
            inner,
            in: Area(
                scope: over == .orders ? .order : .item, width: cell[0], height: cell[1],
                copies: area.copies * table.capacity, depth: area.depth + 1))
        return .each(table)
    }

    private func isAllowed(_ rows: LabelTable.Rows, _ scope: LabelScope) -> Bool {
        rows == .items ? scope == .order : scope == .sheet
    }

    // MARK: - Fields

    private static let fieldNames = LabelField.allCases.map(\.rawValue)

    private func field(_ name: String, _ value: DocumentValue, in scope: LabelScope) -> LabelField? {
        guard let field = LabelField(rawValue: name) else {
            let known = LabelField.allCases.filter { $0.scope <= scope }.map(\.rawValue)
            value.problem(notAllowed("unknown field", name, allowed: known))
            return nil
        }
        guard field.scope <= scope else {
            value.problem("\(name) is not known here; repeat it in each: orders or each: items")
            return nil
        }
        return field
    }

    /// Text with `{field}` in it; `{{` and `}}` are braces.
    private func parts(_ value: DocumentValue, in scope: LabelScope) -> [LabelText.Part] {
        guard let text = value.text() else { return [] }
        guard text.utf8.count <= 1_000 else {
            value.problem("must have at most 1000 bytes")
            return []
        }
        var parts: [LabelText.Part] = []
        var literal = ""
        var rest = Substring(text)
        while let sign = rest.popFirst() {
            if (sign == "{" || sign == "}"), rest.first == sign {
                rest.removeFirst()
                literal.append(sign)
            } else if sign == "{", let end = rest.firstIndex(of: "}") {
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                if let field = field(String(rest[..<end]), value, in: scope) { parts.append(.field(field)) }
                rest = rest[rest.index(after: end)...]
            } else if sign == "{" || sign == "}" {
                value.problem("a single \(sign); write {field}, or \(sign)\(sign) for the sign itself")
                return []
            } else {
                literal.append(sign)
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    private func condition(_ value: DocumentValue, in area: Area) -> LabelCondition? {
        guard let group = value.group(allowed: ["field", "is", "equals"], required: ["field"]),
            let source = group["field"], let name = source.text(), let field = field(name, source, in: area.scope)
        else { return nil }
        if let equals = group["equals"]?.name(maximum: 200) {
            return LabelCondition(field: field, test: .equals(equals))
        }
        switch group["is"]?.text() {
        case "present": return LabelCondition(field: field, test: .present)
        case "absent": return LabelCondition(field: field, test: .absent)
        default:
            value.problem("needs is: present, is: absent or equals: some text")
            return nil
        }
    }

    // MARK: - Lengths

    private func frame(_ group: DocumentGroup, in area: Area) -> LabelFrame? {
        guard let at = group["at"].flatMap({ numbers($0, count: 2) }),
            let size = group["size"].flatMap({ numbers($0, count: 2) })
        else { return nil }
        let frame = LabelFrame(x: at[0], y: at[1], width: size[0], height: size[1])
        return group["size"].map { fits(frame, area, $0) } == true ? frame : nil
    }

    private func fits(_ frame: LabelFrame, _ area: Area, _ value: DocumentValue) -> Bool {
        if frame.x >= 0, frame.y >= 0, frame.width >= 0, frame.height >= 0, frame.x + frame.width <= area.width + 0.001,
            frame.y + frame.height <= area.height + 0.001
        {
            return true
        }
        value.problem("does not fit into \(area.width) x \(area.height) mm")
        return false
    }

    private func numbers(_ value: DocumentValue, count: Int) -> [Double]? {
        guard let items = value.items(), items.count == count else {
            value.problem("must be a list of \(count) lengths in mm")
            return nil
        }
        let numbers = items.compactMap { number($0, in: 0...400) }
        return numbers.count == count ? numbers : nil
    }

    private func number(_ value: DocumentValue, in range: ClosedRange<Double>) -> Double? {
        guard let text = value.text() else { return nil }
        let isPlain = text.utf8.count <= 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        guard isPlain, let number = Double(text), range.contains(number) else {
            value.problem("must be a number from \(range.lowerBound) to \(range.upperBound), is “\(text.prefix(20))”")
            return nil
        }
        return number
    }
}
