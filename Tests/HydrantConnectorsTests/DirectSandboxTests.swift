import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Testing

/// The real connectors against the played couriers over real sockets of this machine.
@Suite struct DirectSandboxTests {
    @Test(arguments: DirectCourier.allCases)
    func `a waybill is made, changed, subscribed and taken back, once`(courier: DirectCourier) async throws {
        let scene = try DirectScene()
        let own = DirectScene.ownNumber(courier)
        try await scene.serve { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            let created = await connector.perform(scene.request(.createWaybill, "SO-1-1"))
            let number = try #require(DirectScene.number(created), "\(created)")
            let target = "SO-1-1#\(number)"
            let changed = await connector.perform(scene.request(.readdressWaybill, target))
            #expect(changed.refusal == (courier == .yto ? .channel : nil))
            guard case .done = await connector.perform(scene.request(.subscribeTrace, target)) else {
                Issue.record("not subscribed")
                return
            }
            let empty = await connector.perform(
                scene.request(.queryTrace, "SO-1-1@0", tracked: number, by: courier.rawValue))
            guard case .retryable(let detail, _) = empty else {
                Issue.record("\(empty)")
                return
            }
            #expect(detail.hasSuffix("has no routes yet"))
            for _ in 0..<2 {
                let voided = await connector.perform(scene.request(.voidWaybill, target))
                #expect(voided.facts.map(\.body) == [.waybillVoided(parcel: "SO-1-1", number: number)])
            }
        }
        #expect(await scene.sandbox.numbers(of: own, at: courier).count == 1)
        #expect(await scene.sandbox.isCancelled(own, at: courier))
        #expect(await scene.sandbox.addressChanges(of: own, at: courier) == (courier == .yto ? 0 : 1))
        #expect(await scene.sandbox.subscriptions(of: own, at: courier) == 1)
        #expect(await scene.sandbox.refusals == 0)
    }

    @Test(arguments: DirectCourier.allCases)
    func `after a broken answer the waybill is found where that is safe, and never made twice`(
        courier: DirectCourier
    ) async throws {
        for isSafe in [true, false] {
            var faults = DirectFaults.none
            faults.brokenAfter = 1_000
            faults.repeatIsError = 0
            let scene = try DirectScene(faults)
            let settings = scene.sandbox.settings(of: courier, options: ["repeatIsSafe": "\(isSafe)"])
            try await scene.serve([settings]) { systems in
                let connector = try #require(systems.connectors[courier.rawValue])
                let request = scene.request(.createWaybill, "SO-1-1")
                guard case .ambiguous = await connector.perform(request) else {
                    Issue.record("a broken connection was taken for an answer")
                    return
                }
                let found = await connector.find(request)
                if isSafe || courier == .sf {
                    #expect(DirectScene.number(found) != nil, "\(found)")
                } else {
                    guard case .ambiguous = found else {
                        Issue.record("\(found)")
                        return
                    }
                }
            }
            #expect(await scene.sandbox.numbers(of: DirectScene.ownNumber(courier), at: courier).count == 1)
        }
    }

    @Test(arguments: DirectCourier.allCases, [0, 1_000])
    func `a number that only a repeated order told is printed and leaves with the parcel`(
        courier: DirectCourier, isError: Int
    ) async throws {
        var faults = DirectFaults.none
        faults.brokenAfter = 1_000
        faults.repeatIsError = isError
        faults.repeatNamesNumber = 1_000
        let dock = LoadingDock()
        let scene = try DirectScene(faults, dock: dock)
        let settings = scene.sandbox.settings(of: courier, options: ["repeatIsSafe": "true"])
        try await scene.serve([settings]) { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            let request = scene.request(.createWaybill, "SO-1-1")
            _ = await connector.perform(request)
            #expect(dock.label(of: "SO-1-1") == nil)
            let number = try #require(DirectScene.number(await connector.find(request)))
            #expect(dock.label(of: "SO-1-1")?.number == number)
        }
    }

