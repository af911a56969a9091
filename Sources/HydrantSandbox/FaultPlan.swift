package import HydrantCore

/// How often the outside world misbehaves, in thousandths of the cases, drawn from the seed.
package struct FaultPlan: Hashable, Sendable {
    // Calls to the outside systems; each call fails at most once.
    /// Carried out, and the answer comes only after ``slowMilliseconds``.
    package var slowAfterCreating = 0
    /// Carried out, and the connection breaks instead of an answer.
    package var brokenAfterCreating = 0
    /// Not carried out, and no answer before ``slowMilliseconds``.
    package var silentBeforeCreating = 0
    /// HTTP 500, not carried out.
    package var serverError = 0
    /// How long silence lasts, in milliseconds of the machine's clock.
    package var slowMilliseconds: Int64 = 10_000
    /// A repeated creation is answered by "there is one already" instead of by the first answer.
    package var repeatIsError = 500

    // Pushes.
    package var duplicatePush = 0
    /// Messages of one order or parcel arrive in the wrong order.
    package var reversedPush = 0
    /// A step that is never reported although it happened.
    package var missingStep = 0

    // The world itself.
    /// Stock is lacking; half of these orders get it hours later.
    package var lockRefused = 0
    package var creditRefused = 0
    /// Packed into two parcels.
    package var splitParcels = 0
    /// Handed to the courier and confirmed without a number.
    package var shippedWithoutNumber = 0
    /// The courier brings the parcel back.
    package var returned = 0
    package var refunded = 0
    /// The customer system does not accept a message.
    package var messageRefused = 0

    package init() {}

    /// Everything works.
    package static let none = FaultPlan()

    /// A bad day, as it is shown.
    package static let badDay: FaultPlan = {
        var plan = FaultPlan()
        plan.slowAfterCreating = 2
        plan.brokenAfterCreating = 4
        plan.silentBeforeCreating = 2
        plan.serverError = 6
        plan.duplicatePush = 20
        plan.reversedPush = 30
        plan.missingStep = 4
        plan.lockRefused = 8
        plan.creditRefused = 6
        plan.splitParcels = 25
        plan.shippedWithoutNumber = 2
        plan.returned = 4
        plan.refunded = 12
        plan.messageRefused = 15
        return plan
    }()
}

/// How fast and how finely the outside world moves.
package struct SandboxPace: Hashable, Sendable {
    /// Orders in thousandths whose picking and weighing are reported beside the steps that prove states.
    package var minorStepsPermille = 1_000
    /// How long due messages are gathered before they are pushed, on the injected clock.
    package var tick: Milliseconds = .seconds(60)
    package var pushesInFlight = 8
    /// How far the timestamp of a signed call may be from now; at a clock that runs 480 times as fast, a second on the
    /// machine is eight minutes.
    package var clockTolerance: Milliseconds = .minutes(10)
    /// How long one call of the hub may take, in milliseconds of the machine's clock.
    package var callTimeoutMilliseconds: Int64 = 8_000

    package init() {}

    /// For a day of 24,000 orders within minutes.
    package static let fast: SandboxPace = {
        var pace = SandboxPace()
        pace.minorStepsPermille = 100
        pace.clockTolerance = .hours(24)
        pace.callTimeoutMilliseconds = 3_000
        return pace
    }()
}
