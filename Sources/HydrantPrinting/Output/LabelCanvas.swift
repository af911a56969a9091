internal import CPangoCairo
internal import HydrantCore

/// Draws operations with Cairo and sets texts with Pango. Lengths inside are points.
final class LabelCanvas {
    private let context: OpaquePointer
    /// Dots a point of a picture; nil where edges need no grid (PDF).
    private let dots: Double?
    private let layout: OpaquePointer
    private var fonts: [Font: OpaquePointer] = [:]
    /// Nil where Cairo's own fonts are used.
    private let subsets: SubsetFonts?
    /// Characters that no font of the machine has.
    private(set) var unknownCharacters = 0

    private struct Font: Hashable {
        var points: Double
        var isBold: Bool
    }

    private static let families = "Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Zen Hei, sans-serif"
    private static let pointsPerMillimetre = 72 / 25.4

    /// - Parameter hasSubsets: whether fonts are cut down to the letters of the sheets that were prepared.
    init(_ surface: OpaquePointer, dots: Double?, hasSubsets: Bool = false) {
        context = cairo_create(surface)
        self.dots = dots
        subsets = hasSubsets ? SubsetFonts() : nil
        if let dots { cairo_scale(context, dots, dots) }
        let options = cairo_font_options_create()
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        let pango = pango_cairo_create_context(context)
        pango_cairo_context_set_font_options(pango, options)
        pango_cairo_context_set_resolution(pango, 72)
        layout = pango_layout_new(pango)
        cairo_font_options_destroy(options)
        g_object_unref(UnsafeMutableRawPointer(pango))
    }

    deinit {
        for font in fonts.values { pango_font_description_free(font) }
        g_object_unref(UnsafeMutableRawPointer(layout))
        cairo_destroy(context)
    }

    /// Cairo's word on what went wrong; nil while nothing did.
    var problem: String? {
        let status = cairo_status(context)
        return status == CAIRO_STATUS_SUCCESS ? nil : String(cString: cairo_status_to_string(status))
    }

    func draw(_ sheet: LabelSheet, isOnWhite: Bool) {
        if isOnWhite {
            cairo_set_source_rgb(context, 1, 1, 1)
            cairo_paint(context)
        }
        cairo_set_source_rgb(context, 0, 0, 0)
        for operation in sheet.operations { draw(operation) }
    }

    /// Gathers the letters of a sheet for the fonts of the document; before the first sheet is drawn.
    func prepare(_ sheet: LabelSheet) {
        guard let subsets else { return }
        for case .text(let run) in sheet.operations {
            set(run, Self.points(run.frame))
            subsets.gather(layout)
        }
    }

    func nextPage() { cairo_show_page(context) }

    private func draw(_ operation: LabelOperation) {
        switch operation {
        case .text(let run): draw(run)
        case .box(let frame, let thickness): drawBox(Self.points(frame), Self.points(thickness))
        case .qr(let frame, let text): drawQR(Self.points(frame), text)
        case .barcode(let frame, let text): drawBarcode(Self.points(frame), text)
        case .rail(let frame, let state): drawRail(Self.points(frame), state)
        }
    }

    // MARK: - Lines and dots

    private func drawBox(_ frame: LabelFrame, _ thickness: Double) {
        cairo_set_line_width(context, thickness)
        if frame.width == 0 || frame.height == 0 {
            cairo_move_to(context, frame.x, frame.y)
            cairo_line_to(context, frame.x + frame.width, frame.y + frame.height)
        } else {
            cairo_rectangle(context, frame.x, frame.y, frame.width, frame.height)
        }
        cairo_stroke(context)
    }

    private func drawRail(_ frame: LabelFrame, _ state: Int) {
        let step = frame.width / 7
        let size = min(frame.height, step * 0.8)
        let centers = (0..<7).map { frame.x + step * (Double($0) + 0.5) }
        let y = frame.y + frame.height / 2
        cairo_set_line_width(context, size / 8)
        cairo_move_to(context, centers[0], y)
        cairo_line_to(context, centers[6], y)
        cairo_stroke(context)
        drawDots(centers, y, size)
        cairo_set_source_rgb(context, 1, 1, 1)
        drawDots(Array(centers.dropFirst(state)), y, size * 0.72)
        cairo_set_source_rgb(context, 0, 0, 0)
    }

    private func drawDots(_ centers: [Double], _ y: Double, _ size: Double) {
        guard !centers.isEmpty else { return }
        cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
        cairo_set_line_width(context, size)
        for center in centers {
            cairo_move_to(context, center, y)
            cairo_line_to(context, center, y)
        }
        cairo_stroke(context)
        cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
    }

    // MARK: - Codes

    /// Two modules of the quiet zone lie inside of the frame; the layout leaves the rest.
    private func drawQR(_ frame: LabelFrame, _ text: String) {
        guard let symbol = QRSymbol(text) else { return }
        let side = min(frame.width, frame.height)
        let module = onGrid(side / Double(symbol.width + 4))
        let rest = side - module * Double(symbol.width)
        let x = onGrid(frame.x + rest / 2)
        let y = onGrid(frame.y + rest / 2)
        if dots == nil { return drawStencil(symbol, x, y, module) }
        for row in 0..<symbol.width {
            for column in 0..<symbol.width where symbol.isDark(column, row) {
                cairo_rectangle(context, x + Double(column) * module, y + Double(row) * module, module, module)
            }
        }
        fillSharply()
    }

    /// Dots a module of the stencils in documents: viewers that smooth pictures blur an eighth of a module.
    private static let stencilDots = 4

