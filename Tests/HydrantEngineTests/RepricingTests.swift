import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Testing

/// The hub prices the way to a changed address itself; the answer is the receipt.
struct RepricingTests {
    private static func rig(_ connectors: [any Connector] = [], toleranceMinor: Int64 = 0) throws -> EngineRig {
        var settings = EngineRig.asking([Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")])
        let name = Text(chinese: "改地址", english: "Address change")
        settings.rules = RuleSet([
            Rule(
                id: "address-change", stage: .on, name: name, when: [.receiverChanged], occurrence: .each,
                actions: [.playbook(.addressChange)])
        ])
        settings.told = [ToldSystem(.crm, "crm"), ToldSystem(.finance, "finance")]
        settings.freight.cards = [
            FreightCard(
                name: "card", courier: "crm", currency: "CNY",
                zones: [
                    FreightCard.Zone(
                        name: "near", areas: [DeliveryArea(code: "33")].compactMap(\.self),
                        steps: [FreightCard.Step(upToGrams: 5_000, amountMinor: 1_200)]),
                    FreightCard.Zone(
                        name: "far", areas: [], steps: [FreightCard.Step(upToGrams: 5_000, amountMinor: 1_800)]),
                ])
        ]
        settings.freight.origins = DeliveryArea(code: "3301").map { ["W-1": $0] } ?? [:]
        settings.freight.toleranceMinor = toleranceMinor
        settings.dispatch.chains = [.init(courier: "crm", channels: ["crm"])]
        let rig = EngineRig(settings: settings, connectors: connectors)
        try rig.start()
        return rig
    }

    private static func receiver(_ name: String, _ code: String) -> ReceiverReference {
        var receiver = ReceiverReference(id: "r-\(name)", fingerprint: name, area: "")
        receiver.check = AddressCheck(area: DeliveryArea(code: code), problems: [])
        return receiver
    }

    private static func changed(
        to code: String, _ connectors: [any Connector] = [], toleranceMinor: Int64 = 0
    ) throws -> EngineRig {
        let rig = try rig(connectors, toleranceMinor: toleranceMinor)
        let header = OrderHeader(
            shop: "shop-1", customer: "C-1", warehouse: "W-1", payableMinor: 1_000, receiver: receiver("old", "330106"),
            lines: [Line(id: "1", sku: "A", priceMinor: 1_000)])
        _ = try rig.submit([
            rig.fact(.orderPlaced(header), id: "1"),
            rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), id: "2"),
        ])
        rig.advance(by: .minutes(1))
        _ = try rig.submit([rig.fact(.receiverChanged(receiver("new", code)), id: "3")])
        rig.advance(by: .minutes(1))
        _ = try rig.submit([rig.fact(.receiverVerified(fingerprint: "new"), id: "4")])
        rig.advance(by: .minutes(5))
        return rig
    }

    private static func answer(_ order: Order) -> InstructionAnswer? {
        order.issued.last { $0.instruction.kind == .repriceFreight }?.answer?.value
    }

    @Test func `a difference is the receipt and a task`() throws {
        let rig = try Self.changed(to: "650102")
        let order = try #require(try rig.order())
        #expect(Self.answer(order)?.outcome == .done)
        #expect(Self.answer(order)?.detail == "+6.00 CNY: 12.00 → 18.00")
        #expect(order.standingTasks.map(\.need.owner).contains("finance"))
        #expect(order.standingTasks.contains { $0.need.id.hasPrefix("freight@") })
    }

    @Test func `no difference is recorded and asks nobody`() throws {
        let order = try #require(try Self.changed(to: "330110").order())
        #expect(Self.answer(order)?.detail == "0.00 CNY: 12.00 → 12.00")
        #expect(!order.standingTasks.contains { $0.need.id.hasPrefix("freight@") })
    }

    @Test func `a difference within the tolerance is recorded and asks nobody`() throws {
        let within = try #require(try Self.changed(to: "650102", toleranceMinor: 600).order())
        #expect(Self.answer(within)?.detail == "+6.00 CNY: 12.00 → 18.00")
        #expect(!within.standingTasks.contains { $0.need.id.hasPrefix("freight@") })
        let beyond = try #require(try Self.changed(to: "650102", toleranceMinor: 599).order())
        #expect(beyond.standingTasks.contains { $0.need.id.hasPrefix("freight@") })
    }

    @Test func `only connected systems are told`() throws {
        let crm = ScriptedConnector("crm")
        let order = try #require(try Self.changed(to: "330110", [crm]).order())
        #expect(order.issued.filter { $0.instruction.kind == .tellReceiver }.map(\.instruction.system) == ["crm"])
    }
}
