import HydrantConnectorKit
import HydrantCore

/// One request carried out by a partner.
struct Deed {
    let request: InstructionRequest
    let now: Instant
    private(set) var facts: [ReportedFact] = []
    private(set) var reports: [Partners.Report] = []

    init(request: InstructionRequest, now: Instant) {
        self.request = request
        self.now = now
    }

    private var order: String { request.order.number }

    /// What the partner says instead of doing it; nil when it does it.
    func refusal(by world: Partners.WorldOrder) -> InstructionResult? {
        switch request.instruction.kind {
        case .checkCredit where world.fate.credit == .neverAnswered:
            .retryable(detail: "the clerk is away", after: nil)
        case .cancelDelivery where !world.handedOver.isEmpty: .refused(detail: "it has left the house")
        default: nil
        }
    }

    mutating func carryOut(_ world: inout Partners.WorldOrder, _ state: inout Partners.State) {
        switch request.instruction.kind {
        case .createReplacement, .pushPurchase, .repriceFreight, .tellReceiver: break
        case .checkCredit:
            answer(
                .creditChecked(CreditCheck(isPassed: world.fate.credit == .passes, level: "A", returnRatePermille: 20)))
        case .createDelivery: prepareDelivery(world, &state)
        case .cancelDelivery: world.isCancelled = true
        case .createWaybill: makeWaybill(&world, &state)
        case .queryTrace: answerTrace(world)
        case .issueInvoice:
            let amount = request.order.linesMinor
            answer(.invoiceIssued(MoneyEntry(id: "I-\(order)", amountMinor: amount)))
            answer(.revenueRecognised(MoneyEntry(id: "R-\(order)", amountMinor: amount)))
        case .registerWarranty: answer(.warrantyRegistered(until: now + .hours(24 * 365)))
        case .notifyCustomer:
            if let touchpoint = Touchpoint(rawValue: request.instruction.target) {
                answer(.touchpointSent(kind: touchpoint, isAccepted: true))
            }
        case .voidWaybill, .findWaybill, .readdressWaybill, .subscribeTrace, .askKeeper, .placeCall, .pauseDelivery,
            .resumeDelivery:
            break
        }
    }

    private mutating func answer(_ body: FactBody) {
        facts.append(
            ReportedFact(
                messageID: "\(body.kind.rawValue):\(request.instruction.key)", order: order, occurredAt: now, body: body
            ))
    }

    private mutating func prepareDelivery(_ world: Partners.WorldOrder, _ state: inout Partners.State) {
        let stockAt = now + state.random.within(.minutes(1) ... .minutes(20))
        reports.append(Partners.Report(order: order, at: stockAt, content: .stock))
        guard world.fate.hasStock, world.fate.isPacked else { return }
        for (index, items) in split(into: world.fate.parcels).enumerated() {
            let plan = Partners.ParcelPlan(id: "\(order)-\(index + 1)", items: items)
            let at = stockAt + state.random.within(.minutes(3) ... .minutes(60))
            reports.append(Partners.Report(order: order, at: at, content: .packing(plan)))
        }
    }

    /// The contents of the parcels. A gift travels with the line it belongs to.
    private func split(into count: Int) -> [[ParcelItem]] {
        let lines = request.order.lines.values
        let sold = lines.filter { !$0.isGift }
        func items(_ sold: [Line]) -> [ParcelItem] {
            let ids = Set(sold.map(\.id))
            return (sold + lines.filter { $0.isGift && ids.contains($0.giftFor) }).map {
                ParcelItem(line: $0.id, units: $0.units)
            }
        }
        guard count > 1, sold.count > 1 else { return [items(sold)] }
        return [items([sold[0]]), items(Array(sold.dropFirst()))]
    }

    private mutating func makeWaybill(_ world: inout Partners.WorldOrder, _ state: inout Partners.State) {
        let parcel = request.instruction.target
        state.lastWaybill += 1
        let number = "SF" + paddedDecimal(state.lastWaybill, width: 10)
        world.waybills[parcel] = number
        answer(.trackingReported(Tracking(parcel: parcel, courier: "sf", channel: "sf", number: number)))
        guard world.packed.contains(parcel) else { return }
        let at = now + state.random.within(.minutes(5) ... .minutes(60))
        reports.append(Partners.Report(order: order, at: at, content: .departure(parcel: parcel)))
    }

    /// The courier's whole list up to now.
    private mutating func answerTrace(_ world: Partners.WorldOrder) {
        let parcel = String(request.instruction.parcel.prefix { $0 != "@" })
        let scans = (world.scans[parcel] ?? []).filter { $0.at <= now }
        answer(
            .traceReported(
                Trace(parcel: parcel, number: world.waybills[parcel] ?? "", scans: scans, isComplete: true)))
    }
}
