import Foundation

/// What may lie in the repository, and that documents and code agree.
enum RepositoryRules {
    /// Build output and resolved versions are made anew on each machine.
    static func isOutput(_ path: String) -> Bool {
        let parts = path.components(separatedBy: "/")
        return parts.last == "Package.resolved" || parts.contains { $0.hasPrefix(".build") }
            || [".sqlite", ".sqlite-wal", ".sqlite-shm", ".key"].contains { path.hasSuffix($0) }
    }

    /// Folders of one machine, written so that this file does not hold them itself.
    private static let machineFolders = ["home", "root", "Users", "work"].map { "/\($0)/" }

    /// The lines that hold a path which exists on one machine only.
    static func machinePaths(_ path: String, text: String) -> [String] {
        text.components(separatedBy: "\n").enumerated().flatMap { index, line in
            machineFolders.filter { holdsPath(line, $0) }.map { "\(path):\(index + 1): a path of one machine, \($0)" }
        }
    }

    /// A folder in the middle of a longer path means nothing; the same at the begin of a word does.
    private static func holdsPath(_ line: String, _ folder: String) -> Bool {
        var rest = Substring(line)
        while let range = rest.range(of: folder) {
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            if !(before.isLetter || before.isNumber || "_.-}~".contains(before)) { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    /// The codes like HY-1234 in a text.
    static func errorCodes(in text: String) -> Set<String> {
        var codes: Set<String> = []
        let bytes = Array(text.utf8)
        let prefix = Array("HY-".utf8)
        guard bytes.count >= 7 else { return [] }
        for begin in 0...(bytes.count - 7) where bytes[begin] == prefix[0] {
            let code = bytes[begin..<(begin + 7)]
            let digits = code.suffix(4)
            if code.starts(with: prefix), digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
                codes.insert(String(decoding: code, as: UTF8.self))
            }
        }
        return codes
    }

    /// What a page about an error must tell.
    static let errorPageHeadings = ["## Cause", "## What the hub did", "## What to do"]
}
