import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import Synchronization

/// One message on its way to the hub. Its sender repeats it, under the same number, until it is acknowledged.
struct Letter: Sendable {
    enum Content: Sendable {
        case document(JSON)
        case reported(ReportedFact, system: String)
    }

    var content: Content
    /// Another message under a number that was acknowledged before: the hub has to notice.
    var isForged = false

    var source: String {
        switch content {
        case .document(let document): document["source"]?.string ?? ""
        case .reported(_, let system): system
        }
    }

    var messageID: String {
        switch content {
        case .document(let document): document["id"]?.string ?? ""
        case .reported(let fact, _): fact.messageID
        }
    }

    var order: String {
        switch content {
        case .document(let document): document["order"]?.string ?? ""
        case .reported(let fact, _): fact.order
        }
    }

    /// The same number with another content.
    var forged: Letter {
        let body = FactBody.decisionMade(Decision(person: "nobody", cause: "forged"))
        var copy = self
        copy.content = .reported(
            ReportedFact(messageID: messageID, order: order, occurredAt: nil, body: body), system: source)
        copy.isForged = true
        return copy
    }

    func sealed(by intake: Intake, receivedAt: Instant) throws -> IncomingFact {
        switch content {
        case .document(let document): try intake.read(document, receivedAt: receivedAt)
        case .reported(let fact, let system): try intake.seal(fact, from: system, receivedAt: receivedAt)
        }
    }
}

/// Where the hub can be reached, while it can.
final class Door: Sendable {
    private let hub: Mutex<Hub?> = Mutex(nil)

    func open(_ hub: Hub) { self.hub.withLock { $0 = hub } }
    func close() { hub.withLock { $0 = nil } }
    var current: Hub? { hub.withLock { $0 } }
}

/// The senders: they deliver late, twice, in any order, and never give up.
final class Mailbox: Sendable {
    private let executor: SeededExecutor
    private let weather: Weather
    private let door: Door
    private let books: Books

    init(executor: SeededExecutor, weather: Weather, door: Door, books: Books) {
        self.executor = executor
        self.weather = weather
        self.door = door
        self.books = books
    }

    /// Sends a letter at a moment or, when it gets lost for a while, later.
    func send(_ letter: Letter, at moment: Instant) {
        books.expect(letter)
        var moment = moment
        if weather.happens(permille: weather.plan.lateMessages) {
            moment = moment + weather.length(.minutes(1) ... .minutes(90))
        }
        executor.schedule(at: moment) { self.executor.start { await self.deliver(letter) } }
        guard weather.happens(permille: weather.plan.repeatedMessages) else { return }
        executor.schedule(at: moment + weather.length(0 ... .minutes(120))) {
            self.executor.start { await self.deliver(letter) }
        }
    }

    private func deliver(_ letter: Letter) async {
        var pause: Milliseconds = .seconds(1)
        while !books.isClosed {
            if let receipt = await attempt(letter), books.take(receipt, for: letter) { break }
            await executor.pass(pause + weather.length(0...1_000))
            pause = min(pause * 2, .minutes(2))
        }
        guard !letter.isForged, weather.happens(permille: weather.plan.forgedRepeats) else { return }
        await deliver(letter.forged)
    }

    /// - Returns: nil when the sender hears nothing.
    private func attempt(_ letter: Letter) async -> FactReceipt? {
        guard let hub = door.current else { return nil }
        let incoming: IncomingFact
        do {
            incoming = try letter.sealed(by: hub.intake, receivedAt: hub.clock.now())
        } catch {
            books.note("readable", "order \(letter.order): a message of \(letter.source) could not be read: \(error)")
            return .duplicate
        }
        guard let receipts = try? await hub.submit([incoming]), let receipt = receipts.first else { return nil }
        return weather.happens(permille: weather.plan.lostAcknowledgements) ? nil : receipt
    }
}
