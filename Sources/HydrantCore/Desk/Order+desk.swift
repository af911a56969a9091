/// A packed parcel that waits for its courier, as the desk knows it.
package struct ReadyParcel: Hashable, Sendable {
    package var key: ParcelKey
    package var warehouse: String
    package var courier: String
    package var area: String
    package var packedAt: Instant
    package var weightGrams: Int
    package var standing: BagParcel.Standing
    /// The fingerprint of the receiver; empty where the order has none.
    package var receiver: String
    /// The shop that sold it, and whether its marketplace keeps the receiver to itself.
    package var shop: String
    package var tracking: String
    /// Whether it has a number; without one it does not leave.
    package var hasNumber: Bool
    /// The goods, each with its units.
    package var goods: [Goods]

    package struct Goods: Hashable, Sendable {
        package var sku: String
        package var name: String
        package var units: Int
    }
}

extension Order {
    /// Whether a parcel may be in a bag: what cancels, holds or re-addresses the order stands against it.
    package var bagStanding: BagParcel.Standing {
        if cancelled != nil { return .cancelled }
        let holds = standingHolds
        let isReaddressing = holds.contains { $0.id == "receiver-unverified" || $0.id == "address-undone" }
        if isReaddressing || addressChangeStanding != .settled { return .changed }
        return holds.isEmpty ? .free : .held
    }

    /// The parcels that are packed and have not left.
    package var readyParcels: [ReadyParcel] {
        guard parcels.contains(where: \.isReady) else { return [] }
        let standing = bagStanding
        return parcels.filter(\.isReady).compactMap { parcel in
            guard let packed = parcel.packed else { return nil }
            let waybill = liveWaybill(of: parcel)
            return ReadyParcel(
                key: ParcelKey(order: number, parcel: parcel.id), warehouse: warehouse(of: parcel.id),
                courier: waybill?.courier ?? "", area: receiver?.value.area ?? "", packedAt: packed.at,
                weightGrams: parcel.packing?.value.weightGrams ?? 0, standing: standing,
                receiver: receiver?.value.fingerprint ?? "", shop: header?.value.shop ?? "",
                tracking: waybill?.number ?? "",
                hasNumber: !isNumberless(parcel), goods: goods(of: parcel))
        }
    }

    /// What a parcel holds; the whole order where nobody said.
    package func goods(of parcel: Parcel) -> [ReadyParcel.Goods] {
        let units = Dictionary(
            parcel.contents.items.map { ($0.line, $0.units) }, uniquingKeysWith: { first, _ in first })
        return lines.values.compactMap { line in
            guard let count = units.isEmpty ? line.units : units[line.id] else { return nil }
            return ReadyParcel.Goods(sku: line.sku, name: line.name, units: count)
        }
    }
}

extension Parcel {
    fileprivate var isReady: Bool { packed != nil && handedOver == nil && signed == nil }
}

extension ReadyParcel {
    /// As bagging sees it.
    ///
    /// - Parameter mergeToken: what the marketplace says about merging; nil where the company knows the receiver.
    package func bagParcel(_ settings: DeskSettings, mergeToken: String?) -> BagParcel {
        var parcel = BagParcel(
            id: key.text, order: key.order,
            departsAt: settings.departure(warehouse: warehouse, courier: courier, readyAt: packedAt))
        parcel.warehouse = warehouse
        parcel.courier = courier
        parcel.area = area
        parcel.weightGrams = weightGrams
        parcel.standing = standing
        if let mergeToken {
            parcel.platform = shop
            parcel.mergeToken = mergeToken
        }
        return parcel
    }
}
