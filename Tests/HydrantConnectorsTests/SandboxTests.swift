import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Testing

/// The real connectors against the sandbox over real sockets of this machine.
@Suite struct SandboxTests {
    private static let create = (InstructionKind.createWaybill, "SO-1-1")

    @Test func `every instruction is carried out once and found again`() async throws {
        let scene = try SandboxScene()
        try await scene.serve { systems in
            let all: [(String, InstructionKind, String, [FactKind])] = [
                ("wms", .createDelivery, "", []), ("sf", .createWaybill, "SO-1-1", [.trackingReported]),
                ("crm", .checkCredit, "", [.creditChecked]), ("crm", .notifyCustomer, "shipped", [.touchpointSent]),
                ("crm", .registerWarranty, "", [.warrantyRegistered]),
                ("finance", .issueInvoice, "", [.invoiceIssued, .revenueRecognised]),
                ("crm", .tellReceiver, "@1/crm", []), ("finance", .tellReceiver, "@1/finance", []),
                ("marketplace", .tellReceiver, "@1/marketplace", []),
            ]
            for (system, kind, target, facts) in all {
                let connector = try #require(systems[system])
                let changed = FactBody.receiverChanged(ReceiverReference(id: "r", fingerprint: "f", area: ""))
                let order = Sample.order(facts: kind == .tellReceiver ? [changed] : [])
                let request = scene.request(kind, target: target, order: order)
                #expect(End(await connector.find(request)) == .notFound, "\(kind)")
                let first = await connector.perform(request)
                #expect(first.facts.map(\.body.kind) == facts, "\(kind)")
                guard case .done = first else {
                    Issue.record("\(kind): \(first)")
                    continue
                }
                let again = await connector.perform(request)
                let found = await connector.find(request)
                #expect(again.facts.map(\.messageID) == first.facts.map(\.messageID), "\(kind)")
                #expect(found.facts.map(\.body) == first.facts.map(\.body), "\(kind)")
            }
        }
        #expect(await scene.world.waybills(for: "SO-1-1") == ["SF1380000000001"])
        #expect(await scene.world.waybillRequests(for: "SO-1-1") == 2)
        #expect(await scene.world.deliveryStatus(of: "SO-1") == "NEW")
        #expect(await scene.world.deliveryRequests(for: "SO-1") == 2)
        #expect(await scene.world.invoices(for: "SO-1") == 1)
        #expect(await scene.world.customerEffects == 4)
        #expect(await scene.world.figures.refusedSignatures == 0)
    }

