import HydrantConnectorKit
import HydrantCore

/// Reports of a warehouse as facts; no effects.
///
/// Qimen names no parcels in step reports, so a step speaks of the order's first parcel; the confirmation numbers its
/// packages in their order.
struct QimenReportReader: Sendable {
    var trustsSign: Bool

    /// Nil when the report names no order, or its method is none of those that the hub takes in.
    func facts(method: String, _ tree: XMLTree) -> [ReportedFact]? {
        switch method {
        case "orderprocess.report", "taobao.qimen.orderprocess.report": stepFacts(tree)
        case "deliveryorder.confirm", "taobao.qimen.deliveryorder.confirm", "deliveryorder.batchconfirm",
            "taobao.qimen.deliveryorder.batchconfirm":
            allConfirmationFacts(tree)
        case "itemlack.report", "taobao.qimen.itemlack.report": lackFacts(tree)
        case "orderexception.report", "taobao.qimen.orderexception.report": exceptionFacts(tree)
        default: nil
        }
    }

    /// Keeps the reports of a delivery that was ordered anew apart from those of the one before it, whose report codes
    /// a warehouse may use again: the number of the try, and nothing for the first.
    private func mark(_ code: String) -> String {
        let order = Order.number(ofDelivery: code)
        return code == order ? "" : "\(code.dropFirst(order.count))/"
    }

    // MARK: - Steps

    private func stepFacts(_ tree: XMLTree) -> [ReportedFact]? {
        guard let code = tree["order"]?.text("orderCode"), let process = tree["process"],
            let word = process.text("processStatus")
        else { return nil }
        let order = Order.number(ofDelivery: code)
        let time = process.text("operateTime")
        let key = mark(code) + (tree.first("outBizCode")?.text ?? "\(order)/\(word)/\(time ?? "")")
        var report = Report(order: order, at: time.flatMap(ChinaTime.instant), word: word, key: "process/\(key)")
        let parcel = "\(order)-1"
        switch QimenWord.meaning(of: word) {
        case .locked:
            report.add("lock", .inventoryLocked(InventoryLock(warehouse: tree["order"]?.text("warehouseCode") ?? "")))
        case .packed:
            let packages = packageFacts(tree, order: order)
            for var packing in packages.isEmpty ? [Packing(parcel: parcel)] : packages.map(\.packing) {
                // The confirmation says what each parcel holds.
                packing.isProgress = true
                report.add("\(packing.parcel)/packed", .parcelPacked(packing))
            }
        case .handedOver: report.add("handed-over", .parcelHandedOver(parcel: parcel))
        case .signed where trustsSign: report.add("signed", .signedReported(parcel: parcel))
        case .refused:
            report.add("refused", .inventoryRefused(reason: shortened(process.text("operateInfo") ?? word)))
        case .signed, .status: report.add("status", .statusReported)
        }
        if let number = process.text("expressCode") {
            let courier = process.text("logisticsCode") ?? ""
            report.add("tracking", .trackingReported(Tracking(parcel: parcel, courier: courier, number: number)))
        }
        return report.facts
    }

    // MARK: - Confirmation

    private func allConfirmationFacts(_ tree: XMLTree) -> [ReportedFact]? {
        let orders = tree.elements(containing: "deliveryOrder")
        guard !orders.isEmpty else { return nil }
        var facts: [ReportedFact] = []
        for order in orders {
            guard let confirmed = confirmationFacts(order) else { return nil }
            let part = orders.count > 1 ? order.bytes : nil
            facts += confirmed.map { fact in
                var fact = fact
                fact.part = part
                return fact
            }
        }
        return facts
    }

    private func confirmationFacts(_ tree: XMLTree) -> [ReportedFact]? {
        guard let delivery = tree["deliveryOrder"], let code = delivery.text("deliveryOrderCode") else { return nil }
        let order = Order.number(ofDelivery: code)
        let word = delivery.text("status") ?? "DELIVERED"
        let time = delivery.text("operateTime") ?? delivery.text("orderConfirmTime")
        let said = delivery.text("outBizCode").map { "\($0)/\(delivery.text("confirmType") ?? "0")" }
        let key = mark(code) + (said ?? "\(order)/\(word)/\(time ?? "")")
        var report = Report(order: order, at: time.flatMap(ChinaTime.instant), word: word, key: "confirm/\(key)")
        switch QimenWord.meaning(of: word) {
        case .handedOver:
            var packages = packageFacts(tree, order: order)
            if packages.isEmpty { packages = [onlyPackage(tree, order: order)] }
            for package in packages { report.add(package) }
        case .refused:
            let reason = delivery.text("remark") ?? delivery.text("operateInfo") ?? word
            report.add("refused", .inventoryRefused(reason: shortened(reason)))
        case .locked: report.add("lock", .inventoryLocked(InventoryLock()))
        default: report.add("status", .statusReported)
        }
        return report.facts
    }

    /// One package: what is in it, and its number when it has one.
    private struct Package {
        var packing: Packing
        var courier: String
        var number: String?
    }

    private func packageFacts(_ tree: XMLTree, order: String) -> [Package] {
        var stock = LineStock(tree["orderLines"]?.all("orderLine") ?? [])
        let packages = tree["packages"]?.all("package") ?? []
        return packages.enumerated().map { index, package in
            var items = stock.take(package["items"]?.all("item") ?? [])
            if items.isEmpty, packages.count == 1 { items = stock.everything }
            var packing = Packing(
                parcel: "\(order)-\(index + 1)", items: items, weightGrams: package.text("weight").flatMap(grams))
            packing.volumeMillilitres = millilitres(package)
            let courier = package.text("logisticsCode") ?? tree["deliveryOrder"]?.text("logisticsCode") ?? ""
            return Package(packing: packing, courier: courier, number: package.text("expressCode"))
        }
    }

