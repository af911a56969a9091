import HydrantCore
import HydrantEngine
import HydrantStorage

/// A list of parcels of one set.
struct ParcelListView {
    /// Orders on one page; an order's parcels are never torn apart.
    static let ordersPerPage = 50

    let filter: ParcelFilter
    let asOf: Instant
    let parcels: [ListedParcel]
    let next: Int64?

    static func load(_ filter: ParcelFilter, after cursor: Int64, from hub: Hub) async throws -> ParcelListView {
        let found = try await hub.store.read { try $0.parcels(filter, after: cursor, limit: ordersPerPage + 1) }
        let orders = found.map(\.orderID).reduce(into: [Int64]()) { if $0.last != $1 { $0.append($1) } }
        let last = orders.count > ordersPerPage ? orders[ordersPerPage - 1] : nil
        return ParcelListView(
            filter: filter, asOf: hub.clock.now(), parcels: found.filter { last == nil || $0.orderID <= last ?? 0 },
            next: last)
    }

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let formats = Formats(words: words, now: asOf)
        let set = filter.set ?? .polling
        let title = words("set_\(keyPart(set.rawValue))")
        let narrowed = [filter.courier, filter.channel].compactMap(\.self).filter { !$0.isEmpty }
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.binding(asOf, seconds: true), "title": title,
            "narrowed": shown(narrowed.map { words.system($0) }.joined(separator: " · ")),
            "hint": words("set_\(keyPart(set.rawValue))_hint"), "isEmpty": parcels.isEmpty,
            "rows": parcels.map { row($0, formats) },
            "next": shown(next.map { courierListPath(set, filter.courier, filter.channel, after: $0) }),
        ]
        return frame.document(files.render(bindings, "parcels"), title: title, files: files)
    }

    private func row(_ parcel: ListedParcel, _ formats: Formats) -> Bindings {
        let standing = parcel.row.standing
        return [
            "href": orderPath(parcel.order), "number": parcel.order, "parcel": standing.parcel,
            "courier": [standing.courier, standing.channel].filter { !$0.isEmpty }.map { formats.words.system($0) }
                .joined(separator: " · "),
            "since": formats.binding(standing.since), "due": formats.binding(standing.dueAt),
        ]
    }
}
