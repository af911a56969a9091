import Foundation

/// The package as it lies on disk.
enum SourceTree {
    /// The package's root: the nearest folder above this file that holds Package.swift, or HYDRANT_ROOT.
    static let root: URL = {
        if let named = ProcessInfo.processInfo.environment["HYDRANT_ROOT"] { return URL(fileURLWithPath: named) }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }()

    /// Every Swift file below Sources and Tests, in order of paths.
    static let swiftFiles: [SourceFile] = projectPaths.filter { path in
        path.hasSuffix(".swift") && (path.hasPrefix("Sources/") || path.hasPrefix("Tests/"))
    }.compactMap { path in text(of: path).map { SourceFile(path: path, text: $0) } }

    /// The Swift files below Sources.
    static let sources = swiftFiles.filter(\.isSource)

    /// The paths of all files of the project, without what is built or ignored.
    static let projectPaths: [String] = {
        let keys: [URLResourceKey] = [.isDirectoryKey]
        guard let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys) else { return [] }
        var paths: [String] = []
        let prefix = root.standardizedFileURL.path + "/"
        for case let url as URL in walk {
            let path = url.standardizedFileURL.path.replacingOccurrences(of: prefix, with: "")
            if ignoredFolders.contains(where: { path == $0 || path.hasPrefix($0 + "-") || path.hasPrefix($0 + "_") }) {
                walk.skipDescendants()
            } else if (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) != true {
                paths.append(path)
            }
        }
        return paths.sorted()
    }()

    private static let ignoredFolders = [".build", ".git", ".swiftpm", "data", "out"]

    /// The text of a file, or nil where it is not UTF-8.
    static func text(of path: String) -> String? {
        try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The files that git tracks; nil outside a repository.
    static func trackedPaths() throws -> [String]? {
        guard FileManager.default.fileExists(atPath: root.appendingPathComponent(".git").path) else { return nil }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", root.path, "ls-files"]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0
            ? String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n").filter { !$0.isEmpty } : nil
    }
}
