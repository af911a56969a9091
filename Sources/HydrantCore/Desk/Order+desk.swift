/// A packed parcel that waits for its courier, as the desk knows it.
package struct ReadyParcel: Hashable, Sendable {
    package var key: ParcelKey
    package var warehouse: String
    package var courier: String
    package var area: String
    package var packedAt: Instant
    package var weightGrams: Int
    package var volumeMillilitres = 0
    /// What its goods weigh; 0 where not all of them have a weight.
    package var expectedGrams = 0
    /// Who or which tour takes it, where the courier says so.
    package var rider = ""
    package var line = ""
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
            var ready = ReadyParcel(
                key: ParcelKey(order: number, parcel: parcel.id), warehouse: warehouse(of: parcel.id),
                courier: waybill?.courier ?? "", area: receiver?.value.area ?? "", packedAt: packed.at,
                weightGrams: parcel.packing?.value.weightGrams ?? 0, standing: standing,
                receiver: receiver?.value.fingerprint ?? "", shop: header?.value.shop ?? "",
                tracking: waybill?.number ?? "",
                hasNumber: !isNumberless(parcel), goods: goods(of: parcel))
            ready.volumeMillilitres = parcel.packing?.value.volumeMillilitres ?? 0
            ready.expectedGrams = goodsGrams(of: parcel)
            ready.rider = waybill?.tour?.value.rider ?? ""
            ready.line = waybill?.tour?.value.line ?? ""
            return ready
        }
    }

    /// What the goods of a parcel weigh together; 0 where not all of them have a weight, or where it is still to be
    /// told which of the order's goods are in it.
    package func goodsGrams(of parcel: Parcel) -> Int {
        if parcel.contents.isToBeTold, parcels.count > 1 { return 0 }
        let units = Dictionary(
            parcel.contents.items.map { ($0.line, $0.units) }, uniquingKeysWith: { first, _ in first })
        var sum = 0
        for line in lines.values {
            guard let count = units.isEmpty ? line.units : units[line.id] else { continue }
            guard let grams = line.weightGrams else { return 0 }
            sum += grams * count
        }
        return sum
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
        parcel.rider = rider
        parcel.line = line
        parcel.weightGrams = weightGrams
        parcel.volumeMillilitres = volumeMillilitres
        parcel.standing = standing
        if let mergeToken {
            parcel.platform = shop
            parcel.mergeToken = mergeToken
        }
        return parcel
    }
}
