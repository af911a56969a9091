/// One row of a file: its fields as UTF-8, and the line on which it begins.
package struct CSVRow: Sendable {
    /// The line of the file on which the row begins, from 1.
    package internal(set) var line = 0
    var bytes: [UInt8] = []
    /// Where each field ends in ``bytes``.
    var ends: [Int] = []

    package init() {}

    package var count: Int { ends.count }

    /// The place of a field in ``bytes``, without blanks before and after it.
    @inline(__always)
    func trimmedRange(_ index: Int) -> Range<Int> {
        var lower = index == 0 ? 0 : ends[index - 1]
        var upper = ends[index]
        while lower < upper, bytes[lower] == 0x20 || bytes[lower] == 0x09 { lower += 1 }
        while upper > lower, bytes[upper - 1] == 0x20 || bytes[upper - 1] == 0x09 { upper -= 1 }
        return lower..<upper
    }

    /// A field without blanks before and after it.
    package func text(_ index: Int) -> String { String(decoding: bytes[trimmedRange(index)], as: UTF8.self) }

    mutating func clear(line: Int) {
        self.line = line
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}

/// A row that cannot be used, with its place and the reason in words.
package struct BadRow: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// The line of the file on which the row begins, from 1.
    package var line: Int
    package var reason: String

    package init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    package var description: String { "\(file):\(line): \(reason)" }
}

/// Limits and habits of a CSV file.
package struct CSVOptions: Hashable, Sendable {
    package var separator: UInt8 = 0x2C
    package var fieldLimitBytes = 256 * 1_024
    package var rowLimitBytes = 1_024 * 1_024
    /// A quoted field that runs over more lines than this has lost its closing quote.
    package var rowLimitLines = 2_000

    package init() {}
}

/// Reads CSV (RFC 4180) as a stream: quoted fields with separators and line breaks inside, CRLF or LF.
///
/// A broken row is reported and reading goes on with the line after the one on which it began. Memory is bounded by the
/// row limit, whatever the size of the file.
package struct CSVReader {
    package enum Next {
        case row
        case bad(BadRow)
        case end
    }

    private let source: any ByteSource
    private let name: String
    private let options: CSVOptions
    private var buffer: [UInt8] = []
    private var position = 0
    private var line = 1
    private var isSourceAtEnd = false
    /// The columns that every row must have; set by the first row that is read.
    package var columnCount: Int?

    package init(_ source: any ByteSource, name: String, options: CSVOptions = CSVOptions()) {
        self.source = source
        self.name = name
        self.options = options
    }

    package var bytesTaken: Int64 { source.bytesTaken }

    /// Reads the next row into a row that is used again and again.
    package mutating func next(into row: inout CSVRow) throws(FileProblem) -> Next {
        while true {
            row.clear(line: line)
            switch try parse(into: &row) {
            case .end: return .end
            case .blank, .needsMore: continue
            case .broken(let reason):
                let bad = BadRow(file: name, line: row.line, reason: reason)
                try skipLine()
                return .bad(bad)
            case .row:
                if let problem = fault(of: row) { return .bad(BadRow(file: name, line: row.line, reason: problem)) }
                columnCount = row.count
                return .row
            }
        }
    }

    private func fault(of row: CSVRow) -> String? {
        if let columnCount, columnCount != row.count {
            return "has \(row.count) columns where \(columnCount) are expected"
        }
        do {
            _ = try UTF8Span(validating: row.bytes.span)
        } catch {
            return "has bytes that are not text in the declared encoding"
        }
        return nil
    }

    /// Parses one row from ``position``; moves on only when the row is whole.
    private mutating func parse(into row: inout CSVRow) throws(FileProblem) -> RowOutcome {
        while true {
            row.clear(line: line)
            let outcome = scan(into: &row)
            guard case .needsMore = outcome else { return outcome }
            if buffer.count - position > options.rowLimitBytes {
                return .broken("is longer than \(options.rowLimitBytes) bytes, or a quote is not closed")
            }
            try fill()
        }
    }

    private mutating func fill() throws(FileProblem) {
        if position > 0 {
            buffer.removeFirst(position)
            position = 0
        }
        if try !source.read(into: &buffer) { isSourceAtEnd = true }
    }

    /// Goes to the begin of the next line of the file, whatever stands between.
    private mutating func skipLine() throws(FileProblem) {
        while true {
            if let index = buffer[position...].firstIndex(of: 0x0A) {
                position = index + 1
                line += 1
                return
            }
            position = buffer.count
            guard !isSourceAtEnd else { return }
            try fill()
        }
    }

    private mutating func scan(into row: inout CSVRow) -> RowOutcome {
        let (outcome, end, lines) = buffer.withUnsafeBufferPointer { bytes in
            var scanner = RowScanner(bytes: bytes, position: position, isAtEnd: isSourceAtEnd, options: options)
            let outcome = scanner.scan(into: &row)
            return (outcome, scanner.position, scanner.lines)
        }
        switch outcome {
        case .row, .blank:
            position = end
            line += lines
        case .end, .needsMore, .broken: break
        }
        return outcome
    }
}

