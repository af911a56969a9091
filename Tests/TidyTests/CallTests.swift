import Testing

@Suite struct CallTests {
    @Test func `no source uses a banned call`() {
        expectNone(SourceTree.sources.flatMap(CallRules.banned))
    }

    @Test(arguments: CallRules.bans)
    func `each banned call is found, and only in code`(ban: CallRules.Ban) {
        let text = "// \(ban.word)\nlet a = \"\(ban.word)\"\n    x = \(ban.word) y\n"
        #expect(
            CallRules.banned(sample("Sources/HydrantCore/A.swift", text)).contains(
                "Sources/HydrantCore/A.swift:3: \(ban.word): \(ban.instead)"))
        #expect(CallRules.banned(sample("Sources/HydrantCore/A.swift", text)).allSatisfy { $0.contains(":3:") })
        for target in ban.allowed {
            #expect(!CallRules.banned(sample("Sources/\(target)/A.swift", text)).contains { $0.contains(ban.word) })
        }
    }

    @Test func `a call inside an interpolation is found`() {
        let file = sample("Sources/HydrantWeb/A.swift", "let text = \"at \\(format(Date())) and \\(1)\"\n")
        #expect(
            CallRules.banned(file)
                == ["Sources/HydrantWeb/A.swift:1: Date(): take the time from a HubClock"])
    }

    @Test func `a name that only contains a banned word is allowed`() {
        let text = "debugPrint(a)\nlet b = myDate()\nlet c = catalog.randomness\nlet d = cast as? Int\n"
        #expect(CallRules.banned(sample("Sources/HydrantCore/A.swift", text)) == [])
    }

    @Test func `an unchecked conformance needs its reason on the line`() {
        let text = """
            final class A: @unchecked Sendable {}
            final class B: @unchecked Sendable {}  // the pointer is written once, before anybody else sees it
            """
        #expect(
            CallRules.banned(sample("Sources/HydrantCore/A.swift", text))
                == ["Sources/HydrantCore/A.swift:1: @unchecked Sendable: say on the line why it is safe"])
    }

    @Test func `nothing is left unfinished`() {
        expectNone(SourceTree.swiftFiles.flatMap(CallRules.unfinished))
    }

    @Test func `an unfinished place is found`() {
        let marker = "TO" + "DO"
        let file = sample("Tests/A/B.swift", "let a = 1 // \(marker): mend\nlet b = \"\(marker)\"\n// \(marker)S\n")
        #expect(CallRules.unfinished(file) == ["Tests/A/B.swift:1: \(marker) is for an issue, not for a comment"])
    }

    @Test func `no SQL is put together from text`() {
        expectNone(SourceTree.sources.flatMap(CallRules.builtSQL))
    }

    @Test func `SQL with a value in its text is found`() {
        let text = #"""
            run("SELECT id FROM orders WHERE number = '\(number)'")
            run("""
                UPDATE orders SET state = ?
                WHERE id = \(id)
                """)
            run("SELECT id FROM orders WHERE number = ?")
            static let columns = "id, number"
            run("SELECT \(columns) FROM orders WHERE id = ?")
            run("CREATE TABLE \(name) (id INTEGER)")
            report("UPDATE \(count)")
            report("\(count) orders")
            """#
        #expect(
            CallRules.builtSQL(sample("Sources/A/B.swift", text))
                == [1, 2, 9].map { "Sources/A/B.swift:\($0): a statement with text put into it; use arguments" })
        #expect(CallRules.builtSQL(sample("Sources/A/Schema+a.swift", "run(\"CREATE TABLE \\(name)\")")) == [])
    }
}
