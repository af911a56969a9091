import HydrantCore
import HydrantStorage
import Logging

/// Sends labels to network printers, again and again until they have them. Jobs are documents, so that a restart loses
/// none; a label is rendered when it is sent and shows the bag as it is then.
package final class PrintQueue: Sendable {
    private let bell = Bell()

    /// There is a new job.
    func ring() { bell.ring() }

    /// Works until the task is cancelled.
    func run(_ hub: Hub) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [clock = hub.stopwatch] in
                while !Task.isCancelled {
                    try? await clock.sleep(until: clock.now() + .seconds(1))
                    self.bell.ring()
                }
                self.bell.ring()
            }
            while !Task.isCancelled {
                do {
                    try await work(hub)
                } catch {
                    hub.log.error("the print queue could not be read", metadata: ["reason": "\(error)"])
                }
                await bell.wait()
            }
        }
    }

    /// Tries every job that is due, those of one printer one after the other.
    func work(_ hub: Hub) async throws {
        let now = hub.stopwatch.now()
        let jobs = try await Self.jobs(hub).filter { $0.job.state == .waiting && $0.job.dueAt <= now }
        let byPrinter = Dictionary(grouping: jobs) { $0.job.printer.address }
        await withTaskGroup(of: Void.self) { group in
            for (_, jobs) in byPrinter.sorted(by: { $0.key < $1.key }) {
                let jobs = jobs.sorted { ($0.job.askedAt, $0.job.id) < ($1.job.askedAt, $1.job.id) }
                group.addTask {
                    for (job, version) in jobs {
                        guard !Task.isCancelled, (try? await self.attempt(job, version, hub)) == true else { return }
                    }
                }
            }
        }
    }

    /// - Returns: whether the printer took it.
    private func attempt(_ job: PrintJob, _ version: Int64, _ hub: Hub) async throws -> Bool {
        var job = job
        job.attempts += 1
        // Whoever else works on the same database leaves it alone meanwhile.
        job.dueAt = hub.stopwatch.now() + .minutes(1)
        guard try await Self.put(job, after: version, hub) else { return false }
        let trouble = await send(job, hub)
        job.trouble = trouble ?? ""
        job.dueAt = hub.stopwatch.now() + PrintJob.pause(after: job.attempts - 1)
        if trouble == nil { job.state = .done } else if job.attempts >= PrintJob.attemptsMaximum { job.state = .failed }
        if let trouble {
            hub.log.warning(
                "a label was not printed",
                metadata: ["printer": "\(job.printer.warehouse)", "reason": "\(trouble)", "attempt": "\(job.attempts)"])
        }
        _ = try await Self.put(job, after: version + 1, hub)
        return trouble == nil
    }

    /// Nil when the printer took everything.
    private func send(_ job: PrintJob, _ hub: Hub) async -> String? {
        guard let press = hub.press else { return "this hub prints nothing" }
        guard let line = PrinterLine(job.printer.address) else { return "the printer's address is none" }
        let labels: [[UInt8]]
        do {
            guard let bag = try await hub.desk.bag(job.bag) else { return "the bag is gone" }
            guard let text = try await hub.desk.template(job.template) else { return "the template is gone" }
            let wish = LabelWish(
                template: text, format: job.printer.language, dotsPerInch: job.printer.dotsPerInch,
                address: try await hub.desk.settings().address)
            labels = try press.render(try await hub.desk.label(of: bag), wish)
        } catch {
            return "the label could not be drawn"
        }
        for label in labels {
            if let trouble = await line.send(label) { return trouble }
        }
        return nil
    }

    package static func jobs(_ hub: Hub) async throws -> [(job: PrintJob, version: Int64)] {
        try await hub.store.read { reader in
            try Desk.all(reader, .jobs).compactMap { record in
                PrintJob(json: try JSON(bytes: record.body)).map { ($0, record.version) }
            }
        }
    }

    private static func put(_ job: PrintJob, after version: Int64, _ hub: Hub) async throws -> Bool {
        let record = StoredRecord(
            collection: Desk.Collection.jobs.rawValue, key: job.id, version: version + 1, body: job.json.bytes,
            changedAt: hub.clock.now())
        return try await hub.store.transaction { try $0.put(record, ifVersion: version) }
    }
}

extension Desk {
    /// The labels that were asked of printers, by the steps that asked.
    package func printJobs() async throws -> [String: PrintJob] {
        let jobs = try await PrintQueue.jobs(hub).map(\.job)
        return Dictionary(jobs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
