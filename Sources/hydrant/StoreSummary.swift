import HydrantCore
import HydrantEngine
import HydrantStorage

/// What two databases with the same content agree in, whatever their row ids are.
struct StoreSummary {
    private var figures: [(name: String, value: String)] = []

    init(_ store: any Store) async throws {
        figures = try await store.read { reader in
            let counts = try reader.counts()
            var figures = [
                (name: "orders", value: "\(counts.orders)"), (name: "events", value: "\(counts.events)"),
                (name: "messages", value: "\(counts.messages)"), (name: "parked messages", value: "\(counts.parked)"),
                (name: "orders by state", value: "\(try reader.countsByState())"),
                (name: "orders by health", value: Self.sorted(try reader.healthCounts())),
            ]
            var instructions: Int64 = 0
            for count in try reader.instructionCounts().values { instructions += count }
            figures.append((name: "instructions", value: "\(instructions)"))
            figures.append((name: "findings", value: "\(try reader.findingCounts())"))
            let head = try reader.auditRows(AuditFilter(), before: .max, limit: 1).first
            figures.append((name: "audit trails", value: "\(head.map(\.number) ?? 0) \(head?.hash ?? [])"))
            figures.append((name: "rows and chains of orders", value: try Self.digest(reader)))
            return figures
        }
    }

    func differences(from other: StoreSummary) -> [String] {
        zip(figures, other.figures).filter { $0.0.value != $0.1.value }.map { "\($0.0.name) differ after the move" }
    }

    private static func sorted(_ counts: [UInt16: Int64]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ")
    }

    /// Over every order in order of arrival: its row and its events with their hashes.
    private static func digest(_ reader: any StoreReader) throws -> String {
        var digest: UInt64 = 0
        try reader.scanOrders { row, events in
            var row = row
            row.id = 0
            var bytes = Array("\(digest) \(row)".utf8)
            for event in events { bytes += Array("\(event.number)".utf8) + event.bytes + event.hash }
            digest = fnv1a(bytes)
        }
        return "\(digest)"
    }
}
