// Returns and exchanges of an order, line by line. What was said is a join of facts; which goods count for which return
// follows from it: requests that name lines are served in the order in which they were made, never beyond what was
// bought, and a request that names none takes what is left of the lines that were paid for.

/// Units of one line that come back.
package struct ReturnedLine: Hashable, Sendable {
    package var line: String
    package var units: Int

    package init(line: String, units: Int) {
        self.line = line
        self.units = units
    }
}

/// What was said of a return or an exchange that names its lines.
package struct ReturnRequest: Hashable, Sendable {
    package var isExchange: Bool
    package var reason: String
    package var lines: [ReturnedLine]
}

/// One return or exchange of an order, and the goods that count for it.
package struct OrderReturn: Hashable, Sendable {
    /// Empty for the one of everything that no other names.
    package let id: String
    package let isExchange: Bool
    package let reason: String
    package let asked: Evidence
    /// What comes back.
    package var goods: [ReturnedLine] = []
    /// What was named beyond what was bought and not yet returned, or of lines that the order does not have.
    package var unfit: [ReturnedLine] = []
    /// What is to be given back for it; nothing for an exchange.
    package var refundMinor: Int64 = 0
    /// What is to be given back for it and all that were asked for before.
    package var dueMinor: Int64 = 0
    /// From when on answers about it count: it was asked for again, or more of it, after what was answered before.
    package var since = Instant(milliseconds: .min)
    /// The customer keeps the goods after all: they can come back another time, and nobody owes anything for it.
    package var isKept = false

    /// Whether it named no lines.
    package var isWhole: Bool { id.isEmpty }
    /// Whether money is given back for it.
    var isForMoney: Bool { !isExchange && !isKept }
}

/// One of the words about a return.
struct ReturnWord: Hashable, Sendable {
    let evidence: Evidence
    /// When it was said, and not after it was heard: a sender's clock may be ahead of those of who answers.
    let at: Instant
    let isExchange: Bool
    let units: [String: Int]

    /// Whether it named all the units that another names.
    fileprivate func covers(_ other: ReturnWord) -> Bool {
        other.units.allSatisfy { units[$0.key, default: 0] >= $0.value }
    }
}

extension Order {
    /// Merges what a fact says about a return. A later word under the same id corrects the earlier one.
    mutating func takeReturn(_ request: ReturnRequest, id: String, _ fact: Fact) {
        let evidence = fact.evidence
        let units = request.lines.summed.map { ($0.line, $0.units) }
        let word = ReturnWord(
            evidence: evidence, at: min(evidence.at, fact.receivedAt), isExchange: request.isExchange,
            units: Dictionary(units, uniquingKeysWith: max))
        guard !request.lines.isEmpty else { return wholeWords.insertInOrder(word) }
        let id = Self.returnID(id, evidence)
        returnRequests.merge(id, request, evidence)
        // A word that names no more than an earlier one says nothing about since when so much was named.
        var words = returnWords[id] ?? []
        guard !words.contains(where: { $0.evidence < evidence && $0.covers(word) }) else { return }
        words.removeAll { evidence < $0.evidence && word.covers($0) }
        words.insertInOrder(word)
        returnWords[id] = words
    }

    /// Remembers that the customer keeps what a return without lines was about.
    mutating func takeKept(_ resolution: TaskResolution, of task: String, _ evidence: Evidence) {
        guard task == OrderReturn.wholeArrival, resolution.answers["action"] == Self.keptAnswer else { return }
        wholeKeptLast = max(wholeKeptLast ?? evidence.at, evidence.at)
    }

    /// The first message that asked for a return of the whole order.
    var returnedWhole: Evidence? { wholeWords.first?.evidence }

    /// The words about the whole order since the customer last kept it; all where it was not asked for again.
    var wholeRound: [ReturnWord] {
        guard let kept = wholeKeptLast else { return wholeWords }
        let again = wholeWords.filter { $0.at > kept }
        return again.isEmpty ? wholeWords : again
    }

