import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Calls to a warehouse: request, endpoint, success, error.
@Suite struct QimenConnectorTests {
    private func proxy(_ caller: any HTTPCaller, _ options: [String: String] = [:]) throws -> QimenProxy {
        QimenProxy(settings: try QimenSettings(Sample.warehouseSettings(options)), caller: caller)
    }

    private static let accepted =
        "<response><flag>success</flag><code>0</code><message/><deliveryOrderId>W1</deliveryOrderId></response>"

    private static func failure(_ code: String, _ message: String) -> String {
        "<response><flag>failure</flag><code>\(code)</code><message>\(message)</message></response>"
    }

    private static func found(_ status: String, code: String = "SO-1") -> String {
        """
        <response><flag>success</flag><deliveryOrder><deliveryOrderCode>\(code)</deliveryOrderCode>\
        <status>\(status)</status></deliveryOrder></response>
        """
    }

    // MARK: - delivery.create

    @Test func `a delivery is asked for with every line, gifts too`() async throws {
        let caller = ScriptedCaller(text: Self.accepted)
        let result = try await proxy(caller).perform(Sample.request(.createDelivery))
        #expect(End(result) == .done([], "submitted, W1"))
        let body = try #require(caller.calls.first?.body).utf8Text
        let expected = """
            <?xml version="1.0" encoding="utf-8"?><request><deliveryOrder>\
            <deliveryOrderCode>SO-1</deliveryOrderCode><orderType>JYCK</orderType><warehouseCode>W-1</warehouseCode>\
            <createTime>2026-11-22 12:00:00</createTime><placeOrderTime>2026-11-22 11:00:00</placeOrderTime>\
            <operateTime>2026-11-22 12:00:00</operateTime><shopNick>tmall</shopNick><logisticsCode>SF</logisticsCode>\
            <totalAmount>129.00</totalAmount><senderInfo><name>一号仓</name><mobile>4000000000</mobile>\
            <province>河北省</province><city>廊坊市</city><area>广阳区</area><detailAddress>物流园 1 号</detailAddress></senderInfo>\
            <receiverInfo><name>张三</name><mobile>13800000041</mobile><province>广东省</province><city>深圳市</city>\
            <area>南山区</area><detailAddress>科技园 1 号</detailAddress></receiverInfo></deliveryOrder><orderLines>\
            <orderLine><orderLineNo>1</orderLineNo><sourceOrderCode>SO-1</sourceOrderCode>\
            <subSourceOrderCode>1</subSourceOrderCode><ownerCode>OWN</ownerCode><itemCode>LF9001</itemCode>\
            <itemName>机油滤清器</itemName><inventoryType>ZP</inventoryType><planQty>2</planQty>\
            <actualPrice>60.00</actualPrice></orderLine>\
            <orderLine><orderLineNo>2</orderLineNo><sourceOrderCode>SO-1</sourceOrderCode>\
            <subSourceOrderCode>2</subSourceOrderCode><ownerCode>OWN</ownerCode><itemCode>GIFT-1</itemCode>\
            <itemName>手套</itemName><inventoryType>ZP</inventoryType><planQty>1</planQty><actualPrice>0.00</actualPrice>\
            <extendProps><gift>Y</gift><giftFor>1</giftFor></extendProps></orderLine></orderLines></request>
            """
        #expect(body == expected)
    }

