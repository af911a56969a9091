package import HydrantCore
import HydrantStorage
import Logging

/// The one door in. Facts that arrive while a transaction is being written wait and go together into the next one, so
/// batches grow with the load and a lone fact waits for nobody (docs/adr/0004).
package actor Committer {
    /// Figures of the process since it started.
    package struct Totals: Sendable {
        package var facts: Int64 = 0
        package var events: Int64 = 0
        package var batches: Int64 = 0
        package var duplicates: Int64 = 0
    }

    private struct Waiting {
        var submission: Submission
        var continuation: CheckedContinuation<[FactReceipt], any Error>
    }

    private let store: any Store
    private let keyring: Keyring
    let clock: any HubClock
    private let options: HubOptions
    private let log: Logger
    private let signals: HubSignals

    private var waiting: [Waiting] = []
    private var idleRunner: CheckedContinuation<Void, Never>?
    private var isStopping = false
    private var cache: OrderCache
    package private(set) var settings: Settings
    /// The version of the interceptors in ``settings``; 0 until it was looked up.
    private(set) var rulesVersion: Int64 = 0
    package private(set) var totals = Totals()
    /// What called interceptors since this process was started.
    package private(set) var doors = RuleDoors()
    /// The part of ``doors`` that is not written down yet.
    private(set) var unsavedDoors = RuleDoors()
    package private(set) var health = HealthFigures()
    private var healthByBits: [UInt16: Int64] = [:]
    /// Where the orders stand that this process knows of; all of them where no other writes.
    private(set) var ages = StateAges()
    /// When the database was last restored.
    private var epoch: Instant?

    init(
        store: any Store, keyring: Keyring, clock: any HubClock, settings: Settings, options: HubOptions, log: Logger,
        signals: HubSignals
    ) {
        self.store = store
        self.keyring = keyring
        self.clock = clock
        self.settings = settings
        self.options = options
        self.log = log
        self.signals = signals
        cache = OrderCache(capacity: options.cachedOrders)
    }

    /// Loads the health figures as they were saved.
    func prepare() async throws {
        do {
            try await store.prepareHead(keyring)
        } catch let failure as StoreFailure where failure.kind == .corrupt {
            log.critical("the database was changed behind the hub's back", metadata: ["reason": "\(failure)"])
        }
        epoch = try await Epoch.beginning(store)
        let counts = try await store.read { try $0.healthCounts() }
        healthByBits = counts
        health = Self.health(counts)
        if !store.isShared { ages = try await store.read { StateAges(try $0.statePlaces()) } }
    }

    /// Writes facts durably. Returns after the commit, with one receipt per fact.
    ///
    /// - Throws: `StoreFailure` when nothing could be written; then nothing of it is acknowledged or kept.
    package func submit(_ submission: Submission) async throws -> [FactReceipt] {
        guard !isStopping else { throw HubStopping() }
        return try await withCheckedThrowingContinuation { continuation in
            waiting.append(Waiting(submission: submission, continuation: continuation))
            idleRunner?.resume()
            idleRunner = nil
        }
    }

    /// From now on facts are judged by these interceptors, unless newer ones are in force.
    ///
    /// - Parameter version: of the document in ``RuleBook``.
    package func use(_ rules: RuleSet, version: Int64) {
        guard version > rulesVersion else { return }
        rulesVersion = version
        settings.rules = rules
    }

    var doorStore: any Store { store }

    /// What is not written down yet, for whoever writes it now.
    func takeDoors() -> RuleDoors {
        defer { unsavedDoors = RuleDoors() }
        return unsavedDoors
    }

    func keepDoors(_ unsaved: RuleDoors) { unsavedDoors.add(unsaved) }

    /// From now on systems' words mean this beside what the settings document says.
    func use(_ words: MappedWords.Table) { settings.words.mapped = words }

    /// The figures that follow from a database's sums: what other processes wrote counts too.
    static func health(_ counts: [UInt16: Int64]) -> HealthFigures {
        var health = HealthFigures()
        for (bits, count) in counts { health.add(HealthContribution(packed: bits), times: count) }
        return health
    }

    /// How many submissions wait.
    package var queueLength: Int { waiting.count }

    /// Writes batches until ``stop()``; what waits then is still written.
    func run() async {
        while true {
            if waiting.isEmpty {
                if isStopping { return }
                await withCheckedContinuation { idleRunner = $0 }
                continue
            }
            await writeBatch()
        }
    }

    func stop() {
        isStopping = true
        idleRunner?.resume()
        idleRunner = nil
    }

    /// The order as it is, from memory or from its events; nil when no fact ever named it.
    ///
    /// - Throws: `StoreFailure`; of kind `damagedOrder` when its events cannot be read back.
    package func order(_ number: String) async throws -> Order? {
        let number = number.normalised
        // Values, because a batch may be changing the order while the database is read.
        let cached = cache[number].map { (row: $0.row, order: $0.order) }
        if let cached, !store.isShared { return cached.order }
        let settings = settings
        return try await store.read { reader in
            guard let row = try reader.orderRow(number) else { return nil }
            // Another process may have changed it since.
            if let cached, cached.row == row { return cached.order }
            return try LoadedOrder(StoredOrder(row: row, events: reader.events(of: number)), settings: settings).order
        }
    }

    private func writeBatch() async {
        var count = 0
        var weight = 0
        while count < waiting.count, count == 0 || weight + waiting[count].submission.weight <= options.batchFacts {
            weight += waiting[count].submission.weight
            count += 1
        }
        let taken = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        do {
            let result = try await commit(taken.map(\.submission))
            for (entry, receipts) in zip(taken, result.receipts) { entry.continuation.resume(returning: receipts) }
        } catch {
            await writeSingly(taken, after: error)
        }
    }

    private func commit(_ submissions: [Submission]) async throws -> CommitResult {
        let lent = lendOrders(of: submissions)
        var decided = CommitStep(
            settings: settings, keyring: keyring, now: clock.now(), instructionLifetime: options.instructionLifetime,
            cached: lent)
        decided.epoch = epoch
        let step = decided
        do {
            let result = try await store.transaction { transaction in
                var step = step
                return try step.run(submissions, in: transaction)
            }
            for number in lent.keys { cache.giveBack(number) }
            settle(result)
            return result
        } catch {
            // What was rolled back in the database is half done in these.
            for number in lent.keys { cache.remove(number) }
            throw error
        }
    }

    private func lendOrders(of submissions: [Submission]) -> [String: OrderCell] {
        var found: [String: OrderCell] = [:]
        for submission in submissions {
            for incoming in submission.facts {
                if found[incoming.fact.order] == nil { found[incoming.fact.order] = cache.lend(incoming.fact.order) }
            }
            for number in submission.recheckedOrders where found[number] == nil { found[number] = cache.lend(number) }
        }
        return found
    }

    /// After the commit: caches, figures, and whoever waits for work.
    private func settle(_ result: CommitResult) {
        var changes: [(String, Instant)] = []
        for cell in result.orders {
            let row = cell.row
            cache.insert(cell, of: row.number)
            if options.keepsDesk { cell.change { signals.ready.note($0.order) } }
            if let changesAt = row.changesAt { changes.append((row.number, changesAt)) }
        }
        for (before, after) in zip(result.healthBefore, result.healthAfter) where before != after {
            health.add(HealthContribution(packed: before), times: -1)
            health.add(HealthContribution(packed: after))
        }
        for (before, after) in result.places where before != after {
            if let before { ages.add(before, times: -1) }
            if let after { ages.add(after) }
        }
        doors.add(result.doors)
        unsavedDoors.add(result.doors)
        totals.facts += Int64(result.facts)
        totals.events += Int64(result.events)
        totals.batches += 1
        totals.duplicates += Int64(result.receipts.joined().count { $0 == .duplicate })
        if !result.lanes.isEmpty {
            signals.lanes.note(result.lanes)
            signals.instructions.ring()
        }
        if result.concernsSearch { signals.search.ring() }
        if result.bringsPlaces { signals.parked.ring() }
        signals.changesKnown(changes, timers: result.timers)
    }

    /// A batch failed. When the database itself is in trouble everybody hears it; otherwise one of them is the reason,
    /// and they are written one by one so that it stands alone.
    private func writeSingly(_ entries: [Waiting], after error: any Error) async {
        if let failure = error as? StoreFailure, failure.concernsWholeStore {
            log.error("a batch could not be written", metadata: ["code": "\(failure.code)", "reason": "\(failure)"])
            #if HYDRANT_MUTANTS
                if Mutant.failedCommitAcknowledged.isOn {
                    for entry in entries {
                        entry.continuation.resume(returning: entry.submission.facts.map { _ in .duplicate })
                    }
                    return
                }
            #endif
            for entry in entries { entry.continuation.resume(throwing: failure) }
            return
        }
        for entry in entries {
            do {
                let result = try await commit([entry.submission])
                entry.continuation.resume(returning: result.receipts[0])
            } catch {
                await writeFactByFact(entry, after: error)
            }
        }
    }

    private func writeFactByFact(_ entry: Waiting, after error: any Error) async {
        var receipts: [FactReceipt] = []
        do {
            for incoming in entry.submission.facts {
                if entry.submission.isOneDeed, let last = receipts.last, !last.isRecorded {
                    receipts.append(last)
                    continue
                }
                var single = Submission(facts: [incoming])
                single.door = entry.submission.door
                // What follows may be about a task that the first of the facts has closed.
                single.task = receipts.isEmpty ? entry.submission.task : nil
                do {
                    receipts += try await commit([single]).receipts[0]
                } catch {
                    if let failure = error as? StoreFailure, failure.concernsWholeStore { throw failure }
                    receipts.append(try await park(incoming, because: error))
                }
            }
            var rest = entry.submission
            rest.facts = []
            _ = try await commit([rest])
            entry.continuation.resume(returning: receipts)
        } catch {
            entry.continuation.resume(throwing: error)
        }
    }

    private func park(_ incoming: IncomingFact, because error: any Error) async throws -> FactReceipt {
        let reason = (error as? FactProblem).map { "\($0.path): \($0.message)" } ?? "\(error)"
        log.error("a fact was parked", metadata: ["source": "\(incoming.fact.source)", "reason": "\(reason)"])
        let row = try ParkedRow(incoming, reason: reason, now: clock.now(), keyring: keyring)
        _ = try await commit([Submission(parked: [row])])
        return .parked(reason: reason)
    }
}

/// The hub is shutting down and takes nothing more.
package struct HubStopping: Error {}
