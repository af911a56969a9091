import Synchronization

/// The open connections of the server: no address holds more than its share, and when all places are taken the one
/// that has been quiet the longest makes room, so that health checks and honest senders always get in.
package final class ConnectionBook: Sendable {
    /// One connection as the book sees it. Its handler writes into it, on whatever thread.
    package final class Entry: Sendable {
        /// Who is on the other side; nil for this machine, where the reverse proxy is.
        let peer: [UInt8]?
        private let quietSince: Atomic<UInt64>
        private let isBeingAnswered = Atomic(false)
        private let close: @Sendable () -> Void

        /// - Parameters:
        ///   - peer: the bytes of the address that counts against a share; nil where none does.
        ///   - now: nanoseconds of any clock that only goes forward.
        package init(peer: [UInt8]?, now: UInt64, close: @escaping @Sendable () -> Void) {
            self.peer = peer
            quietSince = Atomic(now)
            self.close = close
        }

        package func moved(_ now: UInt64) { quietSince.store(now, ordering: .relaxed) }

        /// While the hub answers, a connection is not quiet, however long that takes.
        package func isAnswered(_ isBeingAnswered: Bool) {
            self.isBeingAnswered.store(isBeingAnswered, ordering: .relaxed)
        }

        /// Nil while it is being answered.
        fileprivate var idleSince: UInt64? {
            isBeingAnswered.load(ordering: .relaxed) ? nil : quietSince.load(ordering: .relaxed)
        }

        fileprivate func end() { close() }
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var perPeer: [[UInt8]: Int] = [:]
        /// Those that carry an event stream. Their number is limited elsewhere, and they take no place of others.
        var streams: Set<ObjectIdentifier> = []

        mutating func insert(_ entry: Entry) {
            entries[ObjectIdentifier(entry)] = entry
            if let peer = entry.peer { perPeer[peer, default: 0] += 1 }
        }

        mutating func remove(_ entry: Entry) {
            streams.remove(ObjectIdentifier(entry))
            guard entries.removeValue(forKey: ObjectIdentifier(entry)) != nil, let peer = entry.peer else { return }
            let rest = perPeer[peer, default: 1] - 1
            perPeer[peer] = rest == 0 ? nil : rest
        }

        /// The one that has been quiet the longest; nil when all are being answered.
        var quietest: Entry? {
            var found: (since: UInt64, entry: Entry)?
            for entry in entries.values {
                guard let since = entry.idleSince, since < found?.since ?? .max else { continue }
                found = (since, entry)
            }
            return found?.entry
        }
    }

    private let state = Mutex(State())
    private let total: Int
    private let perPeer: Int

    package init(total: Int, perPeer: Int) {
        self.total = total
        self.perPeer = perPeer
    }

    package var count: Int { state.withLock { $0.entries.count } }

    /// - Returns: false when there is no place for the connection, which is then to be closed.
    package func admit(_ entry: Entry) -> Bool {
        let (isAdmitted, ended) = state.withLock { state -> (Bool, Entry?) in
            if let peer = entry.peer, state.perPeer[peer, default: 0] >= perPeer { return (false, nil) }
            guard state.entries.count - state.streams.count >= total else {
                state.insert(entry)
                return (true, nil)
            }
            guard let quietest = state.quietest else { return (false, nil) }
            state.remove(quietest)
            state.insert(entry)
            return (true, quietest)
        }
        ended?.end()
        return isAdmitted
    }

    /// Whether a connection carries an event stream now.
    package func carriesStream(_ entry: Entry, _ isStream: Bool) {
        state.withLock { state in
            let id = ObjectIdentifier(entry)
            if !isStream {
                state.streams.remove(id)
            } else if state.entries[id] != nil {
                state.streams.insert(id)
            }
        }
    }

    package func remove(_ entry: Entry) { state.withLock { $0.remove(entry) } }
}
