import HydrantConnectorKit
import HydrantCore
import HydrantSandbox
import Testing

/// Systems of the sandbox that are taken down, called by the real connectors over real sockets.
@Suite struct SandboxOutageTests {
    @Test func `a system that is down answers nothing and does nothing, the others go on, and it comes back`()
        async throws
    {
        var faults = FaultPlan.none
        faults.slowMilliseconds = 1
        let scene = try SandboxScene(faults)
        #expect(scene.world.systems.contains("sf"))
        await scene.world.setOutage(of: "sf", until: scene.clock.now() + .hours(2))
        try await scene.serve { systems in
            let courier = try #require(systems["sf"])
            let request = scene.request(.createWaybill, target: "SO-1-1")
            let scope = CallScope(timeLimit: nil)
            let down = await CallScope.$current.withValue(scope) { await courier.perform(request) }
            guard case .ambiguous = down else {
                Issue.record("an outage was taken for an answer: \(down)")
                return
            }
            #expect(scope.last == .failed(wasSent: true))
            #expect(scope.calls == 1)
            #expect(await scene.world.waybills(for: "SO-1-1").isEmpty)
            let finance = try #require(systems["finance"])
            guard case .done = await finance.perform(scene.request(.issueInvoice)) else {
                Issue.record("another system went down too")
                return
            }
            #expect(await scene.world.outage(of: "sf") == scene.clock.now() + .hours(2))
            scene.clock.advance(by: .hours(2))
            #expect(await scene.world.outage(of: "sf") == nil)
            var later = request
            later.now = scene.clock.now()
            guard case .done = await courier.perform(later) else {
                Issue.record("it did not come back")
                return
            }
        }
        #expect(await scene.world.waybills(for: "SO-1-1").count == 1)
    }

    @Test func `an outage can be ended early`() async throws {
        let scene = try SandboxScene()
        await scene.world.setOutage(of: "wms", until: scene.clock.now() + .hours(2))
        await scene.world.setOutage(of: "wms", until: nil)
        try await scene.serve { systems in
            let warehouse = try #require(systems["wms"])
            guard case .done = await warehouse.perform(scene.request(.createDelivery)) else {
                Issue.record("it is still down")
                return
            }
        }
    }

    @Test func `a call keeps to the attempt's limit of time, and notes what happened`() async throws {
        var faults = FaultPlan.none
        faults.slowMilliseconds = 60_000
        let scene = try SandboxScene(faults)
        await scene.world.setOutage(of: "sf", until: scene.clock.now() + .hours(2))
        try await scene.serve { systems in
            let courier = try #require(systems["sf"])
            let begin = ContinuousClock.now
            let scope = CallScope(timeLimit: 200)
            let end = await CallScope.$current.withValue(scope) {
                await courier.perform(scene.request(.createWaybill, target: "SO-1-1"))
            }
            #expect(End(end) == .ambiguous("no reply in time"))
            #expect(ContinuousClock.now - begin < .seconds(6))
            #expect(scope.last == .failed(wasSent: true))
        }
    }

    @Test func `an answer that asks to wait is noted with its time`() {
        let scope = CallScope(timeLimit: nil)
        scope.note(HTTPReply(status: 429, headers: ["retry-after": "7"], body: []))
        #expect(scope.last == .throttled(wait: .seconds(7)))
        scope.note(HTTPReply(status: 429, body: []))
        #expect(scope.last == .answered(status: 429))
        scope.note(HTTPReply(status: 503, headers: ["retry-after": "99999"], body: []))
        #expect(scope.last == .answered(status: 503))
        scope.note(HTTPReply(status: 503, headers: ["retry-after": "7200"], body: []))
        #expect(scope.last == .throttled(wait: .hours(2)))
        scope.note(HTTPReply(status: 200, headers: ["retry-after": "7"], body: []))
        #expect(scope.last == .answered(status: 200))
        #expect(scope.calls == 5)
    }
}
