import HydrantConnectorKit
import HydrantCore

/// Cainiao's codes in the hub's words.
enum CainiaoWords {
    /// Codes of couriers (cpCode).
    static let couriers = [
        "SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "STO": "STO", "YUNDA": "YUNDA", "EMS": "EMS", "DEPPON": "DBKD",
        "JT": "HTKY",
    ]

    /// Codes 00 to 13 come from one list of third parties, the words from others. 14 to 26 exist and are in no list.
    static let statuses: [String: TrackingStatus] = [
        "00": .pickedUp, "01": .inTransit, "02": .inTransit, "03": .inTransit, "13": .inTransit,
        "04": .outForDelivery, "05": .problem, "06": .problem, "12": .problem, "07": .signed,
        "08": .returning, "09": .returning, "10": .returning, "11": .returning,
        "ACCEPT": .pickedUp, "TRANSPORT": .inTransit, "DELIVERING": .outForDelivery, "AGENT_SIGN": .stored,
        "SIGN": .signed, "FAILED": .problem,
    ]

    /// A code that is in no table is unmapped, never guessed.
    static func status(code: String, text: String) -> TrackingStatus {
        AggregatedTrace.status(statuses[code] ?? .unmapped, text: text)
    }

    /// Cainiao publishes no list of its error codes, so its texts decide; what they do not say is the channel's.
    static func policy(code: String, message: String) -> FailureClass {
        func says(_ parts: String...) -> Bool { parts.contains { message.contains($0) || code.contains($0) } }
        if says("已订阅", "重复订阅") { return .alreadyDone }
        if says("系统异常", "系统繁忙", "超时", "SYSTEM_ERROR", "TIMEOUT") { return .ambiguous }
        if says("限流", "频率", "流控", "LIMIT") { return .seemsClosed(.minutes(1)) }
        if says("余额", "库存不足", "签名", "授权", "订购", "未开通", "过期") { return .channel }
        if says("地址", "手机", "电话", "收件人", "姓名", "商品") { return .data }
        return .channel
    }
}
