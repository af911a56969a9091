package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches STO's open platform and verifies its pushes.
package struct STOSettings: Sendable {
    /// Whom a call is for at STO: the names come with each granted interface.
    struct Addressee: Sendable {
        var api: String
        var key: String
        var code: String
    }

    var system: String
    var url: String
    var appKey: String
    var code: String
    var secret: String
    var create: Addressee
    var cancel: Addressee
    var intercept: Addressee
    var track: Addressee
    var subscribe: Addressee
    var orderSource: String
    var orderType: String
    var billType: String
    var siteCode: String
    var customerName: String
    var sitePassword: String
    var monthCustomerCode: String
    /// The answer to a push, which STO's public documents do not show.
    var pushAcknowledgement: String
    /// True where STO has confirmed that a repeated order number of ours gives the first waybill again.
    var repeatsToFind: Bool
    /// How many waybills one question for routes names.
    var routesPerCall: Int
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        appKey = try settings.credential("appKey")
        secret = try settings.credential("secret")
        code = settings.option("code", default: appKey)
        create = Self.addressee("create", "OMS_EXPRESS_ORDER_CREATE", "sto_oms", settings)
        cancel = Self.addressee("cancel", "EDI_MODIFY_ORDER_CANCEL", "edi_modify_order", settings)
        intercept = Self.addressee("intercept", "INTERCEPT_CREATE_STANDARD", "intercept_service", settings)
        track = Self.addressee("track", "STO_TRACE_QUERY_COMMON", "sto_trace_query", settings)
        subscribe = Self.addressee("subscribe", "STO_TRACE_PLATFORM_SUBSCRIBE", "sto_trace_platform", settings)
        orderSource = try settings.requiredOption("orderSource")
        orderType = settings.option("orderType", default: "01")
        billType = settings.option("billType", default: "00")
        siteCode = settings.option("siteCode", default: "")
        customerName = settings.option("customerName", default: "")
        sitePassword = settings.optionalCredential("sitePassword")
        monthCustomerCode = settings.option("monthCustomerCode", default: "")
        pushAcknowledgement = settings.option(
            "pushAcknowledgement", default: #"{"success":"true","errorCode":"","errorMsg":""}"#)
        repeatsToFind = try settings.truth("repeatIsSafe", default: false)
        routesPerCall = max(1, Int(try settings.number("routesPerCall", default: 10)))
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    private static func addressee(
        _ name: String, _ api: String, _ key: String, _ settings: ConnectorSettings
    ) -> Addressee {
        Addressee(
            api: api, key: settings.option("\(name)ToAppkey", default: key),
            code: settings.option("\(name)ToCode", default: settings.option("\(name)ToAppkey", default: key)))
    }

    /// The signed form of one call.
    func call(_ addressee: Addressee, _ content: JSON) -> CourierCall {
        let text = content.text
        let digest = SignatureRecipe.trailingSecretMD5.sign(SignatureInput(secret: secret, body: Array(text.utf8)))
        let form = formEncoded([
            ("api_name", addressee.api), ("content", text), ("from_appkey", appKey), ("from_code", code),
            ("to_appkey", addressee.key), ("to_code", addressee.code), ("data_digest", digest),
        ])
        return CourierCall(
            operation: addressee.api,
            call: HTTPCall(
                url: url, headers: [("content-type", "application/x-www-form-urlencoded;charset=UTF-8")],
                body: Array(form.utf8), timeout: timeout))
    }
}
