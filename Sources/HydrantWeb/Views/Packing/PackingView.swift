import HydrantCore
import HydrantEngine

/// What stands on the packing page below the field for scans.
struct PackingView {
    var sight: PackingSight
    var jobs: [String: PrintJob] = [:]
    /// The goods and tracking numbers of waiting parcels.
    var ready: ReadyBoard
    var hasPrinter = false
    var isDesk = true
    /// The papers of the parcel that is being worked on.
    var papers: [PaperSight] = []
    var settings = DeskSettings()

    func fragment(_ words: Words, _ files: PageFiles, now: Instant) -> String {
        switch sight {
        case .nothing: return files.render(["w": words.bindings], "deskempty")
        case .choose(let numbers): return files.render(["w": words.bindings, "numbers": numbers], "deskchoose")
        case .pack(let sight):
            let papers = papers(Formats(words: words, now: now), sight)
            return files.render(pack(sight, words).merging(papers) { $1 }, "deskpack")
        case .bag(let bag, let place):
            return files.render(bindings(of: bag, place, Formats(words: words, now: now)), "deskbag")
        }
    }

    private func papers(_ formats: Formats, _ packing: PackSight? = nil) -> Bindings {
        let view = PaperView(formats, settings)
        let papers = papers.filter { !isSaidAbove($0, packing) }
        // Where everything is scanned the verdict above says what is left to do.
        let unpacked = packing.flatMap { $0.work.isComplete($0.list) ? nil : $0 }
        return [
            "hasPapers": isDesk && !papers.isEmpty, "papers": papers.map { view.bindings($0, unpacked) },
            "paperParcel": papers.first?.paper.parcel ?? "",
        ]
    }

    /// Whether the reason against a paper is that of the whole parcel, which the verdict above says once.
    private func isSaidAbove(_ sight: PaperSight, _ packing: PackSight?) -> Bool {
        switch sight.obstacle?.code {
        case "paper.cancelled", "paper.held", "paper.addressChanging", "paper.gone": true
        case "paper.noNumber": packing?.order.parcel(sight.paper.parcel)?.packed != nil
        default: false
        }
    }

    // MARK: - A parcel that is being packed

    private func pack(_ sight: PackSight, _ words: Words) -> Bindings {
        let list = sight.list
        let isComplete = list.obstacle == nil && sight.work.isComplete(list)
        return [
            "w": words.bindings, "order": sight.order.number, "parcel": list.key.parcel,
            "href": orderPath(sight.order.number), "warehouse": list.warehouse,
            "verdict": PackingVerdict(sight, words)?.bindings ?? false,
            "lines": list.lines.map { line in
                entry(line, sight, words).merging(["gifts": line.gifts.map { entry($0, sight, words) }]) { $1 }
            },
            "hasUnbound": !list.unboundGifts.isEmpty,
            "unbound": list.unboundGifts.map { gift in
                entry(gift, sight, words).merging([
                    "choices": list.lines.map { ["line": $0.line, "sku": $0.sku, "gift": gift.line] as Bindings }
                ]) { $1 }
            },
            "mustWeigh": settings.weighing.mode == .required, "isOpen": list.obstacle == nil,
            "mayFinish": isComplete && list.unboundGifts.isEmpty,
            "count": "\(sight.scanned)",
            "units": "\(list.units)",
        ]
    }

    private func entry(_ entry: PackList.Entry, _ sight: PackSight, _ words: Words) -> Bindings {
        let count = sight.work.count(entry.line)
        return [
            "sku": entry.sku, "name": entry.name, "units": "\(entry.units)", "count": "\(count)",
            "isDone": count >= entry.units, "isOnlyGift": entry.units == 0, "line": entry.line,
        ]
    }

    // MARK: - A bag

    func bindings(of bag: Bag, _ marked: Int?, _ formats: Formats) -> Bindings {
        let words = formats.words
        let check = bag.check
        let inside = bag.meant.count { $0.insideSince != nil }
        let isLive = bag.state.isLive
        let bindings: Bindings = [
            "w": words.bindings, "code": bag.code.text, "state": words("bag_\(bag.state.word)"),
            "stateName": bag.state.rawValue, "inside": "\(inside)", "meant": "\(bag.meant.count)",
            "warehouse": bag.way.warehouse, "courier": shown(words.system(bag.way.courier)),
            "area": shown(bag.way.area),
            "rider": shown(bag.way.rider), "tour": shown(bag.way.line),
            "departs": bag.way.departsAt.map { formats.minute($0) } ?? "",
            "foreign": bag.foreign.map { foreign($0, words) }, "hasForeign": !bag.foreign.isEmpty,
            "places": bag.places.map { place($0, marked, bag, words) },
            "isOpen": bag.state == .open, "isClosed": bag.state == .closed, "isLive": isLive, "isDesk": isDesk,
            "isVoid": bag.state == .void, "isGone": bag.state == .handedOver,
            "mayClose": check.mayClose && !bag.meant.isEmpty,
            "problems": "\(check.foreign.count + check.missing.count + check.stopped.count)",
            "weight": weight(bag, words),
            "asksWhy": !bag.isWeightFine(settings.weighing) || !bag.oddParcels(settings.weighing).isEmpty,
            "isLabelOld": bag.isLabelOutdated && isLive,
            "isPrinted": !bag.prints.isEmpty, "hasPrinter": hasPrinter,
            "prints": bag.prints.enumerated().map { printed($1, of: bag, number: $0 + 1, formats) },
        ]
        return bindings.merging(papers(formats)) { $1 }
    }

