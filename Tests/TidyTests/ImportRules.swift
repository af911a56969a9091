import Foundation

/// Which module a target may import: the table of ARCHITECTURE.md, read from the document itself.
enum ImportRules {
    /// Rows of `| target | holds | may import |`: names in back-ticks in the first and the last column.
    static func table(of document: String) -> [String: Set<String>] {
        var table: [String: Set<String>] = [:]
        let lines = document.components(separatedBy: "\n").drop { $0 != "| target | holds | may import |" }
        for line in lines.prefix(while: { $0.hasPrefix("|") }) where line.hasPrefix("| `") {
            let cells = line.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5 else { continue }
            for target in names(in: cells[1]) { table[target, default: []].formUnion(names(in: cells[3])) }
        }
        return table
    }

    /// The texts between back-ticks.
    private static func names(in cell: String) -> [String] {
        cell.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }

    /// The module of an import line, without submodules and declarations; nil for other lines.
    static func module(importedBy line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first, first.hasPrefix("@") || accessLevels.contains(first) { words.removeFirst() }
        guard words.first == "import", words.count > 1 else { return nil }
        words.removeFirst()
        if words.count > 1, declarationKinds.contains(words[0]) { words.removeFirst() }
        return words[0].components(separatedBy: ".")[0]
    }

    static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        file.code.enumerated().compactMap { index, text in module(importedBy: text).map { (index + 1, $0) } }
    }

    static func forbidden(_ file: SourceFile, table: [String: Set<String>]) -> [String] {
        guard file.isSource, let target = file.target, let allowed = table[target] else { return [] }
        return imports(of: file).filter { !allowed.contains($0.module) }.map {
            file.violation($0.line, "\(target) may not import \($0.module)")
        }
    }

    /// A page that talks to the database by itself bypasses the store.
    static func serverAndDriver(_ file: SourceFile) -> [String] {
        let modules = Set(imports(of: file).map(\.module))
        guard !modules.isDisjoint(with: servers), !modules.isDisjoint(with: drivers) else { return [] }
        return [file.violation(1, "imports an HTTP server and a database driver")]
    }

    private static let servers: Set<String> = ["Hummingbird", "HummingbirdCore"]
    private static let drivers: Set<String> = ["GRDB", "GRDBSQLite", "SQLite3", "CLibPQ"]
    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    private static let declarationKinds: Set<String> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]
}
