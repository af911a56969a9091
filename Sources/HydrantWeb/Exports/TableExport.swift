/// A table of texts on its way into a file, row by row, so that memory does not grow with it. No cell is ever run as a
/// formula by the program that opens the file.
package protocol TableExport {
    static var contentType: String { get }
    static var fileEnding: String { get }

    /// The bytes that a row adds; the first row is the head.
    mutating func row(_ cells: [String]) -> [UInt8]

    /// The bytes behind the last row.
    mutating func finish() -> [UInt8]
}

/// RFC 4180 with a mark in front that tells Excel that it is UTF-8.
package struct CSVExport: TableExport {
    package static let contentType = "text/csv; charset=utf-8"
    package static let fileEnding = "csv"

    private var isBegun = false

    package init() {}

    package mutating func row(_ cells: [String]) -> [UInt8] {
        let mark: [UInt8] = isBegun ? [] : [0xEF, 0xBB, 0xBF]
        isBegun = true
        return mark + Array((cells.map(Self.cell).joined(separator: ",") + "\r\n").utf8)
    }

    package mutating func finish() -> [UInt8] { [] }

    private static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map {
            "=+-@\t\r\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0)
        }
        let safe = isFormula == true ? "'" + text : text
        let isPlain = !safe.unicodeScalars.contains { "\",\r\n'".unicodeScalars.contains($0) }
        return isPlain ? safe : "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}

/// Office Open XML (ECMA-376) with texts in the cells themselves, which are texts whatever they begin with. A sheet
/// that is full is followed by another one.
package struct XLSXExport: TableExport {
    package static let contentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    package static let fileEnding = "xlsx"

    private var zip = ZipStream()
    private var sheets = 0
    private var rows = 0
    private var head: [String] = []
    private let rowsPerSheet: Int

    /// - Parameter rowsPerSheet: as many as Excel opens, unless a test wants less.
    package init(rowsPerSheet: Int = 1_048_576) { self.rowsPerSheet = rowsPerSheet }

    package mutating func row(_ cells: [String]) -> [UInt8] {
        if sheets == 0 {
            head = cells
            return beginSheet() + written(cells)
        }
        guard rows == rowsPerSheet else { return written(cells) }
        return endSheet() + beginSheet() + written(head) + written(cells)
    }

    package mutating func finish() -> [UInt8] {
        guard sheets > 0 else { return zip.finish() }
        var bytes = endSheet()
        for (name, text) in parts { bytes += zip.entry(name, Array(text.utf8)) }
        return bytes + zip.finish()
    }

    private mutating func beginSheet() -> [UInt8] {
        sheets += 1
        rows = 0
        let start =
            Self.declaration + "<worksheet xmlns=\"\(Self.main)\"><sheetViews><sheetView workbookViewId=\"0\">"
            + "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView>"
            + "</sheetViews><sheetData>"
        return zip.begin("xl/worksheets/sheet\(sheets).xml") + zip.add(Array(start.utf8))
    }

    private mutating func endSheet() -> [UInt8] {
        zip.add(Array("</sheetData></worksheet>".utf8)) + zip.end()
    }

    private mutating func written(_ cells: [String]) -> [UInt8] {
        rows += 1
        let text = cells.map { "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">\(Self.escaped($0))</t></is></c>" }
        return zip.add(Array("<row>\(text.joined())</row>".utf8))
    }

    /// Characters that XML does not know at all are shown as what they are not.
    private static func escaped(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\t", "\n", "\r": out.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006"
    private static let types = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    /// The parts that name the sheets.
    private var parts: [(String, String)] {
        let numbers = Array(1...sheets)
        let overrides = numbers.map {
            "<Override PartName=\"/xl/worksheets/sheet\($0).xml\" ContentType=\"\(Self.types).worksheet+xml\"/>"
        }
        let names = numbers.map { "<sheet name=\"\($0)\" sheetId=\"\($0)\" r:id=\"rId\($0)\"/>" }
        let links = numbers.map {
            "<Relationship Id=\"rId\($0)\" Type=\"\(Self.office)/worksheet\" Target=\"worksheets/sheet\($0).xml\"/>"
        }
        let relations = "\(Self.declaration)<Relationships xmlns=\"\(Self.package)/relationships\">"
        return [
            (
                "[Content_Types].xml",
                "\(Self.declaration)<Types xmlns=\"\(Self.package)/content-types\">"
                    + "<Default Extension=\"rels\" "
                    + "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                    + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"\(Self.types).sheet.main+xml\"/>"
                    + overrides.joined() + "</Types>"
            ),
            (
                "_rels/.rels",
                relations
                    + "<Relationship Id=\"rId1\" Type=\"\(Self.office)/officeDocument\" Target=\"xl/workbook.xml\"/>"
                    + "</Relationships>"
            ),
            (
                "xl/workbook.xml",
                "\(Self.declaration)<workbook xmlns=\"\(Self.main)\" xmlns:r=\"\(Self.office)\"><sheets>"
                    + names.joined() + "</sheets></workbook>"
            ),
            ("xl/_rels/workbook.xml.rels", relations + links.joined() + "</Relationships>"),
        ]
    }
}
