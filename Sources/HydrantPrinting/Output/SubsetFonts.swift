internal import CPangoCairo

/// Fonts of a document that hold the letters it shows and nothing else.
///
/// Beside the letters of a font Cairo puts the table of its subroutines into a document, and whenever two letters share
/// one in a way that it cannot follow, all of them: up to 500 kB for each font. So the letters of all texts are
/// gathered first (`gather`); Cairo then gets fonts of those letters, with the subroutines written out (`show`).
final class SubsetFonts {
    private struct Key: Hashable {
        var file: OpaquePointer
        /// What is made of the file's letters: a bold that is not in it.
        var synthesis: UInt32
    }

    private var subsets: [Key: Subset] = [:]

    /// Takes in the letters of a text that will be shown.
    func gather(_ layout: OpaquePointer) {
        forEachRun(of: layout) { run, item, _ in
            guard let key = key(of: item.analysis.font) else { return }
            let subset = subsets[key] ?? Subset(of: key.file, synthesis: key.synthesis)
            subsets[key] = subset
            subset.add(run)
        }
    }

    /// Draws a text as Pango has set it.
    ///
    /// - Parameters:
    ///   - x: its left edge.
    ///   - y: its upper edge.
    func show(_ layout: OpaquePointer, on context: OpaquePointer, x: Double, y: Double) {
        guard let text = pango_layout_get_text(layout) else { return }
        forEachRun(of: layout) { glyphs, item, place in
            let begin = (x: x + Self.points(place.x), y: y + Self.points(place.baseline))
            let bytes = UnsafeRawBufferPointer(start: text + Int(item.offset), count: Int(item.length))
            let isEllipsis = Int32(item.analysis.flags) & PANGO_ANALYSIS_FLAG_IS_ELLIPSIS != 0
            let letters = Letters(glyphs.pointee, at: begin, text: isEllipsis ? Array("…".utf8) : Array(bytes))
            let isBackward = item.analysis.level % 2 == 1
            if let whole = isEllipsis ? letters.asOne : letters.inClusters(isBackward: isBackward),
                show(whole, item.analysis.font, on: context)
            {
                return
            }
            cairo_move_to(context, begin.x, begin.y)
            pango_cairo_show_glyph_string(context, item.analysis.font, glyphs)
        }
    }

    private func forEachRun(
        of layout: OpaquePointer,
        _ use: (UnsafeMutablePointer<PangoGlyphString>, PangoItem, (x: Int32, baseline: Int32)) -> Void
    ) {
        guard let iterator = pango_layout_get_iter(layout) else { return }
        defer { pango_layout_iter_free(iterator) }
        repeat {
            guard let run = pango_layout_iter_get_run_readonly(iterator)?.pointee, let item = run.item?.pointee,
                let glyphs = run.glyphs
            else { continue }
            var frame = PangoRectangle()
            pango_layout_iter_get_run_extents(iterator, nil, &frame)
            use(glyphs, item, (frame.x, pango_layout_iter_get_baseline(iterator)))
        } while pango_layout_iter_next_run(iterator) != 0
    }

    private func key(of font: UnsafeMutablePointer<PangoFont>?) -> Key? {
        guard let font, let shaped = pango_font_get_hb_font(font), let file = hb_font_get_face(shaped),
            let scaled = pango_cairo_font_get_scaled_font(OpaquePointer(font)),
            let base = cairo_scaled_font_get_font_face(scaled)
        else { return nil }
        let isOfFile = cairo_font_face_get_type(base) == CAIRO_FONT_TYPE_FT
        return isOfFile ? Key(file: file, synthesis: cairo_ft_font_face_get_synthesize(base)) : nil
    }

    /// - Returns: false for fonts that no subset can be made of.
    private func show(_ run: Letters, _ font: UnsafeMutablePointer<PangoFont>?, on context: OpaquePointer) -> Bool {
        guard let font, let scaled = pango_cairo_font_get_scaled_font(OpaquePointer(font)),
            let key = key(of: font), let subset = subsets[key], let face = subset.fontFace,
            let glyphs = subset.renumbered(run.glyphs)
        else { return false }
        var matrix = cairo_matrix_t()
        cairo_scaled_font_get_font_matrix(scaled, &matrix)
        cairo_set_font_face(context, face)
        cairo_set_font_matrix(context, &matrix)
        run.text.withUnsafeBytes { bytes in
            cairo_show_text_glyphs(
                context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), glyphs,
                Int32(glyphs.count), run.clusters, Int32(run.clusters.count), run.flags)
        }
        return true
    }

    fileprivate static func points(_ units: Int32) -> Double { Double(units) / Double(PANGO_SCALE) }
}

