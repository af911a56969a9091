// The playbook "return and exchange". The order is only partially completed from the moment that a return or an
// exchange is asked for. For goods that are to be exchanged the hub places the order that replaces them; both name each
// other, and the new one goes its own way through warehouse and courier. Each exchange has an order of its own. The way
// back of the goods and the refund are tasks.
//
//   step                   done by             its undo               receipt
//   place the replacement  replacement.create  cancelling that order  the hub's own answer
//   order the goods        purchase.push       by the buyer           the answer of the system that buys
//   the way back           a task              the task               its answer, with courier and number
//   the arrival            a task              the task               the warehouse's answer
//   the refund             a task              the task               the refund that finance reports

extension Order {
    /// Under which name the hub carries out what it asks of itself.
    package static let ownSystem = "hydrant"

    /// The number of the order that replaces the goods of an exchange: they are numbered as they were asked of the hub,
    /// so that a return that becomes known later changes none.
    package func replacementNumber(of exchange: String) -> String {
        var exchanges: [String] = []
        for entry in issued where entry.instruction.kind == .createReplacement {
            if !exchanges.contains(entry.instruction.target) { exchanges.append(entry.instruction.target) }
        }
        return "\(number)-R\((exchanges.firstIndex(of: exchange) ?? exchanges.count) + 1)"
    }

    /// The order that the hub placed for the goods that come in exchange; nil as long as there is none.
    package func replacement(of exchange: String) -> String? {
        let isPlaced = issued.contains {
            $0.instruction.kind == .createReplacement && $0.instruction.target == exchange
                && $0.answer?.value.outcome == .done
        }
        if isPlaced { return replacementNumber(of: exchange) }
        let isCovered = !exchange.isEmpty && orderReturns().contains { $0.id == exchange && isCoveredByWhole($0) }
        return isCovered ? replacement(of: "") : nil
    }

    /// What the replacement is placed with: the goods that come back, for the same receiver, and nothing to pay. Nil
    /// while it is not known what was sold.
    package func replacementHeader(of exchange: OrderReturn) -> OrderHeader? {
        guard var new = header?.value else { return nil }
        new.payableMinor = 0
        new.replaces = number
        new.receiver = receiver?.value ?? new.receiver
        new.lines = exchange.goods.compactMap { good in
            lines[good.line].map { Line(id: $0.id, sku: $0.sku, name: $0.name, units: good.units) }
        }
        return new.lines.isEmpty ? nil : new
    }

    /// The exchanges whose goods are known, each with the goods that its replacement holds.
    package var exchanges: [OrderReturn] {
        let all = orderReturns().filter { $0.isExchange && !$0.isKept }
        let covered = all.filter(isCoveredByWhole)
        return all.map { item in
            var item = item
            if item.isWhole {
                for good in covered.flatMap(\.goods) where lines[good.line]?.isGift == false { item.add(good) }
            } else if covered.contains(where: { $0.id == item.id }) {
                item.goods = item.goods.filter { lines[$0.line]?.isGift ?? true }
            }
            return item
        }.filter { !$0.goods.isEmpty }
    }

    /// Whether an exchange named its lines after the whole order was exchanged: its goods are in that replacement, and
    /// are placed no second time. One that was asked for after the customer kept the goods is another exchange.
    func isCoveredByWhole(_ item: OrderReturn) -> Bool {
        guard item.isExchange, !item.isWhole, wholeRound.contains(where: \.isExchange) else { return false }
        if let kept = wholeKeptAt, kept <= item.asked.at { return false }
        let asked = issued.filter { $0.instruction.kind == .createReplacement }
        return asked.contains { $0.instruction.target.isEmpty && $0.answer?.value.outcome != .refused }
            && !asked.contains { $0.instruction.target == item.id }
    }

    /// The replacements that were placed and that nobody is to get any more: the customer keeps the goods, wants money
    /// instead, or the order was cancelled before they came back.
    var idleReplacements: [String] {
        let placed = placedReplacements
        guard !placed.isEmpty else { return [] }
        let standing = standingExchanges
        let idle = placed.map(\.instruction.target).filter { !isStanding($0, standing) }
        return unitsByName(idle.map { (name: replacementNumber(of: $0), units: 1) }).map(\.name)
    }

