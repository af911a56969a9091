import HydrantConnectorKit
import HydrantCore

/// What is due in one look at the world, gathered into few messages.
struct DueBatch {
    /// Ready messages.
    var messages: [Outgoing] = []
    /// Route rows of the courier; up to 100 travel together.
    var routes: [JSON] = []
    /// Confirmed deliveries of the warehouse; up to 50 travel together.
    var confirmations: [[XMLTree]] = []
    /// Facts of the finance system; up to 500 travel together.
    var facts: [JSON] = []

    /// - Parameter makeID: names each message.
    func finished(makeID: () -> String) -> [Outgoing] {
        var all = messages
        for rows in chunks(of: routes, 100) {
            let body: JSON = ["Body": ["WaybillRoute": .array(rows)]]
            all.append(Outgoing(channel: .routes, body: body.bytes, id: makeID()))
        }
        for orders in chunks(of: confirmations, 50) {
            let isSingle = orders.count == 1
            let tree =
                isSingle
                ? XMLTree("request", orders[0])
                : XMLTree("request", [XMLTree("orders", orders.map { XMLTree("order", $0) })])
            let method = isSingle ? "deliveryorder.confirm" : "deliveryorder.batchconfirm"
            all.append(Outgoing(channel: .warehouse(method: method), body: tree.bytes, id: makeID()))
        }
        for facts in chunks(of: facts, 500) {
            all.append(Outgoing(channel: .facts, body: JSON.array(facts).bytes, id: makeID()))
        }
        return all
    }

    private func chunks<Element>(of all: [Element], _ size: Int) -> [[Element]] {
        stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
    }
}
