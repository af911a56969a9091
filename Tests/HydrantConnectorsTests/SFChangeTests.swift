import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Testing

/// SF: taking back, changing, subscribing, and pushes that are no routes.
@Suite struct SFChangeTests {
    private func proxy(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> SFProxy {
        SFProxy(settings: try SFSettings(Sample.courierSettings(options)), caller: caller)
    }

    private static func inner(_ content: String, code: String = "S0000") -> String {
        let inner = #"{"success":\#(code == "S0000"),"errorCode":"\#(code)","errorMsg":"x","msgData":\#(content)}"#
        return #"{"apiResultCode":"A1000","apiResultData":\#(inner)}"#
    }

    private func sent(_ caller: ScriptedCaller) throws -> (service: String, content: JSON) {
        let call = try #require(caller.calls.first)
        let form = try #require(formDecoded(call.body))
        return (
            value(of: "serviceCode", in: form) ?? "", try JSON(text: value(of: "msgData", in: form) ?? "")
        )
    }

    @Test func `a waybill is taken back with its number named`() async throws {
        let caller = ScriptedCaller(text: Self.inner(#"{"orderId":"SO-1-1","resStatus":2}"#))
        #expect(End(try await proxy(caller).perform(CourierSample.void)) == CourierSample.voided("cancelled"))
        let (service, content) = try sent(caller)
        #expect(service == "EXP_RECE_UPDATE_ORDER")
        let expected: JSON = [
            "language": "zh-CN", "orderId": "SO-1-1", "dealType": 2,
            "waybillNoInfoList": [["waybillType": 1, "waybillNo": "N1"]],
        ]
        #expect(content == expected)
    }

    @Test(arguments: [
        ("8037", CourierSample.voided("8037 x")), ("8253", CourierSample.voided("8253 x")),
        ("8018", CourierSample.voided("8018 x")), ("8252", .refused("8252 x")), ("8019", .ambiguous("8019 x")),
        ("8177", .retryable("8177 x", .minutes(10))), ("S0003", .ambiguous("S0003 x")),
    ])
    func `already cancelled is done, already confirmed is not`(code: String, end: End) async throws {
        let caller = ScriptedCaller(text: Self.inner("null", code: code))
        #expect(End(try await proxy(caller).perform(CourierSample.void)) == end)
    }

    @Test func `what does not belong together is not taken back`() async throws {
        let caller = ScriptedCaller(text: Self.inner(#"{"resStatus":1}"#))
        #expect(try await proxy(caller).perform(CourierSample.void).refusal == .channel)
    }

    @Test func `an address is changed by interception and a route is registered`() async throws {
        let change = ScriptedCaller(text: Self.inner("null"))
        #expect(End(try await proxy(change).perform(CourierSample.readdress)) == .done([], "accepted"))
        let changed = try sent(change)
        #expect(changed.service == "EXP_RECE_WANTED_INTERCEPT")
        #expect(changed.content["newDestAddress"]?["contact"] == "张三")
        #expect(changed.content["monthlyCardNo"] == "7551234567")
        let register = ScriptedCaller(text: Self.inner("null"))
        #expect(End(try await proxy(register).perform(CourierSample.subscribe)) == .done([], "accepted"))
        let registered = try sent(register)
        #expect(registered.service == "EXP_RECE_REGISTER_ROUTE")
        #expect(registered.content["attributeNo"] == "N1")
        #expect(registered.content["checkPhoneNo"] == "0041")
    }

    @Test(arguments: [InstructionKind.voidWaybill, .readdressWaybill, .subscribeTrace])
    func `what names no waybill is not sent`(kind: InstructionKind) async throws {
        let caller = ScriptedCaller()
        #expect(try await proxy(caller).perform(Sample.request(kind, target: "SO-1-1")).refusal == .channel)
        #expect(caller.calls.isEmpty)
    }

    @Test(arguments: [
        ("1014", RefusalClass.data), ("8057", .data), ("8114", .channel), ("8119", .channel), ("8247", .channel),
        ("8037", .channel),
    ])
    func `a refusal says whether the next channel may be tried`(code: String, kind: RefusalClass) async throws {
        let caller = ScriptedCaller(text: Self.inner("null", code: code))
        #expect(try await proxy(caller).perform(CourierSample.create).refusal == kind)
    }

    @Test func `SM3 signs the text as it is, and a token stands in the place of a signature`() async throws {
        let caller = ScriptedCaller(text: Self.inner("null", code: "8177"))
        _ = try await proxy(caller, ["signature": "sm3"]).perform(CourierSample.create)
        let form = try #require(formDecoded(caller.calls[0].body))
        let content = try #require(value(of: "msgData", in: form))
        let digest = HashAlgorithm.sm3.digest(Array("\(content)1795320000000check-word".utf8))
        #expect(value(of: "msgDigest", in: form) == hexadecimalText(digest))

        let token = reply(#"{"apiResultCode":"A1000","accessToken":"T 1","expiresIn":7200}"#)
        let over = reply(#"{"apiResultCode":"A1011","apiErrorMsg":"over","apiResultData":""}"#)
        let second = reply(#"{"apiResultCode":"A1000","accessToken":"T2"}"#)
        let scripted = ScriptedCaller(token, over, second, reply(Self.inner("null", code: "8177")))
        let options = ["signature": "oauth2", "tokenUrl": "https://sf.example.com/oauth2/accessToken"]
        let result = try await proxy(scripted, options).perform(CourierSample.create)
        #expect(End(result) == .retryable("8177 x", .minutes(10)))
        let forms = try scripted.calls.map { try #require(formDecoded($0.body)) }
        #expect(forms.map { value(of: "accessToken", in: $0) } == [nil, "T 1", nil, "T2"])
        #expect(forms.allSatisfy { value(of: "msgDigest", in: $0) == nil })
    }

    @Test func `without a token nothing was sent`() async throws {
        let options = ["signature": "oauth2", "tokenUrl": "https://sf.example.com/token"]
        for answer in [reply("{}"), .failure(.ambiguous("late"))] {
            let result = try await proxy(ScriptedCaller(answer), options).perform(CourierSample.create)
            guard case .retryable = result else {
                Issue.record("\(result)")
                return
            }
        }
        #expect(throws: ConnectorSettingsProblem.self) { try proxy(ScriptedCaller(), ["signature": "oauth2"]) }
    }

    // MARK: - Pushes

    private func push(_ body: String) -> Push {
        Push(query: [], headers: [:], body: Array(body.utf8), now: Sample.now, pathRest: "0123456789abcdef")
    }

    @Test func `an order's state is a word, a pick-up is a scan, a fee is nothing`() throws {
        let receiver = SFPushReceiver(
            settings: try SFSettings(Sample.courierSettings(["orderStateAcknowledgement": #"{"success":"true"}"#])))
        let body = """
            {"requestId":"1","timestamp":"2","orderState":[\
            {"orderNo":"SO-1-1","waybillNo":"SF1","orderStateCode":"04-40001",\
            "lastTime":"2026-11-22 10:00:00","empPhone":"13800000042"},\
            {"orderNo":"SO-1-1","waybillNo":"SF1","orderStateCode":"05-40003","lastTime":"2026-11-22 11:00:00"},\
            {"orderNo":"FOREIGN","orderStateCode":"04-40037","lastTime":"2026-11-22 11:00:00"}]}
            """
        let content = try receiver.receive(push(body))
        #expect(content.facts.map(\.word) == ["04-40001", "05-40003"])
        #expect(content.facts[0].body == .statusReported)
        #expect(content.scans.map(\.status) == [.pickedUp])
        #expect(content.unattributed.count == 1)
        #expect(content.acknowledgement.body.utf8Text == #"{"success":"true"}"#)
        let fee = try receiver.receive(push(#"{"waybillNo":"SF1","feeList":[{"value":12}]}"#))
        #expect(fee.facts.isEmpty && fee.unattributed.isEmpty)
        #expect(fee.acknowledgement.body.utf8Text == #"{"return_code":"0000","return_msg":"成功"}"#)
    }

    @Test func `the world's own courier takes a waybill back once and never takes its number again`() async throws {
        let scene = try SandboxScene()
        try await scene.serve { systems in
            let courier = try #require(systems["sf"])
            guard
                case .trackingReported(let tracking)? = await courier.perform(
                    scene.request(.createWaybill, target: "SO-1-1")
                ).facts.first?.body
            else {
                Issue.record("no waybill")
                return
            }
            let target = "SO-1-1#\(tracking.number)"
            for _ in 0..<2 {
                let voided = await courier.perform(scene.request(.voidWaybill, target: target))
                #expect(voided.facts.map(\.body) == [.waybillVoided(parcel: "SO-1-1", number: tracking.number)])
            }
            #expect(await courier.perform(scene.request(.createWaybill, target: "SO-1-1")).refusal == .channel)
            guard case .done = await courier.perform(scene.request(.subscribeTrace, target: target)) else {
                Issue.record("not subscribed")
                return
            }
        }
        #expect(await scene.world.waybills(for: "SO-1-1").count == 1)
    }
}
