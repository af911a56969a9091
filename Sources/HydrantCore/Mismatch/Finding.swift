/// The kinds of wrong orders. The raw values are shown by the API and the command line and never change.
package enum MismatchKind: String, CaseIterable, Sendable {
    case paidNotLocked
    case packedNotLocked
    case shippedWithoutTracking
    case twoLiveWaybills
    case shippedBeforePaid
    case cancelledButShipped
    case refundedButShipped
    case revenueButRefunded
    case paymentMismatch
    case signedBeforeShipped
    case signedWithoutTime
    case signedWithoutWarranty
    case noLines
    case systemsDisagree
    case waybillInDoubt
    case returnedToSender
}

/// Three different answers: wrong, late (not yet wrong), and unknown (cannot be verified now).
package enum Verdict: String, CaseIterable, Sendable {
    case wrong
    case late
    case unknown
}

/// One thing about one order that is not as it should be.
package struct Finding: Hashable, Sendable {
    package var kind: MismatchKind
    package var verdict: Verdict
    /// Why, in words for the screen.
    package var reason: Text
    /// Since when it is so.
    package var since: Instant
    /// When a system last said something that this rests on.
    package var lastVerifiedAt: Instant?
    /// When the verdict turns by itself although nothing happens (late becomes wrong); nil when it does not.
    package var turnsAt: Instant?

    package init(
        kind: MismatchKind, verdict: Verdict, reason: Text, since: Instant, lastVerifiedAt: Instant? = nil,
        turnsAt: Instant? = nil
    ) {
        self.kind = kind
        self.verdict = verdict
        self.reason = reason
        self.since = since
        self.lastVerifiedAt = lastVerifiedAt
        self.turnsAt = turnsAt
    }
}

/// Looks for one kind of wrong order. A pure function of the order, the settings and a moment.
protocol MismatchDetector: SendableMetatype {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding?
}

/// All detectors, one per kind, in the order of ``MismatchKind``.
private let detectors: [any MismatchDetector.Type] = [
    PaidNotLocked.self, PackedNotLocked.self, ShippedWithoutTracking.self, TwoLiveWaybills.self,
    ShippedBeforePaid.self, CancelledButShipped.self, RefundedButShipped.self, RevenueButRefunded.self,
    PaymentMismatch.self, SignedBeforeShipped.self, SignedWithoutTime.self, SignedWithoutWarranty.self,
    NoLines.self, SystemsDisagree.self, WaybillInDoubt.self, ReturnedToSender.self,
]

extension Order {
    /// Everything that is wrong, late or unknown about the order at a moment.
    package func findings(settings: Settings, now: Instant) -> [Finding] {
        detectors.compactMap { $0.finding(in: self, settings: settings, now: now) }
    }

    /// The newest message of any system about this order.
    package var lastHeardAt: Instant? { latest.values.max() }
}

/// How long something has been missing, and until when it may be.
struct Waiting {
    var since: Instant
    var deadline: Instant
    var now: Instant

    init(since: Instant, deadline: Instant, now: Instant) {
        self.since = since
        self.deadline = deadline
        self.now = now
    }

    init(since: Instant, limit: Milliseconds, now: Instant) {
        self.init(since: since, deadline: since + limit, now: now)
    }
}

/// Late until the deadline, wrong from then on.
func overdue(
    _ kind: MismatchKind, _ waiting: Waiting, lastVerifiedAt: Instant?, reason: (Text) -> Text
) -> Finding {
    let isWrong = waiting.now >= waiting.deadline
    return Finding(
        kind: kind, verdict: isWrong ? .wrong : .late, reason: reason(durationText(waiting.now - waiting.since)),
        since: waiting.since, lastVerifiedAt: lastVerifiedAt, turnsAt: isWrong ? nil : waiting.deadline)
}
