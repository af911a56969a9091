package import HydrantConnectorKit
package import HydrantCore
import Logging

/// How many waybill numbers a channel still has, as it said when it was asked last.
package struct NumbersLeft: Hashable, Sendable {
    package var balance: NumberBalance
    package var askedAt: Instant
    /// So few that more have to be bought now.
    package var areFew: Bool

    package init(balance: NumberBalance, askedAt: Instant, areFew: Bool) {
        self.balance = balance
        self.askedAt = askedAt
        self.areFew = areFew
    }
}

/// Asks the channels that sell waybill numbers in advance how many are left: running out is foreseeable, and then no
/// parcel gets a number there.
actor NumberWatch {
    private let stocks: [any NumberStock]
    private let clock: any HubClock
    private let settings: DispatchSettings.Numbers
    private let log: Logger
    /// By system; empty before the first answers.
    private(set) var left: [String: NumbersLeft] = [:]

    init(stocks: [any NumberStock], clock: any HubClock, settings: DispatchSettings.Numbers, log: Logger) {
        self.stocks = stocks
        self.clock = clock
        self.settings = settings
        self.log = log
    }

    func run() async {
        while !stocks.isEmpty, !Task.isCancelled {
            await askAll()
            try? await clock.sleep(until: clock.now() + settings.askEvery)
        }
    }

    /// Each by itself, so that one that does not answer holds up no other.
    private func askAll() async {
        await withDiscardingTaskGroup { group in
            for stock in stocks {
                group.addTask {
                    let balance = await stock.numbersLeft(now: self.clock.now())
                    await self.note(balance, of: stock.system)
                }
            }
        }
    }

    private func note(_ balance: NumberBalance, of system: String) {
        guard !Task.isCancelled else { return }
        let before = left[system]
        var areFew = before?.areFew ?? false
        // Who does not answer this time had as many numbers as before.
        if case .left(let count) = balance { areFew = count < settings.few }
        left[system] = NumbersLeft(balance: balance, askedAt: clock.now(), areFew: areFew)
        guard areFew, before?.areFew != true, case .left(let count) = balance else { return }
        log.warning("few waybill numbers are left; buy more", metadata: ["system": "\(system)", "left": "\(count)"])
    }
}
