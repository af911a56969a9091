package import HydrantConnectorKit

extension CallScope {
    /// Notes the call of a system that is played without HTTP, unless what plays it has noted one itself.
    ///
    /// - Parameters:
    ///   - result: how it ended; a doubt is an answer that did not come.
    ///   - calls: how many were noted before it began.
    package static func notePlayed(_ result: InstructionResult, after calls: Int) {
        guard let scope = current, scope.calls == calls else { return }
        if case .ambiguous = result { scope.note(.failed(wasSent: true)) } else { scope.note(.answered(status: 200)) }
    }
}
