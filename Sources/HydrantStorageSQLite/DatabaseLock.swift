import Foundation
import HydrantStorage

/// The right to be the one program that writes a database: a second hub on the same file would answer from memory what
/// the first one changed. The system takes it back when the process ends, however it ends.
package final class DatabaseLock: Sendable {
    private let file: Int32

    /// - Throws: `StoreFailure` of kind `busy` when another process has it.
    package init(forDatabase path: String) throws {
        let lockPath = path + ".lock"
        let file = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StoreFailure(errno == EACCES || errno == EROFS ? .readOnly : .other, engineCode: errno)
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let owner = Self.content(of: file)
            close(file)
            throw StoreFailure(
                .busy, message: "Another hydrant\(owner.isEmpty ? "" : " (process \(owner))") writes this database.",
                advice: "Stop it first, or send facts to it over HTTP. Commands that only read may run beside it.")
        }
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(file, 0)
        _ = write(file, text, text.count)
        // Only now: whoever throws after every property is set has `deinit` close the file a second time, and by then
        // its number may be another file's.
        self.file = file
    }

    deinit { close(file) }

    private static func content(of file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = max(0, read(file, &bytes, bytes.count))
        return String(decoding: bytes.prefix(count), as: UTF8.self).filter(\.isNumber)
    }
}
