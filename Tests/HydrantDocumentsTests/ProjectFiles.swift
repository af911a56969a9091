import Foundation

/// Where the project and the data of real businesses lie.
enum ProjectFiles {
    static let root: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// The shared data, or nil where this machine does not have it.
    static let sharedData: String? = {
        let path = ProcessInfo.processInfo.environment["HYDRANT_SHARED_DATA"] ?? root + "/../shared/data"
        return FileManager.default.fileExists(atPath: path + "/olist") ? path : nil
    }()

    static func program(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