/// Some letters of a font file, with numbers of their own: Cairo keeps fonts for later that no document needs any more,
/// and with the file's numbers each would have room for all of its letters.
private final class Subset {
    private let file: OpaquePointer
    private let synthesis: UInt32
    private let letters = hb_set_create()
    private var isMade = false
    private var made: OpaquePointer?
    /// The number here of each of the file's.
    private var numbers: OpaquePointer?

    init(of file: OpaquePointer, synthesis: UInt32) {
        self.file = hb_face_reference(file)
        self.synthesis = synthesis
    }

    deinit {
        if let made { cairo_font_face_destroy(made) }
        if let numbers { hb_map_destroy(numbers) }
        hb_set_destroy(letters)
        hb_face_destroy(file)
    }

    func add(_ run: UnsafeMutablePointer<PangoGlyphString>) {
        for index in 0..<Int(run.pointee.num_glyphs) {
            let glyph = run.pointee.glyphs[index].glyph
            if glyph < Letters.empty { hb_set_add(letters, glyph) }
        }
    }

    /// The font of the letters gathered until it is asked for first; nil where Cairo must use the file itself.
    var fontFace: OpaquePointer? {
        if !isMade {
            isMade = true
            made = make()
        }
        return made
    }

    /// Letters of the file as they are numbered in `fontFace`; nil where one was not gathered.
    func renumbered(_ glyphs: [cairo_glyph_t]) -> [cairo_glyph_t]? {
        guard let numbers else { return nil }
        var own = glyphs
        for (place, glyph) in glyphs.enumerated() {
            let letter = hb_codepoint_t(truncatingIfNeeded: glyph.index)
            guard hb_map_has(numbers, letter) != 0 else { return nil }
            own[place].index = UInt(hb_map_get(numbers, letter))
        }
        return own
    }

    private func make() -> OpaquePointer? {
        guard hasOutlines, let input = hb_subset_input_create_or_fail() else { return nil }
        defer { hb_subset_input_destroy(input) }
        hb_set_union(hb_subset_input_glyph_set(input), letters)
        let flags = [HB_SUBSET_FLAGS_DESUBROUTINIZE, HB_SUBSET_FLAGS_NO_HINTING]
        hb_subset_input_set_flags(input, flags.reduce(0) { $0 | UInt32($1.rawValue) })
        let dropped = hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG)
        for name in ["GSUB", "GPOS", "GDEF", "BASE"] { hb_set_add(dropped, hb_tag_from_string(name, 4)) }
        guard let plan = hb_subset_plan_create_or_fail(file, input) else { return nil }
        defer { hb_subset_plan_destroy(plan) }
        guard let subset = hb_subset_plan_execute_or_fail(plan) else { return nil }
        defer { hb_face_destroy(subset) }
        numbers = hb_map_reference(hb_subset_plan_old_to_new_glyph_mapping(plan))
        guard let memory = FontMemory(subset) else { return nil }
        return memory.makeFontFace(synthesis: synthesis)
    }

    /// Not those of pictures, and not those in which one file holds many weights.
    private var hasOutlines: Bool {
        let isOutline = ["CFF ", "glyf"].contains { name in
            let table = hb_face_reference_table(file, hb_tag_from_string(name, 4))
            defer { hb_blob_destroy(table) }
            return hb_blob_get_length(table) > 0
        }
        return isOutline && hb_ot_var_has_data(file) == 0
    }
}

/// A font in memory, which lives as long as Cairo has use for it. Each has a library of its own: Cairo lets go of fonts
/// on any thread.
private final class FontMemory {
    private let bytes: OpaquePointer?
    private var library: FT_Library?
    private var face: FT_Face?

    init?(_ font: OpaquePointer) {
        bytes = hb_face_reference_blob(font)
        var length: UInt32 = 0
        guard let data = hb_blob_get_data(bytes, &length), FT_Init_FreeType(&library) == 0 else { return nil }
        let start = UnsafeRawPointer(data).assumingMemoryBound(to: FT_Byte.self)
        guard FT_New_Memory_Face(library, start, FT_Long(length), 0, &face) == 0 else { return nil }
    }

