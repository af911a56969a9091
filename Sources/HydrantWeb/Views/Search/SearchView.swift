import HydrantCore
import HydrantEngine
import HydrantStorage

/// What the search box found.
struct SearchView {
    var text: String
    var result: SearchResult
    var progress: SearchProgress
    /// The last state that any system reports.
    var lastState: Int
    /// Masked, by order number.
    var receivers: [String: Receiver] = [:]

    /// The hits alone, for the box that answers as one types.
    func fragment(_ words: Words, files: PageFiles) -> String { files.render(bindings(words), "hits") }

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        return frame.document(files.render(bindings(words), "search"), title: words("search_title"), files: files)
    }

    private func bindings(_ words: Words) -> Bindings {
        let formats = Formats(words: words, now: result.asOf)
        return [
            "w": words.bindings, "asOf": formats.binding(result.asOf, seconds: true), "text": text,
            "isAsked": !text.isEmpty, "isEmpty": result.hits.isEmpty, "hasHits": !result.hits.isEmpty,
            "hits": result.hits.map { hit($0, formats) }, "hasMore": result.hasMore,
            "behind": shown(behind(formats)),
        ]
    }

    private func behind(_ formats: Formats) -> String? {
        if let row = progress.backfilledUpTo {
            return formats.words(
                "search_backfill", ["done": formats.count(row), "all": formats.count(progress.orders)])
        }
        return progress.waiting == 0
            ? nil : formats.words("search_behind", ["count": formats.count(progress.waiting)])
    }

    private func hit(_ hit: SearchedHit, _ formats: Formats) -> Bindings {
        let words = formats.words
        let row = hit.row
        return [
            "href": orderPath(row.number), "number": row.number, "stateText": stateText(row.state, words),
            "mini": Rail(row: row, lastState: lastState).miniature(state: row.state, words),
            "verdict": row.verdict.map { $0.badge(words) as Any } ?? false,
            "completion": shown(
                row.completion == .open ? nil : words("completion_\(keyPart(row.completion.rawValue))")),
            "placed": formats.binding(row.placedAt), "receiver": shown(receiver(of: row.number)),
            "why": hit.matches.map { Self.why($0, words) },
        ]
    }

    /// What the viewer's role may see of the receiver.
    private func receiver(of number: String) -> String? {
        guard let receiver = receivers[number] else { return nil }
        let viewer = Viewer.current
        let seen: [(OrderField, String)] = [(OrderField.receiverName, receiver.name), (.receiverPhone, receiver.phone)]
        let texts = seen.filter { viewer.sight($0.0) != .hidden && !$0.1.isEmpty }.map(\.1)
        return texts.isEmpty ? nil : texts.joined(separator: " ")
    }

    /// "Tracking number ends in this: SF…0041".
    private static func why(_ match: SearchMatch, _ words: Words) -> Bindings {
        [
            "field": words("search_field_\(keyPart(match.field.rawValue))"),
            "manner": words("search_manner_\(match.manner.rawValue)"), "value": shown(match.value),
            "isSimilar": match.manner == .similar,
        ]
    }
}
