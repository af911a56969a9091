private import CDivisions
private import CZstd
package import HydrantCore

/// The official divisions of China that come with the program (docs/addresses.md).
package enum OfficialDivisions {
    /// Unpacked and read at the first use, about 50 milliseconds.
    package static let table = DivisionTable(text: text)

    /// A parser over the official table.
    package static let parser = AddressParser(table: table)

    private static var text: [UInt8] {
        let packed = hydrant_divisions()
        let length = hydrant_divisions_size()
        let size = ZSTD_getFrameContentSize(packed, length)
        precondition(size < 16_777_216, "the table of divisions says it unpacks to \(size) bytes")
        return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            let written = ZSTD_decompress(buffer.baseAddress, buffer.count, packed, length)
            precondition(written == Int(size), "the table of divisions unpacked to \(written) of \(size) bytes")
            count = written
        }
    }
}
