import HydrantConnectorKit
import HydrantCore
import Testing

@testable import HydrantConnectors

/// The labels of goods on their way back: from the customer to the house, under a number of their own.
@Suite struct WayBackLabelTests {
    private static let wayBack: InstructionRequest = {
        let asked = FactBody.returnAsked(
            reason: "", isExchange: false, lines: [ReturnedLine(line: "1", units: 1)], id: "R1")
        let request = Sample.request(
            .createWaybill, target: "way-back:R1", order: Sample.order(facts: [asked]))
        return Sample.issued(request, at: Sample.now)
    }()

    private static let outgoing = Sample.request(.createWaybill, target: "SO-1-1")
    private static let (customer, house) = ("张三", "一号仓")

    /// Who sends, who receives, and under which number, as a call says it.
    private struct Ends: Equatable {
        var number: String?
        var from: String?
        var to: String?
    }

    private func check(_ plain: String, _ back: String, _ read: (InstructionRequest) throws -> Ends) rethrows {
        #expect(try read(Self.outgoing) == Ends(number: plain, from: Self.house, to: Self.customer))
        #expect(try read(Self.wayBack) == Ends(number: back, from: Self.customer, to: Self.house))
        // The warehouse's own address goes before the one of the connector's settings.
        let own = Self.warehouse.name
        #expect(try read(Self.housed(Self.outgoing)) == Ends(number: plain, from: own, to: Self.customer))
        #expect(try read(Self.housed(Self.wayBack)) == Ends(number: back, from: Self.customer, to: own))
    }

    private static let warehouse = Receiver(
        name: "武汉仓", phone: "027-55550107", province: "湖北省", city: "武汉市", district: "东西湖区", address: "革新大道 501 号")

    private static func housed(_ request: InstructionRequest) -> InstructionRequest {
        var request = request
        request.house = warehouse
        return request
    }

    @Test func `all parts of a warehouse's address are sent, and to the warehouse too`() throws {
        let zto = ZTOMapper.createContent(
            Self.housed(Self.outgoing), receiver: Sample.receiver, number: "SO-1-1",
            settings: try ZTOSettings(CourierSample.zto()))
        let sender = try #require(zto["senderInfo"]).text
        let qimen = QimenMapper.createBody(
            Self.housed(Sample.request(.createDelivery)), receiver: Sample.receiver,
            settings: try QimenSettings(Sample.warehouseSettings()))
        let delivery = String(decoding: qimen, as: UTF8.self)
        for part in ["武汉仓", "027-55550107", "湖北省", "武汉市", "东西湖区", "革新大道 501 号"] {
            #expect(sender.contains(part) && delivery.contains(part), "\(part)")
        }
        #expect(!delivery.contains("一号仓"))
    }

    @Test func `SF is called to fetch them, and the house pays`() throws {
        let settings = try SFSettings(Sample.courierSettings())
        func content(_ request: InstructionRequest) -> JSON {
            SFMapper.createContent(request, receiver: Sample.receiver, settings: settings)
        }
        try check("SO-1-1", "SO-1-B1") { request in
            let content = content(request)
            let people = try #require(content["contactInfoList"]?.array)
            #expect(people.map { $0["contactType"]?.integer } == [1, 2])
            return Ends(
                number: content["orderId"]?.string, from: people[0]["contact"]?.string,
                to: people[1]["contact"]?.string)
        }
        let (plain, back) = (content(Self.outgoing), content(Self.wayBack))
        #expect(plain["payMethod"] == 1 && back["payMethod"] == 2)
        #expect(plain["isDocall"] == nil && back["isDocall"] == 1)
        #expect(back["cargoDetails"]?.array?.map { $0["count"]?.integer } == [1])
    }

    @Test func `JD`() throws {
        let settings = try JDSettings(CourierSample.jd())
        try check("SO-1-1", "SO-1-B1") { request in
            let number = try #require(JDMapper.ownNumber.text(of: request.ownNumber))
            let content = JDMapper.createContent(
                request, receiver: Sample.receiver, number: number, settings: settings)
            let order = try #require(content.array?.first)
            return Ends(
                number: order["orderId"]?.string, from: order["senderContact"]?["name"]?.string,
                to: order["receiverContact"]?["name"]?.string)
        }
    }

    @Test func `STO`() throws {
        let settings = try STOSettings(CourierSample.sto())
        try check("SO-1-1", "SO-1-B1") { request in
            let number = try #require(STOMapper.ownNumber.text(of: request.ownNumber))
            let content = STOMapper.createContent(
                request, receiver: Sample.receiver, number: number, settings: settings)
            return Ends(
                number: content["orderNo"]?.string, from: content["sender"]?["name"]?.string,
                to: content["receiver"]?["name"]?.string)
        }
    }

    @Test func `YTO`() throws {
        let settings = try YTOSettings(CourierSample.yto())
        try check("HYDRSO_2D1_2D1", "HYDRSO_2D1_2DB1") { request in
            let number = try #require(YTOMapper.ownNumber.text(of: request.ownNumber))
            let content = YTOMapper.createContent(
                request, receiver: Sample.receiver, number: number, settings: settings)
            return Ends(
                number: content["logisticsNo"]?.string, from: content["senderName"]?.string,
                to: content["recipientName"]?.string)
        }
    }

