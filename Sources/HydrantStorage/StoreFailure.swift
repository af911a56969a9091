/// Why a database could not do what it was asked, in words for the operator. Carries no SQL and nothing of an order but
/// its number.
package struct StoreFailure: Error, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case readOnly
        case diskFull
        /// The disk failed to read, write or flush; what was on its way is not acknowledged.
        case inputOutput
        case corrupt
        case keyMismatch
        /// The file was written by a newer version of the program.
        case tooNew
        case busy
        /// A write broke one of the schema's rules: a fault of the program, and nothing of the step was kept.
        case constraint
        case other
        /// The database server cannot be reached, or ended the connection.
        case unreachable
        /// The database server is a standby, from which nothing is decided.
        case standby
        /// Other nodes changed the same rows, again and again.
        case conflict
        /// The database server would lose acknowledged transactions in a crash.
        case notDurable
        /// The events of one order cannot be read back; the others are not concerned.
        case damagedOrder
        /// The database was written by an older version, and is opened only to be read.
        case tooOld
    }

    package var kind: Kind
    /// What happened, as a sentence.
    package var message: String
    /// What to do about it, as a sentence.
    package var advice: String
    /// The engine's own number of the error, 0 when it has none.
    package var engineCode: Int32

    package init(_ kind: Kind, message: String? = nil, advice: String? = nil, engineCode: Int32 = 0) {
        self.kind = kind
        self.message = message ?? kind.message
        self.advice = advice ?? kind.advice
        self.engineCode = engineCode
    }

    /// The number of the page in docs/errors.
    package var code: String {
        switch kind {
        case .readOnly: "HY-1001"
        case .diskFull: "HY-1002"
        case .inputOutput: "HY-1003"
        case .corrupt: "HY-1004"
        case .keyMismatch: "HY-1005"
        case .tooNew: "HY-1006"
        case .busy: "HY-1007"
        case .constraint: "HY-1008"
        case .other: "HY-1009"
        case .unreachable: "HY-1010"
        case .standby: "HY-1011"
        case .conflict: "HY-1012"
        case .notDurable: "HY-1013"
        case .damagedOrder: "HY-1014"
        case .tooOld: "HY-1015"
        }
    }

    /// Whether every step would fail likewise, so that no single message is to blame.
    package var concernsWholeStore: Bool { kind != .constraint && kind != .damagedOrder }
}

extension StoreFailure: CustomStringConvertible {
    package var description: String {
        let number = engineCode == 0 ? "" : " (engine code \(engineCode))"
        return "\(code): \(message)\(number) \(advice)"
    }
}

extension StoreFailure.Kind {
    fileprivate var message: String {
        switch self {
        case .readOnly: "The database cannot be written."
        case .diskFull: "The disk of the database is full; nothing of this step was kept."
        case .corrupt: "The database file is damaged or is not a database."
        case .keyMismatch: "The database was made with another key."
        case .tooNew: "The database was written by a newer version of Hydrant."
        case .busy: "Another program holds the database."
        case .constraint: "The database refused a write that breaks one of its rules; nothing of this step was kept."
        case .damagedOrder: "The events of an order cannot be read back."
        case .tooOld: "The database was written by an older version of Hydrant and is not yet brought up to date."
        case .inputOutput: "The disk failed while the database was read or written."
        case .other: "The database could not be used."
        case .unreachable: "The database server cannot be reached."
        case .standby: "The database server is a standby, which cannot be written."
        case .conflict: "Other nodes changed the same orders again and again; nothing of this step was kept."
        case .notDurable: "The database server would lose acknowledged facts in a crash."
        }
    }

    fileprivate var advice: String {
        switch self {
        case .readOnly: "Give the user of the hub the right to write the file and its folder."
        case .diskFull: "Free some space; the hub goes on by itself."
        case .corrupt: "Stop the hub, keep the file for examination and restore the last backup."
        case .keyMismatch: "Put the key file that belongs to this database beside it."
        case .tooNew: "Install that version or a later one."
        case .busy: "Stop the other program or try again."
        case .constraint: "Report this with the log: it is a fault of the program."
        case .damagedOrder: "Run hydrant verify; it names every damaged place. Restore the order from a backup."
        case .tooOld: "Copy it, then start `hydrant serve` on it once: that brings it up to date and keeps everything."
        case .inputOutput: "Check the disk and start the hub again; senders repeat what was not acknowledged."
        case .other: "Look at the log, then check that the file exists and can be opened."
        case .unreachable: "Check that it runs and that the address is right; the hub connects again by itself."
        case .standby: "Name the primary, or all servers with target_session_attrs=read-write in the address."
        case .conflict: "Nothing: senders repeat. When it stays so, look for long transactions in pg_stat_activity."
        case .notDurable: "Set fsync, full_page_writes and synchronous_commit to on for this database."
        }
    }
}
