import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// JD Logistics: request, endpoint, success, error, pushes.
@Suite struct JDTests {
    private func connector(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> any Connector {
        try CourierSample.connector(CourierSample.jd(options), caller)
    }

    private static func success(_ data: String, subCode: String = "") -> String {
        #"{"code":0,"success":true,"msg":"成功","subCode":"\#(subCode)","data":\#(data)}"#
    }

    private static let created = success(#"{"orderCode":"EO1","waybillCode":"JDV001"}"#)

    @Test func `everything but the content stands in the query, signed between two copies of the secret`() async throws
    {
        let caller = ScriptedCaller(text: Self.created)
        #expect(End(try await connector(caller).perform(CourierSample.create)) == CourierSample.adopted("JDV001"))
        let call = try #require(caller.calls.first)
        #expect(call.url.hasPrefix("https://jd.example.com/ecap/v1/orders/create?LOP-DN=ECAP&app_key=jk&"))
        let pairs = query(of: call.url)
        #expect(value(of: "timestamp", in: pairs) == "2026-11-22 12:00:00")
        let body = call.body.utf8Text
        let text =
            "jsaccess_tokenjtapp_keyjkmethod/ecap/v1/orders/createparam_json\(body)timestamp2026-11-22 12:00:00v2.0js"
        #expect(value(of: "sign", in: pairs) == hexadecimalText(HashAlgorithm.md5.digest(Array(text.utf8))))
        let order = try #require(try JSON(bytes: call.body).array?.first)
        #expect(order["orderId"] == "SO-1-1")
        #expect(order["customerCode"] == "010K")
        #expect(order["receiverContact"]?["fullAddress"] == "广东省深圳市南山区科技园 1 号")
    }

    @Test(arguments: [
        ("HMacSHA256", HashAlgorithm.sha256), ("HMacSHA512", .sha512), ("HMacMD5", .md5), ("HMacSHA1", .sha1),
    ])
    func `keyed algorithms sign the same text`(name: String, hash: HashAlgorithm) async throws {
        let caller = ScriptedCaller(text: Self.created)
        _ = try await connector(caller, ["signAlgorithm": name]).perform(CourierSample.create)
        let call = try #require(caller.calls.first)
        let text =
            "jsaccess_tokenjtapp_keyjkmethod/ecap/v1/orders/createparam_json\(call.body.utf8Text)"
            + "timestamp2026-11-22 12:00:00v2.0js"
        let code = hash.authenticationCode(Array(text.utf8), key: Array("js".utf8))
        #expect(value(of: "sign", in: query(of: call.url)) == base64Text(code))
        #expect(value(of: "algorithm", in: query(of: call.url)) == name)
    }

    @Test func `a used order number brings the existing waybill, and so finds it`() async throws {
        let duplicate = Self.success(#"{"waybillCode":"JDV001"}"#, subCode: "0_0001")
        let found = try await connector(ScriptedCaller(text: duplicate)).find(CourierSample.create)
        #expect(End(found) == CourierSample.adopted("JDV001"))
        let refused = #"{"code":1,"success":false,"subCode":"0_0001","subMsg":"商家订单号已使用"}"#
        let result = try await connector(ScriptedCaller(text: refused)).perform(CourierSample.create)
        #expect(End(result) == .ambiguous("0_0001 商家订单号已使用, and JD does not say its number again"))
    }

    @Test(arguments: [
        (#"{"error_response":{"en_desc":"x","zh_desc":"签名错误","code":"21"}}"#, End.retryable("21 签名错误", .minutes(5))),
        (#"{"code":1,"success":false,"subCode":"9","subMsg":"收件人电话格式不正确"}"#, .refused("9 收件人电话格式不正确")),
        (#"{"code":1,"success":false,"subCode":"9","subMsg":"目的地超区"}"#, .refused("9 目的地超区")),
        (#"{"code":1,"success":false,"subCode":"4000","subMsg":"x"}"#, .ambiguous("4000 x")),
        ("<html>", .ambiguous("the reply of /ecap/v1/orders/create is not readable")),
        (success(#"{"orderCode":"EO1"}"#), .ambiguous("JD has the order and gives no number yet")),
    ])
    func `each answer has its class`(answer: String, end: End) async throws {
        let result = try await connector(ScriptedCaller(text: answer)).perform(CourierSample.create)
        #expect(End(result) == end)
        if answer.contains("电话") { #expect(result.refusal == .data) }
        if answer.contains("超区") { #expect(result.refusal == .channel) }
    }

    @Test(arguments: [
        ("0", CourierSample.voided("cancelled")), ("1", CourierSample.voided("stopped on its way")),
        ("2", .refused("JD could not cancel 成功")), ("3", .refused("JD could not stop the parcel 成功")),
    ])
    func `a cancellation is done, turned into a stop, or failed`(type: String, end: End) async throws {
        let caller = ScriptedCaller(text: Self.success(#"{"resultType":\#(type)}"#))
        #expect(End(try await connector(caller).perform(CourierSample.void)) == end)
        #expect(try JSON(bytes: caller.calls[0].body).array?.first?["waybillCode"] == "N1")
    }

    @Test func `changing, subscribing and asking for routes`() async throws {
        let caller = ScriptedCaller(
            reply(Self.success("{}")), reply(Self.success(#""订阅成功""#)),
            reply(
                Self.success(
                    """
                    {"traceDetails":[{"category":420,"operationTime":"2026-11-22 18:00:00"},\
                    {"category":"100","operationTime":"2026-11-22 17:00:00"},\
                    {"category":440,"state":"200051","operationTime":"2026-11-23 09:00:00"},\
                    {"category":510,"operationTime":"2026-11-23 19:00:00","operateSite":"深圳"}]}
                    """)))
        let connector = try connector(caller)
        #expect(End(await connector.perform(CourierSample.readdress)) == .done([], "成功"))
        #expect(End(await connector.perform(CourierSample.subscribe)) == .done([], "成功"))
        let trace = await connector.perform(CourierSample.trace("jd"))
        #expect(trace.statuses == [.pickedUp, .stored, .signed])
        #expect(try JSON(bytes: caller.calls[1].body).array?.first?["mobile"] == "0041")
        #expect(
            caller.calls.map { String($0.url.split(separator: "?")[0].dropFirst("https://jd.example.com".count)) } == [
                "/ecap/v1/orders/modify", "/ecap/v1/orders/trace/subscribe", "/ecap/v1/orders/trace/query",
            ])
    }

    // MARK: - Pushes

    private func push(_ body: String, token: String = CourierSample.token) -> Push {
        Push(query: [], headers: [:], body: Array(body.utf8), now: Sample.now, pathRest: token)
    }

    private static func row(_ category: String, state: String = "", order: String = "SO-1-1") -> String {
        """
        {"waybillCode":"JDV001","orderId":"\(order)","category":\(category),"state":"\(state)",\
        "operationTitle":"t","operationTime":"2026-11-22 10:00:00","operateSite":"廊坊"}
        """
    }

    @Test(arguments: [
        ("420", "", TrackingStatus.pickedUp), ("430", "", .inTransit), ("440", "11000", .outForDelivery),
        ("510", "10034", .signed), ("430", "200057", .stored), ("430", "200033", .returning), ("403", "", .problem),
        ("480", "", .problem), ("530", "", .problem), ("690", "", .cancelled), ("999", "", .unmapped),
    ])
    func `the category table, and the finer states that say more`(
        category: String, state: String, status: TrackingStatus
    ) throws {
        let receiver = try CourierSample.receiver(CourierSample.jd())
        let content = try receiver.receive(push(Self.row(category, state: state)))
        #expect(content.scans.map(\.status) == [status])
        #expect(content.facts.map(\.order) == ["SO-1"])
        #expect(content.acknowledgement.body.utf8Text == #"{"code":0,"success":true,"msg":"成功"}"#)
    }

    @Test func `what is known and no news of the way is a word of the courier`() throws {
        let receiver = try CourierSample.receiver(CourierSample.jd())
        let content = try receiver.receive(push("[\(Self.row("100")),\(Self.row("390"))]"))
        #expect(content.facts.map(\.body) == [.statusReported, .statusReported])
        let foreign = try receiver.receive(push(Self.row("420", order: "OTHER")))
        #expect(foreign.facts.map(\.order) == [""])
        #expect(try receiver.receive(push("{}")).unattributed.count == 1)
    }

    @Test func `a wrong token is refused, what is no JSON is malformed, the acknowledgement is a setting`() throws {
        let receiver = try CourierSample.receiver(CourierSample.jd(["pushAcknowledgement": "OK"]))
        #expect(problem(receiver, push(Self.row("420"), token: "0123456789abcdeX"))?.kind == .signature)
        #expect(problem(receiver, push("x"))?.kind == .malformed)
        #expect(try receiver.receive(push(Self.row("420"))).acknowledgement.body.utf8Text == "OK")
    }
}
