import HydrantCore

/// How often a system may be called, as its operator allows.
package struct ChannelQuota: Hashable, Sendable {
    package var perSecond: Int64?
    package var perDay: Int64?

    package init(perSecond: Int64? = nil, perDay: Int64? = nil) {
        self.perSecond = perSecond
        self.perDay = perDay
    }

    /// From the options `requestsPerSecond` and `requestsPerDay`, which every connector has; nil when neither is given.
    package init?(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        func limit(_ name: String) throws(ConnectorSettingsProblem) -> Int64? {
            settings.options[name] == nil ? nil : try settings.number(name, default: 1)
        }
        perSecond = try limit("requestsPerSecond")
        perDay = try limit("requestsPerDay")
        if perSecond == nil, perDay == nil { return nil }
    }
}
