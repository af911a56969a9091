/// The bytes that each rule of percent-encoding leaves alone beside letters and digits.
private enum Unreserved {
    static let standard = Set("-._~".utf8)
    static let java = Set("*-_.".utf8)
}

/// Percent-encoding of RFC 3986: unreserved characters stay, all else becomes `%XX`.
package func percentEncoded(_ text: String) -> String {
    encoded(Array(text.utf8), keeping: Unreserved.standard, blank: [0x25, 0x32, 0x30])
}

/// What `java.net.URLEncoder` makes of UTF-8: a blank becomes `+`, `*-_.` stay, `~` does not.
package func javaURLEncoded(_ bytes: [UInt8]) -> String { encoded(bytes, keeping: Unreserved.java, blank: [0x2B]) }

private func encoded(_ bytes: [UInt8], keeping unreserved: Set<UInt8>, blank: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: out.append(byte)
        case 0x20: out.append(contentsOf: blank)
        case _ where unreserved.contains(byte): out.append(byte)
        default: out.append(contentsOf: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        }
    }
    return String(decoding: out, as: UTF8.self)
}

/// `application/x-www-form-urlencoded` text of the pairs, in their order.
package func formEncoded(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { "\(javaURLEncoded(Array($0.name.utf8)))=\(javaURLEncoded(Array($0.value.utf8)))" }.joined(
        separator: "&")
}

/// The pairs of a query or a form, in their order; nil when an escape is broken or the text is not UTF-8.
package func formDecoded(_ bytes: some Collection<UInt8>) -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    for part in bytes.split(separator: 0x26) {
        let halves = part.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = formText(halves[0]), let value = halves.count == 2 ? formText(halves[1]) : "" else {
            return nil
        }
        pairs.append((name, value))
    }
    return pairs
}

private func formText(_ bytes: some Collection<UInt8>) -> String? {
    var out: [UInt8] = []
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
        switch byte {
        case 0x2B: out.append(0x20)
        case 0x25:
            guard let high = iterator.next().flatMap(hexadecimalDigit),
                let low = iterator.next().flatMap(hexadecimalDigit)
            else { return nil }
            out.append(high << 4 | low)
        default: out.append(byte)
        }
    }
    return String(validating: out, as: UTF8.self)
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}

/// The value of the first pair with the name.
package func value(of name: String, in pairs: [(name: String, value: String)]) -> String? {
    pairs.first { $0.name == name }?.value
}
