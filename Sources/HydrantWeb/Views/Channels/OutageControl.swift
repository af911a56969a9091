package import HydrantCore

/// Takes systems of the demonstration's outside world down and brings them back.
package struct OutageControl: Sendable {
    package struct Outage: Hashable, Sendable {
        package var system: String
        /// Until when it is down; nil while it works.
        package var until: Instant?

        package init(system: String, until: Instant?) {
            self.system = system
            self.until = until
        }
    }

    /// How long an outage lasts, on the hub's clock.
    package static let length: Milliseconds = .hours(2)

    /// As they are now, by system.
    package var outages: [Outage]

    package init(outages: [Outage]) { self.outages = outages }
}

/// The way to the demonstration's outside world, for the page that takes systems down.
package struct OutageSwitch: Sendable {
    let read: @Sendable () async -> [OutageControl.Outage]
    let set: @Sendable (_ system: String, _ until: Instant?) async -> Void

    package init(
        read: @escaping @Sendable () async -> [OutageControl.Outage],
        set: @escaping @Sendable (_ system: String, _ until: Instant?) async -> Void
    ) {
        self.read = read
        self.set = set
    }
}
