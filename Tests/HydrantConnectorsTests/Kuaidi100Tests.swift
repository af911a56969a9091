import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Calls to Kuaidi100: request, endpoint, success, error.
@Suite struct Kuaidi100Tests {
    private func proxy(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> Kuaidi100Proxy {
        Kuaidi100Proxy(settings: try Kuaidi100Settings(Sample.kuaidi100Settings(options)), caller: caller)
    }

    private var create: InstructionRequest { Sample.partnerRequest(.createWaybill, "kuaidi100") }
    private static let made = #"{"success":true,"code":200,"message":"成功","data":{"kuaidinum":"KD1","taskId":"T"}}"#
    private static let adopted = End.done(["waybill/SO-1-1/KD1 = tracking.reported"], "KD1")

    @Test func `an order never reorders, and is signed over the exact text`() async throws {
        let caller = ScriptedCaller(text: Self.made)
        #expect(End(try await proxy(caller).perform(create)) == Self.adopted)
        let call = caller.calls[0]
        #expect(call.url == "https://api.example.com/label/order")
        #expect(call.form.map(\.name) == ["method", "key", "t", "param", "sign"])
        let expected = """
            {"kuaidicom":"zhongtong","partnerId":"P","orderId":"SO-1-1","reorder":false,"recMan":{"name":"张三",\
            "mobile":"13800000041","printAddr":"广东省深圳市南山区科技园 1 号"},"sendMan":{"name":"一号仓","mobile":"4000000000",\
            "printAddr":"河北省廊坊市广阳区物流园 1 号"},"cargo":"机油滤清器、手套","count":1,"payType":"SHIPPER","expType":"标准快递",\
            "printType":"NON","needSubscribe":false}
            """
        #expect(call.field("param") == expected)
        #expect(call.field("t") == "1795320000000")
        let text = expected + "1795320000000" + "K" + "S"
        #expect(call.field("sign") == hexadecimalText(HashAlgorithm.md5.digest(Array(text.utf8)), isUpperCase: true))
    }

    @Test(arguments: [
        (#"{"success":false,"code":500,"message":"繁忙"}"#, End.ambiguous("500 繁忙")),
        (#"{"success":false,"code":"601","message":"过期"}"#, .refused("601 过期")),
        (#"{"success":"false","code":30001,"message":"收件人"}"#, .refused("30001 收件人")),
        (#"{"success":true,"code":200,"data":{}}"#, .ambiguous("Kuaidi100 has the order and names no number")),
        ("[]", .ambiguous("the reply of /label/order is not readable")),
    ])
    func `each answer has its class`(answer: String, end: End) async throws {
        #expect(End(try await proxy(ScriptedCaller(text: answer)).perform(create)) == end)
    }

    @Test func `refusals say whether another channel may do it`() async throws {
        for (code, refusal) in [("601", RefusalClass.channel), ("30001", .data), ("30003", .channel), ("9", .channel)] {
            let answer = #"{"success":false,"code":\#(code),"message":"x"}"#
            let result = try await proxy(ScriptedCaller(text: answer)).perform(create)
            guard case .refused(_, let found) = result else {
                Issue.record("\(code): \(result)")
                continue
            }
            #expect(found == refusal, "\(code)")
        }
    }

    @Test func `within 48 hours the same order stands for asking, later it would make a second number`() async throws {
        let caller = ScriptedCaller(text: Self.made)
        let recent = Sample.issued(create, at: Sample.now - .hours(47))
        #expect(End(try await proxy(caller).find(recent)) == Self.adopted)
        #expect(try caller.calls[0].document("param")["reorder"] == false)
        let old = Sample.issued(create, at: Sample.now - .hours(48))
        let silent = ScriptedCaller()
        #expect(
            End(try await proxy(silent).find(old))
                == .ambiguous("Kuaidi100 has forgotten the order by now; look the parcel up in its console"))
        #expect(silent.calls.isEmpty)
    }

    @Test func `asking leaves every failure in doubt`() async throws {
        for answer in [reply(#"{"success":false,"code":601,"message":"x"}"#), reply("", status: 500)] {
            let result = try await proxy(ScriptedCaller(answer)).find(create)
            guard case .ambiguous = result else {
                Issue.record("\(result)")
                continue
            }
        }
    }

    @Test func `nothing is ordered again beside a number of another channel`() async throws {
        let order = Sample.tracked("SF1", courier: "SF", channel: "sf")
        let caller = ScriptedCaller()
        let request = Sample.partnerRequest(.findWaybill, "kuaidi100", order: order)
        guard case .refused = try await proxy(caller).perform(request) else {
            Issue.record("ordered again")
            return
        }
        #expect(caller.calls.isEmpty)
    }

    @Test func `cancelling and changing the address name the waybill`() async throws {
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        let done = reply(#"{"success":true,"code":200,"message":"成功"}"#)
        let caller = ScriptedCaller(done, done)
        let proxy = try proxy(caller)
        let void = Sample.partnerRequest(.voidWaybill, "kuaidi100", target: "SO-1-1#KD1", order: order)
        #expect(
            await proxy.perform(void).facts.map(\.body) == [.waybillVoided(parcel: "SO-1-1", number: "KD1")])
        #expect(caller.calls[0].field("method") == "cancel")
        #expect(try caller.calls[0].document("param")["kuaidinum"] == "KD1")
        let change = Sample.partnerRequest(.readdressWaybill, "kuaidi100", target: "SO-1-1#KD1", order: order)
        #expect(End(await proxy.perform(change)) == .done([], "asked for"))
        #expect(caller.calls[1].field("method") == "interceptOrder")
        let content = try caller.calls[1].document("param")
        #expect(
            End(await proxy.find(change)) == .refused("Kuaidi100 cannot be asked whether the address was changed"))
        #expect(content["interceptType"] == "MODIFY_ADDR")
        #expect(content["recManInfo"]?["printAddr"] == "广东省深圳市南山区科技园 1 号")
    }

    @Test func `the courier's own order number is kept and told when the waybill is taken back`() async throws {
        let made = #"{"success":true,"code":200,"data":{"kuaidinum":"JD1","kdComOrderNum":"EO5"}}"#
        let caller = ScriptedCaller(reply(made), reply(#"{"success":true,"code":200}"#))
        let proxy = try proxy(caller)
        let tracking = Tracking(
            parcel: "SO-1-1", courier: "ZTO", channel: "kuaidi100", number: "JD1", reference: "EO5")
        let first = await proxy.perform(create)
        #expect(first.facts.map(\.body) == [.trackingReported(tracking)])
        let order = Sample.order(facts: first.facts.map(\.body))
        // Asked again, what the hub was told counts, with all of it.
        let found = await proxy.perform(Sample.partnerRequest(.findWaybill, "kuaidi100", order: order))
        #expect(found.facts.map(\.body) == [.trackingReported(tracking)])
        _ = await proxy.perform(
            Sample.partnerRequest(.voidWaybill, "kuaidi100", target: "SO-1-1#JD1", order: order))
        let content = try caller.calls[1].document("param")
        #expect(content["kuaidinum"] == "JD1" && content["orderId"] == "EO5")
    }

    @Test func `a waybill without such a number is taken back without it`() async throws {
        let caller = ScriptedCaller(text: #"{"success":true,"code":200}"#)
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        _ = try await proxy(caller).perform(
            Sample.partnerRequest(.voidWaybill, "kuaidi100", target: "SO-1-1#KD1", order: order))
        #expect(try caller.calls[0].document("param")["orderId"] == nil)
    }

    @Test func `a question goes by the courier that the waybill has now`() async throws {
        let caller = ScriptedCaller(text: #"{"message":"ok","status":"200","nu":"KD1","data":null}"#)
        let order = Sample.tracked("KD1", courier: "YTO", channel: "kuaidi100")
        let proxy = try proxy(caller)
        _ = await proxy.perform(
            Sample.partnerRequest(.queryTrace, "kuaidi100", target: "SO-1-1#KD1", order: order, courier: "STO"))
        #expect(try caller.calls[0].document("param")["com"] == "yuantong")
        // A name that is in no table says nothing; then the courier that was asked for counts.
        let strange = Sample.tracked("KD1", courier: "圆通", channel: "kuaidi100")
        _ = await proxy.perform(
            Sample.partnerRequest(.queryTrace, "kuaidi100", target: "SO-1-1#KD1", order: strange, courier: "STO"))
        #expect(try caller.calls[1].document("param")["com"] == "shentong")
    }

    @Test func `a query is signed with key and customer and read newest first`() async throws {
        let rows = """
            [{"time":"2026-11-22 11:00:00","context":"签收","statusCode":"301"},\
            {"time":"2026-11-22 10:00:00","context":"派件","status":"派件"},\
            {"time":"2026-11-21 09:00:00","context":"已下单","statusCode":"101"},\
            {"time":"2026/11/21 10:00","context":"揽收","statusCode":"103","areaName":"廊坊市"}]
            """
        let caller = ScriptedCaller(
            text: #"{"message":"ok","state":"3","status":"200","com":"zhongtong","nu":"KD1","data":\#(rows)}"#)
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        let request = Sample.partnerRequest(.queryTrace, "kuaidi100", target: "SO-1-1@5", order: order)
        let result = try await proxy(caller, ["pollUrl": "https://poll.example.com/"]).perform(request)
        let trace = try #require(result.facts.first?.trace)
        #expect(trace.scans.map(\.status) == [.pickedUp, .outForDelivery, .signed])
        #expect(trace.isComplete)
        let call = caller.calls[0]
        #expect(call.url == "https://poll.example.com/poll/query.do")
        let content = try #require(call.field("param"))
        #expect(try JSON(text: content)["phone"] == "13800000041")
        let digest = HashAlgorithm.md5.digest(Array((content + "K" + "C").utf8))
        #expect(call.field("sign") == hexadecimalText(digest, isUpperCase: true))
    }

    @Test func `a phone is sent only for couriers that check it`() async throws {
        let caller = ScriptedCaller(text: #"{"message":"ok","status":"200","data":null}"#)
        let order = Sample.tracked("KD1", courier: "STO", channel: "kuaidi100")
        let result = try await proxy(caller).perform(
            Sample.partnerRequest(.queryTrace, "kuaidi100", target: "SO-1-1", order: order))
        #expect(try caller.calls[0].document("param")["phone"] == "")
        #expect(End(result) == .retryable("Kuaidi100 has no scans yet", .minutes(15)))
    }

    @Test(arguments: [
        (#"{"result":true,"returnCode":"200","message":"ok"}"#, End.done([], "subscribed")),
        (#"{"result":false,"returnCode":"501","message":"重复订阅"}"#, .done([], "subscribed")),
        (#"{"result":"false","returnCode":"500","message":"错误"}"#, .retryable("500 错误", .minutes(30))),
        (#"{"result":false,"returnCode":"600","message":"key"}"#, .refused("600 key")),
        (#"{"result":false,"returnCode":"700","message":"地址"}"#, .refused("700 地址")),
    ])
    func `each answer to a subscription has its class`(answer: String, end: End) async throws {
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        let request = Sample.partnerRequest(.subscribeTrace, "kuaidi100", target: "SO-1-1#KD1", order: order)
        #expect(End(try await proxy(ScriptedCaller(text: answer)).perform(request)) == end)
    }

    @Test func `a subscription names the parcel in its address and has a salt of its own`() async throws {
        let caller = ScriptedCaller(text: #"{"result":true,"returnCode":"200"}"#)
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        let request = Sample.partnerRequest(.subscribeTrace, "kuaidi100", target: "SO-1-1#KD1", order: order)
        _ = try await proxy(caller).perform(request)
        #expect(caller.calls[0].url == "https://api.example.com/poll")
        #expect(caller.calls[0].field("schema") == "json")
        let content = try caller.calls[0].document("param")
        #expect(content["key"] == "K")
        #expect(content["parameters"]?["callbackurl"] == "https://hub.example.com/push/kuaidi100/SO-1-1")
        #expect(content["parameters"]?["salt"]?.string?.count == 32)
    }

    @Test func `without an address for pushes nothing is subscribed`() async throws {
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        let request = Sample.partnerRequest(.subscribeTrace, "kuaidi100", target: "SO-1-1#KD1", order: order)
        let caller = ScriptedCaller()
        let result = try await proxy(caller, ["hubUrl": ""]).perform(request)
        #expect(End(result) == .refused("kuaidi100 has no hubUrl to push to; set the option hubUrl"))
        #expect(caller.calls.isEmpty)
    }

    @Test(arguments: [
        ("0", TrackingStatus.inTransit), ("1", .pickedUp), ("103", .pickedUp), ("2", .problem), ("3", .signed),
        ("301", .signed), ("304", .signed), ("4", .returned), ("5", .outForDelivery), ("501", .stored),
        ("6", .returning), ("7", .inTransit), ("14", .problem), ("203", .problem), ("1002", .inTransit),
        ("9999", .unmapped),
    ])
    func `the code table`(code: String, status: TrackingStatus) async throws {
        let row = #"{"time":"2026-11-22 11:00:00","context":"x","statusCode":"\#(code)"}"#
        let caller = ScriptedCaller(text: #"{"message":"ok","status":"200","nu":"KD1","data":[\#(row)]}"#)
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        let result = try await proxy(caller).perform(
            Sample.partnerRequest(.queryTrace, "kuaidi100", target: "SO-1-1", order: order))
        #expect(result.facts.first?.trace?.scans.map(\.status) == [status])
    }

    @Test func `a signature after a return is the sender's`() async throws {
        let rows = """
            [{"time":"2026-11-22 11:00:00","context":"签收","statusCode":"3"},\
            {"time":"2026-11-21 10:00:00","context":"退回","statusCode":"6"}]
            """
        let caller = ScriptedCaller(text: #"{"message":"ok","status":"200","nu":"KD1","data":\#(rows)}"#)
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        let result = try await proxy(caller).perform(
            Sample.partnerRequest(.queryTrace, "kuaidi100", target: "SO-1-1@1", order: order))
        #expect(result.facts.first?.trace?.scans.map(\.status) == [.returning, .returned])
    }

    @Test func `what is left of the numbers`() async throws {
        let caller = ScriptedCaller(text: #"{"success":true,"code":200,"data":[{"quantity":"12"},{"quantity":3}]}"#)
        #expect(await (try proxy(caller)).numbersLeft(now: Sample.now) == .left(15))
        #expect(caller.calls[0].url == "https://api.example.com/eorderapi.do")
        #expect(caller.calls[0].field("method") == "getThirdInfo")
        // A count that is none ends nobody's hub.
        let most = #"{"quantity":9223372036854775807}"#
        let odd = ScriptedCaller(text: #"{"success":true,"code":200,"data":[\#(most),\#(most),{"quantity":4}]}"#)
        #expect(await (try proxy(odd)).numbersLeft(now: Sample.now) == .left(4))
        let untold = ScriptedCaller(text: #"{"success":true,"code":200,"data":[\#(most),\#(most)]}"#)
        #expect(await (try proxy(untold)).numbersLeft(now: Sample.now) == .unknown("the reply names no number"))
    }
}

/// Pushes of Kuaidi100.
@Suite struct Kuaidi100PushTests {
    private func receiver() throws -> Kuaidi100PushReceiver {
        Kuaidi100PushReceiver(settings: try Kuaidi100Settings(Sample.kuaidi100Settings()))
    }

    private static let content = """
        {"status":"polling","message":"","autoCheck":"0","comOld":"","comNew":"","lastResult":{"state":"1",\
        "ischeck":"0","com":"zhongtong","nu":"KD1","data":[{"context":"揽收","time":"2026-11-22 10:00:00",\
        "statusCode":"1"}]}}
        """

    /// The salt is what was subscribed for the parcel; the signature covers the raw text.
    private func push(_ content: String, parcel: String = "SO-1-1", saltOf: String? = nil) async throws -> Push {
        let order = Sample.tracked("KD1", channel: "kuaidi100")
        let caller = ScriptedCaller(text: #"{"result":true,"returnCode":"200"}"#)
        var request = Sample.partnerRequest(.subscribeTrace, "kuaidi100", target: "SO-1-1#KD1", order: order)
        if let saltOf, saltOf != "SO-1-1" {
            request.order = Sample.order(
                facts: [
                    .trackingReported(Tracking(parcel: saltOf, courier: "ZTO", channel: "kuaidi100", number: "KD2"))
                ])
            request.instruction.target = "\(saltOf)#KD2"
        }
        let settings = try Kuaidi100Settings(Sample.kuaidi100Settings())
        _ = await Kuaidi100Proxy(settings: settings, caller: caller).perform(request)
        let salt = try #require(try caller.calls[0].document("param")["parameters"]?["salt"]?.string)
        let sign = hexadecimalText(HashAlgorithm.md5.digest(Array((content + salt).utf8)), isUpperCase: true)
        return Push(
            query: [], headers: [:], body: Array(formEncoded([("sign", sign), ("param", content)]).utf8),
            now: Sample.now, pathRest: parcel)
    }

    @Test func `the whole list becomes one fact, acknowledged in the exact words`() async throws {
        let content = try receiver().receive(try await push(Self.content))
        #expect(content.facts.map(\.order) == ["SO-1"])
        let trace = try #require(content.facts.first?.trace)
        #expect(trace.parcel == "SO-1-1" && trace.number == "KD1" && trace.isComplete)
        #expect(trace.scans.map(\.status) == [.pickedUp])
        #expect(
            content.acknowledgement.body.utf8Text == #"{"result":true,"returnCode":"200","message":"成功"}"#)
        let again = try receiver().receive(try await push(Self.content))
        #expect(again.facts.map(\.messageID) == content.facts.map(\.messageID))
    }

    private static func corrected(_ code: String) -> String {
        content.replacing(#""autoCheck":"0","comOld":"""#, with: #""autoCheck":"1","comOld":"shentong""#)
            .replacing(#""comNew":"""#, with: #""comNew":"\#(code)""#)
    }

    @Test func `a corrected courier is adopted beside the scans, and each later push says the same`() async throws {
        let taken = try receiver().receive(try await push(Self.corrected("zhongtong")))
        let tracking = Tracking(parcel: "SO-1-1", courier: "ZTO", number: "KD1")
        #expect(taken.facts.first?.body == .trackingReported(tracking))
        #expect(taken.facts.first?.messageID == "courier/SO-1-1/KD1/shentong/zhongtong")
        #expect(taken.facts.first?.occurredAt == nil)
        #expect(taken.facts.last?.trace?.scans.map(\.status) == [.pickedUp])
        let later = Self.corrected("zhongtong").replacing("10:00:00", with: "11:00:00")
        #expect(try receiver().receive(try await push(later)).facts.first?.messageID == taken.facts.first?.messageID)
        let before = Sample.tracked("KD1", courier: "STO", channel: "kuaidi100")
        var order = before
        order.evolve(
            Event(
                order: "SO-1", number: before.version + 1, recordedAt: Sample.now, settings: "test",
                body: .factRecorded(
                    Fact(
                        source: "kuaidi100", messageID: "courier", order: "SO-1", occurredAt: nil,
                        receivedAt: Sample.now, body: .trackingReported(tracking)))))
        let waybill = try #require(order.parcel("SO-1-1")?.waybills.first)
        #expect(waybill.courier == "ZTO" && waybill.channel == "kuaidi100")
        #expect(order.parcel("SO-1-1")?.waybills.count == 1)
    }

    @Test func `a corrected courier without a name here is a question to a person, never a guess`() async throws {
        let taken = try receiver().receive(try await push(Self.corrected("annengwuliu")))
        guard case .taskAsked(let need)? = taken.facts.first?.body else {
            Issue.record("\(taken.facts)")
            return
        }
        #expect(need.owner == "it" && need.reason.english.contains("annengwuliu"))
        #expect(need.reason.chinese.contains("courierCodes"))
        #expect(taken.facts.last?.trace != nil)
    }

    private func problem(_ push: Push) throws -> PushProblem? {
        do {
            _ = try receiver().receive(push)
            return nil
        } catch let problem as PushProblem {
            return problem
        }
    }

    @Test func `an altered text, another parcel's signature and none at all are refused`() async throws {
        var altered = try await push(Self.content)
        altered.body = Array(altered.body.utf8Text.replacing("KD1", with: "KD2").utf8)
        #expect(try problem(altered)?.kind == .signature)
        let foreign = try await push(Self.content, parcel: "SO-1-1", saltOf: "SO-2-1")
        #expect(try problem(foreign)?.kind == .signature)
        let other = try await push(Self.content, parcel: "SO-9-1")
        #expect(try problem(other)?.kind == .signature)
        var unsigned = altered
        unsigned.body = Array(formEncoded([("param", Self.content)]).utf8)
        let found = try #require(try problem(unsigned))
        #expect(found.kind == .signature)
        #expect(found.acknowledgement.body.utf8Text.contains(#""returnCode":"500""#))
    }

    @Test func `what is signed and cannot be read is kept for a person`() async throws {
        for content in ["[]", "{}", "x"] { #expect(try problem(try await push(content))?.kind == .malformed) }
    }

    @Test func `an end without any scan tells nothing and is acknowledged`() async throws {
        let content = #"{"status":"abort","message":"3天查询无记录","lastResult":{"nu":"KD1","data":null}}"#
        let taken = try receiver().receive(try await push(content))
        #expect(taken.facts.isEmpty && taken.unattributed.isEmpty)
        #expect(taken.acknowledgement.body.utf8Text.contains(#""returnCode":"200""#))
    }
}
