import HydrantCore
import HydrantEngine

/// The bags that are open or closed, and the parcels that wait for one.
struct BagsView {
    var bags: [Bag]
    var plan: DeskPlan
    var jobs: [String: PrintJob]
    /// The demonstration shows what slips of the hand would do.
    var isDemo = false
    var formats: Formats

    private static let plannedAtMost = 100

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = formats.words
        let largest = plan.bagging.bags.sorted { $0.parcels.count > $1.parcels.count }
        let waiting = plan.bagging.bags.reduce(0) { $0 + $1.parcels.count }
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.second(formats.now),
            "bags": bags.map(row), "hasBags": !bags.isEmpty,
            "planned": largest.prefix(Self.plannedAtMost).map(planned), "isWaiting": waiting > 0,
            "waiting": words(
                "bags_waiting",
                [
                    "parcels": formats.count(waiting), "bags": formats.count(plan.bagging.bags.count),
                    "saved": formats.count(waiting - plan.bagging.bags.count),
                ]),
            "stopped": plan.bagging.unbagged.prefix(Self.plannedAtMost).compactMap(stopped),
            "hasStopped": !plan.bagging.unbagged.isEmpty, "rehearsal": rehearsal,
            "mayPack": Viewer.current.mayOpen("GET", "/packing"),
            "maySet": Viewer.current.mayOpen("GET", "/settings/desk"),
        ]
        return frame.document(files.render(bindings, "bags"), title: words("bags_title"), files: files)
    }

    private static let slipsPermille = 12

    /// The parcels that wait, packed with the same slips of the hand with a label each and in bags.
    private var rehearsal: Any {
        let keys = plan.bagging.bags.map { bag in bag.parcels.compactMap { plan.parcels[$0.id]?.key } }
        guard isDemo, keys.count > 1 else { return false }
        let result = BagRehearsal(keys, seed: 11, slipsPermille: Self.slipsPermille)
        let parcels = Double(max(1, result.parcels))
        let text = formats.words(
            "rehearsal_text",
            [
                "parcels": formats.count(result.parcels), "slips": formats.count(result.slips),
                "named": formats.count(result.named), "saved": formats.count(result.labelsSaved),
            ])
        return [
            "text": text, "parcels": formats.count(result.parcels), "bags": formats.count(result.bags),
            "scans": formats.decimal(Double(result.scans) / parcels, places: 2),
            "singleRate": formats.percent(Double(result.slips) / parcels),
            "bagRate": formats.percent(Double(result.mixUps) / parcels),
        ] as Bindings
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
            "courier": bag.way.courier, "area": bag.way.area,
            "departs": bag.way.departsAt.map { formats.minute($0) } ?? "—",
            "count": "\(bag.meant.count { $0.insideSince != nil })/\(bag.meant.count)",
            "verdict": verdict, "word": word, "prints": "\(bag.prints.count)",
        ]
    }

    private func planned(_ bag: ParcelBag) -> Bindings {
        [
            "warehouse": bag.warehouse, "courier": bag.courier, "area": bag.area,
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