    /// From when on answers about the return of the whole order count.
    var wholeSince: Instant {
        let round = wholeRound
        guard round.count < wholeWords.count, let begin = round.map(\.at).min() else {
            return Instant(milliseconds: .min)
        }
        return begin
    }

    /// Since when as much of each line was named as the last word names; answers from before the first word count.
    private func namedSince(_ id: String, _ lines: [ReturnedLine]) -> Instant {
        guard let words = returnWords[id], words.count > 1 else { return Instant(milliseconds: .min) }
        let reached = lines.summed.map { wanted in
            words.firstIndex { $0.units[wanted.line, default: 0] >= wanted.units } ?? 0
        }
        guard let last = reached.max(), last > 0 else { return Instant(milliseconds: .min) }
        return words[last].at
    }

    /// What was answered about a return; nothing, where that was before it was asked for anew.
    func answer(_ task: String, of item: OrderReturn) -> TaskResolution? { resolution(of: task, since: item.since) }

    private static func returnID(_ id: String, _ evidence: Evidence) -> String {
        (id.isEmpty ? "\(evidence.source)/\(evidence.messageID)" : id).shortReturnID
    }

    /// Whether a return is known under the id with which a fact names it.
    func isAskedReturn(_ id: String, _ evidence: Evidence) -> Bool {
        returnRequests.entry(Self.returnID(id, evidence)) != nil
    }

    /// The returns and exchanges that were asked for, the one without lines last.
    ///
    /// - Parameter other: one that is left out, as if nobody had asked for it.
    package func orderReturns(besides other: String? = nil) -> [OrderReturn] {
        guard returnAsked != nil else { return [] }
        var left = Dictionary(uniqueKeysWithValues: lines.values.map { ($0.id, $0.units) })
        var found: [OrderReturn] = []
        for entry in returnRequests.entries.sorted(by: { $0.evidence < $1.evidence }) where entry.id != other {
            var item = OrderReturn(
                id: entry.id, isExchange: entry.value.isExchange, reason: entry.value.reason, asked: entry.evidence)
            item.since = namedSince(entry.id, entry.value.lines)
            item.isKept = isKept(item)
            for wanted in entry.value.lines.summed {
                let units = min(wanted.units, left[wanted.line] ?? 0)
                if !item.isKept { left[wanted.line] = (left[wanted.line] ?? 0) - units }
                if units > 0 { item.goods.append(ReturnedLine(line: wanted.line, units: units)) }
                guard units < wanted.units else { continue }
                item.unfit.append(ReturnedLine(line: wanted.line, units: wanted.units - units))
            }
            found.append(item)
        }
        let round = wholeRound
        if let asked = round.first(where: \.isExchange) ?? round.first {
            var rest = OrderReturn(
                id: "", isExchange: asked.isExchange, reason: returnAsked?.value ?? "", asked: asked.evidence)
            rest.since = wholeSince
            rest.goods = soldLines.compactMap { line in
                let units = left[line.id] ?? 0
                return units > 0 ? ReturnedLine(line: line.id, units: units) : nil
            }
            rest.isKept = isKept(rest)
            if !rest.goods.isEmpty || found.isEmpty || lines.isEmpty { found.append(rest) }
        }
        return priced(found)
    }

    private func isKept(_ item: OrderReturn) -> Bool {
        answer(item.arrivalTask, of: item)?.answers["action"] == Self.keptAnswer
    }

    /// Since when the customer keeps what a return without lines was about; nil where it comes back.
    var wholeKeptAt: Instant? {
        guard let said = taskResolutions.entry(OrderReturn.wholeArrival), said.evidence.at >= wholeSince,
            said.value.answers["action"] == Self.keptAnswer
        else { return nil }
        return said.evidence.at
    }

    /// What of each line was bought and is neither returned nor exchanged, in the order of the lines.
    ///
    /// - Parameter other: a return that is left out, because its words are about to be corrected.
    package func returnable(besides other: String? = nil) -> [(line: Line, units: Int)] {
        var gone: [String: Int] = [:]
        for item in orderReturns(besides: other) where !item.isKept {
            for good in item.goods { gone[good.line, default: 0] += good.units }
        }
        return lines.values.map { ($0, $0.units - gone[$0.id, default: 0]) }
    }

