import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Reports of a warehouse: signature, facts, message ids, acknowledgement.
@Suite struct QimenPushTests {
    private static let acknowledged =
        #"<?xml version="1.0" encoding="utf-8"?><response><flag>success</flag><code>0</code>"#
        + "<message>ok</message></response>"

    private func receiver(_ options: [String: String] = [:]) throws -> QimenPushReceiver {
        QimenPushReceiver(settings: try QimenSettings(Sample.warehouseSettings(options)))
    }

    /// A push with its right signature, which a test may then alter.
    private func push(
        _ method: String, _ body: String, customer: String = "c-001", secret: String = "secretABC"
    ) -> Push {
        let bytes = Array(body.utf8)
        var pairs: [(name: String, value: String)] = [
            ("method", method), ("timestamp", "2026-11-22 12:00:00"), ("format", "xml"), ("app_key", "demo-app"),
            ("v", "2.0"), ("sign_method", "md5"), ("customerId", customer),
        ]
        let input = SignatureInput(secret: secret, pairs: pairs, body: bytes)
        pairs.append(("sign", SignatureRecipe.wrappedMD5WithBody.sign(input)))
        return Push(query: pairs, headers: [:], body: bytes, now: Sample.now)
    }

    private func step(_ word: String, extra: String = "") -> String {
        """
        <request><order><orderCode>SO-1</orderCode><warehouseCode>W-1</warehouseCode></order><process>\
        <processStatus>\(word)</processStatus><operateTime>2026-11-22 11:30:00</operateTime>\(extra)</process></request>
        """
    }

    private static let stepTime = Sample.now - .minutes(30)

    /// What it holds comes with the confirmation.
    private static var progress: Packing {
        var packing = Packing(parcel: "SO-1-1")
        packing.isProgress = true
        return packing
    }

    @Test(arguments: [
        ("ACCEPT", "", [FactBody.inventoryLocked(InventoryLock(warehouse: "W-1"))]),
        ("PICK", "", [.statusReported]), ("CHECK", "", [.statusReported]), ("WEIGH", "", [.statusReported]),
        ("PACKAGE", "", [.parcelPacked(progress)]),
        ("DELIVERED", "", [.parcelHandedOver(parcel: "SO-1-1")]),
        (
            "DELIVERED", "<logisticsCode>SF</logisticsCode><expressCode>SF1</expressCode>",
            [
                .parcelHandedOver(parcel: "SO-1-1"),
                .trackingReported(Tracking(parcel: "SO-1-1", courier: "SF", number: "SF1")),
            ]
        ),
        ("REJECT", "<operateInfo>缺货</operateInfo>", [.inventoryRefused(reason: "缺货")]),
        ("EXCEPTION", "", [.inventoryRefused(reason: "EXCEPTION")]),
        ("SIGN", "", [.statusReported]), ("NEVER-SEEN", "", [.statusReported]),
    ])
    func `each step has its facts and keeps its raw word`(word: String, extra: String, bodies: [FactBody]) throws {
        let content = try receiver().receive(push("orderprocess.report", step(word, extra: extra)))
        #expect(content.facts.map(\.body) == bodies)
        #expect(content.facts.allSatisfy { $0.word == word && $0.order == "SO-1" && $0.occurredAt == Self.stepTime })
        #expect(content.acknowledgement.body.utf8Text == Self.acknowledged)
    }

    @Test func `a warehouse's signature counts only where the settings say so`() throws {
        let content = try receiver(["trustsSign": "true"]).receive(push("orderprocess.report", step("SIGN")))
        #expect(content.facts.map(\.body) == [.signedReported(parcel: "SO-1-1")])
    }

    @Test func `a repeated step is the same message, another time is another`() throws {
        let receiver = try receiver()
        let once = try receiver.receive(push("orderprocess.report", step("ACCEPT"))).facts.map(\.messageID)
        let twice = try receiver.receive(push("orderprocess.report", step("ACCEPT"))).facts.map(\.messageID)
        #expect(once == ["process/SO-1/ACCEPT/2026-11-22 11:30:00/lock"])
        #expect(twice == once)
        let later = step("ACCEPT").replacing("11:30:00", with: "11:31:00")
        #expect(try receiver.receive(push("orderprocess.report", later)).facts.map(\.messageID) != once)
    }

    @Test func `reports of a delivery that was ordered anew are no repetitions of the first one's`() throws {
        func ids(_ code: String, _ extra: String) throws -> [String] {
            let body = step("PACKAGE", extra: extra).replacing(
                "<orderCode>SO-1</orderCode>", with: "<orderCode>\(code)</orderCode>")
            let content = try receiver().receive(push("orderprocess.report", body))
            #expect(content.facts.allSatisfy { $0.order == "SO-1" })
            return content.facts.map(\.messageID)
        }
        for extra in ["", "<outBizCode>B-1</outBizCode>"] {
            #expect(Set(try ids("SO-1", extra)).isDisjoint(with: try ids("SO-1~2", extra)))
            #expect(try ids("SO-1~2", extra) == ids("SO-1~2", extra))
        }
        func confirmed(_ code: String) throws -> [String] {
            let body =
                "<request><deliveryOrder><deliveryOrderCode>\(code)</deliveryOrderCode><outBizCode>B-1</outBizCode>"
                + "</deliveryOrder></request>"
            return try receiver().receive(push("deliveryorder.confirm", body)).facts.map(\.messageID)
        }
        #expect(Set(try confirmed("SO-1")).isDisjoint(with: try confirmed("SO-1~2")))
        #expect(try confirmed("SO-1").allSatisfy { $0.hasPrefix("confirm/B-1/") })
    }

