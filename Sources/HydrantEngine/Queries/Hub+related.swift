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
    /// How many of them have the customer's number, not only the telephone.
    package var byCustomer = 0
    package var wrong = 0
    package var cancelled = 0

    package static let maximum = 100
    package static let shown = 6
    /// How many are opened at most to see to which warehouse they belong.
    static let readMaximum = 20

    package init() {}

    package var isCut: Bool { count >= Self.maximum }
}

extension Hub {
    /// Orders with the same customer or the same telephone, found by keyed hashes: nobody's data are opened but this
    /// order's.
    ///
    /// - Parameter ties: by what the viewer may tell that two orders are of one customer.
    /// - Parameter scope: the viewer; orders that it does not see are not counted either.
    package func relatedOrders(
        of order: Order, by ties: Set<RelatedOrder.Tie>, scope: SearchScope
    ) async throws -> RelatedOrders {
        guard !ties.isEmpty else { return RelatedOrders() }
        let keyring = indexer.keyring
        let intake = intake
        return try await store.read { reader in
            var terms: [(tie: RelatedOrder.Tie, term: SearchTerm)] = []
            if ties.contains(.customer) {
                terms += SearchTerm.customer(order.header?.value.customer ?? "").map { (.customer, $0) }
            }
            if ties.contains(.phone), let id = order.receiver?.value.id, let sealed = try reader.sealedReceiver(id) {
                let receiver = try? intake.open(sealed, id: id)
                let phone = receiver?.open(reason: "hashed to find the customer's other orders").phone ?? ""
                terms += SearchTerm.phone(phone).filter { $0.kind == .phone }.map { (.phone, $0) }
            }
            let lists = try reader.searchHits(
                terms.map { keyring.searchHash($0.term) }, limit: RelatedOrders.maximum + 1)
            var byOrder: [Int64: RelatedOrder.Tie] = [:]
            for (entry, ids) in zip(terms, lists) { for id in ids where byOrder[id] == nil { byOrder[id] = entry.tie } }
            let rows = try reader.orderRows(ids: Array(byOrder.keys)).filter { $0.number != order.number }
            var newest = Array(rows.sorted { $0.id > $1.id }.prefix(RelatedOrders.maximum))
            if scope.warehouses != nil {
                newest = try newest.prefix(RelatedOrders.readMaximum).filter { row in
                    try reader.undamagedOrder(row.number).map(scope.sees) ?? false
                }
            }
            var related = RelatedOrders()
            related.count = newest.count
            related.byCustomer = newest.count { byOrder[$0.id] == .customer }
            related.wrong = newest.count { $0.verdict == .wrong }
            related.cancelled = newest.count { $0.completion == .cancelled }
            related.orders = newest.prefix(RelatedOrders.shown).compactMap { row in
                byOrder[row.id].map { RelatedOrder(row: row, tie: $0) }
            }
            return related
        }
    }
}
