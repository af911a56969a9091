import HydrantConnectorKit
import HydrantCore
import HydrantStorage
import Logging

extension Dispatcher {
    /// Takes in which lanes may have work: those that a commit wrote to, and from time to time all that the database
    /// has, since another process may have written there.
    func lookAround() async throws {
        let now = clock.now()
        let noted = signals.lanes.take()
        for lane in noted.lanes { gates.note(lane, now) }
        if noted.isAll { gates.noteAll() }
        guard lanesLearnedAt.map({ now < $0 || now >= $0 + options.watchSlice * 30 }) ?? true else { return }
        let isFirst = lanesLearnedAt == nil
        let systems = isFirst ? options.quotas.filter { $0.value.perDay != nil }.keys.sorted() : []
        let (lanes, dayCounts) = try await store.read { reader in
            (try reader.laneCounts().map(\.lane), try systems.map { try reader.meta(Self.metaName($0)) })
        }
        for lane in lanes { gates.note(lane, now) }
        for (system, bytes) in zip(systems, dayCounts) {
            guard let bytes else { continue }
            gates.resume(dayCount: String(decoding: bytes, as: UTF8.self), of: system, now)
        }
        if !isFirst { try await saveDayCounts() }
        lanesLearnedAt = now
    }

    private static func metaName(_ system: String) -> String { "quota-day.\(system)" }

    /// What a day's quota has been used for is kept, so that a restart does not begin it anew.
    private func saveDayCounts() async throws {
        var changed: [String: String] = [:]
        for (system, channel) in gates.channels {
            guard let text = channel.dayCount?.text, savedDayCounts[system] != text else { continue }
            changed[system] = text
        }
        guard !changed.isEmpty else { return }
        let values = changed.sorted { $0.key < $1.key }
        try await store.transaction { transaction in
            for (system, text) in values { try transaction.setMeta(Self.metaName(system), Array(text.utf8)) }
        }
        savedDayCounts.merge(changed) { _, new in new }
    }
}
