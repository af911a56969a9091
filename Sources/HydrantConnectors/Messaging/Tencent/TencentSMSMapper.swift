import HydrantConnectorKit
import HydrantCore

/// Texts to Tencent Cloud's JSON and its replies back; no effects.
enum TencentSMSMapper {
    /// Values go by position; SessionContext is our own number of the text.
    static func sendContent(_ message: Message, settings: TencentSMSSettings) -> JSON {
        [
            "PhoneNumberSet": [.string("+86" + message.phone)], "SmsSdkAppId": .string(settings.applicationID),
            "SignName": .string(settings.signName), "TemplateId": .string(message.template),
            "TemplateParamSet": .array(message.values.map { .string($0.value) }),
            "SessionContext": .string(message.reference.text),
        ]
    }

    static func statusContent(phone: String, from: Instant, to: Instant, settings: TencentSMSSettings) -> JSON {
        [
            "BeginTime": .integer(from.milliseconds / 1_000), "EndTime": .integer(to.milliseconds / 1_000), "Offset": 0,
            "Limit": 100, "PhoneNumber": .string("+86" + phone), "SmsSdkAppId": .string(settings.applicationID),
        ]
    }

    /// What became of the one number that a text was sent to: a reply may mix successes and failures.
    static func sendStatus(_ response: JSON, phone: String) -> (code: String, message: String, serial: String)? {
        let rows = response["SendStatusSet"]?.array ?? []
        guard let row = rows.first(where: { $0["PhoneNumber"]?.looseText == "+86" + phone }) else { return nil }
        return (row["Code"]?.looseText ?? "", row["Message"]?.string ?? "", row["SerialNo"]?.looseText ?? "")
    }

    /// One text in the list of what was sent to a phone.
    struct Status: Equatable {
        var reference: String
        var isFailed: Bool
        var description: String
    }

    static func statuses(_ response: JSON) -> [Status] {
        (response["PullSmsSendStatusSet"]?.array ?? []).map { row in
            Status(
                reference: row["SessionContext"]?.looseText ?? "", isFailed: row["ReportStatus"]?.looseText == "FAIL",
                description: row["Description"]?.string ?? "")
        }
    }

    /// Receipts name only Tencent's own number, so those of delivered texts tell nothing new; a failed one is for a
    /// person.
    static func failedReceipts(_ rows: [JSON]) -> [[UInt8]] {
        rows.filter { $0["report_status"]?.looseText != "SUCCESS" }.map(\.bytes)
    }
}
