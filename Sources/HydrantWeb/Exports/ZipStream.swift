/// A ZIP archive (PKWARE APPNOTE 6.3.3) that is written while it is read: stored entries, whose lengths and checksums
/// stand behind them and in the directory at the end. Up to 4 GiB.
package struct ZipStream {
    private struct Entry {
        var name: [UInt8]
        var offset: UInt32
        var checksum = CRC32()
        var count: UInt32 = 0
    }

    private var entries: [Entry] = []
    private var position: UInt32 = 0

    package init() {}

    /// The bytes that begin an entry; the one before has to be ended.
    package mutating func begin(_ name: String) -> [UInt8] {
        let entry = Entry(name: Array(name.utf8), offset: position)
        entries.append(entry)
        return placed(Self.number(0x0403_4B50) + Self.head(entry, isInDirectory: false) + entry.name)
    }

    /// Bytes of the entry that was begun last.
    package mutating func add(_ bytes: [UInt8]) -> [UInt8] {
        entries[entries.count - 1].checksum.add(bytes)
        entries[entries.count - 1].count += UInt32(bytes.count)
        return placed(bytes)
    }

    /// The bytes that end an entry.
    package mutating func end() -> [UInt8] {
        let entry = entries[entries.count - 1]
        return placed(
            Self.number(0x0807_4B50) + Self.number(entry.checksum.value) + Self.number(entry.count)
                + Self.number(entry.count))
    }

    /// A whole entry.
    package mutating func entry(_ name: String, _ bytes: [UInt8]) -> [UInt8] { begin(name) + add(bytes) + end() }

    /// The directory, behind the last entry.
    package mutating func finish() -> [UInt8] {
        let start = position
        let directory = entries.flatMap { entry in
            Self.number(0x0201_4B50) + Self.short(20) + Self.head(entry, isInDirectory: true)
                + [UInt8](repeating: 0, count: 10) + Self.number(entry.offset) + entry.name
        }
        let count = Self.short(UInt16(entries.count))
        return directory + Self.number(0x0605_4B50) + Self.number(0) + count + count
            + Self.number(UInt32(directory.count)) + Self.number(start) + Self.short(0)
    }

    private mutating func placed(_ bytes: [UInt8]) -> [UInt8] {
        position += UInt32(bytes.count)
        return bytes
    }

    /// Version, flags (lengths follow, names in UTF-8), stored, the first day of the format's calendar, checksum and
    /// lengths, length of the name, no extra field.
    private static func head(_ entry: Entry, isInDirectory: Bool) -> [UInt8] {
        let count = isInDirectory ? entry.count : 0
        return short(20) + short(0x0808) + short(0) + short(0) + short(0x0021)
            + number(isInDirectory ? entry.checksum.value : 0) + number(count) + number(count)
            + short(UInt16(entry.name.count)) + short(0)
    }

    private static func short(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

    private static func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }
}

/// The checksum of ZIP and others: CRC-32 of ISO 3309.
struct CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    private var state: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~state }

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { state = Self.table[Int((state ^ UInt32(byte)) & 0xFF)] ^ (state >> 8) }
    }
}
