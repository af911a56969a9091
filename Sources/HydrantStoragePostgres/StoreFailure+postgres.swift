import CLibPQ
import HydrantStorage

extension StoreFailure {
    static let closed = StoreFailure(
        .other, message: "The database is closed.", advice: "Nothing: the hub is shutting down.")

    static let connectionLost = StoreFailure(
        .unreachable, message: "The connection to the database server was lost.",
        advice: "The hub connects again by itself; senders repeat what was not acknowledged.")

    /// What a failed statement means for the operator. The server's own words may hold values of rows and are left out.
    init(result: OpaquePointer) {
        let field = PQresultErrorField(result, 67)  // PG_DIAG_SQLSTATE, the character C
        self.init(sqlState: field.map { String(cString: $0) } ?? "")
    }

    /// - Parameter sqlState: the five characters of a PostgreSQL error code; empty when the connection broke.
    init(sqlState: String) {
        guard !sqlState.isEmpty else {
            self = .connectionLost
            return
        }
        let kind = Self.kind(of: sqlState)
        self.init(kind, message: Self.message(kind, sqlState), advice: Self.advice(kind, sqlState))
    }

    /// Why no connection could be made, from what libpq says, which has no code.
    init(connectionMessage text: String) {
        let reason: String
        let advice: String
        if text.contains("password authentication") || text.contains("no password supplied") {
            reason = "refused the password"
            advice = "Check the user and the password: ~/.pgpass, PGPASSWORD or the address."
        } else if text.contains("no pg_hba.conf entry") || text.contains("authentication failed") {
            reason = "does not let this user in from here"
            advice = "Add a line for the hub to pg_hba.conf and reload the server."
        } else if text.contains("does not exist") {
            reason = "has no such database or user"
            advice = "Make them as docs/postgresql.md shows, or correct the address."
        } else if text.contains("too many") || text.contains("remaining connection slots") {
            reason = "has no connection left"
            advice = "Raise max_connections, or run fewer nodes and reports."
        } else if text.contains("session is read-only") || text.contains("hot standby mode") {
            self.init(.standby)
            return
        } else {
            reason = "cannot be reached"
            advice = "Check that it runs and that host and port of the address are right."
        }
        self.init(.unreachable, message: "The database server \(reason).", advice: advice)
    }

    /// Whether the same step may succeed when it is run again from its beginning.
    var isWorthRepeating: Bool { kind == .conflict }

    private static func kind(of sqlState: String) -> Kind {
        switch sqlState {
        case "40001", "40P01": return .conflict
        case "25006": return .standby
        case "53100": return .diskFull
        case "53300", "57P01", "57P02", "57P03": return .unreachable
        case "55P03", "57014": return .busy
        case "58030": return .inputOutput
        case "XX001", "XX002": return .corrupt
        case "42501": return .readOnly
        default: break
        }
        switch sqlState.prefix(2) {
        case "08": return .unreachable
        case "22", "23": return .constraint
        default: return .other
        }
    }

    private static func message(_ kind: Kind, _ sqlState: String) -> String? {
        switch kind {
        case .readOnly: "The database server does not allow the hub's user to do this (SQLSTATE \(sqlState))."
        case .corrupt: "The database server found its own files damaged (SQLSTATE \(sqlState))."
        case .unreachable: "The database server ended the connection (SQLSTATE \(sqlState))."
        case .inputOutput: "The disk of the database server failed (SQLSTATE \(sqlState))."
        case .other: "The database could not be used (SQLSTATE \(sqlState))."
        default: nil
        }
    }

    private static func advice(_ kind: Kind, _ sqlState: String) -> String? {
        switch kind {
        case .readOnly: "Give the user its rights as docs/postgresql.md shows."
        case .corrupt: "Stop the hub, look at the server's log and restore the last backup."
        case .unreachable: "The hub connects again by itself; look at the server's log when it stays so."
        case .inputOutput: "Check the server's disk; senders repeat what was not acknowledged."
        case .busy: "Another session holds the rows for too long: look for it in pg_stat_activity."
        case .other: "Look at the server's log."
        default: nil
        }
    }
}
