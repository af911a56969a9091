import HydrantCore
import HydrantEngine
import HydrantStorage

/// Takes in what was done at a packing page.
struct PackingStation {
    let desk: Desk
    let person: DeskPerson
    let words: Words

    /// An order that cannot be read back is said to be so, and keeps nothing else from the hub.
    func takeUndamaged(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        do {
            return try await take(event)
        } catch let failure as StoreFailure where !failure.concernsWholeStore {
            let word = PackingWord(.wrong, words("desk_order_damaged"), words("desk_order_damaged_next"))
            return (word, try await undamagedLook(event))
        }
    }

    private func undamagedLook(_ event: PackingEvent) async throws -> PackingSight {
        do {
            return try await look(event)
        } catch let failure as StoreFailure where !failure.concernsWholeStore {
            return .nothing
        }
    }

    private func take(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        switch event.kind {
        case .scan: return try await scan(event)
        case .look: return (PackingWord(.note, ""), try await look(event))
        case .finish: return try await finish(event)
        case .bind: return try await bind(event)
        case .takeOut: return try await act(event, .takeOut(event.key))
        case .leaveOut: return try await act(event, .leaveOut(event.key, reason: event.reason))
        case .weigh: return try await act(event, .weigh(grams: event.grams ?? 0))
        case .close: return try await act(event, .close(reason: event.reason))
        case .printLabel: return try await printLabel(event)
        case .handOver: return try await act(event, .handOver)
        case .void: return try await act(event, .void(reason: event.reason))
        }
    }

    // MARK: - Scanning

    private func scan(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        if !event.order.isEmpty, let answer = try await unit(event) { return answer }
        switch try await desk.find(event.text, for: person) {
        case .nothing: return try await unknown(event)
        case .several(let numbers):
            return (PackingWord(.note, words("desk_several"), words("desk_several_next")), .choose(numbers))
        case .bag(let bag, let place): return (said(of: bag, place), .bag(bag, place: place))
        case .order(let order, let parcel): return try await scanned(order, parcel, event)
        }
    }

    /// A unit of the parcel that is being packed; nil where the text is none of its goods.
    private func unit(_ event: PackingEvent) async throws -> (PackingWord, PackingSight)? {
        guard let sight = try await desk.packing(event.order), mayShow(sight.order), isOwn(sight.list),
            let entry = sight.list.entries.first(where: { $0.sku.isSameCode(as: event.text) }),
            let (after, refusal) = try await desk.pack(
                event.text, into: event.order, id: event.id, at: event.at, by: person)
        else { return nil }
        if let refusal { return (PackingWord(refusal, words), .pack(after)) }
        if after.work.isComplete(after.list) {
            let next = after.list.unboundGifts.isEmpty ? "desk_complete_next" : "desk_gift_bind"
            return (PackingWord(.good, words("desk_complete"), words(next)), .pack(after))
        }
        let units = after.list.entries.filter { $0.sku == entry.sku }
        let count = units.reduce(0) { $0 + after.work.count($1.line) }
        let whole = units.reduce(0) { $0 + $1.units }
        return (PackingWord(.good, "\(entry.sku)  \(count)/\(whole)", entry.name), .pack(after))
    }

    private func unknown(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        let sight = try await look(event)
        if case .pack = sight { return (PackingWord(.packing(.wrongGoods, event.text), words), sight) }
        return (PackingWord(.wrong, words("desk_unknown", ["text": event.text]), words("desk_unknown_next")), sight)
    }

    private func scanned(
        _ order: Order, _ parcel: String?, _ event: PackingEvent
    ) async throws -> (PackingWord, PackingSight) {
        guard let sight = try await desk.packing(order.number) else { return try await unknown(event) }
        let named = parcel.flatMap { order.parcel($0) }
        if let word = named.flatMap({ oldWaybill(of: $0, in: order, event.text) }) {
            return (word, try await look(event))
        }
        // Where the next parcel is another warehouse's, the own one that is packed is meant.
        let isPacked =
            named.map { $0.packed != nil } ?? (sight.list.obstacle?.code == "packing.packed" || !isOwn(sight.list))
        guard isPacked, let key = desk.parcel(of: order, named: parcel, for: person) else {
            guard isOwn(sight.list) else { return try await unknown(event) }
            guard let obstacle = sight.list.obstacle else {
                return (PackingWord(.note, order.number, words("desk_pack_now")), .pack(sight))
            }
            let isLate = obstacle.code == "packing.notLocked"
            return (PackingWord(obstacle, words, tone: isLate ? .late : .wrong), .pack(sight))
        }
        // An order may have parcels in several warehouses; those of others are not there.
        guard person.maySee(order.warehouse(of: key.parcel)) else { return try await unknown(event) }
        // A bag that is closed or gone is not what stands open before the keeper.
        if let bag = try await bag(of: event), bag.state == .open || bag.place(key) != nil {
            return try await put(key, into: bag.code, event)
        }
        guard let bag = try await desk.assign(key, id: event.id, by: person) else {
            return (try await refused(key, order), shown(sight))
        }
        return try await put(key, into: bag.code, event)
    }

