import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Calls to Cainiao: request, endpoint, success, error.
@Suite struct CainiaoTests {
    private func proxy(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> CainiaoProxy {
        CainiaoProxy(settings: try CainiaoSettings(Sample.cainiaoSettings(options)), caller: caller)
    }

    private var create: InstructionRequest { Sample.partnerRequest(.createWaybill, "cainiao") }

    private static let made = """
        {"success":"true","waybillCloudPrintResponseList":[{"objectId":"OTHER","waybillCode":"CN9","printData":"{}"},\
        {"objectId":"SO-1-1","waybillCode":"CN1","printData":"{}"}]}
        """

    private static func failure(_ message: String, code: String = "B") -> String {
        #"{"success":"false","errorCode":"\#(code)","errorMsg":"\#(message)"}"#
    }

    @Test func `a waybill is asked for with the parcel as objectId and the courier of the instruction`() async throws {
        let caller = ScriptedCaller(text: Self.made)
        var request = create
        request.instruction.courier = "yunda"
        let result = try await proxy(caller).perform(request)
        let call = try #require(caller.calls.first)
        #expect(call.url == "https://link.example.com/gateway/link.do")
        #expect(call.form.map(\.name) == ["msg_type", "logistic_provider_id", "data_digest", "logistics_interface"])
        #expect(call.field("msg_type") == "TMS_WAYBILL_GET")
        #expect(call.field("logistic_provider_id") == "merchant")
        let expected = """
            {"cpCode":"YUNDA","sender":{"name":"一号仓","mobile":"4000000000","address":{"province":"河北省","city":"廊坊市",\
            "district":"广阳区","detail":"物流园 1 号"}},"tradeOrderInfoDtos":[{"objectId":"SO-1-1","orderInfo":\
            {"orderChannelsType":"OTHERS","tradeOrderList":["SO-1"]},"packageInfo":{"id":"SO-1-1","items":[\
            {"name":"机油滤清器","count":2},{"name":"手套","count":1}]},"recipient":{"name":"张三","mobile":"13800000041",\
            "address":{"province":"广东省","city":"深圳市","district":"南山区","detail":"科技园 1 号"}}}]}
            """
        #expect(call.field("logistics_interface") == expected)
        let tracking = Tracking(parcel: "SO-1-1", courier: "YUNDA", channel: "cainiao", number: "CN1")
        #expect(result.facts.map(\.body) == [.trackingReported(tracking)])
        #expect(End(result) == .done(["waybill/SO-1-1/CN1 = tracking.reported"], "CN1"))
    }

    @Test func `the digest covers the exact text that is sent`() async throws {
        let caller = ScriptedCaller(text: Self.made)
        _ = try await proxy(caller).perform(create)
        let content = try #require(caller.calls[0].field("logistics_interface"))
        let input = SignatureInput(secret: "app-secret", body: Array(content.utf8))
        #expect(caller.calls[0].field("data_digest") == SignatureRecipe.trailingSecretMD5.sign(input))
    }

    @Test(arguments: [
        (failure("电子面单余额不足"), End.refused("B 电子面单余额不足"), RefusalClass.channel),
        (failure("收件人地址无法识别"), .refused("B 收件人地址无法识别"), .data), (failure("签名校验失败"), .refused("B 签名校验失败"), .channel),
        (failure("没有见过的话"), .refused("B 没有见过的话"), .channel), (failure("系统异常"), .ambiguous("B 系统异常"), .data),
        (failure("接口调用频率超限"), .retryable("B 接口调用频率超限", .minutes(1)), .data),
        ("{}", .ambiguous("the reply of TMS_WAYBILL_GET is not readable"), .data),
        (#"{"success":true}"#, .ambiguous("Cainiao's reply names no number of this parcel"), .data),
    ])
    func `each answer has its class`(answer: String, end: End, refusal: RefusalClass) async throws {
        let result = try await proxy(ScriptedCaller(text: answer)).perform(create)
        #expect(End(result) == end)
        if case .refused(_, let found) = result { #expect(found == refusal) }
    }

    @Test func `a courier without a code is left to another channel, and nothing is sent`() async throws {
        let caller = ScriptedCaller()
        var request = create
        request.instruction.courier = "NOBODY"
        let result = try await proxy(caller).perform(request)
        guard case .refused(let detail, .channel) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(detail == "there is no code for the courier NOBODY; set courier or courierCodes of cainiao")
        #expect(caller.calls.isEmpty)
    }

    @Test func `after a broken connection Cainiao cannot be asked, and it is not asked again blindly`() async throws {
        let caller = ScriptedCaller(.failure(.ambiguous("no reply in time")))
        let proxy = try proxy(caller)
        #expect(End(await proxy.perform(create)) == .ambiguous("no reply in time"))
        let words = "Cainiao cannot be asked by our own number; look the parcel up in its console"
        #expect(End(await proxy.find(create)) == .ambiguous(words))
        #expect(End(await proxy.perform(Sample.partnerRequest(.findWaybill, "cainiao"))) == .refused(words))
        #expect(caller.calls.count == 1)
    }

    @Test func `where a repeated order is known to give the first number, it stands for asking`() async throws {
        let caller = ScriptedCaller(text: Self.made)
        let result = try await proxy(caller, ["repeatIsSafe": "true"]).find(create)
        #expect(End(result) == .done(["waybill/SO-1-1/CN1 = tracking.reported"], "CN1"))
    }

    @Test func `a search orders again only where a waybill is wanted now`() async throws {
        var sample = Sample.partnerRequest(.findWaybill, "cainiao")
        let found = try await proxy(ScriptedCaller(text: Self.made), ["repeatIsSafe": "true"]).perform(sample)
        #expect(End(found) == .done(["waybill/SO-1-1/CN1 = tracking.reported"], "CN1"))
        sample.order = Sample.order(facts: [.orderCancelled(reason: "by the customer")])
        let caller = ScriptedCaller()
        let none = try await proxy(caller, ["repeatIsSafe": "true"]).perform(sample)
        #expect(End(none) == .refused("Cainiao can only be asked by ordering again, and the order is cancelled"))
        #expect(caller.calls.isEmpty)
    }

    @Test func `a number that the hub was told of is adopted without a call`() async throws {
        let order = Sample.tracked("CN7", courier: "STO", channel: "cainiao")
        let caller = ScriptedCaller()
        let result = try await proxy(caller).find(Sample.partnerRequest(.createWaybill, "cainiao", order: order))
        #expect(End(result) == .done(["waybill/SO-1-1/CN7 = tracking.reported"], "CN7"))
        #expect(caller.calls.isEmpty)
    }

    @Test func `nothing is ordered again beside a number of another channel`() async throws {
        let order = Sample.tracked("SF1", courier: "SF", channel: "sf")
        let caller = ScriptedCaller()
        let request = Sample.partnerRequest(.findWaybill, "cainiao", order: order)
        let result = try await proxy(caller, ["repeatIsSafe": "true"]).perform(request)
        #expect(
            End(result)
                == .refused("Cainiao can only be asked by ordering again, and the parcel has a number elsewhere"))
        #expect(caller.calls.isEmpty)
    }

    @Test func `a waybill is taken back, and a refusal to do so is shown`() async throws {
        let order = Sample.tracked("CN1", courier: "STO", channel: "cainiao")
        let request = Sample.partnerRequest(.voidWaybill, "cainiao", target: "SO-1-1#CN1", order: order)
        let caller = ScriptedCaller(
            reply(#"{"success":true,"discardResult":"true"}"#), reply(#"{"success":true,"discardResult":false}"#))
        let proxy = try proxy(caller)
        let done = await proxy.perform(request)
        #expect(done.facts.map(\.body) == [.waybillVoided(parcel: "SO-1-1", number: "CN1")])
        #expect(caller.calls[0].field("msg_type") == "TMS_WAYBILL_DISCARD")
        #expect(caller.calls[0].field("logistics_interface") == #"{"cpCode":"STO","waybillCode":"CN1"}"#)
        #expect(End(await proxy.perform(request)) == .refused("Cainiao did not take CN1 back"))
        #expect(End(await proxy.find(request)) == .notFound)
    }

    @Test func `an address is changed on the waybill that is named`() async throws {
        let order = Sample.tracked("CN1", channel: "cainiao")
        let caller = ScriptedCaller(text: #"{"success":"true","waybillCode":"CN1"}"#)
        let request = Sample.partnerRequest(.readdressWaybill, "cainiao", target: "SO-1-1#CN1", order: order)
        #expect(End(try await proxy(caller).perform(request)) == .done([], "changed"))
        let content = try caller.calls[0].document("logistics_interface")
        #expect(caller.calls[0].field("msg_type") == "TMS_WAYBILL_UPDATE")
        #expect(content["waybillCode"] == "CN1")
        #expect(content["recipient"]?["address"]?["detail"] == "科技园 1 号")
    }

    @Test func `the whole list of scans is read, oldest first, without people`() async throws {
        let rows = [
            #"{"time":"2026-11-22 10:00:00","desc":"已签收，签收人：张三","status":"07","city":"深圳市"}"#,
            #"{"time":"2026-11-21 10:00:00","desc":"已揽收","status":"00","city":"廊坊市"}"#,
            #"{"time":"2026-11-21 12:00:00","desc":"新状态","status":"26"}"#,
            #"{"time":"2026-11-22 09:00:00","desc":"快件已存放至驿站，请及时取件","status":"07"}"#,
        ]
        let caller = ScriptedCaller(text: #"{"success":"true","fullTraceDetail":[\#(rows.joined(separator: ","))]}"#)
        let order = Sample.tracked("CN1", channel: "cainiao")
        let request = Sample.partnerRequest(.queryTrace, "cainiao", target: "SO-1-1@5", order: order)
        let result = try await proxy(caller, ["appCode": "app"]).perform(request)
        let trace = try #require(result.facts.first?.trace)
        #expect(trace.scans.map(\.status) == [.pickedUp, .unmapped, .stored, .signed])
        #expect(trace.scans.map(\.code) == ["00", "26", "07", "07"])
        #expect(trace.isComplete && trace.number == "CN1")
        #expect(!trace.scans.contains { $0.remark.contains("张三") })
        #expect(caller.calls[0].field("to_code") == "CNTECH_LV")
        #expect(
            caller.calls[0].field("logistics_interface")
                == #"{"arg0":{"appCode":"app","cpCode":"ZTO","mailNo":"CN1","receiverPhone":"13800000041"}}"#)
    }

    @Test(arguments: [
        ("00", TrackingStatus.pickedUp), ("01", .inTransit), ("02", .inTransit), ("03", .inTransit), ("13", .inTransit),
        ("04", .outForDelivery), ("05", .problem), ("06", .problem), ("12", .problem), ("07", .signed),
        ("08", .returning), ("11", .returning), ("AGENT_SIGN", .stored), ("SIGN", .signed), ("14", .unmapped),
        ("", .unmapped),
    ])
    func `the code table`(code: String, status: TrackingStatus) async throws {
        let caller = ScriptedCaller(
            text:
                #"{"success":true,"fullTraceDetail":[{"time":"2026-11-22 10:00:00","desc":"x","status":"\#(code)"}]}"#)
        let order = Sample.tracked("CN1", channel: "cainiao")
        let result = try await proxy(caller).perform(
            Sample.partnerRequest(.queryTrace, "cainiao", target: "SO-1-1", order: order))
        #expect(result.facts.first?.trace?.scans.map(\.status) == [status])
    }

    @Test func `a list without scans is asked for again`() async throws {
        let order = Sample.tracked("CN1", channel: "cainiao")
        let caller = ScriptedCaller(text: #"{"success":true,"fullTraceDetail":null}"#)
        let result = try await proxy(caller).perform(
            Sample.partnerRequest(.queryTrace, "cainiao", target: "SO-1-1", order: order))
        #expect(End(result) == .retryable("Cainiao has no scans yet", .minutes(15)))
    }

    @Test func `what is left of the numbers adds up all branches of the courier`() async throws {
        let reply = """
            {"success":"true","waybillApplySubscriptionCols":[{"cpCode":"ZTO","branchAccountCols":[{"quantity":32},\
            {"quantity":"8"}]},{"cpCode":"STO","branchAccountCols":[{"quantity":900}]}]}
            """
        let caller = ScriptedCaller(.success(HTTPReply(status: 200, body: Array(reply.utf8))))
        #expect(await (try proxy(caller)).numbersLeft(now: Sample.now) == .left(40))
        let silent = try proxy(ScriptedCaller(.failure(.notSent("refused"))))
        #expect(await silent.numbersLeft(now: Sample.now) == .unknown("refused"))
        let most = #"{"quantity":"-9223372036854775808"}"#
        let branches = #"{"cpCode":"ZTO","branchAccountCols":[\#(most),\#(most),{"quantity":5}]}"#
        let odd = ScriptedCaller(text: #"{"success":true,"waybillApplySubscriptionCols":[\#(branches)]}"#)
        #expect(await (try proxy(odd)).numbersLeft(now: Sample.now) == .left(5))
    }

    @Test func `what Cainiao does not do is refused as the channel's`() async throws {
        let caller = ScriptedCaller()
        let result = try await proxy(caller).perform(Sample.partnerRequest(.checkCredit, "cainiao"))
        #expect(End(result) == .refused("cainiao does not carry out credit.check"))
        #expect(caller.calls.isEmpty)
    }

    // MARK: - Subscriptions

    private static let subscribe = Sample.partnerRequest(
        .subscribeTrace, "cainiao", target: "SO-1-1#CN1", order: Sample.tracked("CN1", channel: "cainiao"))

    @Test func `a subscription asks what a query asks, as the resource for traces`() async throws {
        let caller = ScriptedCaller(text: #"{"success":"true"}"#)
        let result = try await proxy(caller, ["pushes": "true", "appCode": "app"]).perform(Self.subscribe)
        #expect(End(result) == .done([], "subscribed"))
        #expect(caller.calls[0].field("msg_type") == "CNTECH_LV_LOGISTICS_DETAIL_SUBSCRIBE")
        #expect(caller.calls[0].field("to_code") == "CNTECH_LV")
        #expect(
            caller.calls[0].field("logistics_interface")
                == #"{"arg0":{"appCode":"app","cpCode":"ZTO","mailNo":"CN1","receiverPhone":"13800000041"}}"#)
    }

    @Test(arguments: [
        (failure("该运单已订阅"), End.done([], "subscribed")), (failure("系统异常"), .retryable("B 系统异常", nil)),
        (failure("接口未授权"), .refused("B 接口未授权")),
    ])
    func `each answer to a subscription has its class`(answer: String, end: End) async throws {
        #expect(End(try await proxy(ScriptedCaller(text: answer), ["pushes": "true"]).perform(Self.subscribe)) == end)
    }

    @Test func `as long as Cainiao does not know where to push, nothing is subscribed`() async throws {
        let caller = ScriptedCaller()
        #expect(
            End(try await proxy(caller).perform(Self.subscribe))
                == .refused("cainiao pushes nothing; set the option pushes once Cainiao has the hub's address"))
        #expect(caller.calls.isEmpty)
    }

    // MARK: - Pushes

    private func push(_ content: String, signed: String? = nil) -> Push {
        let digest = SignatureRecipe.trailingSecretMD5.sign(
            SignatureInput(secret: "app-secret", body: Array((signed ?? content).utf8)))
        let form = formEncoded([("msg_type", "X"), ("data_digest", digest), ("logistics_interface", content)])
        return Push(query: [], headers: [:], body: Array(form.utf8), now: Sample.now)
    }

    private func receive(_ push: Push) throws -> PushContent {
        try CainiaoPushReceiver(settings: try CainiaoSettings(Sample.cainiaoSettings())).receive(push)
    }

    private static let pushed = """
        {"mailNo":"CN1","cpCode":"ZTO","fullTraceDetail":[{"time":"2026-11-22 10:00:00","desc":"已签收","status":"07"},\
        {"time":"2026-11-21 10:00:00","desc":"已揽收","status":"00","city":"廊坊市"}]}
        """

    @Test func `pushed scans are facts of the number, and prove no signature by themselves`() throws {
        let content = try receive(push(Self.pushed))
        #expect(content.facts.map(\.order) == ["", ""])
        #expect(content.facts.compactMap(\.trace).flatMap(\.scans).map(\.status) == [.pickedUp, .signed])
        #expect(content.facts.compactMap(\.trace).allSatisfy { !$0.isComplete && $0.number == "CN1" })
        #expect(content.acknowledgement.body.utf8Text == #"{"success":"true","errorCode":"","errorMsg":""}"#)
        // The same scan in a later push is the same message.
        let again = try receive(push(#"{"arg0":\#(Self.pushed)}"#))
        #expect(again.facts.map(\.messageID) == content.facts.map(\.messageID))
    }

    @Test func `an altered, unsigned or unreadable push is refused with its reason`() throws {
        func kind(_ push: Push) -> PushProblem.Kind? {
            do {
                _ = try receive(push)
                return nil
            } catch {
                return (error as? PushProblem)?.kind
            }
        }
        #expect(kind(push(Self.pushed, signed: Self.pushed + " ")) == .signature)
        var unsigned = push(Self.pushed)
        unsigned.body = Array(formEncoded([("logistics_interface", Self.pushed)]).utf8)
        #expect(kind(unsigned) == .signature)
        for content in ["x", "{}", #"{"mailNo":"","fullTraceDetail":[]}"#, #"{"mailNo":"CN1"}"#] {
            #expect(kind(push(content)) == .malformed)
        }
    }
}
