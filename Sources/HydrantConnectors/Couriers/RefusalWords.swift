import HydrantConnectorKit
import HydrantCore

/// What a refusal means at couriers whose lists of error codes are not public: read from its words, because there is
/// nothing else. What no word explains is the channel's, so that the next channel is tried.
enum RefusalWords {
    private static let classes: [(words: [String], kind: FailureClass)] = [
        (["重复", "已存在", "已下单", "already exist", "duplicate"], .alreadyDone),
        (["不存在", "未找到", "查无", "无此", "not found", "not exist"], .unknownThere),
        (["频繁", "限流", "流控", "访问次数", "too many", "rate limit"], .seemsClosed(.minutes(1))),
        (["签名", "验签", "时间戳", "token", "digest", "signature"], .seemsClosed(.minutes(5))),
        (["系统异常", "系统繁忙", "系统错误", "内部错误", "超时", "timeout", "internal"], .ambiguous),
        (
            [
                "地址", "电话", "手机", "姓名", "联系人", "收件人", "省", "城市", "区县", "品名", "禁寄", "违禁", "物品", "重量", "address",
                "phone", "mobile", "goods",
            ], .data
        ),
    ]
    private static let cancelled = ["已取消", "已撤销", "已作废", "already cancel"]
    private static let outOfReach = ["超区", "不派送", "不可达", "停发"]

    static func kind(of words: String, isCancelling: Bool = false) -> FailureClass {
        let text = words.lowercased()
        if isCancelling, cancelled.contains(where: { text.contains($0) }) { return .alreadyDone }
        if outOfReach.contains(where: { text.contains($0) }) { return .channel }
        return classes.first { entry in entry.words.contains { text.contains($0) } }?.kind ?? .channel
    }
}

extension CourierQuestion {
    var isCancelling: Bool { if case .cancel = self { true } else { false } }
}
