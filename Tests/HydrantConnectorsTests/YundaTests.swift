import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Yunda: request, endpoint, success, error.
@Suite struct YundaTests {
    private func connector(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> any Connector {
        try CourierSample.connector(CourierSample.yunda(options), caller)
    }

    private static func batch(_ rows: String...) -> String {
        #"{"code":"0000","message":"ok","result":true,"data":[\#(rows.joined(separator: ","))]}"#
    }

    private static let good = #"{"order_serial_no":"SO_2D1_2D1","mailno":"43100001","status":1,"msg":""}"#
    private static let other = #"{"order_serial_no":"OTHER","mailno":"","status":"0","msg":"地址不全"}"#

    @Test func `the secret stands behind an underscore, and our number uses allowed signs only`() async throws {
        let caller = ScriptedCaller(text: Self.batch(Self.other, Self.good))
        #expect(End(try await connector(caller).perform(CourierSample.create)) == CourierSample.adopted("43100001"))
        let call = try #require(caller.calls.first)
        #expect(call.url == "https://yunda.example.com/openapi-api/v1/accountOrder/createBmOrder")
        let headers = Dictionary(uniqueKeysWithValues: call.headers.map { ($0.name, $0.value) })
        #expect(headers["sign"] == hexadecimalText(HashAlgorithm.md5.digest(call.body + Array("_us".utf8))))
        #expect(headers["app-key"] == "uk")
        #expect(headers["req-time"] == "1795320000000")
        let content = try JSON(bytes: call.body)
        #expect(content["partner_id"] == "P9")
        #expect(content["orders"]?.array?.first?["order_serial_no"] == "SO_2D1_2D1")
    }

    @Test(arguments: [
        (batch(other, #"{"order_serial_no":"SO_2D1_2D1","status":"0","msg":"收件人电话错误"}"#), End.refused("收件人电话错误")),
        (batch(other), .ambiguous("the reply does not name order SO_2D1_2D1")),
        (#"{"code":"1001","message":"验签失败","result":false}"#, .retryable("1001 验签失败", .minutes(5))),
        (
            batch(#"{"order_serial_no":"SO_2D1_2D1","status":0,"msg":"订单号重复"}"#),
            .ambiguous("订单号重复, and YUNDA does not say its number again")
        ),
        (
            batch(#"{"order_serial_no":"SO_2D1_2D1","mailno":"43100001","status":0,"msg":"订单号重复"}"#),
            CourierSample.adopted("43100001")
        ),
        ("[]", .ambiguous("the reply of /openapi-api/v1/accountOrder/createBmOrder is not readable")),
    ])
    func `one reply mixes successes and failures, and only our row counts`(answer: String, end: End) async throws {
        #expect(End(try await connector(ScriptedCaller(text: answer)).perform(CourierSample.create)) == end)
    }

    @Test func `repeating finds, unless the account says that it is not safe`() async throws {
        let found = try await connector(ScriptedCaller(text: Self.batch(Self.good))).find(CourierSample.create)
        #expect(End(found) == CourierSample.adopted("43100001"))
        let unsafe = try await connector(ScriptedCaller(), ["repeatIsSafe": "false"]).find(CourierSample.create)
        #expect(End(unsafe) == .ambiguous("YUNDA cannot be asked by our own number"))
        let search = CourierSample.look
        #expect(
            End(try await connector(ScriptedCaller(text: Self.batch(Self.good))).perform(search))
                == CourierSample.adopted("43100001"))
        #expect(
            End(try await connector(ScriptedCaller(), ["repeatIsSafe": "false"]).perform(search))
                == .refused("YUNDA cannot be asked by our own number"))
        let late = ScriptedCaller(.failure(.notSent("refused")))
        #expect(End(try await connector(late).find(CourierSample.create)) == .ambiguous("refused"))
    }

    @Test(arguments: [401, 403, 404])
    func `a search that is refused at the door goes on`(status: Int) async throws {
        let end = try await connector(ScriptedCaller(text: "no", status: status)).perform(CourierSample.look)
        guard case .ambiguous = end else {
            Issue.record("\(status): \(end)")
            return
        }
    }

    @Test func `a search does not order what an interceptor refuses, and goes on`() async throws {
        let text = Text(chinese: "不", english: "no")
        let rule = Rule(
            id: "no", stage: .on, name: text, when: [.orderPlaced],
            actions: [.refuse(kinds: [.createWaybill], reason: text)])
        var settings = Settings()
        settings.rules = RuleSet([rule])
        var order = Order(number: "SO-1")
        let placed = Fact(
            source: "shop", messageID: "m", order: "SO-1", occurredAt: Sample.now, receivedAt: Sample.now,
            body: .orderPlaced(OrderHeader(lines: Sample.lines)))
        _ = try order.record(placed, settings: settings, now: Sample.now)
        let caller = ScriptedCaller()
        let search = Sample.request(.findWaybill, target: "SO-1-1", order: order)
        guard case .ambiguous = try await connector(caller).perform(search) else {
            Issue.record("the search has ended")
            return
        }
        #expect(caller.calls.isEmpty)
    }

    @Test func `a search does not order again what has a number`() async throws {
        let typed = Sample.order(facts: [.trackingReported(Tracking(parcel: "SO-1-1", courier: "SF"))])
        let search = Sample.request(.findWaybill, target: "SO-1-1", order: typed)
        let caller = ScriptedCaller()
        guard case .refused = try await connector(caller).perform(search) else {
            Issue.record("ordered again")
            return
        }
        #expect(caller.calls.isEmpty)
    }

    @Test func `cancelling, changing, subscribing and routes`() async throws {
        let row = #"{"order_serial_no":"SO_2D1_2D1","mailno":"N1","status":"1","msg":"ok"}"#
        let steps = """
            {"code":"0000","result":true,"data":{"mailno":"N1","status":"SIGNED","steps":[\
            {"time":"2026-11-22 10:00:00","action":"GOT","station_name":"廊坊"},\
            {"time":"2026-11-23 10:00:00","action":"INBOUND"},{"time":"2026-11-23 18:00:00","action":"SIGNED"}]}}
            """
        let caller = ScriptedCaller(
            reply(Self.batch(row)), reply(Self.batch(row)),
            reply(Self.batch(#"{"orderid":"SO_2D1_2D1","mailno":"N1","status":1}"#)), reply(steps))
        let connector = try connector(caller)
        #expect(End(await connector.perform(CourierSample.void)) == CourierSample.voided("ok"))
        #expect(End(await connector.perform(CourierSample.readdress)) == .done([], "ok"))
        #expect(End(await connector.perform(CourierSample.subscribe)) == .done([], "accepted"))
        #expect(await connector.perform(CourierSample.trace("yunda")).statuses == [.pickedUp, .stored, .signed])
        #expect(
            caller.calls.map { $0.url.split(separator: "/").last } == [
                "cancelBmOrder", "updateBmOrder", "subscribe", "query",
            ])
    }

    @Test(arguments: [
        ("ACCEPT", TrackingStatus.pickedUp), ("ARRIVAL", .inTransit), ("SENT", .outForDelivery),
        ("OUTBOUND", .outForDelivery), ("RETURN", .returning), ("ISSUE", .problem), ("SIGNFAIL", .problem),
        ("CLEARANCE_X", .unmapped),
    ])
    func `the words`(word: String, status: TrackingStatus) {
        let reply = #"{"mailno":"N1","steps":[{"time":"2026-11-23 10:00:00","action":"\#(word)"}]}"#
        #expect(TrackTable.parcels(system: "yunda", Array(reply.utf8))?.first?.scans.map(\.status) == [status])
    }

    @Test func `the number balance`() async throws {
        let caller = ScriptedCaller(text: #"{"code":"0000","result":true,"data":{"count":77}}"#)
        let stock = try #require(
            try ConnectorCatalogue.systems([CourierSample.yunda()], caller: caller).numberStocks["yunda"])
        #expect(await stock.numbersLeft(now: Sample.now) == .left(77))
        #expect(caller.calls[0].url.hasSuffix("/searchCount"))
    }
}
