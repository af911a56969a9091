package import HydrantCore

/// A part of an order that not every role sees.
package enum OrderField: String, CaseIterable, Sendable {
    case receiverName = "receiver-name"
    case receiverPhone = "receiver-phone"
    case receiverAddress = "receiver-address"
    /// What agents wrote down about the order and its customer, and the recordings of their calls.
    case notes
    /// The customer's number, level and return rate.
    case customer
    /// Every amount: prices, payments, invoices.
    case money
}

/// How a field is shown.
package enum Sight: String, CaseIterable, Comparable, Sendable {
    case clear
    /// The beginning only. Who may, asks for the rest with a reason, and the trail keeps it.
    case masked
    case hidden

    /// The more is seen, the smaller.
    package static func < (left: Sight, right: Sight) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .clear: 0
        case .masked: 1
        case .hidden: 2
        }
    }
}

/// Who may ask for what: one row per route, one per field. Whatever has no row is the owner's alone, and a test fails.
package enum AccessTable {
    package struct Rule: Sendable {
        package enum Gate: Sendable {
            /// For everybody, also without a session.
            case open
            case roles
        }

        package var method: String
        /// As the router has it, with names in braces.
        package var path: String
        package var gate: Gate
        package var roles: Set<Role>
        /// What a token needs; nil for any token. Machines send tokens and are judged by this, those that read no more
        /// than a role does by their role too.
        package var scope: AccessScope?
        /// The name in braces that holds an order's number: an order that may not be seen is answered as one that does
        /// not exist.
        package var order: String?

        /// Whether a token opens it only with every scope: what is the owner's alone, and the forms by which people
        /// change something. With less a token reads.
        package var needsWholeToken: Bool {
            scope == .read
                && (roles == [.owner] || method == "POST" && !AccessTable.readingForms.contains(path))
        }

        init(
            _ method: String, _ path: String, _ roles: Set<Role>, scope: AccessScope? = .read, order: String? = nil
        ) {
            self.method = method
            self.path = path
            gate = .roles
            self.roles = roles
            self.scope = scope
            self.order = order
        }

        /// A row of an open address.
        init(open method: String, _ path: String) {
            self.method = method
            self.path = path
            gate = .open
            roles = Set(Role.allCases)
        }
    }

    /// The row of a route; HEAD is asked as GET is. A path may be a route's pattern or, for routes without names in
    /// braces, an address.
    package static func rule(_ method: String, _ path: String) -> Rule? {
        if path.hasPrefix("/assets/") { return Rule(open: "GET", path) }
        return byRoute["\(method == "HEAD" ? "GET" : method) \(path)"]
    }

    /// The roles that may have the customer's telephone rung without seeing its number.
    package static let calling: Set<Role> = [.owner, .operations, .service]

    /// The roles that may do each deed on an order's page.
    package static let actions: [OrderAction: Set<Role>] = {
        let desk: Set<Role> = [.owner, .operations, .service]
        return [
            .placeHold: desk.union([.warehouse, .finance]), .releaseHold: desk, .verifyReceiver: desk,
            .changeReceiver: desk, .cancel: desk, .askReturn: desk, .recordWayBack: desk.union([.warehouse]),
            .voidWaybill: [.owner, .operations, .warehouse], .promiseRefund: desk.union([.finance]),
            .recordRefund: [.owner, .finance], .openTicket: desk, .closeTicket: desk, .complete: desk,
            .ask: desk.union([.warehouse, .finance, .it]),
        ]
    }()

    private static let byRoute = Dictionary(
        rules.map { ("\($0.method) \($0.path)", $0) }, uniquingKeysWith: { first, _ in first })

    /// How a role sees a field.
    package static func sight(_ role: Role, _ field: OrderField) -> Sight { fields[field]?[role] ?? .hidden }

    /// The roles that may see a masked field in clear, with a reason and an entry in the trail.
    package static let revealing: Set<Role> = [.owner, .operations, .warehouse, .service]
}
