import HydrantCore
import HydrantEngine
import HydrantStorage

extension OrderView {
    /// What else the same customer ordered.
    var related: Bindings {
        let related = model.related
        let summary = words(
            related.isCut ? "related_summary_cut" : "related_summary",
            [
                "count": formats.count(related.count), "wrong": formats.count(related.wrong),
                "cancelled": formats.count(related.cancelled),
            ])
        return [
            "hasRelated": !related.orders.isEmpty, "relatedSummary": summary, "relatedByCRM": shown(ordersByCRM),
            "related": related.orders.map { other -> Bindings in
                let row = other.row
                return [
                    "href": orderPath(row.number), "number": row.number, "stateText": stateText(row.state, words),
                    "verdict": row.verdict.map { $0.badge(words) as Any } ?? false,
                    "completion": shown(
                        row.completion == .open ? nil : words("completion_\(keyPart(row.completion.rawValue))")),
                    "tie": words("related_by_\(other.tie.rawValue)"), "placed": formats.binding(row.placedAt),
                ]
            },
        ]
    }

    /// The CRM also counts orders that never came to the hub: said where it counts more than are listed.
    private var ordersByCRM: String? {
        guard let past = order.credit?.value.pastOrders, past > model.related.byCustomer,
            Viewer.current.sight(.customer) != .hidden
        else { return nil }
        return words("related_crm", ["count": formats.count(past)])
    }

    /// The messages that the customer was owed and got, or that were refused.
    var told: Bindings {
        let records = order.touchpoints.compactMap { record in
            (record.accepted ?? record.refused).map { (record: record, at: $0.at) }
        }.sorted { $0.at < $1.at }
        return [
            "hasTold": !records.isEmpty,
            "told": records.map { entry -> Bindings in
                let isAccepted = entry.record.accepted != nil
                return [
                    "what": words("touchpoint_\(keyPart(entry.record.kind.rawValue))"),
                    "icon": isAccepted ? "ok" : "late", "outcome": words(isAccepted ? "told_accepted" : "told_refused"),
                    "at": formats.binding(entry.at),
                ]
            },
        ]
    }
}

extension Parcel {
    /// A parcel under way is scanned once a day as a rule; after two days without a scan its place is no longer known.
    private static let traceIsOldAfter: Milliseconds = .hours(48)

    /// How long a parcel that is under way was not seen, when that is too long; nil otherwise.
    func traceAge(at now: Instant) -> Milliseconds? {
        guard let shipped, signed == nil else { return nil }
        let age = now - max(lastScan?.at ?? shipped.at, shipped.at)
        return age >= Self.traceIsOldAfter ? age : nil
    }
}
