package import HydrantCore
import HydrantStorage

/// Which parcels could share a label now.
package struct DeskPlan: Sendable {
    package var bagging: Bagging
    package var parcels: [String: ReadyParcel]
}

extension Desk {
    /// How the parcels that wait and are in no bag would be divided into bags.
    package func plan(of person: DeskPerson) async throws -> DeskPlan {
        try await plan(ready.all(in: person.warehouses))
    }

    private func plan(_ waiting: [ReadyParcel], withHomes: Bool = false) async throws -> DeskPlan {
        let (settings, homes, tokens) = try await hub.store.read { [intake = hub.intake] reader in
            let homes = withHomes ? [] : Set(try Self.all(reader, .homes).map(\.key))
            var tokens: [String: String] = [:]
            for receiver in Set(waiting.map(\.receiver)) where !receiver.isEmpty {
                guard let sealed = try reader.sealedReceiver("r-" + receiver) else { continue }
                let opened = try intake.open(sealed, id: "r-" + receiver)
                if opened.open(reason: "whether the marketplace keeps it").isMaskedByPlatform {
                    tokens[receiver] = receiver
                }
            }
            return (try Self.settings(reader), homes, tokens)
        }
        let free = waiting.filter { $0.hasNumber && !homes.contains($0.key.text) }
        let parcels = free.map { $0.bagParcel(settings, mergeToken: tokens[$0.receiver]) }
        return DeskPlan(
            bagging: HydrantCore.bagging(of: parcels, rules: settings.rules),
            parcels: Dictionary(free.map { ($0.key.text, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The bags of the parcels that wait, are in a bag or left last, divided by the same rules, for a rehearsal.
    package func rehearsed(by person: DeskPerson) async throws -> [[RehearsedParcel]] {
        let waiting = ready.all(in: person.warehouses)
        let known = Set(waiting.map(\.key))
        let left = ready.left(in: person.warehouses).filter { !known.contains($0.key) }
        let plan = try await plan(waiting + left, withHomes: true)
        return plan.bagging.bags.map { bag in
            bag.parcels.compactMap { plan.parcels[$0.id] }.map {
                RehearsedParcel(key: $0.key, weightGrams: $0.weightGrams, packedAt: $0.packedAt)
            }
        }
    }

    /// The bag that a parcel is meant for; nil where it is in none.
    package func home(of key: ParcelKey) async throws -> BagCode? {
        try await hub.store.read { reader in
            try reader.record(Collection.homes.rawValue, key.text).flatMap { record in
                try JSON(bytes: record.body).string.flatMap { BagCode($0) }
            }
        }
    }

    /// Finds the bag of a packed parcel, or makes it: an open one that goes the same way and has room, or a new one
    /// with everything that waits and shares its label.
    ///
    /// - Returns: nil for a parcel that does not wait, has no number yet, or must not leave.
    package func assign(_ key: ParcelKey, id: String, by person: DeskPerson) async throws -> Bag? {
        for attempt in 0..<5 {
            if let code = try await home(of: key) { return try await bag(code) }
            guard let parcel = ready.parcel(key), parcel.standing == .free, parcel.hasNumber else { return nil }
            if let bag = try await join(parcel, id: "\(id)-join\(attempt)", by: person) { return bag }
            let alike = ready.all().filter {
                $0.warehouse == parcel.warehouse && $0.courier == parcel.courier && $0.area == parcel.area
            }
            let plan = try await plan(alike)
            guard let found = plan.bagging.bags.first(where: { $0.parcels.contains { $0.id == key.text } }) else {
                return nil
            }
            let members = found.parcels.compactMap { plan.parcels[$0.id] }
            if let bag = try await open(members, BagWay(found), id: "\(id)-open\(attempt)", by: person) { return bag }
        }
        throw StoreFailure(.conflict)
    }

    /// Puts a parcel into an open bag whose parcels and it would share one bag by the rules.
    private func join(_ parcel: ReadyParcel, id: String, by person: DeskPerson) async throws -> Bag? {
        let records = try await hub.store.read { try Self.all($0, .live) }
        for record in records {
            var found = try Self.bag(record)
            // Another desk may put something into it meanwhile: then it is asked again whether there is room.
            for attempt in 0..<5 {
                guard try await mayJoin(parcel, found) else { break }
                let joining = BagStep.Parcel(
                    key: parcel.key, weightGrams: parcel.weightGrams, receiver: parcel.receiver,
                    expectedGrams: parcel.expectedGrams)
                let command = BagCommand(id: "\(id)-\(attempt)", person: person, at: now, action: .join(joining))
                let outcome = try await act(found.code, command, atStep: found.steps.count)
                if let outcome, outcome.refusal == nil { return outcome.bag }
                guard outcome == nil, let fresh = try await bag(found.code) else { break }
                found = fresh
            }
        }
        return nil
    }

    /// Whether a parcel and those of an open bag would share one bag by the rules.
    private func mayJoin(_ parcel: ReadyParcel, _ bag: Bag) async throws -> Bool {
        let way = bag.way
        guard bag.state == .open, way.warehouse == parcel.warehouse, way.courier == parcel.courier,
            way.area == parcel.area
        else { return false }
        let members = bag.meant.compactMap { ready.parcel($0.key) }
        guard members.count == bag.meant.count, !members.isEmpty else { return false }
        let together = try await plan(members + [parcel], withHomes: true).bagging
        return together.bags.count == 1 && together.unbagged.isEmpty
    }
}

extension BagWay {
    init(_ bag: ParcelBag) {
        self.init()
        warehouse = bag.warehouse
        courier = bag.courier
        rider = bag.rider
        line = bag.line
        area = bag.area
        departsAt = bag.parcels.first?.departsAt
    }
}
