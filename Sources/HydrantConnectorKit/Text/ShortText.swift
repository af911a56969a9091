/// The beginning of a text: whole characters of at most so many bytes of UTF-8, the ellipsis at its end included.
package func cut(_ text: String, toBytes maximum: Int) -> String {
    precondition(maximum >= 3, "a text is cut to \(maximum) bytes, not to 3 or more")
    guard text.utf8.count > maximum else { return text }
    var bytes = 3
    var end = text.startIndex
    while end < text.endIndex {
        let next = text.index(after: end)
        bytes += text[end..<next].utf8.count
        guard bytes <= maximum else { break }
        end = next
    }
    return "\(text[..<end])…"
}
