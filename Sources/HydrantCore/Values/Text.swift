/// A sentence for people, in the two languages of the product.
package struct Text: Hashable, Sendable {
    package var chinese: String
    package var english: String

    package init(chinese: String, english: String) {
        self.chinese = chinese
        self.english = english
    }

    /// So many bytes of a sentence fit into an event and are read back from it.
    static let bytes = 2_000

    /// As much of it as an event keeps.
    package var bounded: Text { Text(chinese: chinese.cut(to: Self.bytes), english: english.cut(to: Self.bytes)) }

    package subscript(_ language: Language) -> String { language == .chinese ? chinese : english }
}

extension String {
    /// The whole text, or its begin with an ellipsis, in at most so many bytes.
    fileprivate func cut(to bytes: Int) -> String {
        let ellipsis = "…"
        guard utf8.count > bytes else { return self }
        var end = utf8.index(startIndex, offsetBy: bytes - ellipsis.utf8.count)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + ellipsis
    }
}

/// The languages of the screens; the raw value is the BCP 47 tag.
package enum Language: String, Sendable, CaseIterable {
    case chinese = "zh"
    case english = "en"
}

/// How long, as people say it: "3 小时 20 分" / "3 h 20 min".
package func durationText(_ length: Milliseconds) -> Text {
    let minutes = max(0, length / 60_000)
    let days = minutes / 1_440
    let hours = minutes % 1_440 / 60
    let rest = minutes % 60
    if days >= 730 { return Text(chinese: "\(days / 365) 年", english: "\(days / 365) years") }
    if days > 0 { return Text(chinese: "\(days) 天 \(hours) 小时", english: "\(days) d \(hours) h") }
    if hours > 0 { return Text(chinese: "\(hours) 小时 \(rest) 分", english: "\(hours) h \(rest) min") }
    return Text(chinese: "\(rest) 分钟", english: "\(rest) min")
}

/// An amount of minor units as "12.34".
package func amountText(minor: Int64) -> String {
    let digits = paddedDecimal(Int(minor.magnitude % 100), width: 2)
    return "\(minor < 0 ? "-" : "")\(minor.magnitude / 100).\(digits)"
}
