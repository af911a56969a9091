import GRDB
import GRDBSQLite
import HydrantStorage

extension StoreFailure {
    static let closed = StoreFailure(
        .other, message: "The database is closed.", advice: "Nothing: the hub is shutting down.")

    /// What an extended result code of SQLite means for the operator.
    init(sqliteCode code: Int32) {
        self.init(Self.kind(of: code), engineCode: code)
    }

    /// What any error of an engine means; an error that already says it is left as it is.
    static func translating(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return StoreFailure(sqliteCode: error.extendedResultCode.rawValue)
    }

    /// Whether the engine found that the disk did not do what it was told, or did not keep it.
    var isOfDisk: Bool { engineCode != 0 && (kind == .inputOutput || kind == .corrupt) }

    private static func kind(of code: Int32) -> Kind {
        // The wal-index lives in a file too: when it cannot grow, the disk is full.
        if code == shortOfSharedMemory { return .diskFull }
        return switch code & 0xFF {
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_FULL: .diskFull
        case SQLITE_IOERR: .inputOutput
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH: .constraint
        default: .other
        }
    }

    /// SQLITE_IOERR_SHMSIZE; a macro that Swift does not see.
    private static let shortOfSharedMemory = SQLITE_IOERR | (19 << 8)
}
