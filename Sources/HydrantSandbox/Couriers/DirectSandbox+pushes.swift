package import HydrantConnectorKit
package import HydrantCore
import ServiceLifecycle

/// A message of a courier to the hub, sent until it is answered in the courier's own words, four times at most.
struct DirectPush: Sendable {
    var courier: DirectCourier
    var scan: DirectScan
    var id: String
    var number: String
    var dueAt: Instant
    var attempts = 0
    /// Signed wrongly on the first try.
    var isForged = false

    static let maximumAttempts = 4
}

extension DirectSandbox {
    /// Lets everything be pushed that is due by now.
    /// - Returns: the number of pushes that were sent.
    @discardableResult
    package func advance(through caller: any HTTPCaller) async -> Int {
        guard !hub.isEmpty else { return 0 }
        for courier in DirectCourier.allCases {
            collect(courier)
            if outage(of: courier.rawValue) == nil { gather(courier) }
        }
        let now = clock.now()
        let due = pushes.filter { $0.dueAt <= now && outage(of: $0.courier.rawValue) == nil }
        pushes.removeAll { $0.dueAt <= now && outage(of: $0.courier.rawValue) == nil }
        deliveringSince = due.map(\.dueAt).min()
        await deliver(due, through: caller)
        deliveringSince = nil
        return due.count
    }

    /// How far the couriers' messages are behind their clock, because the hub or the machine is slow.
    package var lag: Milliseconds {
        let waiting = scansAhead.filter { outage(of: $0.key.rawValue) == nil }.compactMap(\.value.soonest)
        guard let oldest = (waiting + (deliveringSince.map { [$0] } ?? [])).min() else { return 0 }
        return hub.isEmpty ? 0 : max(0, clock.now() - oldest)
    }

    private func deliver(_ due: [DirectPush], through caller: any HTTPCaller) async {
        await withDiscardingTaskGroup { group in
            let lanes = min(Self.pushesInFlight, due.count)
            for lane in 0..<lanes {
                group.addTask {
                    for index in stride(from: lane, to: due.count, by: lanes) {
                        await self.send(due[index], through: caller)
                    }
                }
            }
        }
    }

    private static let pushesInFlight = 6

    /// New scans of parcels whose scans the hub asked to be told of.
    private func gather(_ courier: DirectCourier) {
        let now = clock.now()
        while let next = scansAhead[courier]?.pop(dueBy: now) {
            let index = Int(next.index)
            guard let entry = books[courier]?.entries[index] else { continue }
            let scans = scans(of: entry)
            guard scans.count > entry.pushed else { continue }
            books[courier]?.change(index) { $0.pushed = scans.count }
            for scan in scans[entry.pushed...] { push(scan, of: entry, at: courier) }
            expectScan(of: index, at: courier)
        }
    }

    private func push(_ scan: DirectScan, of entry: CourierBook.Entry, at courier: DirectCourier) {
        let now = clock.now()
        let number = departure(of: entry)?.number ?? entry.numbers[0]
        var push = DirectPush(courier: courier, scan: scan, id: entry.id, number: number, dueAt: now)
        push.isForged = lottery.hits(faults.wrongSignature, "forged", scan.id)
        // The pick-up comes after later scans, with the time at which it happened.
        if scan.kind == .pickedUp, lottery.hits(faults.reversedPush, "reversed", entry.id) {
            push.dueAt = now + .hours(24)
        }
        pushes.append(push)
        if lottery.hits(faults.repeatedPush, "repeated", scan.id) { pushes.append(push) }
    }

    private func send(_ push: DirectPush, through caller: any HTTPCaller) async {
        guard let face = face(of: push.courier),
            let form = face.push(push.scan, id: push.id, number: push.number, isForged: push.isForged)
        else { return }
        let rest = form.pathRest.isEmpty ? "" : "/\(form.pathRest)"
        let call = HTTPCall(
            url: "\(hub)/push/\(push.courier.rawValue)\(rest)", headers: [("content-type", form.contentType)],
            body: form.body, timeout: .seconds(10))
        var isTaken = false
        do {
            let reply = try await caller.call(call)
            acknowledgements[push.courier, default: []].append(reply.body)
            isTaken = reply.status == 200 && face.isAcknowledged(reply.body)
        } catch {
            // No answer counts like a wrong one.
        }
        guard !isTaken, push.attempts + 1 < DirectPush.maximumAttempts else { return }
        var again = push
        again.attempts += 1
        again.isForged = false
        again.dueAt = clock.now() + pace.retry
        pushes.append(again)
    }
}

/// Lets the couriers push until it is told to stop.
struct DirectDriver: Service {
    let sandbox: DirectSandbox

    func run() async throws {
        let caller = EgressClient(allowedURLs: [sandbox.hub].filter { !$0.isEmpty })
        do {
            try await cancelWhenGracefulShutdown {
                while !Task.isCancelled {
                    await sandbox.advance(through: caller)
                    try await sandbox.clock.sleep(until: sandbox.clock.now() + sandbox.pace.tick)
                }
            }
        } catch is CancellationError {
            // Stopping is how a driver ends.
        } catch {
            try await caller.shutdown()
            throw error
        }
        try await caller.shutdown()
    }
}
