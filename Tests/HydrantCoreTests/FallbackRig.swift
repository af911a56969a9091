import HydrantCore
import HydrantTesting
import Testing

/// An order with packed parcels, told about in short sentences.
struct FallbackRig {
    let settings: Settings
    private(set) var scenario: Scenario
    let begin = OrderStory.standardBegin
    private(set) var now = OrderStory.standardBegin
    private var messages = 0

    static func settings(channels: [String], keeper: Bool = false) -> Settings {
        let request = Flow.Request(afterState: 3, kind: .createWaybill, system: channels[0])
        var settings = Settings(flow: Flow(steps: Flow.watching.steps, requests: [request]))
        settings.dispatch.chains = [.init(courier: "courier", channels: channels)]
        if keeper { settings.dispatch.keeper = .init(system: "sms") }
        return settings
    }

    init(_ settings: Settings, parcels: Int = 1) throws {
        self.settings = settings
        scenario = Scenario(settings: settings)
        let lines = (1...parcels).map { Line(id: "\($0)", sku: "S", priceMinor: 100) }
        try say(.orderPlaced(OrderHeader(payableMinor: 100, lines: lines)))
        for parcel in 1...parcels {
            try say(.parcelPacked(Packing(parcel: "SO-1-\(parcel)", items: [ParcelItem(line: "\(parcel)", units: 1)])))
        }
        try say(.paymentReported(Payment(id: "P", amountMinor: 100)))
        try say(.creditChecked(CreditCheck(isPassed: true)))
        try say(.inventoryLocked(InventoryLock()))
    }

    var order: Order { scenario.order }
    var issued: [Instruction] { order.issued.map(\.instruction) }
    var live: String? { order.liveWaybill(of: order.parcels[0])?.number }
    var sets: [TrackingSet] { order.parcelStandings(settings, now: now).map(\.set) }
    var findings: [Verdict] {
        order.findings(settings: settings, now: now).filter { $0.kind == .twoLiveWaybills }.map(\.verdict)
    }

    /// What was asked and not answered, as "system verb target"; without what needs no sending any more.
    var open: [String] {
        order.issued.filter { $0.answer == nil && order.isStillWanted($0.instruction, settings) }
            .map { Self.text($0.instruction) }
    }

    static func text(_ instruction: Instruction) -> String {
        let verb =
            switch instruction.kind {
            case .createWaybill: "create"
            case .findWaybill: "find"
            case .voidWaybill: "void"
            default: "ask"
            }
        return "\(instruction.system) \(verb) \(instruction.target)"
    }

    mutating func say(_ body: FactBody, from source: String = "shop") throws {
        messages += 1
        now = now + 1
        try scenario.given(
            Fact(
                source: source, messageID: "m\(messages)", order: "SO-1", occurredAt: now, receivedAt: now, body: body))
    }

    /// Answers the first open instruction whose text begins so.
    mutating func answer(
        _ begin: String, _ outcome: InstructionAnswer.Outcome, _ refusal: RefusalClass? = nil
    ) throws {
        let entry = order.issued.first { $0.answer == nil && Self.text($0.instruction).hasPrefix(begin) }
        try answer(key: try #require(entry, "no open \(begin)").instruction.key, outcome, refusal)
    }

    mutating func answer(
        key: String, _ outcome: InstructionAnswer.Outcome, _ refusal: RefusalClass? = nil, at moment: Instant? = nil
    ) throws {
        guard let instruction = issued.first(where: { $0.key == key }) else { return }
        let body = FactBody.instructionAnswered(
            InstructionAnswer(
                key: key, kind: instruction.kind, outcome: outcome, detail: "d", refusal: refusal))
        guard let moment else { return try say(body, from: instruction.system) }
        messages += 1
        try scenario.given(
            Fact(
                source: instruction.system, messageID: "m\(messages)", order: "SO-1", occurredAt: moment,
                receivedAt: now, body: body))
    }

    /// A number becomes known, as the end of that channel's open try or of another instruction.
    mutating func number(_ parcel: String, _ number: String, by channel: String, closing begin: String? = nil) throws {
        try say(
            .trackingReported(Tracking(parcel: parcel, courier: "courier", channel: channel, number: number)),
            from: channel)
        let text = begin ?? "\(channel) create \(parcel)"
        if order.issued.contains(where: { $0.answer == nil && Self.text($0.instruction).hasPrefix(text) }) {
            try answer(text, .done)
        }
    }

    /// Time passes, and the hub tells itself what follows.
    mutating func pass(to moment: Instant) throws {
        now = max(now, moment)
        for (id, body) in order.dueDispatchFacts(settings, now: now) {
            try scenario.given(
                Fact(source: "hydrant", messageID: id, order: "SO-1", occurredAt: now, receivedAt: now, body: body))
        }
    }
}
