import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import Testing

/// The hub orders the label of goods on their way back and prints it.
struct WayBackLabelTests {
    private static let number = "SF1234567890123"

    /// A channel that makes every label at once.
    private struct LabelMaker: Connector {
        let system = "sf"
        let returnAddress: Sensitive<Receiver>? = Sensitive(
            Receiver(
                name: "一号仓", phone: "4000000000", province: "河北省", city: "廊坊市", district: "广阳区",
                address: "物流园 1 号"))

        func perform(_ request: InstructionRequest) async -> InstructionResult {
            let tracking = Tracking(
                parcel: request.instruction.parcel, courier: "SF", channel: system, number: WayBackLabelTests.number)
            let fact = ReportedFact(
                messageID: "waybill/\(request.order.ownNumber(of: tracking.parcel))", order: request.order.number,
                occurredAt: request.now, body: .trackingReported(tracking))
            return .done(facts: [fact], detail: tracking.number)
        }

        func find(_ request: InstructionRequest) async -> InstructionResult { .notFound }
    }

    /// Who a paper names, and which parcel and goods.
    private static func words(_ order: LabelOrder) -> String {
        let goods = order.items.map { "\($0.sku)×\($0.units)" }.joined(separator: ",")
        let (sender, receiver) = (order.sender.open(reason: "test"), order.receiver.open(reason: "test"))
        return "\(sender.name) → \(receiver.name) \(order.tracking) \(goods)"
    }

    private static func rig(_ senders: [DispatchSettings.Sender] = []) throws -> EngineRig {
        var settings = EngineRig.asking([])
        let name = Text(chinese: "退货", english: "Return")
        settings.rules = RuleSet([
            Rule(
                id: "return-exchange", stage: .on, name: name, when: [.returnAsked],
                actions: [.completePartially, .playbook(.returnExchange)])
        ])
        settings.dispatch.chains = [DispatchSettings.Chain(channels: ["sf"])]
        settings.dispatch.senders = senders
        let press = LabelPress(
            shipped: ["waybill": "waybill", "return-slip": "return-slip"],
            render: { bag, _ in bag.orders.map { Array(words($0).utf8) } })
        return EngineRig(
            settings: settings, connectors: [LabelMaker()], options: EngineRig.options { $0.press = press })
    }

    private static let plant = "武汉仓"

    @Test(arguments: [nil, "W-1", "", "W-9"])
    func `a wanted label is ordered, and printed for the house that the goods go back to`(warehouse: String?) throws {
        let senders = warehouse.map { name in
            [DispatchSettings.Sender(warehouse: name.isEmpty ? nil : name, house: Receiver(name: Self.plant))]
        }
        // Where the settings name nobody for the warehouse, the channel's own address is the house.
        let house = [nil, "W-9"].contains(warehouse) ? "一号仓" : Self.plant
        let rig = try Self.rig(senders ?? [])
        try rig.start()
        let header = OrderHeader(
            shop: "shop-1", customer: "C-1", warehouse: "W-1", payableMinor: 1_000,
            lines: [Line(id: "1", sku: "A", units: 2, priceMinor: 1_000)])
        let asked = FactBody.returnAsked(
            reason: "", isExchange: false, lines: [ReturnedLine(line: "1", units: 1)], id: "R1")
        let bodies: [FactBody] = [.orderPlaced(header), .parcelHandedOver(parcel: "SO-1-1"), asked]
        _ = try rig.submit(bodies.enumerated().map { rig.fact($1, id: "\($0)") })
        #expect(try rig.order()?.standingTask("return:way-back:R1") != nil)
        let move = TaskMove(
            task: "return:way-back:R1", person: "li", step: .resolved(TaskResolution(answers: ["how": "label"])))
        _ = try rig.submit([rig.fact(.taskMoved(move), id: "m")])
        rig.advance(by: .minutes(2))
        let order = try #require(try rig.order())
        #expect(order.wayBackLabels == ["way-back:R1"] && order.parcels.map(\.id) == ["SO-1-1"])
        #expect(order.standingTask("return:way-back:R1") == nil)
        #expect(order.issued.map(\.instruction.kind) == [.createWaybill])
        let hub = try rig.hub
        let texts = try rig.ask {
            let person = DeskPerson(actor: "user:li", name: "li", warehouses: nil)
            let papers = try await hub.desk.papers(of: order, for: person)
            var texts: [String] = []
            for sight in papers where sight.obstacle == nil && (sight.paper.isOfWayBack || sight.paper.parcel.isEmpty) {
                texts.append(String(decoding: try await hub.desk.document(of: sight.paper) ?? [], as: UTF8.self))
            }
            return texts
        }
        #expect(texts.first == " → \(house) \(Self.number) A×1")
        // The slip says where the goods go back to; what went out has no number here that names a channel.
        #expect(texts.count == 2 && texts[1].hasPrefix(house == Self.plant ? "\(house) → " : " → "))
    }
}
