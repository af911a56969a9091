import CZlib
import CZstd
import Glibc

/// Why a file cannot be read: which one, and in the words of the machine what happened.
package struct FileProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var message: String

    package init(file: String, message: String) {
        self.file = file
        self.message = message
    }

    package var description: String { "\(file): \(message)" }
}

/// Gives the bytes of a file piece by piece; memory does not grow with the file.
package protocol ByteSource: AnyObject {
    /// Appends the next piece to the buffer; false at the end.
    func read(into buffer: inout [UInt8]) throws(FileProblem) -> Bool

    /// Bytes taken from the disk so far, for progress; compressed bytes of a compressed file.
    var bytesTaken: Int64 { get }
}

private let pieceLength = 256 * 1_024

/// Room for one piece, used again and again.
private final class Piece {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceLength, alignment: 16)

    deinit { bytes.deallocate() }

    /// Appends the first bytes to a buffer.
    func append(_ count: Int, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }
}

/// A file as it lies on the disk.
package final class PlainSource: ByteSource {
    private let descriptor: Int32
    private let name: String
    private let piece = Piece()
    package private(set) var bytesTaken: Int64 = 0

    package init(path: String, name: String) throws(FileProblem) {
        // Opening a pipe would otherwise wait for somebody who writes into it.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        self.name = name
        guard descriptor >= 0 else { throw FileProblem(file: name, message: "cannot be opened: \(reason(of: errno))") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FileProblem(file: name, message: "is not a file")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    package func read(into buffer: inout [UInt8]) throws(FileProblem) -> Bool {
        let count = Glibc.read(descriptor, piece.bytes.baseAddress, pieceLength)
        guard count >= 0 else { throw FileProblem(file: name, message: "cannot be read: \(reason(of: errno))") }
        piece.append(count, to: &buffer)
        bytesTaken += Int64(count)
        return count > 0
    }
}

private func cutOff(_ name: String) -> FileProblem {
    FileProblem(file: name, message: "ends in the middle: the file is cut off")
}

/// The name of a system error, like "No such file or directory".
private func reason(of code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
}

/// A gzip file (RFC 1952), also one of several members.
package final class GzipSource: ByteSource {
    private let source: PlainSource
    private let name: String
    private let piece = Piece()
    private var stream = z_stream()
    private var input: [UInt8] = []
    private var taken = 0
    private var isAtEnd = false
    private var isInsideMember = false
    /// The last piece was full, so zlib may hold more although its input is used up.
    private var mayHoldMore = false

    package var bytesTaken: Int64 { source.bytesTaken }

    package init(path: String, name: String) throws(FileProblem) {
        source = try PlainSource(path: path, name: name)
        self.name = name
        // 16 selects gzip framing.
        let result = inflateInit2_(
            &stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw FileProblem(file: name, message: "zlib does not start (\(result))") }
    }

    deinit { inflateEnd(&stream) }

    package func read(into buffer: inout [UInt8]) throws(FileProblem) -> Bool {
        while !isAtEnd {
            if taken == input.count, !mayHoldMore {
                input.removeAll(keepingCapacity: true)
                taken = 0
                if try !source.read(into: &input) {
                    isAtEnd = true
                    guard !isInsideMember else { throw cutOff(name) }
                    return false
                }
            }
            if try inflatePiece(into: &buffer) > 0 { return true }
        }
        return false
    }

    private func inflatePiece(into buffer: inout [UInt8]) throws(FileProblem) -> Int {
        let offset = taken
        let length = input.count - taken
        let result = input.withUnsafeMutableBufferPointer { from in
            stream.next_in = from.baseAddress.map { $0 + offset }
            stream.avail_in = UInt32(length)
            stream.next_out = piece.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(pieceLength)
            return inflate(&stream, Z_NO_FLUSH)
        }
        taken = input.count - Int(stream.avail_in)
        let produced = pieceLength - Int(stream.avail_out)
        piece.append(produced, to: &buffer)
        mayHoldMore = produced == pieceLength
        isInsideMember = true
        switch result {
        case Z_STREAM_END:
            isInsideMember = false
            inflateReset(&stream)
        case Z_OK, Z_BUF_ERROR: break
        default: throw FileProblem(file: name, message: "is not a sound gzip file (zlib error \(result))")
        }
        return produced
    }
}

/// A zstd file (RFC 8878), also one of several frames.
package final class ZstdSource: ByteSource {
    private let source: PlainSource
    private let name: String
    private let piece = Piece()
    private let context: OpaquePointer
    private var input: [UInt8] = []
    private var taken = 0
    private var isAtEnd = false
    private var isInsideFrame = false
    /// The last piece was full, so zstd may hold more although its input is used up.
    private var mayHoldMore = false

    package var bytesTaken: Int64 { source.bytesTaken }

    package init(path: String, name: String) throws(FileProblem) {
        source = try PlainSource(path: path, name: name)
        self.name = name
        guard let context = ZSTD_createDCtx() else { throw FileProblem(file: name, message: "no memory for zstd") }
        self.context = context
        // At most 128 MB of window, so that a hostile file cannot ask for gigabytes.
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
    }

    deinit { ZSTD_freeDCtx(context) }

    package func read(into buffer: inout [UInt8]) throws(FileProblem) -> Bool {
        while !isAtEnd {
            if taken == input.count, !mayHoldMore {
                input.removeAll(keepingCapacity: true)
                taken = 0
                if try !source.read(into: &input) {
                    isAtEnd = true
                    guard !isInsideFrame else { throw cutOff(name) }
                    return false
                }
            }
            if try decompressPiece(into: &buffer) > 0 { return true }
        }
        return false
    }

    private func decompressPiece(into buffer: inout [UInt8]) throws(FileProblem) -> Int {
        var outgoing = ZSTD_outBuffer(dst: piece.bytes.baseAddress, size: pieceLength, pos: 0)
        let result = input.withUnsafeBytes { from in
            var incoming = ZSTD_inBuffer(src: from.baseAddress, size: from.count, pos: taken)
            let result = ZSTD_decompressStream(context, &outgoing, &incoming)
            taken = incoming.pos
            return result
        }
        let produced = outgoing.pos
        piece.append(produced, to: &buffer)
        mayHoldMore = produced == pieceLength
        guard ZSTD_isError(result) == 0 else {
            let reason = ZSTD_getErrorName(result).map { String(cString: $0) } ?? "error"
            throw FileProblem(file: name, message: "is not a sound zstd file: \(reason)")
        }
        isInsideFrame = result != 0
        return produced
    }
}
