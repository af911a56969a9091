package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches SF's open platform and is reached by it.
package struct SFSettings: Sendable {
    /// Where SF writes the secret of a push, which its protocol does not sign.
    package enum TokenPlace: String, CaseIterable, Sendable {
        case path
        case query
    }

    /// How a call proves who sends it; as SF's console offers.
    enum Proof: String, CaseIterable {
        case standardMD5 = "md5"
        case sm3
        case oauth2
    }

    var system: String
    /// The whole address of the one service that answers everything.
    var url: String
    var partnerID: String
    var checkWord: String
    var proof: Proof
    /// Where tokens are fetched; only for OAuth2.
    var tokenURL: String
    var pushToken: String
    var tokenPlace: TokenPlace
    /// The answer to an order-state push, which SF's public documents do not show.
    var orderStateAcknowledgement: String
    var monthlyCard: String
    var expressType: Int64
    var payMethod: Int64
    /// What SF is asked for when an address changes.
    var interceptService: String
    /// Whether SF wants the last digits of the receiver's phone before it shows a route.
    var checksPhone: Bool
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        partnerID = try settings.credential("partnerId")
        checkWord = try settings.credential("checkWord")
        proof = Proof(rawValue: try settings.choice("signature", Proof.allCases.map(\.rawValue))) ?? .standardMD5
        tokenURL = proof == .oauth2 ? try settings.checkedURL(option: "tokenUrl") : ""
        pushToken = try settings.pushToken()
        let place = try settings.choice("pushTokenPlace", TokenPlace.allCases.map(\.rawValue))
        tokenPlace = TokenPlace(rawValue: place) ?? .path
        orderStateAcknowledgement = settings.option(
            "orderStateAcknowledgement", default: #"{"return_code":"0000","return_msg":"成功"}"#)
        monthlyCard = settings.option("monthlyCard", default: "")
        expressType = try settings.number("expressTypeId", default: 1)
        payMethod = try settings.number("payMethod", default: 1)
        interceptService = settings.option("interceptServiceCode", default: "2")
        checksPhone = try settings.truth("checkPhone", default: true)
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    /// The signed form of one call. With OAuth2 the token is put in when the call is made.
    func call(_ service: String, _ content: JSON, for request: InstructionRequest) -> CourierCall {
        let timestamp = String(request.now.milliseconds)
        let body = content.bytes
        var form: [(name: String, value: String)] = [
            ("partnerID", partnerID), ("requestID", request.callID(service)), ("serviceCode", service),
            ("timestamp", timestamp),
        ]
        let input = SignatureInput(secret: checkWord, body: body, timestamp: timestamp)
        switch proof {
        case .standardMD5: form.append(("msgDigest", SignatureRecipe.encodedMD5.sign(input)))
        case .sm3: form.append(("msgDigest", SignatureRecipe.timedSM3.sign(input)))
        case .oauth2: break
        }
        form.append(("msgData", String(decoding: body, as: UTF8.self)))
        return CourierCall(
            operation: service,
            call: HTTPCall(
                url: url, headers: [("content-type", "application/x-www-form-urlencoded;charset=UTF-8")],
                body: Array(formEncoded(form).utf8), timeout: timeout))
    }
}

/// The operations that the hub uses.
enum SFService {
    static let create = "EXP_RECE_CREATE_ORDER"
    static let searchOrder = "EXP_RECE_SEARCH_ORDER_RESP"
    static let updateOrder = "EXP_RECE_UPDATE_ORDER"
    static let intercept = "EXP_RECE_WANTED_INTERCEPT"
    static let searchRoutes = "EXP_RECE_SEARCH_ROUTES"
    static let registerRoute = "EXP_RECE_REGISTER_ROUTE"
}