    deinit {
        if let face { FT_Done_Face(face) }
        if let library { FT_Done_FreeType(library) }
        hb_blob_destroy(bytes)
    }

    func makeFontFace(synthesis: UInt32) -> OpaquePointer? {
        let load = Int32(FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP)
        guard let made = cairo_ft_font_face_create_for_ft_face(face, load) else { return nil }
        cairo_ft_font_face_set_synthesize(made, synthesis)
        let kept = Unmanaged.passRetained(self)
        guard cairo_font_face_set_user_data(made, Self.key, kept.toOpaque(), Self.release) == CAIRO_STATUS_SUCCESS
        else {
            cairo_font_face_destroy(made)
            kept.release()
            return nil
        }
        return made
    }

    /// An address of its own, under which a font keeps its memory.
    private static let keyAddress = UInt(bitPattern: UnsafeMutablePointer<cairo_user_data_key_t>.allocate(capacity: 1))
    private static var key: UnsafePointer<cairo_user_data_key_t>? { UnsafePointer(bitPattern: keyAddress) }

    private static let release: cairo_destroy_func_t = { memory in
        if let memory { Unmanaged<FontMemory>.fromOpaque(memory).release() }
    }
}

/// The letters of a run with the text that they stand for.
private struct Letters {
    var glyphs: [cairo_glyph_t] = []
    var clusters: [cairo_text_cluster_t] = []
    var flags = cairo_text_cluster_flags_t(rawValue: 0)
    let text: [UInt8]
    /// Where in the text each letter's cluster begins.
    private var begins: [Int] = []
    /// How many letters of those stand in `glyphs`: nothing is drawn for some characters.
    private var drawn: [Int] = []
    /// A character that no font has is a box, which is no letter.
    private var isWhole = true

    static let empty: UInt32 = 0x0FFF_FFFF
    private static let unknown: UInt32 = 0x1000_0000

    init(_ string: PangoGlyphString, at begin: (x: Double, y: Double), text: [UInt8]) {
        self.text = text
        var x = begin.x
        for index in 0..<Int(string.num_glyphs) {
            let glyph = string.glyphs[index]
            if glyph.glyph & Self.unknown != 0 { isWhole = false }
            let isDrawn = glyph.glyph != Self.empty
            if isDrawn {
                glyphs.append(
                    cairo_glyph_t(
                        index: UInt(glyph.glyph), x: x + SubsetFonts.points(glyph.geometry.x_offset),
                        y: begin.y + SubsetFonts.points(glyph.geometry.y_offset)))
            }
            begins.append(Int(string.log_clusters[index]))
            drawn.append(isDrawn ? 1 : 0)
            x += SubsetFonts.points(glyph.geometry.width)
        }
    }

    /// All letters stand for the whole text.
    var asOne: Letters? {
        guard isWhole, !text.isEmpty else { return nil }
        var run = self
        run.clusters = [cairo_text_cluster_t(num_bytes: Int32(text.count), num_glyphs: Int32(glyphs.count))]
        return run
    }

    /// Which letters stand for which characters; nil where they do not fit together.
    func inClusters(isBackward: Bool) -> Letters? {
        guard isWhole, !text.isEmpty else { return nil }
        var groups: [(begin: Int, letters: Int)] = []
        for (begin, count) in zip(begins, drawn) {
            if let last = groups.last, last.begin == begin {
                groups[groups.count - 1].letters += count
            } else {
                groups.append((begin, count))
            }
        }
        if isBackward { groups.reverse() }
        let ends = groups.dropFirst().map(\.begin) + [text.count]
        guard groups.first?.begin == 0 else { return nil }
        var run = self
        for (group, end) in zip(groups, ends) {
            guard group.begin < end, text[group.begin] & 0xC0 != 0x80 else { return nil }
            run.clusters.append(
                cairo_text_cluster_t(num_bytes: Int32(end - group.begin), num_glyphs: Int32(group.letters)))
        }
        if isBackward { run.flags = CAIRO_TEXT_CLUSTER_FLAG_BACKWARD }
        return run
    }
}
