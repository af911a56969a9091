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

    func fragment(_ words: Words, _ files: PageFiles, now: Instant) -> String {
        switch sight {
        case .nothing: return files.render(["w": words.bindings], "deskempty")
        case .choose(let numbers): return files.render(["w": words.bindings, "numbers": numbers], "deskchoose")
        case .pack(let sight): return files.render(pack(sight, words), "deskpack")
        case .bag(let bag, let place):
            return files.render(bindings(of: bag, place, Formats(words: words, now: now)), "deskbag")
        }
    }

    // MARK: - A parcel that is being packed

    private func pack(_ sight: PackSight, _ words: Words) -> Bindings {
        let list = sight.list
        let isComplete = list.obstacle == nil && sight.work.isComplete(list)
        return [
            "w": words.bindings, "order": sight.order.number, "parcel": list.key.parcel,
            "href": orderPath(sight.order.number), "warehouse": list.warehouse,
            "obstacle": list.obstacle.map {
                ["text": words($0.text), "next": words($0.nextStep)] as Bindings
            } ?? false,
            "isPacked": list.obstacle?.code == "packing.packed",
            "lines": list.lines.map { line in
                entry(line, sight, words).merging(["gifts": line.gifts.map { entry($0, sight, words) }]) { $1 }
            },
            "hasUnbound": !list.unboundGifts.isEmpty,
            "unbound": list.unboundGifts.map { gift in
                entry(gift, sight, words).merging([
                    "choices": list.lines.map { ["line": $0.line, "sku": $0.sku, "gift": gift.line] as Bindings }
                ]) { $1 }
            },
            "isOpen": list.obstacle == nil, "mayFinish": isComplete && list.unboundGifts.isEmpty,
            "count": "\(list.entries.reduce(0) { $0 + min($1.units, sight.work.count($1.line)) })",
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
        return [
            "w": words.bindings, "code": bag.code.text, "state": words("bag_\(bag.state.word)"),
            "stateName": bag.state.rawValue, "inside": "\(inside)", "meant": "\(bag.meant.count)",
            "warehouse": bag.way.warehouse, "courier": shown(bag.way.courier), "area": shown(bag.way.area),
            "departs": bag.way.departsAt.map { formats.minute($0) } ?? "",
            "foreign": bag.foreign.map { foreign($0, words) }, "hasForeign": !bag.foreign.isEmpty,
            "places": bag.places.map { place($0, marked, bag, words) },
            "isOpen": bag.state == .open, "isClosed": bag.state == .closed, "isLive": isLive, "isDesk": isDesk,
            "isVoid": bag.state == .void, "isGone": bag.state == .handedOver,
            "mayClose": check.mayClose && !bag.meant.isEmpty,
            "problems": "\(check.foreign.count + check.missing.count + check.stopped.count)",
            "weight": weight(bag, words), "isLabelOld": bag.isLabelOutdated && isLive,
            "isPrinted": !bag.prints.isEmpty, "hasPrinter": hasPrinter,
            "prints": bag.prints.enumerated().map { printed($1, of: bag, number: $0 + 1, formats) },
        ]
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
        case nil: break
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
        guard let expected = bag.expectedGrams else { return false }
        return [
            "expected": kilograms(expected), "measured": bag.measuredGrams.map(kilograms) ?? "—",
            "isWrong": !bag.isWeightFine,
        ] as Bindings
    }

    private func kilograms(_ grams: Int) -> String { "\(grams / 1_000).\(paddedDecimal(grams % 1_000, width: 3)) kg" }

    private func printed(_ print: BagPrint, of bag: Bag, number: Int, _ formats: Formats) -> Bindings {
        let words = formats.words
        // Of a bag that is gone nobody knows any more where its labels were printed.
        var state = words(bag.state.isLive ? "print_browser" : "print_asked")
        var tone = "done"
        if let job = jobs[print.id] {
            tone = job.state.rawValue
            state = words("print_\(job.state.rawValue)", ["times": "\(job.attempts)", "why": trouble(job, words)])
        }
        return [
            "number": "\(number)", "at": formats.second(print.at), "person": print.person,
            "reason": shown(print.reason), "state": state, "tone": tone,
        ]
    }

    private func trouble(_ job: PrintJob, _ words: Words) -> String {
        switch job.trouble {
        case nil: words("print_soon")
        case .unreachable: words("print_unreachable")
        case .brokeOff: words("print_broke_off")
        case .tooSlow: words("print_too_slow")
        case .noAddress: words("print_no_address")
        case .noPress: words("desk_no_press")
        case .bagGone: words("print_bag_gone")
        case .templateGone: words("print_template_gone")
        case .notDrawn: words("print_not_drawn")
        }
    }
}
