import HydrantCore
import HydrantTesting
import Testing

/// What is picked together, and what slips of the hand do.
@Suite struct PickWaveTests {
    private static let now = OrderStory.standardBegin

    private static func order(
        _ number: String, warehouse: String, _ lines: [Line], isLocked: Bool = true
    ) throws -> Order {
        var order = Order(number: number)
        var bodies: [FactBody] = [
            .orderPlaced(OrderHeader(warehouse: warehouse, lines: lines)),
            .paymentReported(Payment(id: "p", amountMinor: 0, isComplete: true)),
            .creditChecked(CreditCheck(isPassed: true)),
        ]
        if isLocked { bodies.append(.inventoryLocked(InventoryLock(warehouse: warehouse))) }
        for (index, body) in bodies.enumerated() {
            let fact = Fact(
                source: "shop", messageID: "\(number)-\(index)", order: number, occurredAt: now, receivedAt: now,
                body: body)
            _ = try order.record(fact, settings: Settings(), now: now)
        }
        return order
    }

    private static func line(_ id: String, _ sku: String, _ units: Int) -> Line { Line(id: id, sku: sku, units: units) }

    @Test func `orders of a warehouse and a courier are one wave, and each article is one row`() throws {
        var settings = Settings()
        settings.dispatch.chains = [
            DispatchSettings.Chain(warehouse: "W2", courier: "zto", channels: ["x"]),
            DispatchSettings.Chain(courier: "sf", channels: ["x"]),
        ]
        var desk = DeskSettings()
        desk.cutOffs = [DeskSettings.CutOff(warehouse: "", courier: "zto", minutes: [0])]
        let gift = Line(id: "9", sku: "CAP", isGift: true, giftFor: "1")
        let orders = [
            try Self.order("B", warehouse: "W1", [Self.line("1", "LF1", 2), Self.line("2", "LF1", 1), gift]),
            try Self.order("A", warehouse: "W1", [Self.line("1", "LF1", 4), Self.line("2", "AF2", 1)]),
            try Self.order("C", warehouse: "W2", [Self.line("1", "LF1", 1)]),
            try Self.order("D", warehouse: "W1", [Self.line("1", "LF1", 50)], isLocked: false),
        ]
        let waves = PickWave.waves(of: orders, settings, desk, now: Self.now)
        #expect(waves.map(\.courier) == ["sf", "zto"] && waves.map(\.orders) == [["A", "B"], ["C"]])
        #expect(waves[0].departsAt == Self.now && waves[1].departsAt > Self.now)
        #expect(waves[0].goods.map(\.sku) == ["AF2", "CAP", "LF1"] && waves[0].goods.map(\.units) == [1, 1, 7])
        #expect(waves[0].goods.map(\.orders) == [1, 1, 2] && waves[0].goods.map(\.isGift) == [false, true, false])
        #expect(waves[0].units == 9)
        #expect(PickWave.waves(of: [], settings, desk, now: Self.now) == [])
    }
}
