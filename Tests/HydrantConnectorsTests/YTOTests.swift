import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// YTO: request, endpoint, success, error.
@Suite struct YTOTests {
    private func connector(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> any Connector {
        try CourierSample.connector(CourierSample.yto(options), caller)
    }

    @Test func `each interface has its own address and secret`() async throws {
        let caller = ScriptedCaller(
            reply(#"{"logisticsNo":"x","mailNo":"YT001","success":"true"}"#),
            reply(#"[{"waybill_No":"N1","upload_Time":"2026-11-23 10:00:00","infoContent":"SIGNED","city":"深圳市"}]"#))
        let connector = try connector(caller)
        #expect(End(await connector.perform(CourierSample.create)) == CourierSample.adopted("YT001"))
        #expect(await connector.perform(CourierSample.trace("yto")).statuses == [.signed])
        #expect(
            caller.calls.map(\.url) == [
                "https://yto.example.com/open/privacy_create_adapter/v1/AB12/K21",
                "https://yto.example.com/open/track_query_adapter/v1/AB12/K22",
            ])
        for (call, secret) in zip(caller.calls, ["ys", "yt"]) {
            let document = try JSON(bytes: call.body)
            let param = try #require(document["param"]?.string)
            let method = call.url.split(separator: "/")[3]
            let text = "\(param)\(method)v1\(secret)"
            #expect(document["sign"]?.string == base64Text(HashAlgorithm.md5.digest(Array(text.utf8))))
            #expect(document["format"] == "JSON")
        }
        let param = try JSON(text: try #require(try JSON(bytes: caller.calls[0].body)["param"]?.string))
        #expect(param["logisticsNo"] == "HYDRSO_2D1_2D1")
        #expect(param["recipientCountyName"] == "南山区")
        #expect(param["goods"]?.array?.count == 2)
    }

    @Test func `an empty list is an object that is called a success`() async throws {
        let caller = ScriptedCaller(text: #"{"code":1001,"success":"true","message":"无走件信息"}"#)
        let result = try await connector(caller).perform(CourierSample.trace("yto"))
        #expect(End(result) == .retryable("YTO has no routes yet", .minutes(5)))
    }

    @Test(arguments: [
        ("GOT", TrackingStatus.pickedUp), ("ARRIVAL", .inTransit), ("DEPARTURE", .inTransit), ("AIRSEND", .inTransit),
        ("FORWARDING", .inTransit), ("SENT_SCAN", .outForDelivery), ("INBOUND", .stored), ("SIGNED", .signed),
        ("TMS_RETURN", .returning), ("FAILED", .problem), ("NEW_WORD", .unmapped),
    ])
    func `the words`(word: String, status: TrackingStatus) {
        let reply = #"[{"waybill_No":"N1","upload_Time":"2026-11-23 10:00:00","infoContent":"\#(word)"}]"#
        #expect(TrackTable.parcels(system: "yto", Array(reply.utf8))?.first?.scans.map(\.status) == [status])
    }

    @Test(arguments: [
        (#"{"success":"false","code":"1","message":"签名错误"}"#, End.retryable("1 签名错误", .minutes(5))),
        (#"{"success":false,"code":"2","message":"收件地址不完整"}"#, .refused("2 收件地址不完整")),
        (#"{"success":"false","code":"3","message":"系统繁忙"}"#, .ambiguous("3 系统繁忙")),
        (
            #"{"success":"false","code":"4","message":"物流单号重复"}"#,
            .ambiguous("4 物流单号重复, and YTO does not say its number again")
        ),
        ("oops", .ambiguous("the reply of privacy_create_adapter is not readable")),
    ])
    func `each answer has its class, truth comes as text`(answer: String, end: End) async throws {
        #expect(End(try await connector(ScriptedCaller(text: answer)).perform(CourierSample.create)) == end)
    }

    @Test func `an order is cancelled by our own number, an address cannot be changed`() async throws {
        let caller = ScriptedCaller(text: #"{"success":"true","message":"取消成功"}"#)
        #expect(End(try await connector(caller).perform(CourierSample.void)) == CourierSample.voided("取消成功"))
        let param = try JSON(text: try #require(try JSON(bytes: caller.calls[0].body)["param"]?.string))
        #expect(param["logisticsNo"] == "HYDRSO_2D1_2D1")
        let readdressed = try await connector(ScriptedCaller()).perform(CourierSample.readdress)
        #expect(readdressed.refusal == .channel)
    }

    @Test func `what an interface lacks is named`() {
        var settings = CourierSample.yto()
        settings.options["customerCode"] = nil
        #expect(throws: ConnectorSettingsProblem.self) { try CourierSample.connector(settings, ScriptedCaller()) }
    }
}
