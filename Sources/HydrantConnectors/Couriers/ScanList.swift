import HydrantCore

/// What couriers' lists of scans have in common.
enum ScanList {
    /// A courier's whole list: by the time of the event, each scan once, and what is signed after a return began is the
    /// sender getting the parcel back and never the buyer's signature.
    static func whole(_ scans: [Scan]) -> [Scan] {
        var isReturning = false
        var kept: [Scan] = []
        for scan in scans.sorted() where kept.last != scan {
            var scan = scan
            if scan.status == .returning || scan.status == .returned { isReturning = true }
            if isReturning, scan.status == .signed { scan.status = .returned }
            kept.append(scan)
        }
        return kept
    }

    private static let names = ["签收人", "收件人", "联系人", "代收人"]
    private static let workers = ["快递员", "业务员", "派件员", "派送员", "揽件员", "揽收员", "投递员", "小哥"]
    private static let ends: Set<Character> = ["，", ",", "。", ";", "；", " ", "）", ")", "】", "]"]
    private static let openings: Set<Character> = ["：", ":", "【", "[", "（", "(", "是"]

    /// Remarks may name the person who signed, the person who delivered and their phones; none belongs into an event.
    static func withoutPeople(_ remark: String) -> String {
        var text = remark
        for marker in names {
            guard let found = text.firstRange(of: marker) else { continue }
            text.hideName(from: found.upperBound, openings: openings, ends: ends)
        }
        for marker in workers {
            guard let found = text.firstRange(of: marker), found.upperBound < text.endIndex,
                openings.contains(text[found.upperBound])
            else { continue }
            text.hideName(from: found.upperBound, openings: openings, ends: ends)
        }
        return shortened(withoutPhones(text))
    }

    private static func withoutPhones(_ text: String) -> String {
        var out = ""
        var digits = ""
        func flush() { out += digits.count >= 7 ? "***" : digits }
        for character in text {
            if character.isASCII && character.isNumber || character == "-" && !digits.isEmpty {
                digits.append(character)
            } else {
                flush()
                digits = ""
                out.append(character)
            }
        }
        flush()
        return out
    }
}

extension String {
    /// Puts `***` in the place of a name and of the signs between it and what announces it.
    fileprivate mutating func hideName(from start: Index, openings: Set<Character>, ends: Set<Character>) {
        var begin = start
        while begin < endIndex, openings.contains(self[begin]) { begin = index(after: begin) }
        let end = self[begin...].firstIndex { ends.contains($0) } ?? endIndex
        guard start < end else { return }
        replaceSubrange(start..<end, with: "***")
    }
}