    @Test(arguments: DirectCourier.allCases)
    func `goods on their way back are fetched and brought, without a warehouse`(courier: DirectCourier) async throws {
        let scene = try DirectScene(dock: LoadingDock())
        let asked = FactBody.returnAsked(
            reason: "", isExchange: false, lines: [ReturnedLine(line: "1", units: 1)], id: "R1")
        let create = Sample.issued(
            Sample.request(.createWaybill, target: "way-back:R1", order: Sample.order(facts: [asked])), at: Sample.now)
        try await scene.serve { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            let created = await connector.perform(create)
            let number = try #require(DirectScene.number(created), "\(created)")
            let label = Tracking(parcel: "way-back:R1", courier: "X", channel: courier.rawValue, number: number)
            func scans() async -> [Scan] {
                let order = Sample.order(facts: [asked, .trackingReported(label)])
                let asking = Sample.request(.queryTrace, target: "way-back:R1@0", order: order, now: scene.clock.now())
                let answer = await connector.perform(asking)
                guard case .traceReported(let trace)? = answer.facts.first?.body else { return [] }
                return trace.scans
            }
            // One of them tells only what was subscribed to.
            _ = await connector.perform(
                Sample.request(
                    .subscribeTrace, target: "way-back:R1#\(number)",
                    order: Sample.order(facts: [asked, .trackingReported(label)])))
            scene.clock.advance(by: .hours(19))
            #expect(await scans().isEmpty)
            scene.clock.advance(by: .hours(24 * 14))
            #expect(await scans().contains { $0.status == .pickedUp })
            #expect(await scans().contains { $0.status == .signed })
        }
    }

    @Test(arguments: DirectCourier.allCases, [0, 1_000])
    func `a repeated creation gives one number in every form of the answer`(
        courier: DirectCourier, isError: Int
    ) async throws {
        for names in [0, 1_000] {
            var faults = DirectFaults.none
            faults.repeatIsError = isError
            faults.repeatNamesNumber = names
            let scene = try DirectScene(faults)
            try await scene.serve { systems in
                let connector = try #require(systems.connectors[courier.rawValue])
                let request = scene.request(.createWaybill, "SO-1-1")
                let first = await connector.perform(request)
                let second = await connector.perform(request)
                if courier == .sf || isError == 0 || names == 1_000 {
                    #expect(DirectScene.number(second) == DirectScene.number(first), "\(second)")
                } else {
                    guard case .ambiguous = second else {
                        Issue.record("\(second)")
                        return
                    }
                }
            }
            let own = DirectScene.ownNumber(courier)
            #expect(await scene.sandbox.numbers(of: own, at: courier).count == 1)
            #expect(await scene.sandbox.requests(for: own, at: courier) == 2)
        }
    }

    @Test(arguments: DirectCourier.allCases)
    func `a wrong secret is turned away byte for byte, and is the credentials' fault`(
        courier: DirectCourier
    ) async throws {
        let scene = try DirectScene()
        var settings = scene.sandbox.settings(of: courier)
        let name = courier == .sf ? "checkWord" : ["yto", "sto"].contains(courier.rawValue) ? "secret" : "appSecret"
        settings.credentials[name] = Sensitive("wrong-secret")
        let wrong = settings
        try await scene.serve([wrong]) { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            guard case .retryable(_, .some) = await connector.perform(scene.request(.createWaybill, "SO-1-1")) else {
                Issue.record("a wrong signature was not told apart")
                return
            }
        }
        #expect(await scene.sandbox.refusals == 1)
        #expect(await scene.sandbox.numbers(of: DirectScene.ownNumber(courier), at: courier).isEmpty)
    }

