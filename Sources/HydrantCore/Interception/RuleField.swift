// Interceptors are rules that people write: WHEN something happens, IF the order is so, THEN hold it, refuse an
// instruction, ask a system. A rule reads the order only through the fields of this catalogue. Each field is a function
// of what was said about the order and of the occasion, the moment of the fact that called the rule, and never of the
// present time. So a rule comes to the same verdict whatever the order, the repetition and the delay of the messages. A
// field that nobody has told is not false but unknown, and a rule that needs it cannot run: it blocks and says which
// field is missing.

/// What a rule may ask about an order. The raw values are written into documents and never change; the list may grow.
package enum RuleField: String, CaseIterable, Sendable {
    case shop = "order.shop"
    case customer = "order.customer"
    case warehouse = "order.warehouse"
    case currency = "order.currency"
    case state = "order.state"
    case isPaid = "order.isPaid"
    case isLocked = "order.isLocked"
    case isCancelled = "order.isCancelled"
    case replaces = "order.replaces"

    case lineCount = "lines.count"
    case unitCount = "lines.units"
    case skus = "lines.skus"
    case giftCount = "lines.gifts"
    case unboundGiftCount = "lines.unboundGifts"
    case leftOutGiftCount = "lines.leftOutGifts"

    case level = "customer.level"
    case pastOrders = "customer.orders"
    case returnRate = "customer.returnRate"

    case area = "receiver.area"
    case isReceiverChanged = "receiver.isChanged"
    case isReceiverVerified = "receiver.isVerified"

    case payable = "money.payable"
    case linesValue = "money.lines"
    case paid = "money.paid"
    case refunded = "money.refunded"
    case received = "money.received"
    case recognised = "money.recognised"

    case parcelCount = "parcels.count"
    case packedCount = "parcels.packed"
    case numberedCount = "parcels.numbered"
    case shippedCount = "parcels.shipped"
    case signedCount = "parcels.signed"

    case isReturnAsked = "return.isAsked"
    case isExchangeAsked = "return.isExchange"

    case sincePlacing = "time.sincePlacing"
    case sincePayment = "time.sincePayment"
    case sinceLock = "time.sinceLock"
    case sinceShipping = "time.sinceShipping"
    case hour = "time.hour"
    case weekday = "time.weekday"

    /// The last status word of a system; the test names the system.
    case word = "system.word"
}

/// What kind of value a field has, which says how it is compared and written.
package enum RuleFieldType: String, Sendable {
    case flag
    /// A whole number from 0.
    case count
    /// Minor units; written in major units with up to two decimals.
    case money
    /// Minutes; written as a whole number, and negative where the occasion came first.
    case minutes
    /// Thousandths; written as a percentage.
    case share
    /// The number of a state; written by its name.
    case state
    /// 0 to 23, at UTC+8.
    case hour
    /// 1 is Monday, 7 is Sunday, at UTC+8.
    case weekday
    case text
    /// Several texts at once; a test is about any of them.
    case texts

    package var isText: Bool { self == .text || self == .texts }

    /// The values that can occur at all; nil for texts.
    package var range: ClosedRange<Int64>? {
        switch self {
        case .flag: 0...1
        case .count: 0...1_000_000_000
        case .money: 0...1_000_000_000_000
        case .minutes: -10_000_000...10_000_000
        case .share: 0...1_000
        case .state: 0...7
        case .hour: 0...23
        case .weekday: 1...7
        case .text, .texts: nil
        }
    }

    package var comparisons: [RuleComparison] {
        switch self {
        case .flag: [.equal, .isKnown]
        case .text: [.equal, .notEqual, .oneOf, .noneOf, .contains, .startsWith, .isKnown]
        case .texts: [.oneOf, .noneOf, .contains, .startsWith]
        default: [.equal, .notEqual, .less, .atMost, .more, .atLeast, .isKnown]
        }
    }
}

/// How a field is compared; the raw values are the keys of documents.
package enum RuleComparison: String, CaseIterable, Sendable {
    case equal = "is"
    case notEqual = "isNot"
    case less
    case atMost
    case more
    case atLeast
    case oneOf
    case noneOf
    case contains
    case startsWith
    /// Whether anybody has told the field: the one test that an unknown field does not stop.
    case isKnown

    /// In sentences of the editor.
    package var text: Text {
        switch self {
        case .equal: Text(chinese: "是", english: "is")
        case .notEqual: Text(chinese: "不是", english: "is not")
        case .less: Text(chinese: "小于", english: "is less than")
        case .atMost: Text(chinese: "不超过", english: "is at most")
        case .more: Text(chinese: "大于", english: "is more than")
        case .atLeast: Text(chinese: "不少于", english: "is at least")
        case .oneOf: Text(chinese: "是其中之一", english: "is one of")
        case .noneOf: Text(chinese: "不是其中任何一个", english: "is none of")
        case .contains: Text(chinese: "包含", english: "contains")
        case .startsWith: Text(chinese: "开头是", english: "starts with")
        case .isKnown: Text(chinese: "是否已知", english: "is known")
        }
    }
}