    @Test func `Yunda`() throws {
        let settings = try YundaSettings(CourierSample.yunda())
        try check("SO_2D1_2D1", "SO_2D1_2DB1") { request in
            let number = try #require(YundaMapper.ownNumber.text(of: request.ownNumber))
            let order = YundaMapper.order(request, receiver: Sample.receiver, number: number, settings: settings)
            return Ends(
                number: order["order_serial_no"]?.string, from: order["sender"]?["name"]?.string,
                to: order["receiver"]?["name"]?.string)
        }
    }

    @Test func `ZTO`() throws {
        let settings = try ZTOSettings(CourierSample.zto())
        try check("SO-1-1", "SO-1-B1") { request in
            let number = try #require(ZTOMapper.ownNumber.text(of: request.ownNumber))
            let content = ZTOMapper.createContent(
                request, receiver: Sample.receiver, number: number, settings: settings)
            return Ends(
                number: content["partnerOrderCode"]?.string, from: content["senderInfo"]?["name"]?.string,
                to: content["receiveInfo"]?["name"]?.string)
        }
    }

    @Test func `Cainiao`() throws {
        let settings = try CainiaoSettings(Sample.cainiaoSettings())
        try check("SO-1-1", "SO-1-B1") { request in
            let content = CainiaoMapper.createContent(
                request, courier: "ZTO", receiver: Sample.receiver, settings: settings)
            let entry = try #require(content["tradeOrderInfoDtos"]?.array?.first)
            return Ends(
                number: entry["objectId"]?.string, from: content["sender"]?["name"]?.string,
                to: entry["recipient"]?["name"]?.string)
        }
    }

    @Test func `KDNiao, where the house pays`() throws {
        let settings = try KDNiaoSettings(Sample.kdniaoSettings())
        func content(_ request: InstructionRequest) -> JSON {
            KDNiaoMapper.createContent(request, courier: "ZTO", receiver: Sample.receiver, settings: settings)
        }
        check("SO-1-1", "SO-1-B1") { request in
            let content = content(request)
            return Ends(
                number: content["OrderCode"]?.string, from: content["Sender"]?["Name"]?.string,
                to: content["Receiver"]?["Name"]?.string)
        }
        #expect(content(Self.outgoing)["PayType"] == 1 && content(Self.wayBack)["PayType"] == 2)
    }

    @Test func `Kuaidi100, where the house pays`() throws {
        let settings = try Kuaidi100Settings(Sample.kuaidi100Settings())
        func content(_ request: InstructionRequest) -> JSON {
            Kuaidi100Mapper.createContent(
                request, courier: "zhongtong", receiver: Sample.receiver, settings: settings)
        }
        check("SO-1-1", "SO-1-B1") { request in
            let content = content(request)
            return Ends(
                number: content["orderId"]?.string, from: content["sendMan"]?["name"]?.string,
                to: content["recMan"]?["name"]?.string)
        }
        let pay = [Self.outgoing, Self.wayBack].map { content($0)["payType"]?.string }
        #expect(pay == ["SHIPPER", "CONSIGNEE"])
    }

    @Test func `the number that the courier gives is that of the way back`() async throws {
        let reply = #"{"status":true,"statusCode":"0000","message":"","result":{"billCode":"73100000000009"}}"#
        let caller = ScriptedCaller(text: reply)
        let connector = try CourierSample.connector(CourierSample.zto(), caller)
        let end = End(await connector.perform(Self.wayBack))
        #expect(end == .done(["waybill/way-back:R1/73100000000009 = tracking.reported"], "73100000000009"))
    }

    @Test(arguments: ["senderName", "senderPhone", "senderAddress"])
    func `without an address to come back to nothing is ordered`(option: String) async throws {
        for settings in [CourierSample.zto([option: ""]), Sample.cainiaoSettings([option: ""])] {
            let caller = ScriptedCaller(text: "{}")
            let connector = try CourierSample.connector(settings, caller)
            let result = await connector.perform(Self.wayBack)
            #expect(result.refusal == .channel && caller.calls.isEmpty)
            // The warehouse's own address is enough.
            _ = await connector.perform(Self.housed(Self.wayBack))
            #expect(caller.calls.count == 1)
        }
    }

    @Test func `scans that are pushed under the own number of a way back are found by the waybill`() throws {
        #expect(OwnNumber.isWayBack("SO-1-B1") && OwnNumber.isWayBack("SO-1-B12"))
        for text in ["SO-1-1", "SO-1-B", "SO-1-B1x", "B1", "SO-1-R1", "SO-1-B12345"] {
            #expect(!OwnNumber.isWayBack(text), "\(text)")
        }
        #expect(OwnNumber.order(ofParcel: "SO-1-B1") == nil)
        let row = """
            {"Body":{"WaybillRoute":[{"id":"1","mailno":"SF7","orderid":"SO-1-B1","acceptTime":"2026-11-22 12:00:00",\
            "acceptAddress":"深圳市","remark":"r","opCode":"50"}]}}
            """
        let push = Push(
            query: [], headers: [:], body: Array(row.utf8), now: Sample.now, pathRest: "0123456789abcdef")
        let content = try SFPushReceiver(settings: try SFSettings(Sample.courierSettings())).receive(push)
        #expect(content.unattributed.isEmpty && content.facts.map(\.order) == [""])
        #expect(content.facts.first?.trace?.number == "SF7" && content.facts.first?.trace?.parcel == "")
    }

    @Test func `a label that nobody needs any more is not ordered once more to ask for it`() throws {
        var look = Self.wayBack
        look.instruction.kind = .findWaybill
        let end = try #require(look.mustNotRepeat(at: "ZTO"))
        #expect(end.refusal == .channel)
    }
}
