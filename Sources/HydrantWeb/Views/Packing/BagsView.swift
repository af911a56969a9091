import HydrantCore
import HydrantEngine

/// The bags that are open or closed, and the parcels that wait for one.
struct BagsView {
    var bags: [Bag]
    var plan: DeskPlan
    var jobs: [String: PrintJob]
    /// The demonstration shows what slips of the hand do to the parcels that wait and those that left last.
    var rehearsal: (parcels: [[RehearsedParcel]], slips: HandSlips)?
    var formats: Formats

    private static let plannedAtMost = 100

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = formats.words
        let largest = plan.bagging.bags.sorted { $0.parcels.count > $1.parcels.count }
        let waiting = plan.bagging.bags.reduce(0) { $0 + $1.parcels.count }
        let labels = plan.bagging.bags.reduce(0) { $0 + BagRehearsal.labels(of: $1.parcels.count) }
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.second(formats.now),
            "bags": bags.map(row), "hasBags": !bags.isEmpty,
            "planned": largest.prefix(Self.plannedAtMost).map(planned), "isWaiting": waiting > 0,
            "waiting": words(
                "bags_waiting",
                [
                    "parcels": formats.count(waiting), "bags": formats.count(plan.bagging.bags.count),
                    "saved": formats.count(waiting - labels),
                ]),
            "stopped": plan.bagging.unbagged.prefix(Self.plannedAtMost).compactMap(stopped),
            "hasStopped": !plan.bagging.unbagged.isEmpty, "rehearsal": rehearsed,
            "mayPack": Viewer.current.mayOpen("GET", "/packing"),
            "maySet": Viewer.current.mayOpen("GET", "/settings/desk"),
        ]
        return frame.document(files.render(bindings, "bags"), title: words("bags_title"), files: files)
    }

    private static let rehearsalSeed: UInt64 = 11

    /// The same parcels with the same slips of the hand, with a label each and in bags.
    private var rehearsed: Any {
        guard let rehearsal, rehearsal.parcels.count > 1 else { return false }
        let result = BagRehearsal(rehearsal.parcels, seed: Self.rehearsalSeed, slips: rehearsal.slips)
        let words = formats.words
        return [
            "rates": words(
                "rehearsal_rates",
                [
                    "grab": "\(rehearsal.slips.grab)", "skip": "\(rehearsal.slips.skip)",
                    "forget": "\(rehearsal.slips.forget)", "seed": "\(Self.rehearsalSeed)",
                ]),
            "text": words(
                "rehearsal_text",
                [
                    "parcels": formats.count(result.parcels), "bags": formats.count(rehearsal.parcels.count),
                    "slips": formats.count(result.slips), "named": formats.count(result.bagged.named),
                    "saved": formats.count(result.labelsSaved),
                ]),
            "ways": [("rehearsal_single", result.single), ("rehearsal_bags", result.bagged)].map {
                way($0, $1, parcels: result.parcels)
            },
        ] as Bindings
    }

    private func way(_ name: String, _ way: BagRehearsal.Way, parcels: Int) -> Bindings {
        let parcels = Double(max(1, parcels))
        return [
            "name": formats.words(name), "labels": formats.count(way.labels), "scans": formats.count(way.scans),
            "perParcel": formats.decimal(Double(way.scans) / parcels, places: 2),
            "mixUps": formats.count(way.mixUps), "rate": formats.percent(Double(way.mixUps) / parcels),
        ]
    }

    private func row(_ bag: Bag) -> Bindings {
        let words = formats.words
        let check = bag.check
        let bad = check.foreign.count + check.stopped.count
        let jobs = bag.prints.compactMap { self.jobs[$0.id] }
        let failed = jobs.contains { $0.state == .failed }
        let verdict = bad > 0 ? "wrong" : bag.isLabelOutdated || failed ? "late" : "fine"
        let word =
            bad > 0
            ? words("bags_bad", ["count": "\(bad)"])
            : bag.isLabelOutdated
                ? words("desk_label_outdated") : failed ? words("bags_print_failed") : words("bag_\(bag.state.word)")
        return [
            "code": bag.code.text, "href": "/b/\(bag.code)", "warehouse": bag.way.warehouse,
            "courier": words.system(bag.way.courier), "area": bag.way.area,
            "departs": bag.way.departsAt.map { formats.minute($0) } ?? "—",
            "count": "\(bag.meant.count { $0.insideSince != nil })/\(bag.meant.count)",
            "verdict": verdict, "word": word, "prints": "\(bag.prints.count)",
        ]
    }

    private func planned(_ bag: ParcelBag) -> Bindings {
        [
            "warehouse": bag.warehouse, "courier": formats.words.system(bag.courier), "area": bag.area,
            "departs": bag.parcels.first.map { formats.minute($0.departsAt) } ?? "—",
            "count": "\(bag.parcels.count)",
            "orders": bag.parcels.prefix(20).map { ["number": $0.order, "href": orderPath($0.order)] as Bindings },
        ]
    }

    private func stopped(_ found: UnbaggedParcel) -> Bindings? {
        guard found.reason != .repeated else { return nil }
        return [
            "order": found.parcel.order, "href": orderPath(found.parcel.order),
            "warehouse": found.parcel.warehouse, "why": formats.words("desk_unbagged_\(found.reason.word)"),
        ]
    }
}

extension UnbaggedParcel.Reason {
    fileprivate var word: String { self == .tooLarge ? "too_large" : rawValue }
}
