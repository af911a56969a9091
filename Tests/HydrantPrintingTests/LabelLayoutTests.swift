import HydrantCore
import HydrantPrinting
import Testing

struct LabelLayoutTests {
    private func sheets(_ name: String, _ bag: LabelBag, address: String = "") throws -> [LabelSheet] {
        LabelLayout(template: try LabelScene.template(name), place: LabelPlace(address: address)).sheets(of: bag)
    }

    private func texts(_ sheet: LabelSheet) -> [String] {
        sheet.operations.compactMap { if case .text(let run) = $0 { run.text } else { nil } }
    }

    @Test func `six orders stand on one sheet, each with its code, and a seventh on a second`() throws {
        let bag = LabelScene.bag(orders: 6)
        let one = try sheets("aggregated", bag)
        let code = bag.code.text
        #expect(one.map(\.codes) == [[code] + (1...6).map { "\(code)-\($0)" }])
        let two = try sheets("aggregated", LabelScene.bag(orders: 7), address: "https://hub.example/")
        #expect(two.count == 2 && two[1].codes == ["https://hub.example/b/\(code)", "https://hub.example/b/\(code)-7"])
        #expect(texts(two[1]).contains("2/2") && texts(two[1]).contains("SO20261006"))
    }

    @Test func `a label names goods, gifts and the masked receiver`() throws {
        let found = texts(try sheets("aggregated", LabelScene.bag(orders: 1))[0])
        for part in ["顺丰速运", "浙江省杭州市西湖区", "欧** 138******41", "浙江省杭州市西湖区天目山路 ***", "LF9000 机油滤清器", "×2", "赠", "5.90 kg"]
        {
            #expect(found.contains(part), "\(part)")
        }
    }

    @Test func `what does not fit into a cell is counted, and a list goes on with the next sheet`() throws {
        let found = texts(try sheets("aggregated", LabelScene.bag(orders: 1, items: 5))[0])
        #expect(found.contains("… +3") && found.contains("LF9001 机油滤清器") && !found.contains("LF9002 机油滤清器"))
        let slips = try sheets("packing-slip", LabelScene.bag(orders: 2, items: 15))
        #expect(slips.count == 4 && texts(slips[1]).contains("2/2"))
    }

    @Test func `an order that must not leave says so, and its goods are not picked`() throws {
        var bag = LabelScene.bag(orders: 3)
        bag.orders[1].standing = .held
        #expect(texts(try sheets("aggregated", bag)[0]).filter { $0.contains("HOLD") }.count == 1)
        let list = texts(try sheets("picking-list", bag)[0])
        // Two orders, places in order: the gift with two units each lies in front.
        let rows = list.suffix(10)
        #expect(rows.filter { $0.hasPrefix("A-") } == ["A-8", "A-9"])
        #expect(rows.contains("4") && rows.contains("2"))
        bag.orders[0].standing = .cancelled
        bag.orders[2].standing = .changed
        let notices = texts(try sheets("aggregated", bag)[0])
        #expect(notices.contains { $0.contains("CANCELLED") } && notices.contains { $0.contains("CHANGED") })
        #expect(!texts(try sheets("picking-list", bag)[0]).contains("A-8"))
    }

    @Test func `one sheet of each order where the template says so`() throws {
        let bag = LabelScene.bag(orders: 3)
        let found = try sheets("waybill", bag)
        #expect(found.map(\.codes) == (0..<3).map { ["\(bag.code)-\($0 + 1)", "SF117566803000\($0)"] })
        #expect(try sheets("waybill", LabelBag(code: bag.code, orders: [])).isEmpty)
    }

    @Test func `a number that is a receiver's phone is masked as text and left out as a code`() throws {
        var bag = LabelScene.bag(orders: 1)
        bag.orders[0].number = "138-0000-0041"
        bag.orders[0].tracking = "SF13800000041"
        bag.orders[0].items[0].name = "给欧阳明月的\u{202E}滤清器"
        let sheet = try sheets("waybill", bag)[0]
        #expect(sheet.codes == ["\(bag.code)-1"])
        let found = texts(sheet)
        #expect(found.contains("138-****-**41") && found.contains("SF138******41"))
        #expect(found.contains("LF9000 给欧**的 滤清器"))
    }
}
