/// The address of a database: `postgres://user@host:port/name`, `postgresql://…`, with `?host=/folder` for a socket.
package struct PostgresAddress: Hashable, Sendable {
    /// What libpq reads. May hold a password: never shown.
    let text: String

    /// Nil when the text is no such address, for instance because it is a file's path.
    package init?(_ text: String) {
        guard Self.schemes.contains(where: { text.hasPrefix($0) }) else { return nil }
        self.text = text
    }

    private static let schemes = ["postgres://", "postgresql://"]

    /// The name of the database, for file names and messages; "hydrant" where the address has none.
    package var databaseName: String {
        let rest = text.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" && $0 != "?" }
        guard rest.first == "/" else { return "hydrant" }
        let name = rest.dropFirst().prefix { $0 != "?" }.filter { $0.isLetter || $0.isNumber || "_-.".contains($0) }
        return name.isEmpty ? "hydrant" : String(name)
    }
}