extension RuleField {
    package var type: RuleFieldType {
        switch self {
        case .shop, .customer, .warehouse, .currency, .replaces, .level, .area, .word: .text
        case .skus: .texts
        case .state: .state
        case .isPaid, .isLocked, .isCancelled, .isReceiverChanged, .isReceiverVerified, .isReturnAsked,
            .isExchangeAsked:
            .flag
        case .lineCount, .unitCount, .giftCount, .unboundGiftCount, .leftOutGiftCount, .pastOrders, .parcelCount,
            .packedCount, .numberedCount, .shippedCount, .signedCount:
            .count
        case .returnRate: .share
        case .payable, .linesValue, .paid, .refunded, .received, .recognised: .money
        case .sincePlacing, .sincePayment, .sinceLock, .sinceShipping: .minutes
        case .hour: .hour
        case .weekday: .weekday
        }
    }

    /// What the editor and the documentation call it.
    package var text: Text {
        switch self {
        case .shop: Text(chinese: "店铺", english: "the shop")
        case .customer: Text(chinese: "客户编号", english: "the customer's number")
        case .warehouse: Text(chinese: "发货仓", english: "the warehouse")
        case .currency: Text(chinese: "币种", english: "the currency")
        case .state: Text(chinese: "订单状态", english: "the order's state")
        case .isPaid: Text(chinese: "已付款", english: "the order is paid")
        case .isLocked: Text(chinese: "库存已锁定", english: "the stock is locked")
        case .isCancelled: Text(chinese: "订单已取消", english: "the order is cancelled")
        case .replaces: Text(chinese: "所替换的原订单号", english: "the order that this one replaces")
        case .lineCount: Text(chinese: "商品行数", english: "the number of lines")
        case .unitCount: Text(chinese: "商品件数", english: "the number of units")
        case .skus: Text(chinese: "商品编码", english: "the articles")
        case .giftCount: Text(chinese: "赠品行数", english: "the number of gift lines")
        case .unboundGiftCount: Text(chinese: "未绑定的赠品行数", english: "the number of gifts bound to no line")
        case .leftOutGiftCount:
            Text(chinese: "装箱时遗漏的赠品行数", english: "the number of gifts left out at packing")
        default: laterText
        }
    }

    private var laterText: Text {
        switch self {
        case .level: Text(chinese: "客户等级", english: "the customer's level")
        case .pastOrders: Text(chinese: "客户以往订单数", english: "the customer's earlier orders")
        case .returnRate: Text(chinese: "客户退货率", english: "the customer's return rate")
        case .area: Text(chinese: "收货地区", english: "the receiver's area")
        case .isReceiverChanged: Text(chinese: "收货信息被改过", english: "the receiver was changed")
        case .isReceiverVerified: Text(chinese: "收货信息已核实", english: "the receiver is verified")
        case .payable: Text(chinese: "应付金额", english: "the amount to pay")
        case .linesValue: Text(chinese: "商品与运费合计", english: "the value of the lines with freight")
        case .paid: Text(chinese: "已付金额", english: "the amount paid")
        case .refunded: Text(chinese: "已退金额", english: "the amount refunded")
        case .received: Text(chinese: "已收金额", english: "the amount received")
        case .recognised: Text(chinese: "已确认收入", english: "the revenue recognised")
        case .parcelCount: Text(chinese: "包裹数", english: "the number of parcels")
        case .packedCount: Text(chinese: "已打包的包裹数", english: "the number of packed parcels")
        case .numberedCount: Text(chinese: "已有单号的包裹数", english: "the number of parcels with a tracking number")
        case .shippedCount: Text(chinese: "已出库的包裹数", english: "the number of parcels that left")
        case .signedCount: Text(chinese: "已签收的包裹数", english: "the number of signed parcels")
        case .isReturnAsked: Text(chinese: "客户申请退货或换货", english: "a return or exchange was asked for")
        case .isExchangeAsked: Text(chinese: "客户申请换货", english: "an exchange was asked for")
        case .sincePlacing: Text(chinese: "距下单的分钟数", english: "minutes since the order was placed")
        case .sincePayment: Text(chinese: "距付款的分钟数", english: "minutes since payment")
        case .sinceLock: Text(chinese: "距锁库的分钟数", english: "minutes since the stock was locked")
        case .sinceShipping: Text(chinese: "距出库的分钟数", english: "minutes since the first parcel left")
        case .hour: Text(chinese: "当日小时", english: "the hour of the day")
        case .weekday: Text(chinese: "星期几", english: "the day of the week")
        default: Text(chinese: "某系统的最后状态词", english: "the last word of a system")
        }
    }
}
