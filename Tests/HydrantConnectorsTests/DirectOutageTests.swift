import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Testing

/// Couriers that are down, parcels that travel only once the warehouse has handed them over, and routes of couriers
/// that push none.
@Suite struct DirectOutageTests {
    private static func scene() throws -> DirectScene {
        var faults = DirectFaults.none
        faults.slowMilliseconds = 1
        return try DirectScene(faults)
    }

    @Test func `a courier that is down answers nothing, makes nothing and pushes nothing, and the others go on`()
        async throws
    {
        let scene = try Self.scene()
        try await scene.serve { systems in
            let zto = try #require(systems.connectors["zto"])
            let created = await zto.perform(scene.request(.createWaybill, "SO-1-1"))
            let number = try #require(DirectScene.number(created))
            _ = await zto.perform(scene.request(.subscribeTrace, "SO-1-1#\(number)"))
            await scene.sandbox.setOutage(of: "zto", until: scene.clock.now() + .hours(24))
            guard case .ambiguous = await zto.perform(scene.request(.createWaybill, "SO-2-1")) else {
                Issue.record("an outage was taken for an answer")
                return
            }
            let sto = try #require(systems.connectors["sto"])
            #expect(DirectScene.number(await sto.perform(scene.request(.createWaybill, "SO-1-1"))) != nil)
        }
        #expect(await scene.sandbox.numbers(of: "SO-2-1", at: .zto).isEmpty)
        scene.clock.advance(by: .hours(12))
        #expect(await scene.sandbox.advance(through: scene.hub) == 0)
        #expect(await scene.sandbox.outage(of: "zto") != nil)
        #expect(await scene.sandbox.outage(of: "sto") == nil)
        scene.clock.advance(by: .hours(13))
        #expect(await scene.sandbox.outage(of: "zto") == nil)
        #expect(await scene.sandbox.advance(through: scene.hub) > 0)
        #expect(!scene.hub.facts.isEmpty)
    }

    @Test(arguments: [DirectCourier.yto, .yunda])
    func `who pushes nothing is asked until the parcel has arrived, and told first where it wants that`(
        courier: DirectCourier
    ) async throws {
        let scene = try Self.scene()
        try await scene.serve { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            let created = await connector.perform(scene.request(.createWaybill, "SO-1-1"))
            let number = try #require(DirectScene.number(created))
            func ask() async -> InstructionResult {
                await connector.perform(
                    scene.request(.queryTrace, "SO-1-1#\(number)", tracked: number, by: courier.rawValue))
            }
            guard case .underWay(let none, _) = await ask() else {
                Issue.record("nothing was taken for an end")
                return
            }
            #expect(none.isEmpty)
            scene.clock.advance(by: .hours(12))
            guard case .underWay(let some, _) = await ask() else {
                Issue.record("half a way was taken for an end")
                return
            }
            let again = await ask()
            #expect(again.facts.map(\.messageID) == some.map(\.messageID))
            scene.clock.advance(by: .hours(60))
            let end = await ask()
            guard case .done(let whole, _) = end, let trace = whole.first?.trace else {
                Issue.record("\(end)")
                return
            }
            #expect(trace.isComplete)
            #expect(trace.scans.last?.status == .signed)
            #expect(whole.first?.messageID != some.first?.messageID)
        }
    }
}
