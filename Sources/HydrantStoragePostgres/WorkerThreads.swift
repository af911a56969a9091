import Dispatch
import Foundation
import HydrantStorage
import Synchronization

/// Threads of their own for work that waits for the server, each with its connection; Swift's few shared threads must
/// never wait. Jobs are begun in the order they came.
final class WorkerThreads: Sendable {
    typealias Job = @Sendable (Worker) -> Void

    private struct State {
        var jobs: [Job?] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let count: Int

    /// - Parameter open: opens the connection of a thread, on that thread, at its first job and after a loss.
    init(count: Int, name: String, open: @escaping @Sendable () throws -> PostgresConnection) {
        self.count = count
        for index in 0..<count {
            let thread = Thread { [self] in work(Worker(open: open)) }
            thread.name = "\(name)-\(index)"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Runs the body on one of the threads. Cancelling the task does not stop it.
    func run<Result: Sendable>(_ body: @escaping @Sendable (Worker) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = state.withLock { state in
                guard !state.isClosed else { return false }
                state.jobs.append { worker in continuation.resume(with: Swift.Result { try body(worker) }) }
                return true
            }
            if isTaken { signal.signal() } else { continuation.resume(throwing: StoreFailure.closed) }
        }
    }

    /// Ends the threads after the jobs that wait.
    func close() async {
        let isFirst = state.withLock { state in
            guard !state.isClosed else { return false }
            state.isClosed = true
            state.jobs += [Job?](repeating: nil, count: count)
            return true
        }
        guard isFirst else { return }
        for _ in 0..<count { signal.signal() }
        await withCheckedContinuation { continuation in
            let closing = Thread { [self] in
                for _ in 0..<count { ended.wait() }
                continuation.resume()
            }
            closing.start()
        }
    }

    private func work(_ worker: Worker) {
        while true {
            signal.wait()
            guard let job = state.withLock({ $0.jobs.removeFirst() }) else { break }
            job(worker)
        }
        worker.drop()
        ended.signal()
    }
}

/// A thread's connection; used on that thread only.
final class Worker {
    private let open: @Sendable () throws -> PostgresConnection
    private var current: PostgresConnection?

    init(open: @escaping @Sendable () throws -> PostgresConnection) { self.open = open }

    /// The connection, opened when there is none that can be used.
    ///
    /// - Parameter isFresh: set to whether it was opened by this call.
    func connection(isFresh: inout Bool) throws -> PostgresConnection {
        if let current, current.isUsable {
            isFresh = false
            return current
        }
        current = nil
        let opened = try open()
        current = opened
        isFresh = true
        return opened
    }

    func drop() { current = nil }
}
