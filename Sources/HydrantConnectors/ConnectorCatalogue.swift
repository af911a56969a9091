package import HydrantConnectorKit
package import HydrantCore

/// Every kind of outside system that the hub can speak to, and how one is built from its settings.
package enum ConnectorCatalogue {
    /// The names that `kind` of the settings may have.
    package static let kinds = Builder.allCases.map(\.rawValue)

    /// The connectors and the push receivers, by system.
    package struct Systems: Sendable {
        package var connectors: [String: any Connector] = [:]
        package var receivers: [String: any PushReceiver] = [:]
        /// How often systems may be called, for those whose settings say so.
        package var quotas: [String: ChannelQuota] = [:]
        /// How long one call to each system may take at most.
        package var timeLimits: [String: Milliseconds] = [:]
        /// The channels that sell waybill numbers in advance.
        package var numberStocks: [String: any NumberStock] = [:]
    }

    /// Builds every system of the settings.
    /// - Throws: the first thing that is wrong with the settings, in words for the person who wrote them.
    package static func systems(
        _ settings: [ConnectorSettings], caller: any HTTPCaller
    ) throws(ConnectorSettingsProblem) -> Systems {
        var systems = Systems()
        for one in settings {
            guard systems.connectors[one.system] == nil else {
                throw ConnectorSettingsProblem(system: one.system, field: "system", message: "is there twice")
            }
            guard let builder = Builder(rawValue: one.kind) else {
                throw ConnectorSettingsProblem(
                    system: one.system, field: "kind",
                    message: "must be one of \(kinds.joined(separator: ", ")), is '\(one.kind)'")
            }
            try builder.build(one, caller: caller, into: &systems)
            systems.quotas[one.system] = try ChannelQuota(one)
            systems.timeLimits[one.system] = try one.timeout()
        }
        return systems
    }

    private enum Builder: String, CaseIterable {
        case qimen
        case sf
        case zto
        case jd
        case yto
        case sto
        case yunda
        case cainiao
        case kuaidi100
        case kdniao
        case aliyunSMS = "aliyun-sms"
        case tencentSMS = "tencent-sms"
        case asterisk = "asterisk-ari"
        case twilio
        case crm = "generic-crm"
        case finance = "generic-finance"
        case shop = "generic-shop"

        func build(
            _ settings: ConnectorSettings, caller: any HTTPCaller, into systems: inout Systems
        ) throws(ConnectorSettingsProblem) {
            switch self {
            case .qimen:
                let qimen = try QimenSettings(settings)
                systems.connectors[settings.system] = QimenProxy(settings: qimen, caller: caller)
                systems.receivers[settings.system] = QimenPushReceiver(settings: qimen)
            case .sf:
                let sf = try SFSettings(settings)
                systems.connectors[settings.system] = SFProxy(settings: sf, caller: caller)
                systems.receivers[settings.system] = SFPushReceiver(settings: sf)
            case .zto:
                let zto = try ZTOSettings(settings)
                let proxy = ZTOProxy(settings: zto, caller: caller)
                systems.connectors[settings.system] = proxy
                systems.receivers[settings.system] = ZTOPushReceiver(settings: zto)
                systems.numberStocks[settings.system] = proxy
            case .jd:
                let jd = try JDSettings(settings)
                systems.connectors[settings.system] = JDProxy(settings: jd, caller: caller)
                systems.receivers[settings.system] = JDPushReceiver(settings: jd)
            case .yto:
                systems.connectors[settings.system] = YTOProxy(settings: try YTOSettings(settings), caller: caller)
            case .sto:
                let sto = try STOSettings(settings)
                systems.connectors[settings.system] = STOProxy(settings: sto, caller: caller)
                systems.receivers[settings.system] = STOPushReceiver(settings: sto)
            case .yunda:
                let proxy = YundaProxy(settings: try YundaSettings(settings), caller: caller)
                systems.connectors[settings.system] = proxy
                systems.numberStocks[settings.system] = proxy
            case .cainiao, .kuaidi100, .kdniao: try buildAggregator(settings, caller: caller, into: &systems)
            case .aliyunSMS, .tencentSMS: try buildMessenger(settings, caller: caller, into: &systems)
            case .asterisk:
                systems.connectors[settings.system] = AsteriskProxy(
                    settings: try AsteriskSettings(settings), caller: caller)
            case .twilio:
                let twilio = try TwilioSettings(settings)
                systems.connectors[settings.system] = TwilioProxy(settings: twilio, caller: caller)
                systems.receivers[settings.system] = TwilioPushReceiver(settings: twilio)
            case .crm: systems.connectors[settings.system] = try GenericProxy.crm(settings, caller: caller)
            case .finance: systems.connectors[settings.system] = try GenericProxy.finance(settings, caller: caller)
            case .shop: systems.connectors[settings.system] = try GenericProxy.shop(settings, caller: caller)
            }
        }

        private func buildAggregator(
            _ settings: ConnectorSettings, caller: any HTTPCaller, into systems: inout Systems
        ) throws(ConnectorSettingsProblem) {
            switch self {
            case .cainiao:
                let cainiao = try CainiaoSettings(settings)
                let proxy = CainiaoProxy(settings: cainiao, caller: caller)
                systems.connectors[settings.system] = proxy
                systems.receivers[settings.system] = CainiaoPushReceiver(settings: cainiao)
                systems.numberStocks[settings.system] = proxy
            case .kuaidi100:
                let kuaidi100 = try Kuaidi100Settings(settings)
                let proxy = Kuaidi100Proxy(settings: kuaidi100, caller: caller)
                systems.connectors[settings.system] = proxy
                systems.numberStocks[settings.system] = proxy
                systems.receivers[settings.system] = Kuaidi100PushReceiver(settings: kuaidi100)
            default:
                let kdniao = try KDNiaoSettings(settings)
                let proxy = KDNiaoProxy(settings: kdniao, caller: caller)
                systems.connectors[settings.system] = proxy
                systems.numberStocks[settings.system] = proxy
                systems.receivers[settings.system] = KDNiaoPushReceiver(settings: kdniao)
            }
        }

        private func buildMessenger(
            _ settings: ConnectorSettings, caller: any HTTPCaller, into systems: inout Systems
        ) throws(ConnectorSettingsProblem) {
            if self == .aliyunSMS {
                let aliyun = try AliyunSMSSettings(settings)
                systems.connectors[settings.system] = AliyunSMSProxy(settings: aliyun, caller: caller)
                systems.receivers[settings.system] = AliyunSMSReceiver(settings: aliyun)
            } else {
                let tencent = try TencentSMSSettings(settings)
                systems.connectors[settings.system] = TencentSMSProxy(settings: tencent, caller: caller)
                systems.receivers[settings.system] = TencentSMSReceiver(settings: tencent)
            }
        }
    }
}
