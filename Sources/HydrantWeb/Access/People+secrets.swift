import HydrantCore
import HydrantStorage

/// Passwords, second factors, tokens, and the links by which they are chosen first.
extension People {
    package func invitation(_ code: String) async throws -> Invitation? {
        let now = clock.now()
        let found = try await store.read { [records] in
            try records.read($0, .invitations, secretID(code)).flatMap { Invitation(json: $0.0) }
        }
        return found.flatMap { now < $0.until ? $0 : nil }
    }

    /// Chooses the first password of a person, or makes the first owner. The code is used by this.
    ///
    /// - Returns: the name.
    /// - Throws: ``PeopleRefusal``.
    package func redeem(_ code: String, name typed: String, password: String) async throws -> String {
        guard let invitation = try await invitation(code) else { throw PeopleRefusal.linkOver }
        let isFirst = invitation.user.isEmpty
        let name = isFirst ? Person.normal(typed) : invitation.user
        guard Person.isName(name) else { throw PeopleRefusal.badName }
        let hash = try await hashed(password, of: name)
        let now = clock.now()
        try await store.transaction { [records, keyring] transaction in
            guard try records.delete(transaction, .invitations, secretID(code)) else { throw PeopleRefusal.linkOver }
            var version: Int64 = 0
            var person = Person(name: name, role: .owner, createdAt: now)
            if isFirst {
                guard try transaction.records("users", after: "", limit: 1).isEmpty else {
                    throw PeopleRefusal.linkOver
                }
                try refuseMachine(named: name, transaction)
            } else {
                guard let (json, found) = try records.read(transaction, .users, name), let known = Person(json: json)
                else { throw PeopleRefusal.unknown }
                person = known
                version = found
            }
            person.password = hash
            try endInvitations(of: invitation.user, transaction)
            try records.write(transaction, (.users, name), person.json, after: version, at: now)
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: "user:\(name)", action: isFirst ? "user.founded" : "password.chosen",
                    object: "user:\(name)"), keyring)
        }
        return name
    }

    /// Changes the own password. All other sessions of the person end.
    package func changePassword(
        of name: String, from old: String, to new: String, source: String, keeping session: String
    ) async throws {
        try await prove(name, old, source: source)
        let hash = try await hashed(new, of: name)
        try await change(name, "password.changed", by: "user:\(name)") { person, transaction in
            person.password = hash
            try endSessions(of: name, except: session, transaction)
        }
    }

    /// Sets the second factor with a secret that was shown, once its digits prove that it arrived; nil removes it.
    package func setSecondFactor(
        of name: String, to secret: OneTimePassword?, digits: String, password: String, source: String
    ) async throws {
        if secret == nil, let person = try await person(name), try await factorRoles().contains(person.role) {
            throw PeopleRefusal.factorDemanded
        }
        try await prove(name, password, source: source)
        var step: Int64 = 0
        if let secret {
            guard let found = secret.step(of: digits, at: clock.now(), after: 0) else {
                throw PeopleRefusal.wrongDigits
            }
            step = found
        }
        let used = step
        try await change(
            name, secret == nil ? "second-factor.removed" : "second-factor.set", by: "user:\(name)"
        ) { person, _ in
            person.secondFactor = secret
            person.usedStep = used
        }
    }

    /// A secret that is proposed on a page and kept nowhere: made from the session and the factor that it replaces, so
    /// that the form that comes back speaks of the same, and a factor that is set up anew is another one.
    func proposedFactor(session: String, replacing old: OneTimePassword?) -> OneTimePassword {
        let name = session + (old.map { " " + hexadecimal($0.secret) } ?? "")
        let digits = keyring.fingerprint("second factor 1 " + name) + keyring.fingerprint("second factor 2 " + name)
        return OneTimePassword(secret: Array((hexadecimalBytes(digits) ?? []).prefix(20)))
    }

    /// Whoever changes a secret proves first that they are not only at the keyboard.
    private func prove(_ name: String, _ password: String, source: String) async throws {
        let now = clock.now()
        guard try await lockedUntil(account: name, source: source, now: now) == nil else { throw PeopleRefusal.busy }
        guard let kept = try await person(name)?.password else { throw PeopleRefusal.wrongPassword }
        guard let fits = await mill.run({ kept.fits(String(password.prefix(200))) }) else { throw PeopleRefusal.busy }
        guard fits else {
            try await keepLocks(account: name, source: source, now: now)
            throw PeopleRefusal.wrongPassword
        }
        guesses.forgive(account: name, source: source)
    }

    private func hashed(_ password: String, of name: String) async throws -> PasswordHash {
        guard PasswordRule.admits(password, name: name) else { throw PeopleRefusal.weakPassword }
        let salt = randomBytes(16)
        guard let hash = await mill.run({ PasswordHash(of: password, salt: salt) }) else { throw PeopleRefusal.busy }
        return hash
    }

    // MARK: - Tokens

    /// Makes a token that acts for a person, with at most the person's rights.
    ///
    /// - Returns: the token's text, which is shown once.
    package func addToken(
        _ name: String, scopes: Set<AccessScope>, of user: String, by actor: String
    ) async throws -> String {
        let now = clock.now()
        let text = newSecret()
        let id = secretID(text)
        try await store.transaction { [records, keyring] transaction in
            guard let person = try records.read(transaction, .users, user).flatMap({ Person(json: $0.0) }) else {
                throw PeopleRefusal.unknown
            }
            let allowed = scopes.intersection(person.role.scopes)
            guard !allowed.isEmpty else { throw PeopleRefusal.noScope }
            let token = PersonToken(
                id: id, user: user, name: String(name.prefix(60)), scopes: allowed, createdAt: now)
            try records.write(transaction, (.tokens, id), token.json, after: 0, at: now)
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: "token.added", object: "user:\(user)",
                    detail: ["scopes": .array(allowed.map(\.rawValue).sorted().map { .string($0) })]), keyring)
        }
        return text
    }

    package func tokens(of name: String) async throws -> [PersonToken] {
        try await store.read { [records] reader in
            try records.all(reader, .tokens).compactMap { PersonToken(id: $0.key, json: $0.json) }
                .filter { $0.user == name }
        }.sorted { $0.createdAt < $1.createdAt }
    }

    package func removeToken(_ id: String, of user: String, by actor: String) async throws {
        let now = clock.now()
        try await store.transaction { [records, keyring] transaction in
            guard try records.read(transaction, .tokens, id)?.0["user"]?.string == user else { return }
            try records.delete(transaction, .tokens, id)
            try transaction.appendAudit(
                AuditEntry(time: now, actor: actor, action: "token.removed", object: "user:\(user)"), keyring)
        }
    }

    /// The person and the token of a text; nil when it is unknown or the person is disabled.
    func holder(ofToken text: String) async throws -> (person: Person, token: PersonToken)? {
        let id = secretID(text)
        return try await store.read { [records] reader -> (Person, PersonToken)? in
            guard let token = try records.read(reader, .tokens, id).flatMap({ PersonToken(id: id, json: $0.0) }),
                let person = try records.read(reader, .users, token.user).flatMap({ Person(json: $0.0) }),
                !person.isDisabled
            else { return nil }
            return (person, token)
        }
    }
}

/// Which passwords are taken: long ones, whatever they are made of.
enum PasswordRule {
    static func admits(_ password: String, name: String) -> Bool {
        let plain = password.lowercased()
        guard (10...128).contains(password.unicodeScalars.count), !plain.contains(name) else { return false }
        let letters = plain.filter { $0.isLetter }
        return Set(plain).count >= 5 && !common.contains(letters) && !common.contains(plain)
            && !"01234567890123456789".contains(plain) && !"qwertyuiopasdfghjklzxcvbnm".contains(plain)
    }

    /// The stems of the passwords that are tried first; digits and signs around them add nothing.
    private static let common: Set<String> = [
        "password", "passwort", "passw", "passwd", "admin", "administrator", "welcome", "letmein", "iloveyou",
        "qwerty", "qwertyuiop", "asdfghjkl", "qazwsx", "qazwsxedc", "abc", "abcd", "abcdef", "login", "master",
        "monkey", "dragon", "sunshine", "princess", "football", "baseball", "superman", "hydrant", "changeme",
        "secret", "test", "testtest", "root", "woaini", "mima", "guest", "user", "default", "qq", "aa", "a",
    ]
}
