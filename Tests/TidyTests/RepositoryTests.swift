import Foundation
import Testing

@Suite struct RepositoryTests {
    @Test func `build output and keys are not tracked`() throws {
        let tracked = try SourceTree.trackedPaths() ?? SourceTree.projectPaths.filter { $0 != "Package.resolved" }
        expectNone(tracked.filter(RepositoryRules.isOutput))
    }

    @Test(arguments: ["Package.resolved", ".build/a.o", "x/.build-tidy/b", "hub.sqlite-wal", "hub.sqlite.key"])
    func `output is known when it is seen`(path: String) {
        #expect(RepositoryRules.isOutput(path))
        #expect(!RepositoryRules.isOutput("Sources/HydrantCore/Build.swift"))
    }

    @Test func `no file names a folder of one machine`() {
        let endings = ["swift", "md", "c", "h", "py", "sh", "yaml", "json", "sql", "html", "css", "js", "mustache"]
        let paths = SourceTree.projectPaths.filter { path in
            endings.contains { path.hasSuffix("." + $0) } || path == "Makefile" || path == ".ci/run"
        }
        #expect(paths.count > 50)
        expectNone(
            paths.flatMap { path in
                RepositoryRules.machinePaths(path, text: SourceTree.text(of: path) ?? "")
            })
    }

    @Test func `a path of one machine is found`() {
        let home = "/" + "home/"
        #expect(
            RepositoryRules.machinePaths("a.md", text: "ok\ncd \(home)li\n")
                == ["a.md:2: a path of one machine, \(home)"])
        #expect(RepositoryRules.machinePaths("a.md", text: "see docs\(home)index.md and x.\(home)y") == [])
    }

    @Test func `every error code has a page and every page has a code`() {
        let used = SourceTree.sources.reduce(into: Set<String>()) { codes, file in
            for literal in file.literals { codes.formUnion(RepositoryRules.errorCodes(in: literal.text)) }
        }
        let pages = Set(errorPages.map { String($0.dropFirst("docs/errors/".count).dropLast(".md".count)) })
        #expect(!used.isEmpty)
        expectNone(used.subtracting(pages).sorted().map { "\($0) has no page in docs/errors" })
        expectNone(pages.subtracting(used).sorted().map { "docs/errors/\($0).md is about no code in Sources" })
    }

    @Test func `every page about an error tells its cause, what the hub did and what to do`() {
        for page in errorPages {
            let text = SourceTree.text(of: page) ?? ""
            expectNone(RepositoryRules.errorPageHeadings.filter { !text.contains($0) }.map { "\(page): no \($0)" })
        }
    }

    @Test func `codes are read from a text`() {
        let text = "HY-12 HY-1234, HY-99991 xHY-0001.HY-"
        #expect(RepositoryRules.errorCodes(in: text) == ["HY-1234", "HY-9999", "HY-0001"])
        #expect(RepositoryRules.errorCodes(in: "HY-123") == [])
    }

    @Test func `the licence is the whole Apache licence`() throws {
        let text = try #require(SourceTree.text(of: "LICENSE"))
        #expect(text.contains("Apache License") && text.contains("Version 2.0, January 2004"))
        #expect(text.components(separatedBy: "\n").count == 203)
    }

    private var errorPages: [String] {
        SourceTree.projectPaths.filter { $0.hasPrefix("docs/errors/HY-") && $0.hasSuffix(".md") }
    }
}
