import Foundation

/// A folder of its own for a test, gone when the test ends.
final class TemporaryFolder {
    let path: String

    init(_ files: [String: Data] = [:]) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("hydrant-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, data) in files { try data.write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
    }

    convenience init(text files: [String: String]) throws { try self.init(files.mapValues { Data($0.utf8) }) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(of name: String) -> String { "\(path)/\(name)" }
}

/// Packed files as they come out of gzip and zstd.
enum PackedSamples {
    /// "a,b\n1,2\n"
    static let gzip = data("H4sIAAAAAAAAA0vUSeIy1DHiAgB7B5cKCAAAAA==")
    static let zstd = data("KLUv/SQIQQAAYSxiCjEsMgo158rO")
    /// The same and then "3,4\n" as a second member.
    static let gzipOfTwoMembers = data("H4sIAAAAAAAAA0vUSeIy1DHiAgB7B5cKCAAAAB+LCAAAAAAAAAMz1jHhAgA+LXKpBAAAAA==")
    /// "n,text" and 30,000 times "7," with "0123456789" four times: 1,290,007 bytes.
    static let zstdOfManyRows = data(
        "KLUv/aQXrxMA9AAAmG4sdGV4dAo3LDAxMjM0NTY3ODkCAMz/TuVgxRIGRAAAAAEA/f8uV0BEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA"
            + "/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkUAAAABABSvOQACyxp2GA==")

    private static func data(_ text: String) -> Data { Data(base64Encoded: text) ?? Data() }
}
