package import HydrantCore

/// How often the played couriers misbehave, in thousandths of the cases, drawn from the seed.
package struct DirectFaults: Hashable, Sendable {
    // Calls that are to have an effect; each fails at most once.
    /// Carried out, and the answer comes only after ``slowMilliseconds``.
    package var slowAfter = 0
    /// Carried out, and the connection breaks instead of an answer.
    package var brokenAfter = 0
    /// Not carried out, and no answer before ``slowMilliseconds``.
    package var silentBefore = 0
    /// HTTP 500, not carried out.
    package var serverError = 0
    /// Turned away with the courier's words for "too often".
    package var throttled = 0
    /// Turned away as if our clock were wrong.
    package var badClock = 0
    /// A token ends before its time.
    package var tokenOver = 0
    /// How long silence lasts, in milliseconds of the machine's clock.
    package var slowMilliseconds: Int64 = 10_000
    /// A repeated creation is answered by "there is one already" instead of by the first answer.
    package var repeatIsError = 500
    /// That answer brings the number with it.
    package var repeatNamesNumber = 500
    /// How many waybill numbers each account has.
    package var numbers = 1_000_000

    // Pushes.
    package var wrongSignature = 0
    package var repeatedPush = 0
    /// The pick-up is pushed after later scans.
    package var reversedPush = 0
    /// Two pick-ups a moment apart.
    package var doublePickUp = 0

    // The world itself.
    package var returned = 0
    /// Put into a locker before the buyer fetches it.
    package var stored = 0

    package init() {}

    /// Everything works.
    package static let none = DirectFaults()

    /// A bad day, as it is shown.
    package static let badDay: DirectFaults = {
        var plan = DirectFaults()
        plan.slowAfter = 2
        plan.brokenAfter = 4
        plan.silentBefore = 2
        plan.serverError = 6
        plan.throttled = 2
        plan.repeatNamesNumber = 1_000
        plan.repeatedPush = 20
        plan.reversedPush = 4
        plan.returned = 4
        plan.stored = 150
        return plan
    }()
}

/// How fast the played couriers move.
package struct DirectPace: Hashable, Sendable {
    /// From one scan of a parcel to the next, at least and at most.
    package var step: ClosedRange<Milliseconds> = .minutes(20) ... .minutes(600)
    /// How long due pushes are gathered.
    package var tick: Milliseconds = .seconds(60)
    /// How long after a push without the right answer it is sent again; three times at most.
    package var retry: Milliseconds = .minutes(35)
    /// How far the timestamp of a signed call may be from now.
    package var clockTolerance: Milliseconds = .minutes(10)
    /// How long one call of the hub may take, in milliseconds of the machine's clock.
    package var callTimeoutMilliseconds: Int64 = 8_000

    package init() {}

    /// For a day of 24,000 orders within minutes.
    package static let fast: DirectPace = {
        var pace = DirectPace()
        pace.clockTolerance = .hours(24)
        pace.callTimeoutMilliseconds = 3_000
        return pace
    }()
}
