import HydrantCore
import Testing

@Suite struct SearchTermTests {
    @Test(arguments: [
        ("sf 1234-5", ["number-8 SF12345", "number-6 F12345"]),
        ("SO2026111100001234", ["number-8 00001234", "number-6 001234"]),
        ("ＡＢ１", ["number-8 AB1"]), ("--", []), ("订单7", ["number-8 订单7"]),
    ])
    func `a number is found by its end`(number: String, expected: [String]) {
        #expect(SearchTerm.number(number).map { "\($0.kind.rawValue) \($0.text)" } == expected)
    }

    @Test(arguments: [
        ("13812340041", ["phone 13812340041", "phone-tail 0041"]),
        ("+86 138-1234-0041", ["phone 13812340041", "phone-tail 0041"]),
        ("138****0041", ["phone-tail 0041"]), ("17012345678-9012", ["phone 17012345678", "phone-tail 5678"]),
        ("12", []),
    ])
    func `a telephone number is found whole or by its last four`(phone: String, expected: [String]) {
        #expect(SearchTerm.phone(phone).map { "\($0.kind.rawValue) \($0.text)" } == expected)
    }

    private static let number = "SF1234567890123"

    /// Every single slip in the number, and the number itself.
    private static var slips: Set<String> {
        let letters = Array(number.unicodeScalars)
        var found: Set<String> = []
        func add(_ scalars: [Unicode.Scalar]) { found.insert(SearchTerm.text(scalars)) }
        for index in letters.indices {
            for other in "059".unicodeScalars {
                var changed = letters
                changed[index] = other
                add(changed)
                add(Array(letters[...index]) + [other] + Array(letters[(index + 1)...]))
            }
            add(Array(letters[..<index]) + Array(letters[(index + 1)...]))
            guard index + 1 < letters.count else { continue }
            var changed = letters
            changed.swapAt(index, index + 1)
            add(changed)
        }
        return found
    }

    @Test func `every slip of a finger leads to a term that the number has`() {
        let terms = Set(SearchTerm.number(Self.number).map(\.text))
        let whole = SearchTerm.compact(Self.number)
        for slip in Self.slips {
            let typed = SearchTerm.compact(slip)
            let asked = NumberNeighbours.endings(of: typed).union(SearchTerm.number(slip).map(\.text))
            #expect(!asked.isDisjoint(with: terms), "\(slip)")
            #expect(NumberNeighbours.areNear(whole, typed), "\(slip)")
        }
    }

    @Test(arguments: [
        ("SF1234567890123", "SF1234567890456"), ("SF1234567890123", "SF12345678901"), ("12345678", "21345687"),
    ])
    func `two slips are another number`(left: String, right: String) {
        #expect(!NumberNeighbours.areNear(SearchTerm.compact(left), SearchTerm.compact(right)))
    }

    @Test func `an order has a bounded number of terms, its own number first`() {
        var order = Order(number: "SO-1")
        #expect(order.searchTerms(receiver: nil) == [SearchTerm(.longEnding, "SO1")])
        let evidence = Evidence(at: Instant(milliseconds: 5), isTimed: true, source: "shop", messageID: "1")
        let lines = (0..<100).map { Line(id: "\($0)", sku: "LF900\($0)") }
        order.header = Register(OrderHeader(customer: "C-1", lines: lines), evidence)
        #expect(
            order.searchTerms(receiver: Receiver(name: "王 小明", phone: "13812340041")).contains(SearchTerm(.name, "王小明"))
        )
        #expect(order.searchTerms(receiver: nil).count <= SearchTerm.maximum)
    }

    @Test(arguments: [
        "王小明", "Ann Li", "13812345678", "138 1234 5678", "+86 138-1234-5678", "138****5678", "0531-88881234", "SO1 王",
    ])
    func `what may be a name or a telephone number is taken for one`(text: String) {
        #expect(SearchTerm.mayNamePerson(text))
    }

    @Test(arguments: ["SO20261111000123", "000123", "5678", "SF1234567890123", "AC-7001", "4200001899202611", "C00017"])
    func `numbers, SKU and customers are nobody's names`(text: String) {
        #expect(!SearchTerm.mayNamePerson(text))
    }

    @Test func `an order is found by the warehouses that pack it or are meant to`() {
        var order = Order(number: "SO1")
        let evidence = Evidence(at: Instant(milliseconds: 5), isTimed: true, source: "shop", messageID: "1")
        order.header = Register(OrderHeader(warehouse: "W1"), evidence)
        #expect(order.searchTerms(receiver: nil).contains(.warehouse("W1")))
        #expect(order.isPackedElsewhere(.parcelPacked(Packing(parcel: "P1", warehouse: "W2"))))
        #expect(!order.isPackedElsewhere(.parcelPacked(Packing(parcel: "P1", warehouse: "W1"))))
        #expect(!order.isPackedElsewhere(.parcelPacked(Packing(parcel: "P1"))))
    }
}
