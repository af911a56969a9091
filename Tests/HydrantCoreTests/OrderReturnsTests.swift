import HydrantCore
import HydrantTesting
import Testing

/// Returns and exchanges by lines: what comes back, what is replaced, what is given back, and when it is settled.
@Suite struct OrderReturnsTests {
    private static let header = OrderHeader(
        shop: "tmall", customer: "C-1", warehouse: "W-1", payableMinor: 10_500,
        lines: [
            Line(id: "1", sku: "LF9001", units: 3, priceMinor: 10_000, freightMinor: 400),
            Line(id: "2", sku: "AF2506", units: 1, priceMinor: 100),
            Line(id: "3", sku: "GIFT", isGift: true, giftFor: "1"),
        ])

    private static func line(_ id: String, _ units: Int) -> ReturnedLine { ReturnedLine(line: id, units: units) }

    private static func asked(_ id: String, exchange: Bool = false, _ lines: ReturnedLine...) -> FactBody {
        .returnAsked(reason: "broken", isExchange: exchange, lines: lines, id: id)
    }

    /// An order whose parcel was signed for, and what was said after that.
    private static func told(_ bodies: [FactBody], shuffledBy seed: UInt64? = nil) throws -> Scenario {
        var settings = RuleTests.settings()
        settings.rules = RuleSet(ReturnExchangeTests.rules)
        var story = OrderStory()
        story.say(.orderPlaced(header), minute: 0)
        story.say(.paymentReported(Payment(id: "P", amountMinor: 10_500)), minute: 1)
        story.say(.parcelHandedOver(parcel: "SO-1-1"), minute: 2)
        for (index, body) in bodies.enumerated() { story.say(body, minute: Int64(100 + index)) }
        var facts = story.facts
        if let seed {
            var random = SplitMix64(seed: seed)
            facts = random.shuffledAndDoubled(facts)
        }
        var scenario = Scenario(settings: settings)
        for fact in facts { _ = try scenario.given(fact) }
        return scenario
    }

    private static func tasks(_ order: Order) -> [String] {
        order.standingTasks.map(\.need.id).filter { $0.hasPrefix("return:") }
    }

    private static func answered(_ scenario: Scenario, _ task: String, _ answers: [String: String]) throws -> Scenario {
        var scenario = scenario
        let now = OrderStory.standardBegin + .hours(30)
        let move = TaskMove(task: task, person: "li", step: .resolved(TaskResolution(answers: answers)))
        try scenario.given(
            Fact(
                source: "person:li", messageID: "answer-\(task)", order: "SO-1", occurredAt: now, receivedAt: now,
                body: .taskMoved(move)))
        return scenario
    }

    @Test func `a return of one unit expects its share of the price, and the order is settled when all is back`() throws
    {
        var scenario = try Self.told([Self.asked("R1", Self.line("1", 1))])
        let item = try #require(scenario.order.orderReturns().first)
        #expect(item.goods == [Self.line("1", 1)] && item.refundMinor == 3_333 && item.unfit.isEmpty)
        #expect(scenario.order.refundDueMinor == 3_333)
        #expect(Self.tasks(scenario.order) == ["return:way-back:R1", "return:refund"])
        let refund = try #require(scenario.order.standingTask("return:refund"))
        #expect(refund.need.reason.english.hasPrefix("33.33 is to be given back") && refund.need.owner == "finance")
        let way = try #require(scenario.order.standingTask("return:way-back:R1"))
        #expect(way.need.reason.chinese == "客户申请退货：LF9001 × 1；请安排退货运单")
        #expect(scenario.order.completion == .partiallyCompleted)
        #expect(!scenario.order.issued.contains { $0.instruction.kind == .createReplacement })
        scenario = try Self.told([
            Self.asked("R1", Self.line("1", 1)), .refundReported(MoneyEntry(id: "RF", amountMinor: 3_332)),
        ])
        #expect(Self.tasks(scenario.order) == ["return:way-back:R1", "return:refund"])
        scenario = try Self.told([
            Self.asked("R1", Self.line("1", 1)), .refundReported(MoneyEntry(id: "RF", amountMinor: 3_333)),
        ])
        #expect(Self.tasks(scenario.order) == ["return:way-back:R1"])
        scenario = try Self.answered(
            scenario, "return:way-back:R1", ["how": "sent", "courier": "SF", "number": "SF9"])
        #expect(Self.tasks(scenario.order) == ["return:arrival:R1"])
        #expect(scenario.order.standingTask("return:arrival:R1")?.need.owner == "warehouse")
        #expect(scenario.order.completion == .partiallyCompleted)
        scenario = try Self.answered(scenario, "return:arrival:R1", ["action": "complete"])
        #expect(Self.tasks(scenario.order).isEmpty && scenario.order.completion == .open)
    }

