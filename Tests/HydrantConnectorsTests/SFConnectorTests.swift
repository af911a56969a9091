import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Calls to the courier: request, endpoint, success, error.
@Suite struct SFConnectorTests {
    private func proxy(_ caller: any HTTPCaller) throws -> SFProxy {
        SFProxy(settings: try SFSettings(Sample.courierSettings()), caller: caller)
    }

    /// The two envelopes with the inner one as text, as it mostly comes.
    private static func success(_ content: JSON, isText: Bool = true) -> String {
        let inner: JSON = ["success": true, "errorCode": "S0000", "errorMsg": .null, "msgData": content]
        let outer: JSON = [
            "apiErrorMsg": "", "apiResponseID": "1", "apiResultCode": "A1000",
            "apiResultData": isText ? .string(inner.text) : inner,
        ]
        return outer.text
    }

    private static func failure(_ code: String, _ message: String = "x") -> String {
        let inner: JSON = [
            "success": false, "errorCode": .string(code), "errorMsg": .string(message), "msgData": .null,
        ]
        let outer: JSON = ["apiErrorMsg": "", "apiResultCode": "A1000", "apiResultData": .string(inner.text)]
        return outer.text
    }

    private static func gateway(_ code: String) -> String {
        let outer: JSON = ["apiErrorMsg": "g", "apiResultCode": .string(code), "apiResultData": ""]
        return outer.text
    }

    private static let created: JSON = [
        "orderId": "SO-1-1", "filterResult": 2,
        "waybillNoInfoList": [
            ["waybillType": 2, "waybillNo": "SUB"], ["waybillType": 1, "waybillNo": "SF1380000000001"],
        ],
    ]

    private static let adopted = End.done(
        ["waybill/SO-1-1/SF1380000000001 = tracking.reported"], "SF1380000000001")

    private var create: InstructionRequest { Sample.request(.createWaybill, target: "SO-1-1") }

    private func form(_ call: HTTPCall) throws -> [(name: String, value: String)] {
        try #require(formDecoded(call.body))
    }

    // MARK: - waybill.create

    @Test func `a waybill is asked for under the parcel's own number`() async throws {
        let caller = ScriptedCaller(text: Self.success(Self.created))
        _ = try await proxy(caller).perform(create)
        let call = try #require(caller.calls.first)
        #expect(call.url == "https://sf.example.com/std/service")
        #expect(call.headers.map(\.value) == ["application/x-www-form-urlencoded;charset=UTF-8"])
        let form = try form(call)
        #expect(form.map(\.name) == ["partnerID", "requestID", "serviceCode", "timestamp", "msgDigest", "msgData"])
        #expect(form.map(\.value)[0] == "P1")
        #expect(form.map(\.value)[1].utf8.count == 32)
        #expect(form.map(\.value)[2] == "EXP_RECE_CREATE_ORDER")
        #expect(form.map(\.value)[3] == "1795320000000")
        let expected = """
            {"language":"zh-CN","orderId":"SO-1-1","cargoDetails":[\
            {"name":"机油滤清器","count":2,"unit":"件","amount":120.0,"currency":"CNY"},\
            {"name":"手套","count":1,"unit":"件","amount":0.0,"currency":"CNY"}],"contactInfoList":[\
            {"contactType":1,"contact":"一号仓","mobile":"4000000000","country":"CN","province":"河北省","city":"廊坊市",\
            "county":"广阳区","address":"物流园 1 号"},\
            {"contactType":2,"contact":"张三","mobile":"13800000041","country":"CN","province":"广东省","city":"深圳市",\
            "county":"南山区","address":"科技园 1 号"}],"expressTypeId":1,"payMethod":1,"monthlyCard":"7551234567",\
            "parcelQty":1,"isGenWaybillNo":1,"isReturnRoutelabel":1}
            """
        #expect(value(of: "msgData", in: form) == expected)
    }

    @Test func `the signature covers the exact text that is sent`() async throws {
        let caller = ScriptedCaller(text: Self.success(Self.created))
        _ = try await proxy(caller).perform(create)
        let form = try form(caller.calls[0])
        let content = try #require(value(of: "msgData", in: form))
        let input = SignatureInput(secret: "check-word", body: Array(content.utf8), timestamp: "1795320000000")
        #expect(value(of: "msgDigest", in: form) == SignatureRecipe.encodedMD5.sign(input))
    }

    @Test func `a parcel whose contents are known carries only those`() async throws {
        let caller = ScriptedCaller(text: Self.success(Self.created))
        let packing = Packing(parcel: "SO-1-1", items: [ParcelItem(line: "1", units: 1)])
        let order = Sample.order(facts: [.parcelPacked(packing)])
        _ = try await proxy(caller).perform(Sample.request(.createWaybill, target: "SO-1-1", order: order))
        let content = try JSON(text: value(of: "msgData", in: form(caller.calls[0])) ?? "")
        #expect(content["cargoDetails"]?.array?.map { $0["count"] } == [.integer(1)])
    }

