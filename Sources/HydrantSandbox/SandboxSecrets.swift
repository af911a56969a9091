import HydrantConnectorKit

/// What the hub and the outside world must know of each other. Made from the seed, because nothing here guards anything
/// real; only the two secrets of the hub's own interface are given.
package struct SandboxSecrets: Sendable {
    package var appKey = "sandbox-app"
    package var warehouseSecret: String
    package var customerID = "c-001"
    package var partnerID = "SANDBOX"
    package var checkWord: String
    package var pushToken: String
    package var customerSystemSecret: String
    package var financeSecret: String
    package var marketplaceSecret: String
    /// For `POST /v1/facts`: the bearer token, and the Standard Webhooks secret (`whsec_…`); empty sends unsigned.
    package var hubToken: String
    package var hubWebhookSecret: String

    package init(seed: UInt64, hubToken: String, hubWebhookSecret: String) {
        func made(_ name: String) -> [UInt8] { HashAlgorithm.sha256.digest(Array("\(seed) \(name)".utf8)) }
        warehouseSecret = hexadecimalText(made("warehouse").prefix(16))
        checkWord = hexadecimalText(made("courier").prefix(16))
        pushToken = hexadecimalText(made("courier push").prefix(16))
        customerSystemSecret = "whsec_" + base64Text(made("customers"))
        financeSecret = "whsec_" + base64Text(made("finance"))
        marketplaceSecret = "whsec_" + base64Text(made("marketplace"))
        self.hubToken = hubToken
        self.hubWebhookSecret = hubWebhookSecret
    }
}
