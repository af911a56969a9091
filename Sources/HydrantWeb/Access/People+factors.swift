import HydrantCore
import HydrantStorage

/// Which roles must have a second factor. Whoever of them has none is led to set it up and gets no further before.
extension People {
    private static let key = "second-factor"

    /// As the owner has said on the page of the users; before that as the hub was started.
    package func factorRoles() async throws -> Set<Role> {
        let said = try await store.read { [records] in try records.read($0, .rules, Self.key)?.0 }
        guard let said else { return unsaidFactorRoles }
        return Set((said["roles"]?.array ?? []).compactMap { $0.string.flatMap(Role.init(rawValue:)) })
    }

    package func lacksFactor(_ person: Person) async throws -> Bool {
        guard person.secondFactor == nil else { return false }
        return try await factorRoles().contains(person.role)
    }

    package func demandFactor(of roles: Set<Role>, by actor: String) async throws {
        let now = clock.now()
        let names: JSON = ["roles": .array(roles.map(\.rawValue).sorted().map { .string($0) })]
        try await store.transaction { [records, keyring] transaction in
            let version = try records.read(transaction, .rules, Self.key)?.1 ?? 0
            try records.write(transaction, (.rules, Self.key), names, after: version, at: now)
            try transaction.appendAudit(
                AuditEntry(time: now, actor: actor, action: "second-factor.demanded", detail: names), keyring)
        }
    }
}
