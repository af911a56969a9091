import HydrantCore

/// STO's scan words in the hub's words.
enum STOWords {
    static let statuses: [String: TrackingStatus] = [
        "收件": .pickedUp, "发件": .inTransit, "到件": .inTransit, "转邮": .inTransit, "转同行": .inTransit,
        "派件": .outForDelivery, "第三方代派": .outForDelivery, "快件取出": .outForDelivery,
        "柜机代收": .stored, "驿站代收": .stored, "签收": .signed, "退回件": .returning,
        "问题件": .problem, "改地址件": .problem,
    ]

    static func status(_ word: String) -> TrackingStatus { statuses[word] ?? .unmapped }
}
