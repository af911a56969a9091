import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage

/// Reads a folder through a mapping document into a hub, with a progress bar.
struct Importer {
    struct Summary {
        var orders: Int64 = 0
        var facts = 0
        var duplicates = 0
        var parked = 0
        var seconds = 0.0
        var firstParked: String?
        var notes: [String] = []

        var json: JSON {
            [
                "orders": .integer(orders), "facts": .integer(Int64(facts)),
                "duplicates": .integer(Int64(duplicates)), "parked": .integer(Int64(parked)),
                "seconds": .rounded(seconds),
            ]
        }
    }

    let hub: Hub
    let document: Mapping
    let folder: String

    func run() async throws -> Summary {
        let running = Task { try await hub.run() }
        defer { running.cancel() }
        let progress = ProgressBar("importing \(document.name)")
        let source = FolderImport(mapping: document, folder: folder, receivedAt: hub.clock.now())
        var summary = Summary()
        // One chunk is written while the next one is read.
        var writing: Task<(ImportChunk, [FactReceipt]), any Error>?
        let read = try await source.run(chunk: 1_000) { chunk in
            let submission = try submission(of: chunk)
            if let earlier = try await writing?.value { try await settle(earlier, &summary) }
            let hub = hub
            writing = Task { (chunk, try await hub.committer.submit(submission)) }
            progress.show(chunk.fraction, "\(summary.facts) facts")
        }
        if let earlier = try await writing?.value { try await settle(earlier, &summary) }
        progress.finish()
        summary.orders = try await hub.store.read { try $0.counts().orders }
        summary.seconds = progress.seconds
        summary.notes = read.notes
        running.cancel()
        try await running.value
        return summary
    }

    private func submission(of chunk: ImportChunk) throws -> Submission {
        let now = hub.clock.now()
        var submission = Submission()
        submission.door = .fileImport
        submission.parked = try chunk.badRows.map { row in
            try hub.intake.park(
                [], source: document.source, place: "\(row.file):\(row.line)", reason: row.reason, now: now)
        }
        submission.facts = try chunk.facts.map { try hub.intake.seal($0) }
        return submission
    }

    /// Counts what was written, and keeps what was not recorded as a fact with its place and reason.
    private func settle(_ written: (ImportChunk, [FactReceipt]), _ summary: inout Summary) async throws {
        let (chunk, receipts) = written
        let now = hub.clock.now()
        var rows: [ParkedRow] = []
        for row in chunk.badRows { summary.park("\(row)") }
        for (index, receipt) in receipts.enumerated() {
            let (fact, place) = (chunk.facts[index], chunk.places[index])
            let reason: String
            switch receipt {
            case .accepted:
                summary.facts += 1
                continue
            case .duplicate:
                summary.duplicates += 1
                continue
            case .parked(let known):
                summary.park("\(place): \(known)")
                continue
            case .conflicting: reason = ParkedReason.otherMessage
            case .refused(let refusal): reason = refusal.text.english
            }
            summary.park("\(place): \(fact.body.kind.rawValue): \(reason)")
            rows.append(try hub.intake.park(fact, place: "\(place)", reason: reason, now: now))
        }
        if !rows.isEmpty { _ = try await hub.committer.submit(Submission(parked: rows)) }
    }
}

extension Importer.Summary {
    fileprivate mutating func park(_ reason: String) {
        parked += 1
        if firstParked == nil { firstParked = reason }
    }
}
