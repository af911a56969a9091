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
    let inForce: SettingsInForce
    package let keyring: Keyring
    let dispatcher: Dispatcher
    let numbers: NumberWatch
    private let watcher: Watcher
    let indexer: SearchIndexer
    let ready: ReadyBoard
    let printing = PrintQueue()
    let press: LabelPress?
    /// Where goods come back to, by the channel that made their label, where the settings name no address.
    let returnAddresses: [String: Sensitive<Receiver>]
    let printers: (any LabelPrinters)?
    /// The machine's clock, where the hub's own runs faster.
    package let stopwatch: any HubClock
    let log: Logger
    let rewordings: Rewordings
    let parkedAgain: ParkedAgain
    let diary: HealthDiary
    private let offerSource: (any OfferSource)?

    /// - Parameter seed: where jitter begins; the same seed on the same facts gives the same run.
    package init(
        store: any Store, keyring: Keyring, clock: any HubClock, settings: Settings,
        connectors: [any Connector] = [], options: HubOptions = HubOptions(), seed: UInt64 = 0, log: Logger
    ) {
        self.store = store
        self.clock = clock
        var settings = settings
        settings.connected = Set(connectors.map(\.system))
        inForce = SettingsInForce(settings)
        let signals = HubSignals()
        ready = signals.ready
        press = options.press
        returnAddresses = Dictionary(
            connectors.compactMap { system in system.returnAddress.map { (system.system, $0) } },
            uniquingKeysWith: { first, _ in first })
        printers = options.printers
        stopwatch = options.stopwatch ?? clock
        self.log = log
        self.keyring = keyring
        offerSource = options.offers
        intake = Intake(keyring: keyring, addresses: options.addresses)
        committer = Committer(
            store: store, keyring: keyring, clock: clock, settings: settings, options: options, log: log,
            signals: signals)
        dispatcher = Dispatcher(
            store: store, committer: committer, connectors: [OwnOrders(settings: settings)] + connectors,
            intake: intake, clock: clock,
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
        rewordings = Rewordings(
            store: store, committer: committer, inForce: inForce, clock: clock, options: options, signals: signals,
            log: log)
        diary = HealthDiary(store: store, committer: committer, clock: clock, options: options, log: log)
        parkedAgain = ParkedAgain(
            store: store, committer: committer, intake: intake, clock: clock, signals: signals, options: options,
            log: log)
    }

    /// The document's settings, with the words that people have mapped.
    package var settings: Settings { inForce.current }

    /// Runs until the task is cancelled, then writes what still waits and returns.
    ///
    /// - Parameter onReady: called once, when the hub takes facts.
    package func run(onReady: @Sendable () -> Void = {}) async throws {
        try await committer.prepare()
        try await rewordings.readWords()
        try await rewordings.noteJudgingForm()
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
                        if indexer.options.looksAgain {
                            workers.addTask { await rewordings.run() }
                            workers.addTask { await parkedAgain.run() }
                            workers.addTask { await diary.run() }
                        }
                    }
                } onCancel: {
                    dispatcher.wake()
                    indexer.wake()
                    printing.ring()
                    rewordings.wake()
                    parkedAgain.wake()
                }
                await committer.stop()
            }
            onReady()
        }
        await committer.saveDoors()
    }

    /// Who sends a parcel or takes its goods back: its warehouse, or else whom the channel of its waybill names; of an
    /// order without a named parcel that of its first one. Nil where nobody is named.
    func house(of parcel: String, in order: Order) -> Sensitive<Receiver>? {
        let known = parcel.isEmpty ? order.parcels.first : order.parcel(parcel)
        if let house = order.house(of: known?.id ?? parcel, settings) { return Sensitive(house) }
        return known.flatMap { order.liveWaybill(of: $0) }.flatMap { returnAddresses[$0.channel] }
    }

    /// The packing desks.
    package var desk: Desk { Desk(hub: self) }

    /// Records facts durably; see ``Committer/submit(_:)``.
    package func submit(_ facts: [IncomingFact], through door: Door = .page) async throws -> [FactReceipt] {
        var submission = Submission(facts: facts)
        submission.door = door
        return try await committer.submit(submission)
    }

    /// Records a person's facts that are one deed: all of them, or after one that is not recorded none.
    package func submitDeed(_ facts: [IncomingFact], answering task: String? = nil) async throws -> [FactReceipt] {
        var submission = Submission(facts: facts)
        submission.isOneDeed = true
        submission.task = task
        return try await committer.submit(submission)
    }

    /// What to offer the customer of an order; nothing where nobody knows.
    package func offers(for order: Order) async -> [Offer] { await offerSource?.offers(for: order) ?? [] }

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
