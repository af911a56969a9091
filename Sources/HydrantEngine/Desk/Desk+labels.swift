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
            orders.append(try await labelOrder(order, place))
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

    private func labelOrder(_ order: Order, _ place: BagPlace) async throws -> LabelOrder {
        var label = LabelOrder(number: order.number)
        label.place = place.number
        label.shop = order.header?.value.shop ?? ""
        label.parcel = place.key.parcel
        label.state = order.state
        if let reference = order.receiver?.value, let receiver = try await hub.receiver(reference) {
            label.receiver = receiver
        }
        guard let parcel = order.parcel(place.key.parcel) else { return label }
        label.tracking = order.liveWaybill(of: parcel)?.number ?? ""
        let gifts = Set(order.lines.values.filter(\.isGift).map(\.sku))
        label.items = order.goods(of: parcel).map { goods in
            var item = LabelItem(sku: goods.sku)
            item.name = goods.name
            item.units = goods.units
            item.isGift = gifts.contains(goods.sku)
            return item
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
