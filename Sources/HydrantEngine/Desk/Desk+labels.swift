package import HydrantCore
import HydrantStorage

extension Desk {
    /// Whether labels can be rendered at all.
    package var canPrint: Bool { hub.press != nil }

    /// The texts of the codes that a camera sees.
    package func readCodes(_ picture: GreyPicture) -> [String] { hub.press?.read(picture) ?? [] }

    /// The bag as its label shows it now. Receivers are masked when it is rendered.
    package func label(of bag: Bag) async throws -> LabelBag {
        var orders: [LabelOrder] = []
        for place in bag.meant {
            guard let order = try await hub.committer.order(place.key.order) else { continue }
            let parcel = place.key.parcel
            let goods = order.parcel(parcel).map(order.goods) ?? []
            orders.append(try await labelOrder(order, parcel, place: place.number, goods))
        }
        var label = LabelBag(code: bag.code, orders: orders)
        label.warehouse = bag.way.warehouse
        label.courier = hub.settings.dispatch.couriers[bag.way.courier]?.name ?? bag.way.courier
        label.rider = bag.way.rider
        label.line = bag.way.line
        label.area = bag.way.area
        label.departsAt = bag.way.departsAt
        label.weightGrams = bag.measuredGrams ?? bag.expectedGrams
        return label
    }

    /// An order with one of its parcels, and the goods that are shown of it.
    func labelOrder(
        _ order: Order, _ parcel: String, place: Int, _ goods: [ReadyParcel.Goods]
    ) async throws -> LabelOrder {
        var label = LabelOrder(number: order.number)
        label.place = place
        label.shop = order.header?.value.shop ?? ""
        label.parcel = parcel
        label.state = order.state
        if let reference = order.receiver?.value, let receiver = try await hub.receiver(reference) {
            label.receiver = receiver
        }
        label.sender = hub.house(of: parcel, in: order) ?? label.sender
        label.tracking = order.parcel(parcel).flatMap { order.liveWaybill(of: $0)?.number } ?? ""
        let gifts = Set(order.lines.values.filter(\.isGift).map(\.sku))
        label.items = goods.map {
            LabelItem(sku: $0.sku, name: $0.name, units: $0.units, isGift: gifts.contains($0.sku))
        }
        return label
    }

    /// A bag's label as a document for a browser.
    ///
    /// - Returns: nil where this hub prints nothing.
    package func document(of bag: Bag, template: String, format: String) async throws -> [UInt8]? {
        guard let press = hub.press, let text = try await self.template(template) else { return nil }
        let settings = try await settings()
        let wish = LabelWish(template: text, format: format, address: settings.address)
        return Array(try press.render(try await label(of: bag), wish).joined())
    }
}
