// The papers beside the labels of bags: what is printed for one parcel, for an order that comes back, or for a wave.
//
// Like a bag's label each is counted, the second one needs a reason, and whether it may be printed at all follows from
// the order as it is at that moment.

/// What people print beside the labels of bags. The words are storage, names of shipped templates, and never change.
package enum PaperKind: String, Sendable, CaseIterable {
    case waybill
    case packingSlip = "packing-slip"
    case returnSlip = "return-slip"
    case pickingList = "picking-list"

    /// The name of its template; the paper of label printers is narrower than that of an office's.
    package func template(forPrinter isForPrinter: Bool) -> String {
        self == .pickingList && isForPrinter ? "picking-list-label" : rawValue
    }

    /// Whether it is about one parcel; otherwise about whole orders.
    package var isOfParcel: Bool { self == .waybill || self == .packingSlip }
}

/// A paper with everything that was ever printed of it. It holds no personal data.
package struct Paper: Hashable, Sendable {
    /// Stands on it, and opens what it is about.
    package var code: BagCode
    package let kind: PaperKind
    /// Where it is printed.
    package let warehouse: String
    /// Of a picking list; empty otherwise.
    package let courier: String
    /// One, or those of a picking list in order of their numbers.
    package let orders: [String]
    /// Empty where it is about whole orders.
    package let parcel: String
    package private(set) var prints: [BagPrint] = []

    /// So often one paper may be printed.
    package static let printsMaximum = 200

    /// Of a parcel; of the order as a whole where no parcel is named.
    package init(code: BagCode, kind: PaperKind, warehouse: String, key: ParcelKey) {
        self.code = code
        self.kind = kind
        self.warehouse = warehouse
        courier = ""
        orders = [key.order]
        parcel = key.parcel
    }

    /// The picking list of a wave. A wave with other orders has another list.
    package init(code: BagCode, wave: PickWave) {
        self.code = code
        kind = .pickingList
        warehouse = wave.warehouse
        courier = wave.courier
        orders = wave.orders
        parcel = ""
    }

    /// The first order; a paper is about at least one.
    package var order: String { orders.first ?? "" }

    /// Whether it is the label of goods of a return on their way back.
    package var isOfWayBack: Bool { kind == .waybill && parcel.isWayBack }

    /// What tells it from every other paper; its code is made of this.
    package var identity: String {
        let parts = [kind.rawValue, kind == .pickingList ? warehouse : "", courier, parcel] + orders
        return parts.map { "\($0.utf8.count):\($0)" }.joined()
    }

    package func hasPrinted(_ id: String) -> Bool { prints.contains { $0.id == id } }

    /// Counts one print more; a PDF counts like paper from a printer.
    ///
    /// - Throws: from the second on where no reason is given.
    package mutating func recordPrint(
        id: String, at: Instant, person: String, reason: String, isForPrinter: Bool = false
    ) throws(Refusal) {
        guard !hasPrinted(id) else { return }
        guard prints.count < Self.printsMaximum else { throw .paper(.tooOften) }
        if !prints.isEmpty, reason.count(where: { !$0.isWhitespace }) < 2 { throw .paper(.reprintReason) }
        prints.append(
            BagPrint(
                id: id, at: at, person: person, template: kind.rawValue, reason: prints.isEmpty ? "" : reason,
                version: 0, isForPrinter: isForPrinter))
    }
}

extension Paper {
    package var json: JSON {
        [
            "code": .string(code.text), "kind": .string(kind.rawValue), "warehouse": .string(warehouse),
            "courier": .string(courier), "orders": .array(orders.map { .string($0) }), "parcel": .string(parcel),
            "prints": .array(
                prints.map { print in
                    .compact([
                        ("id", .string(print.id)), ("at", .integer(print.at.milliseconds)),
                        ("by", .string(print.person)), ("reason", .string(print.reason)),
                        ("printer", print.isForPrinter.map { .bool($0) }),
                    ])
                }),
        ]
    }

    package init?(json: JSON) {
        guard let code = json["code"]?.string.flatMap({ BagCode($0) }),
            let kind = json["kind"]?.string.flatMap(PaperKind.init(rawValue:)), let orders = json["orders"]?.array
        else { return nil }
        self.code = code
        self.kind = kind
        warehouse = json["warehouse"]?.string ?? ""
        courier = json["courier"]?.string ?? ""
        self.orders = orders.compactMap(\.string)
        parcel = json["parcel"]?.string ?? ""
        prints = (json["prints"]?.array ?? []).compactMap { print in
            guard let id = print["id"]?.string, let at = print["at"]?.integer else { return nil }
            return BagPrint(
                id: id, at: Instant(milliseconds: at), person: print["by"]?.string ?? "", template: kind.rawValue,
                reason: print["reason"]?.string ?? "", version: 0, isForPrinter: print["printer"]?.bool)
        }
    }
}

extension Order {
    /// Whether a parcel is known, or is the one that is packed next.
    package func knowsParcel(_ id: String) -> Bool { parcel(id) != nil || packList.key.parcel == id }

