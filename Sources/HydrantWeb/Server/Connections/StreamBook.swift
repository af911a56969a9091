import Synchronization

/// The event streams that are open: no session or token holds more than its share, and all together leave room for
/// everything else.
final class StreamBook: Sendable {
    static let perViewerMaximum = 8
    static let totalMaximum = 512

    private struct State {
        var perViewer: [String: Int] = [:]
        var total = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.total } }

    /// - Parameter viewer: whose share it is: the session, or the token's name where there is none.
    /// - Returns: nil when all places are taken.
    func take(_ viewer: String) -> StreamPlace? {
        let isTaken = state.withLock { state in
            let own = state.perViewer[viewer, default: 0]
            guard own < Self.perViewerMaximum, state.total < Self.totalMaximum else { return false }
            state.perViewer[viewer] = own + 1
            state.total += 1
            return true
        }
        return isTaken ? StreamPlace(book: self, viewer: viewer) : nil
    }

    fileprivate func leave(_ viewer: String) {
        state.withLock { state in
            let rest = state.perViewer[viewer, default: 1] - 1
            state.perViewer[viewer] = rest == 0 ? nil : rest
            state.total -= 1
        }
    }
}

/// A place in the book; it is free again when the stream ends, and when nobody ever reads it.
final class StreamPlace: Sendable {
    private let book: StreamBook
    private let viewer: String
    private let isOver = Atomic(false)

    fileprivate init(book: StreamBook, viewer: String) {
        self.book = book
        self.viewer = viewer
    }

    func end() {
        if !isOver.exchange(true, ordering: .relaxed) { book.leave(viewer) }
    }

    deinit { end() }
}
