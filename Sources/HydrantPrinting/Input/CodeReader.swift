internal import CZBar
package import HydrantCore

/// Reads codes in pictures of cameras.
package enum CodeReader {
    /// The texts of all codes in a picture, each once, in the order in which they were found.
    package static func read(_ picture: GreyPicture) -> [String] {
        guard picture.width > 0, picture.height > 0, let scanner = zbar_image_scanner_create(),
            let image = zbar_image_create()
        else { return [] }
        defer {
            zbar_image_destroy(image)
            zbar_image_scanner_destroy(scanner)
        }
        // Of everything it knows only what labels carry.
        zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
        for kind in [ZBAR_QRCODE, ZBAR_CODE128, ZBAR_EAN13] {
            zbar_image_scanner_set_config(scanner, kind, ZBAR_CFG_ENABLE, 1)
        }
        // The four letters of "Y800", one grey byte for each dot.
        zbar_image_set_format(image, 0x3030_3859)
        zbar_image_set_size(image, UInt32(picture.width), UInt32(picture.height))
        return picture.dots.withUnsafeBytes { dots in
            zbar_image_set_data(image, dots.baseAddress, UInt(dots.count), nil)
            guard zbar_scan_image(scanner, image) > 0 else { return [] }
            return texts(of: image)
        }
    }

    private static func texts(of image: OpaquePointer) -> [String] {
        var found: [String] = []
        var symbol = zbar_image_first_symbol(image)
        while let known = symbol {
            if let data = zbar_symbol_get_data(known) {
                let text = String(cString: data)
                if !text.isEmpty, text.utf8.count <= 300, !found.contains(text) { found.append(text) }
            }
            symbol = zbar_symbol_next(known)
        }
        return found
    }
}
