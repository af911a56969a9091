import Glibc

/// The master key's file, beside the database and never inside it.
package enum KeyFile {
    /// `FILE.key` of a database `FILE`.
    package static func path(forDatabase path: String) -> String { path + ".key" }

    /// The keys of a database. A database without its key file is refused; where there is neither, a key is made.
    ///
    /// - Throws: `StoreFailure`.
    package static func keyring(forDatabase path: String) throws -> Keyring {
        let folder = self.folder(of: path)
        guard try exists(folder) else {
            throw StoreFailure(
                .other, message: "The folder \(folder) of the database does not exist.",
                advice: "Make it, or name another path.")
        }
        return try keyring(at: Self.path(forDatabase: path), isDatabaseNew: !exists(path))
    }

    /// The keys of a database whose key lies in a file of its own.
    ///
    /// - Throws: `StoreFailure`.
    package static func keyring(at keyPath: String, isDatabaseNew: Bool) throws -> Keyring {
        if try !exists(keyPath) {
            guard isDatabaseNew else {
                throw StoreFailure(
                    .keyMismatch, message: "The key file \(keyPath) of the database is missing.",
                    advice: "Put it back from where it is kept; without it nothing sealed can be read.")
            }
            try create(keyPath)
        }
        return try load(keyPath)
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// - Throws: `StoreFailure` when the file cannot be read or holds something else.
    package static func load(_ path: String) throws -> Keyring {
        let digits = try read(path, limit: 128).filter { !($0 == 0x0A || $0 == 0x0D || $0 == 0x20) }
        guard digits.count == 64 else { throw malformed(path) }
        var master: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = value(ofDigit: digits[index]), let low = value(ofDigit: digits[index + 1]) else {
                throw malformed(path)
            }
            master.append(high << 4 | low)
        }
        return Keyring(master: master)
    }

    /// Writes a new random key that only the owner may read. The file appears whole or not at all, also when the power
    /// fails; when another process was faster, its key stays.
    ///
    /// - Throws: `StoreFailure`.
    package static func create(_ path: String) throws {
        var generator = SystemRandomNumberGenerator()
        let master = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let draft = "\(path).\(getpid())"
        try write(Array((hexadecimal(master) + "\n").utf8), to: draft)
        defer { unlink(draft) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure(path, errno) }
        try flushFolder(of: path)
    }

    private static func exists(_ path: String) throws -> Bool {
        if access(path, F_OK) == 0 { return true }
        guard errno == ENOENT else { throw failure(path, errno) }
        return false
    }

    private static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path, errno) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = Glibc.read(file, &bytes, limit)
        guard count >= 0 else { throw failure(path, errno) }
        return Array(bytes.prefix(count))
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        // What a process of this number left behind is no key yet; a link that somebody laid there is not followed.
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path, errno) }
        defer { close(file) }
        errno = 0
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fchmod(file, 0o600) == 0, fsync(file) == 0 else {
            throw failure(path, errno == 0 ? ENOSPC : errno)
        }
    }

    /// A new name is durable only when its folder is.
    private static func flushFolder(of path: String) throws {
        let file = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path, errno) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure(path, errno) }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func value(ofDigit byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        case 0x41...0x46: byte - 0x41 + 10
        default: nil
        }
    }

    private static func malformed(_ path: String) -> StoreFailure {
        StoreFailure(
            .keyMismatch, message: "The key file \(path) does not hold 64 hexadecimal digits.",
            advice: "Put back the key file that belongs to this database.")
    }

    private static func failure(_ path: String, _ code: Int32) -> StoreFailure {
        let kind: StoreFailure.Kind =
            switch code {
            case EROFS, EACCES, EPERM: .readOnly
            case ENOSPC, EDQUOT: .diskFull
            case EIO: .inputOutput
            default: .other
            }
        return StoreFailure(
            kind, message: "The key file \(path) could not be read or written.",
            advice: "Check that its folder exists and that the user of the hub may use it.", engineCode: code)
    }
}

extension Store {
    /// Refuses a database that was made with other keys; a new, empty database takes these as its own.
    ///
    /// - Throws: `StoreFailure` of kind `keyMismatch`.
    package func bind(to keyring: Keyring) async throws {
        let expected = keyring.checkValue
        if try await isBound(to: keyring) { return }
        try await transaction { transaction in
            guard try transaction.countedRows() == StoreCounts() else {
                throw StoreFailure(
                    .keyMismatch, message: "The database holds orders and does not say with which key it was made.",
                    advice: "Somebody removed the check of its key: restore the last backup.")
            }
            try transaction.setMeta(keyCheckName, expected)
        }
    }

    /// Whether the database belongs to any keys yet.
    package func isBound() async throws -> Bool { try await read({ try $0.meta(keyCheckName) }) != nil }

    /// Whether the database belongs to these keys; false when it belongs to none yet. Writes nothing.
    ///
    /// - Throws: `StoreFailure` of kind `keyMismatch`.
    package func isBound(to keyring: Keyring) async throws -> Bool {
        guard let found = try await read({ try $0.meta(keyCheckName) }) else { return false }
        guard found == keyring.checkValue || found == keyring.headedCheckValue else { throw StoreFailure(.keyMismatch) }
        return true
    }
}
