package import HydrantConnectorKit
import HydrantCore

/// How the hub sends texts through Alibaba Cloud.
package struct AliyunSMSSettings: Sendable {
    var system: String
    var url: String
    var keyID: String
    var keySecret: String
    var signName: String
    var templates: MessageTemplates
    var gate: ReceiptGate
    var memory: SendMemory
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        keyID = try settings.credential("accessKeyId")
        keySecret = try settings.credential("accessKeySecret")
        signName = settings.option("signName", default: "")
        guard !signName.isEmpty else {
            throw ConnectorSettingsProblem(system: system, field: "options.signName", message: "is required")
        }
        templates = try MessageTemplates(settings)
        gate = try ReceiptGate(settings)
        memory = SendMemory(settling: .minutes(try settings.number("settlingMinutes", default: 10)))
        timeout = try settings.timeout()
    }

    /// The signed form of one call. Everything travels in the body, so that no phone stands in an address.
    /// - Parameter nonce: never the same twice.
    func form(action: String, _ pairs: [(name: String, value: String)], nonce: String, now: Instant) -> [UInt8] {
        let date = now.civil()
        let all =
            pairs + [
                ("AccessKeyId", keyID), ("Action", action), ("Format", "JSON"), ("RegionId", "cn-hangzhou"),
                ("SignatureMethod", "HMAC-SHA1"), ("SignatureNonce", nonce), ("SignatureVersion", "1.0"),
                ("Timestamp", "\(date.dateText)T\(date.timeText)Z"), ("Version", "2017-05-25"),
            ]
        var input = SignatureInput(secret: keySecret, pairs: all)
        input.fields["http_method"] = Array("POST".utf8)
        return Array(formEncoded(all + [("Signature", SignatureRecipe.rpc.sign(input))]).utf8)
    }
}
