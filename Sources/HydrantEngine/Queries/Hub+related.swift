package import HydrantCore
package import HydrantStorage

/// Another order of the same customer, and by what it is the same.
package struct RelatedOrder: Sendable {
    package enum Tie: String, CaseIterable, Sendable {
        /// The customer's number in the CRM.
        case customer
        /// The receiver's telephone.
        case phone
    }

    package var row: OrderRow
    package var tie: Tie
}

/// The customer's other orders as far as the search index knows them.
package struct RelatedOrders: Sendable {
    /// The newest of them.
    package var orders: [RelatedOrder] = []
    /// How many there are; at most ``maximum`` are counted.
    package var count = 0
    package var wrong = 0
    package var cancelled = 0

    package static let maximum = 100
    package static let shown = 6

    package init() {}

    package var isCut: Bool { count >= Self.maximum }
}

extension Hub {
    /// Orders with the same customer or the same telephone, found by keyed hashes: nobody's data are opened but this
    /// order's.
    package func relatedOrders(of order: Order) async throws -> RelatedOrders {
        let keyring = indexer.keyring
        let intake = intake
        return try await store.read { reader in
            let receiver = try order.receiver.flatMap { register in
                try reader.sealedReceiver(register.value.id).flatMap { try? intake.open($0, id: register.value.id) }
            }
            let phone = receiver?.open(reason: "hashed to find the customer's other orders").phone ?? ""
            let ties =
                SearchTerm.customer(order.header?.value.customer ?? "").map { (RelatedOrder.Tie.customer, $0) }
                + SearchTerm.phone(phone).filter { $0.kind == .phone }.map { (.phone, $0) }
            let lists = try reader.searchHits(
                ties.map { keyring.searchHash($0.1) }, limit: RelatedOrders.maximum + 1)
            var byOrder: [Int64: RelatedOrder.Tie] = [:]
            for (tie, ids) in zip(ties, lists) { for id in ids where byOrder[id] == nil { byOrder[id] = tie.0 } }
            let rows = try reader.orderRows(ids: Array(byOrder.keys)).filter { $0.number != order.number }
            let newest = rows.sorted { $0.id > $1.id }.prefix(RelatedOrders.maximum)
            var related = RelatedOrders()
            related.count = newest.count
            related.wrong = newest.count { $0.verdict == .wrong }
            related.cancelled = newest.count { $0.completion == .cancelled }
            related.orders = newest.prefix(RelatedOrders.shown).compactMap { row in
                byOrder[row.id].map { RelatedOrder(row: row, tie: $0) }
            }
            return related
        }
    }
}
