package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches Yunda's open platform.
package struct YundaSettings: Sendable {
    var system: String
    var baseURL: String
    var appKey: String
    var appSecret: String
    /// The waybill account: its number and its password, which stand in the content.
    var partnerID: String
    var partnerSecret: String
    /// One public client leaves the time header out.
    var sendsTime: Bool
    /// True where a repeated order number of ours gives the first waybill again or is refused, and never a second one.
    var repeatsToFind: Bool
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        baseURL = try settings.checkedBaseURL()
        appKey = try settings.credential("appKey")
        appSecret = try settings.credential("appSecret")
        partnerID = try settings.requiredOption("partnerId")
        partnerSecret = try settings.credential("partnerSecret")
        sendsTime = try settings.truth("sendsTime", default: true)
        repeatsToFind = try settings.truth("repeatIsSafe", default: true)
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    /// The signed call of one path.
    func call(_ path: String, _ content: [(String, JSON?)], now: Instant) -> CourierCall {
        let account: [(String, JSON?)] = [
            ("appid", .string(appKey)), ("partner_id", .string(partnerID)), ("secret", .string(partnerSecret)),
        ]
        let body = JSON.compact(account + content).bytes
        let sign = SignatureRecipe.underscoredMD5.sign(SignatureInput(secret: appSecret, body: body))
        var headers: [(name: String, value: String)] = [
            ("content-type", "application/json;charset=UTF-8"), ("app-key", appKey), ("sign", sign),
        ]
        if sendsTime { headers.append(("req-time", String(now.milliseconds))) }
        return CourierCall(
            operation: path, call: HTTPCall(url: baseURL + path, headers: headers, body: body, timeout: timeout))
    }
}