    /// In documents codes are stencils of one bit: a fifteenth of what their outlines take, in size and in time.
    private func drawStencil(_ symbol: QRSymbol, _ x: Double, _ y: Double, _ module: Double) {
        let scale = Self.stencilDots
        let side = Int32(symbol.width * scale)
        guard let stencil = cairo_image_surface_create(CAIRO_FORMAT_A1, side, side),
            let data = cairo_image_surface_get_data(stencil)
        else { return }
        defer { cairo_surface_destroy(stencil) }
        let stride = Int(cairo_image_surface_get_stride(stencil))
        for row in 0..<symbol.width {
            for column in 0..<symbol.width * scale where symbol.isDark(column / scale, row) {
                // Cairo's bits lie in the machine's order of words.
                let bit: UInt8 = Self.isLittleEndian ? 1 << UInt8(column % 8) : 0x80 >> UInt8(column % 8)
                for line in (row * scale)..<((row + 1) * scale) { data[line * stride + column / 8] |= bit }
            }
        }
        cairo_surface_mark_dirty(stencil)
        cairo_save(context)
        cairo_translate(context, x, y)
        cairo_scale(context, module / Double(scale), module / Double(scale))
        let pattern = cairo_pattern_create_for_surface(stencil)
        cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST)
        cairo_mask(context, pattern)
        cairo_pattern_destroy(pattern)
        cairo_restore(context)
    }

    private static let isLittleEndian = UInt16(1).littleEndian == 1

    private func drawBarcode(_ frame: LabelFrame, _ text: String) {
        guard let widths = Code128.widths(of: text) else { return }
        let module = onGrid(frame.width / Double(widths.reduce(20, +)))
        var x = onGrid(frame.x + (frame.width - module * Double(widths.reduce(0, +))) / 2)
        for (index, width) in widths.enumerated() {
            let length = Double(width) * module
            if index % 2 == 0 { cairo_rectangle(context, x, onGrid(frame.y), length, onGrid(frame.height)) }
            x += length
        }
        fillSharply()
    }

    /// A printer's dot is black or white: modules are whole dots. In documents they are whole eighths of a point,
    /// which are written in few digits.
    private func onGrid(_ points: Double) -> Double {
        let grid = dots ?? 8
        return max(1, (points * grid).rounded(.down)) / grid
    }

    private func fillSharply() {
        if dots != nil { cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE) }
        cairo_fill(context)
        cairo_set_antialias(context, CAIRO_ANTIALIAS_DEFAULT)
    }

    // MARK: - Texts

    private func draw(_ run: LabelRun) {
        let frame = Self.points(run.frame)
        set(run, frame)
        unknownCharacters += Int(pango_layout_get_unknown_glyphs_count(layout))
        var width: Int32 = 0
        var height: Int32 = 0
        pango_layout_get_size(layout, &width, &height)
        let free = frame.width - Double(width) / Double(PANGO_SCALE)
        let isOneLine = pango_layout_get_width(layout) == -1
        let indent =
            switch run.alignment {
            case .left: 0.0
            case .center: isOneLine ? free / 2 : 0
            case .right: isOneLine ? free : 0
            }
        if let subsets {
            return subsets.show(layout, on: context, x: frame.x + max(0, indent), y: frame.y)
        }
        cairo_move_to(context, frame.x + max(0, indent), frame.y)
        pango_cairo_show_layout(context, layout)
    }

    /// Sets a text so that it fits: as it is, smaller down to 60 %, then cut with an ellipsis.
    private func set(_ run: LabelRun, _ frame: LabelFrame) {
        pango_layout_set_text(layout, run.text, Int32(run.text.utf8.count))
        pango_layout_set_font_description(layout, font(run.points, run.isBold))
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_NONE)
        pango_layout_set_width(layout, -1)
        let room = Int32(frame.width * Double(PANGO_SCALE))
        if run.lines > 1 {
            pango_layout_set_alignment(layout, run.alignment.pango)
            pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
            pango_layout_set_width(layout, room)
            if pango_layout_get_line_count(layout) > Int32(run.lines) {
                pango_layout_set_font_description(layout, font(run.points * 0.8, run.isBold))
            }
            pango_layout_set_height(layout, -Int32(run.lines))
            pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
            return
        }
        pango_layout_set_height(layout, -1)
        var width: Int32 = 0
        pango_layout_get_size(layout, &width, nil)
        guard width > room else { return }
        let share = max(0.6, Double(room) / Double(width) * 0.99)
        pango_layout_set_font_description(layout, font((run.points * share * 10).rounded(.down) / 10, run.isBold))
        pango_layout_get_size(layout, &width, nil)
        guard width > room else { return }
        pango_layout_set_height(layout, -1)
        pango_layout_set_width(layout, room)
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
    }

    private func font(_ points: Double, _ isBold: Bool) -> OpaquePointer? {
        let key = Font(points: points, isBold: isBold)
        if let known = fonts[key] { return known }
        guard let description = pango_font_description_new() else { return nil }
        pango_font_description_set_family(description, Self.families)
        pango_font_description_set_size(description, Int32(points * Double(PANGO_SCALE)))
        pango_font_description_set_weight(description, isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        fonts[key] = description
        return description
    }

    private static func points(_ millimetres: Double) -> Double { millimetres * pointsPerMillimetre }

    private static func points(_ frame: LabelFrame) -> LabelFrame {
        LabelFrame(
            x: points(frame.x), y: points(frame.y), width: points(frame.width), height: points(frame.height))
    }
}

extension LabelText.Alignment {
    fileprivate var pango: PangoAlignment {
        switch self {
        case .left: PANGO_ALIGN_LEFT
        case .center: PANGO_ALIGN_CENTER
        case .right: PANGO_ALIGN_RIGHT
        }
    }
}
