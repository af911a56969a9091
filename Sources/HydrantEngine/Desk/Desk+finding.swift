package import HydrantCore
import HydrantStorage

/// What a scanned or typed text means at the desk.
package enum DeskFind: Sendable {
    case bag(Bag, place: Int?)
    /// An order, and the parcel where the text names one.
    case order(Order, parcel: String?)
    /// Several orders fit; their numbers.
    case several([String])
    case nothing
}

extension Desk {
    /// A bag's code or its address, a tracking number, an order's or a parcel's number, any number that a search finds.
    package func find(_ text: String, for person: DeskPerson) async throws -> DeskFind {
        let text = String(text.filter { !$0.isNewline }.prefix(200)).normalised
        if let (code, place) = BagCode.scanned(text), let bag = try await bag(code), person.maySee(bag.way.warehouse) {
            return .bag(bag, place: place)
        }
        let scope = SearchScope(mayFindPeople: false, warehouses: person.warehouses)
        let places = try await hub.store.read { try $0.places(ofWaybill: text) }
        if let place = places.first, let order = try await hub.committer.order(place.order), scope.sees(order) {
            return .order(order, parcel: place.parcel)
        }
        if let order = try await hub.committer.order(text), scope.sees(order) { return .order(order, parcel: nil) }
        if let parcel = ready.parcels(named: text).first(where: { person.maySee($0.warehouse) }),
            let order = try await hub.committer.order(parcel.key.order)
        {
            return .order(order, parcel: parcel.key.parcel)
        }
        let found = try await hub.search(text, limit: 6, scope: scope)
        let exact = found.hits.filter { $0.matches.contains { $0.manner == .whole } }
        let hits = exact.isEmpty ? found.hits.filter { $0.matches.contains { $0.field != .sku } } : exact
        guard let first = hits.first else { return .nothing }
        if hits.count > 1 { return .several(hits.map(\.row.number)) }
        return try await hub.committer.order(first.row.number).map { .order($0, parcel: nil) } ?? .nothing
    }

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
