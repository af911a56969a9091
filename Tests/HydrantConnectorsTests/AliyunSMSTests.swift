import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Calls to Alibaba Cloud's text service: request, endpoint, success, error, and looking for what was sent.
@Suite struct AliyunSMSTests {
    private func proxy(_ caller: any HTTPCaller) throws -> AliyunSMSProxy {
        AliyunSMSProxy(settings: try AliyunSMSSettings(Sample.aliyunSettings()), caller: caller)
    }

    private static let reference = "SO-1/7/keeper.ask#SO-1-1"

    @Test func `a call is signed over everything it sends, and no phone stands in the address`() async throws {
        let caller = ScriptedCaller(text: #"{"Code":"OK","BizId":"B1"}"#)
        _ = try await proxy(caller).perform(Sample.keeperRequest())
        let call = caller.calls[0]
        #expect(call.url == "https://dysmsapi.example.com/")
        #expect(call.field("Action") == "SendSms" && call.field("Version") == "2017-05-25")
        #expect(call.field("OutId") == Self.reference)
        #expect(call.field("Timestamp") == "2026-11-22T04:00:00Z")
        var input = SignatureInput(secret: "key", pairs: call.form.filter { $0.name != "Signature" })
        input.fields["http_method"] = Array("POST".utf8)
        #expect(call.field("Signature") == SignatureRecipe.rpc.sign(input))
    }

    @Test(arguments: [
        ("isv.BUSINESS_LIMIT_CONTROL", End.retryable("isv.BUSINESS_LIMIT_CONTROL m", .minutes(60))),
        ("isp.SYSTEM_ERROR", .ambiguous("isp.SYSTEM_ERROR m")),
        ("isv.MOBILE_NUMBER_ILLEGAL", .refused("isv.MOBILE_NUMBER_ILLEGAL m")),
        ("isv.AMOUNT_NOT_ENOUGH", .refused("isv.AMOUNT_NOT_ENOUGH m")), ("isv.NEW", .refused("isv.NEW m")),
    ])
    func `each code has its class`(code: String, end: End) async throws {
        let caller = ScriptedCaller(text: #"{"Code":"\#(code)","Message":"m","RequestId":"r"}"#, status: 200)
        #expect(End(try await proxy(caller).perform(Sample.keeperRequest())) == end)
    }

    @Test func `an empty account lets another channel try, a wrong number does not`() async throws {
        for (code, refusal) in [("isv.AMOUNT_NOT_ENOUGH", RefusalClass.channel), ("isv.MOBILE_NUMBER_ILLEGAL", .data)] {
            let caller = ScriptedCaller(text: #"{"Code":"\#(code)","Message":""}"#, status: 400)
            guard case .refused(_, let found) = try await proxy(caller).perform(Sample.keeperRequest()) else {
                Issue.record("not refused")
                continue
            }
            #expect(found == refusal)
        }
    }

    @Test(arguments: [
        (Result<HTTPReply, HTTPFailure>.failure(.notSent("refused")), End.retryable("refused", nil)),
        (.failure(.ambiguous("no reply in time")), .ambiguous("no reply in time")),
        (reply("<html>", status: 502), .ambiguous("the reply of SendSms is not readable (HTTP 502)")),
        (reply("x", status: 403), .refused("HTTP 403")), (reply("x", status: 429), .retryable("HTTP 429", nil)),
    ])
    func `each broken exchange has its class`(answer: Result<HTTPReply, HTTPFailure>, end: End) async throws {
        #expect(End(try await proxy(ScriptedCaller(answer)).perform(Sample.keeperRequest())) == end)
    }

    @Test func `words of the operator lose phones`() async throws {
        let caller = ScriptedCaller(text: #"{"Code":"isv.X","Message":"13800000041 is bad"}"#)
        #expect(End(try await proxy(caller).perform(Sample.keeperRequest())) == .refused("isv.X *** is bad"))
    }

    private static func list(_ rows: String...) -> Result<HTTPReply, HTTPFailure> {
        reply(#"{"Code":"OK","SmsSendDetailDTOs":{"SmsSendDetailDTO":[\#(rows.joined(separator: ","))]}}"#)
    }

    @Test func `a text in the list of sent ones is not sent again`() async throws {
        let row = #"{"OutId":"\#(Self.reference)","SendStatus":3,"ErrCode":"DELIVERED"}"#
        let caller = ScriptedCaller(Self.list(#"{"OutId":"other","SendStatus":3}"#, row))
        let request = Sample.issued(Sample.keeperRequest(), at: Sample.now - .minutes(1))
        #expect(End(try await proxy(caller).find(request)) == .done([], "found as sent"))
        #expect(caller.calls[0].field("Action") == "QuerySendDetails")
        #expect(caller.calls[0].field("SendDate") == "20261122")
        #expect(caller.calls[0].field("PhoneNumber") == "13900000042")
    }

    @Test func `a text that was sent and did not arrive is no success`() async throws {
        let row = #"{"OutId":"\#(Self.reference)","SendStatus":2,"ErrCode":"MK:0001"}"#
        let request = Sample.issued(Sample.keeperRequest(), at: Sample.now - .minutes(1))
        #expect(
            End(try await proxy(ScriptedCaller(Self.list(row))).find(request))
                == .refused("the text was not delivered: MK:0001"))
    }

    @Test func `a text missing from the list is sent again only after the list had time to fill`() async throws {
        let early = Sample.issued(Sample.keeperRequest(), at: Sample.now - .minutes(9))
        #expect(
            End(try await proxy(ScriptedCaller(Self.list())).find(early))
                == .ambiguous("the text is not in the list of sent ones yet, which can be late"))
        let late = Sample.issued(Sample.keeperRequest(), at: Sample.now - .minutes(10))
        #expect(End(try await proxy(ScriptedCaller(Self.list())).find(late)) == .notFound)
    }

    @Test func `the time counts from the last attempt and not from the first`() async throws {
        let caller = ScriptedCaller(.failure(.ambiguous("broken")), Self.list())
        let proxy = try proxy(caller)
        let request = Sample.issued(Sample.keeperRequest(), at: Sample.now - .minutes(50))
        #expect(End(await proxy.perform(request)) == .ambiguous("broken"))
        guard case .ambiguous = await proxy.find(request) else {
            Issue.record("absence was believed at once")
            return
        }
    }

    @Test func `every day since the instruction is looked through`() async throws {
        let caller = ScriptedCaller(Self.list(), Self.list(), Self.list())
        let request = Sample.issued(Sample.keeperRequest(), at: Sample.now - .hours(40))
        #expect(End(try await proxy(caller).find(request)) == .notFound)
        #expect(caller.calls.map { $0.field("SendDate") } == ["20261122", "20261121", "20261120"])
        #expect(Set(caller.calls.map { $0.field("SignatureNonce") }).count == 3)
    }

    @Test func `a list that cannot be had leaves the doubt`() async throws {
        for answer in [
            reply(#"{"Code":"isv.X","Message":""}"#), reply("", status: 500),
            Result<HTTPReply, HTTPFailure>.failure(.notSent("x")),
        ] {
            let request = Sample.issued(Sample.keeperRequest(), at: Sample.now - .hours(1))
            guard case .ambiguous = try await proxy(ScriptedCaller(answer)).find(request) else {
                Issue.record("not in doubt")
                continue
            }
        }
    }
}
