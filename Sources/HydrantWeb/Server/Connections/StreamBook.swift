import Synchronization

/// The event streams that are open: no session and nobody with many sessions holds more than a share, and all together
/// leave room for everything else.
final class StreamBook: Sendable {
    static let perViewerMaximum = 8
    /// Of all sessions of one user, or of everybody who signs in with one token.
    static let perActorMaximum = 64
    static let totalMaximum = 512

    private struct State {
        var perViewer: [String: Int] = [:]
        var perActor: [String: Int] = [:]
        var total = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.total } }

    /// - Parameters:
    ///   - viewer: whose share it is: the session, or the token's name where there is none.
    ///   - actor: who that is, with all sessions.
    /// - Returns: nil when all places are taken.
    func take(_ viewer: String, of actor: String) -> StreamPlace? {
        let isTaken = state.withLock { state in
            let (own, all) = (state.perViewer[viewer, default: 0], state.perActor[actor, default: 0])
            guard own < Self.perViewerMaximum, all < Self.perActorMaximum, state.total < Self.totalMaximum else {
                return false
            }
            state.perViewer[viewer] = own + 1
            state.perActor[actor] = all + 1
            state.total += 1
            return true
        }
        return isTaken ? StreamPlace(book: self, viewer: viewer, actor: actor) : nil
    }

    fileprivate func leave(_ viewer: String, _ actor: String) {
        state.withLock { state in
            let (own, all) = (state.perViewer[viewer, default: 1] - 1, state.perActor[actor, default: 1] - 1)
            state.perViewer[viewer] = own == 0 ? nil : own
            state.perActor[actor] = all == 0 ? nil : all
            state.total -= 1
        }
    }
}

/// A place in the book; it is free again when the stream ends, and when nobody ever reads it.
final class StreamPlace: Sendable {
    private let book: StreamBook
    private let viewer: String
    private let actor: String
    private let isOver = Atomic(false)

    fileprivate init(book: StreamBook, viewer: String, actor: String) {
        self.book = book
        self.viewer = viewer
        self.actor = actor
    }

    func end() {
        if !isOver.exchange(true, ordering: .relaxed) { book.leave(viewer, actor) }
    }

    deinit { end() }
}
