/// Orders that are picked together: of one warehouse, for the same fetching of one courier.
package struct PickWave: Hashable, Sendable {
    package var warehouse: String
    /// Empty where it is not known yet.
    package var courier: String
    package var departsAt: Instant
    /// In order of their numbers.
    package var orders: [String]
    /// Each article once, in order of its code.
    package var goods: [Goods]

    package init(
        warehouse: String, courier: String, departsAt: Instant, orders: [String] = [], goods: [Goods] = []
    ) {
        self.warehouse = warehouse
        self.courier = courier
        self.departsAt = departsAt
        self.orders = orders
        self.goods = goods
    }

    package var units: Int { goods.reduce(0) { $0 + $1.units } }

    /// What is fetched from the shelf for all orders together.
    package struct Goods: Hashable, Sendable {
        package var sku: String
        package var name: String
        package var units: Int
        /// How many orders it is for.
        package var orders: Int
        package var isGift: Bool
    }

    /// The waves of orders that may be packed; those that must not are in none.
    package static func waves(
        of orders: [Order], _ settings: Settings, _ desk: DeskSettings, now: Instant
    ) -> [PickWave] {
        var waves: [PickWave] = []
        var index: [[String]: Int] = [:]
        for order in orders.sorted(by: { $0.number < $1.number }) {
            let list = order.packList
            guard list.obstacle == nil else { continue }
            let courier =
                settings.chain(warehouse: list.warehouse, courier: order.header?.value.courier ?? "")?.courier ?? ""
            let departs = desk.departure(warehouse: list.warehouse, courier: courier, readyAt: now)
            let key = [list.warehouse, courier]
            let place = index[key] ?? waves.count
            if place == waves.count {
                index[key] = place
                waves.append(
                    PickWave(
                        warehouse: list.warehouse, courier: courier, departsAt: departs, orders: [], goods: []))
            }
            waves[place].add(order, list)
        }
        for place in waves.indices { waves[place].goods.sort { $0.sku < $1.sku } }
        return waves.sorted { ($0.departsAt, $0.warehouse, $0.courier) < ($1.departsAt, $1.warehouse, $1.courier) }
    }

    private mutating func add(_ order: Order, _ list: PackList) {
        orders.append(order.number)
        let gifts = Set(order.lines.values.filter(\.isGift).map(\.id))
        var counted: Set<String> = []
        for entry in list.entries where entry.units > 0 {
            let isFirst = counted.insert(entry.sku).inserted
            let isGift = gifts.contains(entry.line)
            guard let place = goods.firstIndex(where: { $0.sku == entry.sku }) else {
                goods.append(
                    Goods(sku: entry.sku, name: entry.name, units: entry.units, orders: 1, isGift: isGift))
                continue
            }
            goods[place].units += entry.units
            goods[place].orders += isFirst ? 1 : 0
            goods[place].isGift = goods[place].isGift && isGift
        }
    }
}
