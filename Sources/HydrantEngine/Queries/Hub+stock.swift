package import HydrantConnectorKit
package import HydrantCore
import HydrantStorage

/// What a warehouse said about the stock for an order, when it was asked. Nothing of it is kept.
package struct StockLook: Sendable {
    package var system: String
    /// Empty where the order names none.
    package var warehouse: String
    package var askedAt: Instant
    package var lines: [StockLine]
}

/// What a warehouse said about the article of one line.
package struct StockLine: Sendable {
    package enum Verdict: String, CaseIterable, Sendable {
        /// As many are free as the order needs.
        case enough
        case short
        /// The order's stock is locked, and at least as many are frozen.
        case reserved
        /// The order's stock is said to be locked, and fewer are frozen.
        case notReserved = "not-reserved"
        /// The warehouse said nothing about the article.
        case untold
    }

    package var line: Line
    /// Units of the article on all lines of the order.
    package var wanted: Int
    package var level: StockLevel?
    package var verdict: Verdict
}

/// What came of asking a warehouse about stock.
package enum StockAnswer: Sendable {
    case told(StockLook)
    case refused(Refusal)
    /// No fact ever named the order, or its warehouse is none of those who ask.
    case unknown
}

extension Order {
    /// Paid, not packed and not over: the time in which it matters whether the warehouse has the goods.
    fileprivate var waitsForStock: Bool {
        (StateNumber.paid..<StateNumber.packed).contains(state) && endedAt == nil && !lines.isEmpty
    }

    fileprivate var plannedWarehouse: String { header?.value.warehouse ?? "" }
}

extension Hub {
    /// Whether a warehouse can be asked now how much it has of an order's articles.
    ///
    /// - Parameter warehouses: those that whoever asks belongs to; nil for all.
    package func canAskStock(of order: Order, in warehouses: Set<String>?) -> Bool {
        order.waitsForStock && warehouses?.contains(order.plannedWarehouse) ?? true
            && dispatcher.stockKeeper(of: order, settings) != nil
    }

    /// Asks the order's warehouse how much it has of the order's articles. Only the trail keeps that somebody asked,
    /// once for each question that was let through.
    ///
    /// - Parameters:
    ///   - warehouses: those that whoever asks belongs to; nil for all.
    ///   - actor: as the trail names whoever asks.
    package func askStock(
        of number: String, in warehouses: Set<String>? = nil, actor: String
    ) async throws -> StockAnswer {
        guard let order = try await committer.order(number), warehouses?.contains(order.plannedWarehouse) ?? true else {
            return .unknown
        }
        guard order.waitsForStock else { return .refused(Self.noTimeForStock) }
        guard let keeper = dispatcher.stockKeeper(of: order, settings) else { return .refused(Self.noStockKeeper) }
        let warehouse = order.plannedWarehouse
        let entry = AuditEntry(
            time: stopwatch.now(), actor: actor, action: "stock.asked", object: "order:\(order.number)",
            detail: ["system": .string(keeper.system), "warehouse": .string(warehouse)])
        let skus = Set(order.lines.values.map(\.sku)).sorted()
        let answer = try await dispatcher.stockLevels(keeper, of: order.number, skus: skus, warehouse: warehouse) {
            [keyring, store] in
            _ = try await store.transaction { try $0.appendAudit(entry, keyring) }
        }
        switch answer {
        case .failure(let obstacle):
            return .refused(obstacle.refusal(of: .system(keeper.system, settings.dispatch.couriers)))
        case .success(let levels):
            let told = levels.filter { warehouse.isEmpty || $0.warehouse.isEmpty || $0.warehouse == warehouse }
            let look = StockLook(
                system: keeper.system, warehouse: warehouse, askedAt: clock.now(),
                lines: Self.stockLines(of: order, told))
            return .told(look)
        }
    }

    /// An article may be on several lines, and a warehouse may tell of it in several parts.
    private static func stockLines(of order: Order, _ levels: [StockLevel]) -> [StockLine] {
        let wanted = Dictionary(order.lines.values.map { ($0.sku, $0.units) }, uniquingKeysWith: +)
        let bySKU = Dictionary(levels.map { ($0.sku, $0) }) { first, next in
            var sum = first
            sum.quantity += next.quantity
            sum.lockQuantity += next.lockQuantity
            return sum
        }
        return order.lines.values.map { line in
            let units = wanted[line.sku] ?? line.units
            let level = bySKU[line.sku]
            let verdict: StockLine.Verdict =
                switch level {
                case nil: .untold
                // What is locked for the order is frozen, and no more free.
                case let level? where order.locked != nil: level.lockQuantity >= units ? .reserved : .notReserved
                case let level?: level.quantity >= units ? .enough : .short
                }
            return StockLine(line: line, wanted: units, level: level, verdict: verdict)
        }
    }

