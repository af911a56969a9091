import Testing

@Suite struct ImportTests {
    private let table = ImportRules.table(of: SourceTree.text(of: "ARCHITECTURE.md") ?? "")

    @Test func `a target imports only what the table of ARCHITECTURE names`() {
        expectNone(SourceTree.sources.flatMap { ImportRules.forbidden($0, table: table) })
    }

    @Test func `the core imports nothing`() {
        #expect(table["HydrantCore"] == [])
        let core = SourceTree.sources.filter { $0.target == "HydrantCore" }
        #expect(core.count > 10)
        expectNone(core.flatMap { file in ImportRules.imports(of: file).map { file.violation($0.line, $0.module) } })
    }

    @Test func `the table has a row for every target and no other`() {
        let targets = Set(SourceTree.sources.compactMap(\.target))
        expectNone(targets.symmetricDifference(table.keys).sorted())
    }

    @Test func `a forbidden import and an unknown target are found`() {
        let table = ImportRules.table(
            of: """
                | target | holds | may import |
                |---|---|---|
                | `HydrantCore` | the domain | nothing |
                | `HydrantStorage` | the store | `HydrantCore`, `Crypto` |
                """)
        #expect(table == ["HydrantCore": [], "HydrantStorage": ["HydrantCore", "Crypto"]])
        let text = "@testable package import struct Foundation.Data\n\"\"\"\nimport GRDB\n\"\"\"\nimport Crypto // x\n"
        #expect(
            ImportRules.forbidden(sample("Sources/HydrantStorage/A.swift", text), table: table)
                == ["Sources/HydrantStorage/A.swift:1: HydrantStorage may not import Foundation"])
    }

    @Test func `no file imports both an HTTP server and a database driver`() {
        expectNone(SourceTree.swiftFiles.flatMap(ImportRules.serverAndDriver))
    }

    @Test func `a file with server and driver is found`() {
        let text = "import Hummingbird\npackage import GRDB\n"
        #expect(
            ImportRules.serverAndDriver(sample("Sources/A/B.swift", text))
                == ["Sources/A/B.swift:1: imports an HTTP server and a database driver"])
        #expect(ImportRules.serverAndDriver(sample("Sources/A/B.swift", "import Hummingbird\n")) == [])
    }
}
