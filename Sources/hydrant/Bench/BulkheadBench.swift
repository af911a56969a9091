import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantEngine
import HydrantSandbox

/// What one system that hangs for ever costs another: real servers on the loopback address, the same load twice, once
/// with both systems answering and once with one of them silent and everything for it waiting.
struct BulkheadBench {
    let directory: String
    let seconds: Double

    func run() async throws -> [BenchFigure] {
        try await BulkheadLoad.figures(
            calm: "p99 from order to finance's answer, all systems well",
            hanging: "p99 from order to finance's answer, CRM hanging", percentile99)
    }

    private func percentile99(isHanging: Bool) async throws -> Double {
        let clock = SystemClock()
        let secret = "whsec_" + base64Text(Array(repeating: 9, count: 32))
        let world = try SandboxWorld(
            clock: clock, seed: 1, faults: .none, hub: "http://127.0.0.1:1",
            secrets: SandboxSecrets(seed: 1, hubToken: "", hubWebhookSecret: secret))
        if isHanging { await world.setOutage(of: "crm", until: clock.now() + .hours(24)) }
        let flow = Flow(
            steps: Flow.watching.steps,
            requests: [
                Flow.Request(afterState: 1, kind: .checkCredit, system: "crm"),
                Flow.Request(afterState: 1, kind: .issueInvoice, system: "finance"),
            ])
        let load = BulkheadLoad(
            database: "\(directory)/bench-bulkhead.sqlite", seconds: seconds,
            settings: Settings(version: "bench", flow: flow), isTimed: { $0 == "finance" },
            order: { _ in
                (OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A", priceMinor: 1_000)]), true)
            })
        let egress = EgressClient(allowedURLs: world.connectorSettings.map(\.baseURL))
        let result = try await load.percentile99(
            try buildSystems(world.connectorSettings, caller: egress).connectors.values,
            outside: world.makeServices(), waitUntilListening: world.waitUntilListening)
        try await egress.shutdown()
        return result
    }
}
