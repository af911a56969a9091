import HydrantCore
import Testing

@testable import HydrantPrinting

struct OutputTests {
    private func sheets(_ name: String = "aggregated", orders: Int = 4) throws -> [LabelSheet] {
        LabelLayout(template: try LabelScene.template(name), place: LabelPlace())
            .sheets(of: LabelScene.bag(orders: orders))
    }

    @Test func `a document has a page for each sheet and holds its fonts`() throws {
        let print = try LabelFormat.pdf.render(sheets(orders: 7), dotsPerInch: 203)
        #expect(print.documents.count == 1 && print.unknownCharacters == 0)
        let text = String(decoding: print.documents[0], as: UTF8.self)
        #expect(text.hasPrefix("%PDF-") && text.contains("/Count 2"))
        #expect(text.contains("/FontFile3") && text.contains("+NotoSansCJK") && text.contains("/ToUnicode"))
        #expect(!text.contains("/Type3"))
        let many = Array(repeating: try sheets(), count: LabelPDF.sheetsOfWholeFonts).flatMap(\.self)
        let long = try LabelFormat.pdf.render(many, dotsPerInch: 203)
        let fonts = String(decoding: long.documents[0], as: UTF8.self)
        #expect(fonts.contains("/FontFile3") && fonts.contains("+NotoSansCJK"))
        let last = try LabelFormat.pdf.render(Array(many.dropLast()), dotsPerInch: 203)
        #expect(last.documents[0].count < long.documents[0].count - 100_000)
    }

    @Test func `a single waybill is small, and one more sheet of the same letters costs little`() throws {
        let one = LabelLayout(template: try LabelScene.template("waybill"), place: LabelPlace())
            .sheets(of: LabelScene.bag(orders: 1, items: 5))
        #expect(one.count == 1)
        let single = try LabelFormat.pdf.render(one, dotsPerInch: 203)
        #expect(single.documents[0].count < 30_000 && single.unknownCharacters == 0)
        let double = try LabelFormat.pdf.render(one + one, dotsPerInch: 203)
        #expect(double.documents[0].count < single.documents[0].count + 8_000)
    }

    @Test(arguments: [(203, 799, 1_199), (300, 1_181, 1_772)])
    func `a picture has the dots of its paper`(dots: Int, width: Int, height: Int) throws {
        let print = try LabelFormat.png.render(sheets(orders: 7), dotsPerInch: dots)
        #expect(print.documents.count == 2)
        let bytes = print.documents[0]
        #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(bytes[16..<24].reduce(0) { $0 << 8 | Int($1) } == width << 32 | height)
    }