    @Test func `the sender's own number of a message is preferred`() throws {
        let body = step("ACCEPT", extra: "<outBizCode>B-7</outBizCode>")
        #expect(
            try receiver().receive(push("orderprocess.report", body)).facts.map(\.messageID) == ["process/B-7/lock"])
    }

    private static let confirmation = """
        <deliveryOrder><deliveryOrderCode>SO-1</deliveryOrderCode><status>DELIVERED</status>\
        <outBizCode>C-1</outBizCode><confirmType>0</confirmType><operateTime>2026-11-22 11:30:00</operateTime>\
        <logisticsCode>SF</logisticsCode></deliveryOrder><packages>\
        <package><expressCode>SF1</expressCode><weight>1.25</weight><items><item><itemCode>A</itemCode>\
        <quantity>2</quantity></item><item><itemCode>G</itemCode><quantity>1</quantity></item></items></package>\
        <package><logisticsCode>ZTO</logisticsCode><items><item><itemCode>A</itemCode><quantity>1</quantity></item>\
        </items></package></packages><orderLines>\
        <orderLine><orderLineNo>1</orderLineNo><itemCode>A</itemCode><actualQty>1</actualQty></orderLine>\
        <orderLine><orderLineNo>2</orderLineNo><itemCode>A</itemCode><actualQty>2</actualQty></orderLine>\
        <orderLine><orderLineNo>3</orderLineNo><itemCode>G</itemCode><planQty>1</planQty></orderLine></orderLines>
        """

    @Test func `a confirmation names parcels by the order of its packages and counts units of lines`() throws {
        let content = try receiver().receive(
            push("deliveryorder.confirm", "<request>\(Self.confirmation)</request>"))
        let first = Packing(
            parcel: "SO-1-1",
            items: [
                ParcelItem(line: "1", units: 1), ParcelItem(line: "2", units: 1), ParcelItem(line: "3", units: 1),
            ], weightGrams: 1_250)
        let second = Packing(parcel: "SO-1-2", items: [ParcelItem(line: "2", units: 1)])
        #expect(
            content.facts.map(\.body) == [
                .parcelPacked(first), .parcelHandedOver(parcel: "SO-1-1"),
                .trackingReported(Tracking(parcel: "SO-1-1", courier: "SF", number: "SF1")), .parcelPacked(second),
                .parcelHandedOver(parcel: "SO-1-2"),
            ])
        #expect(
            content.facts.map(\.messageID) == [
                "confirm/C-1/0/SO-1-1/packed", "confirm/C-1/0/SO-1-1/handed-over", "confirm/C-1/0/SO-1-1/tracking",
                "confirm/C-1/0/SO-1-2/packed", "confirm/C-1/0/SO-1-2/handed-over",
            ])
    }

    @Test(arguments: [
        ("<volume>3.5</volume>", 3_500), ("<length>20</length><width>10</width><height>5.5</height>", 1_100),
        ("<length>20</length><width>10</width>", nil), ("<volume>much</volume>", nil), ("<volume>-1</volume>", nil),
    ])
    func `litres of a package are its volume or its three sides`(measures: String, expected: Int?) throws {
        let body = Self.confirmation.replacing("<weight>1.25</weight>", with: "<weight>1.25</weight>" + measures)
        let facts = try receiver().receive(push("deliveryorder.confirm", "<request>\(body)</request>")).facts
        guard case .parcelPacked(let packing)? = facts.first?.body else {
            Issue.record("no parcel")
            return
        }
        #expect(packing.volumeMillilitres == expected && packing.weightGrams == 1_250)
    }

    @Test func `many confirmations travel in one push`() throws {
        let other = Self.confirmation.replacing("SO-1", with: "SO-2").replacing("C-1", with: "C-2")
        let body = "<request><orders><order>\(Self.confirmation)</order><order>\(other)</order></orders></request>"
        let facts = try receiver().receive(push("deliveryorder.batchconfirm", body)).facts
        #expect(facts.map(\.order) == Array(repeating: "SO-1", count: 5) + Array(repeating: "SO-2", count: 5))
    }

    @Test func `contents that cannot be matched to lines are left unknown`() throws {
        let strange = Self.confirmation.replacing(
            "<itemCode>G</itemCode><quantity>", with: "<itemCode>?</itemCode><quantity>")
        let facts = try receiver().receive(push("deliveryorder.confirm", "<request>\(strange)</request>")).facts
        #expect(facts.first?.body == .parcelPacked(Packing(parcel: "SO-1-1", weightGrams: 1_250)))
    }

    @Test func `a confirmation without packages is one parcel with everything`() throws {
        let body = """
            <request><deliveryOrder><deliveryOrderCode>SO-1</deliveryOrderCode><status>DELIVERED</status>\
            <operateTime>2026-11-22 11:30:00</operateTime><expressCode>SF9</expressCode></deliveryOrder>\
            <orderLines><orderLine><orderLineNo>1</orderLineNo><itemCode>A</itemCode><actualQty>2</actualQty>\
            </orderLine></orderLines></request>
            """
        let facts = try receiver().receive(push("deliveryorder.confirm", body)).facts
        #expect(
            facts.map(\.body) == [
                .parcelPacked(Packing(parcel: "SO-1-1", items: [ParcelItem(line: "1", units: 2)])),
                .parcelHandedOver(parcel: "SO-1-1"),
                .trackingReported(Tracking(parcel: "SO-1-1", number: "SF9")),
            ])
        #expect(facts.first?.messageID == "confirm/SO-1/DELIVERED/2026-11-22 11:30:00/SO-1-1/packed")
    }

    @Test(arguments: [
        ("REJECT", FactBody.inventoryRefused(reason: "地址不详")), ("CANCELED", .statusReported),
        ("CLOSED", .statusReported), ("CANCELEDFAIL", .statusReported),
    ])
    func `a confirmation of an end moves no parcel`(status: String, body: FactBody) throws {
        let text = """
            <request><deliveryOrder><deliveryOrderCode>SO-1</deliveryOrderCode><status>\(status)</status>\
            <remark>地址不详</remark></deliveryOrder></request>
            """
        let facts = try receiver().receive(push("deliveryorder.confirm", text)).facts
        #expect(facts.map(\.body) == [body])
        #expect(facts.map(\.word) == [status])
        #expect(facts.map(\.occurredAt) == [nil])
    }

    @Test func `lack of stock is a refusal with its articles`() throws {
        let body = """
            <request><deliveryOrderCode>SO-1</deliveryOrderCode><createTime>2026-11-22 11:30:00</createTime>\
            <outBizCode>L-1</outBizCode><items><item><itemCode>A</itemCode><planQty>2</planQty><lackQty>1</lackQty>\
            <reason>系统报缺</reason></item></items></request>
            """
        let facts = try receiver().receive(push("itemlack.report", body)).facts
        #expect(facts.map(\.body) == [.inventoryRefused(reason: "缺货: A × 1; 系统报缺")])
        #expect(facts.map(\.messageID) == ["lack/L-1/refused"])
    }

    @Test func `an exception is a refusal with its text`() throws {
        let body = """
            <request><deliveryOrderCode>SO-1</deliveryOrderCode><messageType>A1</messageType>\
            <messageDesc>库位冻结</messageDesc></request>
            """
        let facts = try receiver().receive(push("orderexception.report", body)).facts
        #expect(facts.map(\.body) == [.inventoryRefused(reason: "库位冻结")])
    }

    // MARK: - Refused

    private func problem(_ push: Push) -> PushProblem? {
        do {
            _ = try receiver().receive(push)
            return nil
        } catch {
            return error as? PushProblem
        }
    }

    @Test func `an altered body, parameter, secret or customer is refused in the sender's protocol`() throws {
        let good = push("orderprocess.report", step("ACCEPT"))
        var body = good
        body.body[body.body.count - 12] ^= 1
        var parameter = good
        parameter.query[4].value = "3.0"
        var unsigned = good
        unsigned.query.removeLast()
        let otherSecret = push("orderprocess.report", step("ACCEPT"), secret: "secretABD")
        let otherCustomer = push("orderprocess.report", step("ACCEPT"), customer: "c-002")
        for altered in [body, parameter, unsigned, otherSecret, otherCustomer] {
            let problem = try #require(self.problem(altered))
            #expect(problem.kind == .signature)
            #expect(
                problem.acknowledgement.body.utf8Text.contains("<flag>failure</flag><code>sign-check-failure</code>"))
        }
        #expect(problem(good) == nil)
    }

    @Test func `the timestamp may be off by exactly the tolerance`() throws {
        var late = push("orderprocess.report", step("ACCEPT"))
        late.now = Sample.now + .seconds(600)
        #expect(problem(late) == nil)
        late.now = Sample.now + .seconds(600) + 1
        #expect(problem(late)?.kind == .signature)
    }

    @Test(arguments: [
        ("orderprocess.report", "not xml"), ("orderprocess.report", "<request/>"),
        ("orderprocess.report", "<!DOCTYPE a><request/>"), ("deliveryorder.confirm", "<request/>"),
        ("itemlack.report", "<request/>"), ("stockchange.report", "<request/>"),
    ])
    func `a signed report that says nothing of an order is malformed`(method: String, body: String) throws {
        let problem = try #require(self.problem(push(method, body)))
        #expect(problem.kind == .malformed)
        #expect(problem.acknowledgement.body.utf8Text.contains("<flag>failure</flag>"))
    }
}
