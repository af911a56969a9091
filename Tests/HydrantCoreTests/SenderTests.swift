import HydrantCore
import HydrantTesting
import Testing

/// From where parcels are sent, and where goods come back to.
@Suite struct SenderTests {
    private static func house(_ name: String) -> Receiver { Receiver(name: name, phone: "4000000000", address: "1") }

    private static func settings(_ senders: [(String?, String)]) -> Settings {
        var settings = Settings()
        settings.dispatch.senders = senders.map { .init(warehouse: $0, house: house($1)) }
        return settings
    }

    /// An order that is meant for W-1 and was packed elsewhere, with a return.
    private static func order(packedIn warehouse: String) throws -> Order {
        var scenario = Scenario()
        var story = OrderStory()
        story.say(.orderPlaced(OrderStory.standardHeader), minute: 0)
        if !warehouse.isEmpty {
            story.say(.parcelPacked(Packing(parcel: "SO-1-1", warehouse: warehouse)), minute: 1)
        }
        try scenario.given(story.facts)
        return scenario.order
    }

    @Test(arguments: [("", "one"), ("W-1", "one"), ("W-2", "two"), ("W-3", "rest")])
    func `a parcel goes by the warehouse that packed it, before that by the order's`(
        packedIn: String, name: String
    ) throws {
        // Which of them stands first is all the same.
        let settings = Self.settings([(nil, "rest"), ("W-1", "one"), ("W-2", "two")])
        let order = try Self.order(packedIn: packedIn)
        #expect(order.house(of: "SO-1-1", settings) == Self.house(name))
    }

    @Test func `what comes back goes to the warehouse that it left`() throws {
        let settings = Self.settings([("W-1", "one"), ("W-2", "two")])
        #expect(try Self.order(packedIn: "W-2").house(of: "way-back:R1", settings)?.name == "two")
        #expect(try Self.order(packedIn: "").house(of: "way-back:R1", settings)?.name == "one")
    }

    @Test(arguments: [("1", "one"), ("2", "two"), ("3", "two")])
    func `of several parcels the first counts that left with what comes back, or the first that left`(
        line: String, name: String
    ) throws {
        var story = OrderStory()
        let lines = ["1", "2", "3"].map { Line(id: $0, sku: "S", priceMinor: 100) }
        story.say(.orderPlaced(OrderHeader(payableMinor: 300, lines: lines)), minute: 0)
        for (parcel, warehouse) in [("SO-1-1", "W-1"), ("SO-1-2", "W-2"), ("SO-1-3", "W-1")] {
            let item = ParcelItem(line: String(parcel.suffix(1)), units: 1)
            story.say(.parcelPacked(Packing(parcel: parcel, warehouse: warehouse, items: [item])), minute: 1)
        }
        story.say(.parcelHandedOver(parcel: "SO-1-2"), minute: 2)
        if line == "1" { story.say(.parcelHandedOver(parcel: "SO-1-1"), minute: 3) }
        let returned = [ReturnedLine(line: line, units: 1)]
        story.say(.returnAsked(reason: "", isExchange: false, lines: returned, id: "R1"), minute: 4)
        var scenario = Scenario()
        try scenario.given(story.facts)
        let settings = Self.settings([("W-1", "one"), ("W-2", "two")])
        #expect(scenario.order.house(of: "way-back:R1", settings)?.name == name)
    }

    @Test func `where no sender stands for a warehouse the connector has to know`() throws {
        let order = try Self.order(packedIn: "W-3")
        #expect(order.house(of: "SO-1-1", Settings()) == nil)
        #expect(order.house(of: "SO-1-1", Self.settings([("W-1", "one")])) == nil)
    }
}