    private var soldLines: [Line] { lines.values.filter { !$0.isGift } }

    // MARK: - Money

    private func priced(_ returns: [OrderReturn]) -> [OrderReturn] {
        var priced = returns
        var units: [String: Int] = [:]
        var due: Int64 = 0
        for index in priced.indices {
            if priced[index].isForMoney {
                for good in priced[index].goods { units[good.line, default: 0] += good.units }
                let sum = refundDue(for: units)
                priced[index].refundMinor = sum - due
                due = sum
            }
            priced[index].dueMinor = due
        }
        return priced
    }

    /// What was paid for goods that come back: each line's share of its price, and everything that was paid, with the
    /// freight, once every line that was paid for comes back whole.
    func refundDue(for units: [String: Int]) -> Int64 {
        let sold = soldLines
        if !sold.isEmpty, sold.allSatisfy({ units[$0.id, default: 0] >= $0.units }) { return paidMinor }
        let sum = lines.values.reduce(0) { sum, line in
            sum + line.priceMinor * Int64(min(line.units, units[line.id, default: 0])) / Int64(max(1, line.units))
        }
        return min(sum, paidMinor)
    }

    /// What is to be given back for all lines that come back; nil while no return names lines: what was agreed for the
    /// whole order is known to finance alone.
    package var refundDueMinor: Int64? { refundDueMinor(of: orderReturns()) }

    /// The same, where the order's returns are at hand.
    package func refundDueMinor(of returns: [OrderReturn]) -> Int64? {
        guard returns.contains(where: { !$0.isWhole && $0.isForMoney }) else { return nil }
        return returns.last?.dueMinor
    }

    // MARK: - What is open

    /// Whether something of a return is open: money, other goods, or the goods on their way back.
    package func isOpen(_ item: OrderReturn) -> Bool { isOpen(item, of: orderReturns()) }

    private func isOpen(_ item: OrderReturn, of returns: [OrderReturn]) -> Bool {
        guard runs(.returnExchange) else { return true }
        guard !item.isKept else { return false }
        if item.isExchange ? !isReplaced(item) : isUnpaid(item, of: returns) { return true }
        return !isBack(item)
    }

    private func isReplaced(_ item: OrderReturn) -> Bool {
        guard !item.goods.isEmpty else { return !(item.isWhole && lines.isEmpty) }
        let targets = isCoveredByWhole(item) ? ["", item.id] : [item.id]
        return issued.contains { entry in
            guard entry.instruction.kind == .createReplacement, targets.contains(entry.instruction.target) else {
                return false
            }
            return entry.answer?.value.outcome == .done || isDoneByHand(entry) || isNotNeeded(entry)
        }
    }

    private func isNotNeeded(_ entry: IssuedInstruction) -> Bool {
        taskResolutions[Order.taskID(of: entry.instruction.key)]?.answers["action"] == "notNeeded"
    }

    /// Whether the goods are back, or need not come.
    package func isBack(_ item: OrderReturn) -> Bool {
        if answer(item.wayBackTask, of: item)?.answers["how"] == "none" { return true }
        return answer(item.arrivalTask, of: item) != nil || !hasLeft
    }

    /// Whether anything has left that could come back.
    var hasLeft: Bool { parcels.contains { $0.shipped != nil || $0.signed != nil } }

    var hasOpenReturn: Bool {
        let returns = orderReturns()
        return returns.contains { isOpen($0, of: returns) }
    }

    /// Whether every line that was paid for came back or was exchanged.
    var isGivenBackWholly: Bool {
        guard returnAsked != nil, !lines.isEmpty else { return false }
        return returnable().allSatisfy { $0.line.isGift || $0.units == 0 }
    }

