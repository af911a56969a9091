/// A word of a vocabulary as a message may show it: it has to be seen to be mapped, but no phone and no address.
func shownWord(_ text: String) -> String {
    text.count <= 20 && text.utf8.count(where: { (0x30...0x39).contains($0) }) < 7 ? text : form(of: text)
}

/// A value that should be a number or a time, as a message may show it. Where columns are mixed up, it may be a
/// person's name, phone or address: what is not short and plain is shown only by its form, 00000000000 or 字字.
func shownValue(_ text: String) -> String {
    let digits = text.utf8.count(where: { (0x30...0x39).contains($0) })
    let isPlain = text.utf8.allSatisfy { $0 < 0x80 } && text.utf8.count <= 12 && digits < 7
    return isPlain || isLikeATime(text) ? text : form(of: text)
}

/// A date with one or two digits at a time around its year, which stands first or third (`31.02.2026 09:30`), and
/// nothing but signs between: no telephone number is written so.
private func isLikeATime(_ text: String) -> Bool {
    let isOfSigns = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "-/.: TZ+".utf8.contains($0) }
    let groups = text.split { !$0.isNumber }
    guard text.utf8.count <= 30, isOfSigns, groups.count >= 3 else { return false }
    guard let place = [0, 2].first(where: { isYear(groups[$0]) }) else { return false }
    // What follows the date may be a time of day and parts of a second.
    return groups.prefix(6).enumerated().allSatisfy { $0.offset == place || $0.element.count <= 2 }
}

private func isYear(_ digits: Substring) -> Bool {
    digits.count == 4 && (digits.hasPrefix("19") || digits.hasPrefix("20"))
}

/// Digits as 0, letters as x, other letters as 字; signs stay; at most 60 characters.
private func form(of text: String) -> String {
    String(
        text.prefix(60).map { sign in
            if sign.isNumber { return "0" }
            guard sign.isLetter else { return sign }
            return sign.isASCII ? "x" : "字"
        })
}
