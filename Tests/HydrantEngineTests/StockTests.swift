import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Synchronization
import Testing

/// A warehouse that tells its stock as a test wrote it down, and remembers what it was asked.
private final class PlayedKeeper: StockKeeper {
    private struct State {
        var asked: [String] = []
        var executor: SeededExecutor?
    }

    let system = "wms"
    private let levels: Result<[StockLevel], StockProblem>
    private let delivery: InstructionResult
    private let length: Milliseconds
    private let state = Mutex(State())

    /// - Parameters:
    ///   - delivery: how asking for a delivery ends.
    ///   - length: how long a question about stock takes.
    init(
        _ levels: Result<[StockLevel], StockProblem>, delivery: InstructionResult = .done(facts: [], detail: ""),
        length: Milliseconds = 0
    ) {
        self.levels = levels
        self.delivery = delivery
        self.length = length
    }

    var asked: [String] { state.withLock { $0.asked } }

    func join(_ executor: SeededExecutor) { state.withLock { $0.executor = executor } }

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        CallScope.notePlayed(delivery, after: CallScope.current?.calls ?? 0)
        return delivery
    }

    func find(_ request: InstructionRequest) async -> InstructionResult { await perform(request) }

    func stockLevels(
        skus: [String], warehouse: String, now: Instant
    ) async -> Result<[StockLevel], StockProblem> {
        let executor = state.withLock { state in
            state.asked.append("\(warehouse): \(skus.joined(separator: " "))")
            return state.executor
        }
        if length > 0 { await executor?.pass(length) }
        return levels
    }
}

struct StockTests {
    private static let levels = [
        StockLevel(sku: "A", warehouse: "W1", quantity: 1, lockQuantity: 2),
        StockLevel(sku: "A", warehouse: "", quantity: 1, lockQuantity: 1),
        StockLevel(sku: "A", warehouse: "W9", quantity: 70, lockQuantity: 70),
        StockLevel(sku: "B", warehouse: "W1", quantity: 1, lockQuantity: 0),
    ]

    private static let settings = EngineRig.asking([
        Flow.Request(afterState: 1, kind: .createDelivery, system: "wms")
    ])

    private static func rig(
        _ keeper: PlayedKeeper, options: HubOptions = EngineRig.options { $0.watchSlice = .seconds(1) }
    ) throws -> EngineRig {
        let rig = EngineRig(settings: settings, connectors: [keeper], options: options)
        keeper.join(rig.executor)
        try rig.start()
        return rig
    }

    /// A placed order of one article on two lines and of two others; paid unless it is said otherwise.
    private static func order(_ rig: EngineRig, _ number: String = "SO-1", isPaid: Bool = true) throws {
        let lines = [
            Line(id: "1", sku: "A", units: 2, priceMinor: 1_000),
            Line(id: "2", sku: "A", units: 1, isGift: true, giftFor: "1"),
            Line(id: "3", sku: "B"), Line(id: "4", sku: "C"),
        ]
        let header = OrderHeader(warehouse: "W1", payableMinor: 1_000, lines: lines)
        var facts = [rig.fact(.orderPlaced(header), order: number, id: "placed-\(number)")]
        if isPaid {
            let payment = Payment(id: "p", amountMinor: 1_000)
            facts.append(rig.fact(.paymentReported(payment), order: number, id: "paid-\(number)"))
        }
        _ = try rig.submit(facts)
        rig.advance(by: .seconds(1))
    }

    private static func trail(_ rig: EngineRig) throws -> [AuditRow] {
        try rig.read { try $0.auditRows(AuditFilter(action: "stock.asked"), before: .max, limit: 9) }
    }

    private static func ask(
        _ rig: EngineRig, _ number: String = "SO-1", in warehouses: Set<String>? = nil
    ) throws -> StockAnswer {
        let hub = try rig.hub
        return try rig.ask { try await hub.askStock(of: number, in: warehouses, actor: "user:ann") }
    }

    private static func verdicts(_ answer: StockAnswer) -> [String: StockLine.Verdict] {
        guard case .told(let look) = answer else { return [:] }
        return Dictionary(look.lines.map { ($0.line.id, $0.verdict) }, uniquingKeysWith: { first, _ in first })
    }

    private static func refusal(_ answer: StockAnswer) -> Refusal? {
        if case .refused(let refusal) = answer { refusal } else { nil }
    }

    @Test func `stock is judged for the whole order, of the order's warehouse alone, and only the trail keeps it`()
        throws
    {
        let keeper = PlayedKeeper(.success(Self.levels))
        let rig = try Self.rig(keeper)
        try Self.order(rig)
        let before = try rig.events().count
        let answer = try Self.ask(rig, in: ["W1", "W2"])
        #expect(Self.verdicts(answer) == ["1": .short, "2": .short, "3": .enough, "4": .untold])
        guard case .told(let look) = answer else { return }
        let first = try #require(look.lines.first { $0.line.id == "1" })
        #expect(first.wanted == 3 && first.level?.quantity == 2 && first.level?.lockQuantity == 3)
        #expect(look.system == "wms" && look.warehouse == "W1")
        #expect(keeper.asked == ["W1: A B C"])
        #expect(try rig.events().count == before)
        let rows = try Self.trail(rig)
        #expect(rows.map(\.entry.actor) == ["user:ann"] && rows.map(\.entry.object) == ["order:SO-1"])
    }

