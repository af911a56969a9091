import HydrantConnectorKit
package import HydrantCore

extension SandboxWorld {
    /// The systems of this world, by the first piece of their paths.
    package nonisolated var systems: [String] { connectorSettings.map(\.system) }

    /// Takes a system down until a moment, or brings it back: while it is down its calls get no answer and take no
    /// effect.
    package func setOutage(of system: String, until moment: Instant?) { outages[system] = moment }

    /// Until when a system is down; nil while it works.
    package func outage(of system: String) -> Instant? {
        outages[system].flatMap { $0 > clock.now() ? $0 : nil }
    }

    func isSilent(_ message: Outgoing) -> Bool { outage(of: message.system) != nil }

    /// Counts a call that came during an outage; nil when there is none.
    func answerOfOutage(_ path: String) -> SandboxAnswer? {
        guard let piece = path.split(separator: "/").first, outage(of: String(piece)) != nil else { return nil }
        counts.faults += 1
        return SandboxAnswer(JSON.object([]), fault: .silentBefore)
    }
}
