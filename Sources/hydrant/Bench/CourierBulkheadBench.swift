import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantEngine
import HydrantSandbox

/// What one courier that hangs for ever costs the others: six couriers with their own protocols on the loopback
/// address, a sixth of the parcels at each, the same load twice, once with all of them answering and once with one of
/// them silent. Only the parcels of the other five are measured, so that both runs measure the same.
struct CourierBulkheadBench {
    let directory: String
    let seconds: Double
    /// Any of them; the first has an access token to fetch beside.
    private static let hanging = DirectCourier.allCases[1]

    func run() async throws -> [BenchFigure] {
        try await BulkheadLoad.figures(
            calm: "p99 from order to a waybill's number, all couriers well",
            hanging: "p99 from order to a waybill's number, another courier hanging", percentile99)
    }

    private func percentile99(isHanging: Bool) async throws -> Double {
        let clock = SystemClock()
        let sandbox = try DirectSandbox(clock: clock, seed: 1)
        if isHanging { await sandbox.setOutage(of: Self.hanging.rawValue, until: clock.now() + .hours(24)) }
        let load = BulkheadLoad(
            database: "\(directory)/bench-couriers.sqlite", seconds: seconds, settings: Self.settings,
            receiver: Receiver(
                name: "张三", phone: "13800000041", province: "广东省", city: "深圳市", district: "南山区",
                address: "科技园 1 号"),
            isTimed: { $0 != Self.hanging.rawValue },
            order: { index in
                let courier = DirectCourier.allCases[index % DirectCourier.allCases.count]
                let header = OrderHeader(
                    warehouse: courier.rawValue, payableMinor: 1_000,
                    lines: [Line(id: "1", sku: "A", name: "滤清器", priceMinor: 1_000)])
                return (header, courier != Self.hanging)
            })
        let settings = sandbox.connectorSettings
        let egress = EgressClient(allowedURLs: settings.flatMap(\.calledURLs))
        let result = try await load.percentile99(
            try buildSystems(settings, caller: egress).connectors.values, outside: sandbox.makeServices(),
            waitUntilListening: sandbox.waitUntilListening)
        try await egress.shutdown()
        return result
    }

    /// A warehouse for each courier, without a backup: what the hanging one does not take is no load for the others.
    private static var settings: Settings {
        let flow = Flow(
            steps: Flow.watching.steps,
            requests: [Flow.Request(afterState: 1, kind: .createWaybill, system: hanging.rawValue)])
        var settings = Settings(version: "bench", flow: flow)
        settings.dispatch.chains = DirectCourier.allCases.map { courier in
            DispatchSettings.Chain(
                warehouse: courier.rawValue, courier: courier.rawValue, channels: [courier.rawValue])
        }
        return settings
    }
}
