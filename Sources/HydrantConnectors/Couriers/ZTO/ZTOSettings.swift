package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches ZTO's open platform and verifies its pushes.
package struct ZTOSettings: Sendable {
    /// What ZTO's console offers for an application.
    enum Algorithm: String, CaseIterable {
        case md5
        case sha256
        case hmacSHA256 = "hmac-sha256"
    }

    var system: String
    var baseURL: String
    var appKey: String
    var appSecret: String
    /// `x-appKey` today, `x-companyid` in the vendor's older SDKs.
    var keyHeader: String
    var recipe: SignatureRecipe
    /// Sent only where the console demands it: a timestamp that is not expected breaks the signature.
    var sendsTimestamp: Bool
    var accountID: String
    var accountPassword: String
    var customerID: String
    /// 1 a full-network order, 2 a pre-order with number, 3 one without.
    var orderType: String
    /// True where ZTO has confirmed that a repeated order number of ours gives the first waybill again.
    var repeatsToFind: Bool
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        baseURL = try settings.checkedBaseURL()
        appKey = try settings.credential("appKey")
        appSecret = try settings.credential("appSecret")
        keyHeader = try settings.choice("keyHeader", ["x-appKey", "x-companyid"])
        let algorithm = Algorithm(rawValue: try settings.choice("signAlgorithm", Algorithm.allCases.map(\.rawValue)))
        let isHexadecimal = try settings.choice("signForm", ["base64", "hex"]) == "hex"
        recipe = Self.recipe(algorithm ?? .md5, form: isHexadecimal ? .lowerHexadecimal : .base64)
        sendsTimestamp = try settings.truth("signTimestamp", default: false)
        accountID = settings.option("accountId", default: "")
        accountPassword = settings.optionalCredential("accountPassword")
        customerID = settings.option("customerId", default: "")
        orderType = try settings.choice("orderType", ["2", "1", "3"])
        repeatsToFind = try settings.truth("repeatIsSafe", default: false)
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    static func recipe(_ algorithm: Algorithm, form: SignatureForm) -> SignatureRecipe {
        switch algorithm {
        case .md5: SignatureRecipe([.timestamp, .body, .secret], hash: .md5, form: form)
        case .sha256: SignatureRecipe([.timestamp, .body, .secret], hash: .sha256, form: form)
        case .hmacSHA256: SignatureRecipe([.timestamp, .body], hash: .sha256, isKeyed: true, form: form)
        }
    }

    /// The signed call of one operation.
    func call(_ operation: String, _ content: JSON, now: Instant) -> CourierCall {
        let body = content.bytes
        let timestamp = sendsTimestamp ? String(now.milliseconds) : ""
        let digest = recipe.sign(SignatureInput(secret: appSecret, body: body, timestamp: timestamp))
        var headers: [(name: String, value: String)] = [
            ("content-type", "application/json;charset=UTF-8"), (keyHeader, appKey), ("x-datadigest", digest),
        ]
        if sendsTimestamp { headers.append(("x-timestamp", timestamp)) }
        return CourierCall(
            operation: operation,
            call: HTTPCall(url: "\(baseURL)/\(operation)", headers: headers, body: body, timeout: timeout))
    }
}