    @Test func `goods that need not come back are not waited for`() throws {
        var scenario = try Self.told([
            Self.asked("R1", Self.line("2", 1)), .refundReported(MoneyEntry(id: "RF", amountMinor: 100)),
        ])
        scenario = try Self.answered(scenario, "return:way-back:R1", ["how": "none", "why": "worth little"])
        #expect(Self.tasks(scenario.order).isEmpty && scenario.order.completion == .open)
    }

    @Test func `everything that comes back, at once or in parts, is the whole sum with its freight`() throws {
        let whole = try Self.told([Self.asked("R1", Self.line("1", 3), Self.line("2", 1))]).order
        #expect(whole.refundDueMinor == 10_500)
        let parts = try Self.told([
            Self.asked("R1", Self.line("1", 1)), Self.asked("R2", Self.line("1", 1)),
            Self.asked("R3", Self.line("1", 1), Self.line("2", 1)),
        ]).order
        #expect(parts.orderReturns().map(\.refundMinor) == [3_333, 3_333, 3_834])
        #expect(parts.refundDueMinor == 10_500 && parts.orderReturns().map(\.dueMinor) == [3_333, 6_666, 10_500])
        let settled = try Self.told([
            Self.asked("R1", Self.line("1", 3), Self.line("2", 1)),
            .refundReported(MoneyEntry(id: "RF", amountMinor: 10_500)),
        ])
        let back = try Self.answered(settled, "return:way-back:R1", ["how": "none", "why": "worth little"])
        #expect(back.order.completion == .completed)
    }

