import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Calls to Tencent Cloud's text service.
@Suite struct TencentSMSTests {
    private func proxy(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> TencentSMSProxy {
        TencentSMSProxy(settings: try TencentSMSSettings(Sample.tencentSettings(options)), caller: caller)
    }

    private static let reference = "SO-1/7/keeper.ask#SO-1-1"

    private static func status(_ code: String, phone: String = "+8613900000042") -> String {
        """
        {"Response":{"SendStatusSet":[{"PhoneNumber":"+8613700000000","Code":"Ok","SerialNo":"S0"},\
        {"PhoneNumber":"\(phone)","Code":"\(code)","Message":"m","SerialNo":"S1"}],"RequestId":"r"}}
        """
    }

    @Test func `a call is signed with the derived key over the exact body`() async throws {
        let caller = ScriptedCaller(text: Self.status("Ok"))
        #expect(End(try await proxy(caller).perform(Sample.keeperRequest())) == .done([], "S1"))
        let call = caller.calls[0]
        let headers = Dictionary(call.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        #expect(headers["x-tc-action"] == "SendSms" && headers["x-tc-version"] == "2021-01-11")
        #expect(headers["x-tc-timestamp"] == "1795320000" && headers["host"] == "sms.example.com")
        let expected = """
            {"PhoneNumberSet":["+8613900000042"],"SmsSdkAppId":"1400006666","SignName":"沧源滤清器","TemplateId":"SMS_2",\
            "TemplateParamSet":["SO-1","K7Q2M9"],"SessionContext":"SO-1/7/keeper.ask#SO-1-1"}
            """
        #expect(call.body.utf8Text == expected)
        let authorization = try #require(headers["authorization"])
        #expect(
            authorization.hasPrefix(
                "TC3-HMAC-SHA256 Credential=id/2026-11-22/sms/tc3_request, SignedHeaders=content-type;host, Signature=")
        )
        #expect(authorization.suffix(64).allSatisfy { $0.isHexDigit })
    }

    @Test(arguments: [
        (
            "LimitExceeded.PhoneNumberThirtySecondLimit",
            End.retryable("LimitExceeded.PhoneNumberThirtySecondLimit m", .seconds(40))
        ),
        ("LimitExceeded.DeliveryFrequencyLimit", .retryable("LimitExceeded.DeliveryFrequencyLimit m", .minutes(60))),
        ("InternalError.OtherError", .ambiguous("InternalError.OtherError m")),
        (
            "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
            .refused("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter m")
        ),
    ])
    func `each code of the number has its class`(code: String, end: End) async throws {
        #expect(End(try await proxy(ScriptedCaller(text: Self.status(code))).perform(Sample.keeperRequest())) == end)
    }

    @Test func `an account's fault lets another channel try`() async throws {
        for (code, refusal) in [
            ("FailedOperation.InsufficientBalanceInSmsPackage", RefusalClass.channel),
            ("InvalidParameterValue.IncorrectPhoneNumber", .data),
        ] {
            guard
                case .refused(_, let found) = try await proxy(ScriptedCaller(text: Self.status(code))).perform(
                    Sample.keeperRequest())
            else {
                Issue.record("not refused")
                continue
            }
            #expect(found == refusal)
        }
        let whole = ScriptedCaller(
            text: #"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"m"}}}"#)
        #expect(
            End(try await proxy(whole).perform(Sample.keeperRequest())) == .refused("AuthFailure.SignatureFailure m"))
    }

    @Test func `a reply about other numbers leaves the doubt`() async throws {
        let caller = ScriptedCaller(text: Self.status("Ok", phone: "+8613600000000"))
        #expect(
            End(try await proxy(caller).perform(Sample.keeperRequest()))
                == .ambiguous("the reply of SendSms does not name the phone"))
    }

    private static func list(_ rows: String...) -> Result<HTTPReply, HTTPFailure> {
        reply(#"{"Response":{"PullSmsSendStatusSet":[\#(rows.joined(separator: ","))]}}"#)
    }

    @Test func `a text with our own number in the list was sent`() async throws {
        let request = Sample.issued(Sample.keeperRequest(), at: Sample.now - .minutes(1))
        let row = #"{"SessionContext":"\#(Self.reference)","ReportStatus":"SUCCESS"}"#
        let caller = ScriptedCaller(Self.list(row))
        #expect(End(try await proxy(caller).find(request)) == .done([], "found as sent"))
        let content = try JSON(bytes: caller.calls[0].body)
        #expect(content["BeginTime"] == .integer(1_795_320_000 - 120))
        #expect(content["PhoneNumber"] == "+8613900000042")
        let failed = #"{"SessionContext":"\#(Self.reference)","ReportStatus":"FAIL","Description":"MK"}"#
        #expect(
            End(try await proxy(ScriptedCaller(Self.list(failed))).find(request))
                == .refused("the text was not delivered: MK"))
    }

