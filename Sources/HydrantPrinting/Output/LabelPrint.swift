internal import CPangoCairo
internal import HydrantCore

/// The forms in which sheets leave.
package enum LabelFormat: String, Sendable, CaseIterable {
    /// One document with a page for each sheet; vectors, of fonts what is shown is inside.
    case pdf
    /// One picture for each sheet.
    case png
    /// The language of Zebra's printers, one label for each sheet.
    case zpl
    /// The language of TSC's printers, one label for each sheet.
    case tspl
}

/// What was rendered.
package struct LabelPrint: Sendable {
    /// One PDF; of the other forms one document for each sheet.
    package var documents: [[UInt8]]
    /// Characters that no font of this machine has; they are boxes on paper.
    package var unknownCharacters: Int
}

/// The drawing library could not draw.
package struct LabelFailure: Error, Sendable {
    /// Its own words, in English.
    package var reason: String

    package init(reason: String) { self.reason = reason }
}

extension LabelFormat {
    /// Draws sheets.
    ///
    /// - Parameter dotsPerInch: of pictures and printers; 203 and 300 are usual. PDF has none.
    package func render(_ sheets: [LabelSheet], dotsPerInch: Int) throws(LabelFailure) -> LabelPrint {
        switch self {
        case .pdf: return try LabelPDF.render(sheets)
        case .png:
            return try pictures(sheets, dotsPerInch) { picture throws(LabelFailure) in try picture.png() }
        case .zpl:
            return try pictures(sheets, dotsPerInch) { picture throws(LabelFailure) in ZPL.label(Bitmap(picture)) }
        case .tspl:
            return try pictures(sheets, dotsPerInch) { picture throws(LabelFailure) in
                TSPL.label(Bitmap(picture), paper: picture.paper)
            }
        }
    }

    private func pictures(
        _ sheets: [LabelSheet], _ dotsPerInch: Int, _ write: (LabelPicture) throws(LabelFailure) -> [UInt8]
    ) throws(LabelFailure) -> LabelPrint {
        var result = LabelPrint(documents: [], unknownCharacters: 0)
        for sheet in sheets {
            let picture = try LabelPicture(sheet, dotsPerInch: dotsPerInch)
            result.unknownCharacters += picture.unknownCharacters
            result.documents.append(try write(picture))
        }
        return result
    }
}

/// Collects what Cairo writes.
final class ByteSink {
    var bytes: [UInt8] = []

    static let write: cairo_write_func_t = { closure, data, length in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
        sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
        return CAIRO_STATUS_SUCCESS
    }

    var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
}

enum LabelPDF {
    /// From so many sheets on setting every text twice takes longer than writing fonts with all their subroutines.
    static let sheetsOfWholeFonts = 100

    static func render(_ sheets: [LabelSheet]) throws(LabelFailure) -> LabelPrint {
        let sink = ByteSink()
        let first = sheets.first?.paper ?? .standard
        guard
            let surface = cairo_pdf_surface_create_for_stream(
                ByteSink.write, sink.pointer, points(first.width), points(first.height))
        else { throw LabelFailure(reason: "no memory") }
        defer { cairo_surface_destroy(surface) }
        let canvas = LabelCanvas(surface, dots: nil, hasSubsets: sheets.count < sheetsOfWholeFonts)
        for sheet in sheets { canvas.prepare(sheet) }
        for sheet in sheets {
            cairo_pdf_surface_set_size(surface, points(sheet.paper.width), points(sheet.paper.height))
            canvas.draw(sheet, isOnWhite: false)
            canvas.nextPage()
        }
        cairo_surface_finish(surface)
        if let problem = canvas.problem { throw LabelFailure(reason: problem) }
        let status = cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS else {
            throw LabelFailure(reason: String(cString: cairo_status_to_string(status)))
        }
        return withExtendedLifetime(sink) {
            LabelPrint(documents: [sink.bytes], unknownCharacters: canvas.unknownCharacters)
        }
    }

    private static func points(_ millimetres: Double) -> Double { millimetres * 72 / 25.4 }
}

/// One sheet as grey dots.
final class LabelPicture {
    let paper: LabelPaper
    let width: Int
    let height: Int
    private(set) var unknownCharacters = 0
    private let surface: OpaquePointer

    init(_ sheet: LabelSheet, dotsPerInch: Int) throws(LabelFailure) {
        paper = sheet.paper
        width = Int((sheet.paper.width / 25.4 * Double(dotsPerInch)).rounded())
        height = Int((sheet.paper.height / 25.4 * Double(dotsPerInch)).rounded())
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)) else {
            throw LabelFailure(reason: "no memory")
        }
        self.surface = surface
        let canvas = LabelCanvas(surface, dots: Double(dotsPerInch) / 72)
        canvas.draw(sheet, isOnWhite: true)
        cairo_surface_flush(surface)
        unknownCharacters = canvas.unknownCharacters
        if let problem = canvas.problem { throw LabelFailure(reason: problem) }
    }

    deinit { cairo_surface_destroy(surface) }

    func png() throws(LabelFailure) -> [UInt8] {
        let sink = ByteSink()
        let status = withExtendedLifetime(sink) {
            cairo_surface_write_to_png_stream(surface, ByteSink.write, sink.pointer)
        }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw LabelFailure(reason: String(cString: cairo_status_to_string(status)))
        }
        return sink.bytes
    }

    /// Whether a dot is black.
    func isBlack(x: Int, y: Int) -> Bool {
        guard let data = cairo_image_surface_get_data(surface) else { return false }
        return data[y * Int(cairo_image_surface_get_stride(surface)) + x * 4 + 1] < 128
    }
}
