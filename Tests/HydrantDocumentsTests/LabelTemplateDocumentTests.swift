import Foundation
import HydrantCore
import Testing

@testable import HydrantDocuments

struct LabelTemplateDocumentTests {
    @Test(arguments: ["aggregated", "waybill", "picking-list", "picking-list-label", "packing-slip", "return-slip"])
    func `the shipped templates are read`(name: String) throws {
        let path = ProjectFiles.root + "/Templates/labels/\(name).yaml"
        let template = try LabelTemplateDocument.load(
            text: try String(contentsOfFile: path, encoding: .utf8), path: "\(name).yaml")
        #expect(template.name == name && template.version == "1" && !template.elements.isEmpty)
        #expect(template.title.chinese != template.title.english)
        #expect(
            template.sheet == (["aggregated", "picking-list", "picking-list-label"].contains(name) ? .bag : .order))
    }

    @Test func `the aggregated label has room for six orders with a code each`() throws {
        let path = ProjectFiles.root + "/Templates/labels/aggregated.yaml"
        let template = try LabelTemplateDocument.load(
            text: try String(contentsOfFile: path, encoding: .utf8), path: "a.yaml")
        let tables = template.elements.compactMap { element -> LabelTable? in
            if case .each(let table) = element.kind { table } else { nil }
        }
        #expect(tables.map(\.capacity) == [6] && tables.map(\.over) == [.orders])
        let codes = tables[0].elements.filter { if case .qr(_, .order) = $0.kind { true } else { false } }
        #expect(codes.count == 1)
    }

    private let head = "label: mine\nversion: 1\nsize: 100x150\nsheet: bag\nelements:\n"

    private func problems(_ elements: String) -> [String] {
        do {
            _ = try LabelTemplateDocument.load(text: head + elements, path: "l.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test(arguments: [
        ("  - {text: '{bag.cod}', at: [1, 1], size: [9, 9]}", "l.yaml:6:12", "Did you mean “bag.code”"),
        ("  - {text: '{order.number}', at: [1, 1], size: [9, 9]}", "l.yaml:6:12", "each: orders"),
        ("  - {text: '{order.receiver.room}', at: [1, 1], size: [9, 9]}", "l.yaml:6:12", "unknown field"),
        ("  - {text: '{bag.code', at: [1, 1], size: [9, 9]}", "l.yaml:6:12", "single {"),
        ("  - {text: x, at: [95, 1], size: [9, 9]}", "l.yaml:6:34", "does not fit into 100.0 x 150.0"),
        ("  - {text: x, at: [1], size: [9, 9]}", "l.yaml:6:19", "2 lengths"),
        ("  - {text: x, at: [1, nan], size: [9, 9]}", "l.yaml:6:23", "number from 0"),
        ("  - {text: x, at: [1, 1], size: [9, 9], font: 400}", "l.yaml:6:47", "4.0 to 72.0"),
        ("  - {qr: order, at: [1, 1], size: [9, 9]}", "l.yaml:6:10", "not known here"),
        ("  - {qr: receiver, at: [1, 1], size: [9, 9]}", "l.yaml:6:10", "unknown word"),
        ("  - {line: [1, 1, 5, 5]}", "l.yaml:6:12", "level or upright"),
        ("  - {rail: order, at: [1, 1], size: [9, 9]}", "l.yaml:6:12", "tables of orders"),
        ("  - {text: x, qr: bag, at: [1, 1], size: [9, 9]}", "l.yaml:6:5", "must be one of"),
        ("  - {text: x, at: [1, 1], size: [9, 9], script: y}", "l.yaml:6:41", "unknown key"),
        ("  - {text: x, at: [1, 1], size: [9, 9], when: {field: bag.line}}", "l.yaml:6:47", "is: present"),
        ("  - {each: items, at: [1, 1], cell: [9, 9], elements: []}", "l.yaml:6:12", "cannot stand here"),
        ("  - {each: orders, at: [1, 1], cell: [9, 9], rows: 40, elements: []}", "l.yaml:6:5", "does not fit"),
        ("  - &a {text: x, at: [1, 1], size: [9, 9]}", "l.yaml:6:5", "anchors"),
    ])
    func `a mistake is told with its place and what is allowed`(element: String, place: String, words: String) {
        let found = problems(element + "\n")
        #expect(found.count == 1 && found[0].hasPrefix(place) && found[0].contains(words), "\(found)")
    }

    @Test func `repetitions are counted before anything is drawn`() {
        let inner = "    - {text: x, at: [0, 0], size: [0.1, 0.1]}\n"
        let table =
            "  - each: goods\n    at: [0, 0]\n    cell: [1, 0.5]\n    columns: 20\n    rows: 200\n    elements:\n"
        #expect(problems(table + "  " + inner).isEmpty)
        let found = problems(table + "  " + inner + "  " + inner)
        #expect(found.count == 1 && found[0].contains("5000 elements"), "\(found)")
    }
}

/// Where an editor finds the elements of a template.
@Suite struct LabelTemplateOutlineTests {
    @Test(arguments: ["aggregated", "waybill", "picking-list", "picking-list-label", "packing-slip", "return-slip"])
    func `every element of a shipped template has its lists of lengths in the text`(name: String) throws {
        let path = ProjectFiles.root + "/Templates/labels/\(name).yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let outline = try #require(LabelTemplateOutline(text: text))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
        for element in outline.elements {
            for spot in [element.placeSpot, element.sizeSpot] {
                #expect(lines[spot.line - 1][spot.column - 1] == "[", "\(element)")
            }
            let (frame, area) = (element.frame, element.area)
            #expect(frame.x >= area.x && frame.x + frame.width <= area.x + area.width + 0.001, "\(element)")
            #expect(frame.y >= area.y && frame.y + frame.height <= area.y + area.height + 0.001, "\(element)")
        }
        #expect(
            outline.elements.count == text.split(separator: "\n").count { $0.contains("- {") || $0.contains("- each") })
    }

    @Test func `what is repeated stands in its first cell, and lines have one list for both`() throws {
        let text = """
            label: mine
            version: 1
            size: 76x130
            sheet: bag
            elements:
              - {line: [2, 9, 40, 9]}
              - each: orders
                at: [2, 10]
                cell: [30, 20]
                columns: 2
                rows: 3
                elements:
                  - {text: "单 {order.number}", at: [1, 2], size: [20, 5]}
            """
        let outline = try #require(LabelTemplateOutline(text: text))
        #expect(outline.paper == .small && outline.elements.map(\.kind) == ["line", "each", "text"])
        let (line, table, cell) = (outline.elements[0], outline.elements[1], outline.elements[2])
        #expect(line.frame == LabelFrame(x: 2, y: 9, width: 38, height: 0) && line.placeSpot == line.sizeSpot)
        #expect(table.columns == 2 && table.rows == 3 && table.placeSpot.line == 8 && table.sizeSpot.line == 9)
        #expect(cell.frame == LabelFrame(x: 3, y: 12, width: 20, height: 5) && cell.name == "单 {order.number}")
        #expect(cell.area == table.frame && cell.table == 1 && table.table == nil && cell.placeSpot.column == 40)
        #expect(LabelTemplateOutline(text: text.replacing("mine", with: "mine\nx: 1")) == nil)
    }
}
