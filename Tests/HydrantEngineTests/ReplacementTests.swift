import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Testing

/// The hub places the order that replaces goods of another one.
struct ReplacementTests {
    private static func rig() throws -> EngineRig {
        var settings = EngineRig.asking([Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")])
        let name = Text(chinese: "换货", english: "Exchange")
        settings.rules = RuleSet([
            Rule(
                id: "return-exchange", stage: .on, name: name, when: [.returnAsked],
                actions: [.completePartially, .playbook(.returnExchange)])
        ])
        let rig = EngineRig(settings: settings)
        try rig.start()
        return rig
    }

    private static let header = OrderHeader(
        shop: "shop-1", customer: "C-1", warehouse: "W-1", payableMinor: 1_000,
        receiver: ReceiverReference(id: "r-1", fingerprint: "f-1", area: ""),
        lines: [
            Line(id: "1", sku: "A", units: 2, priceMinor: 1_000), Line(id: "2", sku: "G", isGift: true, giftFor: "1"),
        ])

    @Test func `an exchange places the replacement once, paid and linked both ways, also over a restart`() throws {
        let rig = try Self.rig()
        let placed = rig.fact(.orderPlaced(Self.header), id: "1")
        let paid = rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), id: "2")
        let asked = rig.fact(.returnAsked(reason: "", isExchange: true), id: "3")
        _ = try rig.submit([placed, paid, asked])
        #expect(try rig.order()?.completion == .partiallyCompleted)
        rig.stop()
        try rig.start()
        rig.advance(by: .minutes(10))
        #expect(try rig.order()?.replacement(of: "") == "SO-1-R1")
        let replacement = try #require(try rig.order("SO-1-R1"))
        #expect(replacement.header?.value.replaces == "SO-1")
        #expect(replacement.header?.value.receiver?.id == "r-1")
        #expect(replacement.lines.values.map(\.sku) == ["A"])
        #expect(replacement.lines.values.map(\.units) == [2])
        #expect(replacement.state == 1)
        #expect(replacement.issued.map(\.instruction.kind) == [.checkCredit])
        let events = replacement.version
        _ = try rig.submit([rig.fact(.returnAsked(reason: "", isExchange: true), id: "4")])
        rig.advance(by: .hours(2))
        #expect(try rig.order("SO-1-R1")?.version == events)
        #expect(try rig.order("SO-1-R1-R1") == nil)
    }

    @Test func `two exchanges of lines place an order each, with just their goods, also over a restart`() throws {
        let rig = try Self.rig()
        let placed = rig.fact(.orderPlaced(Self.header), id: "1")
        let paid = rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), id: "2")
        _ = try rig.submit([placed, paid])
        for (number, line) in ["1", "2"].enumerated() {
            let lines = [ReturnedLine(line: line, units: 1)]
            let asked = FactBody.returnAsked(reason: "", isExchange: true, lines: lines, id: "X-\(line)")
            _ = try rig.submit([rig.fact(asked, id: "x\(number)")])
            rig.stop()
            try rig.start()
            rig.advance(by: .minutes(10))
        }
        let order = try #require(try rig.order())
        #expect(order.replacement(of: "X-1") == "SO-1-R1" && order.replacement(of: "X-2") == "SO-1-R2")
        let replacements = try ["SO-1-R1", "SO-1-R2"].map { try #require(try rig.order($0)) }
        #expect(replacements.map { $0.header?.value.replaces } == ["SO-1", "SO-1"])
        #expect(replacements.map { $0.lines.values.map(\.sku) } == [["A"], ["G"]])
        #expect(replacements.allSatisfy { $0.lines.values.allSatisfy { $0.units == 1 && !$0.isGift } && $0.state == 1 })
    }
}
