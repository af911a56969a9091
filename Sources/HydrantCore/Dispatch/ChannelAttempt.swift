/// One try to get the number of a parcel from one channel.
package struct ChannelAttempt: Hashable, Sendable {
    package enum End: Hashable, Sendable {
        case open
        /// The channel made a waybill.
        case made
        /// It certainly made none.
        case refused(RefusalClass)
        /// Its time is over and nobody knows: there may be a live waybill over there.
        case unresolved
    }

    package var key: String
    package var channel: String
    package var courier: String
    package var issuedAt: Instant
    package var deadline: Instant
    package var end: End
    package var endedAt: Instant?
}

extension Order {
    /// The tries for one parcel, in the order in which they began.
    package func attempts(for parcel: String, _ settings: Settings) -> [ChannelAttempt] {
        var attempts: [ChannelAttempt] = []
        for entry in issued where entry.instruction.kind == .createWaybill && entry.instruction.target == parcel {
            let instruction = entry.instruction
            let waybill = self.parcel(parcel)?.waybills
                .first { $0.channel == instruction.system && $0.readBack != nil }
            var attempt = ChannelAttempt(
                key: instruction.key, channel: instruction.system, courier: instruction.courier,
                issuedAt: entry.issuedAt,
                deadline: entry.issuedAt + (instruction.lifetime ?? settings.dispatch.channelTime), end: .open)
            if waybill != nil {
                attempt.end = .made
                attempt.endedAt = waybill?.readBack?.at
            } else if let answer = entry.answer {
                attempt.end = ChannelAttempt.End(answer.value)
                attempt.endedAt = answer.evidence.at
            }
            attempts.append(attempt)
        }
        return attempts
    }
}

extension ChannelAttempt.End {
    fileprivate init(_ answer: InstructionAnswer) {
        switch answer.outcome {
        case .done: self = .made
        case .refused: self = .refused(answer.refusal ?? .channel)
        case .unresolved: self = .unresolved
        }
        #if HYDRANT_MUTANTS
            if Mutant.unresolvedIsRefused.isOn, self == .unresolved { self = .refused(.channel) }
        #endif
    }
}
