// What a hold keeps from happening. While a rule holds an order, the warehouse gets no delivery, no number is made, and
// neither invoice nor warranty is asked for; what is under way already goes on. A hold that ends only by what it keeps
// from happening never ends.

/// How far an order surely is when a rule stops it.
private enum RuleReach {
    /// The warehouse may not have it yet.
    case anywhere
    /// The warehouse has it: packing goes on.
    case locked
    /// A parcel has its number: the courier goes on.
    case numbered

    /// What is known of an order that does not get further because it is held here.
    var frozen: [RuleTest] {
        switch self {
        case .anywhere:
            [
                RuleTest(.isLocked, .equal, 0), RuleTest(.sinceLock, .isKnown, 0), RuleTest(.packedCount, .equal, 0),
                RuleTest(.state, .atMost, Int64(StateNumber.riskPassed)),
            ] + Self.unsent
        case .locked: [RuleTest(.state, .atMost, Int64(StateNumber.packed))] + Self.unsent
        case .numbered: [RuleTest(.state, .atMost, Int64(StateNumber.signed))]
        }
    }

    private static let unsent = [
        RuleTest(.numberedCount, .equal, 0), RuleTest(.shippedCount, .equal, 0), RuleTest(.signedCount, .equal, 0),
        RuleTest(.sinceShipping, .isKnown, 0),
    ]

    /// Whether a fact of this kind does not come while the order is held here.
    func keepsBack(_ kind: FactKind) -> Bool {
        switch kind {
        case .inventoryLocked, .parcelPacked: self == .anywhere
        case .trackingReported, .parcelHandedOver, .traceReported, .signedReported: self != .numbered
        case .warrantyRegistered, .invoiceIssued: true
        default: false
        }
    }

    /// Whether a condition is never true of an order that is held here.
    func keepsBack(_ condition: RuleCondition) -> Bool {
        !condition.isImpossible && RuleCondition.all([condition] + frozen.map { .test($0) }).isImpossible
    }
}

extension FactKind {
    fileprivate var reach: RuleReach {
        switch self {
        case .inventoryLocked, .parcelPacked: .locked
        case .trackingReported, .parcelHandedOver, .traceReported, .signedReported: .numbered
        default: .anywhere
        }
    }
}

extension Rule {
    /// By the facts that call it, and by its condition.
    private var reach: RuleReach {
        let called = Set(when.map(\.reach))
        if called == [.numbered] || RuleReach.locked.keepsBack(condition) { return .numbered }
        return !called.contains(.anywhere) || RuleReach.anywhere.keepsBack(condition) ? .locked : .anywhere
    }

    /// The exits of a hold, in words, when it keeps them all from coming about; nil when one can come.
    func exitsKeptBack(by hold: HoldAction) -> [String]? {
        let reach = self.reach
        var words: [String] = []
        for exit in hold.exits {
            switch exit {
            case .fact(let kind) where reach.keepsBack(kind): words.append(kind.rawValue)
            case .condition(let condition) where reach.keepsBack(condition):
                words += condition.tests.map(\.field.rawValue)
            default: return nil
            }
        }
        return words
    }

    /// Whether an exit is reached by whatever makes the rule match, so that nothing is ever held.
    func endsAtOnce(_ exit: HoldAction.Exit) -> Bool {
        switch exit {
        // A hold ends with such a fact at or after its occasion, and that fact is the occasion.
        case .fact(let kind): Set(when) == [kind]
        case .condition(let exit): exit == condition || condition.implies(exit)
        default: false
        }
    }
}

extension RuleCondition {
    /// Whether another one is proven to be true with this one. A field that this one does not ask for may be unknown,
    /// and then the other is not true.
    fileprivate func implies(_ other: RuleCondition) -> Bool {
        let asked = tests
        let isAsked = other.tests.allSatisfy { test in
            asked.contains { $0.field == test.field && $0.system == test.system }
        }
        return isAsked && RuleCondition.all([self, .none([other])]).isImpossible
    }
}