    @Test func `two exchanges of one order have an order each, with just their goods`() throws {
        let scenario = try Self.told([
            Self.asked("X1", exchange: true, Self.line("1", 1)), Self.asked("R2", Self.line("2", 1)),
            Self.asked("X3", exchange: true, Self.line("1", 2), Self.line("3", 1)),
        ])
        let order = scenario.order
        let replacements = order.issued.map(\.instruction).filter { $0.kind == .createReplacement }
        #expect(replacements.map(\.target) == ["X1", "X3"])
        #expect(replacements.map { order.replacementNumber(of: $0.target) } == ["SO-1-R1", "SO-1-R2"])
        let headers = order.exchanges.compactMap { order.replacementHeader(of: $0) }
        #expect(headers.map { $0.lines.map(\.sku) } == [["LF9001"], ["LF9001", "GIFT"]])
        #expect(headers.map { $0.lines.map(\.units) } == [[1], [2, 1]])
        #expect(headers.allSatisfy { $0.payableMinor == 0 && $0.replaces == "SO-1" })
        #expect(headers.flatMap(\.lines).allSatisfy { $0.priceMinor == 0 && !$0.isGift })
        let purchases = order.issued.map(\.instruction).filter { $0.kind == .pushPurchase }
        #expect(purchases.map(\.target) == ["X1", "X3"])
        #expect(purchases.map { order.exchange(toBuy: $0)?.id } == ["X1", "X3"])
        #expect(order.refundDueMinor == 100)
        #expect(
            Self.tasks(order)
                == ["return:way-back:X1", "return:way-back:R2", "return:refund", "return:way-back:X3"])
    }

    @Test func `an exchange is settled when its order is placed and its goods are back`() throws {
        let scenario = try Self.told([Self.asked("X1", exchange: true, Self.line("2", 1))])
        let item = try #require(scenario.order.orderReturns().first)
        #expect(scenario.order.isOpen(item) && scenario.order.replacement(of: "X1") == nil)
        let key = try #require(scenario.order.issued.first { $0.instruction.kind == .createReplacement })
        let answer = InstructionAnswer(
            key: key.instruction.key, kind: .createReplacement, outcome: .done, detail: "SO-1-R1")
        var placed = scenario
        let now = OrderStory.standardBegin + .hours(3)
        try placed.given(
            Fact(
                source: "hydrant", messageID: "a", order: "SO-1", occurredAt: now, receivedAt: now,
                body: .instructionAnswered(answer)))
        #expect(placed.order.replacement(of: "X1") == "SO-1-R1")
        #expect(placed.order.isOpen(item) && placed.order.completion == .partiallyCompleted)
        let settled = try Self.answered(placed, "return:way-back:X1", ["how": "none", "why": "worth little"])
        #expect(!settled.order.isOpen(item) && settled.order.completion == .open)
    }

    @Test func `a person returns no more of a line than was bought and not yet returned`() throws {
        let scenario = try Self.told([Self.asked("R1", Self.line("1", 2))])
        let now = OrderStory.standardBegin + .hours(3)
        func refusal(_ body: FactBody) -> String? {
            let fact = Fact(
                source: "person:li", messageID: "x", order: "SO-1", occurredAt: now, receivedAt: now, body: body)
            do throws(Refusal) {
                _ = try decide(scenario.order, fact, settings: scenario.settings, now: now)
                return nil
            } catch {
                return error.text.english
            }
        }
        #expect(refusal(Self.asked("R2", Self.line("1", 1))) == nil)
        let tooMany = "At most 1 of line 1 (LF9001) can still come back"
        #expect(refusal(Self.asked("R2", Self.line("1", 2))) == tooMany)
        #expect(refusal(Self.asked("R2", Self.line("1", 1), Self.line("1", 1))) == tooMany)
        #expect(refusal(Self.asked("R2", exchange: true, Self.line("9", 1))) == "The order has no line 9")
        // The same number corrects what was said under it.
        #expect(refusal(Self.asked("R1", Self.line("1", 3))) == nil)
        let none = try Self.told([Self.asked("R1", Self.line("1", 3))]).order
        #expect(none.returnable().map(\.units) == [0, 1, 1] && none.obstacle(to: .askReturn) == nil)
        let all = try Self.told([Self.asked("R1", Self.line("1", 3), Self.line("2", 1), Self.line("3", 1))]).order
        #expect(all.obstacle(to: .askReturn)?.english == "Everything is returned or exchanged already")
    }

    @Test func `a form names lines that can come back, at least one, and the whole order where it names none`() throws {
        let order = try Self.told([Self.asked("R1", Self.line("1", 3))]).order
        let now = OrderStory.standardBegin + .hours(3)
        func body(_ lines: [ReturnedLine]?) throws(Refusal) -> FactBody? {
            var request = ActionRequest(action: .askReturn, person: "li", reason: "broken", now: now)
            request.once = "7"
            request.isExchange = true
            request.lines = lines
            return try order.consequences(of: request).first
        }
        #expect(
            try body([Self.line("2", 1)])
                == .returnAsked(
                    reason: "broken", isExchange: true, lines: [Self.line("2", 1)], id: "return-li-7"))
        #expect(try body(nil) == .returnAsked(reason: "broken", isExchange: true))
        for lines in [[], [Self.line("1", 1)], [Self.line("2", 2)], [Self.line("9", 1)]] {
            do throws(Refusal) {
                _ = try body(lines)
                Issue.record("\(lines) was taken")
            } catch {
                #expect(error.code == "actionForm" && !error.nextStep.chinese.isEmpty)
            }
        }
    }

    @Test func `what systems say is taken in whatever it names, and counts no further than what was bought`() throws {
        let order = try Self.told([
            Self.asked("", Self.line("1", 2)), Self.asked("", Self.line("1", 2), Self.line("9", 1)),
        ]).order
        let returns = order.orderReturns()
        #expect(returns.map(\.id) == ["shop/m-4", "shop/m-5"])
        #expect(returns.map(\.goods) == [[Self.line("1", 2)], [Self.line("1", 1)]])
        #expect(returns[1].unfit == [Self.line("1", 1), Self.line("9", 1)])
        let task = try #require(order.standingTask(returns[1].wayBackTask))
        #expect(task.need.reason.english.hasSuffix("More than was bought, or not on the order: line 1 × 1, 9 × 1"))
        // Two systems that name one return by its number tell of one.
        let once = try Self.told([Self.asked("RMA", Self.line("1", 2)), Self.asked("RMA", Self.line("1", 2))]).order
        #expect(once.orderReturns().map(\.goods) == [[Self.line("1", 2)]])
    }

    @Test func `a return that names no lines takes what no other names`() throws {
        let whole = FactBody.returnAsked(reason: "", isExchange: false)
        let order = try Self.told([whole, Self.asked("X1", exchange: true, Self.line("1", 1))]).order
        #expect(order.orderReturns().map(\.id) == ["X1", ""])
        #expect(order.orderReturns()[1].goods == [Self.line("1", 2), Self.line("2", 1)])
        #expect(order.obstacle(to: .askReturn)?.english == "A return was asked for already")
        let alone = try Self.told([whole]).order
        #expect(alone.refundDueMinor == nil && Self.tasks(alone) == ["return:way-back", "return:refund"])
        #expect(alone.isOpen(alone.orderReturns()[0]))
    }

    @Test func `the goods of all returns are never more than was bought, in whatever order they became known`() throws {
        for seed in 0..<60 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var bodies: [FactBody] = []
            for number in 1...random.number(in: 1...5) {
                let lines = (0..<random.number(in: 0...3)).map { _ in
                    Self.line(random.pick(["1", "2", "3", "9"]), random.number(in: 1...3))
                }
                bodies.append(
                    .returnAsked(
                        reason: "", isExchange: random.chance(permille: 500), lines: lines,
                        id: random.pick(["", "R\(number)"])))
            }
            let order = try Self.told(bodies).order
            let returns = order.orderReturns()
            for line in order.lines.values {
                let units = returns.flatMap(\.goods).filter { $0.line == line.id }.reduce(0) { $0 + $1.units }
                #expect((0...line.units).contains(units), "seed \(seed)")
            }
            #expect(order.returnable().allSatisfy { $0.units >= 0 }, "seed \(seed)")
            #expect(returns.allSatisfy { $0.refundMinor >= 0 } && returns.last?.dueMinor ?? 0 <= order.paidMinor)
            #expect(returns.reduce(0) { $0 + $1.refundMinor } == returns.last?.dueMinor)
            let other = try Self.told(bodies, shuffledBy: seed + 1).order
            #expect(other.orderReturns() == returns, "seed \(seed)")
            #expect(other.refundDueMinor == order.refundDueMinor, "seed \(seed)")
        }
    }

    @Test func `a person hears that an order takes a hundred returns and exchanges`() throws {
        let bodies = (1...100).map { Self.asked("R\($0)", exchange: $0 > 50, Self.line("1", 1)) }
        func consequences(_ count: Int) throws -> [FactBody] {
            var request = ActionRequest(
                action: .askReturn, person: "li", reason: "broken", now: OrderStory.standardBegin + .hours(30))
            request.lines = [Self.line("2", 1)]
            return try Self.told(Array(bodies.prefix(count))).order.consequences(of: request)
        }
        #expect(try consequences(99).count == 2)
        let refusal = #expect(throws: Refusal.self) { _ = try consequences(100) }
        #expect(refusal?.code == "tooManyReturns" && refusal?.text.chinese.contains("最多登记 100 次") == true)
        #expect(refusal?.nextStep.english.hasPrefix("Open a ticket") == true)
    }

    @Test func `the units of a hundred times as many lines take a hundred times as many looks`() {
        final class Looks { var count = 0 }
        struct Name: Hashable {
            let number: Int
            let looks: Looks

            static func == (left: Name, right: Name) -> Bool {
                left.looks.count += 1
                return left.number == right.number
            }

            func hash(into hasher: inout Hasher) { hasher.combine(number) }
        }
        let looks = Looks()
        let sums = unitsByName((0..<20_000).map { (Name(number: $0 % 10_000, looks: looks), $0 / 10_000 + 1) })
        #expect(looks.count < 20 * 20_000)
        #expect(sums.map(\.name.number) == Array(0..<10_000) && sums.allSatisfy { $0.units == 3 })
    }

    @Test func `a very long number of a return stays short and its own`() throws {
        let long = String(repeating: "长", count: 90)
        var story = OrderStory()
        story.say(.orderPlaced(Self.header), minute: 0)
        var scenario = Scenario()
        try scenario.given(story.facts)
        for end in ["a", "b"] {
            try scenario.given(
                Fact(
                    source: "crm", messageID: long + end, order: "SO-1", occurredAt: nil,
                    receivedAt: OrderStory.standardBegin + .hours(1),
                    body: .returnAsked(reason: "", isExchange: false, lines: [Self.line("1", 1)])))
        }
        let ids = scenario.order.orderReturns().map(\.id)
        #expect(Set(ids).count == 2 && ids.allSatisfy { $0.utf8.count <= 100 })
    }
}
