package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches JD Logistics' open platform and is reached by it.
package struct JDSettings: Sendable {
    var system: String
    var baseURL: String
    var appKey: String
    var appSecret: String
    /// Empty for partner applications.
    var accessToken: String
    var customerCode: String
    var pushToken: String
    /// The answer to a push, which JD's public documents do not show.
    var pushAcknowledgement: String
    /// `LOP-DN`: the solution that the application was granted.
    var domain: String
    var algorithm: String
    /// 0 consumer to consumer, 1 business to consumer, 2 consumer to business, 4 and 5 freight.
    var orderOrigin: Int64
    var productCode: String
    var settleType: Int64
    /// True where a repeated order number gives the first waybill, as JD's captured answers do.
    var repeatsToFind: Bool
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        baseURL = try settings.checkedBaseURL()
        appKey = try settings.credential("appKey")
        appSecret = try settings.credential("appSecret")
        accessToken = settings.optionalCredential("accessToken")
        customerCode = try settings.requiredOption("customerCode")
        pushToken = try settings.pushToken()
        pushAcknowledgement = settings.option("pushAcknowledgement", default: #"{"code":0,"success":true,"msg":"成功"}"#)
        domain = settings.option("domain", default: "ECAP")
        algorithm = try settings.choice("signAlgorithm", JDSignature.algorithms)
        orderOrigin = Int64(try settings.choice("orderOrigin", ["1", "0", "2", "4", "5"])) ?? 1
        productCode = settings.option("productCode", default: "ed-m-0001")
        settleType = try settings.number("settleType", default: 3)
        repeatsToFind = try settings.truth("repeatIsSafe", default: true)
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    /// The signed call of one operation: everything but the content stands in the query.
    func call(_ path: String, _ content: JSON, now: Instant) -> CourierCall {
        let body = content.bytes
        let timestamp = ChinaTime.text(now)
        let sign = JDSignature.recipe(algorithm).sign(
            SignatureInput(texts: [
                "secret": appSecret, "accessToken": accessToken, "appKey": appKey, "path": path,
                "body": String(decoding: body, as: UTF8.self), "timestamp": timestamp, "v": "2.0",
            ]))
        let query = formEncoded([
            ("LOP-DN", domain), ("app_key", appKey), ("access_token", accessToken), ("timestamp", timestamp),
            ("v", "2.0"), ("sign", sign), ("algorithm", algorithm),
        ])
        return CourierCall(
            operation: path,
            call: HTTPCall(
                url: "\(baseURL)\(path)?\(query)",
                headers: [("content-type", "application/json;charset=UTF-8"), ("lop-tz", "8")], body: body,
                timeout: timeout))
    }
}

/// The signatures of JD's gateway.
enum JDSignature {
    /// The algorithms as JD's console names them, the default first.
    static let algorithms = ["md5-salt", "HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512", "sm3-salt"]

    private static let text = SignatureTerm.list([
        .secret, .text("access_token"), .field("accessToken"), .text("app_key"), .field("appKey"), .text("method"),
        .field("path"), .text("param_json"), .body, .text("timestamp"), .timestamp, .text("v"), .field("v"), .secret,
    ])

    /// - Parameter algorithm: as JD's console names it; what is no name of it is taken for the default, salted MD5.
    static func recipe(_ algorithm: String) -> SignatureRecipe {
        switch algorithm {
        case "HMacMD5": SignatureRecipe([text], hash: .md5, isKeyed: true, form: .base64)
        case "HMacSHA1": SignatureRecipe([text], hash: .sha1, isKeyed: true, form: .base64)
        case "HMacSHA256": SignatureRecipe([text], hash: .sha256, isKeyed: true, form: .base64)
        case "HMacSHA512": SignatureRecipe([text], hash: .sha512, isKeyed: true, form: .base64)
        case "sm3-salt": SignatureRecipe([text], hash: .sm3, form: .lowerHexadecimal)
        default: SignatureRecipe([text], hash: .md5, form: .lowerHexadecimal)
        }
    }
}