    /// When the last word was said by which an order that came back wholly is settled: of the returns, of what people
    /// answered about them, or of the money; nil while something stays with the customer, or is open.
    var givenBackAt: Instant? {
        guard isGivenBackWholly, !hasOpenReturn else { return nil }
        let asked = orderReturns().filter { !$0.isKept }.map(\.asked.at)
        let said = taskResolutions.entries.filter { $0.id.hasPrefix("return:") }.map(\.evidence.at)
        return (asked + said + refunds.entries.map(\.evidence.at)).max()
    }

    // MARK: - Words

    /// Why these lines cannot come back; nil when they can.
    func obstacle(toReturning wanted: [ReturnedLine], besides other: String? = nil) -> Text? {
        let left = Dictionary(uniqueKeysWithValues: returnable(besides: other).map { ($0.line.id, $0) })
        for item in wanted.summed {
            guard let (line, units) = left[item.line] else {
                return Text(chinese: "订单里没有商品行 \(item.line)", english: "The order has no line \(item.line)")
            }
            if units == 0 {
                return Text(
                    chinese: "商品行 \(line.id)（\(line.sku)）已全部登记退换",
                    english: "All of line \(line.id) (\(line.sku)) is returned or exchanged already")
            }
            guard item.units > units else { continue }
            return Text(
                chinese: "商品行 \(line.id)（\(line.sku)）最多还可退换 \(units) 件",
                english: "At most \(units) of line \(line.id) (\(line.sku)) can still come back")
        }
        return nil
    }

    /// What comes back, by article: `LF9001 × 2、AF2506 × 1`.
    package func goodsText(_ item: OrderReturn) -> Text {
        goodsText(item.goods)
            ?? (item.isWhole
                ? Text(chinese: "整个订单", english: "the whole order")
                : Text(chinese: "订单里没有的商品", english: "goods that the order does not have"))
    }

    /// Goods by article; nil where there are none.
    func goodsText(_ goods: [ReturnedLine]) -> Text? {
        let shown = 8
        let parts = goods.prefix(shown).map { "\(lines[$0.line]?.sku ?? $0.line) × \($0.units)" }
        let more = goods.count - parts.count
        let rest = more > 0 ? Text(chinese: " 等 \(goods.count) 行", english: " and \(more) more lines") : nil
        guard !parts.isEmpty else { return nil }
        return Text(
            chinese: parts.joined(separator: "、") + (rest?.chinese ?? ""),
            english: parts.joined(separator: ", ") + (rest?.english ?? ""))
    }
}

extension OrderReturn {
    package var wayBackTask: String { isWhole ? "return:way-back" : "return:way-back:\(id)" }
    package var arrivalTask: String { isWhole ? Self.wholeArrival : "return:arrival:\(id)" }
    fileprivate static let wholeArrival = "return:arrival"
}

extension [ReturnWord] {
    fileprivate mutating func insertInOrder(_ word: ReturnWord) {
        insert(word, at: firstIndex { word.evidence < $0.evidence } ?? endIndex)
    }
}

extension [ReturnedLine] {
    /// Each line once, where it was named first.
    fileprivate var summed: [ReturnedLine] {
        unitsByName(map { ($0.line, $0.units) }).map { ReturnedLine(line: $0.name, units: $0.units) }
    }
}

/// Each name once, where it stood first, with all its units. Looks at each name a few times, however many there are.
package func unitsByName<Name: Hashable>(_ items: [(name: Name, units: Int)]) -> [(name: Name, units: Int)] {
    var sums: [(name: Name, units: Int)] = []
    var places: [Name: Int] = [:]
    for item in items {
        if let place = places[item.name] {
            sums[place].units += item.units
        } else {
            places[item.name] = sums.count
            sums.append(item)
        }
    }
    return sums
}

extension String {
    /// At most 100 bytes, so that ids that begin with it stay short; different texts give different ones.
    fileprivate var shortReturnID: String {
        guard utf8.count > 100 else { return self }
        var head = ""
        for character in self {
            guard head.utf8.count + character.utf8.count <= 79 else { break }
            head.append(character)
        }
        return head + "~" + String(returnHash, radix: 16)
    }

    /// Different for different texts, as far as anybody will ever see.
    var returnHash: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
