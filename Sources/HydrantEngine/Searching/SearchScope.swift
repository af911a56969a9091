package import HydrantCore

/// Who looks, as far as it matters for what is found and shown.
package struct SearchScope: Hashable, Sendable {
    /// Whether names and telephone numbers may be looked for: a hit tells that the person is a customer.
    package var mayFindPeople: Bool
    /// Whether customers' numbers may be looked for.
    package var mayFindCustomers = true
    /// The warehouses whose orders are seen; nil for all.
    package var warehouses: Set<String>?

    package init(mayFindPeople: Bool = true, warehouses: Set<String>? = nil) {
        self.mayFindPeople = mayFindPeople
        self.warehouses = warehouses
    }

    /// Whether the order is there for whoever asks.
    package func sees(_ order: Order) -> Bool {
        guard let warehouses else { return true }
        let named = [order.header?.value.warehouse ?? ""] + order.parcels.compactMap(\.packing?.value.warehouse)
        return named.contains { warehouses.contains($0) }
    }
}
