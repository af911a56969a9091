import HydrantCore
import HydrantDocuments
import Testing

/// Whatever a form or a channel sends: an answer, and soon.
@Suite struct HostileAddressTests {
    private let parser = OfficialDivisions.parser

    /// Numbers from a seed (splitmix64).
    private struct Numbers {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    }

    @Test func randomBytesAreAnswered() {
        var numbers = Numbers(state: 7)
        for _ in 0..<3_000 {
            let bytes = (0..<numbers.below(200)).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
            let address = parser.parse(String(decoding: bytes, as: UTF8.self))
            #expect(address.problems.allSatisfy { $0.range?.isEmpty != true })
        }
    }

    @Test func wordsInAnyOrderAreAnswered() {
        let words = [
            "浙江省", "杭州市", "西湖区", "朝阳区", "市", "区", "路", "街道", "镇", "-", " ", "138", "00000000", "收货人：", "重庆", "吉林",
            "号", "中国", "null", "台州", "路桥", "*", "张三", "+86", "0571-", "，", "沪", "新", "\u{0}", "\u{FEFF}", "🏠", "１２３",
        ]
        var numbers = Numbers(state: 11)
        for _ in 0..<5_000 {
            let line = (0..<numbers.below(24)).map { _ in words[numbers.below(words.count)] }.joined()
            let address = parser.parse(line)
            for problem in address.problems {
                #expect(problem.range.map { $0.upperBound <= line.unicodeScalars.count } ?? true)
            }
            if let area = address.area { #expect(address.province != nil, "\(line) \(area.code)") }
        }
    }

    @Test(arguments: ["市", "浙江省", "朝阳区", "1", "-", "路", "13800000000", "收货人：", "吉林", "重庆重庆市", "\u{1F3E0}"])
    func longLinesEndSoon(word: String) {
        let line = String(repeating: word, count: 100_000)
        let begin = ContinuousClock.now
        let address = parser.parse(line)
        #expect(address.problems.contains { $0.kind == .tooLong })
        // Measured 2 ms in a debug build; a search without bound would never end.
        #expect(ContinuousClock.now - begin < .seconds(5))
    }

    @Test func aTableOfNonsenseIsLeftOut() {
        var numbers = Numbers(state: 13)
        for _ in 0..<200 {
            let bytes = (0..<numbers.below(400)).map { _ in
                [0x09, 0x0A, 0x20, 0x2C, 0x31, 0x33, 0xE6][numbers.below(7)] as UInt8
            }
            let table = DivisionTable(text: bytes)
            _ = AddressParser(table: table).parse("11 浙江省杭州市")
        }
        #expect(DivisionTable(text: Array("330106\t西湖区\n\t001某街道".utf8)).count == 0)
    }
}