    @Test func `what is locked for the order has to be frozen`() throws {
        let keeper = PlayedKeeper(.success(Self.levels))
        let rig = try Self.rig(keeper)
        try Self.order(rig)
        _ = try rig.submit(rig.fact(.inventoryLocked(InventoryLock(warehouse: "W1")), id: "lock", from: "wms"))
        let verdicts = Self.verdicts(try Self.ask(rig))
        #expect(verdicts == ["1": .reserved, "2": .reserved, "3": .notReserved, "4": .untold])
    }

    @Test func `who does not answer within ten seconds is not waited for`() throws {
        let keeper = PlayedKeeper(.success(Self.levels), length: .seconds(30))
        let rig = try Self.rig(keeper)
        try Self.order(rig)
        let refusal = try #require(Self.refusal(try Self.ask(rig)))
        #expect(refusal.code == "stockNotTold" && refusal.text.english.contains("within ten seconds"))
        #expect(refusal.nextStep.chinese.contains("联系仓库"))
    }

    @Test(arguments: [
        (StockProblem.Kind.refused, "refuses to tell: S009 no"), (.unreachable, "cannot be reached: S009 no"),
        (.noAnswer, "did not answer: S009 no"),
    ])
    func `a system that tells nothing is quoted`(kind: StockProblem.Kind, words: String) throws {
        let rig = try Self.rig(PlayedKeeper(.failure(StockProblem(kind, detail: "S009 no"))))
        try Self.order(rig)
        let refusal = try #require(Self.refusal(try Self.ask(rig)))
        #expect(refusal.text.english.contains(words) && !refusal.nextStep.english.isEmpty)
    }

    @Test func `an order is asked about once at a time, and a system four times`() throws {
        let keeper = PlayedKeeper(.success(Self.levels), length: .seconds(2))
        let rig = try Self.rig(keeper)
        for number in 1...6 { try Self.order(rig, "SO-\(number)") }
        let hub = try rig.hub
        func told(_ numbers: [String]) throws -> [Bool] {
            try rig.ask {
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in numbers {
                        group.addTask {
                            let answer = try await hub.askStock(of: number, actor: "user:ann")
                            if case .told = answer { return true }
                            return false
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
        }
        #expect(try told(["SO-1", "SO-1", "SO-1"]).filter(\.self).count == 1)
        #expect(try told((1...6).map { "SO-\($0)" }).filter(\.self).count == 4)
        #expect(try told(["SO-6"]) == [true])
        #expect(keeper.asked.count == 6)
        // Who was turned away asked nobody anything.
        #expect(try Self.trail(rig).count == 6)
    }

    @Test func `a system that is down is not asked`() throws {
        let keeper = PlayedKeeper(.success(Self.levels), delivery: .ambiguous(detail: "no reply in time"))
        let rig = try Self.rig(keeper)
        for number in 1...20 { try Self.order(rig, "SO-\(number)") }
        let hub = try rig.hub
        var views = try rig.ask { try await hub.channels() }
        for _ in 1...60 where views.first?.lanes.first?.gate != .open {
            rig.advance(by: .seconds(1))
            views = try rig.ask { try await hub.channels() }
        }
        let refusal = try #require(Self.refusal(try Self.ask(rig)))
        #expect(refusal.text.english.contains("are failing") && refusal.nextStep.english.contains("Ask again after"))
        #expect(keeper.asked.isEmpty)
        #expect(try Self.trail(rig).isEmpty)
    }

    @Test func `questions count against the quota`() throws {
        let keeper = PlayedKeeper(.success(Self.levels))
        let options = EngineRig.options { $0.quotas = ["wms": ChannelQuota(perDay: 2)] }
        let rig = try Self.rig(keeper, options: options)
        // The delivery is the first call of the day.
        try Self.order(rig)
        #expect(!Self.verdicts(try Self.ask(rig)).isEmpty)
        let refusal = try #require(Self.refusal(try Self.ask(rig)))
        #expect(refusal.text.english.contains("quota") && keeper.asked.count == 1)
        #expect(try Self.trail(rig).count == 1)
    }

    @Test func `nobody is asked before payment, for another warehouse, or where nobody can be asked`() throws {
        let keeper = PlayedKeeper(.success(Self.levels))
        let rig = try Self.rig(keeper)
        try Self.order(rig, isPaid: false)
        let hub = try rig.hub
        #expect(Self.refusal(try Self.ask(rig))?.code == "stockNotPossible")
        let unpaid = try #require(try rig.order())
        #expect(!hub.canAskStock(of: unpaid, in: nil))
        try Self.order(rig, "SO-2")
        let paid = try #require(try rig.order("SO-2"))
        #expect(hub.canAskStock(of: paid, in: nil) && hub.canAskStock(of: paid, in: ["W1"]))
        #expect(!hub.canAskStock(of: paid, in: ["W2"]))
        guard case .unknown = try Self.ask(rig, "SO-2", in: ["W2"]) else {
            Issue.record("another warehouse's order is told of")
            return
        }
        guard case .unknown = try Self.ask(rig, "SO-9") else {
            Issue.record("an order is told of that is none")
            return
        }
        #expect(keeper.asked.isEmpty)
        let dumb = EngineRig(settings: Self.settings, connectors: [ScriptedConnector("wms")])
        try dumb.start()
        try Self.order(dumb)
        let order = try #require(try dumb.order())
        #expect(try !dumb.hub.canAskStock(of: order, in: nil))
        #expect(Self.refusal(try Self.ask(dumb))?.text.english.contains("No warehouse system") == true)
    }
}
