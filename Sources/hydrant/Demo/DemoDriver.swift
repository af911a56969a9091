import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import Synchronization

/// Plays the shops of the day: posts every fact when it is due, signed and in batches, as a real shop system would, and
/// posts again what was not acknowledged.
struct DemoDriver: Sendable {
    let hubURL: String
    let token: String
    let signer: StandardWebhooks
    let caller: any HTTPCaller
    /// The hub's clock, which runs fast.
    let clock: ScaledClock
    /// The machine's clock, by which signatures expire.
    let wallClock: any HubClock
    let progress: DemoProgress

    func run(_ day: DoubleElevenDay) async throws {
        var day = day
        var next = day.next()
        await withTaskGroup(of: Void.self) { group in
            var inFlight = 0
            while let due = next, !Task.isCancelled {
                try? await clock.sleep(until: due.dueAt)
                let now = clock.now()
                var batch: [JSON] = []
                while let due = next, due.dueAt <= now, batch.count < 100 {
                    batch.append(due.fact)
                    next = day.next()
                }
                progress.noteLag(next.map { max(0, clock.now() - $0.dueAt) } ?? 0)
                guard !batch.isEmpty else { continue }
                if inFlight >= 4 {
                    await group.next()
                    inFlight -= 1
                }
                let facts = batch
                group.addTask { await post(facts) }
                inFlight += 1
            }
            await group.waitForAll()
        }
        progress.shopsAreDone()
    }

    /// Sends a batch until the hub has it. The same message numbers again are harmless.
    private func post(_ facts: [JSON]) async {
        let body = JSON.array(facts).bytes
        let id = facts.first?["id"]?.string ?? "batch"
        while !Task.isCancelled {
            var headers = [("content-type", "application/json"), ("authorization", "Bearer \(token)")]
            headers += signer.headers(id: id, at: wallClock.now(), body: body).map { ($0.name, $0.value) }
            let call = HTTPCall(
                url: hubURL + "/v1/facts", headers: headers.map { (name: $0.0, value: $0.1) }, body: body,
                timeout: .seconds(20))
            if let reply = try? await caller.call(call), reply.status == 200 {
                progress.noteSent(facts.count)
                return
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}

/// What the driver and the pacer tell each other.
final class DemoProgress: Sendable {
    private struct State {
        var lag: Milliseconds = 0
        var sent = 0
        var isDone = false
    }

    private let state = Mutex(State())

    /// How far the driver is behind the clock.
    var lag: Milliseconds { state.withLock { $0.lag } }
    var sent: Int { state.withLock { $0.sent } }
    var areShopsDone: Bool { state.withLock { $0.isDone } }

    func noteLag(_ lag: Milliseconds) { state.withLock { $0.lag = lag } }
    func noteSent(_ count: Int) { state.withLock { $0.sent += count } }
    func shopsAreDone() { state.withLock { $0.isDone = true } }
}
