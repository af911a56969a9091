/// What is wrong in a file of orders to print: where, and what is allowed there. It holds nothing of the file's values.
package struct LabelDataProblem: Error, Hashable, Sendable {
    /// Like `bags[0].orders[3].number`.
    package var place: String
    package var message: String
}

extension LabelBag {
    /// Reads `{"bags": [{"orders": […]}]}`, a list of bags, or a list of orders, which are then one bag.
    package static func read(_ json: JSON) throws(LabelDataProblem) -> [LabelBag] {
        let reader = LabelDataReader()
        if let list = json["bags"]?.array { return try reader.bags(list, "bags") }
        guard let list = json.array ?? json["orders"]?.array else {
            throw LabelDataProblem(place: "the document", message: "must be a list of orders, or hold a list of bags")
        }
        if list.first?["orders"] != nil { return try reader.bags(list, "") }
        return [try reader.bag(json.array == nil ? json : ["orders": json], "")]
    }
}

private struct LabelDataReader {
    private static let bagKeys: Set<String> = [
        "code", "bag", "warehouse", "courier", "rider", "line", "area", "departsAt", "weightGrams", "orders", "count",
    ]
    private static let orderKeys: Set<String> = [
        "number", "shop", "parcel", "tracking", "receiver", "sender", "items", "state", "standing",
    ]
    private static let itemKeys: Set<String> = ["sku", "name", "units", "isGift", "location"]
    private static let receiverKeys: Set<String> = [
        "name", "phone", "province", "city", "district", "address", "token",
    ]

    func bags(_ list: [JSON], _ place: String) throws(LabelDataProblem) -> [LabelBag] {
        var bags: [LabelBag] = []
        for (index, json) in list.enumerated() { bags.append(try bag(json, "\(place)[\(index)]")) }
        return bags
    }

    func bag(_ json: JSON, _ place: String) throws(LabelDataProblem) -> LabelBag {
        try allow(Self.bagKeys, json, place)
        guard let list = json["orders"]?.array, !list.isEmpty, list.count <= 999 else {
            throw LabelDataProblem(place: joined(place, "orders"), message: "must be a list of 1 to 999 orders")
        }
        var orders: [LabelOrder] = []
        for (index, order) in list.enumerated() {
            orders.append(try self.order(order, joined(place, "orders[\(index)]")))
        }
        var bag = LabelBag(code: try code(json, place, orders), orders: orders)
        bag.warehouse = try text(json, "warehouse", place)
        bag.courier = try text(json, "courier", place)
        bag.rider = try text(json, "rider", place)
        bag.line = try text(json, "line", place)
        bag.area = try text(json, "area", place)
        bag.weightGrams = try amount(json, "weightGrams", place)
        let departs = try text(json, "departsAt", place)
        bag.departsAt = Instant(text: departs)
        guard departs.isEmpty || bag.departsAt != nil else {
            throw LabelDataProblem(
                place: joined(place, "departsAt"), message: "must be a time with its zone, 2026-11-11T20:00:00+08:00")
        }
        return bag
    }

    /// The bag's own code, or one made from the numbers of its orders: the same list gets the same code.
    private func code(_ json: JSON, _ place: String, _ orders: [LabelOrder]) throws(LabelDataProblem) -> BagCode {
        guard json["code"] == nil else {
            if let code = BagCode(try text(json, "code", place)) { return code }
            throw LabelDataProblem(
                place: joined(place, "code"), message: "must be eight digits or capital letters without I, L, O and U")
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for order in orders {
            for byte in "\(order.number)\n\(order.parcel)\n".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return BagCode(bits: hash ^ (hash >> 29))
    }

    private func order(_ json: JSON, _ place: String) throws(LabelDataProblem) -> LabelOrder {
        try allow(Self.orderKeys, json, place)
        var order = LabelOrder(number: try text(json, "number", place))
        guard !order.number.isEmpty else {
            throw LabelDataProblem(place: joined(place, "number"), message: "is missing")
        }
        order.shop = try text(json, "shop", place)
        order.parcel = try text(json, "parcel", place)
        order.tracking = try text(json, "tracking", place)
        order.state = min(7, try amount(json, "state", place) ?? 0)
        if let receiver = json["receiver"] { order.receiver = try self.receiver(receiver, joined(place, "receiver")) }
        if let sender = json["sender"] { order.sender = try self.receiver(sender, joined(place, "sender")) }
        if let word = json["standing"] {
            guard let standing = word.string.flatMap(BagParcel.Standing.init) else {
                throw LabelDataProblem(
                    place: joined(place, "standing"), message: "must be free, held, cancelled or changed")
            }
            order.standing = standing
        }
        for (index, item) in (json["items"]?.array ?? []).enumerated() {
            order.items.append(try self.item(item, joined(place, "items[\(index)]")))
        }
        return order
    }

    private func receiver(_ json: JSON, _ place: String) throws(LabelDataProblem) -> Sensitive<Receiver> {
        try allow(Self.receiverKeys, json, place)
        var receiver = Receiver()
        receiver.name = try text(json, "name", place)
        receiver.phone = try text(json, "phone", place)
        receiver.province = try text(json, "province", place)
        receiver.city = try text(json, "city", place)
        receiver.district = try text(json, "district", place)
        receiver.address = try text(json, "address", place)
        return Sensitive(receiver)
    }

    private func item(_ json: JSON, _ place: String) throws(LabelDataProblem) -> LabelItem {
        try allow(Self.itemKeys, json, place)
        var item = LabelItem(sku: try text(json, "sku", place))
        item.name = try text(json, "name", place)
        item.location = try text(json, "location", place)
        item.units = try amount(json, "units", place) ?? 1
        if let gift = json["isGift"] {
            guard let isGift = gift.bool else {
                throw LabelDataProblem(place: joined(place, "isGift"), message: "must be true or false")
            }
            item.isGift = isGift
        }
        return item
    }

    // MARK: - Values

    private func joined(_ place: String, _ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    private func allow(_ keys: Set<String>, _ json: JSON, _ place: String) throws(LabelDataProblem) {
        guard let members = json.members else {
            throw LabelDataProblem(place: place.isEmpty ? "the document" : place, message: "must be an object")
        }
        for member in members where !keys.contains(member.name) {
            // The name of a key may be anything, also a person's: only the allowed ones are printed.
            throw LabelDataProblem(
                place: place.isEmpty ? "the document" : place,
                message: "has an unknown key; allowed are \(keys.sorted().joined(separator: ", "))")
        }
    }

    private func text(_ json: JSON, _ key: String, _ place: String) throws(LabelDataProblem) -> String {
        guard let value = json[key], value != .null else { return "" }
        guard let text = value.string, text.utf8.count <= 600 else {
            throw LabelDataProblem(place: joined(place, key), message: "must be a text of at most 600 bytes")
        }
        return text
    }

    private func amount(_ json: JSON, _ key: String, _ place: String) throws(LabelDataProblem) -> Int? {
        guard let value = json[key], value != .null else { return nil }
        guard let number = value.integer, (0...1_000_000_000).contains(number) else {
            throw LabelDataProblem(place: joined(place, key), message: "must be a whole number from 0 to 1000000000")
        }
        return Int(number)
    }
}
