import HydrantCore
import Testing

@testable import HydrantDocuments

/// What an import says of a mapping document that does not fit the files.
struct ImportNotesTests {
    private static let parcels = """

          - file: parcels.csv
            key: order
            facts:
              - kind: tracking.reported
                data: {parcel: "{parcel}", courier: SF, number: "{number}"}
        """
    private static let goods = """

        lookups:
          goods:
            file: goods.csv
            key: sku
            columns: [brand]
        """

    private func notes(_ document: String, _ files: [String: String]) async throws -> [String] {
        try await FolderImportTests.run(document, try TemporaryFolder(text: files)).summary.notes
    }

    private func refusal(_ document: String, _ files: [String: String]) throws -> String? {
        let folder = try TemporaryFolder(text: files)
        let mapping = try MappingDocument.load(text: document, path: "m.yaml")
        let order = FolderImport(mapping: mapping, folder: folder.path, receivedAt: FolderImportTests.receivedAt)
        do {
            try order.check()
            return nil
        } catch { return error.description }
    }

    @Test func `columns are looked for in every file before anything is taken in`() throws {
        let document = SmallDocument.text + Self.parcels
        let orders = "id,created,total\nA1,2020-02-21 00:00:02,1\n"
        #expect(try refusal(document, ["orders.csv": orders, "parcels.csv": "order,parcel,number\n"]) == nil)
        let late = try #require(
            try refusal(document, ["orders.csv": orders, "parcels.csv": "order,parcel,numbr\n"]))
        #expect(late.contains("parcels.csv: has no column “number” (did you mean “numbr”?)"))
    }

    @Test(arguments: [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
    func `a header that was cut at the wrong places names the separator`(separator: String, word: String) throws {
        let header = ["id", "created", "total"].joined(separator: separator) + "\n"
        let refused = try #require(try refusal(SmallDocument.text, ["orders.csv": header]))
        #expect(refused.hasSuffix("perhaps the file wants `separator: \(word)`"))
        let fitting = try #require(try refusal(SmallDocument.text, ["orders.csv": "id,created\n"]))
        #expect(!fitting.contains("separator"))
    }

    @Test func `files that do not meet at the order number are named with an example`() async throws {
        let orders = "id,created,total\nA1,2020-02-21 00:00:02,1\nA2,2020-02-21 00:00:02,1\n"
        let document = SmallDocument.text + Self.parcels
        let apart = try await notes(
            document, ["orders.csv": orders, "parcels.csv": "order,parcel,number\n1,1,SF1\n2,2,SF2\n"])
        #expect(apart.count == 1)
        #expect(apart.first?.hasPrefix("2 of 4 orders of these files have facts and no order.placed") == true)
        #expect(apart.first?.contains("for instance 1:") == true && apart.first?.contains("`key`") == true)
        let together = try await notes(
            document, ["orders.csv": orders, "parcels.csv": "order,parcel,number\nA1,1,SF1\nA2,2,SF2\n"])
        #expect(together == [])
    }

    @Test func `a lookup in which nothing is found and conditions that nothing meets are named`() async throws {
        let joined = SmallDocument.with("key: id", "key: id\n    join: {lookup: goods, by: total}") + Self.goods
        let files = ["orders.csv": "id,created,total\nA1,2020-02-21 00:00:02,1\n", "goods.csv": "sku,brand\n7,x\n"]
        let lost = try await notes(joined, files)
        #expect(lost.count == 1 && lost.first?.contains("no row has its total in the lookup goods") == true)
        let found = try await notes(joined, files.merging(["goods.csv": "sku,brand\n1,x\n"]) { $1 })
        #expect(found == [])
        let silent = SmallDocument.with("key: id", "key: id\n    when: {created: empty}")
        #expect(
            try await notes(silent, files) == [
                "orders.csv: none of 1 rows gave a fact: look whether the conditions under `when` fit what stands in "
                    + "the file"
            ])
    }
}
