import HydrantConnectorKit
import HydrantCore
import Synchronization
import Testing

@testable import HydrantConnectors

/// Questions that one call answers together.
@Suite struct SharedCallsTests {
    /// A courier that answers when it is told to, and remembers what each call asked.
    private final class SlowCourier: Sendable {
        private let asked = Mutex<[[String]]>([])
        private let gate = AsyncStream<Void>.makeStream()

        var calls: [[String]] { asked.withLock { $0 } }

        func answerNext() { gate.continuation.yield() }

        func call(_ numbers: [String]) async -> [String] {
            asked.withLock { $0.append(numbers) }
            for await _ in gate.stream { break }
            return numbers
        }
    }

    private func ask(_ number: String, _ shared: SharedCalls<String, [String]>, _ courier: SlowCourier)
        -> Task<[String]?, Never>
    {
        Task {
            await shared.reply(to: number, together: { $0.first == number.first }) { await courier.call($0) }
        }
    }

    private func wait(until condition: () async -> Bool) async throws {
        for _ in 0..<100_000 {
            if await condition() { return }
            await Task.yield()
        }
        Issue.record("it does not happen")
    }

    @Test func `who asks while a call is under way goes into the next one, of the same kind, up to the limit`()
        async throws
    {
        let courier = SlowCourier()
        let shared = SharedCalls<String, [String]>(limit: 3)
        var tasks = [ask("a1", shared, courier)]
        try await wait { courier.calls.count == 1 }
        for (index, number) in ["a2", "b1", "a3", "a4", "a5"].enumerated() {
            tasks.append(ask(number, shared, courier))
            try await wait { await shared.waitingCount == index + 1 }
        }
        for count in 2...4 {
            courier.answerNext()
            try await wait { courier.calls.count == count }
        }
        courier.answerNext()
        #expect(courier.calls == [["a1"], ["a2", "a3", "a4"], ["b1"], ["a5"]])
        var replies: [[String]?] = []
        for task in tasks { replies.append(await task.value) }
        let three = ["a2", "a3", "a4"]
        #expect(replies == [["a1"], three, ["b1"], three, three, ["a5"]])
        #expect(await shared.waitingCount == 0)
    }

    @Test func `who is cancelled while waiting leaves, and the others are answered`() async throws {
        let courier = SlowCourier()
        let shared = SharedCalls<String, [String]>(limit: 10)
        let first = ask("a1", shared, courier)
        try await wait { courier.calls.count == 1 }
        let second = ask("a2", shared, courier)
        try await wait { await shared.waitingCount == 1 }
        let third = ask("a3", shared, courier)
        try await wait { await shared.waitingCount == 2 }
        second.cancel()
        #expect(await second.value == nil)
        courier.answerNext()
        try await wait { courier.calls.count == 2 }
        courier.answerNext()
        #expect(await first.value == ["a1"])
        #expect(await third.value == ["a3"])
        #expect(courier.calls == [["a1"], ["a3"]])
    }
}
