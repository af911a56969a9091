import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Testing

/// How the outside world goes on, told to a hub that listens.
@Suite struct SandboxWorldTests {
    /// Creates delivery and waybill of an order and lets three days pass.
    private func play(
        _ faults: FaultPlan = .none, seed: UInt64 = 7, order: Order = Sample.order(), losses: Int = 0
    ) async throws -> SandboxScene {
        let scene = try SandboxScene(faults, seed: seed)
        try await scene.serve { systems in
            _ = await systems["wms"]?.perform(scene.request(.createDelivery, order: order))
            _ = await systems["sf"]?.perform(
                scene.request(.createWaybill, target: "\(order.number)-1", order: order))
            _ = await systems["finance"]?.perform(scene.request(.issueInvoice, order: order))
        }
        scene.hub.lose(losses)
        await scene.pass(.hours(24 * 5))
        return scene
    }

    private func words(_ scene: SandboxScene) -> [String] {
        let steps = scene.hub.facts.filter { $0.messageID.hasPrefix("process/") || $0.messageID.hasPrefix("route/") }
        return steps.compactMap(\.word)
    }

    @Test func `an order walks from its acceptance to the courier's signature`() async throws {
        let scene = try await play()
        #expect(
            words(scene) == ["ACCEPT", "PICK", "PACKAGE", "WEIGH", "50", "30", "36", "31", "44", "80"])
        #expect(scene.hub.refusals == 0)
        let number = try #require(await scene.world.waybills(for: "SO-1-1").first)
        let confirmed = scene.hub.facts.filter { $0.messageID.hasPrefix("confirm/C-SO-1/0/") }.map(\.body)
        let items = [ParcelItem(line: "1", units: 2), ParcelItem(line: "2", units: 1)]
        var packing = Packing(parcel: "SO-1-1", items: items, weightGrams: 1_250)
        packing.volumeMillilitres = 7_000
        #expect(
            confirmed == [
                .parcelPacked(packing),
                .parcelHandedOver(parcel: "SO-1-1"),
                .trackingReported(Tracking(parcel: "SO-1-1", courier: "SF", number: number)),
            ])
        #expect(scene.hub.money.map { $0["kind"]?.string } == ["receipt.reported"])
        #expect(await scene.world.pushesWaiting == 0)
        #expect(await scene.world.stepsAhead == 0)
    }

    @Test func `what the world tells brings an order to its last state`() async throws {
        let scene = try SandboxScene()
        var order = Sample.order()
        func take(_ facts: [ReportedFact], _ source: String) throws {
            for fact in facts {
                let events = try decide(
                    order, fact.fact(from: source, receivedAt: scene.clock.now()), settings: Settings(),
                    now: scene.clock.now())
                for event in events { order.evolve(event) }
            }
        }
        let payment = ReportedFact(
            messageID: "p", order: "SO-1", occurredAt: Sample.now,
            body: .paymentReported(Payment(id: "P1", amountMinor: 12_900)))
        try take([payment], "shop")
        let asked: [(String, InstructionKind, String)] = [
            ("crm", .checkCredit, ""), ("wms", .createDelivery, ""), ("sf", .createWaybill, "SO-1-1"),
        ]
        let before = order
        let answered = Answers()
        try await scene.serve { systems in
            for (system, kind, target) in asked {
                let result = try #require(
                    await systems[system]?.perform(scene.request(kind, target: target, order: before)))
                await answered.add(result.facts, system)
            }
            await scene.pass(.hours(24 * 4))
            let trace = scene.request(.queryTrace, target: "SO-1-1@1", order: before)
            await answered.add(try #require(await systems["sf"]?.perform(trace)).facts, "sf")
            let warranty = scene.request(.registerWarranty, order: before)
            await answered.add(try #require(await systems["crm"]?.perform(warranty)).facts, "crm")
        }
        for (facts, system) in await answered.all.prefix(3) { try take(facts, system) }
        #expect(order.state == StateNumber.riskPassed)
        for fact in scene.hub.facts { try take([fact], fact.messageID.hasPrefix("route/") ? "sf" : "wms") }
        #expect(order.state == StateNumber.trackingReturned)
        for (facts, system) in await answered.all.dropFirst(3) { try take(facts, system) }
        #expect(order.state == StateNumber.warrantyActivated)
        #expect(order.parcels.map(\.liveWaybills.count) == [1])
    }

    private actor Answers {
        var all: [([ReportedFact], String)] = []

        func add(_ facts: [ReportedFact], _ system: String) { all.append((facts, system)) }
    }

    private func distinct(_ scene: SandboxScene) -> [String: FactBody] {
        Dictionary(scene.hub.facts.map { ($0.messageID, $0.body) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `doubled and reversed pushes tell the same story`() async throws {
        var faults = FaultPlan.none
        faults.duplicatePush = 1_000
        faults.reversedPush = 1_000
        let plain = try await play()
        let wild = try await play(faults)
        #expect(distinct(plain) == distinct(wild))
        #expect(wild.hub.facts.count >= plain.hub.facts.count * 2)
        let order = words(wild)
        let accepted = try #require(order.firstIndex(of: "ACCEPT"))
        let packed = try #require(order.firstIndex(of: "PACKAGE"))
        #expect(packed < accepted)
        let pickedUp = try #require(order.firstIndex(of: "50"))
        let sorted = try #require(order.firstIndex(of: "30"))
        #expect(sorted < pickedUp)
    }

    @Test func `a push is tried until the hub acknowledges it`() async throws {
        let plain = try await play()
        let lossy = try await play(losses: 20)
        #expect(distinct(plain) == distinct(lossy))
        #expect(lossy.hub.pushes == plain.hub.pushes + 20)
        #expect(await lossy.world.pushesWaiting == 0)
        #expect(await lossy.world.figures.pushesAcknowledged == plain.world.figures.pushesAcknowledged)
    }

    @Test func `the same seed plays the same days, another seed plays others`() async throws {
        let times = try await [play(), play(), play(seed: 8)].map { $0.hub.facts.map(\.occurredAt) }
        #expect(times[0] == times[1])
        #expect(times[0] != times[2])
    }

    @Test func `lacking stock is told, and half of the orders get it later`() async throws {
        var faults = FaultPlan.none
        faults.lockRefused = 1_000
        var later = 0
        for seed in UInt64(1)...6 {
            let scene = try await play(faults, seed: seed)
            let bodies = scene.hub.facts.map(\.body)
            #expect(bodies.first == .inventoryRefused(reason: "缺货: LF9001 × 2; 系统报缺"))
            if bodies.contains(where: { $0.kind == .inventoryLocked }) { later += 1 }
        }
        #expect((1...5).contains(later))
    }

    @Test func `steps that never come leave the order where it is`() async throws {
        var faults = FaultPlan.none
        faults.missingStep = 1_000
        let scene = try await play(faults)
        #expect(words(scene) == ["ACCEPT", "PICK", "WEIGH", "50", "30", "36", "31", "44"])
    }

    @Test func `a parcel may leave without a number`() async throws {
        var faults = FaultPlan.none
        faults.shippedWithoutNumber = 1_000
        let scene = try await play(faults)
        let confirmed = scene.hub.facts.filter { $0.messageID.hasPrefix("confirm/") }.map(\.body.kind)
        #expect(confirmed == [.parcelPacked, .parcelHandedOver])
    }

    @Test func `an order of two paid lines may be packed into two parcels, the gift with the first`() async throws {
        var faults = FaultPlan.none
        faults.splitParcels = 1_000
        var order = Sample.order()
        let extra = Fact(
            source: "test", messageID: "extra", order: "SO-1", occurredAt: Sample.now, receivedAt: Sample.now,
            body: .lineReported(Line(id: "3", sku: "LF9002", units: 1, priceMinor: 100)))
        order.evolve(
            Event(
                order: "SO-1", number: order.version + 1, recordedAt: Sample.now, settings: "t",
                body: .factRecorded(extra)))
        let scene = try await play(faults, order: order)
        let packings = scene.hub.facts.compactMap { fact -> Packing? in
            if case .parcelPacked(let packing) = fact.body, !packing.items.isEmpty { packing } else { nil }
        }
        #expect(packings.map(\.parcel) == ["SO-1-1", "SO-1-2"])
        #expect(packings.map { $0.items.map(\.line) } == [["2", "1"], ["3"]])
        let signed = scene.hub.facts.filter { $0.word == "80" }.compactMap { fact -> String? in
            if case .traceReported(let trace) = fact.body { trace.parcel } else { nil }
        }
        #expect(Set(signed) == ["SO-1-1", "SO-1-2"])
    }

    @Test func `a parcel that comes back is no signature of the buyer`() async throws {
        var faults = FaultPlan.none
        faults.returned = 1_000
        let scene = try SandboxScene(faults)
        let order = Sample.order()
        let answers = Answers()
        try await scene.serve { systems in
            _ = await systems["wms"]?.perform(scene.request(.createDelivery))
            _ = await systems["sf"]?.perform(scene.request(.createWaybill, target: "SO-1-1"))
            await scene.pass(.hours(24 * 6))
            let trace = scene.request(.queryTrace, target: "SO-1-1@1")
            await answers.add(try #require(await systems["sf"]?.perform(trace)).facts, "sf")
        }
        var returned = order
        let facts = try #require(await answers.all.first?.0)
        for fact in facts.map({ $0.fact(from: "sf", receivedAt: scene.clock.now()) }) {
            for event in try decide(returned, fact, settings: Settings(), now: scene.clock.now()) {
                returned.evolve(event)
            }
        }
        let parcel = try #require(returned.parcel("SO-1-1"))
        #expect(parcel.scans.suffix(3).map(\.code) == ["70", "99", "80"])
        #expect(parcel.signed == nil)
    }

    @Test func `money is told by signed facts, refunds sometimes`() async throws {
        var faults = FaultPlan.none
        faults.refunded = 1_000
        let scene = try await play(faults)
        #expect(scene.hub.money.map { $0["kind"]?.string } == ["receipt.reported", "refund.reported"])
        #expect(scene.hub.money.map { $0["source"]?.string } == ["finance", "finance"])
        for fact in scene.hub.money {
            let read = try Fact(json: fact, receivedAt: scene.clock.now())
            #expect(read.order == "SO-1")
        }
        #expect(scene.hub.refusals == 0)
    }

    @Test func `many orders travel in few pushes`() async throws {
        let scene = try SandboxScene(.none, pace: .fast)
        try await scene.serve { systems in
            for index in 1...60 {
                let order = Sample.order("SO-\(index)")
                _ = await systems["wms"]?.perform(scene.request(.createDelivery, order: order))
                _ = await systems["sf"]?.perform(
                    scene.request(.createWaybill, target: "SO-\(index)-1", order: order))
            }
        }
        await scene.pass(.hours(24 * 5), step: .hours(12))
        let signatures = scene.hub.facts.filter { $0.word == "80" }.map(\.order)
        #expect(Set(signatures).count == 60)
        #expect(scene.hub.refusals == 0)
        let routes = scene.hub.facts.filter { $0.messageID.hasPrefix("route/") }.count
        #expect(routes == 360)
        // 120 steps of the warehouse at least travel alone; confirmations and routes share their pushes.
        #expect(scene.hub.pushes < 200)
    }
}
