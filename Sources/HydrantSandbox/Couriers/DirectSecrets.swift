package import HydrantConnectorKit

/// What the hub and the played couriers must know of each other. Made from the seed, because nothing here guards
/// anything real.
struct DirectSecrets: Sendable {
    let partnerID = "SANDBOX"
    let appKey = "sandbox-app"
    let customerCode = "010K000000"
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    func secret(_ courier: DirectCourier, _ purpose: String = "") -> String {
        let text = "\(seed) direct \(courier.rawValue) \(purpose)"
        return hexadecimalText(HashAlgorithm.sha256.digest(Array(text.utf8)).prefix(16))
    }
}

extension DirectSandbox {
    /// The hub's settings that fit these couriers; each system is named like its kind.
    package nonisolated var connectorSettings: [ConnectorSettings] { DirectCourier.allCases.map { settings(of: $0) } }

    /// - Parameter options: in the place of, or beside, the options of ``connectorSettings``.
    package nonisolated func settings(
        of courier: DirectCourier, options: [String: String] = [:]
    ) -> ConnectorSettings {
        let own = credentialsAndOptions(of: courier)
        let common = [
            "senderName": "沧源滤清器仓", "senderPhone": "4000000000", "senderProvince": "河北省", "senderCity": "廊坊市",
            "senderDistrict": "广阳区", "senderAddress": "物流园 1 号",
            "timeoutMilliseconds": String(pace.callTimeoutMilliseconds),
        ]
        let path = courier == .sto ? "/gateway/link.do" : courier == .sf ? "/std/service" : ""
        return ConnectorSettings(
            system: courier.rawValue, kind: courier.rawValue,
            baseURL: "http://127.0.0.1:\(port)/\(courier.rawValue)\(path)", credentials: own.credentials,
            options: common.merging(own.options) { $1 }.merging(options) { $1 })
    }

    private nonisolated func credentialsAndOptions(
        of courier: DirectCourier
    ) -> (credentials: [String: String], options: [String: String]) {
        let secret = secrets.secret(courier)
        let push = secrets.secret(courier, "push")
        return switch courier {
        case .sf:
            (
                ["partnerId": secrets.partnerID, "checkWord": secret, "pushToken": push],
                ["monthlyCard": "7551234567", "tokenUrl": "http://127.0.0.1:\(port)/sf/oauth2/accessToken"]
            )
        case .zto: (["appKey": secrets.appKey, "appSecret": secret], ["customerId": "C1"])
        case .jd:
            (
                [
                    "appKey": secrets.appKey, "appSecret": secret, "accessToken": secrets.secret(courier, "token"),
                    "pushToken": push,
                ], ["customerCode": secrets.customerCode]
            )
        case .yto: (["secret": secret], ["suffix": "SBX1", "customerCode": "K210000000"])
        case .sto: (["appKey": secrets.appKey, "secret": secret], ["orderSource": "HUB", "siteCode": "666666"])
        case .yunda:
            (
                ["appKey": secrets.appKey, "appSecret": secret, "partnerSecret": secrets.secret(courier, "partner")],
                ["partnerId": secrets.partnerID]
            )
        }
    }
}
