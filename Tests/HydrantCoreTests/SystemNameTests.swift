import HydrantCore
import Testing

/// What systems and couriers are called in sentences and on pages.
@Suite struct SystemNameTests {
    @Test(arguments: [
        ("yto", "圆通", "YTO"), ("YTO", "圆通", "YTO"), ("finance", "财务系统", "Finance"),
        ("asterisk-ari", "电话（Asterisk）", "Asterisk telephone"), ("wms", "WMS", "WMS"), ("W1", "W1", "W1"),
        ("warehouse-hz", "warehouse-hz", "warehouse-hz"), ("", "", ""),
    ])
    func `a system has a name in each language, and what nobody knows keeps its own`(
        id: String, chinese: String, english: String
    ) {
        #expect(Text.system(id) == Text(chinese: chinese, english: english))
    }

    @Test func `of couriers that differ in case only the first in their order counts`() {
        let word = Array("yunda")
        let keys = (1..<32).map { bits in
            word.indices.map { bits >> $0 & 1 == 1 ? word[$0].uppercased() : String(word[$0]) }.joined()
        }
        var couriers: [String: CourierNumbers] = [:]
        for key in keys { couriers[key] = CourierNumbers(name: "courier \(key)", patterns: []) }
        #expect(couriers.count == 31 && Text.system("yunda", couriers).english == "courier YUNDA")
        #expect(Text.system("yunDA", couriers).english == "courier yunDA")
    }

    @Test func `the name that the settings give a courier comes first`() {
        let couriers = [
            "SF": CourierNumbers(name: "顺丰速运", patterns: []), "zto": CourierNumbers(name: "zto", patterns: []),
        ]
        #expect(Text.system("SF", couriers).english == "顺丰速运")
        #expect(Text.system("sf", couriers).chinese == "顺丰速运")
        // A courier without a name in the settings is called what it is called elsewhere.
        #expect(Text.system("zto", couriers).chinese == "中通")
        #expect(Text.systems(["sf", "finance"], couriers).chinese == "顺丰速运、财务系统")
        #expect(Text.systems(["yto", "finance"]).english == "YTO or Finance")
    }
}
