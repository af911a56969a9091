// Bugs put in on purpose, each a programmer's mistake of one line, to see whether the checks notice (docs/trust.md).
// They are only in debug builds, which have the flag HYDRANT_MUTANTS; `Scripts/mutants.py` says which check finds
// which.

#if HYDRANT_MUTANTS
    /// The bugs by their names; the comment of each says what is done wrong.
    package enum Mutant: String, CaseIterable, Sendable {
        // How far an order got, and what holds it.

        /// A courier's push of a signature is believed without its whole list.
        case pushProvesSignature
        /// A signature counts although a return began before it.
        case signatureAfterReturn
        /// The first parcel speaks for the order, whatever is missing in it.
        case firstParcelIsEnough
        /// Any payment pays the order.
        case depositIsEnough
        /// A credit check that was refused counts as passed.
        case refusedCreditPasses
        /// A state without proof is passed over.
        case stateSkipped
        /// Facts are compared by when they arrived and not by when they happened.
        case comparedByArrival
        /// Of several proofs the last one is kept.
        case lastProofCounts
        /// A hold ends with a fact that happened before it began.
        case earlierFactEndsHold
        /// A receiver that was changed holds nothing.
        case receiverHoldForgotten
        /// The verification of another receiver counts.
        case anyVerificationCounts

        // What is asked of whom.

        /// A warehouse hears nothing of a cancellation.
        case cancellationStaysHere
        /// Two instructions of one kind have the same key.
        case keyWithoutNumber
        /// A waybill that was taken back still counts.
        case voidedWaybillLives
        /// The waybill that counts is taken back together with the others.
        case liveWaybillTakenBack
        /// A channel whose time ran out is taken for one that refused.
        case unresolvedIsRefused
        /// Nobody looks for a number that a channel in doubt may have made.
        case doubtIsNotLookedInto
        /// A question that is asked regularly leaves out a turn.
        case pollSkipsATurn

        // Interceptors and playbooks.

        /// What an interceptor holds goes on.
        case ruleHoldsForgotten
        /// What an interceptor refuses goes out.
        case ruleRefusesNothing
        /// A delivery goes out to the address of before the change.
        case oldAddressGoesOut
        /// What was stopped for a gift goes on without it.
        case giftIsNotWaitedFor

        // Detectors, health, money, bags.

        /// A part of the money given back counts as all of it.
        case anyRefundIsWhole
        /// What is late never turns wrong by itself.
        case lateNeverTurnsWrong
        /// A word disagrees from its first moment on.
        case noGraceForWords
        /// A state that was left too late does not count any more.
        case pastDwellForgotten
        /// What an order adds to the index is never taken away again.
        case figuresOnlyGrow
        /// A warehouse with working hours is late at night too.
        case nightsCount
        /// A weight is rounded down to whole units.
        case weightRoundedDown
        /// A parcel in the wrong bag is no reason to keep the bag open.
        case foreignParcelMayStay

        // The committer.

        /// Messages that were seen are forgotten.
        case dedupeDropped
        /// Another message under a used number is taken for its repetition.
        case conflictIsRepetition
        /// The hub's own messages are not kept.
        case ownMessagesLeftOut
        /// An event's hash does not cover the event before it.
        case chainNotLinked
        /// Senders hear "recorded" although the store could not write.
        case failedCommitAcknowledged
        /// Parcels whose number is the same are not written again.
        case parcelsComparedByCount
        /// Findings whose number is the same are not written again.
        case findingsComparedByCount

        // The dispatcher and the watcher.

        /// What a system did is recorded without what it said about it.
        case answerWithoutItsFacts
        /// "Come back later" is taken for "done".
        case busyTakenForDone
        /// A time-out is taken for a refusal.
        case timeoutTakenForNo
        /// After its deadline an instruction is refused without asking what became of it.
        case nobodyAskedAfterDeadline
        /// An instruction whose time is over counts as not carried out.
        case timeOverIsRefusal
        /// A busy channel makes the hub forget that an earlier attempt is in doubt.
        case doubtForgotten
        /// What a quota leaves unused is added to later seconds.
        case unusedQuotaIsSaved
        /// A breaker that opened never tries again.
        case breakerStaysOpen
        /// After a restart nobody knows which orders change with the time.
        case timesForgottenAtStart

        // Storage.

        /// Waybills are written once and never again.
        case waybillRowsStay
        /// An attempt that has lost its lease writes its end all the same.
        case lostLeaseIsIgnored
        /// A commit is not flushed to the disk.
        case commitsNotFlushed

        // Connectors.

        /// A parcel that the sender gets back is signed by the buyer.
        case senderSignsForBuyer
        /// A route code that nobody knows means "on its way".
        case unknownWordIsOnItsWay
        /// The gateway's "success" stands for the service's.
        case outerSuccessIsEnough
        /// Times without a zone are read as universal time.
        case localTimeIsUniversal

        /// What the environment asks for; nil for a hub without a bug.
        package static let name: String? = environmentValue("HYDRANT_MUTANT").map { String(cString: $0) }

        private static let chosen = name.flatMap(Mutant.init(rawValue:))
        private static let isAnyOn = chosen != nil

        /// Whether this process has the bug.
        package var isOn: Bool { Mutant.isAnyOn && Mutant.chosen == self }
    }

    // The core imports nothing, and this is C's.
    @_silgen_name("getenv")
    private func environmentValue(_ name: UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>?
#endif
