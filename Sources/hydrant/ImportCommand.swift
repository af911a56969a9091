import ArgumentParser
import Foundation
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage
import Logging

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read orders from CSV files through a mapping document.",
        discussion: """
            The mapping document says which columns are which facts; Templates/ has complete ones and docs/mapping.md \
            explains them. Reading the same files again changes nothing.
            """)

    @Option(help: "The mapping document (YAML).")
    var mapping: String

    @Option(name: .customLong("from"), help: "The folder with the files.")
    var folder: String

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let text = try SavedDocument.read(mapping)
        let document = try readDocument { () throws(DocumentProblems) in
            try MappingDocument.load(text: text, path: mapping)
        }
        guard document.source != SourceNames.hub, document.source != SourceNames.desk else {
            throw CommandProblem(
                "\(mapping): the source \(document.source) is the hub itself", advice: "Give it another name.")
        }
        do throws(FileProblem) {
            try FolderImport(mapping: document, folder: folder, receivedAt: SystemClock().now()).check()
        } catch {
            throw CommandProblem("\(error)", advice: "Nothing was changed. Check --from and start again.")
        }
        let open = try await OpenDatabase.writing(database)
        try await SavedDocument.save(text, path: mapping, in: open)
        let hub = Hub(
            store: open.store, keyring: open.keyring, clock: SystemClock(), settings: document.settings,
            log: Logger(label: "hydrant.import"))
        let importer = Importer(hub: hub, document: document, folder: folder)
        let summary: Importer.Summary
        do {
            summary = try await importer.run()
        } catch let failure as StoreFailure {
            throw CommandProblem("\(failure.code) \(failure.message)", advice: failure.advice)
        } catch let problem as FileProblem {
            throw CommandProblem("\(problem)", advice: "What was read before is kept; start again and it goes on.")
        }
        try await open.store.close()
        Terminal.result(summary.json)
        guard let first = summary.firstParked else { return }
        Terminal.standardError("\(summary.parked) rows were parked with their reasons; the first: \(first)\n")
        throw ExitCode(1)
    }
}
