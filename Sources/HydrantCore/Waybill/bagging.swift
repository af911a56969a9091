/// Puts parcels into bags, one label each.
///
/// Parcels share a bag when they leave from the same warehouse with the same courier (and rider, and line) for the same
/// delivery area, their marketplaces allow it, and their departures lie less than 15 minutes apart, the largest minus
/// the smallest. A bag has limits of count, weight and volume. What is held, cancelled or was re-addressed is in no
/// bag.
///
/// Groups whose departures lie close together are divided one by one. The number of labels is minimal for every group
/// of up to ``BagSearch/exactCount`` parcels, and whenever ``Bagging/isMinimal`` says so; it is never more than seven
/// times the minimum (docs/bagging.md has the proof), and in practice a few in a hundred above
/// ``Bagging/fewestPossible``.
package func bagging(of parcels: [BagParcel], rules: BagRules) -> Bagging {
    var unbagged: [UnbaggedParcel] = []
    var groups: [BagGroupKey: [BagParcel]] = [:]
    var seen: Set<String> = []
    seen.reserveCapacity(parcels.count)
    for (index, parcel) in parcels.enumerated() {
        if let reason = reasonAgainst(parcel, rules, isRepeated: !seen.insert(parcel.id).inserted) {
            unbagged.append(UnbaggedParcel(parcel: parcel, reason: reason))
        } else {
            groups[BagGroupKey(parcel, rules, index: index), default: []].append(parcel)
        }
    }
    var search = BagSearch(rules: rules)
    var bags: [[BagParcel]] = []
    var fewest = 0
    for (_, members) in groups.sorted(by: { $0.key < $1.key }) {
        for cluster in clusters(of: members, spread: rules.spread) {
            let division = search.divide(cluster)
            bags += division.bags
            fewest += division.fewestPossible
        }
    }
    return Bagging(bags: bags.compactMap(ParcelBag.init), unbagged: unbagged, fewestPossible: fewest)
}

private func reasonAgainst(_ parcel: BagParcel, _ rules: BagRules, isRepeated: Bool) -> UnbaggedParcel.Reason? {
    if isRepeated { return .repeated }
    switch parcel.standing {
    case .held: return .held
    case .cancelled: return .cancelled
    case .changed: return .changed
    case .free:
        let fits =
            rules.parcels >= 1 && parcel.weightGrams <= rules.weightGrams
            && parcel.volumeMillilitres <= rules.volumeMillilitres
        return fits ? nil : .tooLarge
    }
}

extension ParcelBag {
    fileprivate init?(_ parcels: [BagParcel]) {
        guard let first = parcels.first else { return nil }
        self.init(
            warehouse: first.warehouse, courier: first.courier, rider: first.rider, line: first.line, area: first.area,
            parcels: parcels)
    }
}

/// What parcels of one bag have in common.
private struct BagGroupKey: Hashable, Comparable {
    /// Warehouse, courier, rider, line, area, marketplace and token where they count.
    var parts: [String]
    /// The parcel's own place where it shares a bag with nobody; -1 otherwise.
    var alone: Int

    init(_ parcel: BagParcel, _ rules: BagRules, index: Int) {
        parts = [parcel.warehouse, parcel.courier, parcel.rider, parcel.line, parcel.area]
        alone = -1
        switch rules.merging(of: parcel.platform) {
        case .any: break
        case .sameToken where !parcel.mergeToken.isEmpty: parts += [parcel.platform, parcel.mergeToken]
        case .sameToken, .never: alone = index
        }
    }

    static func < (left: BagGroupKey, right: BagGroupKey) -> Bool {
        left.parts == right.parts
            ? left.alone < right.alone : left.parts.lexicographicallyPrecedes(right.parts)
    }
}

/// The parcels in order of departure, cut where the pause is so long that no bag spans it.
private func clusters(of parcels: [BagParcel], spread: Milliseconds) -> [[BagParcel]] {
    let sorted = parcels.sorted { ($0.departsAt, $0.id) < ($1.departsAt, $1.id) }
    var result: [[BagParcel]] = []
    var begin = 0
    for index in sorted.indices.dropFirst() where sorted[index].departsAt - sorted[index - 1].departsAt >= spread {
        result.append(Array(sorted[begin..<index]))
        begin = index
    }
    if begin < sorted.count { result.append(Array(sorted[begin...])) }
    return result
}
