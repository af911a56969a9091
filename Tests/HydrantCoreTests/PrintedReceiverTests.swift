import HydrantCore
import Testing

struct PrintedReceiverTests {
    private func printed(name: String = "", phone: String = "", address: String = "") -> PrintedReceiver {
        PrintedReceiver(
            Receiver(name: name, phone: phone, province: "海南省", city: "三亚市", district: "吉阳区", address: address))
    }

    @Test(arguments: [("张三", "张**"), ("欧阳明月", "欧**"), ("张", "**"), ("Anna Smith", "A**"), ("", "")])
    func `at least one character of a name is hidden`(name: String, shown: String) {
        #expect(printed(name: name).name == shown)
    }

    @Test(arguments: [
        ("13800000041", "138******41"), ("+86 138-0000-0041", "861******41"), ("12345678", "1******8"),
        ("1234567", "1******"), ("123456", "******"), ("１３８００００００４１", "138******41"), ("", ""), ("x", "******"),
    ])
    func `at least six digits of a phone are hidden`(phone: String, shown: String) {
        #expect(printed(phone: phone).phone == shown)
    }

    @Test(arguments: [
        ("天目山路 1 号 2 单元 301 室", "天目山路 ***"), ("中山一路九号", "中山***"), ("幸福里小区甲栋乙室", "幸福里小区甲***"), ("", ""),
        ("Flat B, Rose House", "***"), ("一个非常非常非常非常长的地名", "***"), ("301", "***"),
    ])
    func `an address is shown up to its first number or word for a room`(address: String, shown: String) {
        #expect(printed(address: address).address == shown)
    }

    @Test func `province, city and district are shown, whatever numbers their names hold`() {
        #expect(printed().area == "海南省三亚市吉阳区")
        #expect(PrintedReceiver(Receiver(city: "杭州市", district: "西湖区301室")).area == "杭州市西湖区")
    }

    @Test(arguments: [
        ("上海市", "上海市", "宝山区", "上海市宝山区"), ("上海", "上海市", "宝山区", "上海市宝山区"),
        ("北京市", "北京", "海淀区", "北京市海淀区"), ("吉林省", "吉林市", "船营区", "吉林省吉林市船营区"),
        ("", "", "西湖区", "西湖区"), ("上海市", "上海市", "", "上海市"), ("重庆市", "", "巴南区", "重庆市巴南区"),
    ])
    func `a municipality stands there once`(province: String, city: String, district: String, shown: String) {
        let receiver = Receiver(province: province, city: city, district: district)
        #expect(PrintedReceiver(receiver).area == shown)
        #expect(receiver.places.joined() == shown && !receiver.places.contains(""))
    }

    @Test func `a receiver is taken out of other texts`() {
        let eraser = ReceiverEraser(Receiver(name: "张三", phone: "13800000041", address: "天目山路 1 号 301 室"))
        #expect(eraser.erase("送张三的帽子") == "送张**的帽子")
        #expect(eraser.erase("SO-138 0000-0041") == "SO-138 ****-**41")
        #expect(eraser.erase("１３８０００００041 请致电") == "138******41 请致电")
        #expect(eraser.erase("寄：天目山路 1 号 301 室。") == "寄：天目山路 ***。")
        #expect(eraser.erase("LF9001 机油滤清器 1380000") == "LF9001 机油滤清器 1380000")
        #expect(ReceiverEraser(Receiver(name: "Li")).erase("LiFePO4") == "LiFePO4")
        #expect(ReceiverEraser(Receiver()).erase("13800000041") == "13800000041")
    }

    @Test func `codes are read as scanners and people give them`() {
        let code = BagCode(bits: 0x12_3456_789A)
        #expect(code.text.count == 8)
        #expect(BagCode(code.text) == code && BagCode(code.text.lowercased()) == code)
        #expect(BagCode("OIL0ABCD")?.text == "0110ABCD")
        for wrong in ["", "7K2M9QX", "7K2M9QXAB", "7K2M9QXU", "7K2M 9QX", "七K2M9QXA"] { #expect(BagCode(wrong) == nil) }
        for text in ["7K2M9QXA-3", "https://hub.example/b/7K2M9QXA-3", "/b/7k2m9qxa-3?x=1"] {
            let scanned = BagCode.scanned(text)
            #expect(scanned?.bag.text == "7K2M9QXA" && scanned?.place == 3)
        }
        #expect(BagCode.scanned("7K2M9QXA")?.place == nil)
        for wrong in ["7K2M9QXA-", "7K2M9QXA-0", "7K2M9QXA-1000", "7K2M9QXA-1-2", "6901234567892", ""] {
            #expect(BagCode.scanned(wrong) == nil)
        }
    }
}