    @Test(arguments: [
        ("wms", InstructionKind.createDelivery, ""), ("sf", .createWaybill, "SO-1-1"), ("crm", .checkCredit, ""),
        ("finance", .issueInvoice, ""),
    ])
    func `a connection that breaks after the effect leaves doubt, and asking ends it`(
        system: String, kind: InstructionKind, target: String
    ) async throws {
        var faults = FaultPlan.none
        faults.brokenAfterCreating = 1_000
        let scene = try SandboxScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems[system])
            guard case .ambiguous = await connector.perform(scene.request(kind, target: target)) else {
                Issue.record("a broken connection was taken for an answer")
                return
            }
            guard case .done = await connector.find(scene.request(kind, target: target)) else {
                Issue.record("what took effect was not found")
                return
            }
        }
        #expect(await scene.world.figures.faults == 1)
        let effects = await (
            scene.world.deliveryRequests(for: "SO-1"), scene.world.waybillRequests(for: "SO-1-1"),
            scene.world.customerEffects, scene.world.invoices(for: "SO-1")
        )
        #expect(effects.0 + effects.1 + effects.2 + effects.3 == 1)
    }

    @Test(arguments: [
        ("wms", InstructionKind.createDelivery, ""), ("sf", .createWaybill, "SO-1-1"), ("crm", .checkCredit, ""),
        ("finance", .issueInvoice, ""),
    ])
    func `an error or silence before the effect leaves doubt, asking finds nothing, and the next try works`(
        system: String, kind: InstructionKind, target: String
    ) async throws {
        for isSilence in [true, false] {
            var faults = FaultPlan.none
            faults.silentBeforeCreating = isSilence ? 1_000 : 0
            faults.serverError = isSilence ? 0 : 1_000
            faults.slowMilliseconds = 1
            let scene = try SandboxScene(faults)
            try await scene.serve { systems in
                let connector = try #require(systems[system])
                let request = scene.request(kind, target: target)
                guard case .ambiguous = await connector.perform(request) else {
                    Issue.record("\(kind) was taken for certain")
                    return
                }
                #expect(End(await connector.find(request)) == .notFound)
                guard case .done = await connector.perform(request) else {
                    Issue.record("\(kind) failed twice")
                    return
                }
            }
        }
    }

    @Test func `an answer that comes too late leaves doubt, and there is still one waybill`() async throws {
        var faults = FaultPlan.none
        faults.slowAfterCreating = 1_000
        faults.slowMilliseconds = 60_000
        var pace = SandboxPace()
        pace.callTimeoutMilliseconds = 1_500
        let scene = try SandboxScene(faults, pace: pace)
        try await scene.serve { systems in
            let courier = try #require(systems["sf"])
            let first = await courier.perform(scene.request(.createWaybill, target: "SO-1-1"))
            #expect(End(first) == .ambiguous("no reply in time"))
        }
        #expect(await scene.world.waybills(for: "SO-1-1").count == 1)
    }

    @Test(arguments: [0, 1_000])
    func `a repeated creation gives one number in both forms of the answer`(repeatIsError: Int) async throws {
        var faults = FaultPlan.none
        faults.repeatIsError = repeatIsError
        let scene = try SandboxScene(faults)
        try await scene.serve { systems in
            for (system, kind, target) in [
                ("wms", InstructionKind.createDelivery, ""), ("sf", .createWaybill, "SO-1-1"),
            ] {
                let connector = try #require(systems[system])
                for _ in 1...3 {
                    guard case .done = await connector.perform(scene.request(kind, target: target)) else {
                        Issue.record("\(kind) was not done")
                        return
                    }
                }
            }
        }
        #expect(await scene.world.waybills(for: "SO-1-1").count == 1)
        #expect(await scene.world.figures.deliveries == 1)
    }

    @Test func `a wrong key is refused and leaves the books untouched`() async throws {
        let scene = try SandboxScene()
        let settings = scene.world.connectorSettings.map { settings in
            var wrong = settings
            for name in ["secret", "checkWord"] where wrong.credentials[name] != nil {
                wrong.credentials[name] = Sensitive("not-the-secret-at-all")
            }
            if wrong.credentials["webhookSecret"] != nil {
                wrong.credentials["webhookSecret"] = Sensitive(Sample.webhookSecret)
            }
            return wrong
        }
        let caller = EgressClient(allowedURLs: settings.map(\.baseURL))
        try await scene.serve { _ in
            let systems = try ConnectorCatalogue.systems(settings, caller: caller).connectors
            let ends = [
                End(try #require(await systems["wms"]?.perform(scene.request(.createDelivery)))),
                End(try #require(await systems["sf"]?.perform(scene.request(.createWaybill, target: "SO-1-1")))),
                End(try #require(await systems["crm"]?.perform(scene.request(.checkCredit)))),
                End(try #require(await systems["finance"]?.perform(scene.request(.issueInvoice)))),
            ]
            #expect(
                ends == [
                    .retryable("sign-check-failure Illegal request", .minutes(1)),
                    .retryable("A1006 数字签名无效", .minutes(5)), .refused("HTTP 401 signature"),
                    .refused("HTTP 401 signature"),
                ])
        }
        try await caller.shutdown()
        let figures = await scene.world.figures
        #expect(figures.refusedSignatures == 4)
        #expect(figures.requests == [:])
        #expect(figures.deliveries + figures.waybills + figures.invoices == 0)
    }

    @Test func `a clock that is off is refused`() async throws {
        let scene = try SandboxScene()
        try await scene.serve { systems in
            let late = Sample.request(.createWaybill, target: "SO-1-1", now: Sample.now - .minutes(11))
            let end = End(try #require(await systems["sf"]?.perform(late)))
            #expect(end == .retryable("A1002 请求时效已过期", .seconds(30)))
        }
        #expect(await scene.world.figures.waybills == 0)
    }

    @Test func `an order without an address gets neither delivery nor waybill`() async throws {
        let scene = try SandboxScene()
        try await scene.serve { systems in
            for (system, kind, target, words) in [
                ("wms", InstructionKind.createDelivery, "", "S003 收件人信息不完整"),
                ("sf", .createWaybill, "SO-1-1", "1014 到件方信息不完整"),
            ] {
                let request = Sample.request(kind, target: target, receiver: Receiver(name: "张三"))
                let result = try #require(await systems[system]?.perform(request))
                #expect(End(result) == .refused(words))
            }
        }
    }

    @Test func `a delivery is cancelled before packing and not after it`() async throws {
        let scene = try SandboxScene()
        try await scene.serve { systems in
            let warehouse = try #require(systems["wms"])
            for number in ["SO-1", "SO-2"] {
                _ = await warehouse.perform(scene.request(.createDelivery, order: Sample.order(number)))
            }
            await scene.pass(.minutes(5))
            let early = await warehouse.perform(scene.request(.cancelDelivery, order: Sample.order("SO-1")))
            #expect(End(early) == .done([], "cancelled"))
            let twice = await warehouse.perform(scene.request(.cancelDelivery, order: Sample.order("SO-1")))
            #expect(End(twice) == .done([], "cancelled"))
            await scene.pass(.hours(3))
            let late = await warehouse.perform(scene.request(.cancelDelivery, order: Sample.order("SO-2")))
            #expect(End(late) == .refused("S006 出库单已打包，不能取消"))
        }
        #expect(await scene.world.deliveryStatus(of: "SO-1") == "CANCELED")
    }

    @Test func `accepted orders freeze their stock`() async throws {
        let scene = try SandboxScene()
        try await scene.serve { systems in
            let warehouse = try #require(systems["wms"] as? any StockKeeper)
            _ = await warehouse.perform(scene.request(.createDelivery))
            await scene.pass(.minutes(10))
            let levels = await warehouse.stockLevels(skus: ["LF9001"], warehouse: "W-1", now: scene.clock.now())
            let expected = StockLevel(sku: "LF9001", warehouse: "W-1", quantity: 10_000, lockQuantity: 2)
            #expect(levels == .success([expected]))
        }
    }
}