    private static let noTimeForStock = Refusal(
        code: "stockNotPossible",
        text: Text(
            chinese: "现在不能查询库存：订单还没有付款，或者已经打包、结束",
            english: "Stock cannot be asked for now: the order is not paid yet, or is packed or over"),
        nextStep: Text(
            chinese: "付款之后、打包之前可以查询；请回到订单查看当前状态",
            english: "It can be asked for between payment and packing; go back to see where the order is"))

    private static let noStockKeeper = Refusal(
        code: "stockNotPossible",
        text: Text(
            chinese: "没有接入可以查询库存的仓库系统",
            english: "No warehouse system that can be asked for stock is connected"),
        nextStep: Text(
            chinese: "请直接联系仓库；管理员可以在接入文档里接入仓库系统",
            english: "Ask the warehouse yourself; whoever looks after the hub can add it to the connectors document"))
}

extension StockObstacle {
    private static let later = Text(
        chinese: "请过几分钟再问；着急的话直接联系仓库", english: "Ask again in a few minutes, or speak with the warehouse itself")
    private static let soon = Text(chinese: "请过几秒再问一次", english: "Ask again in a few seconds")

    /// What is said to whoever asked, with what to do.
    fileprivate func refusal(of system: Text) -> Refusal {
        let (text, nextStep) = words(system)
        return Refusal(code: "stockNotTold", text: text, nextStep: nextStep)
    }

    private func words(_ system: Text) -> (Text, Text) {
        switch self {
        case .down(let next):
            let text = Text(
                chinese: "对 \(system.chinese) 的调用正在失败，系统会自动重试",
                english: "calls to \(system.english) are failing; the hub keeps trying by itself")
            return (text, next.map { Self.after($0) } ?? Self.later)
        case .full(let until):
            let text = Text(
                chinese: "\(system.chinese) 的调用次数已用完，或者对方要求暂停",
                english: "The quota of \(system.english) is used up, or it asked to be left alone")
            return (text, Self.after(until))
        case .sameOrder:
            return (Text(chinese: "这个订单的库存正在查询", english: "The stock for this order is being asked for"), Self.soon)
        case .crowded:
            return (Text(chinese: "正在查询的订单太多", english: "Too many orders are being asked about"), Self.soon)
        case .tooLate:
            return (
                Text(
                    chinese: "\(system.chinese) 十秒内没有回答", english: "\(system.english) did not answer within ten seconds"
                ), Self.later
            )
        case .problem(let problem): return Self.words(problem, system)
        }
    }

    private static func words(_ problem: StockProblem, _ system: Text) -> (Text, Text) {
        let detail = cut(problem.detail, toBytes: 300)
        switch problem.kind {
        case .refused:
            return (
                Text(
                    chinese: "\(system.chinese) 拒绝了查询：\(detail)",
                    english: "\(system.english) refuses to tell: \(detail)"),
                Text(
                    chinese: "请把这句话转告负责系统接入的同事，并直接联系仓库",
                    english: "Tell these words to whoever looks after the hub, and speak with the warehouse itself")
            )
        case .unreachable:
            let text = Text(
                chinese: "连不上 \(system.chinese)：\(detail)", english: "\(system.english) cannot be reached: \(detail)")
            return (text, later)
        case .noAnswer:
            return (
                Text(
                    chinese: "\(system.chinese) 没有给出能读懂的回答：\(detail)",
                    english: "\(system.english) did not answer: \(detail)"), later
            )
        }
    }

    private static func after(_ moment: Instant) -> Text {
        let civil = moment.civil(offsetSeconds: 28_800)
        let time = "\(civil.dateText) \(civil.timeText)"
        return Text(
            chinese: "请在 \(time) 之后再问；着急的话直接联系仓库",
            english: "Ask again after \(time), or speak with the warehouse itself")
    }
}
