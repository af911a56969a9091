internal import HydrantCore

/// Reads from where the parcels of warehouses are sent, and where goods come back to.
struct SenderReader {
    private static let parts = ["name", "phone", "province", "city", "district", "street"]

    func senders(_ value: DocumentValue) -> [DispatchSettings.Sender] {
        var senders: [DispatchSettings.Sender] = []
        if value.isEmptyList { value.problem("names no sender; leave it out where the connectors' options are enough") }
        for item in value.items() ?? [] {
            guard let sender = sender(item) else { continue }
            if senders.contains(where: { $0.warehouse == sender.warehouse }) {
                item.problem(
                    sender.warehouse.map { "is the second sender of the warehouse \($0); keep one of them" }
                        ?? "names no warehouse, and another sender is for all the other warehouses already; name its "
                        + "warehouse, or keep one of them")
            }
            senders.append(sender)
        }
        return senders
    }

    private func sender(_ item: DocumentValue) -> DispatchSettings.Sender? {
        guard let group = item.group(allowed: ["warehouse"] + Self.parts) else { return nil }
        let missing = Self.parts.filter { group[$0] == nil }
        guard missing.isEmpty else {
            let whose = group["warehouse"]?.text().map { "the warehouse \($0)" } ?? "all other warehouses"
            item.problem(
                "the sender of \(whose) lacks \(missing.joined(separator: ", ")); write them down, couriers need all "
                    + "of " + Self.parts.joined(separator: ", "))
            return nil
        }
        let texts = Self.parts.compactMap { group[$0].flatMap(part) }
        let warehouse = group["warehouse"]?.name()
        guard texts.count == Self.parts.count, group["warehouse"] == nil || warehouse != nil else { return nil }
        let house = Receiver(
            name: texts[0], phone: texts[1], province: texts[2], city: texts[3], district: texts[4],
            address: texts[5])
        if !isPhone(house.phone) {
            group["phone"]?.problem(
                "must be a telephone number of 7 to 20 digits like 13800000000 or 027-83000000, is “\(house.phone)”")
        }
        checkPlaces(house, group)
        return DispatchSettings.Sender(warehouse: warehouse, house: house)
    }

    private func part(_ value: DocumentValue) -> String? {
        guard let text = value.name() else { return nil }
        if text.contains(where: { !$0.isWhitespace }) { return text }
        value.problem("is blank; couriers need it")
        return nil
    }

    private func isPhone(_ text: String) -> Bool {
        let digits = text.utf8.filter { (0x30...0x39).contains($0) }.count
        return (7...20).contains(digits) && text.allSatisfy { "0123456789+-() 转".contains($0) }
    }

    /// Districts are checked only against the city that they contradict: zones of development are no divisions.
    private func checkPlaces(_ house: Receiver, _ group: DocumentGroup) {
        let city = Receiver.places(house.province, house.city, "").joined()
        let address = OfficialDivisions.parser.parse(city)
        let isKnown = address.area != nil && address.detail.isEmpty && address.road == nil
        guard isKnown, isSound(address) else {
            group["city"]?.problem(
                "“\(city.prefix(40))” is no official province and city; write both as the official divisions do, like "
                    + "湖北省 and 武汉市, and 上海市 twice")
            return
        }
        if !isSound(OfficialDivisions.parser.parse(city + house.district)) {
            group["district"]?.problem("“\(house.district.prefix(40))” does not lie in \(city); write its own district")
        }
    }

    private func isSound(_ address: ParsedAddress) -> Bool {
        address.problems.allSatisfy { ![.ambiguous, .contradiction].contains($0.kind) }
    }
}
