import Dispatch
import HydrantCore
import HydrantEngine
import Synchronization
import Testing

@testable import HydrantWeb

/// What many open pages and pictures cost at most.
@Suite struct StreamTests {
    @Test func `streams of one viewer share a look a second, and a new one looks for itself`() async throws {
        let clock = PagesClock()
        let looks = SharedLooks(clock: clock)
        let count = Count()
        @Sendable func look(_ key: String, isFirst: Bool = false) async throws -> String {
            try await looks.look(key, isFirst: isFirst) {
                let number = count.next()
                await Task.yield()
                return StreamLook(seen: "\(key)\(number)")
            }.seen
        }
        let all = (0..<300).map { _ in Task { try await look("a") } }
        var seen: Set<String> = []
        for one in all { seen.insert(try await one.value) }
        #expect(seen == ["a1"])
        #expect(try await look("b") == "b2")
        #expect(try await look("a", isFirst: true) == "a3")
        clock.move(by: 1_000)
        #expect(try await look("a") == "a4")
        #expect(try await look("a") == "a4")
    }

    @Test func `a session has eight places and the hub five hundred and twelve`() {
        let book = StreamBook()
        var own = (0..<8).compactMap { _ in book.take("ada", of: "ada") }
        #expect(own.count == 8 && book.take("ada", of: "ada") == nil)
        own[0].end()
        own[0].end()
        #expect(book.count == 7)
        // A stream that nobody reads gives its place back too.
        own.removeLast()
        #expect(book.count == 6)
        let others = (0..<600).compactMap { book.take("p\($0)", of: "q\($0)") }
        #expect(others.count == 506 && book.take("late", of: "late") == nil && book.count == 512)
    }

    @Test func `whoever signs in again and again leaves places to others`() {
        let book = StreamBook()
        var own = (0..<100).compactMap { book.take("session \($0)", of: "user:ada") }
        #expect(own.count == 64 && book.take("new", of: "user:ada") == nil)
        let other = book.take("new", of: "user:li")
        own.removeLast()
        let next = book.take("new", of: "user:ada")
        #expect(other != nil && next != nil && book.count == 65)
    }

    @Test func `so much of a long computation runs at a time, of one viewer once`() async throws {
        let gate = WorkGate(maximum: 1)
        #expect(gate.enter("ada") && !gate.enter("ada") && gate.enter("li"))
        gate.leave("ada")
        #expect(gate.enter("ada"))
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        async let running = gate.run {
            begin.finish()
            mayEnd.wait()
            return 1
        }
        for await _ in begun {}
        let other = try await gate.run { 2 }
        mayEnd.signal()
        let inside = try await running
        #expect(other == nil && inside == 1)
        #expect(try await gate.run { 3 } == 3)
    }
}

private final class Count: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
