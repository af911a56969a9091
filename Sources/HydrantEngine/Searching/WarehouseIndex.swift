import HydrantCore
package import HydrantStorage

/// Which orders concern certain warehouses, asked of the search index instead of each order's events. The index follows
/// the orders within moments: whoever shows one of them looks at the order itself.
package struct WarehouseIndex: Sendable {
    package struct Answer: Sendable {
        /// Orders that the index has under one of the warehouses.
        package var found: Set<Int64>
        /// Orders that the index does not have yet, or has from a program that left warehouses out.
        package var unknown: Set<Int64>

        package func mayConcern(_ order: Int64) -> Bool { found.contains(order) || unknown.contains(order) }
    }

    private let hashes: [Int64]
    /// What every order has whose warehouses are in the index.
    private let mark: Int64

    package init(_ warehouses: Set<String>, _ keyring: Keyring) {
        hashes = warehouses.sorted().map { keyring.searchHash(.warehouse($0)) }
        mark = keyring.searchHash(.withWarehouses)
    }

    /// - Parameter orders: row ids.
    package func ask(_ orders: [Int64], _ reader: any StoreReader) throws -> Answer {
        guard try reader.meta(SearchIndexer.backfillMark) == SearchIndexer.isBackfilled else {
            return Answer(found: [], unknown: Set(orders))
        }
        let found = try reader.searchHits(hashes, among: orders)
        let known = try reader.searchHits([mark], among: orders)
        return Answer(found: Set(found.map(\.order)), unknown: Set(orders).subtracting(known.map(\.order)))
    }
}
