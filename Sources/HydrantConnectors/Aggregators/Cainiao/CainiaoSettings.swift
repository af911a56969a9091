package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches Cainiao's LINK gateway.
package struct CainiaoSettings: Sendable {
    var system: String
    /// The whole address of the gateway.
    var url: String
    var appSecret: String
    /// The merchant's authorisation, sent as `logistic_provider_id`.
    var token: String
    /// Whether Cainiao was told where the hub takes in traces, so that subscribing to them is of use.
    var pushes: Bool
    /// The application's code in trace queries; empty where none was granted.
    var appCode: String
    /// The resource's authorisation for traces, where it differs from that for waybills.
    var traceToken: String
    var codes: CourierCodes
    var repeatedOrder: RepeatedOrder
    /// The shop platform that the order came from, in Cainiao's words.
    var orderChannel: String
    var templateURL: String
    var customerCode: String
    var storeCode: String
    var resourceCode: String
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        appSecret = try settings.credential("appSecret")
        token = try settings.credential("token")
        let traces = settings.optionalCredential("traceToken")
        traceToken = traces.isEmpty ? token : traces
        pushes = try settings.truth("pushes", default: false)
        appCode = settings.option("appCode", default: "")
        codes = try CourierCodes(CainiaoWords.couriers, settings)
        repeatedOrder = try RepeatedOrder("Cainiao", settings, isSafe: false)
        orderChannel = settings.option("orderChannel", default: "OTHERS")
        templateURL = settings.option("templateUrl", default: "")
        customerCode = settings.option("customerCode", default: "")
        storeCode = settings.option("storeCode", default: "")
        resourceCode = settings.option("resourceCode", default: "")
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    /// The signed form of one call.
    func form(_ service: CainiaoService, content: [UInt8]) -> [UInt8] {
        let digest = SignatureRecipe.trailingSecretMD5.sign(SignatureInput(secret: appSecret, body: content))
        var pairs: [(name: String, value: String)] = [
            ("msg_type", service.rawValue), ("logistic_provider_id", service.isAboutTraces ? traceToken : token),
        ]
        if service.isAboutTraces { pairs.append(("to_code", "CNTECH_LV")) }
        pairs += [("data_digest", digest), ("logistics_interface", String(decoding: content, as: UTF8.self))]
        return Array(formEncoded(pairs).utf8)
    }
}

/// The operations that the hub uses.
enum CainiaoService: String, Sendable {
    case create = "TMS_WAYBILL_GET"
    case change = "TMS_WAYBILL_UPDATE"
    case discard = "TMS_WAYBILL_DISCARD"
    case subscriptions = "TMS_WAYBILL_SUBSCRIPTION_QUERY"
    case trace = "CNTECH_LV_LOGISTICS_DETAIL_GET"
    case subscribe = "CNTECH_LV_LOGISTICS_DETAIL_SUBSCRIBE"

    /// Traces are a resource of their own.
    var isAboutTraces: Bool { self == .trace || self == .subscribe }
}
