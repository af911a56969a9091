internal import CQRCode

/// A QR code as one path of an SVG picture, with the quiet zone of four modules around it.
package struct QRPicture {
    /// Modules on a side, with the quiet zone.
    package let side: Int
    /// The dark modules, for the `d` of a path.
    package let path: String

    /// Error correction M: a seventh of the code may be damaged. Nil for texts of more than 300 bytes.
    package init?(_ text: String) {
        guard text.utf8.count <= 300, let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            return nil
        }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                guard code.pointee.data[row * width + column] & 1 == 1 else {
                    column += 1
                    continue
                }
                let begin = column
                while column < width, code.pointee.data[row * width + column] & 1 == 1 { column += 1 }
                path += "M\(begin + Self.quiet) \(row + Self.quiet)h\(column - begin)v1h-\(column - begin)z"
            }
        }
        side = width + 2 * Self.quiet
        self.path = path
    }

    private static let quiet = 4
}