    @Test(arguments: DirectCourier.allCases)
    func `too many calls and a wrong clock pass, numbers that are used up do not`(courier: DirectCourier) async throws {
        for isClock in [true, false] {
            var faults = DirectFaults.none
            faults.throttled = isClock ? 0 : 1_000
            faults.badClock = isClock ? 1_000 : 0
            let scene = try DirectScene(faults)
            try await scene.serve { systems in
                let connector = try #require(systems.connectors[courier.rawValue])
                let request = scene.request(.createWaybill, "SO-1-1")
                let first = await connector.perform(request)
                guard case .retryable(_, .some) = first else {
                    Issue.record("\(first)")
                    return
                }
                #expect(DirectScene.number(await connector.perform(request)) != nil)
            }
        }
        var faults = DirectFaults.none
        faults.numbers = 0
        let scene = try DirectScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            #expect(await connector.perform(scene.request(.createWaybill, "SO-1-1")).refusal == .channel)
        }
    }

    @Test func `what the receiver lacks is the order's own data, and no other channel is spent on it`() async throws {
        let scene = try DirectScene()
        try await scene.serve { systems in
            for courier in DirectCourier.allCases {
                let connector = try #require(systems.connectors[courier.rawValue])
                var receiver = Sample.receiver
                receiver.address = ""
                receiver.province = ""
                receiver.phone = ""
                let result = await connector.perform(
                    Sample.request(.createWaybill, target: "SO-1-1", receiver: receiver, now: scene.clock.now()))
                #expect(result.refusal == .data, "\(courier) \(result)")
            }
        }
    }

    @Test func `the numbers that are left are asked for`() async throws {
        var faults = DirectFaults.none
        faults.numbers = 5
        let scene = try DirectScene(faults)
        try await scene.serve { systems in
            #expect(systems.numberStocks.keys.sorted() == ["yunda", "zto"])
            for (name, stock) in systems.numberStocks {
                let connector = try #require(systems.connectors[name])
                _ = await connector.perform(scene.request(.createWaybill, "SO-1-1"))
                #expect(await stock.numbersLeft(now: scene.clock.now()) == .left(4), "\(name)")
            }
        }
    }

    @Test(arguments: ["md5", "sm3", "oauth2"])
    func `each proof is accepted, and a token that ends before its time is fetched anew once`(
        signature: String
    ) async throws {
        var faults = DirectFaults.none
        faults.tokenOver = 1_000
        let scene = try DirectScene(faults)
        let settings = scene.sandbox.settings(of: .sf, options: ["signature": signature])
        try await scene.serve([settings]) { systems in
            let connector = try #require(systems.connectors["sf"])
            let created = await connector.perform(scene.request(.createWaybill, "SO-1-1"))
            #expect(DirectScene.number(created) != nil, "\(created)")
        }
        #expect(await scene.sandbox.refusals == 0)
        #expect(await scene.sandbox.requests(for: "SO-1-1", at: .sf) == 1)
    }

    // MARK: - The way of a parcel

    @Test(arguments: [DirectCourier.sf, .sto])
    func `routes that are asked for together are told apart, and an unknown waybill spoils no other`(
        courier: DirectCourier
    ) async throws {
        let scene = try DirectScene()
        try await scene.serve { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            var numbers: [String] = []
            for parcel in 1...12 {
                let created = await connector.perform(scene.request(.createWaybill, "SO-1-\(parcel)"))
                numbers.append(try #require(DirectScene.number(created)))
            }
            scene.clock.advance(by: .hours(200))
            numbers.insert("77399999999", at: 3)
            let traces = await withTaskGroup(of: (String, InstructionResult).self) { group in
                for number in numbers {
                    group.addTask {
                        let request = scene.request(
                            .queryTrace, "SO-1-1#\(number)", tracked: number, by: courier.rawValue)
                        return (number, await connector.perform(request))
                    }
                }
                return await group.reduce(into: [String: InstructionResult]()) { $0[$1.0] = $1.1 }
            }
            for (number, result) in traces where number != "77399999999" {
                guard case .traceReported(let trace)? = result.facts.first?.body else {
                    Issue.record("\(number): \(result)")
                    continue
                }
                #expect(trace.number == number)
                #expect(trace.scans.last?.status == .signed)
            }
            #expect(traces["77399999999"]?.facts.isEmpty == true)
        }
    }

    @Test(arguments: DirectCourier.allCases)
    func `the list of a parcel that comes back ends with the sender and not with the buyer`(
        courier: DirectCourier
    ) async throws {
        var faults = DirectFaults.none
        faults.returned = 1_000
        let scene = try DirectScene(faults)
        try await scene.serve { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            let created = await connector.perform(scene.request(.createWaybill, "SO-1-1"))
            let number = try #require(DirectScene.number(created))
            _ = await connector.perform(scene.request(.subscribeTrace, "SO-1-1#\(number)"))
            scene.clock.advance(by: .hours(200))
            let traced = await connector.perform(
                scene.request(.queryTrace, "SO-1-1@0", tracked: number, by: courier.rawValue))
            #expect(
                traced.statuses == [.pickedUp, .inTransit, .inTransit, .outForDelivery, .returning, .returned],
                "\(traced)")
        }
    }

    @Test(arguments: [DirectCourier.sf, .zto, .jd, .sto])
    func `pushes are forged, repeated, late and doubled, and the right ones are taken in and acknowledged`(
        courier: DirectCourier
    ) async throws {
        var faults = DirectFaults.none
        faults.wrongSignature = 300
        faults.repeatedPush = 500
        faults.reversedPush = 1_000
        faults.doublePickUp = 1_000
        faults.stored = 1_000
        let scene = try DirectScene(faults, seed: 11)
        try await scene.serve { systems in
            let connector = try #require(systems.connectors[courier.rawValue])
            let created = await connector.perform(scene.request(.createWaybill, "SO-1-1"))
            let number = try #require(DirectScene.number(created))
            _ = await connector.perform(scene.request(.subscribeTrace, "SO-1-1#\(number)"))
        }
        for _ in 0..<150 {
            scene.clock.advance(by: .minutes(40))
            await scene.sandbox.advance(through: scene.hub)
        }
        let facts = scene.hub.facts
        let distinct = Set(facts.map(\.messageID))
        #expect(distinct.count == 7, "two pick-ups, two sites, out, stored, signed")
        #expect(facts.count > distinct.count)
        #expect(scene.hub.refusals > 0)
        let scans = facts.flatMap { fact -> [Scan] in
            if case .traceReported(let trace) = fact.body { trace.scans } else { [] }
        }
        #expect(Set(scans.map(\.status)) == [.pickedUp, .inTransit, .outForDelivery, .stored, .signed])
        #expect(scans.map(\.at) != scans.map(\.at).sorted(), "the pick-up comes late")
        let expected: [DirectCourier: String] = [
            .sf: #"{"return_code":"0000","return_msg":"成功"}"#,
            .zto: #"{"message":"成功","result":"success","status":true,"statusCode":"0000"}"#,
            .jd: #"{"code":0,"success":true,"msg":"成功"}"#,
            .sto: #"{"success":"true","errorCode":"","errorMsg":""}"#,
        ]
        let answers = await scene.sandbox.answers(to: courier).map(\.utf8Text)
        #expect(answers.filter { $0 == expected[courier] }.count == facts.count)
        #expect(answers.count == facts.count + scene.hub.refusals)
    }

    @Test func `a push that is lost comes again until it is acknowledged`() async throws {
        let scene = try DirectScene()
        try await scene.serve { systems in
            let connector = try #require(systems.connectors["sto"])
            let created = await connector.perform(scene.request(.createWaybill, "SO-1-1"))
            let number = try #require(DirectScene.number(created))
            _ = await connector.perform(scene.request(.subscribeTrace, "SO-1-1#\(number)"))
        }
        scene.hub.lose(2)
        for _ in 0..<150 {
            scene.clock.advance(by: .minutes(40))
            await scene.sandbox.advance(through: scene.hub)
        }
        #expect(Set(scene.hub.facts.map(\.messageID)).count == 5)
        #expect(scene.hub.pushes == 7)
    }
}
