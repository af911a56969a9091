import Crypto
import HydrantConnectorKit
package import HydrantCore
import HydrantStorage

/// What became of an attempt to sign in. A refusal never says what was wrong.
package enum SignInOutcome: Sendable {
    /// With the value of the new session's cookie.
    case signedIn(String)
    /// The password fits and the second factor is asked for, with a ticket that stands for the password.
    case asksForDigits(ticket: String)
    case refused
    /// Until then no attempt is looked at.
    case locked(until: Instant)
    case busy
}

extension People {
    /// - Parameters:
    ///   - source: the address that the attempt comes from.
    ///   - replacing: the session's value that the browser came with; it ends.
    package func signIn(
        _ name: String, password: String, source: String, device: String, replacing old: String?
    ) async throws -> SignInOutcome {
        let name = Person.normal(String(name.prefix(100)))
        let now = clock.now()
        if let until = try await lockedUntil(account: name, source: source, now: now) { return .locked(until: until) }
        let person = try await person(name)
        // Somebody whom nobody knows costs the same work.
        let kept = person?.password ?? Self.nobody
        guard let fits = await mill.run({ kept.fits(String(password.prefix(200))) }) else { return .busy }
        guard fits, let person, person.password != nil, !person.isDisabled else {
            try await keepLocks(account: name, source: source, now: now)
            return .refused
        }
        if person.secondFactor != nil {
            guesses.forgive(account: name, source: source)
            return .asksForDigits(ticket: ticket(name, now))
        }
        guesses.forgive(account: name, source: source)
        return .signedIn(try await beginSession(name, device: device, replacing: old))
    }

    /// The second step, with the ticket of the first.
    package func signIn(
        ticket: String, digits: String, source: String, device: String, replacing old: String?
    ) async throws -> SignInOutcome {
        let now = clock.now()
        guard let name = name(ofTicket: ticket, now) else { return .refused }
        // Digits are counted apart, so that a right password does not forgive guessed digits.
        if let until = try await lockedUntil(account: "digits " + name, source: source, now: now) {
            return .locked(until: until)
        }
        guard let person = try await person(name), !person.isDisabled,
            let step = person.secondFactor?.step(of: digits, at: now, after: person.usedStep)
        else {
            try await keepLocks(account: "digits " + name, source: source, now: now)
            return .refused
        }
        let isTaken = try await store.transaction { [records] transaction in
            guard let (json, version) = try records.read(transaction, .users, name), var current = Person(json: json),
                current.usedStep < step, current.secondFactor == person.secondFactor
            else { return false }
            current.usedStep = step
            try records.write(transaction, (.users, name), current.json, after: version, at: now)
            return true
        }
        guard isTaken else { return .refused }
        guesses.forgive(account: "digits " + name, source: source)
        return .signedIn(try await beginSession(name, device: device, replacing: old))
    }

    /// A password that nobody knows, for names that nobody has.
    private static let nobody = PasswordHash(of: "", salt: [UInt8](repeating: 0, count: 16))

    private static let ticketLifetime: Milliseconds = .minutes(5)

    private func ticket(_ name: String, _ now: Instant) -> String {
        let content = "\((now + Self.ticketLifetime).milliseconds).\(name)"
        return "\(content)|\(keyring.fingerprint("sign-in ticket " + content))"
    }

    private func name(ofTicket ticket: String, _ now: Instant) -> String? {
        let halves = ticket.split(separator: "|", omittingEmptySubsequences: false)
        guard halves.count == 2,
            isEqualInConstantTime(halves[1].utf8, keyring.fingerprint("sign-in ticket " + halves[0]).utf8),
            let dot = halves[0].firstIndex(of: "."), let until = Int64(halves[0][..<dot]), now.milliseconds < until
        else { return nil }
        return String(halves[0][halves[0].index(after: dot)...])
    }

    // MARK: - Sessions

    /// The values of people's sessions begin so; others are of tokens.
    static let sessionMark = "p."

    func beginSession(_ name: String, device: String, replacing old: String?) async throws -> String {
        let value = Self.sessionMark + newSecret()
        let now = clock.now()
        let session = PersonSession(id: secretID(value), user: name, begin: now, device: device)
        try await store.transaction { [records, keyring] transaction in
            if let old { try records.delete(transaction, .sessions, secretID(old)) }
            for (key, json) in try records.all(transaction, .sessions) {
                if PersonSession(id: key, json: json)?.isOver(at: now) ?? true {
                    try records.delete(transaction, .sessions, key)
                }
            }
            try records.write(transaction, (.sessions, session.id), session.json, after: 0, at: now)
            try transaction.appendAudit(
                AuditEntry(time: now, actor: "user:\(name)", action: "session.begun"), keyring)
        }
        return value
    }

    /// The person and session of a cookie's value; nil when it is unknown, over, or the person is disabled.
    ///
    /// - Parameter isUse: whether somebody did something; what an open page asks by itself keeps no session alive.
    package func session(
        _ value: String, isUse: Bool = true
    ) async throws -> (person: Person, session: PersonSession)? {
        guard value.hasPrefix(Self.sessionMark) else { return nil }
        let id = secretID(value)
        let now = clock.now()
        let found = try await store.read { [records] reader -> (Person, PersonSession)? in
            guard let session = try records.read(reader, .sessions, id).flatMap({ PersonSession(id: id, json: $0.0) }),
                let person = try records.read(reader, .users, session.user).flatMap({ Person(json: $0.0) })
            else { return nil }
            return (person, session)
        }
        guard let (person, session) = found, !person.isDisabled, !session.isOver(at: now) else { return nil }
        if isUse, now >= session.seen + PersonSession.grain { try? await touch(session, now) }
        return (person, session)
    }

    private func touch(_ session: PersonSession, _ now: Instant) async throws {
        var session = session
        session.seen = now
        let touched = session
        try await store.transaction { [records] transaction in
            guard let (_, version) = try records.read(transaction, .sessions, touched.id) else { return }
            try records.write(transaction, (.sessions, touched.id), touched.json, after: version, at: now)
        }
    }

    package func sessions(of name: String) async throws -> [PersonSession] {
        let now = clock.now()
        return try await store.read { [records] reader in
            try records.all(reader, .sessions).compactMap { PersonSession(id: $0.key, json: $0.json) }
                .filter { $0.user == name && !$0.isOver(at: now) }
        }.sorted { $0.seen > $1.seen }
    }

    /// Ends a session of a person before its time.
    package func endSession(_ id: String, of name: String, by actor: String) async throws {
        let now = clock.now()
        try await store.transaction { [records, keyring] transaction in
            guard try records.read(transaction, .sessions, id)?.0["user"]?.string == name else { return }
            try records.delete(transaction, .sessions, id)
            try transaction.appendAudit(
                AuditEntry(time: now, actor: actor, action: "session.ended", object: "user:\(name)"), keyring)
        }
    }

    /// Ends the session of a cookie's value, as signing out does.
    func signOut(_ value: String) async throws {
        guard let (person, session) = try await session(value) else { return }
        try await endSession(session.id, of: person.name, by: "user:\(person.name)")
    }
}
