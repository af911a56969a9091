/// How a parcel's id is written as the customer's own order number at couriers that allow fewer signs than the hub.
struct OwnNumber: Sendable {
    /// Signs that stay as they are besides letters and digits; every other byte becomes `_` and two digits.
    var kept: Set<Character>
    /// What stands in front, where a courier asks for a least length.
    var prefix: String
    var maximum: Int

    /// Ids nearly as they are: only signs besides letters, digits, dash and dot are escaped.
    static func plain(maximum: Int) -> OwnNumber { OwnNumber(kept: ["-", "."], prefix: "", maximum: maximum) }

    /// Letters, digits and the underscore of escapes.
    static func escaped(maximum: Int, prefix: String = "") -> OwnNumber {
        OwnNumber(kept: [], prefix: prefix, maximum: maximum)
    }

    /// Nil when it gets longer than the courier allows.
    func text(of parcel: String) -> String? {
        var out = prefix
        for character in parcel {
            if character.isASCII, character.isLetter || character.isNumber || kept.contains(character) {
                out.append(character)
                continue
            }
            for byte in String(character).utf8 {
                let digits = String(byte, radix: 16, uppercase: true)
                out += "_" + (digits.count == 1 ? "0" + digits : digits)
            }
        }
        return out.utf8.count <= maximum ? out : nil
    }

    /// The parcel's id again; nil when the text is not what ``text(of:)`` writes.
    func parcel(of text: String) -> String? {
        guard text.hasPrefix(prefix) else { return nil }
        let body = text.dropFirst(prefix.count)
        var bytes: [UInt8] = []
        var rest = body.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "_") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next(), let low = rest.next(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Whether it is our own number of goods on their way back, `ORDER-BNUMBER`: their order is found by the waybill.
    static func isWayBack(_ text: String) -> Bool {
        guard let dash = text.lastIndex(of: "-"), dash != text.startIndex else { return false }
        let end = text[text.index(after: dash)...]
        return (2...5).contains(end.count) && end.first == "B"
            && end.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// The order of a parcel's id, `ORDER-NUMBER`; nil when it is none of ours.
    static func order(ofParcel id: String) -> String? {
        guard let dash = id.lastIndex(of: "-"), dash != id.startIndex else { return nil }
        let number = id[id.index(after: dash)...]
        guard !number.isEmpty, number.count <= 4, number.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return String(id[..<dash])
    }
}
