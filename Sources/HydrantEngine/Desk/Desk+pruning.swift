package import HydrantCore
import HydrantStorage

extension Desk {
    /// How long a label that was printed, or given up, can be looked at.
    package static let labelRetention = Milliseconds.hours(7 * 24)
    /// How long a bag that was handed over or is void can be looked at. Afterwards the trail says what was done with
    /// it, and its orders' events when they left.
    package static let bagRetention = Milliseconds.hours(90 * 24)
    /// How long the code of a printed paper opens what it is about: a return slip comes back late.
    package static let paperRetention = Milliseconds.hours(180 * 24)

    /// How long a scan of a unit is known again after its parcel was packed: a desk without a network sends late.
    package static let scanRetention = Milliseconds.hours(7 * 24)

    /// Takes the documents away that nobody needs any more.
    func prune() async throws {
        try await prune(.printed, before: now - Self.labelRetention) { _ in true }
        try await prune(.jobs, before: now - Self.labelRetention) { record in
            PrintJob(json: try JSON(bytes: record.body))?.state == .failed
        }
        try await prune(.done, before: now - Self.bagRetention) { _ in true }
        try await prune(.packedWorks, before: now - Self.scanRetention) { _ in true }
        try await prune(.papers, before: now - Self.paperRetention) { _ in true }
    }

    private func prune(
        _ collection: Collection, before end: Instant, where isOver: (StoredRecord) throws -> Bool
    ) async throws {
        var cursor = ""
        while true {
            let after = cursor
            let page = try await hub.store.read { try $0.records(collection.rawValue, after: after, limit: 500) }
            let old = try page.filter { try $0.changedAt < end && isOver($0) }.map(\.key)
            if !old.isEmpty {
                try await hub.store.transaction { transaction in
                    for key in old { _ = try transaction.deleteRecord(collection.rawValue, key) }
                }
            }
            guard page.count == 500, let last = page.last else { return }
            cursor = last.key
        }
    }
}
