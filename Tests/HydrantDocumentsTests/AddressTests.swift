import HydrantCore
import HydrantDocuments
import Testing

/// Lines as customers write them, made up for these tests.
@Suite struct AddressTests {
    private let parser = OfficialDivisions.parser

    @Test(arguments: [
        ("浙江省杭州市余杭区五常街道文一西路969号", "浙江省 杭州市 余杭区 五常街道 文一西路", "330110005"),
        ("沪浦东新区世纪大道100号", "上海市 上海市 浦东新区 - 世纪大道", "310115"),
        ("内蒙赤峰市锦山镇1号", "内蒙古自治区 赤峰市 喀喇沁旗 锦山镇 -", "150428100"),
        ("广东省东莞市东莞市虎门镇太宝路5号", "广东省 东莞市 - 虎门镇 太宝路", "441900121"),
        ("甘肃嘉峪关市新华路10号", "甘肃省 嘉峪关市 - - 新华路", "620201"),
        ("湖北省仙桃市沔州大道3号", "湖北省 - 仙桃市 - 沔州大道", "429004"),
        ("香港九龍油尖旺區彌敦道100號", "香港特别行政区 香港特别行政区 油尖旺区 - 彌敦道", "810005"),
        ("澳门氹仔大连街1号", "澳门特别行政区 澳门特别行政区 嘉模堂区 - 大连街", "820006"),
        ("台灣省臺北市大安區忠孝東路四段1號", "台湾省 台北市 大安区 - 忠孝東路", "710101"),
        ("新疆石河子市北三路1号", "新疆维吾尔自治区 - 石河子市 - 北三路", "659001"),
        ("吉林市船营区吉林大街1号", "吉林省 吉林市 船营区 - 吉林大街", "220204"),
        ("浙江-台州-温岭市浙江省温岭市万昌路7号", "浙江省 台州市 温岭市 - 万昌路", "331081"),
        ("中国 浙江省 台州市路桥区 银座街270号", "浙江省 台州市 路桥区 - 银座街", "331004"),
        ("北京市海淀区中关村大街1号", "北京市 北京市 海淀区 - 中关村大街", "110108"),
        ("五常街道顾家桥社区9号", "浙江省 杭州市 余杭区 五常街道 -", "330110005"),
        ("南京路100号", "- - - - 南京路", nil),
    ]) func partsAndAreaAreFound(line: String, parts: String, area: String?) {
        let address = parser.parse(line)
        let found = [address.province, address.city, address.district, address.town, address.road]
        #expect(found.map { $0 ?? "-" }.joined(separator: " ") == parts)
        #expect(address.area?.code == area)
    }

    @Test(arguments: [
        ("文三路1号", AddressProblemKind.divisionMissing, AddressPart.district, nil as Int?),
        ("浙江省文三路1号", .cityMissing, .city, nil),
        ("杭州市文三路1号", .districtMissing, .district, nil),
        ("杭州市西湖区", .roadMissing, .road, nil),
        ("杭州市西湖区文三路", .numberMissing, .number, nil),
        ("浙江省南昌市东湖区八一大道1号", .contradiction, .city, 3),
        ("温州市西湖区文三路1号", .contradiction, .district, 3),
        ("朝阳区建国路88号", .ambiguous, .district, 0),
        ("杭州市江干区庆春路14号", .renamed, .district, 3),
        ("杭州市西湖区无此镇文三路1号", .townUnknown, .town, 6),
        ("杭州市西湖区文三路1号 张三 13800000000", .personInLine, .line, nil),
        ("杭州市西湖区文三路1号***", .masked, .line, nil),
    ]) func problemsNameThePlace(line: String, kind: AddressProblemKind, part: AddressPart, at: Int?) throws {
        let problem = try #require(parser.parse(line).problems.first { $0.kind == kind })
        #expect(problem.part == part)
        #expect(problem.range?.lowerBound == at)
        #expect(!problem.english.isEmpty && !problem.chinese.isEmpty)
    }

    @Test func aSoundAddressHasNoProblem() {
        #expect(parser.parse("浙江省杭州市滨江区网商路599号").problems.isEmpty)
    }

    @Test func contraryWordsAreShownWithWhatTheySay() throws {
        let problem = try #require(parser.parse("温州市西湖区文三路1号").problems.first)
        #expect(problem.english == "西湖区 does not lie in 温州市: ask which one is meant")
        #expect(problem.chinese == "西湖区不属于温州市：请确认是哪一个")
    }

    @Test func aTownTellsWhichDistrictIsMeant() {
        // Beijing and Changchun both have a 朝阳区; only the one of Beijing has this street office.
        #expect(parser.parse("朝阳区望京街道1号").area?.code.hasPrefix("110105") == true)
    }

    @Test(arguments: [
        ("王小明 13800138000 浙江省杭州市西湖区文三路9号", "王小明", "13800138000"),
        ("收货人：张三 手机号：138-1234-5678 地址：北京市海淀区中关村大街1号", "张三", "13812345678"),
        ("浙江省杭州市滨江区网商路599号李雷13912345678-1234", "李雷", "13912345678-1234"),
        ("杭州市西湖区文三路9号，陈女士，0571-88888888", "陈女士", "057188888888"),
        ("138****0000 王** 深圳市南山区科技园1号", "王**", "138****0000"),
        ("浙江省杭州市西湖区文三路9号", nil, nil),
    ]) func peopleAreTakenOut(line: String, name: String?, phone: String?) {
        let address = parser.parse(line)
        #expect(address.name == name)
        #expect(address.phone == phone)
        let rest = [address.road, address.detail, address.town].compactMap(\.self).joined()
        if let name { #expect(!rest.contains(name)) }
        #expect(!rest.contains("1234567"))
    }

    @Test func whatIsKeptOfAProblemHoldsNothingOfAPerson() {
        let address = parser.parse("张三 13800138000 温州市西湖区文三路1号3幢502室")
        let text = JSON.array(address.problems.map(\.json)).text
        for secret in ["张三", "138", "文三路", "502"] { #expect(!text.contains(secret)) }
    }

    @Test func everyDivisionIsFoundByItsOwnName() {
        // Names of provinces and cities are unique; a path down to a district is read as that district.
        for line in ["黑龙江省大兴安岭地区呼玛县", "海南省三沙市西沙群岛", "重庆市石柱土家族自治县", "新疆巴音郭楞蒙古自治州和静县"] {
            let address = parser.parse(line)
            #expect(address.area?.code.count == 6 && address.district != nil, "\(line): \(address.json.text)")
        }
    }

    @Test func theTableHoldsTheWholeCountry() {
        #expect(OfficialDivisions.table.count > 44_000)
    }

    @Test func areasKnowTheirLevels() throws {
        let town = try #require(DeliveryArea(code: "330110005"))
        let city = try #require(DeliveryArea(code: "3301"))
        #expect(town.lies(in: city) && !city.lies(in: town))
        #expect(town.district == "330110" && city.district == nil && town.bag == "330110005")
        for wrong in ["", "3", "33a", "330110005001", "３３"] { #expect(DeliveryArea(code: wrong) == nil) }
    }
}
