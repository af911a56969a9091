import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Calls to KDNiao: request, endpoint, success, error.
@Suite struct KDNiaoTests {
    private func proxy(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> KDNiaoProxy {
        KDNiaoProxy(settings: try KDNiaoSettings(Sample.kdniaoSettings(options)), caller: caller)
    }

    private var create: InstructionRequest { Sample.partnerRequest(.createWaybill, "kdniao") }
    private static let adopted = End.done(["waybill/SO-1-1/KN1 = tracking.reported"], "KN1")

    private static func made(_ code: String = "100", isSuccess: Bool = true) -> String {
        """
        {"EBusinessID":"1237100","Order":{"OrderCode":"SO-1-1","ShipperCode":"ZTO","LogisticCode":"KN1"},\
        "Success":\(isSuccess),"ResultCode":"\(code)","Reason":"r"}
        """
    }

    @Test func `a waybill's request is signed raw and encoded once`() async throws {
        let caller = ScriptedCaller(text: Self.made())
        var receiver = Sample.receiver
        receiver.address = "科技园#1 & 2号<东>"
        receiver.province = "上海市"
        let request = Sample.partnerRequest(.createWaybill, "kdniao", receiver: receiver)
        #expect(End(try await proxy(caller).perform(request)) == Self.adopted)
        let call = caller.calls[0]
        #expect(call.url == "https://api.example.com/api/Eorderservice")
        #expect(
            call.form.map(\.name) == ["RequestData", "EBusinessID", "RequestType", "DataSign", "DataType"])
        #expect(call.field("RequestType") == "1007" && call.field("DataType") == "2")
        let content = try #require(call.field("RequestData"))
        let expected = """
            {"OrderCode":"SO-1-1","ShipperCode":"ZTO","PayType":1,"ExpType":1,"Sender":{"Name":"一号仓","Mobile":\
            "4000000000","ProvinceName":"河北省","CityName":"廊坊市","ExpAreaName":"广阳区","Address":"物流园 1 号"},\
            "Receiver":{"Name":"张三","Mobile":"13800000041","ProvinceName":"上海","CityName":"深圳市","ExpAreaName":\
            "南山区","Address":"科技园1  2号东"},"Commodity":[{"GoodsName":"机油滤清器","Goodsquantity":2},{"GoodsName":"手套",\
            "Goodsquantity":1}],"Quantity":1,"IsReturnPrintTemplate":"0"}
            """
        #expect(content == expected)
        let digest = hexadecimalText(HashAlgorithm.md5.digest(Array((content + "api-key").utf8)))
        #expect(call.field("DataSign") == base64Text(Array(digest.utf8)))
    }

    @Test func `one gateway path serves every operation of the vendor's sandbox`() async throws {
        let caller = ScriptedCaller(text: Self.made())
        _ = try await proxy(caller, ["gatewayPath": "/gateway/exterfaceInvoke.json"]).perform(create)
        #expect(caller.calls[0].url == "https://api.example.com/gateway/exterfaceInvoke.json")
    }

    @Test(arguments: [true, false])
    func `an order that exists already gives its first number`(isSuccess: Bool) async throws {
        let answer = Self.made("106", isSuccess: isSuccess)
        #expect(End(try await proxy(ScriptedCaller(text: answer)).perform(create)) == Self.adopted)
        #expect(End(try await proxy(ScriptedCaller(text: answer)).find(create)) == Self.adopted)
    }

    @Test(arguments: [
        ("101", RefusalClass.data), ("102", .channel), ("103", .data), ("104", .channel), ("105", .channel),
        ("999", .channel),
    ])
    func `each code has its class`(code: String, refusal: RefusalClass) async throws {
        let answer = #"{"EBusinessID":"1","Success":"false","ResultCode":"\#(code)","Reason":"why"}"#
        let result = try await proxy(ScriptedCaller(text: answer)).perform(create)
        guard case .refused(let detail, let found) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(detail == "\(code) why" && found == refusal)
    }

