package import HydrantConnectorKit
package import HydrantCore
package import HydrantStorage
package import Logging

/// The hub: committer, dispatcher and watcher around one store. Knows interfaces and no vendor.
package struct Hub: Sendable {
    package let store: any Store
    package let clock: any HubClock
    package let intake: Intake
    package let committer: Committer
    package let settings: Settings
    package let keyring: Keyring
    let dispatcher: Dispatcher
    let numbers: NumberWatch
    private let watcher: Watcher
    let indexer: SearchIndexer
    let ready: ReadyBoard
    let printing = PrintQueue()
    let press: LabelPress?
    /// The machine's clock, where the hub's own runs faster.
    let stopwatch: any HubClock
    let log: Logger

    /// - Parameter seed: where jitter begins; the same seed on the same facts gives the same run.
    package init(
        store: any Store, keyring: Keyring, clock: any HubClock, settings: Settings,
        connectors: [any Connector] = [], options: HubOptions = HubOptions(), seed: UInt64 = 0, log: Logger
    ) {
        self.store = store
        self.clock = clock
        self.settings = settings
        let signals = HubSignals()
        ready = signals.ready
        press = options.press
        stopwatch = options.stopwatch ?? clock
        self.log = log
        self.keyring = keyring
        intake = Intake(keyring: keyring, addresses: options.addresses)
        committer = Committer(
            store: store, keyring: keyring, clock: clock, settings: settings, options: options, log: log,
            signals: signals)
        dispatcher = Dispatcher(
            store: store, committer: committer, connectors: [OwnOrders()] + connectors, intake: intake, clock: clock,
            random: RandomSource(seed: seed), options: options, rules: WaybillRules(settings: settings),
            signals: signals,
            log: log)
        numbers = NumberWatch(
            stocks: options.numberStocks, clock: clock, settings: settings.dispatch.numbers, log: log)
        watcher = Watcher(
            store: store, committer: committer, clock: clock, signals: signals, options: options, intake: intake,
            log: log)
        indexer = SearchIndexer(
            store: store, keyring: keyring, committer: committer, intake: intake, clock: clock, signals: signals,
            options: options, log: log)
    }

    /// Runs until the task is cancelled, then writes what still waits and returns.
    ///
    /// - Parameter onReady: called once, when the hub takes facts.
    package func run(onReady: @Sendable () -> Void = {}) async throws {
        try await committer.prepare()
        try await store.transaction { try $0.releaseClaims() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await committer.run() }
            group.addTask {
                await withTaskCancellationHandler {
                    await withTaskGroup(of: Void.self) { workers in
                        workers.addTask { await watch() }
                        workers.addTask { await dispatcher.run() }
                        workers.addTask { await numbers.run() }
                        if indexer.options.keepsSearchIndex { workers.addTask { await indexer.run() } }
                        if indexer.options.keepsDesk {
                            workers.addTask { await desk.run() }
                            workers.addTask { await printing.run(self) }
                        }
                    }
                } onCancel: {
                    dispatcher.wake()
                    indexer.wake()
                    printing.ring()
                }
                await committer.stop()
            }
            onReady()
        }
    }

    /// The packing desks.
    package var desk: Desk { Desk(hub: self) }

    /// Records facts durably; see ``Committer/submit(_:)``.
    package func submit(_ facts: [IncomingFact]) async throws -> [FactReceipt] {
        try await committer.submit(Submission(facts: facts))
    }

    /// Under which name a database remembers that its parcels stand in their sets.
    package static let parcelsPlacedMark = "parcels placed"

    /// The head of the database: how many commits it counts, and its 64 digits; nil where there is none of this key.
    package func databaseHead() async throws -> (commits: Int64, text: String)? {
        let keyring = keyring
        return try await store.read { reader in
            (try? DatabaseHead(reader, keyring)).flatMap(\.self).map {
                ($0.totals.commits, $0.totals.text(keyring))
            }
        }
    }

    /// Under which name a database remembers that its orders were looked at for tasks.
    package static let tasksOpenedMark = "tasks opened"
    /// The same, since wrong orders open tasks.
    package static let wrongOrdersOpenedMark = "tasks opened for wrong orders"

    private func watch() async {
        try? await watcher.prepare()
        await watcher.run()
    }
}