    @Test(arguments: [true, false])
    func `the number is read from both forms of the inner envelope`(isText: Bool) async throws {
        let caller = ScriptedCaller(text: Self.success(Self.created, isText: isText))
        let result = try await proxy(caller).perform(create)
        #expect(End(result) == Self.adopted)
        let tracking = Tracking(parcel: "SO-1-1", courier: "SF", channel: "sf", number: "SF1380000000001")
        #expect(result.facts.map(\.body) == [.trackingReported(tracking)])
        #expect(result.facts.map(\.order) == ["SO-1"])
    }

    @Test(arguments: ["8016", "A1007"])
    func `a duplicate is found and adopted, never asked for again`(code: String) async throws {
        let answer = code == "8016" ? Self.failure(code) : Self.gateway(code)
        let caller = ScriptedCaller(reply(answer), reply(Self.success(Self.created)))
        let result = try await proxy(caller).perform(create)
        #expect(End(result) == Self.adopted)
        #expect(
            try caller.calls.map { value(of: "serviceCode", in: try form($0)) }
                == ["EXP_RECE_CREATE_ORDER", "EXP_RECE_SEARCH_ORDER_RESP"])
    }

    @Test func `a duplicate that cannot be found stays in doubt`() async throws {
        let caller = ScriptedCaller(reply(Self.failure("8016", "重复下单")), reply(Self.failure("8018")))
        let result = try await proxy(caller).perform(create)
        #expect(End(result) == .ambiguous("8016 重复下单, and yet it is not found"))
    }

    @Test(arguments: [
        (failure("1014", "到件方信息不完整"), End.refused("1014 到件方信息不完整")),
        (failure("8177"), .retryable("8177 x", .minutes(10))), (failure("S0003"), .ambiguous("S0003 x")),
        (gateway("A1005"), .retryable("A1005 g", .minutes(1))),
        (gateway("A1002"), .retryable("A1002 g", .seconds(30))),
        (gateway("A1006"), .retryable("A1006 g", .minutes(5))), (gateway("A1004"), .refused("A1004 g")),
        (gateway("A1009"), .ambiguous("A1009 g")), (gateway("A1099"), .ambiguous("A1099 g")),
        ("{}", .ambiguous("the reply of EXP_RECE_CREATE_ORDER is not readable")),
        ("<html>", .ambiguous("the reply of EXP_RECE_CREATE_ORDER is not readable")),
        (
            #"{"apiResultCode":"A1000","apiResultData":"oops"}"#,
            .ambiguous("the reply of EXP_RECE_CREATE_ORDER is not readable")
        ),
    ])
    func `each answer has its class`(answer: String, end: End) async throws {
        let result = try await proxy(ScriptedCaller(text: answer)).perform(create)
        #expect(End(result) == end)
    }

    @Test(arguments: [
        (gateway("A1005"), true), (gateway("A1006"), true), (failure("8177"), false), (gateway("A1004"), false),
        (failure("1014"), false),
    ])
    func `flow control and a wrong signature are said of every order, peak capacity of one`(
        answer: String, isForAll: Bool
    ) async throws {
        let scope = CallScope(timeLimit: nil)
        scope.note(HTTPReply(status: 200, body: []))
        let sf = try proxy(ScriptedCaller(text: answer))
        _ = await CallScope.$current.withValue(scope) { await sf.perform(create) }
        #expect((scope.last == .turnedAway) == isForAll)
    }

    @Test(arguments: [
        (Result<HTTPReply, HTTPFailure>.failure(.notSent("refused")), End.retryable("refused", nil)),
        (.failure(.ambiguous("no reply in time")), .ambiguous("no reply in time")),
        (reply("", status: 502), .ambiguous("HTTP 502")),
    ])
    func `each broken exchange has its class`(answer: Result<HTTPReply, HTTPFailure>, end: End) async throws {
        let result = try await proxy(ScriptedCaller(answer)).perform(create)
        #expect(End(result) == end)
    }

    @Test func `where the courier does not deliver the answer is no`() async throws {
        let content: JSON = ["orderId": "SO-1-1", "filterResult": "3", "remark": "超区"]
        let result = try await proxy(ScriptedCaller(text: Self.success(content))).perform(create)
        #expect(End(result) == .refused("SF does not deliver there 超区"))
    }

    @Test func `an order without a number yet stays in doubt`() async throws {
        let content: JSON = ["orderId": "SO-1-1", "filterResult": 1, "waybillNoInfoList": []]
        let result = try await proxy(ScriptedCaller(text: Self.success(content))).perform(create)
        #expect(End(result) == .ambiguous("SF has the order and gives no number yet"))
    }

    @Test func `without a receiver nothing is sent`() async throws {
        let caller = ScriptedCaller()
        let result = try await proxy(caller).perform(
            Sample.request(.createWaybill, target: "SO-1-1", receiver: nil))
        #expect(End(result) == .refused("the order has no receiver"))
        #expect(caller.calls.isEmpty)
    }

    // MARK: - find

    @Test(arguments: [
        (reply(success(created)), adopted), (reply(failure("8018")), .notFound), (reply(failure("6150")), .notFound),
        (reply(failure("8024")), .notFound), (reply(gateway("A1005")), .ambiguous("A1005 g")),
        (.failure(.notSent("refused")), .ambiguous("refused")),
        (.failure(.ambiguous("no reply in time")), .ambiguous("no reply in time")),
        (reply("", status: 404), .ambiguous("HTTP 404")),
    ])
    func `only a clear answer ends the doubt`(answer: Result<HTTPReply, HTTPFailure>, end: End) async throws {
        let caller = ScriptedCaller(answer)
        let result = try await proxy(caller).find(create)
        #expect(End(result) == end)
        #expect(
            value(of: "msgData", in: try form(caller.calls[0]))
                == #"{"language":"zh-CN","orderId":"SO-1-1","searchType":"1"}"#)
    }

    // MARK: - trace.query

    private static let routes: JSON = [
        "routeResps": [
            [
                "mailNo": "SF1",
                "routes": [
                    ["acceptTime": "2026-11-24 10:00:00", "acceptAddress": "深圳市", "remark": "已签收", "opCode": "80"],
                    ["acceptTime": "2026-11-22 18:00:00", "acceptAddress": "廊坊市", "remark": "已收取", "opCode": "50"],
                    ["acceptTime": "2026-11-23 08:00:00", "acceptAddress": "深圳市", "remark": "?", "opCode": "777"],
                    ["acceptTime": "yesterday", "opCode": "30"],
                ],
            ]
        ]
    ]

    private func traceRequest(_ facts: [FactBody] = []) -> InstructionRequest {
        Sample.request(.queryTrace, target: "SO-1-1@1795500000000", order: Sample.order(facts: facts))
    }

    @Test func `a trace is asked for by the live waybill and read as complete`() async throws {
        let caller = ScriptedCaller(text: Self.success(Self.routes))
        let tracking = Tracking(parcel: "SO-1-1", courier: "SF", channel: "sf", number: "SF1")
        let result = try await proxy(caller).perform(traceRequest([.trackingReported(tracking)]))
        let form = try form(caller.calls[0])
        #expect(value(of: "serviceCode", in: form) == "EXP_RECE_SEARCH_ROUTES")
        let expected = """
            {"language":"zh-CN","trackingType":"1","trackingNumber":["SF1"],"methodType":"1","checkPhoneNo":"0041"}
            """
        #expect(value(of: "msgData", in: form) == expected)
        let start = Sample.now + .hours(6)
        let scans = [
            Scan(at: start, status: .pickedUp, code: "50", place: "廊坊市", remark: "已收取"),
            Scan(at: start + .hours(14), status: .unmapped, code: "777", place: "深圳市", remark: "?"),
            Scan(at: start + .hours(40), status: .signed, code: "80", place: "深圳市", remark: "已签收"),
        ]
        let trace = Trace(parcel: "SO-1-1", number: "SF1", scans: scans, isComplete: true)
        #expect(result.facts.map(\.body) == [.traceReported(trace)])
        #expect(result.facts.map(\.word) == ["80"])
        #expect(result.facts.map(\.occurredAt) == [start + .hours(40)])
        #expect(End(result) == .done(["trace/SO-1/7/trace.query = trace.reported"], "3 scans"))
    }

    @Test func `without a number the parcel's own number is asked about`() async throws {
        let caller = ScriptedCaller(text: Self.success(Self.routes))
        _ = try await proxy(caller).perform(traceRequest())
        let content = try JSON(text: value(of: "msgData", in: form(caller.calls[0])) ?? "")
        #expect(content["trackingType"] == "2")
        #expect(content["trackingNumber"] == ["SO-1-1"])
    }

    @Test func `a list that ends before the signature is asked for again`() async throws {
        let row: JSON = ["acceptTime": "2026-11-22 18:00:00", "opCode": "50"]
        for routes in [[], [row]] as [[JSON]] {
            let content: JSON = ["routeResps": [["mailNo": "SF1", "routes": .array(routes)]]]
            let result = try await proxy(ScriptedCaller(text: Self.success(content))).perform(traceRequest())
            let detail = routes.isEmpty ? "SF has no routes yet" : "SF's list does not reach the signature yet"
            #expect(End(result) == .retryable(detail, .minutes(5)))
        }
    }

    @Test(arguments: [
        (reply(failure("S0003")), End.retryable("S0003 x", nil)),
        (.failure(.ambiguous("late")), .retryable("late", nil)),
        (reply(failure("8018")), .refused("8018 x")), (reply(gateway("A1005")), .retryable("A1005 g", .minutes(1))),
    ])
    func `a question that fails is asked again, for it has no effect`(
        answer: Result<HTTPReply, HTTPFailure>, end: End
    ) async throws {
        let result = try await proxy(ScriptedCaller(answer)).perform(traceRequest())
        #expect(End(result) == end)
        #expect(End(try await proxy(ScriptedCaller()).find(traceRequest())) == .notFound)
    }
}
