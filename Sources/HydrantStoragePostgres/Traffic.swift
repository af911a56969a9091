import Synchronization

/// What went to the server since the store was opened.
package final class Traffic: Sendable {
    private let figures = Mutex((roundTrips: 0, statements: 0))

    init() {}

    func count(statements: Int) {
        figures.withLock {
            $0.roundTrips += 1
            $0.statements += statements
        }
    }

    package var roundTrips: Int { figures.withLock { $0.roundTrips } }
    package var statements: Int { figures.withLock { $0.statements } }
}
