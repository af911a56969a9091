internal import HydrantCore

/// The values of fields at one place of a sheet. Receivers, and customers who send goods back, leave it masked only.
struct LabelValues {
    let bag: LabelBag
    let place: LabelPlace
    var page = 1
    var pages = 1
    /// Which order of the bag it is about, from 0.
    var order: Int?
    var item: LabelGoods?

    private let erasers: [ReceiverEraser]
    private let receivers: [PrintedReceiver]
    private let senders: [PrintedReceiver]

    init(bag: LabelBag, place: LabelPlace) {
        self.bag = bag
        self.place = place
        let opened = bag.orders.map { $0.receiver.open(reason: "printed with masks") }
        let senders = bag.orders.map { ($0.sender.open(reason: "printed on the paper"), isWayBack: $0.isWayBack) }
        erasers = (opened + senders.filter(\.isWayBack).map(\.0)).map { ReceiverEraser($0) }
        receivers = opened.map { PrintedReceiver($0) }
        self.senders = senders.map { $1 ? PrintedReceiver($0) : PrintedReceiver(house: $0) }
    }

    /// The text of a field; empty where there is none, at most 200 characters on one line.
    func text(_ field: LabelField) -> String {
        let raw =
            switch field.scope {
            case .sheet: sheetText(field)
            case .order: currentOrder.map { orderText(field, $0) } ?? ""
            case .item: item.map { itemText(field, $0) } ?? ""
            }
        guard !raw.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) || raw.utf8.count > 200 else { return raw }
        return String(raw.prefix(200).map { $0.isNewline || $0.isControl ? " " : $0 })
    }

    private var currentOrder: LabelOrder? { order.map { bag.orders[$0] } }

    /// A text without the receivers of the bag, wherever they came from.
    func erased(_ text: String) -> String {
        guard !text.isEmpty else { return text }
        return erasers.reduce(text) { $1.erase($0) }
    }

    private func sheetText(_ field: LabelField) -> String {
        switch field {
        case .bagCode: bag.code.text
        case .bagWarehouse: bag.warehouse
        case .bagCourier: bag.courier
        case .bagRider: bag.rider
        case .bagLine: bag.line
        case .bagArea: bag.area
        case .bagDeparts: bag.departsAt.map(minute) ?? ""
        case .bagCount: String(bag.orders.count)
        case .bagWeight: bag.weightGrams.map(kilograms) ?? ""
        case .bagUnits: String(bag.orders.reduce(0) { $0 + $1.units })
        case .page: String(page)
        case .pages: String(pages)
        default: ""
        }
    }

    private func orderText(_ field: LabelField, _ order: LabelOrder) -> String {
        switch field {
        case .orderNumber: order.number
        case .orderShop: order.shop
        case .orderParcel: order.parcel
        case .orderTracking: order.tracking
        case .orderCode: orderCode
        case .orderPlace: String(placeNumber)
        case .orderUnits: String(order.units)
        case .orderGifts: order.gifts == 0 ? "" : String(order.gifts)
        case .orderGoods: order.goods
        case .orderNotice: order.standing.notice
        case .receiverName: printed?.name ?? ""
        case .receiverPhone: printed?.phone ?? ""
        case .receiverArea: printed?.area ?? ""
        case .receiverAddress: printed?.address ?? ""
        case .senderName: sender?.name ?? ""
        case .senderPhone: sender?.phone ?? ""
        case .senderAddress: sender.map { $0.area + $0.address } ?? ""
        default: ""
        }
    }

    private func itemText(_ field: LabelField, _ item: LabelGoods) -> String {
        switch field {
        case .itemSKU: item.sku
        case .itemName: item.name
        case .itemUnits: String(item.units)
        case .itemGift: item.isGift ? "赠" : ""
        case .itemLocation: item.location
        case .itemOrders: String(item.orders)
        default: ""
        }
    }

    /// What a code holds; empty where there is nothing to hold.
    func code(_ code: LabelCode) -> String {
        switch code {
        case .bag: place.link(bag.code.text)
        case .order: order == nil ? "" : place.link(orderCode)
        case .tracking: codeText(currentOrder?.tracking ?? "")
        case .parcel: codeText(currentOrder?.parcel ?? "")
        case .sku: codeText(item?.sku ?? "")
        }
    }

    /// Codes of outside numbers hold plain signs only, and never a receiver's phone.
    private func codeText(_ text: String) -> String {
        let isPlain = text.utf8.count <= 40 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isPlain && erased(text) == text ? text : ""
    }

    private var orderCode: String { order == nil ? "" : bag.code.order(placeNumber) }

    /// The place of the order in its bag, from 1.
    private var placeNumber: Int { currentOrder?.place ?? (order ?? 0) + 1 }

    private var printed: PrintedReceiver? { order.map { receivers[$0] } }
    private var sender: PrintedReceiver? { order.map { senders[$0] } }

    private func minute(_ moment: Instant) -> String {
        let civil = moment.civil(offsetSeconds: place.zoneSeconds)
        return "\(civil.dateText) \(civil.timeText.prefix(5))"
    }

    private func kilograms(_ grams: Int) -> String { "\(amountText(minor: Int64(grams / 10))) kg" }
}

/// Units of one line, or of one article of all orders of a bag.
struct LabelGoods: Hashable {
    var sku: String
    var name: String
    var units: Int
    var isGift: Bool
    var location: String
    var orders = 1

    init(_ item: LabelItem) {
        sku = item.sku
        name = item.name
        units = item.units
        isGift = item.isGift
        location = item.location
    }
}

extension LabelBag {
    /// Every article once, in the order of its place in the warehouse. What must not leave is not picked.
    var goods: [LabelGoods] {
        var bySKU: [String: LabelGoods] = [:]
        for order in orders where order.standing == .free {
            var counted: Set<String> = []
            for item in order.items {
                let isFirst = counted.insert(item.sku).inserted
                guard var known = bySKU[item.sku] else {
                    bySKU[item.sku] = LabelGoods(item)
                    continue
                }
                known.units += item.units
                known.orders += isFirst ? 1 : 0
                known.isGift = known.isGift && item.isGift
                bySKU[item.sku] = known
            }
        }
        return bySKU.values.sorted { ($0.location, $0.sku) < ($1.location, $1.sku) }
    }
}

extension LabelOrder {
    var units: Int { items.reduce(0) { $0 + $1.units } }
    var gifts: Int { items.filter(\.isGift).reduce(0) { $0 + $1.units } }

    /// `LF9001×2 +赠 CAP×1`
    var goods: String {
        items.map { "\($0.isGift ? "赠 " : "")\($0.sku)×\($0.units)" }.joined(separator: "  ")
    }
}

extension BagParcel.Standing {
    /// What the paper says about an order that must not leave.
    var notice: String {
        switch self {
        case .free: ""
        case .held: "拦截 勿发 HOLD"
        case .cancelled: "已取消 勿发 CANCELLED"
        case .changed: "改址 勿发 CHANGED"
        }
    }
}

extension Character {
    fileprivate var isControl: Bool {
        unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }
}
