package import HydrantCore
import HydrantEngine
package import HydrantStorage

/// Everybody who may sign in, kept in the store. Whatever changes is in the audit trail of the same transaction.
package struct People: Sendable {
    let store: any Store
    let keyring: Keyring
    /// The clock of the world.
    let clock: any HubClock
    /// So many bytes that nobody can guess.
    let randomBytes: @Sendable (_ count: Int) -> [UInt8]
    let records: SealedRecords
    /// The roles that must have a second factor as long as the owner has not said which.
    package var unsaidFactorRoles: Set<Role> = []
    /// The names of the machines whose tokens stand in files.
    package var fixedNames: [String] = []
    let mill = PasswordMill()
    let guesses = GuessBook()

    package init(
        store: any Store, keyring: Keyring, clock: any HubClock,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.store = store
        self.keyring = keyring
        self.clock = clock
        self.randomBytes = randomBytes
        records = SealedRecords(keyring: keyring)
    }

    package func all() async throws -> [Person] {
        try await store.read { [records] reader in
            try records.all(reader, .users).compactMap { Person(json: $0.json) }
        }
    }

    package func person(_ name: String) async throws -> Person? {
        try await store.read { [records] in try records.read($0, .users, name).flatMap { Person(json: $0.0) } }
    }

    /// Adds somebody, who then chooses a password through the link of the code.
    ///
    /// - Returns: the code.
    /// - Throws: ``PeopleRefusal``.
    package func add(
        _ name: String, role: Role, warehouses: Set<String>, by actor: String
    ) async throws -> String {
        let name = Person.normal(name)
        guard Person.isName(name) else { throw PeopleRefusal.badName }
        guard role != .warehouse || !warehouses.isEmpty else { throw PeopleRefusal.noWarehouse }
        let now = clock.now()
        let code = newSecret()
        let person = Person(
            name: name, role: role, warehouses: role == .warehouse ? warehouses : [], createdAt: now)
        try await store.transaction { [records, keyring] transaction in
            guard try records.read(transaction, .users, name) == nil else { throw PeopleRefusal.nameTaken }
            try refuseMachine(named: name, transaction)
            try records.write(transaction, (.users, name), person.json, after: 0, at: now)
            try records.write(
                transaction, (.invitations, secretID(code)), Self.invitation(name, now), after: 0, at: now)
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: "user.added", object: "user:\(name)",
                    detail: Self.detail(of: person)), keyring)
        }
        return code
    }

    /// Changes role and warehouses. Open sessions see by the new role at once.
    package func assign(_ name: String, role: Role, warehouses: Set<String>, by actor: String) async throws {
        guard role != .warehouse || !warehouses.isEmpty else { throw PeopleRefusal.noWarehouse }
        try await change(name, "user.assigned", by: actor) { person, transaction in
            if person.role == .owner, role != .owner { try keepAnOwner(person.name, transaction) }
            person.role = role
            person.warehouses = role == .warehouse ? warehouses : []
        }
    }

    package func setDisabled(_ name: String, _ isDisabled: Bool, by actor: String) async throws {
        try await change(name, isDisabled ? "user.disabled" : "user.enabled", by: actor) { person, transaction in
            if isDisabled, person.role == .owner { try keepAnOwner(person.name, transaction) }
            person.isDisabled = isDisabled
            if isDisabled { try endSessions(of: person.name, except: nil, transaction) }
        }
    }

    /// Takes password, second factor and sessions away.
    ///
    /// - Returns: the code of a link by which a new password is chosen.
    package func reset(_ name: String, by actor: String) async throws -> String {
        let code = newSecret()
        let now = clock.now()
        try await change(name, "user.reset", by: actor) { person, transaction in
            person.password = nil
            person.secondFactor = nil
            try endSessions(of: person.name, except: nil, transaction)
            try endInvitations(of: person.name, transaction)
            try records.write(
                transaction, (.invitations, secretID(code)), Self.invitation(person.name, now), after: 0, at: now)
        }
        return code
    }

    /// The code of the link by which the first owner signs up; nil when there is anybody already.
    package func firstOwnerCode() async throws -> String? {
        let code = newSecret()
        let now = clock.now()
        return try await store.transaction { [records] transaction in
            guard try transaction.records("users", after: "", limit: 1).isEmpty else { return nil }
            // Only the newest link works.
            try endInvitations(of: "", transaction)
            try records.write(transaction, (.invitations, secretID(code)), Self.invitation("", now), after: 0, at: now)
            return code
        }
    }

    private static func invitation(_ name: String, _ now: Instant) -> JSON {
        Invitation(user: name, until: now + Invitation.lifetime).json
    }

    /// Changes one person in a transaction with its entry in the trail.
    func change(
        _ name: String, _ action: String, by actor: String,
        _ body: @escaping @Sendable (inout Person, any StoreTransaction) throws -> Void
    ) async throws {
        let now = clock.now()
        try await store.transaction { [records, keyring] transaction in
            guard let (json, version) = try records.read(transaction, .users, name), var person = Person(json: json)
            else { throw PeopleRefusal.unknown }
            try body(&person, transaction)
            try records.write(transaction, (.users, name), person.json, after: version, at: now)
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: action, object: "user:\(name)", detail: Self.detail(of: person)),
                keyring)
        }
    }

    private static func detail(of person: Person) -> JSON {
        [
            "role": .string(person.role.rawValue),
            "warehouses": .array(person.warehouses.sorted().map { .string($0) }),
        ]
    }

    /// Nobody can lock the company out.
    private func keepAnOwner(_ name: String, _ transaction: any StoreTransaction) throws {
        let others = try records.all(transaction, .users).compactMap { Person(json: $0.json) }
        guard others.contains(where: { $0.name != name && $0.role == .owner && !$0.isDisabled }) else {
            throw PeopleRefusal.lastOwner
        }
    }

    func endSessions(of name: String, except kept: String?, _ transaction: any StoreTransaction) throws {
        for (key, json) in try records.all(transaction, .sessions) where json["user"]?.string == name && key != kept {
            try records.delete(transaction, .sessions, key)
        }
    }

    /// Only the newest link of a person works, and none once a password was chosen.
    func endInvitations(of name: String, _ transaction: any StoreTransaction) throws {
        for (key, json) in try records.all(transaction, .invitations) where json["user"]?.string == name {
            try records.delete(transaction, .invitations, key)
        }
    }

    /// 32 bytes, base64url.
    func newSecret() -> String { base64URLText(randomBytes(32)) }
}