    private func place(_ place: BagPlace, _ marked: Int?, _ bag: Bag, _ words: Words) -> Bindings {
        let parcel = ready.parcel(place.key)
        let isInside = place.insideSince != nil
        var note = ""
        var tone = isInside ? "good" : "open"
        switch place.leaving {
        case .standing(let standing):
            note = words("desk_standing_short_\(standing.rawValue)")
            tone = isInside ? "wrong" : "left"
        case .person(let reason):
            note = words("desk_left_out", ["reason": reason])
            tone = "left"
        case nil:
            guard !place.isWeightFine(settings.weighing) else { break }
            let values = ["measured": kilograms(place.weightGrams), "expected": kilograms(place.expectedGrams)]
            note = words("desk_parcel_weight", values)
        }
        let codes = [place.key.order, place.key.parcel, parcel?.tracking ?? "", bag.code.order(place.number)]
        return [
            "number": "\(place.number)", "order": place.key.order, "parcel": place.key.parcel,
            "href": orderPath(place.key.order), "tone": tone, "isInside": isInside, "note": shown(note),
            "isMeant": place.isMeant, "isMissing": place.isMeant && !isInside && bag.state == .open,
            "mustComeOut": !place.isMeant && isInside, "isMarked": place.number == marked,
            "goods": (parcel?.goods ?? []).map { "\($0.sku) ×\($0.units)" }.joined(separator: "  "),
            "codes": place.isMeant ? codes.filter { !$0.isEmpty }.joined(separator: "\n") : "",
        ]
    }

    private func foreign(_ found: ForeignParcel, _ words: Words) -> Bindings {
        let why =
            found.standing != .free
            ? words("desk_standing_short_\(found.standing.rawValue)")
            : found.belongsTo.isEmpty
                ? words("desk_foreign_none") : words("desk_foreign_bag", ["bag": found.belongsTo])
        return ["order": found.key.order, "parcel": found.key.parcel, "why": why]
    }

    private func weight(_ bag: Bag, _ words: Words) -> Any {
        let gate = settings.weighing
        let isShown = bag.expectedGrams != nil && gate.mode != .off || gate.mode == .required
        guard isShown else { return false }
        return [
            "expected": bag.expectedGrams.map(kilograms) ?? "—", "measured": bag.measuredGrams.map(kilograms) ?? "—",
            "isWrong": !bag.isWeightFine(gate),
        ] as Bindings
    }

    private func printed(_ print: BagPrint, of bag: Bag, number: Int, _ formats: Formats) -> Bindings {
        let words = formats.words
        // Where it went is recorded since 0.6.0; before, a live bag's label without a job was a PDF.
        var state = words(Self.way(print, orElse: bag.state.isLive ? false : nil))
        var tone = "done"
        if let job = jobs[print.id] {
            tone = job.state.rawValue
            state = words(
                "print_\(job.state.rawValue)", ["times": "\(job.attempts)", "why": words(Self.word(job.trouble))])
        }
        return [
            "number": "\(number)", "at": formats.second(print.at), "person": words.actor(print.person),
            "reason": shown(print.reason), "state": state, "tone": tone,
        ]
    }

    /// The key of the text that says where a print went of which no printer's queue knows any more.
    static func way(_ print: BagPrint, orElse isForPrinter: Bool? = nil) -> String {
        switch print.isForPrinter ?? isForPrinter {
        case true?: "print_asked"
        case false?: "print_pdf"
        case nil: "print_unknown"
        }
    }

    /// The key of the text that says why a label is not on paper yet.
    static func word(_ trouble: PrintTrouble?) -> String {
        switch trouble {
        case nil: "print_soon"
        case .unreachable: "print_unreachable"
        case .brokeOff: "print_broke_off"
        case .tooSlow: "print_too_slow"
        case .noAddress: "print_no_address"
        case .noPress: "desk_no_press"
        case .bagGone: "print_bag_gone"
        case .stopped: "print_stopped"
        case .templateGone: "print_template_gone"
        case .notDrawn: "print_not_drawn"
        }
    }
}

/// `1.250 kg`
func kilograms(_ grams: Int) -> String { "\(grams / 1_000).\(paddedDecimal(grams % 1_000, width: 3)) kg" }
