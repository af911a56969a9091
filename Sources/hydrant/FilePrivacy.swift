import Foundation

/// Whether secrets lie open to other users of the machine.
enum FilePrivacy {
    /// The files of the list that others may read or write; files that are not there are not among them.
    static func open(_ paths: [String]) -> [String] {
        paths.filter { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let rights = attributes?[.posixPermissions] as? NSNumber
            return (rights?.intValue ?? 0) & 0o077 != 0
        }
    }

    static func advice(_ paths: [String]) -> String {
        "Keep them to the hub's user: chmod 600 \(paths.joined(separator: " "))"
    }
}
