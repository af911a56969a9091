import HydrantConnectorKit
package import HydrantCore
import HydrantEngine
import HydrantStorage

/// A program that speaks to the hub in its own name, with a token that was made on the settings page or on the
/// terminal. Kept sealed, under the hash of the token.
package struct MachineToken: Hashable, Sendable {
    package var id: String
    package var wish: MachineWish
    /// As what it reads where it has no warehouses: operations, or IT where IT made it.
    package var role: Role
    package var createdBy: String
    package var createdAt: Instant
    package var expiresAt: Instant
    /// When it was last used, to a quarter of an hour.
    package var usedAt: Instant?
    /// What it signs facts with; empty for a token that sends none.
    var signingKey = ""

    package var name: String { wish.name }
    package var scopes: Set<AccessScope> { wish.scopes }
    package var sources: [String] { wish.sources }
    package var warehouses: Set<String> { wish.warehouses }

    /// How exactly the last use is kept.
    static let grain: Milliseconds = .minutes(15)

    package func isOver(at now: Instant) -> Bool { now >= expiresAt }

    var holder: AccessToken {
        var holder = AccessToken(name: name, hash: [], scopes: scopes, sources: sources)
        holder.webhookSecret = signingKey.isEmpty ? nil : signingKey
        return holder
    }
}

/// What a machine's token is asked to be.
package struct MachineWish: Hashable, Sendable {
    /// What it is for: "shop", "prometheus".
    package var name: String
    package var scopes: Set<AccessScope>
    /// The sources whose facts it may send.
    package var sources: [String] = []
    /// The warehouses whose orders it reads; empty for all.
    package var warehouses: Set<String> = []
    package var days: Int64 = 365

    package static let days: ClosedRange<Int64> = 1...730

    package init(name: String, scopes: Set<AccessScope>) {
        self.name = name
        self.scopes = scopes
    }

    /// - Throws: ``PeopleRefusal``.
    func checked() throws(PeopleRefusal) -> MachineWish {
        var wish = self
        wish.name = String(name.filter { !$0.isNewline }.normalised.prefix(60))
        guard wish.name.contains(where: { !$0.isWhitespace }) else { throw .noPurpose }
        guard !scopes.isEmpty else { throw .noScope }
        // Every scope together is the owner's whole hub.
        guard scopes.count < AccessScope.allCases.count else { throw .wholeToken }
        guard warehouses.isEmpty || scopes == [.read] else { throw .warehousesRead }
        wish.sources = sources.map(\.normalised).filter { !$0.isEmpty }
        let isFit = wish.sources.allSatisfy { !SourceNames.isReserved($0) && !$0.contains("*") && $0.utf8.count <= 100 }
        guard isFit, wish.sources.count <= 50, wish.sources.isEmpty != scopes.contains(.factsWrite) else {
            throw .badSources
        }
        guard Self.days.contains(days) else { throw .badExpiry }
        return wish
    }
}

/// A token as it is handed out, once.
package struct MadeMachine: Sendable {
    package var token: String
    /// `whsec_…`; nil for a token that sends no facts.
    package var signingKey: String?
}

extension People {
    /// - Parameter role: as what it reads and works on tasks: no more than whoever makes it may. The facts that it
    ///   sends are those of the sources that it names.
    /// - Throws: ``PeopleRefusal``.
    package func addMachine(_ wish: MachineWish, as role: Role, by actor: String) async throws -> MadeMachine {
        let wish = try wish.checked()
        let now = clock.now()
        let text = newSecret()
        let id = secretID(text)
        var machine = MachineToken(
            id: id, wish: wish, role: role == .it ? .it : .operations, createdBy: actor, createdAt: now,
            expiresAt: now + .hours(24 * wish.days))
        if wish.scopes.contains(.factsWrite) { machine.signingKey = "whsec_" + base64Text(randomBytes(32)) }
        let made = machine
        try await store.transaction { [records, keyring] transaction in
            guard try records.read(transaction, .users, Person.normal(made.name)) == nil else {
                throw PeopleRefusal.nameOfUser
            }
            // What the trail says of a machine is of one token.
            guard try !isMachine(Person.normal(made.name), transaction) else { throw PeopleRefusal.tokenNameTaken }
            try records.write(transaction, (.machines, id), made.json, after: 0, at: now)
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: "machine-token.added", object: "token:\(made.name)",
                    detail: made.detail), keyring)
        }
        return MadeMachine(token: text, signingKey: made.signingKey.isEmpty ? nil : made.signingKey)
    }

    /// A machine is never named as a person is: in what they do nobody would tell them apart.
    func refuseMachine(named name: String, _ transaction: any StoreTransaction) throws {
        if try isMachine(name, transaction) { throw PeopleRefusal.nameOfMachine }
    }

    /// - Parameter name: as ``Person/normal(_:)`` writes it.
    private func isMachine(_ name: String, _ transaction: any StoreTransaction) throws -> Bool {
        let names = try records.all(transaction, .machines).compactMap { $0.json["name"]?.string } + fixedNames
        return names.contains { Person.normal($0) == name }
    }

    /// Those that have expired too, the newest first.
    package func machines() async throws -> [MachineToken] {
        try await store.read { [records] reader in
            try records.all(reader, .machines).compactMap { MachineToken(id: $0.key, json: $0.json) }
        }.sorted { ($1.createdAt, $0.id) < ($0.createdAt, $1.id) }
    }

    /// - Returns: whether there was such a token.
    @discardableResult
    package func removeMachine(_ id: String, by actor: String) async throws -> Bool {
        let now = clock.now()
        return try await store.transaction { [records, keyring] transaction in
            guard let json = try records.read(transaction, .machines, id)?.0 else { return false }
            try records.delete(transaction, .machines, id)
            let name = json["name"]?.string ?? ""
            try transaction.appendAudit(
                AuditEntry(time: now, actor: actor, action: "machine-token.removed", object: "token:\(name)"), keyring)
            return true
        }
    }

    /// The machine of a token's text; nil when it is unknown, revoked or over.
    func machine(ofToken text: String, isUse: Bool) async throws -> MachineToken? {
        let id = secretID(text)
        let now = clock.now()
        let found = try await store.read { [records] reader in
            try records.read(reader, .machines, id).flatMap { MachineToken(id: id, json: $0.0) }
        }
        guard let found, !found.isOver(at: now) else { return nil }
        if isUse, found.usedAt.map({ now >= $0 + MachineToken.grain }) ?? true { try? await noteUse(of: id, now) }
        return found
    }

    private func noteUse(of id: String, _ now: Instant) async throws {
        try await store.transaction { [records] transaction in
            guard let (json, version) = try records.read(transaction, .machines, id),
                var machine = MachineToken(id: id, json: json)
            else { return }
            machine.usedAt = now
            try records.write(transaction, (.machines, id), machine.json, after: version, at: now)
        }
    }
}

