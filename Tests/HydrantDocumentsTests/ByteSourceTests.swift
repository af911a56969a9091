import Foundation
import Testing

@testable import HydrantDocuments

struct ByteSourceTests {
    private func read(_ source: any ByteSource) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while try source.read(into: &bytes) {}
        return bytes
    }

    private func text(of name: String, _ data: Data, _ encoding: TextEncoding = .utf8) throws -> String {
        let folder = try TemporaryFolder([name: data])
        let file = FoundFile(path: folder.path(of: name), name: name, size: Int64(data.count))
        return String(decoding: try read(try file.source(encoding)), as: UTF8.self)
    }

    @Test func `plain, gzip and zstd files give the same text`() throws {
        #expect(try text(of: "a.csv", Data("a,b\n1,2\n".utf8)) == "a,b\n1,2\n")
        #expect(try text(of: "a.csv.gz", PackedSamples.gzip) == "a,b\n1,2\n")
        #expect(try text(of: "a.csv.zst", PackedSamples.zstd) == "a,b\n1,2\n")
    }

    @Test func `a gzip file of two members is read to its end`() throws {
        #expect(try text(of: "a.csv.gz", PackedSamples.gzipOfTwoMembers) == "a,b\n1,2\n3,4\n")
    }

    @Test func `a packed file that is much larger unpacked comes whole, piece by piece`() throws {
        let folder = try TemporaryFolder(["a.zst": PackedSamples.zstdOfManyRows])
        let source = try ZstdSource(path: folder.path(of: "a.zst"), name: "a.zst")
        var pieces = 0
        var count = 0
        var piece: [UInt8] = []
        while try source.read(into: &piece) {
            pieces += 1
            count += piece.count
            #expect(piece.count <= 256 * 1_024)
            piece.removeAll()
        }
        #expect(count == 1_290_007)
        #expect(pieces == 5)
        #expect(source.bytesTaken == Int64(PackedSamples.zstdOfManyRows.count))
    }

    @Test(arguments: ["a.csv.gz", "a.csv.zst"])
    func `a packed file that is cut off is an error and not a short file`(name: String) throws {
        let whole = name.hasSuffix("gz") ? PackedSamples.gzip : PackedSamples.zstd
        let problem = #expect(throws: FileProblem.self) { try text(of: name, whole.dropLast(3)) }
        #expect(problem?.message == "ends in the middle: the file is cut off")
        #expect(problem?.file == name)
    }

    @Test func `a file that only pretends to be packed is refused`() throws {
        let gzip = #expect(throws: FileProblem.self) { try text(of: "a.gz", Data("a,b\n".utf8)) }
        #expect(gzip?.message == "is not a sound gzip file (zlib error -3)")
        let zstd = #expect(throws: FileProblem.self) { try text(of: "a.zst", Data("a,b,c,d,e\n".utf8)) }
        #expect(zstd?.message == "is not a sound zstd file: Unknown frame descriptor")
    }

    @Test func `a missing file and a folder are refused with the reason`() throws {
        let missing = #expect(throws: FileProblem.self) { try PlainSource(path: "/nowhere/a.csv", name: "a.csv") }
        #expect(missing?.message == "cannot be opened: No such file or directory")
        let folder = try TemporaryFolder()
        let directory = #expect(throws: FileProblem.self) { try PlainSource(path: folder.path, name: "dir") }
        #expect(directory?.message == "is not a file")
    }

    @Test func `a byte order mark is dropped`() throws {
        #expect(try text(of: "a.csv", Data([0xEF, 0xBB, 0xBF] + Array("订单".utf8))) == "订单")
    }

    /// 订单,买家 and 张三 as GBK.
    private static let gbk: [UInt8] = [
        0xB6, 0xA9, 0xB5, 0xA5, 0x2C, 0xC2, 0xF2, 0xBC, 0xD2, 0x0A, 0xD5, 0xC5, 0xC8, 0xFD,
    ]

    @Test func `GBK and GB18030 become UTF-8`() throws {
        #expect(try text(of: "a.csv", Data(ByteSourceTests.gbk), .gbk) == "订单,买家\n张三")
        #expect(try text(of: "a.csv", Data(ByteSourceTests.gbk), .gb18030) == "订单,买家\n张三")
        // 4 bytes in GB18030: a character that GBK does not have.
        #expect(try text(of: "a.csv", Data([0x95, 0x32, 0x90, 0x31]), .gb18030) == "\u{20087}")
        #expect(try text(of: "a.csv", Data([0xE9]), .latin1) == "é")
    }

    @Test func `a character of GBK may be split between two pieces`() throws {
        let count = 200_001
        let data = Data([0x61] + Array(repeating: [0xB6, 0xA9], count: count).joined())
        #expect(try text(of: "a.csv", data, .gbk) == "a" + String(repeating: "订", count: count))
    }

    @Test func `bytes without meaning are marked, and the text around them survives`() throws {
        let data = Data([0x61, 0xFF, 0x62, 0xB6, 0xA9, 0xB6])
        let folder = try TemporaryFolder(["a.csv": data])
        let plain = try PlainSource(path: folder.path(of: "a.csv"), name: "a.csv")
        let bytes = try read(try DecodedSource(plain, encoding: .gbk, name: "a.csv"))
        #expect(bytes == [0x61, invalidByteMark, 0x62] + Array("订".utf8) + [invalidByteMark])
    }
}
