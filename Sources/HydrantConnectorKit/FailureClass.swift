package import HydrantCore

/// What a system's "no" means, whatever its words. The tables of the connectors lead their codes here.
package enum FailureClass: Hashable, Sendable {
    /// Nobody knows whether it happened: asking by our own number comes next, never another channel.
    case ambiguous
    /// It is there already, or it was already done.
    case alreadyDone
    /// The system does not know what we ask about.
    case unknownThere
    /// Too many calls, of whatever order; worth trying again after a while.
    case throttled(Milliseconds)
    /// By its words, for which no list of codes is public, it takes nothing for now. One such answer may still be about
    /// one order alone, several in a row are not.
    case seemsClosed(Milliseconds)
    /// It cannot for this order now; worth trying again after a while.
    case busy(Milliseconds)
    /// Key, token or clock are wrong: fails for every order until somebody puts it right.
    case credentials(Milliseconds)
    /// The order's own data: every other channel would say the same.
    case data
    /// This channel's account, coverage, rights or numbers: the next channel may do it.
    case channel

    /// Says in the scope of the call, after the answer was read, where every other order would hear the same now.
    package func note() {
        switch self {
        case .throttled, .credentials: CallScope.current?.noteTurnedAway(isCertain: true)
        case .seemsClosed: CallScope.current?.noteTurnedAway(isCertain: false)
        case .ambiguous, .alreadyDone, .unknownThere, .busy, .data, .channel: break
        }
    }

    /// How an instruction with an effect ends; nil where the caller has to ask first.
    package func end(_ words: String) -> InstructionResult? {
        switch self {
        case .ambiguous: .ambiguous(detail: words)
        case .throttled(let wait), .busy(let wait), .credentials(let wait), .seemsClosed(let wait):
            .retryable(detail: words, after: wait)
        case .data: .refused(detail: words, class: .data)
        case .channel: .refused(detail: words, class: .channel)
        case .alreadyDone, .unknownThere: nil
        }
    }
}