/// How far the scanner came with one row.
private enum RowOutcome {
    case row
    case blank
    case end
    case needsMore
    case broken(String)
}

/// The inner loop over one row.
private struct RowScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int
    let isAtEnd: Bool
    let options: CSVOptions
    var lines = 0

    init(bytes: UnsafeBufferPointer<UInt8>, position: Int, isAtEnd: Bool, options: CSVOptions) {
        self.bytes = bytes
        self.position = position
        self.isAtEnd = isAtEnd
        self.options = options
    }

    mutating func scan(into row: inout CSVRow) -> RowOutcome {
        guard position < bytes.count else { return isAtEnd ? .end : .needsMore }
        while true {
            let start = row.bytes.count
            if position < bytes.count, bytes[position] == 0x22 {
                position += 1
                if let outcome = quoted(into: &row) { return outcome }
            } else {
                let from = position
                while position < bytes.count, !endsField(bytes[position]) { position += 1 }
                row.bytes.append(contentsOf: bytes[from..<position])
            }
            guard row.bytes.count - start <= options.fieldLimitBytes else {
                return .broken("column \(row.count + 1) is longer than \(options.fieldLimitBytes) bytes")
            }
            row.ends.append(row.bytes.count)
            guard position < bytes.count else { return isAtEnd ? finish(row) : .needsMore }
            let byte = bytes[position]
            if byte == options.separator {
                position += 1
                continue
            }
            if byte == 0x0D {
                guard position + 1 < bytes.count else {
                    guard isAtEnd else { return .needsMore }
                    position += 1
                    return finish(row)
                }
                guard bytes[position + 1] == 0x0A else { return .broken("has a carriage return inside a field") }
                position += 1
            }
            position += 1
            lines += 1
            return finish(row)
        }
    }

    private func finish(_ row: CSVRow) -> RowOutcome { row.count == 1 && row.bytes.isEmpty ? .blank : .row }

    @inline(__always)
    private func endsField(_ byte: UInt8) -> Bool { byte == options.separator || byte == 0x0A || byte == 0x0D }

    /// The inside of a quoted field; nil when it was closed properly.
    private mutating func quoted(into row: inout CSVRow) -> RowOutcome? {
        while true {
            let from = position
            while position < bytes.count, bytes[position] != 0x22 {
                if bytes[position] == 0x0A { lines += 1 }
                position += 1
            }
            row.bytes.append(contentsOf: bytes[from..<position])
            guard position < bytes.count else { return isAtEnd ? .broken("a quote is not closed") : .needsMore }
            guard lines <= options.rowLimitLines else {
                return .broken("a quote is not closed within \(options.rowLimitLines) lines")
            }
            guard position + 1 < bytes.count else {
                guard isAtEnd else { return .needsMore }
                position += 1
                return nil
            }
            let after = bytes[position + 1]
            if after == 0x22 {
                row.bytes.append(0x22)
                position += 2
                continue
            }
            position += 1
            guard endsField(after) else {
                return .broken("has text after the closing quote of column \(row.count + 1)")
            }
            return nil
        }
    }
}
