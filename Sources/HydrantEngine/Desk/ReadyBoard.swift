package import HydrantCore
import Synchronization

/// The packed parcels that wait for their couriers, as the committer last wrote them.
package final class ReadyBoard: Sendable {
    /// So many of those that left last are remembered.
    private static let leftMaximum = 1_000

    private struct State {
        var parcels: [String: [ReadyParcel]] = [:]
        var left: [ReadyParcel] = []
    }

    private let state = Mutex(State())

    /// Takes in an order as it is now.
    func note(_ order: Order) {
        let ready = order.readyParcels
        state.withLock { state in
            guard !ready.isEmpty || !state.parcels.isEmpty else { return }
            let before = state.parcels[order.number] ?? []
            state.parcels[order.number] = ready.isEmpty ? nil : ready
            for parcel in before where !ready.contains(where: { $0.key == parcel.key }) { state.left.append(parcel) }
            if state.left.count > 2 * Self.leftMaximum { state.left.removeFirst(state.left.count - Self.leftMaximum) }
        }
    }

    /// In order of packing.
    package func all(in warehouses: Set<String>? = nil) -> [ReadyParcel] {
        let found = state.withLock { Array($0.parcels.values.joined()) }
        return found.filter { warehouses?.contains($0.warehouse) ?? true }
            .sorted { ($0.packedAt, $0.key) < ($1.packedAt, $1.key) }
    }

    /// Those that left last, as they were when they waited.
    func left(in warehouses: Set<String>?) -> [ReadyParcel] {
        state.withLock { Array($0.left.suffix(Self.leftMaximum)) }
            .filter { warehouses?.contains($0.warehouse) ?? true }
    }

    package func parcel(_ key: ParcelKey) -> ReadyParcel? {
        state.withLock { $0.parcels[key.order]?.first { $0.key == key } }
    }

    /// Parcels that are called so.
    func parcels(named name: String) -> [ReadyParcel] {
        state.withLock { state in
            state.parcels.values.joined().filter { $0.key.parcel.isSameCode(as: name) }
        }
    }
}
