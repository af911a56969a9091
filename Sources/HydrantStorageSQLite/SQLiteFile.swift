import Foundation
import HydrantStorage

/// What a file says about itself in its first bytes, before anything opens it.
package enum SQLiteFile {
    private static let magic = Array("SQLite format 3\0".utf8)
    private static let headerLength = 100
    /// Where the header has the number that tells the programs' files apart.
    private static let applicationRange = 68..<72

    /// Passes a database of this program, a new or empty file, and one that cannot be read, of which opening it says
    /// more.
    ///
    /// - Throws: `StoreFailure` of kind `other` when the file is something else.
    package static func check(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        var header = [UInt8](repeating: 0, count: headerLength)
        let count = max(0, read(file, &header, headerLength))
        guard count > 0 else { return }
        guard count == headerLength, Array(header.prefix(magic.count)) == magic else {
            throw StoreFailure(
                .other, message: "\(path) is not a database.",
                advice: "Check the path; `hydrant serve` and `hydrant import` make a new database where there is none.")
        }
        let application = header[applicationRange].reduce(0) { $0 << 8 | Int($1) }
        guard application == Migrator.applicationID || hasLog(path) else {
            throw StoreFailure(
                .other, message: "\(path) is a database of another program.", advice: "Name another file.")
        }
    }

    /// What was written last may lie in the log.
    private static func hasLog(_ path: String) -> Bool {
        var status = stat()
        return stat(path + "-wal", &status) == 0 && status.st_size > 0
    }
}
