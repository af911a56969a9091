package import HydrantConnectorKit
import HydrantCore

/// How the hub and one warehouse system speak Qimen with each other, in both directions.
package struct QimenSettings: Sendable {
    package enum SignMethod: String, CaseIterable, Sendable {
        case md5
        case hmac
        case hmacSHA256 = "hmac-sha256"

        var recipe: SignatureRecipe {
            switch self {
            case .md5: .wrappedMD5WithBody
            case .hmac: .keyedMD5WithBody
            case .hmacSHA256: .keyedSHA256WithBody
            }
        }
    }

    var system: String
    /// The whole address up to the query.
    var url: String
    var appKey: String
    var secret: String
    var customerID: String
    var version: String
    var signMethod: SignMethod
    var ownerCode: String
    /// Where the order names no warehouse.
    var warehouseCode: String
    var logisticsCode: String
    var sender: SenderAddress
    var timeout: Milliseconds
    /// How far the timestamp of a push may be from now.
    var clockTolerance: Milliseconds
    /// True where the warehouse's SIGN is taken as the buyer's signature.
    var trustsSign: Bool

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        appKey = try settings.credential("appKey")
        secret = try settings.credential("secret")
        customerID = try settings.credential("customerId")
        version = settings.option("version", default: "2.0")
        let method = settings.option("signMethod", default: "md5")
        guard let signMethod = SignMethod(rawValue: method) else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "options.signMethod",
                message: "must be one of \(SignMethod.allCases.map(\.rawValue).joined(separator: ", ")), is '\(method)'"
            )
        }
        self.signMethod = signMethod
        ownerCode = settings.option("ownerCode", default: "")
        warehouseCode = settings.option("warehouseCode", default: "OTHER")
        logisticsCode = settings.option("logisticsCode", default: "SF")
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
        clockTolerance = .seconds(try settings.number("clockToleranceSeconds", default: 600))
        trustsSign = settings.option("trustsSign", default: "false") == "true"
    }

    /// The query of one call, signed over the exact body.
    func query(method: String, body: [UInt8], now: Instant) -> String {
        var pairs: [(name: String, value: String)] = [
            ("method", method), ("timestamp", ChinaTime.text(now)), ("format", "xml"), ("app_key", appKey),
            ("v", version), ("sign_method", signMethod.rawValue), ("customerId", customerID),
        ]
        let input = SignatureInput(secret: secret, pairs: pairs, body: body)
        pairs.append(("sign", signMethod.recipe.sign(input)))
        return formEncoded(pairs)
    }
}