    /// Why a paper must not be printed now; nil when it may.
    package func obstacle(toPrint kind: PaperKind, of id: String) -> Refusal? {
        if id.isWayBack { return kind == .waybill ? obstacleToLabel(id) : .paper(.noNumber) }
        switch kind {
        case .returnSlip: return completion == .partiallyCompleted ? nil : .paper(.noReturn)
        case .pickingList: return packList.obstacle
        case .waybill, .packingSlip: break
        }
        if cancelled != nil { return .paper(.cancelled) }
        // What holds the order because of a gift asks for nothing but packing it: no label is needed for that, and with
        // one the parcel could leave without the gift.
        let gifts = kind == .waybill ? [] : ["gift-unbound"] + giftHolds.map(\.id)
        if let hold = standingHolds.first(where: { !gifts.contains($0.id) }) {
            let role = Text.role(hold.owner)
            return Refusal(
                code: "paper.held",
                text: Text(
                    chinese: "订单被拦截：\(hold.reason.chinese)", english: "The order is held: \(hold.reason.english)"),
                nextStep: Text(
                    chinese: "不要打印，由\(role.chinese)处理", english: "Print nothing; it is for \(role.english)"))
        }
        if addressChangeStanding != .settled { return .paper(.addressChanging) }
        return kind == .waybill ? obstacleToWaybill(of: parcel(id)) : nil
    }

    /// Of goods on their way back; what a courier's own label stands for is printed by the courier.
    private func obstacleToLabel(_ id: String) -> Refusal? {
        obstacleToWaybill(of: parcel(id)) ?? (wayBackLabels.contains(id) ? nil : .paper(.noNumber))
    }

    private func obstacleToWaybill(of parcel: Parcel?) -> Refusal? {
        guard let parcel else { return .paper(.noNumber) }
        if parcel.handedOver != nil || parcel.signed != nil { return .paper(.gone) }
        if liveWaybill(of: parcel) != nil { return nil }
        let old = parcel.waybills.last { $0.voided != nil || isBeingVoided($0, of: parcel) }
        return old.map { .paper(.voided, $0.number) } ?? .paper(.noNumber)
    }

    /// What stands on a paper about a parcel, or about the whole order where none is named.
    package func paperGoods(of id: String) -> [ReadyParcel.Goods] {
        guard !id.isEmpty else {
            return lines.values.map { ReadyParcel.Goods(sku: $0.sku, name: $0.name, units: $0.units) }
        }
        if id.isWayBack { return orderReturn(in: id)?.goods.compactMap(goods) ?? [] }
        if let parcel = parcel(id), parcel.packed != nil || !parcel.contents.items.isEmpty { return goods(of: parcel) }
        let list = packList
        guard list.key.parcel == id else { return parcel(id).map(goods) ?? [] }
        return list.entries.filter { $0.units > 0 }
            .map { ReadyParcel.Goods(sku: $0.sku, name: $0.name, units: $0.units) }
    }
}

extension Order {
    private func goods(_ returned: ReturnedLine) -> ReadyParcel.Goods? {
        lines[returned.line].map { ReadyParcel.Goods(sku: $0.sku, name: $0.name, units: returned.units) }
    }
}

/// Why a paper is not printed.
package enum PaperProblem: String, Sendable, CaseIterable {
    case cancelled
    case addressChanging
    case noNumber
    case voided
    case gone
    case noReturn
    case nothingToPick
    case reprintReason
    case tooOften
}

extension Refusal {
    /// - Parameter number: the waybill's number that is the reason; empty where none is.
    package static func paper(_ problem: PaperProblem, _ number: String = "") -> Refusal {
        Refusal(code: "paper.\(problem.rawValue)", text: problem.text(number), nextStep: problem.nextStep)
    }
}

extension PaperProblem {
    fileprivate func text(_ number: String) -> Text {
        switch self {
        case .cancelled: Text(chinese: "订单已取消", english: "The order is cancelled")
        case .addressChanging: Text(chinese: "地址变更还没有完成", english: "Its address is being changed")
        case .noNumber: Text(chinese: "还没有快递单号", english: "There is no tracking number yet")
        case .voided: Text(chinese: "面单 \(number) 已作废", english: "Waybill \(number) is void")
        case .gone: Text(chinese: "包裹已经交给快递", english: "The parcel has left already")
        case .noReturn: Text(chinese: "没有登记退换货", english: "Nobody asked for a return")
        case .nothingToPick: Text(chinese: "这张拣货单上已经没有要拣的订单", english: "Nothing of this list is to be picked any more")
        case .reprintReason:
            Text(chinese: "已经出过一份，再出一份需要原因", english: "It was made before: making it again needs a reason")
        case .tooOften: Text(chinese: "出单次数太多", english: "It was made too often")
        }
    }

    fileprivate var nextStep: Text {
        switch self {
        case .cancelled: Text(chinese: "不要打印，把商品放回货架", english: "Print nothing, and put the goods back")
        case .addressChanging: Text(chinese: "等地址确认后再打印", english: "Print it when the address is settled")
        case .noNumber: Text(chinese: "有单号后再打印", english: "Print it once there is one")
        case .voided: Text(chinese: "等新单号出来再打印", english: "Print the new one when there is a number")
        case .gone: Text(chinese: "查看订单的物流", english: "Look at its trace on the order's page")
        case .noReturn: Text(chinese: "先在订单页登记退换货", english: "Record the return on the order's page first")
        case .nothingToPick: Text(chinese: "打开拣货波次，选择另一张", english: "Open the waves and choose another")
        case .reprintReason: Text(chinese: "写几个字说明", english: "Write a few words")
        case .tooOften: Text(chinese: "请主管查看是谁在出单", english: "Have somebody look at who asks for it")
        }
    }
}
