package import HydrantConnectorKit
package import HydrantCore

/// The engine's own limits; the defaults fit one machine of two cores.
package struct HubOptions: Sendable {
    /// The most facts in one transaction.
    package var batchFacts = 1_024
    package var cachedOrders = 30_000
    /// How long an instruction is worth sending.
    package var instructionLifetime: Milliseconds = .hours(72)
    /// How long a claimed instruction stays with the one who claimed it.
    package var leaseLength: Milliseconds = .minutes(5)
    /// How long a timer that fell due stays with the process that took it.
    package var timerLease: Milliseconds = .minutes(1)
    /// How often the database is asked for orders that change by themselves and that other processes have written.
    package var rescanSlice: Milliseconds = .minutes(5)
    /// The longest time between two looks at what fell due.
    package var watchSlice: Milliseconds = .seconds(1)
    /// Instructions under way at the same time in one lane: of one kind, to one system.
    package var callsPerLane = 8
    /// Instructions of one lane that are taken from the database at once, and wait in memory at most.
    package var claimCount = 64
    /// After so long an attempt is cancelled, whatever its connector waits for; on the stopwatch.
    package var callLimit: Milliseconds = .seconds(60)
    /// How long a waybill waits for a channel that is down before the next channel is tried.
    package var channelPatience: Milliseconds = .minutes(5)
    /// How long one call to a system may take at most, by system; shown on the page of channels.
    package var timeLimits: [String: Milliseconds] = [:]
    /// How often systems may be called, by system.
    package var quotas: [String: ChannelQuota] = [:]
    /// The machine's clock, by which calls are measured and limited; the hub's own clock when nil.
    package var stopwatch: (any HubClock)?
    /// The channels that sell waybill numbers in advance; they are asked regularly how many are left.
    package var numberStocks: [any NumberStock] = []
    /// Whom to ask for missing numbers; the first that fits a warehouse.
    package var keepers: [KeeperContact] = []
    /// Reads the addresses of receivers; nil: no areas are derived.
    package var addresses: AddressReading?
    /// What to offer a customer while an agent speaks with them.
    package var offers: (any OfferSource)?

    /// Whether the search index is kept; the simulator looks for nothing.
    package var keepsSearchIndex = true
    /// Whether orders are looked at again after words were mapped, and messages after their orders have come.
    package var looksAgain = true

    /// Whether there are packing desks; the simulator has none.
    package var keepsDesk = true
    /// Renders labels; nil: nothing is printed.
    package var press: LabelPress?
    /// Brings labels to printers; nil: labels go to browsers only.
    package var printers: (any LabelPrinters)?

    package init() {}
}
