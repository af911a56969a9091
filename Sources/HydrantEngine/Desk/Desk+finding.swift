package import HydrantCore
import HydrantStorage

/// What a scanned or typed text means at the desk.
package enum DeskFind: Sendable {
    case bag(Bag, place: Int?)
    /// An order, and the parcel where the text names one.
    case order(Order, parcel: String?)
    /// Several orders fit; their numbers.
    case several([String])
    /// Goods of other orders, while a parcel is being packed.
    case article
    case nothing
}

extension Desk {
    /// A bag's or a paper's code or its address, a tracking number, an order's or a parcel's number, any number that a
    /// search finds.
    ///
    /// - Parameter isPacking: Whether a parcel is being packed: an article then opens no order.
    package func find(_ text: String, for person: DeskPerson, isPacking: Bool = false) async throws -> DeskFind {
        let text = String(text.filter { !$0.isNewline }.prefix(200)).normalised
        if let (code, place) = BagCode.scanned(text), let bag = try await bag(code), person.maySee(bag.way.warehouse) {
            return .bag(bag, place: place)
        }
        if let (code, _) = BagCode.scanned(text), let paper = try await paper(code, for: person) {
            guard paper.kind != .pickingList else { return .several(Array(paper.orders.prefix(Self.choicesMaximum))) }
            if let order = try await hub.committer.order(paper.order) {
                return .order(order, parcel: paper.parcel.isEmpty ? nil : paper.parcel)
            }
        }
        // What goods, parcels and orders carry; whose they are is nothing that a desk looks for.
        var scope = SearchScope(mayFindPeople: false, warehouses: person.warehouses)
        scope.mayFindCustomers = false
        let places = try await hub.store.read { try $0.places(ofWaybill: text) }
        if let place = places.first(where: { !$0.parcel.isWayBack }) ?? places.first,
            let order = try await hub.committer.order(place.order), scope.sees(order)
        {
            return .order(order, parcel: place.parcel)
        }
        if let order = try await hub.committer.order(text), scope.sees(order) { return .order(order, parcel: nil) }
        if let parcel = ready.parcels(named: text).first(where: { person.maySee($0.warehouse) }),
            let order = try await hub.committer.order(parcel.key.order)
        {
            return .order(order, parcel: parcel.key.parcel)
        }
        let found = try await hub.search(text, limit: 6, scope: scope)
        if isPacking, Self.isArticle(text, found.hits) { return .article }
        let exact = found.hits.filter { $0.matches.contains { $0.manner == .whole } }
        let hits = exact.isEmpty ? found.hits.filter { $0.matches.contains { $0.field != .sku } } : exact
        guard let first = hits.first else { return .nothing }
        if hits.count > 1 { return .several(hits.map(\.row.number)) }
        return try await hub.committer.order(first.row.number).map { .order($0, parcel: nil) } ?? .nothing
    }

    /// Whether a text is an article of the orders that were found, and the whole of no number of theirs.
    private static func isArticle(_ text: String, _ hits: [SearchedHit]) -> Bool {
        let numbers: Set<SearchMatch.Field> = [.number, .tracking, .document]
        let isNumber = hits.contains { hit in
            hit.matches.contains { $0.manner == .whole && numbers.contains($0.field) }
        }
        guard !isNumber else { return false }
        return hits.contains { hit in
            hit.matches.allSatisfy { $0.field == .sku && $0.manner == .whole }
                || hit.matches.contains { $0.field == .sku && $0.value.isSameCode(as: text) }
        }
    }

    /// So many orders of a picking list are offered.
    private static let choicesMaximum = 40

    /// The parcel of an order that a scan means: the one it names, or the first of the person's own that is packed and
    /// waits.
    package func parcel(of order: Order, named: String?, for person: DeskPerson) -> ParcelKey? {
        if let named { return ParcelKey(order: order.number, parcel: named) }
        let packed = order.parcels.filter { $0.packed != nil && person.maySee(order.warehouse(of: $0.id)) }
        let waiting = packed.first { $0.handedOver == nil } ?? packed.first
        return waiting.map { ParcelKey(order: order.number, parcel: $0.id) }
    }

    /// A parcel that went before the scanner, as a bag judges it.
    package func look(at key: ParcelKey) async throws -> BagLook {
        let order = try await hub.committer.order(key.order)
        let home = try await home(of: key)
        return BagLook(key: key, standing: order?.bagStanding ?? .free, home: home?.text ?? "")
    }
}