    @Test(arguments: [
        (#"{"Success":false,"ResultCode":"405","Reason":"超限"}"#, End.retryable("405 超限", .minutes(60))),
        (#"{"Success":true,"ResultCode":"100"}"#, .ambiguous("KDNiao has the order and names no number")),
        ("<html>", .ambiguous("the reply of 1007 is not readable")),
    ])
    func `each other answer has its class`(answer: String, end: End) async throws {
        #expect(End(try await proxy(ScriptedCaller(text: answer)).perform(create)) == end)
    }

    @Test func `where repeating is not trusted nothing is sent to ask`() async throws {
        let caller = ScriptedCaller()
        let result = try await proxy(caller, ["repeatIsSafe": "false"]).find(create)
        #expect(
            End(result) == .ambiguous("KDNiao cannot be asked by our own number; look the parcel up in its console"))
        #expect(caller.calls.isEmpty)
    }

    @Test func `cancelling names order and number`() async throws {
        let order = Sample.tracked("KN1", channel: "kdniao")
        let caller = ScriptedCaller(text: #"{"Success":true,"ResultCode":"100","Reason":"成功"}"#)
        let request = Sample.partnerRequest(.voidWaybill, "kdniao", target: "SO-1-1#KN1", order: order)
        let result = try await proxy(caller).perform(request)
        #expect(result.facts.map(\.body) == [.waybillVoided(parcel: "SO-1-1", number: "KN1")])
        #expect(caller.calls[0].field("RequestType") == "1147")
        #expect(caller.calls[0].field("RequestData") == #"{"OrderCode":"SO-1-1","ShipperCode":"ZTO","ExpNo":"KN1"}"#)
    }

    @Test func `queries and subscriptions have their types and paths, and SF gets the last four digits`() async throws {
        let order = Sample.tracked("KN1", courier: "SF", channel: "kdniao")
        let caller = ScriptedCaller(
            reply(#"{"Success":true,"State":"0","Traces":[]}"#), reply(#"{"Success":"true","Reason":""}"#))
        let proxy = try proxy(caller, ["queryType": "8001", "subscriptionType": "8008"])
        let query = Sample.partnerRequest(.queryTrace, "kdniao", target: "SO-1-1", order: order)
        #expect(End(await proxy.perform(query)) == .retryable("KDNiao has no scans yet", .minutes(15)))
        let subscription = Sample.partnerRequest(.subscribeTrace, "kdniao", target: "SO-1-1#KN1", order: order)
        #expect(End(await proxy.perform(subscription)) == .done([], "subscribed"))
        #expect(
            caller.calls.map(\.url) == [
                "https://api.example.com/Ebusiness/EbusinessOrderHandle.aspx", "https://api.example.com/api/dist",
            ])
        #expect(caller.calls.map { $0.field("RequestType") } == ["8001", "8008"])
        let content = #"{"OrderCode":"SO-1-1","ShipperCode":"SF","LogisticCode":"KN1","CustomerName":"0041"}"#
        #expect(caller.calls.map { $0.field("RequestData") } == [content, content])
    }

    @Test func `changing an address is not in this protocol`() async throws {
        let result = try await proxy(ScriptedCaller()).perform(
            Sample.partnerRequest(.readdressWaybill, "kdniao", target: "SO-1-1#KN1"))
        #expect(End(result) == .refused("kdniao does not carry out waybill.readdress"))
    }

    @Test func `what is left of the numbers`() async throws {
        let caller = ScriptedCaller(
            text: #"{"Success":true,"ResultCode":"100","EorderBalance":{"TotalNum":"100","AvailableNum":"7"}}"#)
        #expect(await (try proxy(caller)).numbersLeft(now: Sample.now) == .left(7))
        #expect(caller.calls[0].field("RequestType") == "1127")
    }
}

/// Pushes of KDNiao.
@Suite struct KDNiaoPushTests {
    private func receiver() throws -> KDNiaoPushReceiver {
        KDNiaoPushReceiver(settings: try KDNiaoSettings(Sample.kdniaoSettings()))
    }

    private func push(_ content: String, signed: String? = nil) -> Push {
        let digest = hexadecimalText(HashAlgorithm.md5.digest(Array(((signed ?? content) + "api-key").utf8)))
        let form = formEncoded([
            ("RequestData", content), ("RequestType", "102"), ("DataSign", base64Text(Array(digest.utf8))),
        ])
        return Push(query: [], headers: [:], body: Array(form.utf8), now: Sample.now)
    }

    private static func entry(_ order: String, _ rows: String, state: String = "2", detail: String = "") -> String {
        """
        {"LogisticCode":"KN1","ShipperCode":"ZTO","OrderCode":"\(order)","Success":true,"Reason":"","State":"\(state)",\
        \(detail.isEmpty ? "" : "\"StateEx\":\"\(detail)\",")"Traces":[\(rows)]}
        """
    }

    private static func body(_ entries: String...) -> String {
        // Blanks after colons: what is signed is the text, not its meaning.
        """
        {"PushTime": "2026-11-22 12:00:00","EBusinessID": "1237100","Count": "1",\
        "Data": [\(entries.joined(separator: ","))]}
        """
    }

    private static let pickedUp = #"{"AcceptTime":"2026-11-22 10:00:00","AcceptStation":"揽收","Action":"1"}"#

    @Test func `each parcel becomes a fact, acknowledged in the exact bytes`() throws {
        let content = try receiver().receive(push(Self.body(Self.entry("SO-1-1", Self.pickedUp))))
        #expect(content.facts.map(\.order) == ["SO-1"])
        let trace = try #require(content.facts.first?.trace)
        #expect(trace.scans.map(\.status) == [.pickedUp] && !trace.isComplete)
        #expect(
            content.acknowledgement.body.utf8Text
                == #"{"EBusinessID":"1237100","UpdateTime":"2026-11-22 12:00:00","Success":true}"#)
    }

    @Test func `a time with a digit too many is read`() throws {
        let row = #"{"AcceptTime":"2026-11-22 10:00:000","AcceptStation":"揽收","Action":"1"}"#
        let content = try receiver().receive(push(Self.body(Self.entry("SO-1-1", row))))
        #expect(content.facts.first?.occurredAt == Instant(text: "2026-11-22T10:00:00+08:00"))
    }

    @Test(arguments: [
        ("1", TrackingStatus.pickedUp), ("2", .inTransit), ("201", .inTransit), ("202", .outForDelivery),
        ("211", .stored), ("3", .signed), ("311", .signed), ("4", .problem), ("401", .problem), ("404", .returning),
        ("412", .problem), ("777", .unmapped),
    ])
    func `the code table`(code: String, status: TrackingStatus) throws {
        let row = #"{"AcceptTime":"2026-11-22 10:00:00","AcceptStation":"x","Action":"\#(code)"}"#
        let content = try receiver().receive(push(Self.body(Self.entry("SO-1-1", row))))
        #expect(content.facts.first?.trace?.scans.map(\.status) == [status])
    }

    @Test func `rows without codes take the state of the whole only for the newest`() throws {
        let rows = """
            {"AcceptTime":"2026-11-22 10:00:00","AcceptStation":"a"},\
            {"AcceptTime":"2026-11-22 11:00:00","AcceptStation":"b"}
            """
        let content = try receiver().receive(push(Self.body(Self.entry("SO-1-1", rows, state: "2", detail: "202"))))
        #expect(content.facts.first?.trace?.scans.map(\.status) == [.unmapped, .outForDelivery])
    }

    @Test func `a parcel that is none of ours is kept, the others are taken in`() throws {
        let content = try receiver().receive(
            push(Self.body(Self.entry("", Self.pickedUp), Self.entry("SO-2-1", Self.pickedUp))))
        #expect(content.facts.map(\.order) == ["SO-2"])
        #expect(content.unattributed.count == 1)
    }

    @Test func `an altered text and a missing signature are refused, and nonsense is kept`() throws {
        func kind(_ push: Push) throws -> PushProblem.Kind? {
            do {
                _ = try receiver().receive(push)
                return nil
            } catch let problem as PushProblem {
                #expect(problem.acknowledgement.body.utf8Text.contains(#""Success":false"#))
                return problem.kind
            }
        }
        let good = Self.body(Self.entry("SO-1-1", Self.pickedUp))
        #expect(try kind(push(good.replacing(": ", with: ":"), signed: good)) == .signature)
        #expect(
            try kind(
                Push(
                    query: [], headers: [:], body: Array(formEncoded([("RequestData", good)]).utf8), now: Sample.now))
                == .signature)
        #expect(try kind(push("{}")) == .malformed)
        #expect(try kind(Push(query: [], headers: [:], body: [], now: Sample.now)) == .signature)
    }
}
