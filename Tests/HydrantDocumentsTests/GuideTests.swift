import Foundation
import HydrantCore
import Testing

@testable import HydrantDocuments

/// docs/mapping.md must say what the program does.
struct GuideTests {
    private let guide: String

    init() throws { guide = try String(contentsOfFile: ProjectFiles.root + "/docs/mapping.md", encoding: .utf8) }

    /// The indented block that begins with a line.
    private func block(beginning line: String) throws -> String {
        let lines = guide.components(separatedBy: "\n")
        let begin = try #require(lines.firstIndex(of: "    " + line))
        let block = lines[begin...].prefix { $0.isEmpty || $0.hasPrefix("    ") }
        return block.map { String($0.dropFirst(4)) }.joined(separator: "\n") + "\n"
    }

    @Test func `the example of the guide works as it stands`() async throws {
        let parcels = try block(beginning: "order;parcel;courier;number;left")
        let folder = try TemporaryFolder(text: [
            "orders.csv": try block(beginning: "单号,下单时间,应付,付款时间,状态"),
            // All of it is ASCII, which is GBK too.
            "parcels.csv": parcels,
        ])
        let document = try block(beginning: "mapping: my-shop              # the name of this document")
        let mapping = try MappingDocument.load(text: document, path: "my-shop.yaml")
        let result = try await FolderImportTests.run(document, folder)
        #expect(result.badRows == [])
        #expect(
            result.facts.map { "\($0.order) \($0.source) \($0.body.kind.rawValue)" } == [
                "A1 shop order.placed", "A1 shop payment.reported", "A1 shop status.reported", "A2 shop order.placed",
                "A2 shop status.reported", "A1 wms tracking.reported", "A1 wms parcel.handed-over",
            ])
        #expect(
            result.facts.map { $0.occurredAt?.text ?? $0.word ?? "" } == [
                "2026-11-11T12:03:11.000Z", "2026-11-11T12:04:02.000Z", "已发货", "2026-11-11T12:05:40.000Z", "待付款",
                "2026-11-12T01:30:00.000Z", "2026-11-12T01:30:00.000Z",
            ])
        var order = Order(number: "A1")
        for fact in result.facts where fact.order == "A1" {
            for event in try decide(order, fact, settings: mapping.settings, now: fact.receivedAt) {
                order.evolve(event)
            }
        }
        #expect(order.state == 5)
        #expect(
            order.findings(settings: mapping.settings, now: Instant(milliseconds: 1_800_000_000_000)).map(\.kind) == [
                .noLines
            ])
    }

    @Test func `the guide names every kind of fact and every member of its data`() {
        for kind in mappableKinds {
            #expect(guide.contains("`\(kind.rawValue)`"), "\(kind.rawValue)")
            for field in factFields[kind] ?? [] {
                let name = field.isRequired ? "**\(field.name)**" : field.name
                #expect(guide.contains(name), "\(kind.rawValue) \(field.name)")
            }
        }
    }

    @Test func `the guide names every key`() {
        let keys = layoutKeys + settingsKeys + documentOnlyKeys + fileOnlyKeys + factKeys + valueKeys
        for key in keys where !["text", "column"].contains(key) {
            #expect(guide.contains("`\(key)`") || guide.contains("\(key):"), "\(key)")
        }
    }

    private let documentOnlyKeys = ["mapping", "version", "source", "exportedAt", "lookups", "files"]
    private let fileOnlyKeys = ["file", "optional", "key", "columns", "when", "group", "join", "facts"]
    private let factKeys = ["kind", "when", "once", "source", "id", "occurredAt", "word", "data"]
    private let valueKeys = ["sum", "sumOfRows", "as", "translate", "otherwise", "dateFormats"]

    @Test(arguments: ["olist", "tmall", "amazon_in", "sap_vbfa"])
    func `every shipped mapping document is right`(name: String) throws {
        let path = "\(ProjectFiles.root)/Templates/\(name).yaml"
        let mapping = try MappingDocument.load(text: try String(contentsOfFile: path, encoding: .utf8), path: path)
        #expect(mapping.name == name)
        #expect(mapping.settings.version == "\(name)-1")
        #expect(mapping.exportedAt != nil)
    }
}
