package import HydrantCore
import Synchronization

/// The packed parcels that wait for their couriers, as the committer last wrote them.
package final class ReadyBoard: Sendable {
    private let parcels = Mutex<[String: [ReadyParcel]]>([:])

    /// Takes in an order as it is now.
    func note(_ order: Order) {
        let ready = order.readyParcels
        parcels.withLock { parcels in
            if ready.isEmpty {
                if !parcels.isEmpty { parcels[order.number] = nil }
            } else {
                parcels[order.number] = ready
            }
        }
    }

    /// In order of packing.
    package func all(in warehouses: Set<String>? = nil) -> [ReadyParcel] {
        let found = parcels.withLock { Array($0.values.joined()) }
        return found.filter { warehouses?.contains($0.warehouse) ?? true }
            .sorted { ($0.packedAt, $0.key) < ($1.packedAt, $1.key) }
    }

    package func parcel(_ key: ParcelKey) -> ReadyParcel? {
        parcels.withLock { $0[key.order]?.first { $0.key == key } }
    }

    /// Parcels that are called so.
    func parcels(named name: String) -> [ReadyParcel] {
        parcels.withLock { parcels in
            parcels.values.joined().filter { $0.key.parcel.isSameCode(as: name) }
        }
    }
}