extension MachineToken {
    init?(id: String, json: JSON) {
        guard let name = json["name"]?.string, let role = json["role"]?.string.flatMap(Role.init(rawValue:)),
            let created = json["createdAt"]?.integer, let expires = json["expiresAt"]?.integer
        else { return nil }
        func texts(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        var wish = MachineWish(name: name, scopes: Set(texts("scopes").compactMap(AccessScope.init(rawValue:))))
        wish.sources = texts("sources")
        wish.warehouses = Set(texts("warehouses"))
        wish.days = (expires - created) / .hours(24)
        self.init(
            id: id, wish: wish, role: role, createdBy: json["createdBy"]?.string ?? "",
            createdAt: Instant(milliseconds: created), expiresAt: Instant(milliseconds: expires),
            usedAt: json["usedAt"]?.integer.map { Instant(milliseconds: $0) },
            signingKey: json["signingKey"]?.string ?? "")
    }

    fileprivate var json: JSON {
        .compact([
            ("name", .string(name)), ("role", .string(role.rawValue)), ("createdBy", .string(createdBy)),
            ("scopes", Self.list(scopes.map(\.rawValue).sorted())), ("sources", Self.list(sources)),
            ("warehouses", Self.list(warehouses.sorted())), ("createdAt", .integer(createdAt.milliseconds)),
            ("expiresAt", .integer(expiresAt.milliseconds)), ("usedAt", usedAt.map { .integer($0.milliseconds) }),
            ("signingKey", signingKey.isEmpty ? nil : .string(signingKey)),
        ])
    }

    /// What the trail keeps.
    fileprivate var detail: JSON {
        [
            "scopes": Self.list(scopes.map(\.rawValue).sorted()), "sources": Self.list(sources),
            "warehouses": Self.list(warehouses.sorted()), "expiresAt": .string(expiresAt.text),
        ]
    }

    private static func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}

extension PeopleRefusal {
    /// Why a machine's token was not made.
    var tokenText: Text {
        switch self {
        case .nameOfUser:
            Text(
                chinese: "已有用户使用这个名字，机器令牌不能与人同名。请换一个能看出是哪个程序的名字，例如加上“-bot”。",
                english: "A user has this name, and no machine is named as a person is. Choose a name that says which "
                    + "program it is, for example with “-bot” behind it.")
        case .tokenNameTaken:
            Text(
                chinese: "已有同名令牌，请换名或先撤销。",
                english: "A token of that name exists: choose another or revoke it.")
        case .noPurpose: Text(chinese: "请写明这个令牌给哪个程序用。", english: "Say which program the token is for.")
        case .wholeToken:
            Text(
                chinese: "一个令牌不能同时拥有全部权限，请分成几个令牌。",
                english: "No token has every scope at once; make several.")
        case .warehousesRead:
            Text(chinese: "限定仓库的令牌只能有读取权限（read）。", english: "A token of some warehouses has the scope read alone.")
        case .badSources:
            Text(
                chinese: "发送消息（facts:write）的令牌须写明来源，其他令牌不写；hydrant、keeper、desk、person:、machine:、看起来像它们的名字和 * 不能用。",
                english: "A token with facts:write names its sources, others none; hydrant, keeper, desk, person:, "
                    + "machine:, what looks like them and * cannot be used.")
        default:
            Text(
                chinese: "有效期须为 1 至 730 天。", english: "A token is good for 1 to 730 days.")
        }
    }
}