    @Test func `the call goes to the endpoint, signed over its exact bytes, with no person in the address`()
        async throws
    {
        let caller = ScriptedCaller(text: Self.accepted)
        _ = try await proxy(caller).perform(Sample.request(.createDelivery))
        let call = try #require(caller.calls.first)
        #expect(call.method == "POST")
        #expect(call.url.hasPrefix("https://wms.example.com/router/qimen/service?method=deliveryorder.create&"))
        #expect(call.headers.map(\.value) == ["text/xml;charset=utf-8"])
        let pairs = query(of: call.url)
        #expect(
            pairs.map(\.name) == [
                "method", "timestamp", "format", "app_key", "v", "sign_method", "customerId", "sign",
            ])
        #expect(value(of: "timestamp", in: pairs) == "2026-11-22 12:00:00")
        let input = SignatureInput(secret: "secretABC", pairs: pairs.filter { $0.name != "sign" }, body: call.body)
        #expect(value(of: "sign", in: pairs) == SignatureRecipe.wrappedMD5WithBody.sign(input))
        #expect(!call.url.contains("13800000041") && !call.url.contains(percentEncoded("张三")))
    }

    @Test(arguments: ["hmac", "hmac-sha256"])
    func `other ways to sign are followed`(method: String) async throws {
        let caller = ScriptedCaller(text: Self.accepted)
        _ = try await proxy(caller, ["signMethod": method]).perform(Sample.request(.createDelivery))
        let call = try #require(caller.calls.first)
        let pairs = query(of: call.url)
        let input = SignatureInput(secret: "secretABC", pairs: pairs.filter { $0.name != "sign" }, body: call.body)
        let recipe = method == "hmac" ? SignatureRecipe.keyedMD5WithBody : SignatureRecipe.keyedSHA256WithBody
        #expect(value(of: "sign", in: pairs) == recipe.sign(input))
        #expect(value(of: "sign_method", in: pairs) == method)
    }

    @Test func `a platform's token goes with the address`() async throws {
        let caller = ScriptedCaller(text: Self.accepted)
        var receiver = Sample.receiver
        receiver.token = "OAID-1"
        _ = try await proxy(caller).perform(Sample.request(.createDelivery, receiver: receiver))
        #expect(caller.calls[0].body.utf8Text.contains("<oaid>OAID-1</oaid></receiverInfo>"))
    }

    @Test func `an order that is there already counts as submitted once it is found`() async throws {
        let caller = ScriptedCaller(reply(Self.failure("S007", "出库单已存在")), reply(Self.found("ACCEPT")))
        let result = try await proxy(caller).perform(Sample.request(.createDelivery))
        #expect(End(result) == .done([], "already there, status ACCEPT"))
        #expect(
            caller.calls.map { value(of: "method", in: query(of: $0.url)) ?? "" } == [
                "deliveryorder.create", "deliveryorder.query",
            ])
    }

    @Test func `an order that is said to exist and is not found is refused`() async throws {
        let caller = ScriptedCaller(reply(Self.failure("S007", "order exists")), reply(Self.failure("S005", "订单不存在")))
        let result = try await proxy(caller).perform(Sample.request(.createDelivery))
        #expect(End(result) == .refused("S007 order exists"))
    }

    @Test(arguments: [
        ("S003", "商品编码错误", End.refused("S003 商品编码错误")),
        ("isp.service-error", "try later", .retryable("isp.service-error try later", .minutes(1))),
        ("sign-check-failure", "Illegal request", .retryable("sign-check-failure Illegal request", .minutes(1))),
        ("S005", "仓库不存在", .refused("S005 仓库不存在")),
    ])
    func `each failure has its class`(code: String, message: String, end: End) async throws {
        let caller = ScriptedCaller(text: Self.failure(code, message))
        let result = try await proxy(caller).perform(Sample.request(.createDelivery))
        #expect(End(result) == end)
    }

    @Test(arguments: [
        (Result<HTTPReply, HTTPFailure>.failure(.notSent("refused")), End.retryable("refused", nil)),
        (.failure(.ambiguous("no reply in time")), .ambiguous("no reply in time")),
        (reply("oops", status: 500), .ambiguous("HTTP 500")),
        (reply("", status: 429), .retryable("HTTP 429", nil)),
        (reply("", status: 403), .refused("HTTP 403")),
        (reply("<html/>"), .ambiguous("the reply of deliveryorder.create is not readable")),
        (reply("not xml"), .ambiguous("the reply of deliveryorder.create is not readable")),
    ])
    func `each broken exchange has its class`(answer: Result<HTTPReply, HTTPFailure>, end: End) async throws {
        let caller = ScriptedCaller(answer)
        let result = try await proxy(caller).perform(Sample.request(.createDelivery))
        #expect(End(result) == end)
    }

    @Test func `without a receiver or lines nothing is sent`() async throws {
        let caller = ScriptedCaller()
        let proxy = try proxy(caller)
        let noReceiver = await proxy.perform(Sample.request(.createDelivery, receiver: nil))
        #expect(End(noReceiver) == .refused("the order has no receiver"))
        let noLines = await proxy.perform(Sample.request(.createDelivery, order: Order(number: "SO-2")))
        #expect(End(noLines) == .refused("the order has no lines"))
        #expect(caller.calls.isEmpty)
    }

    // MARK: - find

    @Test(arguments: [
        (reply(Self.found("NEW")), End.done([], "already there, status NEW")),
        (reply(Self.found("NEW", code: "SO-2")), .notFound),
        (reply(Self.failure("S005", "order does not exist")), .notFound),
        (reply(Self.failure("S009", "系统繁忙")), .ambiguous("S009 系统繁忙")),
        (.failure(.notSent("refused")), .ambiguous("refused")),
        (reply("", status: 403), .ambiguous("HTTP 403")),
    ])
    func `only a clear answer ends the doubt`(answer: Result<HTTPReply, HTTPFailure>, end: End) async throws {
        let caller = ScriptedCaller(answer)
        let result = try await proxy(caller).find(Sample.request(.createDelivery))
        #expect(End(result) == end)
        #expect(caller.calls[0].body.utf8Text.contains("<request><orderCode>SO-1</orderCode>"))
    }

    // MARK: - delivery.cancel

    @Test(arguments: [
        ("<response><flag>success</flag></response>", End.done([], "cancelled")),
        (failure("S006", "出库单已取消"), .done([], "cancelled")),
        (failure("S005", "出库单不存在"), .done([], "the warehouse never had the order")),
        (failure("S006", "出库单已打包，不能取消"), .refused("S006 出库单已打包，不能取消")),
    ])
    func `a cancellation ends as the warehouse says`(answer: String, end: End) async throws {
        let caller = ScriptedCaller(text: answer)
        let order = Sample.order(facts: [.orderCancelled(reason: "买家取消")])
        let result = try await proxy(caller).perform(Sample.request(.cancelDelivery, order: order))
        #expect(End(result) == end)
        let call = caller.calls[0]
        #expect(value(of: "method", in: query(of: call.url)) == "order.cancel")
        #expect(
            call.body.utf8Text.hasSuffix(
                """
                <request><warehouseCode>W-1</warehouseCode><orderCode>SO-1</orderCode><orderType>JYCK</orderType>\
                <cancelReason>买家取消</cancelReason></request>
                """))
    }

    @Test(arguments: [("CANCELED", End.done([], "cancelled")), ("ACCEPT", .notFound)])
    func `a doubtful cancellation is found by its status`(status: String, end: End) async throws {
        let caller = ScriptedCaller(text: Self.found(status))
        let result = try await proxy(caller).find(Sample.request(.cancelDelivery))
        #expect(End(result) == end)
    }

    @Test func `what a warehouse cannot do is refused unsent`() async throws {
        let caller = ScriptedCaller()
        let result = try await proxy(caller).perform(Sample.request(.issueInvoice))
        #expect(End(result) == .refused("wms does not carry out invoice.issue"))
        #expect(caller.calls.isEmpty)
    }

    // MARK: - inventory.query

    @Test func `frozen stock is read as lock evidence`() async throws {
        let caller = ScriptedCaller(
            text: """
                <response><flag>success</flag><items><item><warehouseCode>W-1</warehouseCode>\
                <itemCode>LF9001</itemCode><quantity>120</quantity><lockQuantity>2</lockQuantity></item>\
                <item><itemCode>X</itemCode></item></items></response>
                """)
        let levels = try await proxy(caller).stockLevels(skus: ["LF9001", "X"], warehouse: "W-1", now: Sample.now)
        let expected = StockLevel(sku: "LF9001", warehouse: "W-1", quantity: 120, lockQuantity: 2)
        #expect(levels == .success([expected]))
        #expect(caller.calls[0].body.utf8Text.contains("<criteriaList><criteria><warehouseCode>W-1</warehouseCode>"))
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "1000000001", "99999999999999999999", "x"])
    func `a number of units that no warehouse has tells nothing`(number: String) async throws {
        let item = "<item><itemCode>A</itemCode><quantity>\(number)</quantity></item>"
        let locked = "<item><itemCode>B</itemCode><quantity>3</quantity><lockQuantity>\(number)</lockQuantity></item>"
        let caller = ScriptedCaller(
            text: "<response><flag>success</flag><items>\(item)\(item)\(locked)</items></response>")
        let levels = try await proxy(caller).stockLevels(skus: ["A", "B"], warehouse: "", now: Sample.now)
        #expect(levels == .success([]))
    }

    @Test func `what is sold beyond the stock is below none, and nothing about frozen units means none`() async throws {
        let item = "<item><itemCode>A</itemCode><quantity>-3</quantity><lockQuantity/></item>"
        let caller = ScriptedCaller(text: "<response><flag>success</flag><items>\(item)</items></response>")
        let levels = try await proxy(caller).stockLevels(skus: ["A"], warehouse: "", now: Sample.now)
        #expect(levels == .success([StockLevel(sku: "A", warehouse: "", quantity: -3, lockQuantity: 0)]))
    }

    @Test func `stock that cannot be asked for says why`() async throws {
        let caller = ScriptedCaller(
            reply(Self.failure("S009", "no")), .failure(.ambiguous("late")), .failure(.notSent("no connection")),
            reply("no XML"))
        let proxy = try proxy(caller)
        let first = await proxy.stockLevels(skus: ["A"], warehouse: "W", now: Sample.now)
        #expect(first == .failure(StockProblem(.refused, detail: "S009 no")))
        let second = await proxy.stockLevels(skus: ["A"], warehouse: "W", now: Sample.now)
        #expect(second == .failure(StockProblem(.noAnswer, detail: "late")))
        let third = await proxy.stockLevels(skus: ["A"], warehouse: "W", now: Sample.now)
        #expect(third == .failure(StockProblem(.unreachable, detail: "no connection")))
        let fourth = await proxy.stockLevels(skus: ["A"], warehouse: "W", now: Sample.now)
        #expect(fourth == .failure(StockProblem(.noAnswer, detail: "the reply of inventory.query is not readable")))
    }

    @Test func `stock is asked for as of a keeper of stock, a hundred articles at a time, at the usual warehouse`()
        async throws
    {
        func item(_ sku: String) -> String {
            "<item><itemCode>\(sku)</itemCode><quantity>3</quantity><lockQuantity>1</lockQuantity></item>"
        }
        let caller = ScriptedCaller(
            reply("<response><flag>success</flag><items>\(item("A1"))</items></response>"),
            reply("<response><flag>success</flag><items>\(item("A101"))</items></response>"))
        let keeper: any StockKeeper = try proxy(caller)
        let skus = (1...101).map { "A\($0)" }
        let levels = await keeper.stockLevels(skus: skus, warehouse: "", now: Sample.now)
        let expected = ["A1", "A101"].map { StockLevel(sku: $0, warehouse: "", quantity: 3, lockQuantity: 1) }
        #expect(levels == .success(expected))
        let bodies = caller.calls.map(\.body.utf8Text)
        let counts = bodies.map { $0.split(separator: "<criteria>", omittingEmptySubsequences: false).count - 1 }
        #expect(counts == [100, 1])
        #expect(bodies.allSatisfy { $0.contains("<criteria><warehouseCode>OTHER</warehouseCode>") })
    }
}
