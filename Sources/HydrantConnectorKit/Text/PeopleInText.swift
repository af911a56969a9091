/// A courier's remark without the people in it: phone numbers in whatever spelling, and the names that stand beside
/// them, behind words like 签收人 and 快递员, and between 由 and 签收. What is hidden becomes `***`; rather too much than
/// too little, because the scan's code and place say what happened.
package func withoutPeople(_ remark: String) -> String {
    var text = hidingNumbers(Array(remark.prefix(2_000)))
    for marker in markers { text = hidingNames(behind: marker, in: text) }
    return String(hidingSigners(in: text))
}

private let hidden: [Character] = ["*", "*", "*"]
/// Fewer digits than this are no phone number.
private let phoneDigits = 7
/// The longest name that is looked for before a number.
private let nameLength = 4

/// Words that a name follows.
private let markers: [[Character]] = [
    "签收人", "收件人", "收货人", "联系人", "寄件人", "发件人", "取件人", "代收人", "代签人", "签收者", "收件方", "快递员", "派件员",
    "派送员", "业务员", "配送员", "揽收员", "揽件员", "揽投员", "投递员", "收派员", "取件员", "收件员", "快递小哥", "骑手", "师傅", "司机",
    "signed by", "Signed by", "courier:", "Courier:",
].map { Array($0) }
/// What a marker may be followed by that is no name.
private let notNames: [[Character]] = ["电话", "手机", "联系电话", "号码"].map { Array($0) }
/// Words before a number that are no name.
private let numberWords: [[Character]] = ["电话", "手机", "号码", "单号", "编号", "热线", "致电", "拨打", "客服", "联系", "派送", "派件"].map {
    Array($0)
}
/// Where a name ends for certain.
private let ends = Set("，,。;；）)】]}」』》!！\n\r|")
private let leading = Set(":：为是【[（({「『《 \t\u{3000}-—_/")
private let joiners = Set("-‐‑‒–—―−－.．·•()（）[]【】+＋/／_,，~ \t\u{A0}\u{3000}")

/// Digits of any script, encircled ones too; not the numerals that are words and stand in names.
private func isDigit(_ character: Character) -> Bool {
    guard let kind = character.unicodeScalars.first?.properties.numericType else { return false }
    return kind != .numeric
}

/// Blanks, signs and invisible characters that people put into numbers.
private func joins(_ character: Character) -> Bool {
    if joiners.contains(character) || character.isWhitespace && !character.isNewline { return true }
    return character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .format }
}

private func starts(_ text: ArraySlice<Character>, with word: [Character]) -> Bool {
    text.prefix(word.count).elementsEqual(word)
}

private func hidingNumbers(_ text: [Character]) -> [Character] {
    var out: [Character] = []
    var place = text.startIndex
    while place < text.endIndex {
        guard isDigit(text[place]) else {
            out.append(text[place])
            place += 1
            continue
        }
        let run = digitRun(in: text, from: place)
        if run.digits < phoneDigits {
            out += text[place..<run.end]
        } else {
            hideName(atEndOf: &out)
            out += hidden
        }
        place = run.end
    }
    return out
}

/// The digits from a place on, with at most three joining characters between each two.
private func digitRun(in text: [Character], from start: Int) -> (digits: Int, end: Int) {
    var digits = 0
    var end = start
    var gap = 0
    for place in start..<text.endIndex {
        if isDigit(text[place]) {
            digits += 1
            end = place + 1
            gap = 0
        } else {
            gap += 1
            guard gap <= 3, joins(text[place]) else { break }
        }
    }
    return (digits, end)
}

/// `张三(138…`, `张三 138…`: the name stands before the number, with a sign between them.
private func hideName(atEndOf out: inout [Character]) {
    let signs = out.reversed().prefix { joins($0) || $0 == ":" || $0 == "：" }.count
    guard signs > 0 else { return }
    let before = out.dropLast(signs)
    let letters = before.reversed().prefix { $0.isLetter || $0 == "·" }.count
    let word = before.suffix(letters)
    guard letters > 0, !numberWords.contains(where: { word.suffix($0.count).elementsEqual($0) }) else { return }
    // A name in Latin letters is a word; one in Han characters has no blank before it.
    let isLatin = word.allSatisfy(\.isASCII)
    let length = isLatin ? letters : min(letters, nameLength)
    let range = before.endIndex - length..<before.endIndex
    out.replaceSubrange(range, with: hidden)
}

private func hidingNames(behind marker: [Character], in text: [Character]) -> [Character] {
    var out: [Character] = []
    var place = text.startIndex
    while place < text.endIndex {
        guard starts(text[place...], with: marker) else {
            out.append(text[place])
            place += 1
            continue
        }
        out += marker
        place += marker.count
        var name = place
        while name < text.endIndex, leading.contains(text[name]) { name += 1 }
        if notNames.contains(where: { starts(text[name...], with: $0) }) { continue }
        let end = text[name...].firstIndex { ends.contains($0) } ?? text.endIndex
        if name < end { out += hidden }
        place = name < end ? end : place
    }
    return out
}

/// `已由张三签收`, `由【张三】代收`.
private func hidingSigners(in text: [Character]) -> [Character] {
    let verbs: [[Character]] = ["签收", "代收", "代签"].map { Array($0) }
    var out: [Character] = []
    var place = text.startIndex
    while place < text.endIndex {
        out.append(text[place])
        place += 1
        guard out.last == "由" else { continue }
        let reach = text[place...].prefix(24)
        guard let end = reach.indices.first(where: { at in verbs.contains { starts(text[at...], with: $0) } }),
            end > place
        else { continue }
        out += hidden
        place = end
    }
    return out
}
