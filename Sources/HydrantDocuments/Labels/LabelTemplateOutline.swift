package import HydrantCore

/// Where the elements of a template stand, on its sheet and in its text, for an editor in which they are moved.
package struct LabelTemplateOutline: Hashable, Sendable {
    /// A list of lengths in the text, by its line and its column, from 1.
    package struct Spot: Hashable, Sendable {
        package var line: Int
        package var column: Int
    }

    /// One element. One that is repeated stands in the first cell of its table.
    package struct Element: Hashable, Sendable {
        /// `text`, `qr`, `barcode`, `line`, `box`, `rail` or `each`.
        package var kind: String
        /// What it shows, as the template says it.
        package var name: String
        /// On the sheet, in millimetres.
        package var frame: LabelFrame
        /// Within what it must stay.
        package var area: LabelFrame
        /// How many cells a table has beside and below each other; 1 for everything else.
        package var columns = 1
        package var rows = 1
        /// The table in whose cell it stands, by its place in the list; nil on the sheet itself.
        package var table: Int?
        package var placeSpot: Spot
        /// The same as ``placeSpot`` for lines and boxes, whose list holds both.
        package var sizeSpot: Spot
    }

    package var paper: LabelPaper
    package var elements: [Element]

    /// - Returns: nil for a document with mistakes.
    package init?(text: String) {
        guard let template = try? LabelTemplateDocument.load(text: text, path: "template"),
            let document = try? DocumentValue.parse(text: text, path: "template"),
            let list = document.members()?.first(where: { $0.name == "elements" })?.value
        else { return nil }
        paper = template.paper
        elements = []
        let sheet = LabelFrame(x: 0, y: 0, width: paper.width, height: paper.height)
        add(list, in: sheet, table: nil)
    }

    private mutating func add(_ list: DocumentValue, in area: LabelFrame, table: Int?) {
        for value in list.items() ?? [] {
            guard let members = value.members() else { continue }
            let values = Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            guard var found = Self.element(values, in: area) else { continue }
            found.table = table
            elements.append(found)
            guard found.kind == "each", let inner = values["elements"] else { continue }
            add(inner, in: found.frame, table: elements.count - 1)
        }
    }

    private static func element(_ values: [String: DocumentValue], in area: LabelFrame) -> Element? {
        for kind in ["line", "box"] {
            guard let value = values[kind] else { continue }
            guard let spot = spot(value), let ends = lengths(value), ends.count == 4 else { return nil }
            let width = kind == "line" ? ends[2] - ends[0] : ends[2]
            let height = kind == "line" ? ends[3] - ends[1] : ends[3]
            let frame = LabelFrame(x: area.x + ends[0], y: area.y + ends[1], width: width, height: height)
            return Element(kind: kind, name: kind, frame: frame, area: area, placeSpot: spot, sizeSpot: spot)
        }
        let kinds = ["text", "qr", "barcode", "rail", "each"]
        guard let kind = kinds.first(where: { values[$0] != nil }), let at = values["at"],
            let size = values[kind == "each" ? "cell" : "size"], let place = lengths(at), let extent = lengths(size),
            place.count == 2, extent.count == 2, let placeSpot = spot(at), let sizeSpot = spot(size)
        else { return nil }
        let frame = LabelFrame(x: area.x + place[0], y: area.y + place[1], width: extent[0], height: extent[1])
        let shown = values[kind]?.text() ?? ""
        var element = Element(
            kind: kind, name: kind == "text" ? shown : "\(kind) \(shown)", frame: frame, area: area,
            placeSpot: placeSpot, sizeSpot: sizeSpot)
        element.columns = values["columns"]?.text().flatMap { Int($0) } ?? 1
        element.rows = values["rows"]?.text().flatMap { Int($0) } ?? 1
        return element
    }

    private static func spot(_ value: DocumentValue) -> Spot? {
        value.node.startsAt.map { Spot(line: $0.line, column: $0.column) }
    }

    private static func lengths(_ value: DocumentValue) -> [Double]? {
        value.items()?.compactMap { $0.text().flatMap { Double($0) } }
    }
}
