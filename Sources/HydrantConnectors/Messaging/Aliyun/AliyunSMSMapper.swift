import HydrantConnectorKit
import HydrantCore

/// Texts to Alibaba Cloud's parameters and its replies back; no effects.
enum AliyunSMSMapper {
    static func sendPairs(_ message: Message, signName: String) -> [(name: String, value: String)] {
        let values = JSON.object(message.values.map { JSON.Member($0.name, .string($0.value)) })
        return [
            ("PhoneNumbers", message.phone), ("SignName", signName), ("TemplateCode", message.template),
            ("TemplateParam", values.text), ("OutId", message.reference.text),
        ]
    }

    /// What was sent to a phone on one day at +08:00.
    static func detailPairs(phone: String, day: String, page: Int) -> [(name: String, value: String)] {
        [("PhoneNumber", phone), ("SendDate", day), ("PageSize", "50"), ("CurrentPage", String(page))]
    }

    /// `20261122`.
    static func day(_ moment: Instant) -> String {
        moment.civil(offsetSeconds: 8 * 3_600).dateText.filter { $0 != "-" }
    }

    /// One text in the list of what was sent.
    struct Detail: Equatable {
        var reference: String
        /// 1 waiting for the receipt, 2 failed, 3 delivered.
        var status: Int64
        var errorCode: String
    }

    static func details(_ reply: JSON) -> [Detail] {
        (reply["SmsSendDetailDTOs"]?["SmsSendDetailDTO"]?.array ?? []).map { row in
            Detail(
                reference: row["OutId"]?.looseText ?? "", status: row["SendStatus"]?.looseInteger ?? 0,
                errorCode: row["ErrCode"]?.looseText ?? "")
        }
    }

    /// Facts of a receipt push, one for each text, and the rows that only a person can judge.
    static func receipts(_ rows: [JSON]) -> (facts: [ReportedFact], unattributed: [[UInt8]]) {
        var facts: [ReportedFact] = []
        var unattributed: [[UInt8]] = []
        for row in rows {
            let isDelivered = row["success"]?.looseBool ?? false
            let at = row["report_time"]?.looseText.flatMap(ChinaTime.instant)
            let reference = row["out_id"]?.looseText.flatMap { MessageReference($0) }
            if let fact = reference?.fact(isDelivered: isDelivered, id: row["biz_id"]?.looseText ?? "", at: at) {
                facts.append(fact)
            } else if !isDelivered {
                unattributed.append(row.bytes)
            }
        }
        return (facts, unattributed)
    }
}
