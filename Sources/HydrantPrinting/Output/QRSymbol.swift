internal import CQRCode

/// The dark and light modules of a QR code.
struct QRSymbol {
    /// Modules on a side, without the quiet zone.
    let width: Int
    private let dark: [Bool]

    /// Error correction M: a seventh of the code may be damaged. Nil for texts that are too long.
    init?(_ text: String) {
        guard text.utf8.count <= 200 else { return nil }
        let isUpper = text.utf8.allSatisfy(Self.alphanumeric.contains)
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, isUpper ? 0 : 1) else { return nil }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        dark = (0..<width * width).map { code.pointee.data[$0] & 1 == 1 }
    }

    private static let alphanumeric = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    func isDark(_ column: Int, _ row: Int) -> Bool { dark[row * width + column] }
}
