import HydrantCore

/// What the model customer sells, from where, and to whom. Everything here is invented.
enum Catalogue {
    struct Product {
        var sku: String
        var name: String
        var priceMinor: Int64
    }

    struct Place {
        var province: String
        var city: String
        var districts: [String]
    }

    static let products = [
        Product(sku: "LF9001", name: "机油滤清器 LF9001", priceMinor: 6_800),
        Product(sku: "LF9009", name: "机油滤清器 LF9009", priceMinor: 7_900),
        Product(sku: "LF9080", name: "机油滤清器 LF9080", priceMinor: 11_500),
        Product(sku: "LF16015", name: "机油滤清器 LF16015", priceMinor: 5_900),
        Product(sku: "FF5052", name: "柴油滤清器 FF5052", priceMinor: 3_900),
        Product(sku: "FF5580", name: "柴油滤清器 FF5580", priceMinor: 8_600),
        Product(sku: "FF63009", name: "柴油滤清器 FF63009", priceMinor: 12_800),
        Product(sku: "FS1212", name: "油水分离器 FS1212", priceMinor: 9_800),
        Product(sku: "FS19816", name: "油水分离器 FS19816", priceMinor: 13_600),
        Product(sku: "FS36268", name: "油水分离器 FS36268", priceMinor: 16_800),
        Product(sku: "AF25557", name: "空气滤清器主滤芯 AF25557", priceMinor: 21_800),
        Product(sku: "AF25558", name: "空气滤清器安全滤芯 AF25558", priceMinor: 11_900),
        Product(sku: "AF27873", name: "空气滤清器 AF27873", priceMinor: 26_800),
        Product(sku: "K2841", name: "空气滤清器 K2841", priceMinor: 18_500),
        Product(sku: "K3046", name: "空气滤清器 K3046", priceMinor: 24_900),
        Product(sku: "PU2845", name: "聚氨酯空气滤芯 PU2845", priceMinor: 19_900),
        Product(sku: "AC3301", name: "驾驶室空调滤清器 AC3301", priceMinor: 4_500),
        Product(sku: "AC3305", name: "驾驶室空调滤清器 AC3305", priceMinor: 5_500),
        Product(sku: "UF101", name: "尿素泵滤芯 UF101", priceMinor: 6_200),
        Product(sku: "UF106", name: "尿素泵滤芯 UF106", priceMinor: 7_200),
        Product(sku: "AD785", name: "空气干燥筒 AD785", priceMinor: 17_800),
        Product(sku: "AD790", name: "空气干燥筒 AD790", priceMinor: 19_500),
        Product(sku: "HF6553", name: "液压滤清器 HF6553", priceMinor: 15_400),
        Product(sku: "TF2206", name: "变速箱滤清器 TF2206", priceMinor: 22_600),
        Product(sku: "WF2076", name: "水滤清器 WF2076", priceMinor: 5_100),
        Product(sku: "SET-H7", name: "重卡保养套装 SET-H7", priceMinor: 59_900),
    ]

    static let gifts = [
        Product(sku: "GIFT-01", name: "赠品 防滑手套", priceMinor: 0),
        Product(sku: "GIFT-02", name: "赠品 滤清器扳手", priceMinor: 0),
        Product(sku: "GIFT-03", name: "赠品 驾驶室毛巾", priceMinor: 0),
        Product(sku: "GIFT-04", name: "赠品 保温杯", priceMinor: 0),
    ]

    /// The cities of the 17 front warehouses; receivers live there too.
    static let places = [
        Place(province: "广东省", city: "广州市", districts: ["白云区", "黄埔区", "番禺区"]),
        Place(province: "广东省", city: "深圳市", districts: ["龙岗区", "宝安区"]),
        Place(province: "上海市", city: "上海市", districts: ["嘉定区", "青浦区", "宝山区"]),
        Place(province: "浙江省", city: "杭州市", districts: ["余杭区", "萧山区"]),
        Place(province: "江苏省", city: "南京市", districts: ["江宁区", "栖霞区"]),
        Place(province: "江苏省", city: "苏州市", districts: ["吴中区", "相城区"]),
        Place(province: "湖北省", city: "武汉市", districts: ["东西湖区", "黄陂区"]),
        Place(province: "四川省", city: "成都市", districts: ["双流区", "新都区"]),
        Place(province: "重庆市", city: "重庆市", districts: ["沙坪坝区", "巴南区"]),
        Place(province: "陕西省", city: "西安市", districts: ["未央区", "灞桥区"]),
        Place(province: "河南省", city: "郑州市", districts: ["中牟县", "惠济区"]),
        Place(province: "山东省", city: "济南市", districts: ["历城区", "天桥区"]),
        Place(province: "山东省", city: "青岛市", districts: ["城阳区", "黄岛区"]),
        Place(province: "天津市", city: "天津市", districts: ["武清区", "北辰区"]),
        Place(province: "北京市", city: "北京市", districts: ["通州区", "大兴区"]),
        Place(province: "辽宁省", city: "沈阳市", districts: ["于洪区", "浑南区"]),
        Place(province: "湖南省", city: "长沙市", districts: ["望城区", "长沙县"]),
    ]

    static let familyNames = [
        "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗",
    ]

    static let givenNames = [
        "建国", "志强", "海涛", "立新", "文博", "小军", "秀英", "玉兰", "振华", "德明", "晓东", "春梅", "国庆", "永康", "长安",
        "新民", "光明", "丽华", "家豪", "思远",
    ]

    static let streets = ["物流大道", "汽配城中路", "货运东街", "工业三路", "迎宾路", "建设北路", "车城大道", "仓前街"]

    static func warehouse(_ index: Int) -> String { String(places[index].city.dropLast()) + "仓" }

    /// Telephone numbers begin with 12, which no line in China does, so that nobody's number can be among them.
    static func receiver(_ random: inout SeededRandom) -> Receiver {
        let place = random.pick(places)
        let phone = "12" + paddedDecimal(random.below(1_000_000_000), width: 9)
        let building = 1 + random.below(38)
        let room = 101 + random.below(1_800)
        return Receiver(
            name: random.pick(familyNames) + random.pick(givenNames), phone: phone, province: place.province,
            city: place.city, district: random.pick(place.districts),
            address: "\(random.pick(streets)) \(1 + random.below(999)) 号 \(building) 栋 \(room) 室")
    }
}
