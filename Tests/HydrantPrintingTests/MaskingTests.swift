import Foundation
import HydrantCore
import HydrantDocuments
import HydrantTesting
import Testing

@testable import HydrantPrinting

/// Templates made at random, many of them hostile: whatever they say, no paper shows more of a receiver than it may.
struct MaskingTests {
    private static let undeclared = [
        "receiver.name", "order.receiver", "order.receiver.room", "order.receiver.name.full", "order.items[0].sku",
        "order.receiver.token", "this", "bag", "order.number | upper", "../secret", "env.HOME", "", " bag.code",
    ]

    private struct Made {
        var text: String
        var isHostile = false
    }

    private func made(_ seed: UInt64) -> Made {
        var random = SplitMix64(seed: seed)
        var made = Made(text: "label: fuzz\nversion: 1\nsize: \(random.pick(LabelPaper.allCases).rawValue)\n")
        let isOrder = random.chance(permille: 500)
        made.text += "sheet: \(isOrder ? "order" : "bag")\nelements:\n"
        for _ in 0..<random.number(in: 1...5) {
            element(&random, scope: isOrder ? .order : .sheet, indent: "  ", room: (70, 120), into: &made)
        }
        return made
    }

    private func element(
        _ random: inout SplitMix64, scope: LabelScope, indent: String, room: (Int, Int), into made: inout Made
    ) {
        let size = (random.number(in: 1...max(1, room.0)), random.number(in: 1...max(1, room.1)))
        let at =
            "at: [\(random.number(in: 0...max(0, room.0 - size.0))), \(random.number(in: 0...max(0, room.1 - size.1)))]"
        switch random.number(in: 0...9) {
        case 0...5:
            let text = (0..<random.number(in: 1...4)).map { _ in part(&random, scope, &made) }.joined()
            made.text += "\(indent)- {text: '\(text)', \(at), size: [\(size.0), \(size.1)]"
            made.text += ", font: \(random.number(in: 4...40)), lines: \(random.number(in: 1...5))"
            if random.chance(permille: 300) {
                let field = field(&random, scope)
                made.text += ", when: {field: \(field), equals: '138******41'}"
            }
            made.text += "}\n"
        case 6, 7:
            let codes = LabelCode.allCases.filter { $0.scope <= scope }.map(\.rawValue)
            let code = random.chance(permille: 40) ? "receiver" : random.pick(codes)
            if code == "receiver" { made.isHostile = true }
            made.text +=
                "\(indent)- {\(random.pick(["qr", "barcode"])): \(code), \(at), size: [\(size.0), \(size.1)]}\n"
        default:
            guard room.0 > 20, scope < .item else { return }
            let over = scope == .sheet ? random.pick(["orders", "goods"]) : "items"
            made.text +=
                "\(indent)- each: \(over)\n\(indent)  at: [0, 0]\n\(indent)  cell: [\(room.0 / 2), \(room.1 / 4)]\n"
            made.text +=
                "\(indent)  columns: \(random.number(in: 1...2))\n\(indent)  rows: \(random.number(in: 1...4))\n"
            made.text += "\(indent)  elements:\n"
            for _ in 0..<random.number(in: 1...4) {
                element(
                    &random, scope: over == "orders" ? .order : .item, indent: indent + "    ",
                    room: (room.0 / 2, room.1 / 4), into: &made)
            }
            made.text += "\(indent)    - {box: [0, 0, 1, 1]}\n"
        }
    }

    private func field(_ random: inout SplitMix64, _ scope: LabelScope) -> String {
        random.pick(LabelField.allCases.filter { $0.scope <= scope }.map(\.rawValue))
    }

    private func part(_ random: inout SplitMix64, _ scope: LabelScope, _ made: inout Made) -> String {
        switch random.number(in: 0...99) {
        case 0...1:
            made.isHostile = true
            return "{\(random.pick(Self.undeclared))}"
        case 2...20: return random.pick(["收 ", "{{", "%s", "${{x}}", "<b>", "\\n", "电话"])
        default: return "{\(field(&random, scope))}"
        }
    }

    /// The receivers also stand where they should not: in numbers and names of goods.
    private func leakyBag(_ random: inout SplitMix64) -> LabelBag {
        var bag = LabelScene.bag(orders: 3, items: 2)
        for index in bag.orders.indices {
            let receiver = LabelScene.receivers[index % LabelScene.receivers.count]
            bag.orders[index].shop = random.pick(["旗舰店", receiver.name, "店 \(receiver.phone)"])
            bag.orders[index].items[0].name = random.pick(["滤清器", "送 \(receiver.name)", receiver.address])
            bag.orders[index].tracking = random.pick(["SF1175668030011", receiver.phone])
            // On the way back the customer is the sender.
            guard index == 2 else { continue }
            bag.orders[index].isWayBack = true
            (bag.orders[index].receiver, bag.orders[index].sender) = (Sensitive(Receiver()), Sensitive(receiver))
        }
        bag.line = LabelScene.receivers[0].phone
        return bag
    }

