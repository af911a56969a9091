package import HydrantCore
import HydrantStorage

/// A template that can be printed.
package struct TemplateSight: Hashable, Sendable {
    package var name: String
    /// 0 for a shipped one that nobody changed.
    package var version: Int
    package var changedAt: Instant?
    package var isShipped: Bool
}

extension Desk {
    /// The most bytes of a template.
    package static let templateBytesMaximum = 60_000

    /// Shipped and own templates by name, each with its newest version.
    package func templates() async throws -> [TemplateSight] {
        let records = try await hub.store.read { try Self.all($0, .templates) }
        var found: [String: TemplateSight] = [:]
        for name in hub.press?.shipped.keys ?? [:].keys {
            found[name] = TemplateSight(name: name, version: 0, isShipped: true)
        }
        for record in records {
            guard let (name, version) = Self.templateKey(record.key) else { continue }
            guard version > found[name]?.version ?? -1 else { continue }
            found[name] = TemplateSight(
                name: name, version: version, changedAt: record.changedAt,
                isShipped: hub.press?.shipped[name] != nil)
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// A template's document; of its newest version where none is named, 0 for the shipped one.
    package func template(_ name: String, version: Int? = nil) async throws -> String? {
        if version == 0 { return hub.press?.shipped[name] }
        let key = version.map { Self.templateKey(name, $0) }
        let body = try await hub.store.read { reader -> [UInt8]? in
            if let key { return try reader.record(Collection.templates.rawValue, key)?.body }
            return try Self.newestTemplate(name, reader)?.record.body
        }
        if let body { return String(decoding: body, as: UTF8.self) }
        return version == nil ? hub.press?.shipped[name] : nil
    }

    /// What is wrong with a template's document; empty for a good one.
    package func problems(ofTemplate text: String) -> [String] {
        text.utf8.count <= Self.templateBytesMaximum
            ? hub.press?.check(text) ?? [] : ["longer than \(Self.templateBytesMaximum) bytes"]
    }

    /// Keeps a template as the next version of its name; the older ones stay.
    ///
    /// - Returns: the version.
    package func saveTemplate(_ name: String, _ text: String, by actor: String) async throws -> Int {
        let now = now
        let keyring = hub.keyring
        return try await hub.store.transaction { transaction in
            let last = try Self.newestTemplate(name, transaction)?.version ?? 0
            let record = StoredRecord(
                collection: Collection.templates.rawValue, key: Self.templateKey(name, last + 1),
                body: Array(text.utf8), changedAt: now)
            guard try transaction.put(record, ifVersion: 0) else { throw StoreFailure(.conflict) }
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: "template.saved", object: "template:\(name)",
                    detail: ["version": .integer(Int64(last + 1))]), keyring)
            return last + 1
        }
    }

    /// A name of 2 to 40 of a-z, 0-9 and hyphens.
    package static func isTemplateName(_ name: String) -> Bool {
        (2...40).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// The newest version of a name; looks at each of its versions once.
    private static func newestTemplate(
        _ name: String, _ reader: any StoreReader
    ) throws -> (version: Int, record: StoredRecord)? {
        var newest: (version: Int, record: StoredRecord)?
        var cursor = name + "/"
        while true {
            let page = try reader.records(Collection.templates.rawValue, after: cursor, limit: 500)
            for record in page {
                guard let (found, version) = templateKey(record.key), found == name else { return newest }
                if version > newest?.version ?? 0 { newest = (version, record) }
            }
            guard page.count == 500, let last = page.last else { return newest }
            cursor = last.key
        }
    }

    private static func templateKey(_ name: String, _ version: Int) -> String {
        "\(name)/\(paddedDecimal(version, width: 4))"
    }

    private static func templateKey(_ key: String) -> (name: String, version: Int)? {
        let parts = key.split(separator: "/")
        guard parts.count == 2, let version = Int(parts[1]) else { return nil }
        return (String(parts[0]), version)
    }

    // MARK: - Drafts

    /// Keeps what a person is editing, for its preview.
    package func keepDraft(_ text: String, of person: DeskPerson) async throws {
        let now = now
        try await hub.store.transaction { transaction in
            let old = try transaction.record(Collection.drafts.rawValue, person.actor)?.version ?? 0
            let record = StoredRecord(
                collection: Collection.drafts.rawValue, key: person.actor, version: old + 1, body: Array(text.utf8),
                changedAt: now)
            guard try transaction.put(record, ifVersion: old) else { throw StoreFailure(.conflict) }
        }
    }

    /// The first sheet of a person's draft, drawn with a real order or, without one, with a made-up one, as PNG.
    package func preview(of person: DeskPerson, order number: String) async throws -> [UInt8]? {
        guard let press = hub.press,
            let draft = try await hub.store.read({ try $0.record(Collection.drafts.rawValue, person.actor)?.body })
        else { return nil }
        let wish = LabelWish(template: String(decoding: draft, as: UTF8.self), format: "png")
        return try press.render(try await previewBag(person, number), wish).first
    }

    private func previewBag(_ person: DeskPerson, _ number: String) async throws -> LabelBag {
        let scope = SearchScope(mayFindPeople: false, warehouses: person.warehouses)
        if let order = try await hub.committer.order(number), scope.sees(order) {
            let parcel = parcel(of: order, named: nil, for: person) ?? order.packList.key
            let step = BagStep(
                id: "preview", at: now, person: person.name, body: .opened(BagWay(), [BagStep.Parcel(key: parcel)]))
            var bag = Bag(code: BagCode(bits: 0x7_2A3B_91C5), steps: [step])
            bag.way.warehouse = order.warehouse(of: parcel.parcel)
            bag.way.area = order.receiver?.value.area ?? ""
            bag.way.departsAt = now
            return try await label(of: bag)
        }
        return LabelBag.sample(now)
    }
}

extension LabelBag {
    /// Nobody's order, for looking at templates.
    fileprivate static func sample(_ now: Instant) -> LabelBag {
        let orders = (1...6).map { place -> LabelOrder in
            var order = LabelOrder(number: "SO2026-000\(place)")
            order.shop = "旗舰店"
            order.parcel = "SO2026-000\(place)-1"
            order.tracking = "SF0000000000\(place)"
            order.state = 5
            order.receiver = Sensitive(
                Receiver(
                    name: "张三丰", phone: "1380000000\(place)", province: "浙江省", city: "杭州市", district: "西湖区",
                    address: "天目山路 1 号"))
            order.sender = Sensitive(
                Receiver(
                    name: "一号仓", phone: "4000000000", province: "河北省", city: "廊坊市", district: "广阳区",
                    address: "物流园 1 号"))
            order.items = [
                LabelItem(sku: "LF9001", name: "机油滤清器", units: place),
                LabelItem(sku: "CAP-9", name: "鸭舌帽", isGift: true),
            ]
            return order
        }
        var bag = LabelBag(code: BagCode(bits: 0x7_2A3B_91C5), orders: orders)
        bag.warehouse = "FRONT-1"
        bag.courier = "顺丰速运"
        bag.area = "浙江省杭州市西湖区"
        bag.departsAt = now
        bag.weightGrams = 5_900
        return bag
    }
}
