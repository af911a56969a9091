/// What goes into a parcel, with gifts beside the line that they belong to.
package struct PackList: Hashable, Sendable {
    package var key: ParcelKey
    package var warehouse: String
    /// Paid lines in order of their ids.
    package var lines: [Entry]
    /// Gifts that belong to no paid line: they have to be bound before the parcel is packed.
    package var unboundGifts: [Entry]
    /// Why it must not be packed now; nil when it may.
    package var obstacle: Refusal?

    /// Units of one line.
    package struct Entry: Hashable, Sendable {
        package var line: String
        package var sku: String
        package var name: String
        package var units: Int
        package var gifts: [Entry] = []
    }

    /// Every line that is scanned, gifts behind their line.
    package var entries: [Entry] { lines.flatMap { [$0] + $0.gifts } + unboundGifts }

    package var units: Int { entries.reduce(0) { $0 + $1.units } }
}

extension Order {
    /// What is still to be packed, in the parcel that comes next: the first known one that is not packed, or a new one.
    package var packList: PackList {
        let packed = parcels.filter { $0.packed != nil }
        var inside: [String: Int] = [:]
        for item in packed.flatMap(\.contents.items) { inside[item.line, default: 0] += item.units }
        let isWhole = packed.contains(where: \.contents.standsForAll)
        func entry(_ line: Line) -> PackList.Entry? {
            let units = isWhole ? 0 : line.units - (inside[line.id] ?? 0)
            guard units > 0 else { return nil }
            return PackList.Entry(line: line.id, sku: line.sku, name: line.name, units: units)
        }
        let all = lines.values
        let unbound = Set(unboundGifts.map(\.id))
        let gifts = all.filter { $0.isGift && !unbound.contains($0.id) }
        let entries = all.filter { !$0.isGift }.compactMap { line -> PackList.Entry? in
            let own = gifts.filter { $0.giftFor == line.id }.compactMap(entry)
            guard
                var found = entry(line)
                    ?? own.first.map({ _ in
                        PackList.Entry(line: line.id, sku: line.sku, name: line.name, units: 0)
                    })
            else { return nil }
            found.gifts = own
            return found
        }
        let loose = all.filter { unbound.contains($0.id) }.compactMap(entry)
        // Where everything is packed there is no next parcel, and the last one is shown.
        let last = entries.isEmpty && loose.isEmpty ? parcels.last?.id : nil
        let next = parcels.first { $0.packed == nil }?.id ?? last ?? "\(number)-\(parcels.count + 1)"
        var list = PackList(
            key: ParcelKey(order: number, parcel: next), warehouse: warehouse(of: next), lines: entries,
            unboundGifts: loose)
        list.obstacle = obstacle(list)
        return list
    }

    private func obstacle(_ list: PackList) -> Refusal? {
        if cancelled != nil { return .packing(.cancelled) }
        // What holds the order because of a gift asks for nothing but packing it.
        let gifts = ["gift-unbound"] + giftHolds.map(\.id)
        if let hold = standingHolds.first(where: { !gifts.contains($0.id) }) {
            let role = Text.role(hold.owner)
            return Refusal(
                code: "packing.held", text: hold.reason,
                nextStep: Text(
                    chinese: "放到待处理区，由\(role.chinese)处理", english: "Put it aside for \(role.english)"))
        }
        if addressChangeStanding != .settled { return .packing(.addressChanging) }
        if lines.values.isEmpty { return .packing(.noLines) }
        if list.entries.isEmpty { return .packing(.packed) }
        if placed == nil || state < StateNumber.inventoryLocked { return .packing(.notLocked) }
        return nil
    }
}

