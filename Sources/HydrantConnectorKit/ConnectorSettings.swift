package import HydrantCore

/// One outside system as an IT person writes it down: what it is, where it is, how to get in.
package struct ConnectorSettings: Sendable {
    /// The system's name in the hub, which is also the source of its facts: "wms", "sf".
    package var system: String
    /// Which connector speaks to it; the catalogue lists them.
    package var kind: String
    /// Scheme, host, port and, where the system has one, the path before every call.
    package var baseURL: String
    package var credentials: [String: Sensitive<String>]
    package var options: [String: String]

    package init(
        system: String, kind: String, baseURL: String, credentials: [String: String] = [:],
        options: [String: String] = [:]
    ) {
        self.system = system
        self.kind = kind
        self.baseURL = baseURL
        self.credentials = credentials.mapValues { Sensitive($0) }
        self.options = options
    }

    /// - Throws: when the credential is missing or empty.
    package func credential(_ name: String) throws(ConnectorSettingsProblem) -> String {
        guard let value = credentials[name]?.open(reason: "a connector is set up"), !value.isEmpty else {
            throw ConnectorSettingsProblem(system: system, field: "credentials.\(name)", message: "is required")
        }
        return value
    }

    package func option(_ name: String, default fallback: String) -> String { options[name] ?? fallback }

    /// A credential that not every account has; empty where it is not there.
    package func optionalCredential(_ name: String) -> String {
        credentials[name]?.open(reason: "a connector is set up") ?? ""
    }

    /// - Throws: when the option is missing or empty.
    package func requiredOption(_ name: String) throws(ConnectorSettingsProblem) -> String {
        guard let value = options[name], !value.isEmpty else {
            throw ConnectorSettingsProblem(system: system, field: "options.\(name)", message: "is required")
        }
        return value
    }

    /// One of the allowed words; the first of them where the option is not there.
    package func choice(_ name: String, _ allowed: [String]) throws(ConnectorSettingsProblem) -> String {
        let word = options[name] ?? allowed[0]
        guard allowed.contains(word) else {
            throw ConnectorSettingsProblem(
                system: system, field: "options.\(name)",
                message: "must be one of \(allowed.joined(separator: ", ")), is '\(word)'")
        }
        return word
    }

    package func truth(_ name: String, default fallback: Bool) throws(ConnectorSettingsProblem) -> Bool {
        try choice(name, fallback ? ["true", "false"] : ["false", "true"]) == "true"
    }

    /// A secret that stands in for a signature in the address of a push: at least 16 characters.
    package func pushToken() throws(ConnectorSettingsProblem) -> String {
        let token = try credential("pushToken")
        guard token.utf8.count >= 16 else {
            throw ConnectorSettingsProblem(
                system: system, field: "credentials.pushToken", message: "must have at least 16 characters")
        }
        return token
    }

    /// A whole number of at least 1.
    package func number(_ name: String, default fallback: Int64) throws(ConnectorSettingsProblem) -> Int64 {
        guard let text = options[name] else { return fallback }
        guard let number = Int64(text), number > 0 else {
            throw ConnectorSettingsProblem(
                system: system, field: "options.\(name)", message: "must be a whole number above 0, is '\(text)'")
        }
        return number
    }

    /// Every address that the connector calls: most systems have one.
    package var calledURLs: [String] { [baseURL] + ["tokenUrl", "pollUrl"].compactMap { options[$0] } }

    /// The base address without a slash at its end.
    /// - Throws: when it is not an https address; http is for this machine, or where option `allowPlainHTTP` says so.
    package func checkedBaseURL() throws(ConnectorSettingsProblem) -> String {
        guard let origin = Origin(url: baseURL) else {
            throw ConnectorSettingsProblem(
                system: system, field: "baseURL", message: "must begin with https:// or http:// and name a host")
        }
        guard origin.isPrivate || option("allowPlainHTTP", default: "false") == "true" else {
            throw ConnectorSettingsProblem(
                system: system, field: "baseURL",
                message: "must begin with https://: over http:// names, addresses and keys travel in clear text; where"
                    + " that is meant, set options.allowPlainHTTP to \"true\"")
        }
        return baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    }

    /// Another address of the system, held to the same rules.
    package func checkedURL(option name: String) throws(ConnectorSettingsProblem) -> String {
        var other = self
        other.baseURL = try requiredOption(name)
        do {
            return try other.checkedBaseURL()
        } catch {
            throw ConnectorSettingsProblem(system: system, field: "options.\(name)", message: error.message)
        }
    }

    /// How long one call may take; option `timeoutMilliseconds`.
    package func timeout() throws(ConnectorSettingsProblem) -> Milliseconds {
        try number("timeoutMilliseconds", default: .seconds(8))
    }
}

/// What is wrong with the settings of a system, in words for the person who wrote them.
package struct ConnectorSettingsProblem: Error, Equatable, Sendable {
    package var system: String
    package var field: String
    package var message: String

    package init(system: String, field: String, message: String) {
        self.system = system
        self.field = field
        self.message = message
    }
}

/// Scheme, host and port of an address: the unit of the egress allow-list.
package struct Origin: Hashable, Sendable {
    package var text: String

    /// Nil when the address is not http(s), has no host, or carries a user name, which could hide the host.
    package init?(url: String) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty else { return nil }
        let scheme = parts[0].lowercased()
        let authority = parts[2].split(whereSeparator: { $0 == "?" || $0 == "#" }).first.map { $0.lowercased() } ?? ""
        guard scheme == "http:" || scheme == "https:", authority.utf8.allSatisfy(Origin.isAllowed) else { return nil }
        let hostAndPort = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = hostAndPort.first, !host.isEmpty else { return nil }
        let fallback = scheme == "https:" ? "443" : "80"
        let port = hostAndPort.count == 2 ? String(hostAndPort[1]) : fallback
        guard UInt16(port) != nil else { return nil }
        text = "\(scheme)//\(host):\(port)"
    }

    /// Whether nobody on the way can read along: https, or a host that is this machine.
    package var isPrivate: Bool {
        guard text.hasPrefix("http://") else { return true }
        let host = text.dropFirst(7).prefix { $0 != ":" }
        let isIPv4 = host.allSatisfy { $0.isASCII && $0.isNumber || $0 == "." }
        return host == "localhost" || isIPv4 && host.hasPrefix("127.")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5F: true
        default: false
        }
    }
}
