import HydrantConnectorKit
import HydrantCore
import HydrantStorage
import Logging

extension Dispatcher {
    /// Ends what has waited too long for a channel that is down or wants to be left alone, so that the next channel can
    /// be asked. What was never sent, or certainly had no effect, is refused by the channel; where nobody knows, that
    /// is how it ends.
    ///
    /// - Returns: the rows that are to be ended.
    func claimLongWaiting() async throws -> [InstructionRow] {
        let now = clock.now()
        guard longWaitingSeenAt.map({ now < $0 || now >= $0 + options.watchSlice }) ?? true else { return [] }
        longWaitingSeenAt = now
        let claims = gates.claimsOfLongWaiting(now)
        guard !claims.isEmpty else { return [] }
        let rows = try await store.transaction { transaction in
            try claims.flatMap { try transaction.claimInstructions($0) }
        }
        return rows.filter { isNotUnderWay($0) }
    }

    func giveUp(_ row: InstructionRow) async {
        let lane = InstructionLane(row.instruction)
        let trouble = obstacles().down[lane]?.trouble?.english ?? "the channel is closed"
        let minutes = options.channelPatience / 60_000
        let detail = "\(trouble); not sent within \(minutes) minutes"
        let end =
            row.status == .ambiguous
            ? answer(row, .unresolved, detail) : answer(row, .refused, detail, .channel)
        do {
            try await finish(row, end, facts: [])
        } catch {
            // The lease ends, and it is claimed again.
            log.error("an instruction's end could not be recorded", metadata: ["kind": "\(lane.kind.rawValue)"])
        }
    }
}
