import Foundation
import Glibc

/// One file as the rules see it: its text, and its Swift code apart from its comments and string literals.
struct SourceFile: Sendable {
    struct Piece: Sendable {
        var line: Int
        var text: String
        /// For a literal: the code of each value that is put into it.
        var interpolations: [String] = []
    }

    /// From the root of the package, with `/` between folders.
    let path: String
    let lines: [String]
    /// The lines with comments and the contents of literals blanked out.
    let code: [String]
    private let codeBytes: [UInt8]
    let literals: [Piece]
    let comments: [Piece]

    init(path: String, text: String) {
        self.path = path
        var lexer = SwiftLexer(text)
        lexer.run()
        lines = text.components(separatedBy: "\n")
        codeBytes = lexer.code
        code = String(decoding: lexer.code, as: UTF8.self).components(separatedBy: "\n")
        literals = lexer.literals
        comments = lexer.comments
    }

    /// The folders and the file's name.
    var components: [String] { path.components(separatedBy: "/") }

    /// The target of a file below Sources or Tests.
    var target: String? {
        let parts = components
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? parts[1] : nil
    }

    var isSource: Bool { path.hasPrefix("Sources/") }

    func violation(_ line: Int, _ message: String) -> String { "\(path):\(line): \(message)" }

    /// The lines whose code holds a text as a whole word, counted from 1. The text may begin or end with a sign, which
    /// then needs no boundary.
    func lines(of word: String) -> [Int] {
        var found: [Int] = []
        var line = 1
        var counted = 0
        for place in SourceFile.places(of: word, in: codeBytes) {
            line += codeBytes[counted..<place].count { $0 == UInt8(ascii: "\n") }
            counted = place
            if found.last != line { found.append(line) }
        }
        return found
    }

    static func holds(_ text: String, _ word: String) -> Bool { !places(of: word, in: Array(text.utf8)).isEmpty }

    /// Where a text begins as a whole word. The C library searches: an unoptimised loop would take most of the run.
    private static func places(of word: String, in bytes: [UInt8]) -> [Int] {
        let wanted = Array(word.utf8)
        guard let first = wanted.first, let last = wanted.last else { return [] }
        var found: [Int] = []
        bytes.withUnsafeBytes { all in
            var begin = 0
            while begin < all.count, let start = all.baseAddress,
                let hit = memchr(start + begin, Int32(first), all.count - begin)
            {
                let place = UnsafeRawPointer(hit) - start
                let end = place + wanted.count
                begin = place + 1
                guard end <= all.count, memcmp(hit, wanted, wanted.count) == 0 else { continue }
                if isWord(first), place > 0, isWord(all[place - 1]) { continue }
                if isWord(last), end < all.count, isWord(all[end]) { continue }
                found.append(place)
            }
        }
        return found
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: byte >= 0x80
        }
    }
}