    /// A confirmation without packages speaks of one parcel with everything in it.
    private func onlyPackage(_ tree: XMLTree, order: String) -> Package {
        let stock = LineStock(tree["orderLines"]?.all("orderLine") ?? [])
        let delivery = tree["deliveryOrder"]
        return Package(
            packing: Packing(parcel: "\(order)-1", items: stock.everything),
            courier: delivery?.text("logisticsCode") ?? "", number: delivery?.text("expressCode"))
    }

    // MARK: - Lack and exception

    private func lackFacts(_ tree: XMLTree) -> [ReportedFact]? {
        guard let code = tree.text("deliveryOrderCode") ?? tree.first("deliveryOrderCode")?.text, !code.isEmpty else {
            return nil
        }
        let order = Order.number(ofDelivery: code)
        let items = tree["items"]?.all("item") ?? []
        let lacking = items.map { "\($0.text("itemCode") ?? "?") × \($0.text("lackQty") ?? "?")" }
        let reasons = Set(items.compactMap { $0.text("reason") }).sorted()
        let reason = (["缺货: " + lacking.joined(separator: ", ")] + reasons).joined(separator: "; ")
        let time = tree.text("createTime")
        let key = mark(code) + (tree.text("outBizCode") ?? "\(order)/\(time ?? reason)")
        var report = Report(order: order, at: time.flatMap(ChinaTime.instant), word: nil, key: "lack/\(key)")
        report.add("refused", .inventoryRefused(reason: shortened(reason)))
        return report.facts
    }

    private func exceptionFacts(_ tree: XMLTree) -> [ReportedFact]? {
        guard let code = tree.first("deliveryOrderCode")?.text, !code.isEmpty else { return nil }
        let order = Order.number(ofDelivery: code)
        let time = tree.first("createTime")?.text
        let type = tree.first("messageType")?.text ?? ""
        let key = mark(code) + (tree.first("outBizCode")?.text ?? "\(order)/\(type)/\(time ?? "")")
        var report = Report(order: order, at: time.flatMap(ChinaTime.instant), word: nil, key: "exception/\(key)")
        let reason = tree.first("messageDesc")?.text ?? type
        report.add("refused", .inventoryRefused(reason: shortened(reason)))
        return report.facts
    }

    /// Collects the facts of one report under its message id.
    private struct Report {
        let order: String
        let at: Instant?
        let word: String?
        let key: String
        private(set) var facts: [ReportedFact] = []

        init(order: String, at: Instant?, word: String?, key: String) {
            self.order = order
            self.at = at
            self.word = word
            self.key = key
        }

        mutating func add(_ part: String, _ body: FactBody) {
            facts.append(
                ReportedFact(messageID: "\(key)/\(part)", order: order, occurredAt: at, word: word, body: body))
        }

        mutating func add(_ package: Package) {
            let parcel = package.packing.parcel
            add("\(parcel)/packed", .parcelPacked(package.packing))
            add("\(parcel)/handed-over", .parcelHandedOver(parcel: parcel))
            guard let number = package.number else { return }
            add(
                "\(parcel)/tracking",
                .trackingReported(Tracking(parcel: parcel, courier: package.courier, number: number)))
        }
    }
}

/// Litres as decimal text, or else three sides in centimetres; nil where neither is there.
private func millilitres(_ package: XMLTree) -> Int? {
    let sides = ["length", "width", "height"].compactMap { package.text($0).flatMap { Double($0) } }
    let litres =
        package.text("volume").flatMap { Double($0) }
        ?? (sides.count == 3 ? sides.reduce(0.001) { $0 * $1 } : nil)
    guard let litres, litres > 0, litres <= 100_000 else { return nil }
    return Int((litres * 1_000).rounded())
}

/// Kilograms as decimal text.
private func grams(_ text: String) -> Int? {
    guard let kilograms = Double(text), (0...100_000).contains(kilograms) else { return nil }
    return Int((kilograms * 1_000).rounded())
}

/// The order lines of a confirmation, from which the packages' articles are taken: packages name articles, the hub
/// counts units of lines.
private struct LineStock {
    private var lines: [(line: String, sku: String, units: Int)]
    private let isComplete: Bool

    init(_ orderLines: [XMLTree]) {
        lines = orderLines.compactMap { line in
            guard let number = line.text("orderLineNo"), let sku = line.text("itemCode"),
                let units = (line.text("actualQty") ?? line.text("planQty")).flatMap(Int.init), units > 0
            else { return nil }
            return (number, sku, units)
        }
        isComplete = lines.count == orderLines.count
    }

    /// Everything that is left; nothing when a line could not be read, because then the contents are not known.
    var everything: [ParcelItem] { isComplete ? lines.map { ParcelItem(line: $0.line, units: $0.units) } : [] }

    /// Empty when one article cannot be found on a line: half-known contents would count as a wrong parcel.
    mutating func take(_ items: [XMLTree]) -> [ParcelItem] {
        var taken: [ParcelItem] = []
        var rest = lines
        for item in items {
            guard let sku = item.text("itemCode"),
                var wanted = (item.text("quantity") ?? item.text("actualQty")).flatMap(Int.init)
            else { return [] }
            for index in rest.indices where rest[index].sku == sku && rest[index].units > 0 && wanted > 0 {
                let units = min(wanted, rest[index].units)
                rest[index].units -= units
                wanted -= units
                taken.append(ParcelItem(line: rest[index].line, units: units))
            }
            guard wanted <= 0 else { return [] }
        }
        lines = rest.filter { $0.units > 0 }
        return taken
    }
}
