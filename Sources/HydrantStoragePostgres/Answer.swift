import CLibPQ
import HydrantStorage

/// The rows of one statement, in the server's binary format.
final class Answer {
    fileprivate let result: OpaquePointer

    /// Takes the result over and clears it in the end.
    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    var count: Int { Int(PQntuples(result)) }

    /// How many rows a statement wrote that returns none.
    var written: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    var first: AnswerRow? { count > 0 ? AnswerRow(answer: self, row: 0) : nil }

    func all<Value>(_ value: (AnswerRow) throws -> Value) rethrows -> [Value] {
        try (0..<Int32(count)).map { try value(AnswerRow(answer: self, row: $0)) }
    }
}

/// One row; keeps its answer.
struct AnswerRow {
    fileprivate let answer: Answer
    fileprivate let row: Int32

    private var result: OpaquePointer { answer.result }

    func integer(_ column: Int32) -> Int64 {
        let bytes = raw(column)
        precondition(bytes.count <= 8, "a whole number of \(bytes.count) bytes, not of at most 8")
        // Shorter types of the server are signed too.
        var value: Int64 = bytes.first.map { $0 & 0x80 != 0 ? -1 : 0 } ?? 0
        for byte in bytes { value = value << 8 | Int64(byte) }
        return value
    }

    func isNull(_ column: Int32) -> Bool { PQgetisnull(result, row, column) == 1 }

    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func bytes(_ column: Int32) -> [UInt8] { Array(raw(column)) }

    func text(_ column: Int32) -> String {
        let bytes = raw(column)
        if bytes.contains(1) { return String(decoding: ExactText.unescaped(bytes), as: UTF8.self) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func isTrue(_ column: Int32) -> Bool { raw(column).first == 1 }

    /// A word that the schema limits to those of the type; any other means that the rows were tampered with.
    func word<Word: RawRepresentable>(_ column: Int32, _ type: Word.Type) throws -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text(column)) else { throw StoreFailure(.corrupt) }
        return word
    }

    private func raw(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let count = Int(PQgetlength(result, row, column))
        guard count > 0, let start = PQgetvalue(result, row, column) else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
    }
}
