/// A parcel is packed although the warehouse never confirmed that the goods are reserved for this order.
///
/// Late for the grace time after packing, because the two messages may cross; wrong from then on, and at once where the
/// warehouse refused the lock. Where no system reports locks the question is not asked.
enum PackedNotLocked: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        guard settings.flow.isReported(StateNumber.inventoryLocked), order.cancelled == nil,
            order.locked.known(at: now) == nil
        else { return nil }
        let packed = order.parcels.filter { $0.packed.known(at: now) != nil }
        guard let first = packed.compactMap(\.packed).min() else { return nil }
        let refused = order.lockRefused.flatMap { $0.evidence.at <= now ? $0.value : nil }
        let names = parcelText(packed.map(\.id))
        return overdue(
            .packedNotLocked, Waiting(since: first.at, limit: refused == nil ? settings.grace : 0, now: now),
            lastVerifiedAt: order.lastHeardAt(by: now)
        ) { length in
            if let refused {
                return Text(
                    chinese: "包裹 \(names.chinese) 已打包，但仓库拒绝锁定库存：\(refused)",
                    english: "Parcel \(names.english) is packed and the warehouse refused to lock: \(refused)")
            }
            return Text(
                chinese: "包裹 \(names.chinese) 打包 \(length.chinese)后，仓库仍未确认锁定库存",
                english: "Parcel \(names.english) was packed \(length.english) ago and the stock is still not locked")
        }
    }
}
