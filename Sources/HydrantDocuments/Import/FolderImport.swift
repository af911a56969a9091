package import HydrantCore

/// Some facts of an import, with what could not be read on the way.
package struct ImportChunk: Sendable {
    package var facts: [Fact]
    /// Where each of the facts stands.
    package var places: [ImportPlace]
    package var badRows: [BadRow]
    /// The share of all bytes that is read, from 0 to 1.
    package var fraction: Double
}

/// The row of a file that states a fact.
package struct ImportPlace: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// The line of the file on which the row begins, from 1.
    package var line: Int

    package var description: String { "\(file):\(line)" }
}

/// A fact and where it stands.
struct ImportedFact: Sendable {
    var fact: Fact
    var place: ImportPlace
}

/// What an import read.
package struct ImportSummary: Hashable, Sendable {
    package var files = 0
    package var rows = 0
    package var facts = 0
    package var badRows = 0
    /// Bytes on the disk.
    package var bytes: Int64 = 0
    /// What was read without an error and can hardly be meant so, each with what to look at in the mapping document.
    package var notes: [String] = []

    package init() {}
}

/// Turns the files of a folder into facts, in the order of the document, the files and their rows.
///
/// A row gives all of its facts or, when one of its values cannot be read, none and a bad row with the reason.
package struct FolderImport: Sendable {
    package let mapping: Mapping
    package let folder: String
    /// When facts without a time are known to hold: the document's `exportedAt`, else the time that the caller gives.
    package let receivedAt: Instant

    package init(mapping: Mapping, folder: String, receivedAt: Instant) {
        self.mapping = mapping
        self.folder = folder
        self.receivedAt = mapping.exportedAt ?? receivedAt
    }

    /// Looks whether every file and every column that the document names is there, before anything is written.
    package func check() throws(FileProblem) { try ImportRun(self).checkColumns() }

    /// Reads everything. Nothing is emitted before every file that the document names was found.
    ///
    /// - Parameters:
    ///   - chunk: how many facts to gather before they are handed on.
    ///   - emit: takes a chunk; what it throws ends the import.
    package nonisolated(nonsending) func run(
        chunk: Int, emit: (ImportChunk) async throws -> Void
    ) async throws -> ImportSummary {
        var run = try ImportRun(self)
        var summary = ImportSummary()
        var orders = PlacedOrders(mapping)
        while true {
            let isMore = try run.gather(chunk)
            let emitted = run.take()
            for fact in emitted.facts { orders.add(fact) }
            summary.facts += emitted.facts.count
            summary.badRows += emitted.badRows.count
            if !emitted.facts.isEmpty || !emitted.badRows.isEmpty || !isMore { try await emit(emitted) }
            guard isMore else { break }
        }
        summary.files = run.fileCount
        summary.rows = run.rowCount
        summary.bytes = run.totalBytes
        summary.notes = run.notes + [orders.note].compactMap(\.self)
        return summary
    }
}

/// Whether the files of an import meet at the order number: of which orders there are facts and none that they were
/// placed, where the document says how orders are placed.
private struct PlacedOrders {
    private let isAsked: Bool
    private var all: Set<Int> = []
    private var placed: Set<Int> = []
    private var example: (hash: Int, order: String)?

    init(_ mapping: Mapping) { isAsked = mapping.files.contains { $0.facts.contains { $0.kind == .orderPlaced } } }

    mutating func add(_ fact: Fact) {
        guard isAsked else { return }
        let hash = fact.order.hashValue
        all.insert(hash)
        if fact.body.kind == .orderPlaced {
            placed.insert(hash)
            if example?.hash == hash { example = nil }
        } else if example == nil, !placed.contains(hash) {
            example = (hash, fact.order)
        }
    }

    var note: String? {
        let missing = all.count - placed.count
        guard missing > 0 else { return nil }
        let named = example.map { ", for instance \($0.order)" } ?? ""
        return "\(missing) of \(all.count) orders of these files have facts and no order.placed\(named): files meet at "
            + "the order number, so look whether `key` of every file gives the same number, letter by letter"
    }
}

/// An import under way: pulls rows and gathers their facts.
struct ImportRun {
    private let order: FolderImport
    private var lookups: [String: LookupTable] = [:]
    private var waiting: [(FileMapping, FoundFile)] = []
    private var current: FileRun?
    private var facts: [ImportedFact] = []
    private var badRows: [BadRow] = []
    private var bytesDone: Int64 = 0
    private(set) var notes: [String] = []
    let totalBytes: Int64
    let fileCount: Int
    private(set) var rowCount = 0

    init(_ order: FolderImport) throws(FileProblem) {
        self.order = order
        let listing = try FolderListing(folder: order.folder)
        for file in order.mapping.files {
            for found in try listing.files(file.layout) { waiting.append((file, found)) }
        }
        var sideFiles: [(LookupMapping, [FoundFile])] = []
        for lookup in order.mapping.lookups { sideFiles.append((lookup, try listing.files(lookup.layout))) }
        for (lookup, files) in sideFiles { lookups[lookup.name] = try LookupTable(lookup, files, bad: &badRows) }
        totalBytes = waiting.reduce(0) { $0 + $1.1.size }
        fileCount = waiting.count + sideFiles.reduce(0) { $0 + $1.1.count }
    }

    /// Opens every file and looks for its columns.
    func checkColumns() throws(FileProblem) {
        for (mapping, found) in waiting { _ = try FileRun(order, mapping, found, lookups) }
    }

    /// Reads on until so many facts are gathered; false at the end of the last file.
    mutating func gather(_ count: Int) throws(FileProblem) -> Bool {
        while facts.count < count, badRows.count < max(count, 1_000) {
            if current == nil {
                guard !waiting.isEmpty else { return false }
                let (mapping, found) = waiting.removeFirst()
                current = try FileRun(order, mapping, found, lookups)
            }
            let isMore = try current?.step(facts: &facts, badRows: &badRows) ?? false
            if !isMore, let done = current {
                bytesDone += done.file.size
                rowCount += done.rowCount
                notes += done.notes
                current = nil
            }
        }
        return true
    }

    mutating func take() -> ImportChunk {
        let taken = bytesDone + (current.map { min($0.bytesTaken, $0.file.size) } ?? 0)
        let isDone = current == nil && waiting.isEmpty
        let fraction = isDone || totalBytes == 0 ? 1 : Double(taken) / Double(totalBytes)
        defer {
            facts = []
            badRows = []
        }
        return ImportChunk(
            facts: facts.map(\.fact), places: facts.map(\.place), badRows: badRows, fraction: fraction)
    }
}