    /// The label that was scanned was taken back: the parcel may still carry it.
    private func oldWaybill(of parcel: Parcel, in order: Order, _ text: String) -> PackingWord? {
        let number = text.normalised
        guard parcel.waybills.contains(where: { $0.number == number && $0.voided != nil }) else { return nil }
        let live = order.liveWaybill(of: parcel)?.number
        return PackingWord(
            .wrong, words("desk_waybill_void", ["number": number]),
            live.map { words("desk_waybill_live", ["number": $0]) } ?? words("desk_waybill_none"))
    }

    private func put(
        _ key: ParcelKey, into code: BagCode, _ event: PackingEvent
    ) async throws -> (PackingWord, PackingSight) {
        let look = try await desk.look(at: key)
        let command = BagCommand(id: event.id, person: person, at: event.at, action: .scan(look))
        guard let outcome = try await desk.act(code, command) else { return try await unknown(event) }
        let bag = outcome.bag
        if let refusal = outcome.refusal { return (PackingWord(refusal, words), .bag(bag, place: nil)) }
        // A repeated message gets the answer of the first.
        let step = outcome.step ?? bag.steps.first { $0.id == event.id }?.body
        switch step {
        case .foundForeign(let found): return (foreign(found), .bag(bag, place: nil))
        case .scanned:
            let place = bag.place(key)?.number ?? 0
            let count = bag.meant.count { $0.insideSince != nil }
            return (
                PackingWord(
                    .good, words("desk_inside", ["count": "\(count)", "all": "\(bag.meant.count)"]),
                    "\(place) · \(key.parcel)"), .bag(bag, place: place)
            )
        default:
            if let stopped = bag.stopped.first(where: { $0.key == key }) {
                let found = ForeignParcel(key: key, belongsTo: "", standing: stopped.standing)
                return (foreign(found), .bag(bag, place: nil))
            }
            if let found = bag.foreign.first(where: { $0.key == key }) {
                return (foreign(found), .bag(bag, place: nil))
            }
            return (PackingWord(.note, words("desk_inside_already"), key.parcel), .bag(bag, place: nil))
        }
    }

    private func foreign(_ found: ForeignParcel) -> PackingWord {
        let parcel = found.key.parcel
        guard found.standing == .free else {
            return PackingWord(
                .wrong, words("desk_standing_\(found.standing.rawValue)", ["parcel": parcel]),
                words("desk_stopped_next"))
        }
        let text = words("desk_foreign", ["parcel": parcel])
        let detail =
            found.belongsTo.isEmpty
            ? words("desk_foreign_none") : words("desk_foreign_bag", ["bag": found.belongsTo])
        return PackingWord(.wrong, text, detail)
    }

    private func refused(_ key: ParcelKey, _ order: Order) async throws -> PackingWord {
        let standing = order.bagStanding
        if standing != .free { return foreign(ForeignParcel(key: key, belongsTo: "", standing: standing)) }
        if order.parcel(key.parcel)?.handedOver == nil {
            return PackingWord(.late, words("desk_no_number"), words("desk_no_number_next"))
        }
        return PackingWord(.note, words("desk_gone", ["parcel": key.parcel]), words("desk_gone_next"))
    }

    private func said(of bag: Bag, _ place: Int?) -> PackingWord {
        if bag.state == .void { return PackingWord(.wrong, words("bag_void"), words("desk_stopped_next")) }
        if let place, let found = bag.places.first(where: { $0.number == place }), !found.isMeant {
            return PackingWord(.wrong, words("desk_label_old", ["place": "\(place)"]), found.key.parcel)
        }
        if bag.isLabelOutdated { return PackingWord(.late, words("desk_label_outdated"), words("desk_reprint")) }
        let stopped = bag.stopped
        if let first = stopped.first {
            return foreign(ForeignParcel(key: first.key, belongsTo: "", standing: first.standing))
        }
        return PackingWord(.note, "\(bag.code)", words("bag_\(bag.state.word)"))
    }

