import Testing

@Suite struct NameTests {
    @Test func `no folder and no file is named after nothing in particular`() {
        let paths = SourceTree.projectPaths.filter { $0.hasPrefix("Sources/") || $0.hasPrefix("Tests/") }
        #expect(paths.count > 50)
        expectNone(paths.flatMap(NameRules.emptyNames))
    }

    @Test func `an empty name is found`() {
        #expect(NameRules.emptyNames("Sources/Utils/Text.swift") == ["Sources/Utils/Text.swift: a folder called Utils"])
        #expect(NameRules.emptyNames("Tests/A/StoreManager.swift").count == 1)
        #expect(NameRules.emptyNames("Sources/A/Order+states.swift") == [])
        #expect(NameRules.emptyNames("Sources/Manager/Renewal.swift") == [])
    }

    @Test(arguments: storageNames.indices)
    func `the names that are written into databases are the committed ones`(index: Int) throws {
        let (path, enumeration, names) = storageNames[index]
        let text = try #require(SourceTree.text(of: path), "\(path) is not there")
        let found = try #require(NameRules.rawValues(of: enumeration, in: SourceFile(path: path, text: text)))
        #expect(found == names)
    }

    @Test func `the glossary calls the states what the code calls them`() throws {
        let path = "Sources/HydrantCore/Order/StateStamp.swift"
        let file = SourceFile(path: path, text: try #require(SourceTree.text(of: path)))
        let glossary = try #require(SourceTree.text(of: "docs/glossary.md"))
        let rows = file.lines.indices.filter { file.code[$0].contains("StateName(identifier:") }.map { index in
            file.literals.filter { $0.line == index + 1 }.map(\.text)
        }
        #expect(rows.count == 8)
        for (number, row) in rows.enumerated() {
            try #require(row.count == 3)
            let wanted = "| \(number) | `\(row[0])` | \(row[2]) | \(row[1]) |"
            if !glossary.contains(wanted) { Issue.record("docs/glossary.md has no row \(wanted)") }
        }
    }

    @Test func `raw values are read from a declaration with and without explicit texts`() {
        let file = sample(
            "Sources/A/B.swift",
            """
            enum Before: String { case no }
            package enum Kind: String, CaseIterable {
                /// case comment = "no"
                case first = "a.first"
                case second, `third`
                case fourth = "d", fifth = "e"
                var text: String {
                    switch self {
                    case first: "x"
                    }
                }
            }
            enum After: String { case no }
            """)
        #expect(NameRules.rawValues(of: "Kind", in: file) == ["a.first", "second", "third", "d", "e"])
        #expect(NameRules.rawValues(of: "Missing", in: file) == nil)
    }
}