    /// Reads back what a printer would: graphics of `^GFA` at their place.
    private func printed(_ zpl: String, rows: Int, rowBytes: Int) -> [[UInt8]] {
        var page = [[UInt8]](repeating: [UInt8](repeating: 0, count: rowBytes), count: rows)
        for part in zpl.components("^FO0,").dropFirst() {
            let fields = part.prefix { $0 != "^" }
            guard var row = Int(fields), let begin = part.components("^GFA,").last else { continue }
            let values = begin.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false)
            #expect(Int(values[2]) == rowBytes && Int(values[0]) == Int(values[1]))
            var signs: [UInt8] = []
            var count = 0
            func flush() {
                page[row] = stride(from: 0, to: signs.count, by: 2).map { signs[$0] << 4 | signs[$0 + 1] }
                row += 1
                signs = []
            }
            for sign in values[3].prefix(while: { $0 != "^" }).utf8 {
                switch sign {
                case 0x3A:
                    page[row] = page[row - 1]
                    row += 1
                case 0x2C:
                    signs += [UInt8](repeating: 0, count: rowBytes * 2 - signs.count)
                    flush()
                case 0x47...0x59: count += Int(sign) - 0x46
                case 0x67...0x7A: count += (Int(sign) - 0x66) * 20
                default:
                    let digit = sign < 0x40 ? sign - 0x30 : sign - 0x37
                    signs += [UInt8](repeating: digit, count: max(1, count))
                    count = 0
                    if signs.count == rowBytes * 2 { flush() }
                }
            }
            #expect(signs.isEmpty)
        }
        return page
    }

    @Test(arguments: [203, 300]) func `a printer's label reads back as the picture`(dots: Int) throws {
        let sheet = try sheets()[0]
        let picture = Bitmap(try LabelPicture(sheet, dotsPerInch: dots))
        let bytes = try LabelFormat.zpl.render([sheet], dotsPerInch: dots).documents[0]
        let zpl = String(decoding: bytes, as: UTF8.self)
        #expect(zpl.hasPrefix("^XA\n^PW\(picture.width)\n^LL\(picture.rows.count)\n") && zpl.hasSuffix("^XZ\n"))
        #expect(printed(zpl, rows: picture.rows.count, rowBytes: picture.rowBytes) == picture.rows)
        #expect(picture.rows.contains { $0.contains { $0 != 0 } })
    }

    @Test func `the other printer's label holds the picture inverted`() throws {
        let sheet = try sheets()[0]
        let picture = Bitmap(try LabelPicture(sheet, dotsPerInch: 203))
        let bytes = try LabelFormat.tspl.render([sheet], dotsPerInch: 203).documents[0]
        let head = Array("SIZE 100 mm,150 mm\r\nGAP 2 mm,0 mm\r\nCLS\r\nBITMAP 0,0,100,1199,0,".utf8)
        #expect(bytes.starts(with: head) && bytes.suffix(13) == ArraySlice("\r\nPRINT 1,1\r\n".utf8))
        #expect(Array(bytes[head.count..<(bytes.count - 13)]) == picture.rows.flatMap { $0.map { ~$0 } })
    }

    @Test func `bar codes have their start, check and stop signs`() throws {
        // Start B, "A", check (104 + 33) mod 103 = 34, stop.
        let short = try #require(Code128.widths(of: "A"))
        #expect(short == [2, 1, 1, 2, 1, 4, 1, 1, 1, 3, 2, 3, 1, 3, 1, 1, 2, 3, 2, 3, 3, 1, 1, 1, 2])
        // Twelve digits are start C, six pairs, check, stop.
        #expect(Code128.widths(of: "123456789012")?.count == 55)
        // "SF1" sign by sign, then pairs.
        #expect(Code128.widths(of: "SF1175668030011")?.count == 79)
        for wrong in ["", "滤", String(repeating: "A", count: 81)] { #expect(Code128.widths(of: wrong) == nil) }
    }

    @Test func `a square code has its three corners and grows with its text`() throws {
        let small = try #require(QRSymbol("7K2M9QXA-3"))
        #expect(small.width == 21)
        for (column, row) in [(0, 0), (14, 0), (0, 14)] {
            #expect(
                small.isDark(column, row) && small.isDark(column + 6, row + 6) && !small.isDark(column + 1, row + 1))
        }
        #expect(try #require(QRSymbol("https://hub.example.com/b/7K2M9QXA-3")).width == 29)
        #expect(QRSymbol(String(repeating: "x", count: 201)) == nil)
    }

    @Test func `long texts are set smaller or cut and never stop a label`() throws {
        var bag = LabelScene.bag(orders: 1)
        bag.area = String(repeating: "很长的地名", count: 40)
        bag.orders[0].number = String(repeating: "9", count: 200)
        let sheets = LabelLayout(template: try LabelScene.template("aggregated"), place: LabelPlace()).sheets(of: bag)
        #expect(try LabelFormat.pdf.render(sheets, dotsPerInch: 203).documents[0].count > 1_000)
    }
}

extension StringProtocol {
    fileprivate func components(_ separator: String) -> [SubSequence] {
        var result: [SubSequence] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            result.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return result + [rest]
    }
}
