import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Settings and requests of the couriers that are asked directly.
enum CourierSample {
    static let token = "0123456789abcdef"

    static func zto(_ options: [String: String] = [:]) -> ConnectorSettings {
        settings("zto", ["appKey": "zk", "appSecret": "zs"], options)
    }

    static func jd(_ options: [String: String] = [:]) -> ConnectorSettings {
        settings(
            "jd", ["appKey": "jk", "appSecret": "js", "accessToken": "jt", "pushToken": token],
            ["customerCode": "010K"].merging(options) { $1 })
    }

    static func yto(_ options: [String: String] = [:]) -> ConnectorSettings {
        var settings = settings(
            "yto", ["secret": "ys", "trackSecret": "yt"],
            ["suffix": "AB12", "customerCode": "K21", "trackCode": "K22"].merging(options) { $1 })
        settings.baseURL = "https://yto.example.com"
        return settings
    }

    static func sto(_ options: [String: String] = [:]) -> ConnectorSettings {
        settings("sto", ["appKey": "sk", "secret": "ss"], ["orderSource": "HUB"].merging(options) { $1 })
    }

    static func yunda(_ options: [String: String] = [:]) -> ConnectorSettings {
        settings(
            "yunda", ["appKey": "uk", "appSecret": "us", "partnerSecret": "up"],
            ["partnerId": "P9"].merging(options) { $1 })
    }

    private static func settings(
        _ system: String, _ credentials: [String: String], _ options: [String: String]
    ) -> ConnectorSettings {
        ConnectorSettings(
            system: system, kind: system, baseURL: "https://\(system).example.com/", credentials: credentials,
            options: Sample.sender.merging(options) { $1 })
    }

    static func connector(_ settings: ConnectorSettings, _ caller: any HTTPCaller) throws -> any Connector {
        try #require(try ConnectorCatalogue.systems([settings], caller: caller).connectors[settings.system])
    }

    static func receiver(_ settings: ConnectorSettings) throws -> any PushReceiver {
        let systems = try ConnectorCatalogue.systems([settings], caller: ScriptedCaller())
        return try #require(systems.receivers[settings.system])
    }

    static let create = Sample.request(.createWaybill, target: "SO-1-1")
    static let void = Sample.request(.voidWaybill, target: "SO-1-1#N1")
    static let readdress = Sample.request(.readdressWaybill, target: "SO-1-1#N1")
    static let subscribe = Sample.request(.subscribeTrace, target: "SO-1-1#N1")
    static let look = Sample.request(.findWaybill, target: "SO-1-1")

    /// A trace query of a parcel whose number is known to have come through the system.
    static func trace(_ system: String, number: String = "N1") -> InstructionRequest {
        let tracking = Tracking(parcel: "SO-1-1", courier: "X", channel: system, number: number)
        return Sample.request(
            .queryTrace, target: "SO-1-1@1795500000000", order: Sample.order(facts: [.trackingReported(tracking)]))
    }

    static func adopted(_ number: String) -> End {
        .done(["waybill/SO-1-1/\(number) = tracking.reported"], number)
    }

    static func voided(_ detail: String) -> End { .done(["void/SO-1-1/N1 = waybill.voided"], detail) }
}

extension InstructionResult {
    /// Of a refusal: whether the next channel is tried.
    var refusal: RefusalClass? { if case .refused(_, let kind) = self { kind } else { nil } }

    /// The statuses of the trace that was found, oldest first.
    var statuses: [TrackingStatus] {
        facts.flatMap { fact -> [TrackingStatus] in
            if case .traceReported(let trace) = fact.body { trace.scans.map(\.status) } else { [] }
        }
    }
}

extension PushContent {
    var scans: [Scan] {
        facts.flatMap { fact -> [Scan] in
            if case .traceReported(let trace) = fact.body { trace.scans } else { [] }
        }
    }
}

/// How a push is refused; nil when it is taken in.
func problem(_ receiver: any PushReceiver, _ push: Push) -> PushProblem? {
    do {
        _ = try receiver.receive(push)
        return nil
    } catch {
        return error
    }
}
