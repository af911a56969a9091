package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches KDNiao and is reached by it.
package struct KDNiaoSettings: Sendable {
    var system: String
    /// The address before the paths of the operations.
    var url: String
    /// The one path of the sandbox's gateway; empty in production, where each operation has its own.
    var gatewayPath: String
    var businessID: String
    var apiKey: String
    /// The contract with the courier whose numbers are drawn.
    var customerName: String
    var customerPassword: String
    var monthCode: String
    var codes: CourierCodes
    var repeatedOrder: RepeatedOrder
    var payType: Int64
    var product: Int64
    /// 1002, or 8001 where "query plus" was bought.
    var queryType: String
    /// 1008, or 8008 where "subscribe plus" was bought.
    var subscriptionType: String
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        gatewayPath = settings.option("gatewayPath", default: "")
        guard gatewayPath.isEmpty || gatewayPath.hasPrefix("/") else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "options.gatewayPath", message: "must begin with /")
        }
        businessID = try settings.credential("businessId")
        apiKey = try settings.credential("apiKey")
        customerName = settings.optionalCredential("customerName")
        customerPassword = settings.optionalCredential("customerPassword")
        monthCode = settings.optionalCredential("monthCode")
        codes = try CourierCodes(KDNiaoWords.couriers, settings)
        repeatedOrder = try RepeatedOrder("KDNiao", settings, isSafe: true)
        payType = try settings.number("payType", default: 1)
        product = try settings.number("expType", default: 1)
        queryType = settings.option("queryType", default: "1002")
        subscriptionType = settings.option("subscriptionType", default: "1008")
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    func address(of service: KDNiaoService) -> String { url + (gatewayPath.isEmpty ? service.path : gatewayPath) }

    /// The signed form of one call. Each value is encoded once, by the form itself.
    func form(type: String, content: [UInt8]) -> [UInt8] {
        let form = formEncoded([
            ("RequestData", String(decoding: content, as: UTF8.self)), ("EBusinessID", businessID),
            ("RequestType", type), ("DataSign", sign(content)), ("DataType", "2"),
        ])
        return Array(form.utf8)
    }

    func sign(_ content: [UInt8]) -> String {
        SignatureRecipe.trailingSecretMD5Hexadecimal.sign(SignatureInput(secret: apiKey, body: content))
    }

    func isRight(_ sign: String, content: [UInt8]) -> Bool {
        let input = SignatureInput(secret: apiKey, body: content)
        return SignatureRecipe.trailingSecretMD5Hexadecimal.isRight(sign, for: input)
    }
}

/// The operations that the hub uses, by what they are called under.
enum KDNiaoService: Sendable {
    case waybill
    case trace
    case subscription

    var path: String {
        switch self {
        case .waybill: "/api/Eorderservice"
        case .trace: "/Ebusiness/EbusinessOrderHandle.aspx"
        case .subscription: "/api/dist"
        }
    }
}
