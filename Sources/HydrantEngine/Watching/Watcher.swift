import HydrantCore
import HydrantDocuments
import HydrantStorage
import Logging

/// Looks again at orders when time alone changes what is true about them, and turns timers that fell due into facts.
struct Watcher: Sendable {
    let store: any Store
    let committer: Committer
    let clock: any HubClock
    let signals: HubSignals
    let options: HubOptions
    let intake: Intake
    let log: Logger

    /// Reads from the database what will change by itself.
    func prepare() async throws {
        let signals = signals
        try await store.read { reader in
            #if HYDRANT_MUTANTS
                if Mutant.timesForgottenAtStart.isOn { return }
            #endif
            try reader.scanChanges { number, at in signals.changes.add([(number, at)], timers: []) }
        }
        _ = try await fireTimers(now: clock.now())
        for mark in [Hub.parcelsPlacedMark, Hub.tasksOpenedMark, Hub.wrongOrdersOpenedMark] {
            try await bringUp(mark)
        }
    }

    /// Brings a database up that was written before parcels were placed in sets, or before there were tasks: looks once
    /// at every order under way.
    private func bringUp(_ mark: String) async throws {
        guard try await store.read({ try $0.meta(mark) }) == nil else { return }
        var cursor: Int64 = 0
        while true {
            let after = cursor
            let rows = try await store.read { try $0.orderRows(OrderFilter(), after: after, limit: 256) }
            guard let last = rows.last else { break }
            let open = rows.filter { $0.completion == .open || $0.completion == .partiallyCompleted }.map(\.number)
            if !open.isEmpty { _ = try await committer.submit(Submission(recheckedOrders: open)) }
            cursor = last.id
        }
        try await store.transaction { try $0.setMeta(mark, [1]) }
    }

    /// Other processes change orders too; when one of them is gone, this one looks after its orders.
    private func rescan(_ lookedAt: inout Instant) async throws {
        guard store.isShared, clock.now() >= lookedAt + options.rescanSlice else { return }
        lookedAt = clock.now()
        let signals = signals
        try await store.read { reader in
            try reader.scanChanges { number, at in signals.changes.add([(number, at)], timers: []) }
        }
    }

    func run() async {
        var timersLookedAt: Instant?
        var scannedAt = clock.now()
        while !Task.isCancelled {
            let now = clock.now()
            let wake = min(signals.changes.nextAt ?? now + options.watchSlice, now + options.watchSlice)
            do {
                try await clock.sleep(until: max(wake, now + 1))
                var failed = 0
                failed += try await attempt("timers") { try await lookAtTimers(&timersLookedAt) }
                failed += try await attempt("orders of other processes") { try await rescan(&scannedAt) }
                failed += try await attempt("interceptors") { try await lookAtRules() }
                failed += try await attempt("orders") { try await lookAgain() }
                if failed > 0 { try await clock.sleep(until: clock.now() + options.watchSlice) }
            } catch {
                return
            }
        }
    }

    /// Does one part of the work. A part that fails keeps none of the others from being done.
    ///
    /// - Returns: how many parts failed.
    /// - Throws: only when the hub stops.
    private func attempt(_ part: String, _ work: () async throws -> Void) async throws -> Int {
        do {
            try await work()
            return 0
        } catch let error as CancellationError {
            throw error
        } catch let error as HubStopping {
            throw error
        } catch {
            log.error("looking again at orders failed", metadata: ["part": "\(part)", "reason": "\(error)"])
            return 1
        }
    }

    /// Another process may have changed the interceptors.
    private func lookAtRules() async throws {
        guard store.isShared else { return }
        let book = RuleBook(store: store)
        guard try await book.version() > committer.rulesVersion else { return }
        let (document, version) = try await book.saved()
        await committer.use(RuleSet(document.rules), version: version)
    }

    /// The hint knows only the next of the timers that this process set; the others lie in the database, which is asked
    /// once in every slice.
    private func lookAtTimers(_ lookedAt: inout Instant?) async throws {
        let now = clock.now()
        let isHinted = signals.changes.takeTimerHint(now: now)
        let isRecent = lookedAt.map { $0 <= now && now < $0 + options.watchSlice } ?? false
        guard isHinted || !isRecent else { return }
        lookedAt = nil
        _ = try await fireTimers(now: now)
        lookedAt = now
    }

    private func lookAgain() async throws {
        let now = clock.now()
        while true {
            let due = signals.changes.takeDue(now: now, limit: 256)
            guard !due.isEmpty else { return }
            do {
                _ = try await committer.submit(Submission(recheckedOrders: due))
            } catch {
                signals.changes.add(due.map { ($0, now) }, timers: [])
                throw error
            }
        }
    }

    private func look(at receipt: FactReceipt, of timer: OrderTimer) {
        switch receipt {
        case .accepted, .duplicate: return
        case .conflicting, .refused, .parked:
            log.error(
                "a timer fell due and was not recorded",
                metadata: ["order": "\(timer.order)", "receipt": "\(receipt.word)"])
        }
    }

    /// - Returns: how many timers fired.
    private func fireTimers(now: Instant) async throws -> Int {
        var fired = 0
        while true {
            let leaseUntil = clock.now() + options.timerLease
            let due = try await store.transaction {
                try $0.claimTimers(now: now, leaseUntil: leaseUntil, limit: 128)
            }
            guard !due.isEmpty else { return fired }
            let facts = try due.map { timer in
                try intake.seal(
                    Fact(
                        source: SourceNames.hub, messageID: timer.messageID, order: timer.order,
                        occurredAt: timer.dueAt, receivedAt: now, body: .timerFell(id: timer.id)))
            }
            var submission = Submission(facts: facts, finishedTimers: due)
            submission.door = .clock
            let receipts = try await committer.submit(submission)
            for (timer, receipt) in zip(due, receipts) { look(at: receipt, of: timer) }
            fired += due.count
        }
    }
}

extension OrderTimer {
    /// The number of the message that tells that it fell due. The length keeps order and id apart, whatever is in them,
    /// and a timer that is set anew for another time is another message.
    fileprivate var messageID: String { "timer:\(dueAt.milliseconds):\(order.utf8.count):\(order):\(id)" }
}
