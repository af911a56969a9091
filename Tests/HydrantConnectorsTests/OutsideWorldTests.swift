import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Logging
import ServiceLifecycle
import Testing

/// Warehouse, couriers, aggregators and text services as one world.
@Suite struct OutsideWorldTests {
    private struct Scene {
        let clock = HandClock(Sample.now)
        let outside: OutsideWorld
        let hub: ListeningHub

        init() throws {
            let dock = LoadingDock()
            var faults = FaultPlan.none
            faults.slowMilliseconds = 1
            let world = try SandboxWorld(
                clock: clock, seed: 7, faults: faults, hub: "http://127.0.0.1:9",
                secrets: SandboxSecrets(
                    seed: 7, hubToken: ListeningHub.token, hubWebhookSecret: Sample.webhookSecret),
                dock: dock)
            outside = OutsideWorld(
                world: world,
                couriers: try DirectSandbox(clock: clock, seed: 7, hub: "http://127.0.0.1:9", dock: dock),
                partners: PartnerSandbox(clock: clock, seed: 7, hub: "http://127.0.0.1:9", dock: dock))
            hub = try ListeningHub(
                world.connectorSettings + outside.couriers.connectorSettings.filter { $0.system != "sf" },
                clock: clock)
        }

        func serve(_ body: @Sendable ([String: any Connector]) async throws -> Void) async throws {
            let servers = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: outside.makeServices().filter { !"\(type(of: $0))".hasSuffix("Driver") },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await servers.run() }
                await outside.waitUntilListening()
                let settings = await outside.connectorSettings
                let caller = EgressClient(allowedURLs: settings.flatMap(\.calledURLs))
                let connectors = try ConnectorCatalogue.systems(settings, caller: caller).connectors
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await body(connectors)) } catch { outcome = .failure(error) }
                await servers.triggerGracefulShutdown()
                try await group.waitForAll()
                try await caller.shutdown()
                try outcome.get()
            }
        }

        func pass(_ hours: Int) async {
            for _ in 0..<(hours * 6) {
                clock.advance(by: .minutes(10))
                await outside.world.advance(through: hub)
                await outside.couriers.advance(through: hub)
            }
        }
    }

    @Test func `every system has a name of its own and can be taken down`() async throws {
        let scene = try Scene()
        let systems = scene.outside.systems
        #expect(Set(systems).count == systems.count)
        #expect(Set(systems).isSuperset(of: ["wms", "sf", "zto", "yunda", "cainiao", "kdniao", "aliyun-sms"]))
        for system in systems {
            #expect(await scene.outside.outage(of: system) == nil)
            await scene.outside.setOutage(of: system, until: scene.clock.now() + .hours(2))
            #expect(await scene.outside.outage(of: system) == scene.clock.now() + .hours(2), "\(system)")
            await scene.outside.setOutage(of: system, until: nil)
            #expect(await scene.outside.outage(of: system) == nil)
        }
    }

    @Test func `the warehouse ships with the number of whoever told one, and only then the parcel travels`()
        async throws
    {
        let scene = try Scene()
        try await scene.serve { systems in
            let warehouse = try #require(systems["wms"])
            guard case .done = await warehouse.perform(Sample.request(.createDelivery, now: scene.clock.now())) else {
                Issue.record("no delivery")
                return
            }
            await scene.pass(6)
            // Packed long ago, and nobody has told a number.
            #expect(await scene.outside.world.deliveryStatus(of: "SO-1") == "PACKAGE")
            let zto = try #require(systems["zto"])
            var request = Sample.request(.createWaybill, target: "SO-1-1", now: scene.clock.now())
            let created = await zto.perform(request)
            let number = try #require(DirectScene.number(created))
            request.instruction = Instruction(
                key: "k", kind: .subscribeTrace, system: "zto", target: "SO-1-1#\(number)")
            _ = await zto.perform(request)
            await scene.pass(4)
            let numbers = scene.hub.facts.compactMap { fact -> String? in
                if case .trackingReported(let tracking) = fact.body { tracking.number } else { nil }
            }
            #expect(numbers == [number])
            let scans = scene.hub.facts.compactMap(\.trace).flatMap(\.scans)
            #expect(scans.isEmpty || scans.allSatisfy { $0.at > Sample.now + .hours(6) })
            await scene.pass(60)
            let all = scene.hub.facts.compactMap(\.trace).flatMap(\.scans)
            #expect(all.contains { $0.status == .signed })
        }
    }

    @Test func `a courier that is down pushes nothing until it is back`() async throws {
        let scene = try Scene()
        try await scene.serve { systems in
            let warehouse = try #require(systems["wms"])
            _ = await warehouse.perform(Sample.request(.createDelivery, now: scene.clock.now()))
            let sf = try #require(systems["sf"])
            _ = await sf.perform(Sample.request(.createWaybill, target: "SO-1-1", now: scene.clock.now()))
            await scene.outside.setOutage(of: "sf", until: scene.clock.now() + .hours(48))
            await scene.pass(40)
            #expect(scene.hub.facts.compactMap(\.trace).isEmpty)
            await scene.pass(40)
            #expect(scene.hub.facts.compactMap(\.trace).flatMap(\.scans).contains { $0.status == .signed })
        }
    }
}
