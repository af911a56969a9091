package import HydrantCore
import HydrantStorage

/// Which bags are wanted.
package struct BagFilter: Hashable, Sendable {
    package var warehouse: String?
    package var state: Bag.State?

    package init(warehouse: String? = nil, state: Bag.State? = nil) {
        self.warehouse = warehouse
        self.state = state
    }
}

/// A place in the list of bags: those in work come first, then those that ended, each in the order of their codes.
package struct BagPlaceInList: Hashable, Sendable {
    package static let begin = BagPlaceInList(isEnded: false, code: "")
    /// The form of ``text`` as a regular expression.
    package static let pattern = "^b[we]([0-9A-HJKMNP-TV-Z]{8})?$"

    var isEnded: Bool
    var code: String

    init(isEnded: Bool, code: String) {
        self.isEnded = isEnded
        self.code = code
    }

    /// - Returns: nil when the text is no place of this list.
    package init?(_ text: String) {
        let code = String(text.dropFirst(2))
        guard text.hasPrefix("bw") || text.hasPrefix("be"), code.isEmpty || BagCode(code)?.text == code else {
            return nil
        }
        self.init(isEnded: text.hasPrefix("be"), code: code)
    }

    package var text: String { "b\(isEnded ? "e" : "w")\(code)" }
}

/// A part of the list of bags.
package struct BagPage: Sendable {
    package var bags: [Bag]
    /// Nil on the last page.
    package var next: BagPlaceInList?
}

extension Desk {
    /// So many documents are looked at for one page; where few fit, it is short.
    private static let listedMaximum = 1_000

    /// The bags that fit, as they are now; those of other warehouses are not there.
    package func bags(
        _ filter: BagFilter, of person: DeskPerson, after begin: BagPlaceInList, limit: Int
    ) async throws -> BagPage {
        var page = BagPage(bags: [])
        var place = begin
        var seen = 0
        while true {
            let collection = place.isEnded ? Collection.done : .live
            let isWanted = filter.state.map { $0.isLive != place.isEnded } ?? true
            let after = place.code
            let records =
                isWanted
                ? try await hub.store.read { try $0.records(collection.rawValue, after: after, limit: 200) } : []
            for record in records {
                if seen == Self.listedMaximum {
                    page.next = place
                    return page
                }
                seen += 1
                if let bag = try await listed(record, filter, person) {
                    if page.bags.count == limit {
                        page.next = place
                        return page
                    }
                    page.bags.append(bag)
                }
                place.code = record.key
            }
            if records.count == 200 { continue }
            if place.isEnded { return page }
            place = BagPlaceInList(isEnded: true, code: "")
        }
    }

    private func listed(_ record: StoredRecord, _ filter: BagFilter, _ person: DeskPerson) async throws -> Bag? {
        let stored = try Self.bag(record)
        guard person.maySee(stored.way.warehouse), filter.warehouse ?? stored.way.warehouse == stored.way.warehouse
        else { return nil }
        // Looking at a bag again changes its state at most to handed over.
        let isOther = filter.state.map { $0 != stored.state && $0 != .handedOver } ?? false
        if isOther { return nil }
        let bag = stored.state.isLive ? try await self.bag(stored.code) : stored
        return bag.flatMap { filter.state ?? $0.state == $0.state ? $0 : nil }
    }
}
