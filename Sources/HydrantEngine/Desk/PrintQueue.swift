import HydrantConnectorKit
package import HydrantCore
import HydrantStorage
import Logging
import Synchronization

/// Sends labels to network printers, again and again until they have them. Jobs are documents, so that a restart loses
/// none; a label is rendered when it is sent and shows the bag as it is then.
package final class PrintQueue: Sendable {
    /// How long a job stays with the process that tries it; it is renewed for each sheet.
    private static let lease = Milliseconds.minutes(2)
    private static let pruningPause = Milliseconds.hours(12)

    private let bell = Bell()
    /// The addresses of the printers that are being sent something.
    private let busy = Mutex<Set<String>>([])
    private let nextPruning = Mutex(Instant(milliseconds: .min))

    /// There is a new job.
    func ring() { bell.ring() }

    /// Works until the task is cancelled. Printers wait for none of each other.
    func run(_ hub: Hub) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [clock = hub.stopwatch] in
                while !Task.isCancelled {
                    try? await clock.sleep(until: clock.now() + .seconds(1))
                    self.bell.ring()
                }
                self.bell.ring()
            }
            // What was under way when this process ended before is under way no more.
            var isBegin = !hub.store.isShared
            while !Task.isCancelled {
                do {
                    for (printer, jobs) in try await due(hub, all: isBegin) {
                        busy.withLock { _ = $0.insert(printer) }
                        group.addTask { await self.work(jobs, at: printer, hub) }
                    }
                    isBegin = false
                    try await prune(hub)
                } catch is CancellationError {
                    break
                } catch {
                    hub.log.error("the print queue could not be read", metadata: ["reason": "\(error)"])
                }
                await bell.wait()
            }
        }
    }

    private typealias Entry = (job: PrintJob, version: Int64)

    /// Every job that is due at a printer that has nothing else to do, the oldest first.
    private func due(_ hub: Hub, all: Bool) async throws -> [(printer: String, jobs: [Entry])] {
        let now = hub.stopwatch.now()
        // Before the jobs are read: whoever ends meanwhile has changed them.
        let busy = busy.withLock { $0 }
        let jobs = try await hub.store.read { try Self.jobs(.jobs, $0) }
        for entry in jobs where entry.job.state == .done { _ = try await put(entry.job, after: entry.version, hub) }
        let due = jobs.filter {
            $0.job.state == .waiting && (all || $0.job.dueAt <= now) && !busy.contains($0.job.printer.address)
        }
        let byPrinter = Dictionary(grouping: due) { $0.job.printer.address }
        return byPrinter.sorted { $0.key < $1.key }.map { printer, jobs in
            (printer, jobs.sorted { ($0.job.askedAt, $0.job.id) < ($1.job.askedAt, $1.job.id) })
        }
    }

    /// Tries the jobs of one printer one after the other, until one fails.
    private func work(_ jobs: [Entry], at printer: String, _ hub: Hub) async {
        var hasAll = true
        for (job, version) in jobs where hasAll {
            let isPrinted = try? await attempt(job, version, hub)
            hasAll = isPrinted == true && !Task.isCancelled
        }
        busy.withLock { _ = $0.remove(printer) }
        // What was asked for meanwhile.
        if hasAll { bell.ring() }
    }

    /// - Returns: whether the printer took it.
    private func attempt(_ job: PrintJob, _ version: Int64, _ hub: Hub) async throws -> Bool {
        var job = job
        job.attempts += 1
        var version = version
        let trouble: PrintTrouble?
        do {
            trouble = try await send(&job, &version, hub)
        } catch is CancellationError {
            // The hub stops: that counts as no attempt, and who goes on does so at once.
            job.attempts -= 1
            job.dueAt = hub.stopwatch.now()
            _ = try await put(job, after: version, hub)
            return false
        }
        job.trouble = trouble
        job.dueAt = hub.stopwatch.now() + PrintJob.pause(after: job.attempts - 1)
        let isOver = trouble == .stopped || job.attempts >= PrintJob.attemptsMaximum
        if trouble == nil { job.state = .done } else if isOver { job.state = .failed }
        if let trouble {
            hub.log.warning(
                "a label was not printed",
                metadata: [
                    "printer": "\(job.printer.warehouse)", "reason": "\(trouble.rawValue)",
                    "attempt": "\(job.attempts)",
                ])
        }
        _ = try await put(job, after: version, hub)
        return trouble == nil
    }

    /// Nil when the printer took everything. Sheets that it took before are not sent again, unless the label is another
    /// one by now.
    private func send(_ job: inout PrintJob, _ version: inout Int64, _ hub: Hub) async throws -> PrintTrouble? {
        // Whoever else works on the same database leaves it alone meanwhile.
        try await lease(&job, &version, hub)
        guard let press = hub.press, let printers = hub.printers else { return .noPress }
        guard let address = PrinterAddress(job.printer.address) else { return .noAddress }
        let labels: [[UInt8]]
        do {
            let (label, trouble) = try await label(for: job, hub)
            guard let label else { return trouble }
            guard let text = try await hub.desk.template(job.template) else { return .templateGone }
            let wish = LabelWish(
                template: text, format: job.printer.language, dotsPerInch: job.printer.dotsPerInch,
                address: try await hub.desk.settings().address)
            labels = try press.render(label, wish)
        } catch {
            return .notDrawn
        }
        job.begin(hub.keyring.bodyHash(labels.flatMap(\.self)))
        let first = job.sheets
        for (index, label) in labels.enumerated().dropFirst(first) {
            try Task.checkCancellation()
            if index > first { try await lease(&job, &version, hub) }
            if let trouble = await printers.send(label, to: address) {
                try Task.checkCancellation()
                return trouble
            }
            job.sheets = index + 1
        }
        return nil
    }

    /// What a job prints as it is now; none, and why, where there is nothing to print.
    private func label(for job: PrintJob, _ hub: Hub) async throws -> (label: LabelBag?, trouble: PrintTrouble) {
        guard job.isPaper else {
            guard let bag = try await hub.desk.bag(job.bag), bag.state.isLive else { return (nil, .bagGone) }
            return (try await hub.desk.label(of: bag), .bagGone)
        }
        guard let paper = try await hub.desk.paper(job.bag) else { return (nil, .bagGone) }
        if try await hub.desk.obstacle(to: paper) != nil { return (nil, .stopped) }
        return (try await hub.desk.label(of: paper), .stopped)
    }

    /// Nobody else has the job for a while.
    private func lease(_ job: inout PrintJob, _ version: inout Int64, _ hub: Hub) async throws {
        job.dueAt = hub.stopwatch.now() + Self.lease
        guard try await put(job, after: version, hub) else { throw StoreFailure(.conflict) }
        version += 1
    }

    static func jobs(
        _ collection: Desk.Collection, _ reader: any StoreReader
    ) throws -> [(job: PrintJob, version: Int64)] {
        try Desk.all(reader, collection).compactMap { record in
            PrintJob(json: try JSON(bytes: record.body)).map { ($0, record.version) }
        }
    }

    /// - Returns: false when the job is another one by now, or is wanted no more.
    private func put(_ job: PrintJob, after version: Int64, _ hub: Hub) async throws -> Bool {
        let now = hub.clock.now()
        return try await hub.store.transaction { transaction in
            let waiting = Desk.Collection.jobs.rawValue
            guard try transaction.record(waiting, job.id)?.version == version else { return false }
            guard job.state == .done else {
                return try transaction.put(
                    StoredRecord(
                        collection: waiting, key: job.id, version: version + 1, body: job.json.bytes, changedAt: now),
                    ifVersion: version)
            }
            _ = try transaction.deleteRecord(waiting, job.id)
            return try transaction.put(
                StoredRecord(
                    collection: Desk.Collection.printed.rawValue, key: job.id, body: job.json.bytes, changedAt: now),
                ifVersion: 0)
        }
    }

    /// Takes away what ended long ago.
    private func prune(_ hub: Hub) async throws {
        let now = hub.stopwatch.now()
        let isDue = nextPruning.withLock { next in
            guard next <= now else { return false }
            next = now + Self.pruningPause
            return true
        }
        guard isDue else { return }
        try await hub.desk.prune()
    }
}

extension Desk {
    /// The labels that were asked of printers, by the steps of the bags that asked.
    package func printJobs(of bags: [Bag]) async throws -> [String: PrintJob] {
        let prints = bags.flatMap { $0.prints.map(\.id) }
        guard !prints.isEmpty else { return [:] }
        return try await hub.store.read { try Self.jobs(prints, $0) }
    }

    /// The jobs of some prints, waiting or done, by their ids.
    static func jobs(_ prints: [String], _ reader: any StoreReader) throws -> [String: PrintJob] {
        var found: [String: PrintJob] = [:]
        for id in prints {
            let record =
                try reader.record(Collection.jobs.rawValue, id) ?? reader.record(Collection.printed.rawValue, id)
            found[id] = try record.flatMap { PrintJob(json: try JSON(bytes: $0.body)) }
        }
        return found
    }
}