    /// The replacements of exchanges whose goods are others than those that were placed, and what is wanted now.
    var changedReplacements: [(number: String, goods: [ReturnedLine])] {
        let placed = placedReplacements.filter { $0.goods != nil }
        guard !placed.isEmpty else { return [] }
        let exchanges = orderReturns().filter { $0.isExchange && !$0.isKept }
        let standing = standingExchanges
        var found: [(number: String, goods: [ReturnedLine])] = []
        for entry in placed where isStanding(entry.instruction.target, standing) {
            let number = replacementNumber(of: entry.instruction.target)
            let wanted = wantedGoods(of: entry.instruction.target, exchanges)
            guard wanted != entry.goods, !found.contains(where: { $0.number == number }) else { continue }
            found.append(
                (number, lines.values.compactMap { line in wanted[line.id].map { .init(line: line.id, units: $0) } }))
        }
        return found
    }

    private var placedReplacements: [IssuedInstruction] {
        issued.filter { entry in
            entry.instruction.kind == .createReplacement
                && (entry.answer?.value.outcome == .done || isDoneByHand(entry))
        }
    }

    private var standingExchanges: [OrderReturn] {
        orderReturns().filter { $0.isExchange && !$0.isKept && (cancelled == nil || isBack($0)) }
    }

    private func isStanding(_ target: String, _ standing: [OrderReturn]) -> Bool {
        standing.contains { $0.id == target || target.isEmpty && isCoveredByWhole($0) }
    }

    /// What the replacement of an exchange is to hold, units by lines.
    func wantedGoods(of target: String) -> [String: Int] {
        wantedGoods(of: target, orderReturns().filter { $0.isExchange && !$0.isKept })
    }

    private func wantedGoods(of target: String, _ exchanges: [OrderReturn]) -> [String: Int] {
        var units: [String: Int] = [:]
        for item in exchanges {
            let isOwn = item.id == target
            guard isOwn || target.isEmpty && isCoveredByWhole(item) else { continue }
            for good in item.goods where isOwn || lines[good.line]?.isGift == false {
                units[good.line, default: 0] += good.units
            }
        }
        return units
    }

    /// The task that asks for a replacement to be stopped, and the one that asks for other goods in it.
    static func idleTask(of number: String) -> String { "return:replacement:" + number }
    static func goodsTask(of number: String) -> String { goodsTaskPrefix + number }
    static let goodsTaskPrefix = "return:goods:"

    /// What a person did about a replacement: it holds what is wanted now, or nothing where it was stopped.
    mutating func takeGoods(_ resolution: TaskResolution, of task: String) {
        guard exchangeAsked != nil else { return }
        let action = resolution.answers["action"]
        for index in issued.indices where issued[index].instruction.kind == .createReplacement {
            let instruction = issued[index].instruction
            let number = replacementNumber(of: instruction.target)
            let isByHand = task == Self.taskID(of: instruction.key) && action == "doneByHand"
            if isByHand || task == Self.goodsTask(of: number) && issued[index].goods != nil {
                issued[index].goods = wantedGoods(of: instruction.target)
            } else if task == Self.idleTask(of: number), action == "stopped" {
                issued[index].goods = [:]
            }
        }
    }

    /// Whether an exchange still needs what the hub is to place or to have bought for it.
    func isForExchange(_ instruction: Instruction) -> Bool {
        let target = instruction.target
        guard instruction.kind == .createReplacement || !target.isEmpty && !target.hasPrefix("@") else {
            return !orderReturns().contains { $0.isWhole && $0.isExchange && $0.isKept }
        }
        return exchanges.contains { $0.id == target }
    }

    /// What a rule asks of whoever buys: the goods of each exchange once, where it does not speak of each occasion.
    func purchaseTargets(_ target: String) -> [String] {
        guard target.isEmpty else { return [target] }
        let known = exchanges.map(\.id)
        let isNamed = orderReturns().contains { $0.isExchange && !$0.isWhole }
        return known.isEmpty && !isNamed ? [target] : known
    }

    /// The exchange whose goods are to be bought.
    package func exchange(toBuy instruction: Instruction) -> OrderReturn? {
        let known = exchanges
        return known.first { $0.id == instruction.target }
            ?? known.last { "@\($0.asked.at.milliseconds)" == instruction.target }
    }

    func runs(_ playbook: Playbook) -> Bool {
        effectiveRulings.contains { $0.outcome == .matched && $0.playbooks.contains(playbook) }
    }

    /// The next instructions of the playbook; no hold of the order stops them, since they concern other orders.
    func returnWishes() -> [WantedInstruction] {
        guard exchangeAsked != nil, cancelled == nil, runs(.returnExchange), header != nil else { return [] }
        return exchanges.map {
            WantedInstruction(kind: .createReplacement, system: Self.ownSystem, target: $0.id)
        }
    }
}

extension OrderReturn {
    fileprivate mutating func add(_ good: ReturnedLine) {
        guard let index = goods.firstIndex(where: { $0.line == good.line }) else { return goods.append(good) }
        goods[index].units += good.units
    }
}
