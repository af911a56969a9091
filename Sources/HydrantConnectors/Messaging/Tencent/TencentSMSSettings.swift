package import HydrantConnectorKit
import HydrantCore

/// How the hub sends texts through Tencent Cloud.
package struct TencentSMSSettings: Sendable {
    var system: String
    var url: String
    var secretID: String
    var secretKey: String
    var applicationID: String
    var signName: String
    var region: String
    /// True where Tencent has switched on that lists of sent texts carry our own number.
    var returnsSessionContext: Bool
    var templates: MessageTemplates
    var gate: ReceiptGate
    var memory: SendMemory
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        secretID = try settings.credential("secretId")
        secretKey = try settings.credential("secretKey")
        applicationID = settings.option("sdkAppId", default: "")
        signName = settings.option("signName", default: "")
        for (name, value) in [("sdkAppId", applicationID), ("signName", signName)] where value.isEmpty {
            throw ConnectorSettingsProblem(system: system, field: "options.\(name)", message: "is required")
        }
        region = settings.option("region", default: "ap-guangzhou")
        let returns = settings.option("sessionContextReturned", default: "false")
        guard let flag = Bool(returns) else {
            throw ConnectorSettingsProblem(
                system: system, field: "options.sessionContextReturned",
                message: "must be true or false, is '\(returns)'")
        }
        returnsSessionContext = flag
        templates = try MessageTemplates(settings)
        gate = try ReceiptGate(settings)
        memory = SendMemory(settling: .minutes(try settings.number("settlingMinutes", default: 10)))
        timeout = try settings.timeout()
    }

    /// The signed call of one action.
    func call(action: String, body: [UInt8], now: Instant) -> HTTPCall {
        let timestamp = String(now.milliseconds / 1_000)
        let date = now.civil().dateText
        let contentType = "application/json; charset=utf-8"
        let host = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init) ?? ""
        var input = SignatureInput(secret: secretKey, body: body, timestamp: timestamp)
        for (name, value) in [("date", date), ("service", "sms"), ("method", "POST"), ("uri", "/"), ("query", "")] {
            input.fields[name] = Array(value.utf8)
        }
        input.pairs["headers"] = [("content-type", contentType), ("host", host)]
        let authorization =
            "TC3-HMAC-SHA256 Credential=\(secretID)/\(date)/sms/tc3_request, SignedHeaders=content-type;host, "
            + "Signature=\(SignatureRecipe.tc3.sign(input))"
        return HTTPCall(
            url: url + "/",
            headers: [
                ("authorization", authorization), ("content-type", contentType), ("host", host),
                ("x-tc-action", action), ("x-tc-version", "2021-01-11"), ("x-tc-timestamp", timestamp),
                ("x-tc-region", region),
            ], body: body, timeout: timeout)
    }
}
