package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches YTO's open platform. YTO issues the address' last parts and the secret for each interface.
package struct YTOSettings: Sendable {
    /// What stands for one interface in the address and in the signature.
    struct Interface: Sendable {
        var method: String
        var version: String
        var suffix: String
        var customerCode: String
        var secret: String
    }

    var system: String
    var baseURL: String
    var create: Interface
    var cancel: Interface
    var track: Interface
    var subscribe: Interface
    var productCode: String
    /// True where YTO has confirmed that a repeated order number of ours gives the first waybill again.
    var repeatsToFind: Bool
    var sender: SenderAddress
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        baseURL = try settings.checkedBaseURL()
        create = try Self.interface("create", "privacy_create_adapter", settings)
        cancel = try Self.interface("cancel", "korder_cancel_adapter", settings)
        track = try Self.interface("track", "track_query_adapter", settings)
        subscribe = try Self.interface("subscribe", "subscribe_adapter", settings)
        productCode = settings.option("productCode", default: "")
        repeatsToFind = try settings.truth("repeatIsSafe", default: false)
        sender = SenderAddress(settings)
        timeout = try settings.timeout()
    }

    /// `createSecret`, `createSuffix`, `createCode`, …; `secret`, `suffix` and `customerCode` stand for those that are
    /// not there.
    private static func interface(
        _ name: String, _ method: String, _ settings: ConnectorSettings
    ) throws(ConnectorSettingsProblem) -> Interface {
        let own = settings.optionalCredential("\(name)Secret")
        let secret = own.isEmpty ? try settings.credential("secret") : own
        let suffix = settings.options["\(name)Suffix"] ?? settings.options["suffix"] ?? ""
        let code = settings.options["\(name)Code"] ?? settings.options["customerCode"] ?? ""
        guard !suffix.isEmpty, !code.isEmpty else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: suffix.isEmpty ? "options.\(name)Suffix" : "options.\(name)Code",
                message: "is required (YTO shows it in the address of the interface)")
        }
        return Interface(
            method: method, version: settings.option("\(name)Version", default: "v1"), suffix: suffix,
            customerCode: code, secret: secret)
    }

    /// The signed call of one interface.
    func call(_ interface: Interface, _ content: JSON, now: Instant) -> CourierCall {
        let param = content.text
        let sign = SignatureRecipe.methodMD5.sign(
            SignatureInput(texts: [
                "body": param, "method": interface.method, "version": interface.version, "secret": interface.secret,
            ]))
        let document: JSON = [
            "timestamp": .string(String(now.milliseconds)), "param": .string(param), "format": "JSON",
            "sign": .string(sign),
        ]
        let path = [interface.method, interface.version, interface.suffix, interface.customerCode]
        return CourierCall(
            operation: interface.method,
            call: HTTPCall(
                url: "\(baseURL)/open/\(path.joined(separator: "/"))",
                headers: [("content-type", "application/json;charset=UTF-8")], body: document.bytes, timeout: timeout))
    }
}
