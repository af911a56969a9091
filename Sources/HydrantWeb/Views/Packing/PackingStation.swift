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
        guard !event.isNoWeight else {
            return (
                PackingWord(.wrong, words("desk_weight_bad"), words("desk_weight_bad_next")), try await look(event)
            )
        }
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
        case .paper: return try await printPaper(event)
        case .handOver: return try await act(event, .handOver)
        case .void: return try await act(event, .void(reason: event.reason))
        }
    }

    // MARK: - Scanning

    private func scan(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        if !event.order.isEmpty {
            if let answer = try await repeated(event) { return answer }
            if let answer = try await unit(event) { return answer }
        }
        switch try await desk.find(event.text, for: person, isPacking: isPacking(event)) {
        case .nothing, .article: return try await unknown(event)
        case .several(let numbers):
            return (PackingWord(.note, words("desk_several"), words("desk_several_next")), .choose(numbers))
        case .bag(let bag, let place): return (said(of: bag, place), .bag(bag, place: place))
        case .order(let order, let parcel): return try await scanned(order, parcel, event)
        }
    }

    /// Whether the order on the screen has something left to pack.
    private func isPacking(_ event: PackingEvent) async throws -> Bool {
        guard !event.order.isEmpty, case .pack(let sight) = try await look(event) else { return false }
        return !sight.list.entries.isEmpty
    }

    /// A unit that was counted before, whose answer never came; nil where it is not, or its parcel is packed yet.
    private func repeated(_ event: PackingEvent) async throws -> (PackingWord, PackingSight)? {
        guard let key = try await desk.packedParcel(with: event.id, of: event.order) else { return nil }
        let word = PackingWord(.good, words("desk_counted_before", ["sku": event.text, "parcel": key.parcel]))
        return (word, try await look(event))
    }

    /// A unit of the parcel that is being packed; nil where the text is none of its goods.
    private func unit(_ event: PackingEvent) async throws -> (PackingWord, PackingSight)? {
        guard let sight = try await desk.packing(event.order), mayShow(sight.order), isOwn(sight.list),
            let entry = sight.list.entries.first(where: { $0.sku.isSameCode(as: event.text) }),
            let (after, refusal) = try await desk.pack(
                event.text, into: event.order, id: event.id, at: event.at, by: person)
        else { return nil }
        let verdict = PackingVerdict(after, words)
        if let refusal {
            let isStanding = refusal.code == after.list.obstacle?.code
            let word = isStanding ? verdict.map { PackingWord($0) } : nil
            return (word ?? PackingWord(refusal, words), .pack(after))
        }
        if let verdict { return (PackingWord(verdict), .pack(after)) }
        let units = after.list.entries.filter { $0.sku == entry.sku }
        let count = units.reduce(0) { $0 + after.work.count($1.line) }
        let whole = units.reduce(0) { $0 + $1.units }
        return (PackingWord(.good, "\(entry.sku)  \(count)/\(whole)", entry.name), .pack(after))
    }

    func unknown(_ event: PackingEvent) async throws -> (PackingWord, PackingSight) {
        let sight = try await look(event)
        if case .pack(let open) = sight {
            guard event.kind == .scan else {
                return (PackingWord(.packing(.wrongGoods, event.text), words), sight)
            }
            return (foreignGoods(event.text, of: open.order), sight)
        }
        return (PackingWord(.wrong, words("desk_unknown", ["text": event.text]), words("desk_unknown_next")), sight)
    }

    /// What is the order's own, but in a parcel of it that is packed already, is one too many.
    private func foreignGoods(_ text: String, of order: Order) -> PackingWord {
        if order.lines.values.contains(where: { $0.sku.isSameCode(as: text) }) {
            return PackingWord(.packing(.tooMany, text), words)
        }
        return PackingWord(
            .wrong, words("desk_goods_foreign", ["sku": text, "order": order.number]),
            words(Refusal.packing(.wrongGoods, text).nextStep))
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
            let word = PackingVerdict(sight, words).map { PackingWord($0) }
            return (word ?? PackingWord(.note, order.number, words("desk_pack_now")), .pack(sight))
        }
        // An order may have parcels in several warehouses; those of others are not there.
        guard person.maySee(order.warehouse(of: key.parcel)) else { return try await unknown(event) }
        // A bag that is closed or gone is not what stands open before the keeper.
        if let bag = try await bag(of: event), bag.state == .open || bag.place(key) != nil {
            return try await put(key, into: bag.code, event)
        }
        guard let bag = try await desk.assign(key, id: event.id, by: person) else {
            return try await refused(key, sight)
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

    /// A packed parcel that goes into no bag. Where nothing else is to be packed, it is the one that is shown.
    private func refused(_ key: ParcelKey, _ seen: PackSight) async throws -> (PackingWord, PackingSight) {
        var sight = try await desk.packing(key.order) ?? seen
        guard let verdict = PackingVerdict(packed: key.parcel, of: sight.order, words) else {
            return (PackingWord(.note, key.order, words("desk_pack_now")), shown(sight))
        }
        if sight.list.entries.isEmpty { sight.list.key = key }
        return (PackingWord(verdict), shown(sight))
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

    func look(_ event: PackingEvent) async throws -> PackingSight {
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
        let odd = try await oddWeight(event.parcel, sight.order)
        guard person.maySee(sight.order.warehouse(of: event.parcel)),
            let bag = try await desk.assign(event.key, id: event.id, by: person)
        else {
            return (odd ?? packedWord(event.key, sight.order), shown(sight))
        }
        let place = bag.place(event.key)?.number
        var packed = PackingWord(.good, words("desk_packed"), words("desk_packed_next", ["bag": bag.code.text]))
        packed.isVerdict = true
        return (odd ?? packed, .bag(bag, place: place))
    }

    /// Without a number it goes into no bag yet, but packed it is.
    private func packedWord(_ key: ParcelKey, _ order: Order) -> PackingWord {
        guard let verdict = PackingVerdict(packed: key.parcel, of: order, words) else {
            return PackingWord(.good, words("desk_packed"))
        }
        var word = PackingWord(verdict)
        if word.tone == .late { word.tone = .good }
        return word
    }

    /// A parcel that weighs something else than its goods is looked into while it is still in the hand.
    private func oddWeight(_ id: String, _ order: Order) async throws -> PackingWord? {
        guard let parcel = order.parcel(id), let measured = parcel.packing?.value.weightGrams, measured > 0 else {
            return nil
        }
        let expected = order.goodsGrams(of: parcel)
        guard expected > 0, !(try await desk.settings().weighing.fits(measured, expected)) else { return nil }
        let values = ["measured": kilograms(measured), "expected": kilograms(expected)]
        return PackingWord(.late, words("desk_packed_odd", ["parcel": id]), words("desk_parcel_weight", values))
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
            event,
            .printLabel(template: settings.template, reason: event.reason, isForPrinter: event.isForPrinter),
            printer: printer)
        if word.tone == .good, printer == nil {
            word.text = words("desk_done_pdf")
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
