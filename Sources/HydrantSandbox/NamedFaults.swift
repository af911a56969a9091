/// What goes wrong in the played world, by the names that the command line knows. A fault that several of the played
/// systems know happens at all of them.
package struct NamedFaults: Sendable {
    package struct Fault: Sendable {
        package let name: String
        fileprivate var world: (@Sendable (inout FaultPlan, Int) -> Void)?
        fileprivate var couriers: (@Sendable (inout DirectFaults, Int) -> Void)?
        fileprivate var partners: (@Sendable (inout PartnerFaults, Int) -> Void)?
    }

    package var world = FaultPlan.none
    package var couriers = DirectFaults.none
    package var partners = PartnerFaults.none

    package init() {}

    package static let all: [Fault] = [
        Fault(
            name: "slow", world: { $0.slowAfterCreating = $1 }, couriers: { $0.slowAfter = $1 },
            partners: { $0.slowAfter = $1 }),
        Fault(
            name: "broken", world: { $0.brokenAfterCreating = $1 }, couriers: { $0.brokenAfter = $1 },
            partners: { $0.brokenAfter = $1 }),
        Fault(
            name: "silent", world: { $0.silentBeforeCreating = $1 }, couriers: { $0.silentBefore = $1 },
            partners: { $0.silentBefore = $1 }),
        Fault(
            name: "error", world: { $0.serverError = $1 }, couriers: { $0.serverError = $1 },
            partners: { $0.serverError = $1 }),
        Fault(name: "throttled", couriers: { $0.throttled = $1 }, partners: { $0.throttled = $1 }),
        Fault(name: "bad-clock", couriers: { $0.badClock = $1 }, partners: { $0.expired = $1 }),
        Fault(name: "token-over", couriers: { $0.tokenOver = $1 }),
        Fault(name: "repeat-is-error", world: { $0.repeatIsError = $1 }, couriers: { $0.repeatIsError = $1 }),
        Fault(name: "repeat-names-number", couriers: { $0.repeatNamesNumber = $1 }),
        Fault(name: "repeat-makes-second", partners: { $0.repeatMakesSecond = $1 }),
        Fault(name: "batch-failure", partners: { $0.batchFailure = $1 }),
        Fault(name: "no-service", partners: { $0.noService = $1 }),
        Fault(name: "text-booleans", partners: { $0.textBooleans = $1 }),
        Fault(name: "malformed-time", partners: { $0.malformedTime = $1 }),
        Fault(name: "wrong-signature", couriers: { $0.wrongSignature = $1 }, partners: { $0.wrongSignature = $1 }),
        Fault(
            name: "repeated-push", world: { $0.duplicatePush = $1 }, couriers: { $0.repeatedPush = $1 },
            partners: { $0.repeatedPush = $1 }),
        Fault(
            name: "reversed-push", world: { $0.reversedPush = $1 }, couriers: { $0.reversedPush = $1 },
            partners: { $0.reversedPush = $1 }),
        Fault(name: "double-pick-up", couriers: { $0.doublePickUp = $1 }, partners: { $0.doublePickUp = $1 }),
        Fault(name: "missing-step", world: { $0.missingStep = $1 }),
        Fault(name: "lock-refused", world: { $0.lockRefused = $1 }),
        Fault(name: "credit-refused", world: { $0.creditRefused = $1 }),
        Fault(name: "split", world: { $0.splitParcels = $1 }),
        Fault(name: "no-number", world: { $0.shippedWithoutNumber = $1 }),
        Fault(
            name: "returned", world: { $0.returned = $1 }, couriers: { $0.returned = $1 },
            partners: { $0.returned = $1 }),
        Fault(name: "stored", couriers: { $0.stored = $1 }, partners: { $0.stored = $1 }),
        Fault(name: "refunded", world: { $0.refunded = $1 }),
        Fault(name: "message-refused", world: { $0.messageRefused = $1 }, partners: { $0.undelivered = $1 }),
        Fault(name: "no-answer", partners: { $0.noAnswer = $1 }),
        Fault(name: "busy", partners: { $0.busy = $1 }),
        Fault(name: "agent-absent", partners: { $0.agentAbsent = $1 }),
        Fault(name: "hanging-call", partners: { $0.hangingCall = $1 }),
    ]

    /// - Parameter permille: in how many of a thousand cases it happens.
    /// - Returns: false where no fault has the name.
    package mutating func set(_ name: String, permille: Int) -> Bool {
        guard let fault = Self.all.first(where: { $0.name == name }) else { return false }
        fault.world?(&world, permille)
        fault.couriers?(&couriers, permille)
        fault.partners?(&partners, permille)
        return true
    }

    /// How many waybill numbers each account has.
    package mutating func setNumbers(_ count: Int) {
        couriers.numbers = count
        partners.numbers = count
    }
}
