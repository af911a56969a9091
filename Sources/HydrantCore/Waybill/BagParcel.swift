/// A parcel that is ready to leave, as bagging sees it. It holds no personal data: the area is province, city and
/// district.
package struct BagParcel: Hashable, Sendable {
    package var id: String
    package var order: String
    package var warehouse: String
    package var courier: String
    /// Who or which tour takes it; empty where that is not known yet, and unknown shares no bag with known.
    package var rider: String
    package var line: String
    /// The delivery area, as the courier or the receiver's district names it.
    package var area: String
    package var departsAt: Instant
    package var weightGrams: Int
    package var volumeMillilitres: Int
    /// The marketplace that sold it; empty for the company's own shop.
    package var platform: String
    /// What the marketplace says about merging: parcels with the same token may share a receiver or a route.
    package var mergeToken: String
    package var standing: Standing

    /// Whether a parcel may be in a bag at all.
    package enum Standing: String, Sendable, CaseIterable {
        case free
        case held
        case cancelled
        /// The receiver was changed after the waybill was made, or has not been verified again.
        case changed
    }

    package init(id: String, order: String, departsAt: Instant) {
        self.id = id
        self.order = order
        self.departsAt = departsAt
        warehouse = ""
        courier = ""
        rider = ""
        line = ""
        area = ""
        weightGrams = 0
        volumeMillilitres = 0
        platform = ""
        mergeToken = ""
        standing = .free
    }
}

/// What a bag can hold, and which parcels may share one.
package struct BagRules: Hashable, Sendable {
    package var parcels = 20
    package var weightGrams = 30_000
    package var volumeMillilitres = 120_000
    /// The latest departure of a bag minus its earliest is less than this.
    package var spread: Milliseconds = .minutes(15)
    /// What each marketplace allows; one that is not named allows the same token only.
    package var platforms: [String: Merging] = [:]

    /// Which parcels of a marketplace may share a bag with others.
    package enum Merging: String, Sendable, CaseIterable {
        /// With every parcel that goes the same way.
        case any
        /// With parcels of the same marketplace and the same token; without a token with none.
        case sameToken = "same-token"
        case never
    }

    package init() {}

    /// The company's own shop merges as it likes.
    package func merging(of platform: String) -> Merging {
        platform.isEmpty ? platforms[""] ?? .any : platforms[platform] ?? .sameToken
    }
}

/// Parcels that travel under one printed label.
package struct ParcelBag: Hashable, Sendable {
    package var warehouse: String
    package var courier: String
    package var rider: String
    package var line: String
    package var area: String
    /// In order of departure.
    package var parcels: [BagParcel]

    package var weightGrams: Int { parcels.reduce(0) { $0 + $1.weightGrams } }
    package var volumeMillilitres: Int { parcels.reduce(0) { $0 + $1.volumeMillilitres } }
}

/// A parcel that is in no bag, and why.
package struct UnbaggedParcel: Hashable, Sendable {
    package var parcel: BagParcel
    package var reason: Reason

    package enum Reason: String, Sendable, CaseIterable {
        case held
        case cancelled
        case changed
        /// It alone is heavier or larger than a bag may be.
        case tooLarge = "too-large"
        /// The same parcel stands in the list before.
        case repeated
    }
}

/// Which parcels share a label.
package struct Bagging: Hashable, Sendable {
    package var bags: [ParcelBag]
    package var unbagged: [UnbaggedParcel]
    /// No division into bags needs fewer labels than this.
    package var fewestPossible: Int

    /// Whether it is proven that no division needs fewer labels.
    package var isMinimal: Bool { bags.count == fewestPossible }
}
