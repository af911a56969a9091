import Glibc

/// How the characters of a file are written.
package enum TextEncoding: String, CaseIterable, Sendable {
    case utf8 = "UTF-8"
    case gbk = "GBK"
    case gb18030 = "GB18030"
    case latin1 = "Latin-1"

    /// The name under which the C library knows it.
    fileprivate var iconvName: String {
        switch self {
        case .utf8: "UTF-8"
        // Every GBK file is a GB18030 file; GB18030 knows more characters.
        case .gbk, .gb18030: "GB18030"
        case .latin1: "ISO-8859-1"
        }
    }
}

/// This byte occurs in no UTF-8 text. It stands for bytes that have no meaning in the declared encoding, so that the
/// reader of rows finds them with their line like any other invalid byte.
let invalidByteMark: UInt8 = 0xFF

/// Turns the bytes of a source into UTF-8, piece by piece, and drops a byte order mark.
package final class DecodedSource: ByteSource {
    private let source: any ByteSource
    private let converter: iconv_t?
    private var raw: [UInt8] = []
    private var isAtStart = true
    private var isFinished = false

    package var bytesTaken: Int64 { source.bytesTaken }

    package init(_ source: any ByteSource, encoding: TextEncoding, name: String) throws(FileProblem) {
        self.source = source
        guard encoding != .utf8 else {
            converter = nil
            return
        }
        let opened = iconv_open("UTF-8", encoding.iconvName)
        // iconv_open answers -1 as a pointer when it knows no such encoding.
        guard let opened, opened != iconv_t(bitPattern: -1) else {
            throw FileProblem(file: name, message: "this machine cannot read \(encoding.rawValue)")
        }
        converter = opened
    }

    deinit { if let converter { iconv_close(converter) } }

    package func read(into buffer: inout [UInt8]) throws(FileProblem) -> Bool {
        guard !isFinished else { return false }
        let start = buffer.count
        while buffer.count == start {
            let isMore: Bool
            if let converter {
                isMore = try source.read(into: &raw)
                convert(converter, isLast: !isMore, into: &buffer)
            } else {
                isMore = try source.read(into: &buffer)
            }
            if isAtStart, buffer.count > start { dropByteOrderMark(&buffer, from: start) }
            if !isMore {
                isFinished = true
                return buffer.count > start
            }
        }
        return true
    }

    private func dropByteOrderMark(_ buffer: inout [UInt8], from start: Int) {
        isAtStart = false
        if buffer[start...].starts(with: [0xEF, 0xBB, 0xBF]) { buffer.removeSubrange(start..<start + 3) }
    }

    private func convert(_ converter: iconv_t, isLast: Bool, into buffer: inout [UInt8]) {
        var offset = 0
        while offset < raw.count {
            let (consumed, failure) = convertOnce(converter, from: offset, into: &buffer)
            offset += consumed
            if failure == EILSEQ {
                buffer.append(invalidByteMark)
                offset += 1
            } else if failure == EINVAL {
                // The last character continues in the next piece, if there is one.
                guard isLast else { break }
                buffer.append(invalidByteMark)
                offset = raw.count
            }
        }
        raw.removeFirst(min(offset, raw.count))
    }

    /// How many bytes were converted, and why the conversion stopped (0 when it did not fail).
    private func convertOnce(_ converter: iconv_t, from offset: Int, into buffer: inout [UInt8]) -> (Int, Int32) {
        let start = buffer.count
        let room = (raw.count - offset) * 4 + 16
        buffer.append(contentsOf: [UInt8](repeating: 0, count: room))
        var inputLeft = raw.count - offset
        var outputLeft = room
        let length = inputLeft
        let failure: Int32 = raw.withUnsafeMutableBytes { from in
            buffer.withUnsafeMutableBytes { into in
                var input = from.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
                var output = into.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
                let result = iconv(converter, &input, &inputLeft, &output, &outputLeft)
                // The C library answers (size_t)-1 on failure.
                return result == -1 ? errno : 0
            }
        }
        buffer.removeLast(outputLeft)
        return (length - inputLeft, failure)
    }
}
