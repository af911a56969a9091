import HydrantCore
import HydrantEngine
import HydrantStorage

/// The list of what waits in one lane.
struct LaneListView {
    static let rowsAtMost = 200

    let lane: InstructionLane
    let view: LaneView?
    let rows: [InstructionRow]
    let asOf: Instant

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let formats = Formats(words: words, now: asOf)
        let name = words.system(lane.system)
        let title = words("lane_title", ["system": name, "kind": words(lane.kind.text)])
        let waiting = max(view?.waiting ?? 0, Int64(rows.count))
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.binding(asOf, seconds: true), "title": title,
            "trouble": shown(view?.trouble.map { words($0) }), "isEmpty": rows.isEmpty,
            "count": words(
                "lane_count", ["count": formats.count(waiting), "shown": formats.count(rows.count)]),
            "rows": rows.map { row($0, formats) },
        ]
        return frame.document(files.render(bindings, "lane"), title: title, files: files)
    }

    private func row(_ row: InstructionRow, _ formats: Formats) -> Bindings {
        [
            "href": orderPath(row.order), "number": row.order, "target": row.instruction.target,
            "status": formats.words("status_\(row.status.rawValue)"), "attempts": formats.count(row.attempts),
            "issued": formats.binding(row.issuedAt), "due": formats.binding(row.dueAt),
            "error": shown(formats.words(detailText(row.lastError))),
        ]
    }
}