/// Units that were scanned into a parcel.
package struct PackWork: Hashable, Sendable {
    package struct Scan: Hashable, Sendable {
        package var id: String
        package var line: String
        package var at: Instant
        package var person: String
    }

    package var key: ParcelKey
    package private(set) var scans: [Scan] = []

    package init(key: ParcelKey) { self.key = key }

    package func count(_ line: String) -> Int { scans.count { $0.line == line } }

    package func hasTaken(_ id: String) -> Bool { scans.contains { $0.id == id } }

    package func isComplete(_ list: PackList) -> Bool { list.entries.allSatisfy { count($0.line) >= $0.units } }

    /// Counts one unit of goods.
    ///
    /// - Returns: false when this scan was counted before.
    /// - Throws: when the goods are not part of the parcel, or all of them are in.
    package mutating func take(
        _ sku: String, of list: PackList, id: String, at: Instant, person: String
    ) throws(Refusal) -> Bool {
        guard !hasTaken(id) else { return false }
        if let obstacle = list.obstacle { throw obstacle }
        let fitting = list.entries.filter { $0.units > 0 && $0.sku.isSameCode(as: sku) }
        guard !fitting.isEmpty else { throw .packing(.wrongGoods, sku) }
        guard let entry = fitting.first(where: { count($0.line) < $0.units }) else { throw .packing(.tooMany, sku) }
        scans.append(Scan(id: id, line: entry.line, at: at, person: person))
        return true
    }

    /// What was packed, once every unit was scanned.
    package func packing(_ list: PackList, weightGrams: Int?) throws(Refusal) -> Packing {
        if let obstacle = list.obstacle { throw obstacle }
        if let gift = list.unboundGifts.first { throw .packing(.giftUnbound, gift.sku) }
        if let open = list.entries.first(where: { count($0.line) < $0.units }) {
            throw .packing(.unitMissing, open.sku)
        }
        let items = list.entries.filter { $0.units > 0 }.map { ParcelItem(line: $0.line, units: $0.units) }
        return Packing(parcel: key.parcel, warehouse: list.warehouse, items: items, weightGrams: weightGrams)
    }

    package var json: JSON {
        .compact(
            key.members + [
                (
                    "scans",
                    .array(
                        scans.map {
                            [
                                "id": .string($0.id), "line": .string($0.line), "at": .integer($0.at.milliseconds),
                                "by": .string($0.person),
                            ]
                        })
                )
            ])
    }

    package init?(json: JSON) {
        guard let key = ParcelKey(json: json), let list = json["scans"]?.array else { return nil }
        self.init(key: key)
        scans = list.compactMap { scan in
            guard let id = scan["id"]?.string, let line = scan["line"]?.string, let at = scan["at"]?.integer else {
                return nil
            }
            return Scan(
                id: id, line: line, at: Instant(milliseconds: at), person: scan["by"]?.string ?? "")
        }
    }
}

extension String {
    /// Codes as scanners and people write them: capitals and blanks around do not matter.
    package func isSameCode(as other: String) -> Bool {
        let own = Array(utf8.drop { $0 <= 0x20 })
        let theirs = Array(other.utf8.drop { $0 <= 0x20 })
        func plain(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
            return bytes.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        }
        return plain(own) == plain(theirs)
    }
}

/// Why a parcel is not packed.
package enum PackingProblem: String, Sendable, CaseIterable {
    case cancelled
    case addressChanging
    case noLines
    case packed
    case notLocked
    case wrongGoods
    case tooMany
    case unitMissing
    case giftUnbound
    case notWeighed
    case otherParcel
}

extension Refusal {
    package static func packing(_ problem: PackingProblem, _ sku: String = "") -> Refusal {
        Refusal(code: "packing.\(problem.rawValue)", text: problem.text(sku), nextStep: problem.nextStep)
    }
}

extension PackingProblem {
    fileprivate func text(_ sku: String) -> Text {
        switch self {
        case .cancelled: Text(chinese: "订单已取消，不要打包", english: "The order is cancelled: do not pack it")
        case .addressChanging:
            Text(chinese: "地址变更还没有完成，先不要打包", english: "Its address is being changed: do not pack it yet")
        case .noLines: Text(chinese: "订单没有商品明细", english: "Nobody said what the order holds")
        case .packed: Text(chinese: "这个订单已经全部打包", english: "Everything of this order is packed")
        case .notLocked: Text(chinese: "库存还没有锁定", english: "The stock is not locked yet")
        case .wrongGoods: Text(chinese: "\(sku) 不是这个订单的商品", english: "\(sku) is not part of this order")
        case .tooMany: Text(chinese: "\(sku) 已经够数", english: "There are enough of \(sku)")
        case .unitMissing: Text(chinese: "还缺 \(sku)", english: "\(sku) is missing")
        case .notWeighed: Text(chinese: "包裹还没有称重", english: "The parcel was not weighed yet")
        case .giftUnbound: Text(chinese: "赠品 \(sku) 没有绑定商品", english: "Gift \(sku) belongs to no line")
        case .otherParcel: Text(chinese: "下一个包裹现在是 \(sku)", english: "The next parcel is \(sku) by now")
        }
    }

    fileprivate var nextStep: Text {
        switch self {
        case .cancelled: Text(chinese: "把商品放回货架", english: "Put the goods back on the shelf")
        case .addressChanging:
            Text(chinese: "放到待处理区，仓库会收到新的出库单", english: "Put it aside: the warehouse gets a new delivery order")
        case .noLines: Text(chinese: "请运营补充明细", english: "Operations has to ask the shop")
        case .packed: Text(chinese: "扫描包裹，放进集包", english: "Scan the parcel into its bag")
        case .notLocked: Text(chinese: "等 WMS 确认后再打包", english: "Wait for the WMS")
        case .wrongGoods: Text(chinese: "取出它，核对商品", english: "Take it away and look again")
        case .tooMany: Text(chinese: "取出多的一件", english: "Take the extra one out")
        case .unitMissing: Text(chinese: "继续扫描", english: "Go on scanning")
        case .notWeighed: Text(chinese: "称重后再完成打包", english: "Weigh it, then press “Packed” again")
        case .giftUnbound: Text(chinese: "先选择它属于哪一行", english: "Choose its line first")
        case .otherParcel: Text(chinese: "核对屏幕，再逐件扫描", english: "Look at the screen and scan what goes into it")
        }
    }
}
