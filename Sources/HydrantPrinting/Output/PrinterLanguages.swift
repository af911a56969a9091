internal import HydrantCore

/// A picture of black and white dots, eight in a byte, the left one highest; 1 is black.
struct Bitmap {
    let rowBytes: Int
    let width: Int
    private(set) var rows: [[UInt8]] = []

    init(_ picture: LabelPicture) {
        width = picture.width
        rowBytes = (picture.width + 7) / 8
        rows.reserveCapacity(picture.height)
        for y in 0..<picture.height {
            var row = [UInt8](repeating: 0, count: rowBytes)
            for x in 0..<picture.width where picture.isBlack(x: x, y: y) { row[x / 8] |= 0x80 >> UInt8(x % 8) }
            rows.append(row)
        }
    }
}

/// ZPL II: the sheet as graphics, so that Chinese text needs no font in the printer.
enum ZPL {
    static func label(_ bitmap: Bitmap) -> [UInt8] {
        var out = "^XA\n^PW\(bitmap.width)\n^LL\(bitmap.rows.count)\n^LH0,0\n"
        var row = 0
        while row < bitmap.rows.count {
            guard bitmap.rows[row].contains(where: { $0 != 0 }) else {
                row += 1
                continue
            }
            let end = bandEnd(bitmap, from: row)
            let total = (end - row) * bitmap.rowBytes
            out += "^FO0,\(row)^GFA,\(total),\(total),\(bitmap.rowBytes),"
            out += compressed(bitmap.rows[row..<end])
            out += "^FS\n"
            row = end
        }
        return Array((out + "^XZ\n").utf8)
    }

    /// A band ends before eight white rows.
    private static func bandEnd(_ bitmap: Bitmap, from begin: Int) -> Int {
        var white = 0
        for row in begin..<bitmap.rows.count {
            white = bitmap.rows[row].allSatisfy { $0 == 0 } ? white + 1 : 0
            if white == 8 { return row - 7 }
        }
        return bitmap.rows.count - white
    }

    /// The printer's own compression: repeat counts before a digit, "," for a rest of zeros, ":" for the row before.
    private static func compressed(_ rows: ArraySlice<[UInt8]>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        var before: [UInt8]?
        for row in rows {
            defer { before = row }
            if row == before {
                out.append(0x3A)
                continue
            }
            let signs = row.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            let used = (signs.lastIndex { $0 != 0x30 } ?? -1) + 1
            var index = 0
            while index < used {
                let length = signs[index..<used].prefix { $0 == signs[index] }.count
                out += repeatCount(length)
                out.append(signs[index])
                index += length
            }
            if used < signs.count { out.append(0x2C) }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// G is 1 to Y 19; g is 20, h 40 to z 400. One needs no count.
    private static func repeatCount(_ length: Int) -> [UInt8] {
        guard length > 1 else { return [] }
        var out = [UInt8](repeating: 0x7A, count: length / 400)
        let rest = length % 400
        if rest >= 20 { out.append(UInt8(0x66 + rest / 20)) }
        if rest % 20 > 0 { out.append(UInt8(0x46 + rest % 20)) }
        return out
    }
}

/// TSPL: the sheet as one bitmap, in which 0 is black.
enum TSPL {
    static func label(_ bitmap: Bitmap, paper: LabelPaper) -> [UInt8] {
        var out = Array("SIZE \(Int(paper.width)) mm,\(Int(paper.height)) mm\r\nGAP 2 mm,0 mm\r\nCLS\r\n".utf8)
        out += Array("BITMAP 0,0,\(bitmap.rowBytes),\(bitmap.rows.count),0,".utf8)
        for row in bitmap.rows { out += row.map { ~$0 } }
        return out + Array("\r\nPRINT 1,1\r\n".utf8)
    }
}
