import Foundation

/// How long lines, functions, files and parameter lists may be.
enum SizeRules {
    static let lineLimit = 120
    static let functionLimit = 70
    static let fileLimit = 400
    static let exceptionLimit = 600
    static let parameterLimit = 5

    /// Files that may have up to 600 lines, each with the reason.
    static let longFiles: [String: String] = [:]

    /// Files that are tables of data in Swift: their length follows the data.
    static let dataTables: Set<String> = []

    static func longLines(_ file: SourceFile) -> [String] {
        file.lines.enumerated().filter { $0.element.count > lineLimit }.map {
            file.violation($0.offset + 1, "\($0.element.count) columns, at most \(lineLimit)")
        }
    }

    static func tooLong(_ file: SourceFile) -> [String] {
        let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
        let limit = longFiles[file.path] == nil ? fileLimit : exceptionLimit
        guard count > limit, !dataTables.contains(file.path) else { return [] }
        return [file.violation(count, "\(count) lines, at most \(limit)")]
    }

    static func longFunctions(_ file: SourceFile) -> [String] {
        Function.all(in: file).filter { $0.lineCount > functionLimit }.map {
            file.violation($0.line, "\($0.name) has \($0.lineCount) lines, at most \(functionLimit)")
        }
    }

    static func longParameterLists(_ file: SourceFile) -> [String] {
        Function.all(in: file).filter { $0.name != "init" && $0.parameterCount > parameterLimit }.map {
            file.violation($0.line, "\($0.name) has \($0.parameterCount) parameters, at most \(parameterLimit)")
        }
    }
}

/// A function, initialiser or subscript with its extent.
struct Function {
    var name: String
    var line: Int
    /// From its first line to the closing brace; 1 for a requirement without a body.
    var lineCount: Int
    var parameterCount: Int

    static func all(in file: SourceFile) -> [Function] {
        var found: [Function] = []
        for keyword in ["func", "init", "subscript"] {
            found += file.lines(of: keyword).compactMap { Function(keyword: keyword, at: $0 - 1, in: file.code) }
        }
        return found.sorted { $0.line < $1.line }
    }

    /// Reads the declaration whose keyword stands on a line; nil where the word is a call or something else.
    private init?(keyword: String, at index: Int, in code: [String]) {
        let text = code[index]
        guard let range = text.range(of: keyword) else { return nil }
        let before = text[..<range.lowerBound].trimmingCharacters(in: .whitespaces)
        // "self.init(" and ".init(" are calls; a declaration begins its line, after attributes and modifiers.
        guard !before.hasSuffix("."), before.allSatisfy({ $0.isLetter || " @()_".contains($0) }),
            !["return", "throw", "case", "let", "try"].contains(where: { SourceFile.holds(before, $0) })
        else { return nil }
        var reader = DeclarationReader(code: code, line: index, column: text.distance(to: range.upperBound))
        let spelled = reader.readName()
        guard keyword != "func" || !spelled.isEmpty else { return nil }
        name = keyword == "func" ? spelled : keyword
        line = index + 1
        guard reader.readToBody() else { return nil }
        parameterCount = reader.parameterCount
        lineCount = reader.hasBody ? reader.readBody() - index : 1
    }
}

extension String {
    fileprivate func distance(to end: String.Index) -> Int { utf8.distance(from: startIndex, to: end) }
}

/// Walks code from the keyword of a declaration to the end of its body.
private struct DeclarationReader {
    private let lines: [[UInt8]]
    private let firstLine: Int
    private var line: Int
    private var column: Int
    private(set) var parameterCount = 0
    private(set) var hasBody = false

    init(code: [String], line: Int, column: Int) {
        // A declaration longer than this is found too long anyway.
        lines = code[line..<min(code.count, line + 1_000)].map { Array($0.utf8) }
        firstLine = line
        self.line = 0
        self.column = column
    }

    private mutating func next() -> UInt8? {
        while line < lines.count {
            if column < lines[line].count {
                column += 1
                return lines[line][column - 1]
            }
            line += 1
            column = 0
            if line < lines.count { return UInt8(ascii: "\n") }
        }
        return nil
    }

    mutating func readName() -> String {
        var name: [UInt8] = []
        while column < lines[line].count, lines[line][column] == UInt8(ascii: " ") { column += 1 }
        while column < lines[line].count {
            let byte = lines[line][column]
            guard byte != UInt8(ascii: "("), byte != UInt8(ascii: "<") || name.isEmpty else { break }
            name.append(byte)
            column += 1
        }
        return String(decoding: name, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }

    /// Goes to the opening brace, counting the parameters of the first parentheses. False where none follow.
    mutating func readToBody() -> Bool {
        var depth = 0
        var lists = 0
        var angles = 0
        var sawParameter = false
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["):
                if depth == 0, byte == UInt8(ascii: "(") { lists += 1 }
                if depth > 0, lists == 1 { sawParameter = true }
                depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0, lists == 1, sawParameter, parameterCount == 0 || !closed {
                    parameterCount += 1
                    closed = true
                }
            case UInt8(ascii: "<"): angles += 1
            case UInt8(ascii: ">"): angles = max(0, angles - 1)
            case UInt8(ascii: ","):
                if depth == 1, lists == 1, angles == 0, !closed { parameterCount += 1 }
            case UInt8(ascii: "{") where depth == 0:
                hasBody = true
                return lists > 0
            case UInt8(ascii: "{"), UInt8(ascii: "}"):
                if byte == UInt8(ascii: "}"), depth == 0 { return lists > 0 }
            case UInt8(ascii: "\n"):
                if depth == 0, lists > 0, !continues { return true }
            default:
                if depth > 0, lists == 1, byte != UInt8(ascii: " ") { sawParameter = true }
            }
        }
        return lists > 0
    }

    private var closed = false

    /// Whether the declaration goes on in the line that begins here: with its effects, result, constraints or body.
    private var continues: Bool {
        guard line < lines.count else { return false }
        let text = String(decoding: lines[line], as: UTF8.self).trimmingCharacters(in: .whitespaces)
        return ["{", "async", "throws", "->", "where", ")"].contains { text.hasPrefix($0) }
    }

    /// The number of lines, from the first line of the code, to the one that holds the closing brace.
    mutating func readBody() -> Int {
        var depth = 1
        while depth > 0, let byte = next() {
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth -= 1 }
        }
        return firstLine + line + 1
    }
}
