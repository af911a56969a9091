import Foundation
import Glibc
import HydrantCore
import Testing

@testable import HydrantDocuments

struct FolderImportTests {
    /// Takes an import in and keeps everything that it gave.
    struct Result {
        var facts: [Fact] = []
        var badRows: [BadRow] = []
        var fractions: [Double] = []
        var summary = ImportSummary()
    }

    static let receivedAt = Instant(milliseconds: 1_600_000_000_000)

    static func run(_ document: String, _ folder: TemporaryFolder, chunk: Int = 100) async throws -> Result {
        let mapping = try MappingDocument.load(text: document, path: "m.yaml")
        var result = Result()
        result.summary = try await FolderImport(mapping: mapping, folder: folder.path, receivedAt: receivedAt)
            .run(chunk: chunk) { part in
                result.facts += part.facts
                result.badRows += part.badRows
                result.fractions.append(part.fraction)
            }
        return result
    }

    private func run(_ document: String, _ files: [String: String], chunk: Int = 100) async throws -> Result {
        try await FolderImportTests.run(document, try TemporaryFolder(text: files), chunk: chunk)
    }

    @Test func `a row becomes a fact with its time in the declared zone and its amount in fen`() async throws {
        let result = try await run(
            SmallDocument.text, ["orders.csv": "id,created,total\nA1,2020-02-21 00:00:02,178.8\nA2,,\n"])
        #expect(result.badRows == [])
        #expect(
            result.facts == [
                Fact(
                    source: "shop", messageID: result.facts[0].messageID, order: "A1",
                    occurredAt: Instant(text: "2020-02-20T16:00:02Z"), receivedAt: FolderImportTests.receivedAt,
                    body: .orderPlaced(OrderHeader(shop: "tm", payableMinor: 17_880))),
                Fact(
                    source: "shop", messageID: result.facts[1].messageID, order: "A2", occurredAt: nil,
                    receivedAt: FolderImportTests.receivedAt, body: .orderPlaced(OrderHeader(shop: "tm"))),
            ])
        #expect(result.facts[0].messageID.hasPrefix("order.placed:orders.csv:A1:"))
        #expect(result.summary.rows == 2)
        #expect(result.summary.facts == 2)
        #expect(result.summary.files == 1)
        #expect(result.fractions == [1])
    }

    @Test func `message numbers do not depend on the place of a row, but on what it says`() async throws {
        let rows = ["A1,2020-02-21 00:00:02,178.8", "A2,2020-02-21 00:00:03,5", "A3,,1"]
        let head = "id,created,total\n"
        let first = try await run(SmallDocument.text, ["orders.csv": head + rows.joined(separator: "\n")])
        let second = try await run(
            SmallDocument.text, ["orders.csv": head + rows.reversed().joined(separator: "\n")])
        #expect(first.facts == second.facts.reversed())
        let changed = try await run(
            SmallDocument.text, ["orders.csv": head + "A1,2020-02-21 00:00:02,178.9\n"])
        #expect(changed.facts[0].messageID != first.facts[0].messageID)
        #expect(Set(first.facts.map(\.messageID)).count == 3)
    }

    @Test func `each fact has its place, and of an order's rows only what says the same is dropped`() async throws {
        let text =
            SmallDocument.with("    facts:\n", "    group: true\n    facts:\n") + """

                      - kind: payment.reported
                        id: "{id}"
                        data: {id: "1", amountMinor: "{total}"}
                """
        let rows = "A1,2020-02-21 00:00:02,1\nA1,2020-02-21 00:00:02,1\nA1,2020-02-21 00:00:02,2\n"
        let folder = try TemporaryFolder(text: ["orders.csv": "id,created,total\n" + rows])
        let mapping = try MappingDocument.load(text: text, path: "m.yaml")
        var places: [String] = []
        _ = try await FolderImport(mapping: mapping, folder: folder.path, receivedAt: Self.receivedAt)
            .run(chunk: 100) { chunk in
                #expect(chunk.facts.count == chunk.places.count)
                places += zip(chunk.facts, chunk.places).map { "\($0.body.kind.rawValue) \($1)" }
            }
        // The third row is another order.placed, and another payment under the number of the first.
        #expect(
            places == [
                "order.placed orders.csv:2", "payment.reported orders.csv:2", "order.placed orders.csv:4",
                "payment.reported orders.csv:4",
            ])
    }

    @Test func `a row with one value that cannot be read gives nothing but its reason`() async throws {
        let result = try await run(
            SmallDocument.text,
            [
                "orders.csv": """
                id,created,total
                A1,2020-02-30 00:00:02,1
                A2,2020-02-21,1
                A3,2020-02-21 00:00:00,1.005
                ,2020-02-21 00:00:00,1
                A4,2020-02-21 00:00:00
                A5,2020-02-21 00:00:00,-1
                A6,2020-02-21 00:00:00,1
                """
            ])
        #expect(result.facts.map(\.order) == ["A6"])
        #expect(
            result.badRows.map(\.description) == [
                "orders.csv:2: column created: “2020-02-30 00:00:02” is no date in the formats yyyy-MM-dd HH:mm:ss",
                "orders.csv:3: column created: “2020-02-21” is no date in the formats yyyy-MM-dd HH:mm:ss",
                "orders.csv:4: column total: “1.005” is not an amount with at most 2 decimals",
                "orders.csv:5: the key (id) is empty", "orders.csv:6: has 2 columns where 3 are expected",
                "orders.csv:7: order.placed: data.payableMinor must be from 0 to 1000000000000, is -100; in fen (minor "
                    + "units): 129.00 yuan is 12900",
            ])
        #expect(result.summary.badRows == 6)
    }

    @Test func `a missing column is named with the closest one of the file`() async throws {
        let problem = await #expect(throws: FileProblem.self) {
            try await run(SmallDocument.text, ["orders.csv": "id,createdd,sum\n1,2,3\n"])
        }
        #expect(
            problem?.description
                == "orders.csv: has no column “created” (did you mean “createdd”?), “total”; its columns are "
                + "id, createdd, sum")
    }

    @Test func `a missing file and an empty one are named before anything is taken in`() async throws {
        let missing = await #expect(throws: FileProblem.self) { try await run(SmallDocument.text, ["x.csv": ""]) }
        #expect(
            missing?.description
                == "orders.csv: is missing in the folder, also as .gz and .zst; the folder has x.csv")
        let empty = await #expect(throws: FileProblem.self) {
            try await run(SmallDocument.text, ["orders.csv": ""])
        }
        #expect(empty?.description == "orders.csv: is empty, not even a header line")
        let mapping = try MappingDocument.load(text: SmallDocument.text, path: "m.yaml")
        let nowhere = await #expect(throws: FileProblem.self) {
            try await FolderImport(mapping: mapping, folder: "/nowhere", receivedAt: FolderImportTests.receivedAt)
                .run(chunk: 1) { _ in }
        }
        #expect(nowhere?.message == "is not a folder that can be read")
    }

    @Test func `a pattern takes several files in the order of their names, and an optional one may be missing`()
        async throws
    {
        let document = SmallDocument.with("file: orders.csv", "file: orders-*.csv\n    optional: true")
        let head = "id,created,total\n"
        let result = try await run(
            document, ["orders-2.csv": head + "B,,\n", "orders-1.csv": head + "A,,\n", "notes.txt": "x"])
        #expect(result.facts.map(\.order) == ["A", "B"])
        #expect(result.summary.files == 2)
        #expect(try await run(document, ["notes.txt": "x"]).facts == [])
    }

    @Test func `of a plain and a packed file of one name the plain one counts`() async throws {
        let folder = try TemporaryFolder([
            "orders.csv": Data("id,created,total\nA,,\n".utf8), "orders.csv.zst": PackedSamples.zstd,
        ])
        #expect(try await FolderImportTests.run(SmallDocument.text, folder).facts.map(\.order) == ["A"])
    }

    @Test func `facts come in chunks with a fraction that grows to one`() async throws {
        let rows = (0..<20_000).map { "A\($0),2020-02-21 00:00:00,\($0).50" }.joined(separator: "\n")
        let result = try await run(SmallDocument.text, ["orders.csv": "id,created,total\n" + rows], chunk: 1_000)
        #expect(result.facts.map(\.order) == (0..<20_000).map { "A\($0)" })
        #expect(result.fractions.count == 21)
        #expect(result.fractions == result.fractions.sorted())
        #expect(result.fractions.last == 1)
        #expect((result.fractions.first ?? 1) < 0.5)
    }

    @Test func `what the taker throws ends the import`() async throws {
        struct Full: Error {}
        let folder = try TemporaryFolder(text: ["orders.csv": "id,created,total\nA,,\nB,,\n"])
        let mapping = try MappingDocument.load(text: SmallDocument.text, path: "m.yaml")
        var chunks = 0
        await #expect(throws: Full.self) {
            _ = try await FolderImport(mapping: mapping, folder: folder.path, receivedAt: FolderImportTests.receivedAt)
                .run(chunk: 1) { _ in
                    chunks += 1
                    throw Full()
                }
        }
        #expect(chunks == 1)
    }

    @Test func `a pipe in the folder does not hold the import up`() async throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path(of: "orders.csv"), 0o600) == 0)
        await #expect(throws: FileProblem(file: "orders.csv", message: "is not a file")) {
            try await Self.run(SmallDocument.text, folder)
        }
        #expect(throws: FileProblem(file: "orders.csv", message: "is not a file")) {
            try PlainSource(path: folder.path(of: "orders.csv"), name: "orders.csv")
        }
    }

    @Test func `a link out of the folder is refused, one inside is followed`() async throws {
        let outside = try TemporaryFolder(text: ["secret.csv": "id,created,total\nA1,,\n"])
        let folder = try TemporaryFolder()
        #expect(symlink(outside.path(of: "secret.csv"), folder.path(of: "orders.csv")) == 0)
        await #expect(throws: FileProblem.self) { try await Self.run(SmallDocument.text, folder) }
        let inner = try TemporaryFolder(text: ["real.txt": "id,created,total\nA1,,\n"])
        #expect(symlink("real.txt", inner.path(of: "orders.csv")) == 0)
        #expect(try await Self.run(SmallDocument.text, inner).facts.count == 1)
    }
}
