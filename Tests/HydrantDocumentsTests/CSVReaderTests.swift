import Foundation
import Testing

@testable import HydrantDocuments

/// Bytes from memory, in pieces as small as one byte.
private final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private let piece: Int
    private var position = 0
    var bytesTaken: Int64 { Int64(position) }

    init(_ bytes: [UInt8], piece: Int) {
        self.bytes = bytes
        self.piece = piece
    }

    func read(into buffer: inout [UInt8]) -> Bool {
        let end = min(bytes.count, position + piece)
        buffer.append(contentsOf: bytes[position..<end])
        defer { position = end }
        return end > position
    }
}

struct CSVReaderTests {
    /// Each row as `line: [fields]`, each bad row as `line! reason`.
    private func read(
        _ bytes: [UInt8], piece: Int = 1_000, options: CSVOptions = CSVOptions()
    ) throws -> [String] {
        var reader = CSVReader(MemorySource(bytes, piece: piece), name: "f.csv", options: options)
        var row = CSVRow()
        var seen: [String] = []
        while true {
            switch try reader.next(into: &row) {
            case .row: seen.append("\(row.line): \((0..<row.count).map { row.text($0) })")
            case .bad(let bad): seen.append("\(bad.line)! \(bad.reason)")
            case .end: return seen
            }
        }
    }

    private func read(_ text: String, piece: Int = 1_000, options: CSVOptions = CSVOptions()) throws -> [String] {
        try read(Array(text.utf8), piece: piece, options: options)
    }

    @Test func `rows come with the line on which they begin`() throws {
        #expect(try read("a,b\n1,2\n\n3,4") == ["1: [\"a\", \"b\"]", "2: [\"1\", \"2\"]", "4: [\"3\", \"4\"]"])
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func `quotes, separators and line breaks in fields, whatever the pieces`(piece: Int) throws {
        let text = "a,b\r\n\"x,\"\"y\"\"\",\"one\r\ntwo\"\r\n,\"\"\r\n3,4"
        #expect(
            try read(text, piece: piece) == [
                "1: [\"a\", \"b\"]", "2: [\"x,\\\"y\\\"\", \"one\\r\\ntwo\"]", "4: [\"\", \"\"]", "5: [\"3\", \"4\"]",
            ])
    }

    @Test func `a quote inside an unquoted field stands for itself`() throws {
        #expect(try read("a,b\n5\" pipe,1\n") == ["1: [\"a\", \"b\"]", "2: [\"5\\\" pipe\", \"1\"]"])
    }

    @Test func `blanks around a field do not count`() throws {
        #expect(try read("a,b\n  x y\t, \n") == ["1: [\"a\", \"b\"]", "2: [\"x y\", \"\"]"])
    }

    @Test func `other separators`() throws {
        var options = CSVOptions()
        options.separator = 0x3B
        #expect(try read("a;b\n1,5;2\n", options: options) == ["1: [\"a\", \"b\"]", "2: [\"1,5\", \"2\"]"])
    }

    @Test(arguments: [1, 5, 1_000])
    func `an unclosed quote spoils its own line only`(piece: Int) throws {
        #expect(
            try read("a,b\n1,\"oops\n2,ok\n3,ok\n", piece: piece) == [
                "1: [\"a\", \"b\"]", "2! a quote is not closed", "3: [\"2\", \"ok\"]", "4: [\"3\", \"ok\"]",
            ])
    }

    @Test func `text after a closing quote spoils its own line only`() throws {
        #expect(
            try read("a,b\n\"1\"x,2\n3,4\n") == [
                "1: [\"a\", \"b\"]", "2! has text after the closing quote of column 1", "3: [\"3\", \"4\"]",
            ])
    }

    @Test func `a row with too few or too many columns is bad and the next one is read`() throws {
        #expect(
            try read("a,b\n1\n1,2,3\n4,5\n") == [
                "1: [\"a\", \"b\"]", "2! has 1 columns where 2 are expected", "3! has 3 columns where 2 are expected",
                "4: [\"4\", \"5\"]",
            ])
    }

    @Test func `bytes that are not text are named with their line`() throws {
        let bytes = Array("a,b\n1,".utf8) + [0xC3, 0x28] + Array("\n2,é\n".utf8)
        #expect(
            try read(bytes) == [
                "1: [\"a\", \"b\"]", "2! has bytes that are not text in the declared encoding", "3: [\"2\", \"é\"]",
            ])
    }

    @Test func `a carriage return alone ends no line`() throws {
        #expect(
            try read("a,b\n1,x\ry\n2,3\n") == [
                "1: [\"a\", \"b\"]", "2! has a carriage return inside a field", "3: [\"2\", \"3\"]",
            ])
    }

    @Test func `fields, rows and quoted lines have limits`() throws {
        var options = CSVOptions()
        options.fieldLimitBytes = 10
        options.rowLimitBytes = 50
        options.rowLimitLines = 2
        let long = String(repeating: "x", count: 11)
        #expect(
            try read("a\n\(long)\nok\n", options: options) == [
                "1: [\"a\"]", "2! column 1 is longer than 10 bytes", "3: [\"ok\"]",
            ])
        let row = "\"" + String(repeating: "y", count: 80)
        #expect(
            try read("a\n\(row)\nok\n", piece: 8, options: options) == [
                "1: [\"a\"]", "2! is longer than 50 bytes, or a quote is not closed", "3: [\"ok\"]",
            ])
        #expect(
            try read("a\n\"1\n2\n3\n4\"\n", options: options) == [
                "1: [\"a\"]", "2! a quote is not closed within 2 lines", "3: [\"2\"]", "4: [\"3\"]", "5: [\"4\\\"\"]",
            ])
    }

    @Test func `an empty file has no rows`() throws {
        #expect(try read("") == [])
        #expect(try read("\n\r\n\n") == [])
    }
}
