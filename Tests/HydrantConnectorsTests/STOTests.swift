import HydrantConnectorKit
import HydrantCore
import Testing

@testable import HydrantConnectors

/// STO: request, endpoint, success, error, pushes.
@Suite struct STOTests {
    private func connector(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> any Connector {
        try CourierSample.connector(CourierSample.sto(options), caller)
    }

    @Test func `a call is a form with a digest of its content`() async throws {
        let caller = ScriptedCaller(text: #"{"success":"true","data":{"orderNo":"x","waybillNo":"77300001"}}"#)
        #expect(End(try await connector(caller).perform(CourierSample.create)) == CourierSample.adopted("77300001"))
        let form = try #require(formDecoded(caller.calls[0].body))
        let content = try #require(value(of: "content", in: form))
        #expect(
            form.map(\.name) == [
                "api_name", "content", "from_appkey", "from_code", "to_appkey", "to_code", "data_digest",
            ])
        #expect(value(of: "api_name", in: form) == "OMS_EXPRESS_ORDER_CREATE")
        #expect(value(of: "to_appkey", in: form) == "sto_oms")
        #expect(
            value(of: "data_digest", in: form) == base64Text(HashAlgorithm.md5.digest(Array((content + "ss").utf8))))
        let order = try JSON(text: content)
        #expect(order["orderNo"] == "SO-1-1")
        #expect(order["orderSource"] == "HUB")
        #expect(order["cargo"]?["goodsCount"] == 3)
    }

    @Test(arguments: [
        (#"{"success":"false","errorCode":"E1","errorMsg":"收件人手机号错误"}"#, End.refused("E1 收件人手机号错误")),
        (#"{"success":false,"errorCode":"E2","errorMsg":"请求过于频繁"}"#, .retryable("E2 请求过于频繁", .minutes(1))),
        (#"{"success":"false","errorCode":"E3","errorMsg":"系统异常"}"#, .ambiguous("E3 系统异常")),
        (#"{"success":"false","errorCode":"E4","errorMsg":"面单余额不足"}"#, .refused("E4 面单余额不足")),
        ("{}", .ambiguous("the reply of OMS_EXPRESS_ORDER_CREATE is not readable")),
    ])
    func `each answer has its class, truth comes as text`(answer: String, end: End) async throws {
        let result = try await connector(ScriptedCaller(text: answer)).perform(CourierSample.create)
        #expect(End(result) == end)
        if answer.contains("余额") { #expect(result.refusal == .channel) }
    }

    @Test func `cancelling, intercepting, subscribing and routes go to their own interfaces`() async throws {
        let ok = reply(#"{"success":"true","errorMsg":"ok"}"#)
        let list = """
            {"success":"true","data":{"N1":[{"opTime":"2026-11-23 12:00:00","scanType":"驿站代收","opOrgName":"菜鸟驿站"},\
            {"opTime":"2026-11-22 12:00:00","scanType":"收件"}]}}
            """
        let caller = ScriptedCaller(ok, ok, ok, reply(list))
        let connector = try connector(caller)
        #expect(End(await connector.perform(CourierSample.void)) == CourierSample.voided("ok"))
        #expect(End(await connector.perform(CourierSample.readdress)) == .done([], "ok"))
        #expect(End(await connector.perform(CourierSample.subscribe)) == .done([], "ok"))
        #expect(await connector.perform(CourierSample.trace("sto")).statuses == [.pickedUp, .stored])
        let names = try caller.calls.map { value(of: "api_name", in: try #require(formDecoded($0.body))) }
        #expect(
            names == [
                "EDI_MODIFY_ORDER_CANCEL", "INTERCEPT_CREATE_STANDARD", "STO_TRACE_PLATFORM_SUBSCRIBE",
                "STO_TRACE_QUERY_COMMON",
            ])
    }

    @Test func `of a reply about several waybills each reads its own`() {
        let row = #"{"opTime":"2026-11-22 12:00:00","scanType":"收件"}"#
        let byNumber = try? JSON(text: #"{"N1":[\#(row)],"N2":[\#(row),\#(row)]}"#)
        #expect(STOMapper.scans(byNumber ?? .null, number: "N2").count == 2)
        #expect(STOMapper.scans(byNumber ?? .null, number: "N3").isEmpty)
        let named = #"{"waybillNo":"N1","opTime":"2026-11-22 12:00:00","scanType":"收件"}"#
        let list = try? JSON(text: "[\(named)]")
        #expect(STOMapper.scans(list ?? .null, number: "N1").count == 1)
        #expect(STOMapper.scans(list ?? .null, number: "N2").isEmpty)
    }

    // MARK: - Pushes

    private func push(_ content: String, secret: String = "ss") -> Push {
        let digest = base64Text(HashAlgorithm.md5.digest(Array((content + secret).utf8)))
        let form = formEncoded([
            ("api_name", "STO_TRACE_PLATFORM_PUSH"), ("content", content), ("data_digest", digest),
        ])
        return Push(query: [], headers: [:], body: Array(form.utf8), now: Sample.now)
    }

    private static func content(_ word: String, link: String = "SO-1-1") -> String {
        """
        {"waybillNo":"77300001","linkCode":"\(link)","trace":{"outBizCode":"B7","opOrgName":"深圳","opTime":\
        "2026-11-22 10:00:00","scanType":"\(word)","memo":"已签收，签收人：张三"}}
        """
    }

    @Test(arguments: [
        ("收件", TrackingStatus.pickedUp), ("发件", .inTransit), ("到件", .inTransit), ("转邮", .inTransit),
        ("派件", .outForDelivery), ("第三方代派", .outForDelivery), ("快件取出", .outForDelivery), ("柜机代收", .stored),
        ("驿站代收", .stored), ("签收", .signed), ("退回件", .returning), ("问题件", .problem), ("改地址件", .problem),
        ("瞬移", .unmapped),
    ])
    func `the words, and the number of a scan by which repetitions are known`(
        word: String, status: TrackingStatus
    ) throws {
        let content = try CourierSample.receiver(CourierSample.sto()).receive(push(Self.content(word)))
        #expect(content.scans.map(\.status) == [status])
        #expect(content.facts.map(\.messageID) == ["push/B7"])
        #expect(content.facts.map(\.order) == ["SO-1"])
        #expect(content.scans.map(\.remark) == ["已签收，签收人***"])
        #expect(
            content.acknowledgement.body.utf8Text == #"{"success":"true","errorCode":"","errorMsg":""}"#)
    }

    @Test func `a wrong digest is refused, what is no push is malformed, a foreign parcel is found by its waybill`()
        throws
    {
        let receiver = try CourierSample.receiver(CourierSample.sto())
        #expect(problem(receiver, push(Self.content("收件"), secret: "x"))?.kind == .signature)
        #expect(problem(receiver, push("x"))?.kind == .malformed)
        let bare = Push(query: [], headers: [:], body: [], now: Sample.now)
        #expect(problem(receiver, bare)?.kind == .signature)
        #expect(try receiver.receive(push(Self.content("收件", link: "FOREIGN"))).facts.map(\.order) == [""])
        #expect(try receiver.receive(push("{}")).unattributed.count == 1)
    }
}