/// Why something about people was not done.
package enum PeopleRefusal: String, Error, CaseIterable, Sendable {
    case badName = "bad-name"
    case nameTaken = "name-taken"
    case nameOfMachine = "name-of-machine"
    case nameOfUser = "name-of-user"
    case tokenNameTaken = "token-name-taken"
    case noWarehouse = "no-warehouse"
    case unknown
    case lastOwner = "last-owner"
    case weakPassword = "weak-password"
    case wrongPassword = "wrong-password"
    case wrongDigits = "wrong-digits"
    case factorDemanded = "factor-demanded"
    case linkOver = "link-over"
    case noScope = "no-scope"
    case noPurpose = "no-purpose"
    case wholeToken = "whole-token"
    case warehousesRead = "warehouses-read"
    case badSources = "bad-sources"
    case badExpiry = "bad-expiry"
    case busy

    package var text: Text {
        switch self {
        case .badName:
            Text(
                chinese: "登录名须为 2–40 个小写字母、数字、点、横线或下划线。",
                english: "A sign-in name is 2 to 40 of a-z, 0-9, dot, hyphen and underscore.")
        case .nameTaken: Text(chinese: "这个登录名已有人使用，请换一个。", english: "This name is taken; choose another.")
        case .nameOfMachine:
            Text(
                chinese: "已有机器令牌使用这个名字，人不能与机器同名。请换一个登录名，或先撤销那个令牌。",
                english: "A machine's token has this name, and nobody is named as a machine is. Choose another name, "
                    + "or revoke the token first.")
        case .noWarehouse:
            Text(chinese: "仓库角色至少要指定一个仓库。", english: "The warehouse role needs at least one warehouse.")
        case .unknown: Text(chinese: "没有这个用户。", english: "There is no such user.")
        case .lastOwner:
            Text(chinese: "这是最后一位负责人，请先指定另一位。", english: "This is the last owner; appoint another one first.")
        case .weakPassword:
            Text(
                chinese: "密码须为 10–128 个字符，不能是常见密码，也不能含登录名。",
                english: "A password has 10 to 128 characters, is no common one and does not hold the sign-in name.")
        case .wrongPassword: Text(chinese: "当前密码不对。", english: "The present password is not right.")
        case .wrongDigits:
            Text(
                chinese: "六位数字不对或已用过，请看手机上的新数字。",
                english: "The six digits are not right or were used; read the new ones.")
        case .factorDemanded:
            Text(
                chinese: "您的角色必须使用第二步验证，不能关闭，只能重新设置。",
                english: "Your role must have a second factor; it is not removed, only set up anew.")
        case .linkOver:
            Text(
                chinese: "这个链接已用过、已过期，或已被更新的链接取代。请让负责人重新生成。",
                english: "This link was used, is too old, or a newer one took its place. Ask the owner for a new one.")
        case .noScope: Text(chinese: "请至少选择一项权限。", english: "Choose at least one scope.")
        case .nameOfUser, .tokenNameTaken, .noPurpose, .wholeToken, .warehousesRead, .badSources, .badExpiry:
            tokenText
        case .busy: Text(chinese: "正在处理太多登录，请稍后再试。", english: "Too many sign-ins at once; try again in a moment.")
        }
    }
}
