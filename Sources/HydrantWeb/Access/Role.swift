package import HydrantCore

/// What somebody is in the company. What each role may open and see is in ``AccessTable``.
package enum Role: String, CaseIterable, Sendable {
    /// May do everything, and alone decides who may do what.
    case owner
    case operations
    /// Sees the orders of its warehouses and no others.
    case warehouse
    case service
    case finance
    case it
    case viewer

    package var text: Text {
        switch self {
        case .owner: Text(chinese: "负责人", english: "Owner")
        case .operations: Text(chinese: "运营", english: "Operations")
        case .warehouse: Text(chinese: "仓库", english: "Warehouse")
        case .service: Text(chinese: "客服", english: "Service")
        case .finance: Text(chinese: "财务", english: "Finance")
        case .it: Text(chinese: "IT", english: "IT")
        case .viewer: Text(chinese: "只读", english: "Viewer")
        }
    }

    /// What a cookie or a token of such a person opens at the API at most.
    package var scopes: Set<AccessScope> {
        switch self {
        case .owner: Set(AccessScope.allCases)
        case .it: [.read, .ops]
        case .operations, .warehouse, .service, .finance, .viewer: [.read]
        }
    }
}

/// Who looks. Every request of a person or a machine carries one in ``current``.
package struct Viewer: Hashable, Sendable {
    /// As the audit trail names it: `user:ada`, `token:shop`.
    package var actor: String
    /// The name that a person signs in with; nil for a machine.
    package var user: String?
    package var role: Role
    /// The role of whoever made a token of some warehouses: the token has no right that this role has not.
    package var maker: Role?
    /// Only for ``Role/warehouse``; whoever has none sees no order.
    package var warehouses: Set<String>
    /// What the hidden field `form` of every form must hold that changes something; empty without a browser's session.
    package var formToken = ""
    /// The session's cookie value; empty without one.
    var session = ""

    package init(actor: String, user: String? = nil, role: Role, warehouses: Set<String> = []) {
        self.actor = actor
        self.user = user
        self.role = role
        self.warehouses = warehouses
    }

    /// Where no access control stands in front, or behind it: whoever sees the least.
    private static let nobody = Viewer(actor: "nobody", role: .it)

    /// Who sent the request that is being answered. Set by the access control; ``nobody`` outside of a request.
    @TaskLocal package static var current = nobody

    /// Whether whoever sent the request may still have what they asked for: an answer that goes on for long asks again.
    @TaskLocal static var admission: Admission?

    /// Whether an order may be known to exist.
    package func maySee(_ order: Order) -> Bool {
        role != .warehouse || !warehouses.isDisjoint(with: order.warehouses)
    }

    /// Those whose goods and parcels the viewer may touch; nil for all.
    package var ownWarehouses: Set<String>? { role == .warehouse ? warehouses : nil }

    package func mayOpen(_ method: String, _ path: String) -> Bool {
        isAmong(AccessTable.rule(method, path)?.roles ?? [.owner])
    }

    /// Whose share of something it counts against: the session, or the token's name where there is none.
    var place: String { session.isEmpty ? actor : session }

    /// Whether roles have what the viewer needs for something.
    package func isAmong(_ roles: Set<Role>) -> Bool {
        roles.contains(role) && maker.map { roles.contains($0) } ?? true
    }

    /// The stricter one of the viewer's role and of its maker's.
    package func sight(_ field: OrderField) -> Sight {
        let own = AccessTable.sight(role, field)
        return maker.map { max(own, AccessTable.sight($0, field)) } ?? own
    }
}

/// Asks the access control once more about a request that is still being answered.
final class Admission: Sendable {
    private let ask: @Sendable () async -> Bool

    init(_ ask: @Sendable @escaping () async -> Bool) { self.ask = ask }

    func stands() async -> Bool { await ask() }
}
