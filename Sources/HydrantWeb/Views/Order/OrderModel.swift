package import HydrantCore
package import HydrantEngine
import HydrantStorage

/// What the page of one order is asked for, and what it found: the model.
package struct OrderModel: Sendable {
    package var number: String
    /// The moment to travel to; nil for now.
    package var asOf: Instant?
    package var filter: TimelineFilter
    /// The only system whose messages the timeline shows, and what was asked of it; nil for all.
    package var source: String?
    package var detail: OrderDetail
    /// The customer's other orders as they are now.
    package var related: RelatedOrders
    /// Empty for who may not read them.
    package var notes: [WrittenNote] = []
    /// The telephone systems that are connected.
    package var telephones: [String] = []
    /// The telephone from which whoever looks called last.
    package var agentTelephone = ""
    package var offers: [Offer] = []
    /// Whether whoever looks can have the warehouse asked for the order's stock now.
    package var canAskStock = false
    /// What can be printed for the order.
    package var papers: [PaperSight] = []
    /// How far the packing of the next parcel is; nil where every parcel with papers is packed.
    package var packing: PackSight?
    package var desk = DeskSettings()
    /// What the hub works by; tells who a playbook asks.
    package var settings = Settings()

    package init(
        number: String, asOf: Instant?, filter: TimelineFilter, detail: OrderDetail, related: RelatedOrders
    ) {
        self.related = related
        self.number = number
        self.asOf = asOf
        self.filter = filter
        self.detail = detail
    }

    /// Nil when no fact ever named the order.
    package static func load(
        _ number: String, asOf: Instant?, filter: TimelineFilter, from hub: Hub
    ) async throws -> OrderModel? {
        guard let detail = try await hub.orderDetail(number, asOf: asOf) else { return nil }
        // What else the customer ordered is told about now, and is not worth failing the page for.
        let viewer = Viewer.current
        let related = try? await hub.relatedOrders(
            of: detail.order, by: viewer.ties, scope: viewer.searchScope)
        var model = OrderModel(
            number: number, asOf: asOf, filter: filter, detail: detail, related: related ?? RelatedOrders())
        model.settings = hub.settings
        if viewer.sight(.notes) == .clear { model.notes = try await hub.notes(of: detail.order) }
        guard asOf == nil else { return model }
        model.telephones = hub.telephones
        if AccessTable.calling.contains(viewer.role), !model.telephones.isEmpty, let user = viewer.user {
            model.agentTelephone = try await hub.agentTelephone(of: user)
        }
        model.offers = await hub.offers(for: detail.order)
        if viewer.mayOpen("POST", "/orders/{number}/stock"), !viewer.formToken.isEmpty {
            model.canAskStock = hub.canAskStock(of: detail.order, in: viewer.ownWarehouses)
        }
        if viewer.mayOpen("POST", "/orders/{number}/papers"), !viewer.formToken.isEmpty {
            model.papers = try await hub.desk.papers(of: detail.order, for: viewer.deskPerson)
            model.desk = try await hub.desk.settings()
            if detail.order.parcels.contains(where: { $0.packed == nil }) {
                model.packing = try await hub.desk.packing(number)
            }
        }
        return model
    }

    /// Changes whenever the page has to be drawn again: with events, attempts of instructions, and verdicts that turn
    /// with time.
    package var fingerprint: String {
        var text = "\(detail.order.version)"
        for row in detail.instructions {
            text += "|\(row.status.rawValue),\(row.attempts),\(row.dueAt.milliseconds),\(row.lastError)"
        }
        for finding in detail.findings { text += "|\(finding.kind.rawValue),\(finding.verdict.rawValue)" }
        for hold in detail.holds { text += "|\(hold.id)" }
        for offer in offers { text += "|\(offer.title.english)" }
        for sight in papers {
            text += "|\(sight.paper.prints.count),\(sight.obstacle?.code ?? "")"
            for job in sight.jobs.values.sorted(by: { $0.id < $1.id }) { text += ",\(job.state.rawValue)" }
        }
        if let packing { text += "|\(packing.scanned)" }
        text += "|\(related.count)"
        for other in related.orders { text += "|\(other.row.number),\(other.row.version)" }
        for parcel in detail.order.parcels { text += parcel.traceAge(at: detail.asOf) == nil ? "" : "|old" }
        if let cause = detail.rootCause {
            text += "|\(cause.verdict.rawValue),\(cause.reason.english)\(cause.advice.english)"
        }
        return String(fnv1a(Array(text.utf8)), radix: 36)
    }
}

extension Viewer {
    /// By what the viewer may tell that two orders are of one customer.
    fileprivate var ties: Set<RelatedOrder.Tie> {
        var ties: Set<RelatedOrder.Tie> = []
        if sight(.customer) != .hidden { ties.insert(.customer) }
        if sight(.receiverPhone) != .hidden { ties.insert(.phone) }
        return ties
    }
}
