import HydrantCore

/// The facts of the measurements: orders of twelve facts each, drawn from thousands of open ones, so that the rows of
/// one order lie apart as they do in a real day. The same seed gives the same facts.
struct BenchFacts {
    private struct OpenOrder {
        var number: String
        var next = 0
    }

    private var open: [OpenOrder]
    private var state: UInt64
    private var orders = 0
    private var messages = 0
    private var time: Int64 = 1_762_790_400_000
    private let prefix: String
    /// Whether each order has a receiver, a customer and goods of its own, as the search needs them.
    var isVaried = false

    init(prefix: String, openOrders: Int = 5_000, seed: UInt64 = 11) {
        self.prefix = prefix
        state = seed
        open = []
        for _ in 0..<openOrders { open.append(begin()) }
    }

    /// How many facts an order gets.
    static let factsPerOrder = 12

    mutating func next() -> JSON {
        let index = Int(random() % UInt64(open.count))
        let order = open[index].number
        let step = open[index].next
        messages += 1
        time += 7
        open[index].next += 1
        if open[index].next == Self.factsPerOrder { open[index] = begin() }
        return fact(step, order: order)
    }

    mutating func next(_ count: Int) -> [JSON] { (0..<count).map { _ in next() } }

    private mutating func begin() -> OpenOrder {
        orders += 1
        return OpenOrder(number: "\(prefix)\(100_000_000 + orders)")
    }

    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    private func fact(_ step: Int, order: String) -> JSON {
        let parcel = JSON.string("\(order)-1")
        let number = JSON.string("SF\(order.dropFirst(2))")
        switch step {
        case 0:
            return make(
                "order.placed", "shop", order, word: "WAIT_SELLER_SEND_GOODS", isVaried ? varied(order) : placed)
        case 1: return make("payment.reported", "shop", order, ["id": "pay-1", "amountMinor": 29_800])
        case 2: return make("credit.checked", "crm", order, ["passed": true, "level": "A", "returnRatePermille": 20])
        case 3: return make("inventory.locked", "wms", order, word: "ACCEPT", ["warehouse": "杭州仓"])
        case 4:
            return make(
                "tracking.reported", "sf", order,
                ["parcel": parcel, "courier": "SF", "channel": "sf", "number": number])
        case 5:
            return make(
                "parcel.packed", "wms", order, word: "PACKAGE",
                [
                    "parcel": parcel, "warehouse": "杭州仓", "weightGrams": 1_850,
                    "items": [["line": "1", "units": 2], ["line": "2", "units": 1]],
                ])
        case 6: return make("parcel.handed-over", "wms", order, word: "DELIVERED", ["parcel": parcel])
        case 7...9:
            return make(
                "trace.reported", "sf", order,
                ["parcel": parcel, "number": number, "scans": [scan(step == 9 ? "44" : "30")]])
        case 10: return make("signed.reported", "sf", order, ["parcel": parcel])
        default: return make("invoice.issued", "finance", order, ["id": "inv-1", "amountMinor": 29_800])
        }
    }

    private var placed: JSON {
        [
            "shop": "shop-flagship", "customer": "C20260017", "warehouse": "杭州仓", "payableMinor": 29_800,
            "lines": [
                ["id": "1", "sku": "LF9001", "name": "机油滤清器 LF9001", "units": 2, "priceMinor": 29_800],
                ["id": "2", "sku": "GIFT-GLOVE", "name": "工作手套", "units": 1, "gift": true, "giftFor": "1"],
            ],
        ]
    }

    /// Telephone, name, customer and SKU that follow from the order's number.
    static func person(_ order: String) -> (phone: String, name: String, customer: String, sku: String) {
        let number = UInt64(order.filter(\.isNumber)) ?? 0
        let mixed = (number &* 0x9E37_79B9_7F4A_7C15) >> 20
        return (
            "1\(3_000_000_000 + mixed % 6_000_000_000)", "客户\(mixed % 200_000)", "C\(1_000_000 + mixed % 300_000)",
            "LF\(1_000 + mixed % 2_000)"
        )
    }

    private func varied(_ order: String) -> JSON {
        let person = Self.person(order)
        return [
            "shop": "shop-flagship", "customer": .string(person.customer), "warehouse": "杭州仓",
            "payableMinor": 29_800,
            "receiver": [
                "name": .string(person.name), "phone": .string(person.phone), "province": "浙江省", "city": "杭州市",
                "address": "文三路 1 号",
            ],
            "lines": [
                ["id": "1", "sku": .string(person.sku), "name": "机油滤清器", "units": 2, "priceMinor": 29_800]
            ],
        ]
    }

    private func scan(_ code: String) -> JSON {
        [
            "at": .integer(time - 60_000), "status": code == "44" ? "out-for-delivery" : "in-transit",
            "code": .string(code), "place": "杭州转运中心", "remark": "快件在【杭州转运中心】完成分拣",
        ]
    }

    private func make(_ kind: String, _ source: String, _ order: String, word: String? = nil, _ data: JSON) -> JSON {
        .compact([
            ("kind", .string(kind)), ("source", .string(source)), ("id", .string("\(prefix)m\(messages)")),
            ("order", .string(order)), ("occurredAt", .integer(time)), ("word", .text(word)), ("data", data),
        ])
    }
}
