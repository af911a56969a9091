package import HydrantCore
package import HydrantStorage
import Logging

/// The packing desks: what is packed and scanned there, the bags and their labels.
///
/// A bag is one document, the list of its steps. Before anything is done with a bag or shown of it, its orders are
/// looked at: one that was held, cancelled or re-addressed has left the bag from then on.
package struct Desk: Sendable {
    let hub: Hub

    /// Documents of the desk. Names are storage and never change.
    enum Collection: String {
        /// Bags that are open or closed, by code.
        case live = "bags"
        /// Bags that were handed over or are void, by code.
        case done = "bags-done"
        /// The code of the live bag that a parcel is meant for, by the parcel's key.
        case homes = "bag-parcels"
        /// Units scanned into a parcel that is not packed yet, by the parcel's key.
        case works = "pack-works"
        /// The same of parcels that were packed since, for a while: a scan whose answer was lost comes again.
        case packedWorks = "pack-works-done"
        case settings = "desk-settings"
        /// Labels that wait for a printer, and those that were given up.
        case jobs = "print-jobs"
        /// Labels that printers have taken, for a while.
        case printed = "print-jobs-done"
        /// Papers that were printed for parcels, orders and waves, by code.
        case papers
        /// Own templates, every version, by name and number: `bag-label/0003`.
        case templates = "label-templates"
        /// What somebody is editing, by the person's name.
        case drafts = "label-drafts"
    }

    package var now: Instant { hub.clock.now() }

    /// The packed parcels that wait.
    package var ready: ReadyBoard { hub.ready }

    package func settings() async throws -> DeskSettings { try await hub.store.read { try Self.settings($0) } }

    /// The settings with the number of their version; 0 before they were first saved.
    package func versionedSettings() async throws -> (settings: DeskSettings, version: Int64) {
        try await hub.store.read { reader in
            (try Self.settings(reader), try reader.record(Collection.settings.rawValue, "desk")?.version ?? 0)
        }
    }

    /// The settings in force, for whoever reads a database without a hub.
    package static func settings(_ reader: any StoreReader) throws -> DeskSettings {
        guard let record = try reader.record(Collection.settings.rawValue, "desk") else { return DeskSettings() }
        return DeskSettings(json: try JSON(bytes: record.body))
    }

    /// Puts settings in force; the trail keeps who did it.
    ///
    /// - Parameter version: of the settings that were changed; nil for whatever is in force.
    /// - Returns: false where others are in force by now; then nothing is changed.
    @discardableResult
    package func save(_ settings: DeskSettings, by actor: String, from version: Int64? = nil) async throws -> Bool {
        let now = now
        let keyring = hub.keyring
        return try await hub.store.transaction { transaction in
            let old = try transaction.record(Collection.settings.rawValue, "desk")?.version ?? 0
            guard version == nil || version == old else { return false }
            let record = StoredRecord(
                collection: Collection.settings.rawValue, key: "desk", version: old + 1, body: settings.json.bytes,
                changedAt: now)
            guard try transaction.put(record, ifVersion: old) else { throw StoreFailure(.conflict) }
            try transaction.appendAudit(
                AuditEntry(time: now, actor: actor, action: "desk.set", detail: settings.json), keyring)
            return true
        }
    }

    static func all(_ reader: any StoreReader, _ collection: Collection) throws -> [StoredRecord] {
        var found: [StoredRecord] = []
        while true {
            let page = try reader.records(collection.rawValue, after: found.last?.key ?? "", limit: 500)
            found += page
            if page.count < 500 { return found }
        }
    }

    static func bag(_ record: StoredRecord) throws -> Bag {
        guard let bag = Bag(json: try JSON(bytes: record.body)) else {
            throw StoreFailure(
                .corrupt, message: "The document of a bag cannot be read.",
                advice: "Run hydrant verify, and restore a backup.")
        }
        return bag
    }

    /// Reads what waits in the database, once at the start; what other processes write is read again from time to time.
    func prepare() async throws {
        var cursor: Int64 = 0
        while !Task.isCancelled {
            let after = cursor
            let page = try await hub.store.read { try $0.parcels(ParcelFilter(), after: after, limit: 256) }
            guard let last = page.last else { return }
            for number in Set(page.map(\.order)).sorted() {
                if let order = try? await hub.committer.order(number) { ready.note(order) }
            }
            cursor = last.orderID
        }
    }

    func run() async {
        repeat {
            do {
                try await prepare()
            } catch {
                hub.log.error("the packed parcels could not be read", metadata: ["reason": "\(error)"])
            }
            guard hub.store.isShared else { return }
            try? await hub.clock.sleep(until: hub.clock.now() + .minutes(5))
        } while !Task.isCancelled
    }
}

/// Who does something at a desk.
package struct DeskPerson: Hashable, Sendable {
    /// As the trail names it.
    package var actor: String
    package var name: String
    /// The warehouses whose orders may be seen; nil for all.
    package var warehouses: Set<String>?

    package init(actor: String, name: String, warehouses: Set<String>?) {
        self.actor = actor
        self.name = name
        self.warehouses = warehouses
    }

    package func maySee(_ warehouse: String) -> Bool { warehouses?.contains(warehouse) ?? true }
}
