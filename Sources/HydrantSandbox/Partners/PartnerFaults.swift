package import HydrantCore

/// How often the played aggregators and text services misbehave, in thousandths of the cases, drawn from the seed.
package struct PartnerFaults: Hashable, Sendable {
    // Calls that are to have an effect; each fails at most once.
    /// Carried out, and the answer comes only after ``slowMilliseconds``.
    package var slowAfter = 0
    /// Carried out, and the connection breaks instead of an answer.
    package var brokenAfter = 0
    /// Not carried out, and no answer before ``slowMilliseconds``.
    package var silentBefore = 0
    /// HTTP 500, not carried out.
    package var serverError = 0
    /// Turned away with the partner's own words for "too often".
    package var throttled = 0
    /// Turned away as if our clock or token were out of date.
    package var expired = 0
    /// How long silence lasts, in milliseconds of the machine's clock.
    package var slowMilliseconds: Int64 = 10_000

    // Answers.
    /// Truth as text, "true" instead of true.
    package var textBooleans = 0
    /// One parcel of a batch fails while the others succeed.
    package var batchFailure = 0
    /// The account may not use the branch that would fetch the parcel; of Cainiao.
    package var noService = 0
    /// Where repeated orders are not documented: a second number instead of the first.
    package var repeatMakesSecond = 0
    /// How many waybill numbers each account has.
    package var numbers = 1_000_000

    // Pushes.
    package var wrongSignature = 0
    package var repeatedPush = 0
    /// The pick-up is pushed after later scans.
    package var reversedPush = 0
    /// Two pick-ups a moment apart.
    package var doublePickUp = 0
    /// A digit too many after the seconds.
    package var malformedTime = 0

    // Calls.
    package var noAnswer = 0
    package var busy = 0
    /// The agent's own telephone is not picked up.
    package var agentAbsent = 0
    /// Nobody puts the receiver down.
    package var hangingCall = 0

    // The world itself.
    /// The courier brings the parcel back.
    package var returned = 0
    /// Put into a locker before the buyer fetches it.
    package var stored = 0
    /// Texts that do not arrive.
    package var undelivered = 0

    package init() {}

    /// Everything works.
    package static let none = PartnerFaults()

    /// A bad day, as it is shown.
    package static let badDay: PartnerFaults = {
        var plan = PartnerFaults()
        plan.slowAfter = 2
        plan.brokenAfter = 4
        plan.silentBefore = 2
        plan.serverError = 6
        plan.throttled = 4
        plan.noService = 60
        plan.textBooleans = 100
        plan.repeatedPush = 20
        plan.reversedPush = 4
        plan.returned = 4
        plan.stored = 150
        plan.noAnswer = 200
        plan.busy = 100
        return plan
    }()
}

/// How fast the played partners move.
package struct PartnerPace: Hashable, Sendable {
    /// From one scan of a parcel to the next, at least and at most.
    package var step: ClosedRange<Milliseconds> = .minutes(20) ... .minutes(600)
    /// How long due pushes are gathered.
    package var tick: Milliseconds = .seconds(60)
    /// How long after a push without the right answer it is sent again.
    package var retry: Milliseconds = .minutes(35)
    /// How far the timestamp of a signed call may be from now.
    package var clockTolerance: Milliseconds = .minutes(15)
    /// From sending a text to its receipt.
    package var receipt: Milliseconds = .seconds(20)
    /// How long one call of the hub may take, in milliseconds of the machine's clock.
    package var callTimeoutMilliseconds: Int64 = 8_000

    package init() {}

    /// For a day of 24,000 orders within minutes.
    package static let fast: PartnerPace = {
        var pace = PartnerPace()
        pace.clockTolerance = .hours(24)
        pace.callTimeoutMilliseconds = 3_000
        return pace
    }()
}

/// One of the played partners; the raw value is the kind of its connector.
package enum Partner: String, CaseIterable, Sendable {
    case cainiao
    case kuaidi100
    case kdniao
    case aliyun = "aliyun-sms"
    case tencent = "tencent-sms"
    case asterisk = "asterisk-ari"
    case twilio
}
