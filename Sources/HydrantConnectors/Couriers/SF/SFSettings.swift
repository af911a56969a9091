package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches SF's open platform and is reached by it.
package struct SFSettings: Sendable {
    /// Where SF writes the secret of a push, which its protocol does not sign.
    package enum TokenPlace: String, CaseIterable, Sendable {
        case path
        case query
    }

    var system: String
    /// The whole address of the one service that answers everything.
    var url: String
    var partnerID: String
    var checkWord: String
    var pushToken: String
    var tokenPlace: TokenPlace
    var monthlyCard: String
    var expressType: Int64
    var payMethod: Int64
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        partnerID = try settings.credential("partnerId")
        checkWord = try settings.credential("checkWord")
        pushToken = try settings.credential("pushToken")
        guard pushToken.utf8.count >= 16 else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "credentials.pushToken", message: "must have at least 16 characters")
        }
        let place = settings.option("pushTokenPlace", default: "path")
        guard let tokenPlace = TokenPlace(rawValue: place) else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "options.pushTokenPlace",
                message: "must be path or query, is '\(place)'")
        }
        self.tokenPlace = tokenPlace
        monthlyCard = settings.option("monthlyCard", default: "")
        expressType = try settings.number("expressTypeId", default: 1)
        payMethod = try settings.number("payMethod", default: 1)
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    /// The signed form of one call.
    func form(service: String, content: [UInt8], requestID: String, now: Instant) -> [UInt8] {
        let timestamp = String(now.milliseconds)
        let input = SignatureInput(secret: checkWord, body: content, timestamp: timestamp)
        let form = formEncoded([
            ("partnerID", partnerID), ("requestID", requestID), ("serviceCode", service), ("timestamp", timestamp),
            ("msgDigest", SignatureRecipe.encodedMD5.sign(input)),
            ("msgData", String(decoding: content, as: UTF8.self)),
        ])
        return Array(form.utf8)
    }
}

/// The operations that the hub uses.
enum SFService {
    static let create = "EXP_RECE_CREATE_ORDER"
    static let searchOrder = "EXP_RECE_SEARCH_ORDER_RESP"
    static let searchRoutes = "EXP_RECE_SEARCH_ROUTES"
}
