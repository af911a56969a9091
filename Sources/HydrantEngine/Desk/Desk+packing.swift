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
    package func packing(_ number: String) async throws -> PackSight? {
        guard let order = try await hub.committer.order(number) else { return nil }
        let list = order.packList
        let work = try await work(list.key).work
        return PackSight(order: order, list: list, work: work)
    }

    /// Counts one scanned unit.
    ///
    /// - Returns: nil where no fact ever named the order.
    package func pack(
        _ sku: String, into number: String, id: String, at: Instant, by person: DeskPerson
    ) async throws -> (sight: PackSight, refusal: Refusal?)? {
        for _ in 0..<8 {
            guard var sight = try await packing(number) else { return nil }
            let version = try await work(sight.list.key).version
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
            _ = try transaction.deleteRecord(Collection.works.rawValue, key.text)
            try transaction.appendAudit(entry, keyring)
        }
        return (try await self.packing(key.order) ?? sight, nil)
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
