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
        guard !SourceNames.isNobodys(document.source) else {
            throw CommandProblem(
                "\(mapping): the source \(document.source) is the hub itself, or reads like somebody who works at it",
                advice: "Give it another name.")
        }
        do throws(FileProblem) {
            try FolderImport(mapping: document, folder: folder, receivedAt: SystemClock().now()).check()
        } catch {
            throw CommandProblem(
                "\(error)",
                advice: "Nothing was changed. Where the files are the right ones, correct the names of files and "
                    + "columns in \(mapping), also its `separator`, `encoding` and `columns`; else check --from "
                    + "(\(folder)).")
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
            throw CommandProblem(
                "\(problem)",
                advice: "What was read before is kept. Correct the file and start again: what is there already is "
                    + "recognised.")
        }
        try await open.store.close()
        Terminal.result(summary.json)
        for note in summary.notes { Terminal.standardError("please check: \(note)\n") }
        guard let first = summary.firstParked else { return }
        let count = summary.parked == 1 ? "1 row was" : "\(summary.parked) rows were"
        Terminal.standardError("\(count) parked with the reason; the first: \(first)\n  \(advice(summary))\n")
        throw ExitCode(1)
    }

    private func advice(_ summary: Importer.Summary) -> String {
        let pages = "All reasons are on the page /settings/parked of `hydrant serve`."
        if summary.facts == 0, summary.duplicates == 0 {
            return "No row was taken: most likely \(mapping) does not fit these files. Compare `key`, `dateFormats` "
                + "and `decimalSeparator` with the row above, and start again. " + pages
        }
        return "The other rows are in. Correct the row or \(mapping), and start again: what is in is recognised. "
            + pages
    }
}
