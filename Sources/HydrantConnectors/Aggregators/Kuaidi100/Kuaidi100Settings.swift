package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches Kuaidi100 and is reached by it.
package struct Kuaidi100Settings: Sendable {
    var system: String
    /// Waybills: the address before `/label/order`.
    var labelURL: String
    /// Traces, subscriptions and balances: the address before `/poll`.
    var pollURL: String
    var key: String
    var secret: String
    var customer: String
    /// Makes the salt of each subscription.
    var pushSecret: String
    /// Where Kuaidi100 reaches the hub; nil where nothing is to be pushed.
    var hubURL: String?
    var codes: CourierCodes
    /// With `reorder` false an order is answered with its first waybill for 48 hours.
    let repeatedOrder = RepeatedOrder("Kuaidi100", memory: .hours(48))
    var account: CourierAccount
    var payType: String
    var product: String
    var interceptPayType: String
    var sender: SenderAddress
    var timeout: Milliseconds

    /// The contract with the courier whose numbers are drawn.
    struct CourierAccount: Sendable {
        var partnerID: String
        var partnerKey: String
        var partnerSecret: String
        var net: String
        var code: String
    }

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        labelURL = try settings.checkedBaseURL()
        pollURL = try settings.addressIfAny("pollUrl") ?? labelURL
        hubURL = try settings.addressIfAny("hubUrl")
        key = try settings.credential("key")
        secret = try settings.credential("secret")
        customer = try settings.credential("customer")
        pushSecret = settings.optionalCredential("pushSecret")
        guard hubURL == nil || pushSecret.utf8.count >= 16 else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "credentials.pushSecret",
                message: "must have at least 16 characters where hubUrl is set")
        }
        codes = try CourierCodes(Kuaidi100Words.couriers, settings)
        account = CourierAccount(
            partnerID: settings.optionalCredential("partnerId"), partnerKey: settings.optionalCredential("partnerKey"),
            partnerSecret: settings.optionalCredential("partnerSecret"), net: settings.option("net", default: ""),
            code: settings.option("code", default: ""))
        payType = settings.option("payType", default: "SHIPPER")
        product = settings.option("expType", default: "标准快递")
        interceptPayType = settings.option("interceptPayType", default: "SHIPPER")
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    /// The signed form of a waybill call.
    func labelForm(_ method: Kuaidi100Method, content: [UInt8], now: Instant) -> [UInt8] {
        let time = String(now.milliseconds)
        var input = SignatureInput(secret: secret, body: content, timestamp: time)
        input.fields["key"] = Array(key.utf8)
        return form([
            ("method", method.rawValue), ("key", key), ("t", time), ("param", String(decoding: content, as: UTF8.self)),
            ("sign", SignatureRecipe.timedKeyMD5.sign(input)),
        ])
    }

    /// The signed form of a trace query.
    func queryForm(content: [UInt8]) -> [UInt8] {
        var input = SignatureInput(secret: "", body: content)
        input.fields["key"] = Array(key.utf8)
        input.fields["customer"] = Array(customer.utf8)
        return form([
            ("customer", customer), ("sign", SignatureRecipe.customerKeyMD5.sign(input)),
            ("param", String(decoding: content, as: UTF8.self)),
        ])
    }

    /// The form of a subscription; its content carries the key.
    func subscriptionForm(content: [UInt8]) -> [UInt8] {
        form([("schema", "json"), ("param", String(decoding: content, as: UTF8.self))])
    }

    private func form(_ pairs: [(name: String, value: String)]) -> [UInt8] { Array(formEncoded(pairs).utf8) }

    /// The salt of one parcel's subscription: a push that is signed with it was subscribed for this parcel.
    func salt(of parcel: String) -> String {
        let code = HashAlgorithm.sha256.authenticationCode(Array(parcel.utf8), key: Array(pushSecret.utf8))
        return String(hexadecimalText(code).prefix(32))
    }

    func isRight(_ sign: String, content: [UInt8], parcel: String) -> Bool {
        var input = SignatureInput(secret: "", body: content)
        input.fields["salt"] = Array(salt(of: parcel).utf8)
        return SignatureRecipe.saltedMD5.isRight(sign, for: input)
    }

    /// Where pushes about a parcel arrive.
    func pushURL(of parcel: String) -> String? { hubURL.map { "\($0)/push/\(system)/\(percentEncoded(parcel))" } }
}

/// The methods of a waybill call that the hub uses.
enum Kuaidi100Method: String, Sendable {
    case order
    case cancel
    case intercept = "interceptOrder"
    case balance = "getThirdInfo"
}
