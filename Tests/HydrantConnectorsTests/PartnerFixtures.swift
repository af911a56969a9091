import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

extension Sample {
    static let pushSecret = "0123456789abcdef"

    static func cainiaoSettings(_ options: [String: String] = [:]) -> ConnectorSettings {
        ConnectorSettings(
            system: "cainiao", kind: "cainiao", baseURL: "https://link.example.com/gateway/link.do",
            credentials: ["appSecret": "app-secret", "token": "merchant"],
            options: sender.merging(["courier": "ZTO"]) { $1 }.merging(options) { $1 })
    }

    static func kuaidi100Settings(_ options: [String: String] = [:]) -> ConnectorSettings {
        ConnectorSettings(
            system: "kuaidi100", kind: "kuaidi100", baseURL: "https://api.example.com",
            credentials: ["key": "K", "secret": "S", "customer": "C", "pushSecret": pushSecret, "partnerId": "P"],
            options: sender.merging(["courier": "ZTO", "hubUrl": "https://hub.example.com"]) { $1 }
                .merging(options) { $1 })
    }

    static func kdniaoSettings(_ options: [String: String] = [:]) -> ConnectorSettings {
        ConnectorSettings(
            system: "kdniao", kind: "kdniao", baseURL: "https://api.example.com",
            credentials: ["businessId": "1237100", "apiKey": "api-key"],
            options: sender.merging(["courier": "ZTO"]) { $1 }.merging(options) { $1 })
    }

    static let templates = [
        "signName": "沧源滤清器", "shippedTemplate": "SMS_1", "shippedVariables": "no=order,by=courier,waybill=number",
        "courierNames": "ZTO=中通快递", "warrantyTemplate": "SMS_3", "keeperTemplate": "SMS_2",
    ]

    static func aliyunSettings(_ options: [String: String] = [:]) -> ConnectorSettings {
        ConnectorSettings(
            system: "sms", kind: "aliyun-sms", baseURL: "https://dysmsapi.example.com",
            credentials: ["accessKeyId": "id", "accessKeySecret": "key", "receiptToken": pushSecret],
            options: templates.merging(options) { $1 })
    }

    static func tencentSettings(_ options: [String: String] = [:]) -> ConnectorSettings {
        ConnectorSettings(
            system: "sms", kind: "tencent-sms", baseURL: "https://sms.example.com",
            credentials: ["secretId": "id", "secretKey": "key", "receiptToken": pushSecret],
            options: templates.merging(["sdkAppId": "1400006666", "sessionContextReturned": "true"]) { $1 }
                .merging(options) { $1 })
    }

    /// An order whose parcel SO-1-1 has a live number of the channel.
    static func tracked(
        _ number: String, courier: String = "ZTO", channel: String, issued: [(InstructionKind, String)] = []
    ) -> Order {
        order(facts: [
            .trackingReported(Tracking(parcel: "SO-1-1", courier: courier, channel: channel, number: number))
        ])
    }

    /// The same order after the hub issued an instruction at a time.
    static func issued(_ request: InstructionRequest, at: Instant) -> InstructionRequest {
        var request = request
        request.order.evolve(
            Event(
                order: request.order.number, number: request.order.version + 1, recordedAt: at, settings: "test",
                body: .instructionIssued(request.instruction)))
        return request
    }

    static func partnerRequest(
        _ kind: InstructionKind, _ system: String, target: String = "SO-1-1", order: Order = Sample.order(),
        courier: String = "", receiver: Receiver? = receiver
    ) -> InstructionRequest {
        var request = request(kind, target: target, order: order, receiver: receiver)
        request.instruction.system = system
        request.instruction.courier = courier
        return request
    }

    static func keeperRequest(_ system: String = "sms", code: String = "K7Q2M9") -> InstructionRequest {
        var request = partnerRequest(.askKeeper, system)
        request.keeper = KeeperQuestion(
            name: Sensitive("李四"), phone: Sensitive("+86 139-0000-0042"), code: Sensitive(code))
        return request
    }
}

extension HTTPCall {
    var form: [(name: String, value: String)] { formDecoded(body) ?? [] }

    func field(_ name: String) -> String? { value(of: name, in: form) }

    func document(_ name: String) throws -> JSON { try JSON(text: field(name) ?? "") }
}

extension ReportedFact {
    var trace: Trace? { if case .traceReported(let trace) = body { trace } else { nil } }
}