    @Test func `absence says something only where Tencent returns our own number`() async throws {
        let request = Sample.issued(Sample.keeperRequest(), at: Sample.now - .minutes(30))
        #expect(End(try await proxy(ScriptedCaller(Self.list())).find(request)) == .notFound)
        let caller = ScriptedCaller(Self.list(#"{"SessionContext":"","ReportStatus":"SUCCESS"}"#))
        guard
            case .ambiguous(let detail) = try await proxy(caller, ["sessionContextReturned": "false"]).find(request)
        else {
            Issue.record("absence was believed")
            return
        }
        #expect(detail.contains("SessionContext"))
    }
}

/// Delivery receipts of both operators.
@Suite struct ReceiptTests {
    private func aliyun() throws -> AliyunSMSReceiver {
        AliyunSMSReceiver(settings: try AliyunSMSSettings(Sample.aliyunSettings()))
    }

    private func tencent() throws -> TencentSMSReceiver {
        TencentSMSReceiver(settings: try TencentSMSSettings(Sample.tencentSettings()))
    }

    private func push(_ body: String, token: String = Sample.pushSecret) -> Push {
        Push(query: [], headers: [:], body: Array(body.utf8), now: Sample.now, pathRest: token)
    }

    private static func row(_ reference: String, isDelivered: Bool) -> String {
        """
        {"phone_number":"13800000041","send_time":"2026-11-22 11:00:00","report_time":"2026-11-22 11:00:05",\
        "success":\(isDelivered),"err_code":"DELIVERED","biz_id":"B1","out_id":"\(reference)"}
        """
    }

    @Test func `a receipt about a customer's text becomes a fact, and the answer is exact`() throws {
        let rows = [
            Self.row("SO-1/7/customer.notify#shipped", isDelivered: true),
            Self.row("A/B/9/customer.notify#signed", isDelivered: false),
        ]
        let content = try aliyun().receive(push("[\(rows.joined(separator: ","))]"))
        #expect(
            content.facts.map(\.body) == [
                .touchpointSent(kind: .shipped, isAccepted: true), .touchpointSent(kind: .signed, isAccepted: false),
            ])
        #expect(content.facts.map(\.order) == ["SO-1", "A/B"])
        #expect(content.facts.first?.occurredAt == Instant(text: "2026-11-22T11:00:05+08:00"))
        #expect(content.acknowledgement.body.utf8Text == #"{"code":0,"msg":"成功"}"#)
        #expect(!content.facts.contains { "\($0)".contains("13800000041") })
    }

    @Test func `a keeper's text that did not arrive is for a person`() throws {
        let rows = [
            Self.row("SO-1/7/keeper.ask#SO-1-1", isDelivered: true),
            Self.row("SO-2/7/keeper.ask#SO-2-1", isDelivered: false), Self.row("", isDelivered: false),
        ]
        let content = try aliyun().receive(push("[\(rows.joined(separator: ","))]"))
        #expect(content.facts.isEmpty)
        #expect(content.unattributed.count == 2)
    }

    @Test func `Tencent's receipts tell only of failures`() throws {
        let rows = #"[{"report_status":"SUCCESS","sid":"1"},{"report_status":"FAIL","sid":"2"}]"#
        let content = try tencent().receive(push(rows))
        #expect(content.facts.isEmpty && content.unattributed.count == 1)
        #expect(content.acknowledgement.body.utf8Text == #"{"result":0,"errmsg":"OK"}"#)
    }

    @Test func `without the token nothing is taken in`() throws {
        func kind(_ receiver: any PushReceiver, _ push: Push) -> PushProblem.Kind? {
            do {
                _ = try receiver.receive(push)
                return nil
            } catch {
                return error.kind
            }
        }
        for token in ["", "0123456789abcdeX"] {
            #expect(kind(try aliyun(), push("[]", token: token)) == .signature)
            #expect(kind(try tencent(), push("[]", token: token)) == .signature)
        }
        var settings = Sample.aliyunSettings()
        settings.credentials["receiptToken"] = nil
        #expect(kind(AliyunSMSReceiver(settings: try AliyunSMSSettings(settings)), push("[]", token: "")) == .signature)
        #expect(kind(try aliyun(), push("{}")) == .malformed)
        #expect(kind(try tencent(), push("x")) == .malformed)
    }
}
