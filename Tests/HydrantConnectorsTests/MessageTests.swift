import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// What goes into a text, whichever operator sends it.
@Suite struct MessageTests {
    private func send(
        _ request: InstructionRequest, _ options: [String: String] = [:]
    ) async throws -> (end: InstructionResult, calls: [HTTPCall]) {
        let caller = ScriptedCaller(text: #"{"Code":"OK","BizId":"B1","RequestId":"r"}"#)
        let settings = try AliyunSMSSettings(Sample.aliyunSettings(options))
        let end = await AliyunSMSProxy(settings: settings, caller: caller).perform(request)
        return (end, caller.calls)
    }

    private var shipped: InstructionRequest {
        Sample.partnerRequest(
            .notifyCustomer, "sms", target: "shipped", order: Sample.tracked("ZT1", channel: "cainiao"))
    }

    @Test func `the template gets the values that the settings name, couriers by the names that customers know`()
        async throws
    {
        let (end, calls) = try await send(shipped)
        #expect(End(end) == .done(["message/SO-1/7/customer.notify = touchpoint.sent"], "B1"))
        #expect(end.facts.map(\.body) == [.touchpointSent(kind: .shipped, isAccepted: true)])
        #expect(calls[0].field("TemplateCode") == "SMS_1")
        #expect(calls[0].field("TemplateParam") == #"{"no":"SO-1","by":"中通快递","waybill":"ZT1"}"#)
        #expect(calls[0].field("PhoneNumbers") == "13800000041")
    }

    @Test func `the keeper gets the code and never a link`() async throws {
        let (end, calls) = try await send(Sample.keeperRequest())
        #expect(End(end) == .done([], "B1"))
        #expect(calls[0].field("TemplateCode") == "SMS_2")
        #expect(calls[0].field("TemplateParam") == #"{"order":"SO-1","code":"K7Q2M9"}"#)
        #expect(calls[0].field("PhoneNumbers") == "13900000042")
    }

    @Test func `the end of the warranty is a date of the shop's own zone`() async throws {
        let until = Instant(milliseconds: 1_795_320_000_000 + 365 * 86_400_000)
        let order = Sample.order(facts: [.warrantyRegistered(until: until)])
        let request = Sample.partnerRequest(.notifyCustomer, "sms", target: "warranty", order: order)
        #expect(try await send(request).calls[0].field("TemplateParam") == #"{"order":"SO-1","until":"2027-11-22"}"#)
    }

    @Test(arguments: [
        (Sample.keeperRequest(code: "https://x.cn"), "the code looks like a link, which a variable may not hold"),
        (Sample.keeperRequest(code: "www.x.cn/k"), "the code looks like a link, which a variable may not hold"),
        (
            Sample.keeperRequest(code: String(repeating: "7", count: 36)),
            "the code has more than the 35 characters that a variable may have"
        ), (Sample.keeperRequest(code: ""), "there is no code to put into the text"),
        (Sample.partnerRequest(.askKeeper, "sms"), "there is no code to put into the text"),
        (
            Sample.partnerRequest(.notifyCustomer, "sms", target: "shipped"),
            "there is no courier to put into the text"
        ),
        (
            Sample.partnerRequest(.notifyCustomer, "sms", target: "signed"),
            "there is no template; set the option signedTemplate"
        ),
        (Sample.partnerRequest(.createWaybill, "sms"), "sms does not carry out waybill.create"),
    ])
    func `what cannot be sent is refused before anything is sent`(
        request: InstructionRequest, detail: String
    ) async throws {
        let (end, calls) = try await send(request)
        #expect(End(end) == .refused(detail))
        #expect(calls.isEmpty)
    }

    @Test(arguments: ["0755-26538888", "13800000041-1234", "12800000041", "", "1380000004", "+1 13800000041"])
    func `only mobile phones of mainland China get texts, and no refusal names the phone`(phone: String) async throws {
        var receiver = Sample.receiver
        receiver.phone = phone
        var request = shipped
        request.receiver = Sensitive(receiver)
        let (end, calls) = try await send(request)
        guard case .refused(let detail, .data) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(calls.isEmpty)
        #expect(phone.isEmpty || !detail.contains(phone))
    }

    @Test(arguments: ["+8613800000041", "86 138-0000-0041", "138 0000 0041"])
    func `the ways in which people write a mobile phone`(phone: String) async throws {
        var receiver = Sample.receiver
        receiver.phone = phone
        var request = shipped
        request.receiver = Sensitive(receiver)
        #expect(try await send(request).calls[0].field("PhoneNumbers") == "13800000041")
    }

    @Test func `settings without any template, or with an unknown value, are refused in words`() {
        func problem(_ options: [String: String]) -> ConnectorSettingsProblem? {
            var settings = Sample.aliyunSettings()
            settings.options = options
            do {
                _ = try AliyunSMSSettings(settings)
                return nil
            } catch {
                return error
            }
        }
        #expect(problem(["signName": "x"])?.field == "options.shippedTemplate")
        #expect(problem(["shippedTemplate": "SMS_1"])?.field == "options.signName")
        let unknown = problem(["signName": "x", "shippedTemplate": "SMS_1", "shippedVariables": "a=phone"])
        #expect(unknown?.field == "options.shippedVariables")
        #expect(unknown?.message.contains("has 'phone'") ?? false)
        #expect(
            problem(["signName": "x", "keeperTemplate": "1", "courierNames": "ZTO="])?.field == "options.courierNames")
        #expect(problem(["signName": "x", "keeperTemplate": "1"]) == nil)
    }
}
