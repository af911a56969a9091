import HydrantConnectorKit
import HydrantTesting
import Testing

/// Remarks of couriers on their way into events.
@Suite struct PeopleInTextTests {
    @Test(arguments: [
        ("快件已由张三签收，电话138 1234 0041", "快件已由***签收，电话***"),
        ("签收人:李四 签收人:王五，谢谢", "签收人***，谢谢"),
        ("签收人:李四，签收人:王五，谢谢", "签收人***，签收人***，谢谢"),
        ("快递员【赵六/138.1234.0041】正在派件", "快递员***】正在派件"),
        ("派件员：钱七（１３８１２３４００４１）派送中", "派件员***）派送中"),
        ("业务员 孙八，(138)1234-0041", "业务员***，(***"),
        ("张三(13812340041)为您派送", "***(***)为您派送"),
        ("联系电话 +86 138 1234 0041", "联系电话 +***"),
        ("运单 SF1, 第 3 次派送，编号 123456", "运单 SF1, 第 3 次派送，编号 123456"),
        ("已到达【廊坊中转场】", "已到达【廊坊中转场】"),
    ])
    func `names and numbers go, the rest stays`(remark: String, kept: String) {
        #expect(withoutPeople(remark) == kept)
    }

    private static let names = ["欧阳娜娜", "张三丰", "李四", "Zhang San", "王小明"]
    private static let markers = ["签收人", "收件人", "联系人", "快递员", "派送员", "业务员", "揽收员", "代收人", "派件员"]
    private static let signs = ["：", ":", " ", "", "【", "（", " : "]
    private static let fillings = ["快件已到达廊坊，", "正在派送；", "感谢使用。", "已签收，", "【北京】", "第 2 次派送，"]

    private static func phone(_ random: inout SplitMix64) -> String {
        let digits = Array(random.chance(permille: 200) ? "1３8１２３40041" : "13812340041")
        let groups = random.pick([[11], [3, 4, 4], [4, 7], [3, 8], [1, 2, 4, 4]])
        let joint = random.pick(["", " ", "-", ".", "　", " - ", "\u{200B}", ") ", "·", "/"])
        var parts: [String] = []
        var place = 0
        for group in groups {
            parts.append(String(digits[place..<place + group]))
            place += group
        }
        return parts.joined(separator: joint)
    }

    @Test(arguments: 0..<400)
    func `no canary survives, wherever it stands`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var remark = ""
        var canaries: [String] = []
        for _ in 0..<random.number(in: 1...4) {
            remark += random.pick(Self.fillings)
            switch random.number(in: 0...3) {
            case 0:
                canaries.append(random.pick(Self.names))
                remark += random.pick(Self.markers) + random.pick(Self.signs) + (canaries.last ?? "") + "，"
            case 1: remark += "电话" + random.pick(Self.signs) + Self.phone(&random) + "，"
            case 2:
                canaries.append(random.pick(["李四", "王小明", "欧阳娜娜"]))
                remark += (canaries.last ?? "") + random.pick(["(", "（", " ", "/"]) + Self.phone(&random) + ")，"
            default:
                canaries.append(random.pick(Self.names))
                remark += "已由" + random.pick(["", "【", " "]) + (canaries.last ?? "") + "签收，"
            }
        }
        let kept = withoutPeople(remark)
        for canary in canaries { #expect(!kept.contains(canary), "\(remark) → \(kept)") }
        let digits = kept.compactMap(\.wholeNumberValue).count
        #expect(digits < 7, "\(remark) → \(kept)")
    }

    @Test func `a text is cut at a character, by its bytes`() {
        #expect(cut("abcdef", toBytes: 6) == "abcdef")
        #expect(cut("abcdefg", toBytes: 6) == "abc…")
        #expect(cut("坏坏坏", toBytes: 8) == "坏…")
        let accents = "e" + String(repeating: "\u{301}", count: 400)
        #expect(cut(accents + accents, toBytes: 600).utf8.count <= 600)
        #expect(cut(String(repeating: accents, count: 9), toBytes: 900) == accents + "…")
    }
}
