import Testing

@Suite struct SizeTests {
    @Test func `no line is longer than 120 columns`() {
        expectNone(SourceTree.swiftFiles.flatMap(SizeRules.longLines))
    }

    @Test func `a line of 121 columns is found`() {
        let lines = [String(repeating: "好", count: 120), String(repeating: "x", count: 121)]
        let file = sample("Sources/A/B.swift", lines.joined(separator: "\n"))
        #expect(SizeRules.longLines(file) == ["Sources/A/B.swift:2: 121 columns, at most 120"])
    }

    @Test func `no file is longer than 400 lines`() {
        expectNone(SourceTree.swiftFiles.flatMap(SizeRules.tooLong))
    }

    @Test func `a file of 401 lines is found`() {
        let text = String(repeating: "x\n", count: 401)
        #expect(
            SizeRules.tooLong(sample("Sources/A/B.swift", text))
                == ["Sources/A/B.swift:401: 401 lines, at most 400"])
        let allowed = String(repeating: "x\n", count: 400)
        #expect(SizeRules.tooLong(sample("Sources/A/B.swift", allowed)) == [])
    }

    @Test func `every exception to the length of files is needed and exists`() {
        let long = SourceTree.swiftFiles.filter { $0.lines.count > SizeRules.fileLimit }.map(\.path)
        let excepted = SizeRules.dataTables.union(SizeRules.longFiles.keys)
        expectNone(excepted.subtracting(long).sorted())
    }

    @Test func `no function is longer than 70 lines`() {
        expectNone(SourceTree.swiftFiles.flatMap(SizeRules.longFunctions))
    }

    @Test(arguments: [68, 69])
    func `a function counts from its first line to its closing brace`(bodyLines: Int) {
        let body = String(repeating: "        step(\"}\") // }\n", count: bodyLines)
        let text = "struct A {\n    private func run(_ body: () -> Void = {}) async throws {\n\(body)    }\n}\n"
        let file = sample("Sources/A/B.swift", text)
        let expected = bodyLines == 68 ? [] : ["Sources/A/B.swift:2: run has 71 lines, at most 70"]
        #expect(SizeRules.longFunctions(file) == expected)
    }

    @Test func `a requirement without a body is one line and does not swallow what follows`() {
        let text = """
            protocol P {
                func first(_ a: Int) throws -> Int
                func second<T: Sendable>(
                    _ a: T
                ) async throws -> [T: Int]
            }
            struct A {
                init(a: Int) { self.init(b: a) }
                subscript(index: Int) -> Int { 0 }
            }
            """
        let found = Function.all(in: sample("Sources/A/B.swift", text))
        #expect(found.map(\.name) == ["first", "second", "init", "subscript"])
        #expect(found.map(\.lineCount) == [1, 1, 1, 1])
        #expect(found.map(\.parameterCount) == [1, 1, 1, 1])
    }

    @Test func `no function has more than 5 parameters`() {
        expectNone(SourceTree.sources.flatMap(SizeRules.longParameterLists))
    }

    @Test func `parameters are counted past generics, tuples, closures and defaults`() {
        let text = """
            func none() {}
            func five(a: (Int, Int), b: [Int: (Int, Int)], c: Result<Int, Error> = f(1, 2), d: (A, B) -> C, e: Int) {}
            func six(
                _ a: Int, b: Int, c: Int,
                d: Int, e: Int, f: Int
            ) throws(Problem<Int, Int>) -> (Int, Int) {
            }
            init(a: Int, b: Int, c: Int, d: Int, e: Int, f: Int) {}
            """
        let file = sample("Sources/A/B.swift", text)
        #expect(Function.all(in: file).map(\.parameterCount) == [0, 5, 6, 6])
        #expect(SizeRules.longParameterLists(file) == ["Sources/A/B.swift:3: six has 6 parameters, at most 5"])
    }
}