    // MARK: - The rest

    private func look(_ event: PackingEvent) async throws -> PackingSight {
        if let bag = try await bag(of: event) { return .bag(bag, place: nil) }
        guard !event.order.isEmpty, let sight = try await desk.packing(event.order), mayShow(sight.order) else {
            return .nothing
        }
        return shown(sight)
    }

    /// The bag that stood on the screen; nil where there is none, or where it is another warehouse's.
    private func bag(of event: PackingEvent) async throws -> Bag? {
        guard let code = event.bag, let bag = try await desk.bag(code), person.maySee(bag.way.warehouse) else {
            return nil
        }
        return bag
    }

    private func mayShow(_ order: Order) -> Bool {
        SearchScope(mayFindPeople: false, warehouses: person.warehouses).sees(order)
    }

    /// What the next parcel of an order holds may be for another warehouse to pack; there it is not shown.
    private func isOwn(_ list: PackList) -> Bool { list.warehouse.isEmpty || person.maySee(list.warehouse) }

    private func shown(_ sight: PackSight) -> PackingSight { isOwn(sight.list) ? .pack(sight) : .nothing }

    private func finish(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        guard let seen = try await desk.packing(event.order), mayShow(seen.order),
            isOwn(seen.list) || isOwnPacked(event.key, of: seen.order),
            let (sight, refusal) = try await desk.finish(
                event.key, weightGrams: event.grams.flatMap { $0 > 0 ? $0 : nil }, at: event.at, by: person)
        else { return try await unknown(event) }
        if let refusal { return (PackingWord(refusal, words), shown(sight)) }
        guard person.maySee(sight.order.warehouse(of: event.parcel)),
            let bag = try await desk.assign(event.key, id: event.id, by: person)
        else {
            return (PackingWord(.good, words("desk_packed"), words("desk_no_number")), shown(sight))
        }
        let place = bag.place(event.key)?.number
        return (
            PackingWord(.good, words("desk_packed"), words("desk_packed_next", ["bag": bag.code.text])),
            .bag(bag, place: place)
        )
    }

    /// Whether it was the person's own, and is packed: said again, it is not the next parcel.
    private func isOwnPacked(_ key: ParcelKey, of order: Order) -> Bool {
        order.parcel(key.parcel)?.packed != nil && person.maySee(order.warehouse(of: key.parcel))
    }

    private func bind(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        guard let seen = try await desk.packing(event.order), mayShow(seen.order) else {
            return try await unknown(event)
        }
        let refusal = try await desk.bind(event.text, to: event.line, of: event.order, at: event.at)
        let sight = try await desk.packing(event.order).map(shown) ?? .nothing
        if let refusal { return (PackingWord(refusal, words), sight) }
        return (PackingWord(.good, words("desk_bound"), ""), sight)
    }

    private func printLabel(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        let settings = try await desk.settings()
        guard let bag = try await bag(of: event) else { return try await unknown(event) }
        guard desk.canPrint else {
            return (PackingWord(.late, words("desk_no_press")), .bag(bag, place: nil))
        }
        let printer = event.isForPrinter ? settings.printer(of: bag.way.warehouse) : nil
        if event.isForPrinter, printer == nil {
            return (PackingWord(.late, words("desk_no_printer"), words("desk_no_printer_next")), .bag(bag, place: nil))
        }
        var (word, sight) = try await act(
            event, .printLabel(template: settings.template, reason: event.reason), printer: printer)
        if word.tone == .good, printer == nil {
            word.opens = "/b/\(bag.code)/label?print=\(encodedPiece(event.id))"
        }
        return (word, sight)
    }

    private func act(
        _ event: PackingEvent, _ action: BagAction, printer: DeskSettings.Printer? = nil
    ) async throws -> (PackingWord, PackingSight) {
        let command = BagCommand(
            id: event.id, person: person, at: event.at, action: action, printer: printer)
        guard let bag = try await bag(of: event), let outcome = try await desk.act(bag.code, command)
        else { return try await unknown(event) }
        let sight = PackingSight.bag(outcome.bag, place: nil)
        if let refusal = outcome.refusal { return (PackingWord(refusal, words), sight) }
        return (PackingWord(.good, words("desk_done_\(event.kind.rawValue)"), "\(outcome.bag.code)"), sight)
    }
}

extension Bag.State {
    /// As keys of texts are written.
    var word: String { self == .handedOver ? "handed_over" : rawValue }
}
