import HydrantCore
import HydrantEngine

/// The papers beside the labels of bags, as the pages offer them.
struct PaperView {
    let words: Words
    let formats: Formats
    let settings: DeskSettings

    init(_ formats: Formats, _ settings: DeskSettings) {
        words = formats.words
        self.formats = formats
        self.settings = settings
    }

    /// One paper with its prints, and why it cannot be printed where it cannot.
    ///
    /// - Parameter packing: how far the next parcel of the order is, where it is not packed.
    func bindings(_ sight: PaperSight, _ packing: PackSight? = nil) -> Bindings {
        let paper = sight.paper
        let count = paper.prints.count
        let isWayBack = paper.isOfWayBack
        // What a way back is called inside says nothing to anybody; its number does.
        let of = isWayBack ? sight.number : paper.parcel
        return [
            "kind": paper.kind.rawValue,
            "label": words(isWayBack ? "paper_way_back" : "paper_\(keyPart(paper.kind.rawValue))"),
            "order": paper.order, "parcel": paper.parcel, "of": shown(of),
            "keep": "paper-\(paper.kind.rawValue)-\(paper.parcel)",
            "once": "\(count)", "isPrinted": count > 0,
            "printed": shown(count > 0 ? summary(paper.prints) : nil),
            "isBlocked": sight.obstacle != nil, "why": shown(sight.obstacle.map { words($0.text) }),
            "next": shown(sight.obstacle.map { words($0.nextStep) }),
            "unpacked": shown(packing.flatMap { unpacked(paper, $0) }),
            "hasPrinter": settings.printer(of: paper.warehouse) != nil,
            "mayPrint": AccessTable.mayPrint(
                paper.kind, isOfWayBack: isWayBack, toPrinter: true, Viewer.current.role),
            "prints": paper.prints.suffix(Self.printsShown).enumerated().map { index, print in
                printed(print, count - min(count, Self.printsShown) + index + 1, sight.jobs[print.id])
            },
        ]
    }

    /// A paper may be printed before its parcel is packed, for who packs by it; that it is so is said beside the
    /// button.
    private func unpacked(_ paper: Paper, _ packing: PackSight) -> String? {
        guard paper.kind.isOfParcel, packing.order.parcel(paper.parcel)?.packed == nil else { return nil }
        guard paper.parcel == packing.list.key.parcel else { return words("paper_unpacked") }
        guard packing.scanned < packing.list.units else {
            return words("paper_unpacked_all", ["units": "\(packing.list.units)"])
        }
        return words("paper_unpacked_count", ["count": "\(packing.scanned)", "units": "\(packing.list.units)"])
    }

    /// How often it went to a printer and how often a PDF was made: a PDF that somebody opens is no paper yet.
    private func summary(_ prints: [BagPrint]) -> String {
        let ways: [(key: String, isForPrinter: Bool?)] = [
            ("paper_sent", true), ("paper_made", false), ("paper_either", nil),
        ]
        return ways.compactMap { way in
            let count = prints.count { $0.isForPrinter == way.isForPrinter }
            return count > 0 ? words(way.key, ["count": "\(count)"]) : nil
        }.joined(separator: " · ")
    }

    private static let printsShown = 5

    private func printed(_ print: BagPrint, _ number: Int, _ job: PrintJob?) -> Bindings {
        let state = job.map {
            words(
                "print_\($0.state.rawValue)",
                ["times": "\($0.attempts)", "why": words(PackingView.word($0.trouble))])
        }
        return [
            "number": "\(number)", "at": formats.second(print.at), "person": words.actor(print.person),
            "reason": shown(print.reason), "state": state ?? words(PackingView.way(print)),
            "tone": job?.state.rawValue ?? "done",
        ]
    }
}

extension PackSight {
    /// How many of the units were scanned.
    var scanned: Int { list.entries.reduce(0) { $0 + min($1.units, work.count($1.line)) } }
}

extension AccessTable {
    /// Who may print which paper: packers every one and to every place; agents what goes to a customer, in the browser.
    static func mayPrint(_ kind: PaperKind, isOfWayBack: Bool, toPrinter: Bool, _ role: Role) -> Bool {
        switch role {
        case .owner, .operations, .warehouse: true
        case .service: !toPrinter && (kind == .packingSlip || kind == .returnSlip || isOfWayBack)
        case .finance, .it, .viewer: false
        }
    }
}
