import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Testing

/// The real connectors of aggregators and text services against the played ones over real sockets.
@Suite struct PartnerSandboxTests {
    private static let aggregators: [(system: String, partner: Partner)] = [
        ("cainiao", .cainiao), ("kuaidi100", .kuaidi100), ("kdniao", .kdniao),
    ]

    private static let texts: [(system: String, partner: Partner)] = [
        ("aliyun-sms", .aliyun), ("tencent-sms", .tencent),
    ]

    private func order(_ number: String, _ system: String) -> Order { Sample.tracked(number, channel: system) }

    private func number(_ result: InstructionResult) throws -> String {
        guard case .trackingReported(let tracking)? = result.facts.first?.body else {
            Issue.record("\(result)")
            return ""
        }
        return tracking.number
    }

    @Test(arguments: aggregators)
    func `a waybill is made once, found again, changed and taken back`(system: String, partner: Partner) async throws {
        let scene = try await PartnerScene()
        try await scene.serve([system: ["repeatIsSafe": "true"]]) { systems in
            let connector = try #require(systems[system])
            let first = try number(await connector.perform(scene.request(.createWaybill, system)))
            #expect(try number(await connector.find(scene.request(.createWaybill, system))) == first)
            #expect(try number(await connector.perform(scene.request(.findWaybill, system))) == first)
            let order = order(first, system)
            if partner != .kdniao {
                let change = scene.request(.readdressWaybill, system, target: "SO-1-1#\(first)", order: order)
                guard case .done = await connector.perform(change) else {
                    Issue.record("the address was not changed")
                    return
                }
            }
            let void = scene.request(.voidWaybill, system, target: "SO-1-1#\(first)", order: order)
            #expect(
                await connector.perform(void).facts.map(\.body) == [.waybillVoided(parcel: "SO-1-1", number: first)])
            let stock = try #require(connector as? any NumberStock)
            #expect(await stock.numbersLeft(now: scene.clock.now()) == .left(999_999))
        }
        let numbers = await scene.sandbox.numbers(of: "SO-1-1", at: partner)
        #expect(numbers.count == 1)
        #expect(await scene.sandbox.isCancelled(numbers[0], at: partner))
        #expect(await scene.sandbox.addressChanges(of: "SO-1-1", at: partner) == (partner == .kdniao ? 0 : 1))
    }

    @Test(arguments: aggregators, ["broken", "slow"])
    func `after a lost answer asking ends the doubt, and there is one number`(
        aggregator: (system: String, partner: Partner), kind: String
    ) async throws {
        var faults = PartnerFaults()
        faults.brokenAfter = kind == "broken" ? 1_000 : 0
        faults.slowAfter = kind == "slow" ? 1_000 : 0
        faults.slowMilliseconds = 3_000
        let scene = try await PartnerScene(faults)
        try await scene.serve([aggregator.system: ["repeatIsSafe": "true"]]) { systems in
            let connector = try #require(systems[aggregator.system])
            let request = scene.request(.createWaybill, aggregator.system)
            guard case .ambiguous = await connector.perform(request) else {
                Issue.record("a lost answer was taken for one")
                return
            }
            _ = try number(await connector.find(request))
        }
        #expect(await scene.sandbox.numbers(of: "SO-1-1", at: aggregator.partner).count == 1)
    }

    @Test func `an aggregator that might make a second number is not asked by ordering again`() async throws {
        var faults = PartnerFaults()
        faults.brokenAfter = 1_000
        faults.repeatMakesSecond = 1_000
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems["cainiao"])
            let request = scene.request(.createWaybill, "cainiao")
            _ = await connector.perform(request)
            guard case .ambiguous = await connector.find(request) else {
                Issue.record("not in doubt")
                return
            }
        }
        #expect(await scene.sandbox.numbers(of: "SO-1-1", at: .cainiao).count == 1)
    }

    @Test(arguments: aggregators)
    func `truth as text is truth`(system: String, partner: Partner) async throws {
        var faults = PartnerFaults()
        faults.textBooleans = 1_000
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems[system])
            let first = try number(await connector.perform(scene.request(.createWaybill, system)))
            let target = "SO-1-1#\(first)"
            let void = scene.request(.voidWaybill, system, target: target, order: order(first, system))
            guard case .done = await connector.perform(void) else {
                Issue.record("not taken back")
                return
            }
        }
    }

    @Test(arguments: aggregators)
    func `used-up numbers are the channel's fault and are seen before`(system: String, partner: Partner) async throws {
        var faults = PartnerFaults()
        faults.numbers = 0
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems[system])
            let end = await connector.perform(scene.request(.createWaybill, system))
            guard case .refused(_, .channel) = end else {
                Issue.record("\(end)")
                return
            }
            let stock = try #require(connector as? any NumberStock)
            #expect(await stock.numbersLeft(now: scene.clock.now()) == .left(0))
        }
    }

    @Test(arguments: aggregators)
    func `turned away by the limit or the clock nothing is made, and later it is`(
        system: String, partner: Partner
    ) async throws {
        for isThrottled in [true, false] {
            var faults = PartnerFaults()
            faults.throttled = isThrottled ? 1_000 : 0
            faults.expired = isThrottled ? 0 : 1_000
            let scene = try await PartnerScene(faults)
            try await scene.serve { systems in
                let connector = try #require(systems[system])
                let request = scene.request(.createWaybill, system)
                if case .done = await connector.perform(request) { Issue.record("not turned away") }
                #expect(await scene.sandbox.numbers(of: "SO-1-1", at: partner).isEmpty)
                _ = try number(await connector.perform(request))
            }
        }
    }

    @Test func `one bad parcel of a batch does not take the others with it`() async throws {
        var faults = PartnerFaults()
        faults.batchFailure = 500
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems["cainiao"])
            var ends: [String] = []
            for number in 1...12 {
                let target = "SO-1-\(number)"
                let end = await connector.perform(scene.request(.createWaybill, "cainiao", target: target))
                switch end {
                case .done: ends.append("done")
                case .refused(_, .data): ends.append("refused")
                default: Issue.record("\(end)")
                }
            }
            #expect(Set(ends) == ["done", "refused"])
        }
    }

    @Test func `a wrong secret is refused by every partner`() async throws {
        let scene = try await PartnerScene()
        try await scene.serve { _ in
            let settings = await scene.sandbox.connectorSettings.map { settings in
                var settings = settings
                for name in ["appSecret", "secret", "apiKey", "accessKeySecret", "secretKey"]
                where settings.credentials[name] != nil {
                    settings.credentials[name] = Sensitive("wrong")
                }
                return settings
            }
            let caller = EgressClient(allowedURLs: settings.map(\.baseURL))
            let connectors = try ConnectorCatalogue.systems(settings, caller: caller).connectors
            for one in Self.aggregators {
                let end = await connectors[one.system]?.perform(scene.request(.createWaybill, one.system))
                guard case .refused(_, .channel)? = end else {
                    Issue.record("\(one.system): \(String(describing: end))")
                    continue
                }
            }
            for one in Self.texts {
                let end = await connectors[one.system]?.perform(scene.keeper(one.system))
                guard case .refused(_, .channel)? = end else {
                    Issue.record("\(one.system): \(String(describing: end))")
                    continue
                }
            }
            try await caller.shutdown()
        }
        #expect(await scene.sandbox.figures.refusedSignatures == 5)
    }

    // MARK: - Pushes

    @Test(arguments: [("kuaidi100", Partner.kuaidi100), ("kdniao", .kdniao)])
    func `scans are pushed until the signature, whatever goes wrong on the way`(
        system: String, partner: Partner
    ) async throws {
        var faults = PartnerFaults()
        faults.wrongSignature = 500
        faults.repeatedPush = 500
        faults.reversedPush = 1_000
        faults.doublePickUp = 1_000
        faults.malformedTime = 1_000
        faults.stored = 1_000
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems[system])
            let first = try number(await connector.perform(scene.request(.createWaybill, system)))
            let order = order(first, system)
            let subscribe = scene.request(.subscribeTrace, system, target: "SO-1-1#\(first)", order: order)
            #expect(End(await connector.perform(subscribe)) == .done([], "subscribed"))
            #expect(End(await connector.perform(subscribe)) == .done([], "subscribed"))
            await scene.pass(.hours(24))
            let query = scene.request(.queryTrace, system, target: "SO-1-1@1", order: order)
            let trace = try #require(await connector.perform(query).facts.first?.trace)
            #expect(
                trace.scans.map(\.status) == [
                    .pickedUp, .pickedUp, .inTransit, .inTransit, .outForDelivery, .stored, .signed,
                ])
        }
        let hub = scene.hub
        #expect(hub.facts.allSatisfy { $0.order == "SO-1" })
        let seen = Set(hub.facts.compactMap(\.trace).flatMap(\.scans).map(\.status))
        #expect(seen == [.pickedUp, .inTransit, .outForDelivery, .stored, .signed])
        #expect(await scene.sandbox.pushesWaiting == 0)
        let good = await scene.sandbox.figures.acknowledgements[partner] ?? []
        #expect(
            good.contains { $0.utf8Text.contains(partner == .kuaidi100 ? #""returnCode":"200""# : #""Success":true"#) })
        #expect(hub.refusals > 0)
    }

    @Test func `Cainiao pushes what was subscribed, signed, until it is taken`() async throws {
        var faults = PartnerFaults()
        faults.wrongSignature = 500
        faults.repeatedPush = 500
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems["cainiao"])
            let first = try number(await connector.perform(scene.request(.createWaybill, "cainiao")))
            let target = "SO-1-1#\(first)"
            let subscribe = scene.request(
                .subscribeTrace, "cainiao", target: target, order: order(first, "cainiao"))
            #expect(End(await connector.perform(subscribe)) == .done([], "subscribed"))
            #expect(End(await connector.perform(subscribe)) == .done([], "subscribed"))
            await scene.pass(.hours(24))
            let traces = scene.hub.facts.compactMap(\.trace)
            #expect(traces.allSatisfy { $0.number == first && !$0.isComplete })
            #expect(
                Set(traces.flatMap(\.scans).map(\.status)) == [.pickedUp, .inTransit, .outForDelivery, .signed])
        }
        #expect(await scene.sandbox.subscriptions(of: "SO-1-1", at: .cainiao) == 2)
        #expect(await scene.sandbox.pushesWaiting == 0)
    }

    @Test func `a courier that was named wrongly is corrected by the push`() async throws {
        let scene = try await PartnerScene()
        try await scene.serve { systems in
            let connector = try #require(systems["kuaidi100"])
            let first = try number(await connector.perform(scene.request(.createWaybill, "kuaidi100")))
            let order = Sample.tracked(first, courier: "STO", channel: "kuaidi100")
            let target = "SO-1-1#\(first)"
            let query = scene.request(.queryTrace, "kuaidi100", target: target, order: order)
            #expect(await connector.perform(query).facts.isEmpty)
            let subscribe = scene.request(.subscribeTrace, "kuaidi100", target: target, order: order)
            #expect(End(await connector.perform(subscribe)) == .done([], "subscribed"))
            await scene.pass(.hours(3))
            let correction = FactBody.trackingReported(Tracking(parcel: "SO-1-1", courier: "ZTO", number: first))
            #expect(Set(scene.hub.facts.filter { $0.body == correction }.map(\.messageID)).count == 1)
            let corrected = Sample.order(facts: [
                .trackingReported(Tracking(parcel: "SO-1-1", courier: "ZTO", channel: "kuaidi100", number: first))
            ])
            let again = scene.request(.queryTrace, "kuaidi100", target: target, order: corrected)
            #expect(await connector.perform(again).facts.first?.trace != nil)
        }
    }

    @Test func `a courier with order numbers of its own is told them when a waybill is taken back`() async throws {
        let scene = try await PartnerScene()
        try await scene.serve { systems in
            let connector = try #require(systems["kuaidi100"])
            var create = scene.request(.createWaybill, "kuaidi100")
            create.instruction.courier = "JD"
            let made = await connector.perform(create)
            let first = try number(made)
            let target = "SO-1-1#\(first)"
            let unreferenced = Sample.tracked(first, courier: "JD", channel: "kuaidi100")
            let forgetful = scene.request(.voidWaybill, "kuaidi100", target: target, order: unreferenced)
            guard case .refused(_, .data) = await connector.perform(forgetful) else {
                Issue.record("taken back without the courier's own number")
                return
            }
            let order = Sample.order(facts: made.facts.map(\.body))
            let void = scene.request(.voidWaybill, "kuaidi100", target: target, order: order)
            #expect(
                await connector.perform(void).facts.map(\.body) == [.waybillVoided(parcel: "SO-1-1", number: first)])
        }
    }

    @Test func `a parcel that comes back is never signed by the buyer`() async throws {
        var faults = PartnerFaults()
        faults.returned = 1_000
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            for one in Self.aggregators {
                let connector = try #require(systems[one.system])
                let first = try number(await connector.perform(scene.request(.createWaybill, one.system)))
                scene.clock.advance(by: .hours(20))
                let query = scene.request(.queryTrace, one.system, target: "SO-1-1", order: order(first, one.system))
                let trace = try #require(await connector.perform(query).facts.first?.trace)
                #expect(trace.scans.suffix(2).map(\.status) == [.returning, .returned], "\(one.system)")
                #expect(!trace.scans.contains { $0.status == .signed }, "\(one.system)")
            }
        }
    }

    // MARK: - Texts

    @Test(arguments: texts)
    func `a lost answer never makes a second text`(system: String, partner: Partner) async throws {
        var faults = PartnerFaults()
        faults.brokenAfter = 1_000
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems[system])
            let request = scene.keeper(system)
            guard case .ambiguous = await connector.perform(request) else {
                Issue.record("a lost answer was taken for one")
                return
            }
            #expect(End(await connector.find(request)) == .done([], "found as sent"))
        }
        #expect(await scene.sandbox.sentTexts("SO-1/7/keeper.ask#SO-1-1", by: partner) == [["SO-1", "K7Q2M9"]])
    }

    @Test(arguments: texts)
    func `a text that was never taken is sent once the list had time to fill`(
        system: String, partner: Partner
    ) async throws {
        var faults = PartnerFaults()
        faults.silentBefore = 1_000
        faults.slowMilliseconds = 2_500
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems[system])
            let request = Sample.issued(scene.keeper(system), at: scene.clock.now())
            _ = await connector.perform(request)
            guard case .ambiguous = await connector.find(request) else {
                Issue.record("absence was believed at once")
                return
            }
            scene.clock.advance(by: .minutes(11))
            var later = request
            later.now = scene.clock.now()
            #expect(End(await connector.find(later)) == .notFound)
            guard case .done = await connector.perform(later) else {
                Issue.record("not sent")
                return
            }
        }
        #expect(await scene.sandbox.textCount(by: partner) == 1)
    }

    @Test(arguments: texts)
    func `the operators' limits hold, and receipts come back`(system: String, partner: Partner) async throws {
        var faults = PartnerFaults()
        faults.undelivered = 1_000
        let scene = try await PartnerScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems[system])
            let order = Sample.tracked("ZT1", channel: "cainiao")
            let request = scene.request(.notifyCustomer, system, target: "shipped", order: order)
            #expect(
                End(await connector.perform(request)).isDone(["message/SO-1/7/customer.notify = touchpoint.sent"]))
            guard case .retryable = await connector.perform(request) else {
                Issue.record("the limit of one a minute did not hold")
                return
            }
            await scene.pass(.minutes(2), step: .seconds(30))
        }
        if partner == .aliyun {
            #expect(scene.hub.facts.map(\.body) == [.touchpointSent(kind: .shipped, isAccepted: false)])
        }
        let expected = partner == .aliyun ? #"{"code":0,"msg":"成功"}"# : #"{"result":0,"errmsg":"OK"}"#
        #expect(await scene.sandbox.figures.acknowledgements[partner]?.map(\.utf8Text) == [expected])
    }
}
