import HydrantCore
import HydrantTesting

/// An order of goods and a gift, and what its warehouse and service say.
protocol GiftRig {
    var scenario: Scenario { get set }
    var story: OrderStory { get set }
    var minute: Int64 { get set }
}

extension GiftRig {
    /// Places the order and has its goods locked.
    mutating func lock() throws {
        var header = OrderStory.standardHeader
        header.lines += [
            Line(id: "2", sku: "OIL", priceMinor: 0), Line(id: "G", sku: "GLOVE", isGift: true, giftFor: "1"),
        ]
        header.receiver = ReceiverReference(id: "r-old", fingerprint: "old", area: "")
        try say(.orderPlaced(header))
        for state in 1...3 { try say(OrderStory.proof(of: state)) }
    }

    mutating func say(_ body: FactBody, from source: String = "wms") throws {
        minute += 1
        _ = try scenario.given(story.say(body, minute: minute, from: source))
    }

    mutating func pack(_ parcel: String, _ items: [String: Int]) throws {
        let contents = items.map { ParcelItem(line: $0, units: $1) }.sorted { $0.line < $1.line }
        try say(.parcelPacked(Packing(parcel: parcel, items: contents)))
    }

    mutating func change(to address: String) throws {
        try say(.receiverChanged(ReceiverReference(id: "r-\(address)", fingerprint: address, area: "")))
    }

    mutating func verify(_ address: String) throws {
        try say(.receiverVerified(fingerprint: address), from: "person:service")
    }
}
