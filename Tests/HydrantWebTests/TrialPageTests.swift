import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Synchronization
import Testing

/// A store in which the steps of trials can be made to wait.
private final class GatedStore: Store {
    private struct State {
        var steps = 0
        /// Steps after so many wait.
        var open = Int.max
    }

    private let inner = InMemoryStore()
    private let state = Mutex(State())

    func close(after steps: Int) { state.withLock { $0.open = $0.steps + steps } }
    func open() { state.withLock { $0.open = .max } }

    func transaction<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result { try await inner.transaction(body) }

    func read<Result: Sendable>(_ body: @Sendable @escaping (any StoreReader) throws -> Result) async throws -> Result {
        guard "\(Result.self)".contains("RuleTrial") else { return try await inner.read(body) }
        let number = state.withLock { state in
            state.steps += 1
            return state.steps
        }
        while state.withLock({ number > $0.open }) { try await Task.sleep(for: .milliseconds(1)) }
        return try await inner.read(body)
    }

    func close() async throws { try await inner.close() }
}

/// The trial of a rule in the editor: how far it is, what it has found, and its end.
@Suite struct TrialPageTests {
    private static func form(_ more: (name: String, value: String)...) -> [(name: String, value: String)] {
        [
            ("name-en", "Large"), ("when0", "order.placed"), ("kind0", "all"), ("depth0", "0"), ("kind1", "test"),
            ("depth1", "1"), ("field1", "money.payable"), ("is1", "more"), ("value1", "5000"), ("hold", "yes"),
            ("reason-en", "large"), ("owner", "owner"), ("person", "yes"), ("limit", "2"), ("unit", "h"),
            ("do", "try"),
        ] + more
    }

    private static let orders = (0..<1_000).map { index in
        PageFacts.fact(
            "order.placed", "SO-\(index)",
            [
                "payableMinor": index == 999 ? 600_000 : 400_000,
                "lines": [["id": "1", "sku": "A", "units": 1, "priceMinor": 400_000]],
            ])
    }

    @Test func `a trial under way says how far it is, is stopped, and is then over`() async throws {
        let store = GatedStore()
        let fixture = try PagesFixture(store: store)
        try await fixture.holding(Self.orders) {
            let whole = try await fixture.post("/interceptors/new?lang=en", Self.form())
            #expect(whole.text.contains("<dt>orders</dt><dd>1000</dd>"))
            #expect(whole.text.contains("href=\"/orders/SO-999\""))
            #expect(!whole.text.contains("data-trial="))
            // Of five steps two go through.
            store.close(after: 2)
            let begun = try await fixture.post("/interceptors/new?lang=en", Self.form(("watch", "yes")))
            #expect(begun.status == 200)
            #expect(begun.text.contains("looked at 400 of 1000, 400 of them of these days"))
            #expect(begun.text.contains("href=\"/orders/SO-999\""))
            let run = try begun.part(from: "fragment?run=", to: "\"").dropFirst("fragment?run=".count)
            let next = try await fixture.get("/interceptors/trial/fragment?lang=en&run=\(run)")
            #expect(next.status == 200 && next.text.contains("max=\"1000\" value=\"400\""))
            #expect(!next.text.contains("<html"))
            #expect(try await fixture.get("/interceptors/trial/fragment?run=0").status == 404)
            let other = try await fixture.post("/interceptors/trial/stop", [("run", "0")])
            #expect(other.status == 303 && other.headers[.location] == "/interceptors")
            #expect(next.text.contains("data-gone=\"This trial ended or another page’s took its place"))
            async let stopping = fixture.post("/interceptors/trial/stop?lang=en", [("run", String(run))])
            try await Task.sleep(for: .milliseconds(20))
            store.open()
            let stopped = try await stopping
            #expect(stopped.status == 200 && !stopped.text.contains("data-trial="))
            #expect(stopped.text.contains("href=\"/orders/SO-999\""))
            #expect(try await fixture.get("/interceptors/trial/fragment?run=\(run)").status == 404)
        }
    }

    @Test func `one trial of each person, and no more of all than may be`() async throws {
        let store = GatedStore()
        store.close(after: 0)
        defer { store.open() }
        try await PagesFixture(store: store).holding([PageFacts.placed("SO-1")]) {
            try await Self.fill(store)
        }
    }

    private static func fill(_ store: GatedStore) async throws {
        let trial = RuleTrial([], settings: Settings(), window: PagesFixture.begin..<PagesFixture.begin + 1)
        func run() -> TrialRun {
            TrialRun(trial, on: PastOrders(store: store), watched: false, clock: PagesClock())
        }
        let board = TrialBoard(maximum: 2)
        let first = try #require(await board.begin("a", days: 7, run))
        #expect(await board.begin("b", days: 7, run) != nil)
        #expect(await board.begin("c", days: 7, run) == nil)
        store.open()
        let again = try #require(await board.begin("a", days: 7, run))
        #expect(again.number != first.number && first.run.isOver)
        #expect(board.entry(of: "a")?.number == again.number)
        board.forget("a", first.number)
        #expect(board.entry(of: "a") != nil)
        board.forget("a", again.number)
        #expect(board.entry(of: "a") == nil && board.entry(of: "c") == nil)
    }
}
