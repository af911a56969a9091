import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// ZTO: request, endpoint, success, error, pushes.
@Suite struct ZTOTests {
    private func connector(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> any Connector {
        try CourierSample.connector(CourierSample.zto(options), caller)
    }

    private static let created =
        #"{"status":true,"statusCode":"0000","message":"","result":{"billCode":"73100000000001"}}"#
    private static func failure(_ code: String, _ message: String = "x") -> String {
        #"{"status":false,"statusCode":"\#(code)","message":"\#(message)","result":null}"#
    }

    @Test func `where ZTO collects bags is the line of the waybill`() async throws {
        let reply = Self.created.replacing(
            "}}", with: #","bigMarkInfo":{"mark":"500-17","bagAddr":"杭州集散中心"}}}"#)
        let result = try await connector(ScriptedCaller(text: reply)).perform(CourierSample.create)
        guard case .done(let facts, _) = result, case .trackingReported(let tracking)? = facts.first?.body else {
            Issue.record("no waybill")
            return
        }
        #expect(tracking.number == "73100000000001" && tracking.line == "杭州集散中心" && tracking.rider.isEmpty)
    }

    @Test func `a waybill is asked for under the parcel's number, signed over the exact bytes`() async throws {
        let caller = ScriptedCaller(text: Self.created)
        let result = try await connector(caller).perform(CourierSample.create)
        #expect(End(result) == CourierSample.adopted("73100000000001"))
        let call = try #require(caller.calls.first)
        #expect(call.url == "https://zto.example.com/zto.open.createOrder")
        let content = try JSON(bytes: call.body)
        #expect(content["partnerOrderCode"] == "SO-1-1")
        #expect(content["orderType"] == "2")
        #expect(content["receiveInfo"]?["mobile"] == "13800000041")
        #expect(content["senderInfo"]?["district"] == "广阳区")
        #expect(content["orderItems"]?.array?.count == 2)
        let digest = base64Text(HashAlgorithm.md5.digest(call.body + Array("zs".utf8)))
        let headers = Dictionary(uniqueKeysWithValues: call.headers.map { ($0.name, $0.value) })
        #expect(
            headers == [
                "content-type": "application/json;charset=UTF-8", "x-appKey": "zk", "x-datadigest": digest,
            ])
    }

    @Test func `the application's options change header, algorithm, form and timestamp`() async throws {
        let caller = ScriptedCaller(text: Self.created)
        let options = [
            "keyHeader": "x-companyid", "signAlgorithm": "hmac-sha256", "signForm": "hex", "signTimestamp": "true",
        ]
        _ = try await connector(caller, options).perform(CourierSample.create)
        let call = try #require(caller.calls.first)
        let text = Array("1795320000000".utf8) + call.body
        let digest = hexadecimalText(HashAlgorithm.sha256.authenticationCode(text, key: Array("zs".utf8)))
        let headers = Dictionary(uniqueKeysWithValues: call.headers.map { ($0.name, $0.value) })
        #expect(headers["x-companyid"] == "zk")
        #expect(headers["x-datadigest"] == digest)
        #expect(headers["x-timestamp"] == "1795320000000")
    }

    @Test(arguments: [
        ("S200", "x", End.ambiguous("S200 x")), ("S202", "x", .ambiguous("S202 x")),
        ("S203", "x", .retryable("S203 x", .minutes(5))), ("S206", "x", .retryable("S206 x", .minutes(10))),
        ("S221", "x", .retryable("S221 x", .minutes(1))), ("S211", "x", .retryable("S211 x", .minutes(5))),
        ("S214", "x", .retryable("S214 x", .seconds(30))), ("S210", "x", .refused("S210 x")),
        ("E404", "x", .refused("E404 x")), ("E416", "x", .refused("E416 x")),
    ])
    func `every error comes with HTTP 200 and has its class`(code: String, message: String, end: End) async throws {
        let result = try await connector(ScriptedCaller(text: Self.failure(code, message))).perform(
            CourierSample.create)
        #expect(End(result) == end)
        if case .refused = end { #expect(result.refusal == (code == "E416" ? .data : .channel)) }
    }

    @Test(arguments: [
        ("S203", true), ("S206", true), ("S221", true), ("S211", true), ("S214", true), ("S200", false),
        ("S210", false), ("E416", false),
    ])
    func `too many calls and a key that is not accepted are said of every order`(
        code: String, isForAll: Bool
    ) async throws {
        let scope = CallScope(timeLimit: nil)
        scope.note(HTTPReply(status: 200, body: []))
        let zto = try connector(ScriptedCaller(text: Self.failure(code)))
        _ = await CallScope.$current.withValue(scope) { await zto.perform(CourierSample.create) }
        #expect((scope.last == .turnedAway) == isForAll)
    }

    @Test func `a time-out stays in doubt, because ZTO cannot be asked by our own number`() async throws {
        let silent = ScriptedCaller(.failure(.ambiguous("no reply in time")))
        #expect(End(try await connector(silent).perform(CourierSample.create)) == .ambiguous("no reply in time"))
        let unasked = ScriptedCaller()
        let found = try await connector(unasked).find(CourierSample.create)
        #expect(End(found) == .ambiguous("ZTO cannot be asked by our own number"))
        let looked = try await connector(unasked).perform(CourierSample.look)
        #expect(looked.refusal == .channel)
        #expect(unasked.calls.isEmpty)
    }

    @Test func `our own record answers before anything is repeated`() async throws {
        let tracking = Tracking(parcel: "SO-1-1", courier: "ZTO", channel: "zto", number: "73100000000001")
        let request = Sample.request(
            .createWaybill, target: "SO-1-1", order: Sample.order(facts: [.trackingReported(tracking)]))
        let caller = ScriptedCaller()
        let found = try await connector(caller, ["repeatIsSafe": "true"]).find(request)
        #expect(End(found) == .done([], "73100000000001"))
        #expect(caller.calls.isEmpty)
    }

    @Test func `where ZTO has confirmed that repeating is safe, repeating finds`() async throws {
        let caller = ScriptedCaller(text: Self.created)
        let found = try await connector(caller, ["repeatIsSafe": "true"]).find(CourierSample.create)
        #expect(End(found) == CourierSample.adopted("73100000000001"))
    }

    @Test func `a pre-order is cancelled, a full-network number cannot be`() async throws {
        let caller = ScriptedCaller(text: #"{"status":true,"statusCode":"0000","message":"已取消"}"#)
        #expect(End(try await connector(caller).perform(CourierSample.void)) == CourierSample.voided("已取消"))
        #expect(try JSON(bytes: caller.calls[0].body) == ["cancelType": "1", "billCode": "N1"])
        let unasked = ScriptedCaller()
        let result = try await connector(unasked, ["orderType": "1"]).perform(CourierSample.void)
        #expect(End(result) == .refused("ZTO cannot take back this waybill"))
        #expect(result.refusal == .channel)
        #expect(unasked.calls.isEmpty)
    }

    @Test func `a cancellation of what is cancelled is done`() async throws {
        let caller = ScriptedCaller(text: Self.failure("X1", "订单已取消"))
        #expect(End(try await connector(caller).perform(CourierSample.void)) == CourierSample.voided("X1 订单已取消"))
    }

    @Test func `an address change goes to the intercept service, and its doubt stays`() async throws {
        let caller = ScriptedCaller(text: #"{"status":true,"statusCode":"0000","message":""}"#)
        #expect(End(try await connector(caller).perform(CourierSample.readdress)) == .done([], "accepted"))
        #expect(caller.calls[0].url.hasSuffix("/thirdcenter.createIntercept"))
        #expect(try JSON(bytes: caller.calls[0].body)["receiveInfo"]?["name"] == "张三")
        guard case .refused = try await connector(ScriptedCaller()).find(CourierSample.readdress) else {
            Issue.record("a second interception would be sent blindly")
            return
        }
    }

    @Test func `subscribing needs the phone's last digits and ZTO's own spelling`() async throws {
        let caller = ScriptedCaller(text: #"{"status":true,"statusCode":"SYS000","message":"ok"}"#)
        #expect(End(try await connector(caller).perform(CourierSample.subscribe)) == .done([], "ok"))
        #expect(caller.calls[0].url.hasSuffix("/zto.merchant.waybill.track.subsrcibe"))
        #expect(try JSON(bytes: caller.calls[0].body) == ["billCode": "N1", "mobilePhone": "0041"])
    }

    @Test func `a query's ARRIVAL is a locker, and its times are milliseconds`() async throws {
        let rows = """
            {"status":true,"statusCode":"0000","result":[\
            {"scanType":"签收","scanDate":1795500000000,"desc":"已签收, 签收人是【张三】","scanSite":{"name":"深圳南山"}},\
            {"scanType":"ARRIVAL","scanDate":1795490000000,"desc":"已放入快递柜"},\
            {"scanType":"派件","scanDate":"1795480000000","desc":"派件员【李四】电话13800000042"},\
            {"scanType":"收件","scanDate":1795400000000,"desc":""}]}
            """
        let result = try await connector(ScriptedCaller(text: rows)).perform(CourierSample.trace("zto"))
        #expect(result.statuses == [.pickedUp, .outForDelivery, .stored, .signed])
        guard case .traceReported(let trace)? = result.facts.first?.body else { return }
        #expect(trace.isComplete && trace.number == "N1")
        #expect(trace.scans[3].place == "深圳南山")
        #expect(trace.scans[3].remark == "已签收, 签收人***】")
        #expect(trace.scans[1].remark == "派件员***】电话***")
    }

    @Test func `signed after a return began is the sender's`() async throws {
        let rows = """
            {"status":true,"statusCode":"0000","result":[{"scanType":"退件","scanDate":1795490000000},\
            {"scanType":"签收","scanDate":1795500000000}]}
            """
        let result = try await connector(ScriptedCaller(text: rows)).perform(CourierSample.trace("zto"))
        #expect(result.statuses == [.returning, .returned])
    }

    // MARK: - Pushes

    private static let pushed = """
        {"billCode":"73100000000001","action":"ARRIVAL","actionTime":"2026-11-22 10:00:00","city":"廊坊市",\
        "facilityName":"廊坊中转","desc":"到件"}
        """

    private func push(_ data: String, secret: String = "zs", company: String = "zk") -> Push {
        let digest = base64Text(HashAlgorithm.md5.digest(Array((data + secret).utf8)))
        let form = formEncoded([
            ("data", data), ("data_digest", digest), ("company_id", company), ("msg_type", "Traces"), ("token", ""),
        ])
        return Push(query: [], headers: [:], body: Array(form.utf8), now: Sample.now)
    }

    @Test func `a push is verified over its raw text and names the waybill only`() throws {
        let content = try CourierSample.receiver(CourierSample.zto()).receive(push(Self.pushed))
        #expect(content.facts.map(\.messageID) == ["push/73100000000001/1795312800000/ARRIVAL/廊坊中转"])
        #expect(content.facts.map(\.order) == [""])
        #expect(content.scans.map(\.status) == [.inTransit])
        #expect(
            content.acknowledgement.body.utf8Text
                == #"{"message":"成功","result":"success","status":true,"statusCode":"0000"}"#)
    }

    @Test(arguments: [
        ("GOT", TrackingStatus.pickedUp), ("DEPARTURE", .inTransit), ("DISPATCH", .outForDelivery),
        ("INBOUND", .stored), ("HANDOVERSCAN_SIGNED", .stored), ("SIGNED", .signed), ("DEPARTURE_SIGNED", .signed),
        ("TELEPORTED", .unmapped),
    ])
    func `the words of pushes`(action: String, status: TrackingStatus) throws {
        let text = Self.pushed.replacing("ARRIVAL", with: action)
        #expect(try CourierSample.receiver(CourierSample.zto()).receive(push(text)).scans.map(\.status) == [status])
    }

    @Test func `a wrong signature and another application are refused, what is no push is malformed`() throws {
        let receiver = try CourierSample.receiver(CourierSample.zto())
        let wrong = problem(receiver, push(Self.pushed, secret: "other"))
        #expect(wrong?.kind == .signature)
        #expect(
            wrong?.acknowledgement.body.utf8Text
                == #"{"message":"失败","result":"fail","status":false,"statusCode":"1000"}"#)
        #expect(problem(receiver, push(Self.pushed, company: "zz"))?.kind == .signature)
        #expect(problem(receiver, push("not json"))?.kind == .malformed)
        let bare = Push(query: [], headers: [:], body: Array("data=1".utf8), now: Sample.now)
        #expect(problem(receiver, bare)?.kind == .signature)
        let content = try receiver.receive(push(#"{"billCode":"1"}"#))
        #expect(content.facts.isEmpty && content.unattributed.count == 1)
    }

    @Test func `the number balance is read, and a refusal is unknown`() async throws {
        let caller = ScriptedCaller(
            reply(#"{"status":true,"statusCode":"0000","result":{"availableBalance":"412"}}"#),
            reply(Self.failure("S210")))
        let stock = try #require(
            try ConnectorCatalogue.systems([CourierSample.zto()], caller: caller).numberStocks["zto"])
        #expect(await stock.numbersLeft(now: Sample.now) == .left(412))
        guard case .unknown = await stock.numbersLeft(now: Sample.now) else {
            Issue.record("a refusal was taken for a count")
            return
        }
    }
}