    private func leaks(_ sheets: [LabelSheet]) -> [String] {
        var texts: Set<String> = []
        for operation in sheets.flatMap(\.operations) {
            switch operation {
            case .text(let run): texts.insert(run.text)
            case .qr(_, let code), .barcode(_, let code): texts.insert(code)
            case .box, .rail: break
            }
        }
        return texts.flatMap(leaks)
    }

    /// What a text shows of the receivers; a phone also with other signs between its digits.
    private func leaks(_ text: String) -> [String] {
        let digits = text.filter(\.isNumber)
        return LabelScene.secrets.filter { text.contains($0) || ($0.count > 6 && digits.contains($0)) }
    }

    /// What somebody else's program reads on the sheets, drawn as a PDF.
    private func readBack(_ sheets: [LabelSheet]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("masking-\(UUID().uuidString).pdf")
        defer { try? FileManager.default.removeItem(at: file) }
        let print = try LabelFormat.pdf.render(sheets, dotsPerInch: 203)
        try Data(print.documents.joined()).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // In the order in which it was drawn, so that texts that lie on each other do not run into one.
        process.arguments = ["pdftotext", "-raw", "-enc", "UTF-8", file.path, "-"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    /// The same judge over every line, and over lines that were one text before it was wrapped.
    private func leaksOnPaper(_ text: String) -> [String] {
        let whole = text.filter { !$0.isNewline }
        let wrapped = LabelScene.secrets.filter { $0.count > 6 && whole.contains($0) }
        return text.split(whereSeparator: \.isNewline).map(String.init).flatMap(leaks) + wrapped
    }

    /// Sheets of one template.
    private struct Drawn {
        var seed: UInt64
        var sheets: [LabelSheet]
    }

    /// Draws the sheets of many templates as one document and judges what the reader finds on the pages of each.
    ///
    /// - Returns: how many pages there were, how many characters on them, and which templates show too much.
    private func judgePaper(of drawn: [Drawn]) throws -> (pages: Int, characters: Int, leaking: [UInt64]) {
        let text = try readBack(drawn.flatMap(\.sheets))
        // Behind each page stands a form feed.
        var pages = text.split(separator: "\u{0C}", omittingEmptySubsequences: false)[...]
        let count = drawn.reduce(0) { $0 + $1.sheets.count }
        try #require(pages.count == count + 1)
        var leaking: [UInt64] = []
        for each in drawn {
            let found = leaksOnPaper(pages.prefix(each.sheets.count).joined(separator: "\n"))
            pages = pages.dropFirst(each.sheets.count)
            if !found.isEmpty { leaking.append(each.seed) }
        }
        return (count, text.count, leaking)
    }

    /// Every sheet twice: what is to be drawn, with its codes, and what a reader of PDF finds on the drawn paper.
    @Test(arguments: 0..<4)
    func `on 10,000 random templates no sheet shows too much, and undeclared fields are refused`(quarter: Int) throws {
        var drawn: [Drawn] = []
        var refused = 0
        for number in 1...2_500 {
            let seed = UInt64(quarter) * 2_500 + UInt64(number)
            let made = made(seed)
            var random = SplitMix64(seed: seed &* 31)
            do {
                let template = try LabelTemplateDocument.load(text: made.text, path: "fuzz.yaml")
                #expect(!made.isHostile, "seed \(seed) reads an undeclared field:\n\(made.text)")
                let layout = LabelLayout(template: template, place: LabelPlace(address: "https://hub.example"))
                let sheets = layout.sheets(of: leakyBag(&random))
                let found = leaks(sheets)
                #expect(found.isEmpty, "seed \(seed) shows \(found.count) secrets:\n\(made.text)")
                drawn.append(Drawn(seed: seed, sheets: sheets))
            } catch {
                #expect(made.isHostile, "seed \(seed): \(error)\n\(made.text)")
                refused += 1
            }
        }
        #expect(drawn.count > 1_500 && refused > 100, "\(drawn.count) rendered, \(refused) refused")
        var (pages, characters) = (0, 0)
        for first in stride(from: 0, to: drawn.count, by: 200) {
            let sums = try judgePaper(of: Array(drawn[first..<min(first + 200, drawn.count)]))
            pages += sums.pages
            characters += sums.characters
            #expect(sums.leaking.isEmpty, "these seeds show too much on paper: \(sums.leaking)")
        }
        // The reader reads: most sheets have text, and a sheet has some.
        #expect(pages >= drawn.count && characters > pages * 2, "\(characters) characters on \(pages) pages")
    }

    @Test func `the reader of PDF and its judge find a leak, also one that is wrapped`() throws {
        func sheet(_ text: String, lines: Int) -> LabelSheet {
            let run = LabelRun(
                frame: LabelFrame(x: 5, y: 5, width: lines > 1 ? 30 : 90, height: lines > 1 ? 60 : 10), text: text,
                points: 12, isBold: false, alignment: .left, lines: lines)
            return LabelSheet(paper: .a4, operations: [.text(run)])
        }
        let plain = leaksOnPaper(try readBack([sheet("电话 13800000041 欧阳明月", lines: 1)]))
        #expect(Set(plain) == ["欧阳明月", "13800000041"])
        #expect(leaksOnPaper(try readBack([sheet("收件人的电话号码在这里是 13800000041 没有遮住", lines: 6)])).contains("13800000041"))
        #expect(leaksOnPaper(try readBack([sheet("138******41 欧**", lines: 1)])).isEmpty)
    }

    @Test func `of many templates in one document the one that leaks is named`() throws {
        func sheet(_ text: String) -> LabelSheet {
            let run = LabelRun(
                frame: LabelFrame(x: 5, y: 5, width: 60, height: 10), text: text, points: 12, isBold: false,
                alignment: .left, lines: 1)
            return LabelSheet(paper: .standard, operations: [.text(run)])
        }
        let good = Drawn(seed: 1, sheets: [sheet("138******41"), sheet("欧**")])
        let bad = Drawn(seed: 2, sheets: [sheet("欧阳明月")])
        let sums = try judgePaper(of: [good, bad, good])
        #expect((sums.pages, sums.leaking) == (5, [2]))
    }

    @Test func `a house that sends is shown as it is, and a customer who sends goods back with masks`() {
        let house = Receiver(
            name: "一号仓", phone: "027-55550107", province: "湖北省", city: "武汉市", district: "东西湖区", address: "革新大道 501 号")
        var bag = LabelScene.bag(orders: 2)
        bag.orders[0].sender = Sensitive(house)
        bag.orders[1].sender = Sensitive(LabelScene.receivers[0])
        bag.orders[1].receiver = Sensitive(house)
        bag.orders[1].isWayBack = true
        bag.orders[1].shop = "转 13800000041"
        var values = LabelValues(bag: bag, place: LabelPlace(address: ""))
        values.order = 0
        let fields: [LabelField] = [.senderName, .senderPhone, .senderAddress]
        #expect(fields.map(values.text) == ["一号仓", "027-55550107", "湖北省武汉市东西湖区革新大道 501 号"])
        values.order = 1
        #expect(fields.map(values.text) == ["欧**", "138******41", "浙江省杭州市西湖区天目山路 ***"])
        #expect(values.erased(values.text(.orderShop)) == "转 138******41")
    }

    @Test func `the judge of leaks finds one`() {
        let run = LabelRun(
            frame: LabelFrame(x: 0, y: 0, width: 9, height: 9), text: "电话 138-0000 0041", points: 8, isBold: false,
            alignment: .left, lines: 1)
        #expect(leaks([LabelSheet(paper: .a4, operations: [.text(run)])]) == ["13800000041"])
    }

    @Test func `hostile templates are refused in bounded time`() {
        let head = "label: h\nversion: 1\nsize: A4\nelements:\n"
        let row = "  - {text: '{bag.code}', at: [1, 1], size: [9, 9]}\n"
        let deep = "  - " + String(repeating: "[", count: 20_000)
        let nested = (0..<200).map { level in
            let space = String(repeating: "  ", count: level + 1)
            return "\(space)- each: orders\n\(space)  at: [0, 0]\n\(space)  cell: [9, 9]\n\(space)  elements:\n"
        }.joined()
        let hostile = [
            head + String(repeating: row, count: 6_000), head + deep, head + nested,
            head + "  - {text: '" + String(repeating: "{bag.code}", count: 90_000) + "', at: [1, 1], size: [9, 9]}\n",
            head + String(repeating: "#", count: 2_000_000),
            head
                + "  - {each: goods, at: [0, 0], cell: [0.001, 0.001], columns: 999999, rows: 9999999, elements: []}\n",
        ]
        let clock = ContinuousClock()
        for text in hostile {
            let time = clock.measure {
                #expect(throws: DocumentProblems.self) { try LabelTemplateDocument.load(text: text, path: "h.yaml") }
            }
            #expect(time < .seconds(10), "\(text.prefix(90))")
        }
    }
}
