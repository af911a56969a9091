package import HydrantCore
import HydrantStorage

/// A parcel that is being packed, as the desk shows it.
package struct PackSight: Sendable {
    package var order: Order
    package var list: PackList
    package var work: PackWork
}

extension Desk {
    /// What goes into the next parcel of an order, and what is in already; nil where no fact ever named the order.
    package func packing(_ number: String) async throws -> PackSight? { try await versionedPacking(number)?.sight }

    /// The same with the version of what is in already. The order is not older than that: what another desk packed
    /// before the scans were read is packed here too.
    private func versionedPacking(_ number: String) async throws -> (sight: PackSight, version: Int64)? {
        guard var order = try await hub.committer.order(number) else { return nil }
        for _ in 0..<8 {
            let (work, version) = try await work(order.packList.key)
            guard let fresh = try await hub.committer.order(number) else { return nil }
            order = fresh
            let list = fresh.packList
            if list.key == work.key { return (PackSight(order: fresh, list: list, work: work), version) }
        }
        throw StoreFailure(.conflict)
    }

    /// Counts one scanned unit.
    ///
    /// - Returns: nil where no fact ever named the order.
    package func pack(
        _ sku: String, into number: String, id: String, at: Instant, by person: DeskPerson
    ) async throws -> (sight: PackSight, refusal: Refusal?)? {
        for _ in 0..<8 {
            guard let (found, version) = try await versionedPacking(number) else { return nil }
            var sight = found
            do throws(Refusal) {
                let isNew = try sight.work.take(sku, of: sight.list, id: id, at: at, person: person.name)
                guard isNew else { return (sight, nil) }
            } catch {
                return (sight, error)
            }
            let record = StoredRecord(
                collection: Collection.works.rawValue, key: sight.list.key.text, version: version + 1,
                body: sight.work.json.bytes, changedAt: now)
            if try await hub.store.transaction({ try $0.put(record, ifVersion: version) }) { return (sight, nil) }
        }
        throw StoreFailure(.conflict)
    }

    /// Records a parcel as packed once every unit was scanned.
    package func finish(
        _ key: ParcelKey, weightGrams: Int?, at: Instant, by person: DeskPerson
    ) async throws -> (sight: PackSight, refusal: Refusal?)? {
        guard let sight = try await packing(key.order) else { return nil }
        // Sent again after an answer that was lost: the parcel is packed, and the next one is not begun.
        if sight.order.parcel(key.parcel)?.packed != nil { return (sight, nil) }
        if weightGrams == nil, sight.list.obstacle == nil, try await settings().weighing.mode == .required {
            return (sight, .packing(.notWeighed))
        }
        // What stood on the screen is another parcel than the one that comes next by now.
        guard key.parcel.isEmpty || key == sight.list.key || sight.list.obstacle != nil else {
            return (sight, .packing(.otherParcel, sight.list.key.parcel))
        }
        let key = sight.list.key
        let packing: Packing
        do throws(Refusal) {
            packing = try sight.work.packing(sight.list, weightGrams: weightGrams)
        } catch {
            return (sight, error)
        }
        let fact = Fact(
            source: Self.source, messageID: "packed:\(key.order.utf8.count):\(key.order):\(key.parcel)",
            order: key.order, occurredAt: at, receivedAt: now, body: .parcelPacked(packing))
        if let refusal = try await hub.submit([hub.intake.seal(fact)]).first?.refusal {
            // Said twice at the same time: the parcel is packed.
            let after = try await self.packing(key.order) ?? sight
            return (after, after.order.parcel(key.parcel)?.packed == nil ? refusal : nil)
        }
        let keyring = hub.keyring
        let entry = AuditEntry(
            time: now, actor: person.actor, action: "parcel.packed", object: "order:\(key.order)",
            detail: .compact(key.members + [("scans", .integer(sight.work.scans.count))]))
        try await hub.store.transaction { transaction in
            if let work = try transaction.record(Collection.works.rawValue, key.text) {
                let done = Collection.packedWorks.rawValue
                let before = try transaction.record(done, key.text)?.version ?? 0
                let kept = StoredRecord(
                    collection: done, key: key.text, version: before + 1, body: work.body, changedAt: entry.time)
                _ = try transaction.put(kept, ifVersion: before)
                _ = try transaction.deleteRecord(Collection.works.rawValue, key.text)
            }
            try transaction.appendAudit(entry, keyring)
        }
        return (try await self.packing(key.order) ?? sight, nil)
    }

    /// The packed parcel of an order into which a scan was counted; nil where none has taken one of this id. Its answer
    /// was lost, and somebody has packed the parcel since.
    package func packedParcel(with scan: String, of number: String) async throws -> ParcelKey? {
        guard let order = try await hub.committer.order(number) else { return nil }
        let keys = order.parcels.filter { $0.packed != nil }.map { ParcelKey(order: number, parcel: $0.id) }
        guard !keys.isEmpty else { return nil }
        return try await hub.store.read { reader in
            try keys.first { key in
                try [Collection.works, .packedWorks].contains { collection in
                    guard let record = try reader.record(collection.rawValue, key.text) else { return false }
                    return PackWork(json: try JSON(bytes: record.body))?.hasTaken(scan) ?? false
                }
            }
        }
    }

    /// Says to which line a gift belongs.
    package func bind(
        _ gift: String, to line: String, of number: String, at: Instant
    ) async throws -> Refusal? {
        guard let order = try await hub.committer.order(number), var found = order.lines[gift], found.isGift,
            let paid = order.lines[line], !paid.isGift
        else { return .packing(.giftUnbound, gift) }
        found.giftFor = line
        let fact = Fact(
            source: Self.source, messageID: "bound:\(number.utf8.count):\(number):\(gift):\(line)", order: number,
            occurredAt: at, receivedAt: now, body: .lineReported(found))
        guard let refusal = try await hub.submit([hub.intake.seal(fact)]).first?.refusal else { return nil }
        return try await hub.committer.order(number)?.lines[gift]?.giftFor == line ? nil : refusal
    }

    private func work(_ key: ParcelKey) async throws -> (work: PackWork, version: Int64) {
        try await hub.store.read { reader in
            guard let record = try reader.record(Collection.works.rawValue, key.text) else {
                return (PackWork(key: key), 0)
            }
            guard let work = PackWork(json: try JSON(bytes: record.body)) else {
                throw StoreFailure(
                    .corrupt, message: "The scans of a parcel cannot be read.",
                    advice: "Run hydrant verify, and restore a backup.")
            }
            return (work, record.version)
        }
    }
}
