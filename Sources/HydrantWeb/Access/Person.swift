package import HydrantCore
import HydrantStorage

/// Somebody who may sign in. Kept sealed; the audit trail knows only the name.
package struct Person: Hashable, Sendable {
    /// What they sign in with: 2 to 40 of a-z, 0-9, dot, hyphen, underscore.
    package var name: String
    package var role: Role
    package var warehouses: Set<String>
    /// Nil until the person has chosen one.
    package var password: PasswordHash?
    package var secondFactor: OneTimePassword?
    /// The last step whose digits were used; digits are good once.
    package var usedStep: Int64 = 0
    package var isDisabled = false
    package var createdAt: Instant

    package init(name: String, role: Role, warehouses: Set<String> = [], createdAt: Instant) {
        self.name = name
        self.role = role
        self.warehouses = warehouses
        self.createdAt = createdAt
    }

    package var viewer: Viewer {
        Viewer(actor: "user:\(name)", user: name, role: role, warehouses: warehouses)
    }

    /// The name as it is compared: capitals and blanks around it do not matter.
    package static func normal(_ name: String) -> String {
        String(name.lowercased().filter { !$0.isWhitespace })
    }

    static func isName(_ name: String) -> Bool {
        (2...40).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }
}

extension Person {
    package init?(json: JSON) {
        guard let name = json["name"]?.string, let role = json["role"]?.string.flatMap(Role.init(rawValue:)),
            let created = json["createdAt"]?.integer
        else { return nil }
        self.init(
            name: name, role: role, warehouses: Set((json["warehouses"]?.array ?? []).compactMap(\.string)),
            createdAt: Instant(milliseconds: created))
        password = PasswordHash(json: json["password"])
        secondFactor = json["secondFactor"]?.string.flatMap(hexadecimalBytes).map { OneTimePassword(secret: $0) }
        usedStep = json["usedStep"]?.integer ?? 0
        isDisabled = json["disabled"]?.bool ?? false
    }

    package var json: JSON {
        .compact([
            ("name", .string(name)), ("role", .string(role.rawValue)),
            ("warehouses", .array(warehouses.sorted().map { .string($0) })), ("password", password?.json),
            ("secondFactor", secondFactor.map { .string(hexadecimal($0.secret)) }), ("usedStep", .integer(usedStep)),
            ("disabled", .bool(isDisabled)), ("createdAt", .integer(createdAt.milliseconds)),
        ])
    }
}

/// A browser that a person is signed in with.
package struct PersonSession: Hashable, Sendable {
    /// The hash of the cookie's value, by which the session is kept and named.
    package var id: String
    package var user: String
    package var begin: Instant
    /// When it was last used, to the minute.
    package var seen: Instant
    /// The kind of browser, for people to tell their sessions apart: "Chrome · Android".
    package var device: String

    /// It ends after so long without use, and in any case after ``lifetime``.
    package static let idle: Milliseconds = .hours(1)
    package static let lifetime: Milliseconds = .hours(12)
    /// How exactly the last use is kept.
    static let grain: Milliseconds = .minutes(1)

    package func isOver(at now: Instant) -> Bool { now >= begin + Self.lifetime || now >= seen + Self.idle }

    init(id: String, user: String, begin: Instant, device: String) {
        self.id = id
        self.user = user
        self.begin = begin
        seen = begin
        self.device = device
    }

    init?(id: String, json: JSON) {
        guard let user = json["user"]?.string, let begin = json["begin"]?.integer, let seen = json["seen"]?.integer
        else { return nil }
        self.init(
            id: id, user: user, begin: Instant(milliseconds: begin), device: json["device"]?.string ?? "")
        self.seen = Instant(milliseconds: seen)
    }

    var json: JSON {
        [
            "user": .string(user), "begin": .integer(begin.milliseconds), "seen": .integer(seen.milliseconds),
            "device": .string(device),
        ]
    }
}

/// A token of a person, for a program that acts for them.
package struct PersonToken: Hashable, Sendable {
    package var id: String
    package var user: String
    package var name: String
    package var scopes: Set<AccessScope>
    package var createdAt: Instant

    init(id: String, user: String, name: String, scopes: Set<AccessScope>, createdAt: Instant) {
        self.id = id
        self.user = user
        self.name = name
        self.scopes = scopes
        self.createdAt = createdAt
    }

    init?(id: String, json: JSON) {
        guard let user = json["user"]?.string, let name = json["name"]?.string, let created = json["createdAt"]?.integer
        else { return nil }
        let scopes = (json["scopes"]?.array ?? []).compactMap { $0.string.flatMap(AccessScope.init(rawValue:)) }
        self.init(
            id: id, user: user, name: name, scopes: Set(scopes), createdAt: Instant(milliseconds: created))
    }

    var json: JSON {
        [
            "user": .string(user), "name": .string(name),
            "scopes": .array(scopes.map(\.rawValue).sorted().map { .string($0) }),
            "createdAt": .integer(createdAt.milliseconds),
        ]
    }
}

/// What a one-time link is for: choosing the password of a person, or becoming the first owner.
package struct Invitation: Hashable, Sendable {
    /// Empty for the first owner, who chooses a name.
    package var user: String
    package var until: Instant

    package static let lifetime: Milliseconds = .hours(24)

    init(user: String, until: Instant) {
        self.user = user
        self.until = until
    }

    init?(json: JSON) {
        guard let user = json["user"]?.string, let until = json["until"]?.integer else { return nil }
        self.init(user: user, until: Instant(milliseconds: until))
    }

    var json: JSON { ["user": .string(user), "until": .integer(until.milliseconds)] }
}
