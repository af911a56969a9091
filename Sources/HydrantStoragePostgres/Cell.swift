import HydrantStorage

/// A value on its way into a statement, or a whole column of them.
enum Cell {
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case null
    case integers([Int64?])
    case texts([String?])
    case byteArrays([[UInt8]])

    static func integer(_ value: Int) -> Cell { .integer(Int64(value)) }
    static func optional(_ value: Int64?) -> Cell { value.map(Cell.integer) ?? .null }
    static func optional(_ value: String?) -> Cell { value.map(Cell.text) ?? .null }
}

/// The values of one call in the server's binary format, one after the other.
struct Parameters {
    private var bytes: [UInt8] = []
    private var ranges: [Range<Int>?] = []

    init(_ cells: [Cell]) {
        ranges.reserveCapacity(cells.count)
        for cell in cells {
            let begin = bytes.count
            if case .null = cell {
                ranges.append(nil)
                continue
            }
            append(cell)
            ranges.append(begin..<bytes.count)
        }
        // An address even where every value is empty: no address would be NULL.
        bytes.append(0)
    }

    /// Gives the arrays that libpq wants: addresses, lengths and formats.
    func withPointers<Result>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = ranges.map { range in range.flatMap { range in start.map { $0 + range.lowerBound } } }
            let lengths = ranges.map { Int32($0?.count ?? 0) }
            return body(values, lengths, [Int32](repeating: 1, count: ranges.count))
        }
    }

    private mutating func append(_ cell: Cell) {
        switch cell {
        case .null: break
        case .integer(let value): append(bigEndian: value)
        case .text(let value): append(value)
        case .bytes(let value): bytes += value
        case .integers(let values):
            appendHead(count: values.count, type: 20)
            for value in values {
                guard let value else { append(bigEndian: Int32(-1)); continue }
                append(bigEndian: Int32(8))
                append(bigEndian: value)
            }
        case .texts(let values):
            appendHead(count: values.count, type: 25)
            for value in values {
                guard let value else { append(bigEndian: Int32(-1)); continue }
                appendSized { $0.append(value) }
            }
        case .byteArrays(let values):
            appendHead(count: values.count, type: 17)
            for value in values { appendSized { $0.bytes += value } }
        }
    }

    /// Dimensions, whether there are NULLs (a hint), the elements' type; of the one dimension count and first index.
    private mutating func appendHead(count: Int, type: Int32) {
        append(bigEndian: Int32(count == 0 ? 0 : 1))
        append(bigEndian: Int32(1))
        append(bigEndian: type)
        guard count > 0 else { return }
        append(bigEndian: Int32(count))
        append(bigEndian: Int32(1))
    }

    private mutating func appendSized(_ body: (inout Parameters) -> Void) {
        let place = bytes.count
        append(bigEndian: Int32(0))
        body(&self)
        let count = UInt32(bytes.count - place - 4)
        for offset in 0..<4 { bytes[place + offset] = UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32(offset))) }
    }

    private mutating func append<Number: FixedWidthInteger>(bigEndian value: Number) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) {
        let begin = bytes.count
        bytes.append(contentsOf: text.utf8)
        if bytes[begin...].contains(where: { $0 < 2 }) {
            let plain = Array(bytes[begin...])
            bytes.removeSubrange(begin...)
            bytes += ExactText.escaped(plain)
        }
    }
}

/// The server's texts hold no U+0000, ours may. U+0000 is written as U+0001 U+0001 and U+0001 as U+0001 U+0002, which
/// keeps equality, order and prefixes.
enum ExactText {
    static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { $0 < 2 ? [1, $0 + 1] : [$0] }
    }

    static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                out.append(byte &- 1)
                isEscaped = false
            } else if byte == 1 {
                isEscaped = true
            } else {
                out.append(byte)
            }
        }
        return out
    }
}
