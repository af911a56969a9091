package import HydrantCore

/// A packed parcel of an order under way, in the one of the five sets where it stands.
package struct ParcelRow: Hashable, Sendable {
    package var standing: ParcelStanding
    /// The keyed hash of the code of the keeper's form while the keeper is asked, so that the database alone opens no
    /// form; empty otherwise.
    package var keeperCode: String

    package init(standing: ParcelStanding, keeperCode: String = "") {
        self.standing = standing
        self.keeperCode = keeperCode
    }
}

/// A parcel as lists show it.
package struct ListedParcel: Hashable, Sendable {
    package var order: String
    package var orderID: Int64
    package var row: ParcelRow

    package init(order: String, orderID: Int64, row: ParcelRow) {
        self.order = order
        self.orderID = orderID
        self.row = row
    }
}

/// How many parcels stand in one set with one courier at one channel, and since when the oldest does.
package struct ParcelCount: Hashable, Sendable {
    package var set: TrackingSet
    package var courier: String
    package var channel: String
    package var count: Int64
    package var oldestSince: Instant

    package init(set: TrackingSet, courier: String, channel: String, count: Int64, oldestSince: Instant) {
        self.set = set
        self.courier = courier
        self.channel = channel
        self.count = count
        self.oldestSince = oldestSince
    }
}

/// Which parcels a list shows; nil leaves a member open.
package struct ParcelFilter: Hashable, Sendable {
    package var set: TrackingSet?
    package var courier: String?
    package var channel: String?

    package init(set: TrackingSet? = nil, courier: String? = nil, channel: String? = nil) {
        self.set = set
        self.courier = courier
        self.channel = channel
    }

    func admits(_ standing: ParcelStanding) -> Bool {
        (set == nil || standing.set == set) && (courier == nil || standing.courier == courier)
            && (channel == nil || standing.channel == channel)
    }
}
