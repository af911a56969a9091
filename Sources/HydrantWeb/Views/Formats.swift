package import HydrantCore

/// Times, amounts and numbers as the pages write them.
package struct Formats: Sendable {
    package let words: Words
    /// The moment the page is shown as of; relative times count from here.
    package let now: Instant

    package init(words: Words, now: Instant) {
        self.words = words
        self.now = now
    }

    /// China has one zone and no summer time.
    static let zoneSeconds: Int64 = 28_800

    /// `2026-11-11 20:03`
    package func minute(_ moment: Instant) -> String {
        let civil = moment.civil(offsetSeconds: Self.zoneSeconds)
        return "\(civil.dateText) \(civil.timeText.prefix(5))"
    }

    /// `2026-11-11 20:03:11`
    package func second(_ moment: Instant) -> String { "\(date(moment)) \(time(moment))" }

    /// `2026-11-11`
    package func date(_ moment: Instant) -> String { moment.civil(offsetSeconds: Self.zoneSeconds).dateText }

    /// `20:03:11`
    package func time(_ moment: Instant) -> String { moment.civil(offsetSeconds: Self.zoneSeconds).timeText }

    /// `2026-11-11 20:03:11.250 +08:00`
    package func exact(_ moment: Instant) -> String {
        let civil = moment.civil(offsetSeconds: Self.zoneSeconds)
        return "\(civil.dateText) \(civil.timeText).\(paddedDecimal(civil.millisecond, width: 3)) +08:00"
    }

    /// "3 分钟前" / "in 5 min"
    package func relative(_ moment: Instant) -> String {
        let distance = now - moment
        if distance.magnitude < 60_000 { return words("relative_now") }
        let length = words(durationText(Milliseconds(distance.magnitude)))
        return words(distance > 0 ? "relative_past" : "relative_future", ["length": length])
    }

    /// `12,345`
    package func count(_ number: Int64) -> String {
        let digits = Array(String(number.magnitude))
        var out = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return (number < 0 ? "-" : "") + out
    }

    package func count(_ number: Int) -> String { count(Int64(number)) }

    /// `¥1,234.50`, `USD 12.00`; dots for whoever may not see amounts.
    package func amount(_ minor: Int64, currency: String) -> String {
        if Viewer.current.sight(.money) == .hidden { return "•••" }
        let sign = currency.isEmpty || currency == "CNY" ? "¥" : currency + " "
        let cents = paddedDecimal(Int(minor.magnitude % 100), width: 2)
        return "\(minor < 0 ? "-" : "")\(sign)\(count(Int64(minor.magnitude / 100))).\(cents)"
    }

    /// A number with so many decimals, rounded to the nearest; "—" for none.
    package func decimal(_ value: Double?, places: Int) -> String {
        guard let value, value.isFinite, value.magnitude < 1e12 else { return "—" }
        let factor = (0..<places).reduce(Int64(1)) { product, _ in product * 10 }
        let scaled = Int64((value.magnitude * Double(factor)).rounded())
        let whole = count(scaled / factor)
        let rest = places == 0 ? "" : "." + paddedDecimal(Int(scaled % factor), width: places)
        return (value < 0 && scaled > 0 ? "-" : "") + whole + rest
    }

    /// A share from 0 to 1 as `98.75%`. A share that is not whole is never rounded to 100 %, nor one above zero to 0 %.
    package func percent(_ share: Double?, places: Int = 2) -> String {
        guard let share else { return "—" }
        let text = decimal(share * 100, places: places) + "%"
        let step = (0..<places).reduce(1.0) { quotient, _ in quotient / 10 }
        if share < 1, text == decimal(100, places: places) + "%" {
            return ">" + decimal(100 - step, places: places) + "%"
        }
        if share > 0, text == decimal(0, places: places) + "%" { return "<" + decimal(step, places: places) + "%" }
        return text
    }

    /// A limit that settings name: whole hours without minutes.
    package func limit(_ length: Milliseconds) -> String {
        guard length > 0, length % .hours(1) == 0 else { return words(durationText(length)) }
        let hours = length / .hours(1)
        return words(Text(chinese: "\(hours) 小时", english: "\(hours) h"))
    }

    /// A length to the nearest minute; whole hours without minutes.
    package func length(_ length: Milliseconds) -> String { limit((length + 30_000) / .minutes(1) * .minutes(1)) }

    /// Minutes as `0:12` or `26:40`; "—" for none.
    package func hoursAndMinutes(_ minutes: Int64?) -> String {
        minutes.map { "\(count($0 / 60)):\(paddedDecimal(Int($0 % 60), width: 2))" } ?? "—"
    }

    /// For `{{#at}}{{>time}}{{/at}}`.
    func binding(_ moment: Instant?, seconds: Bool = false) -> Any {
        guard let moment else { return false }
        return [
            "iso": moment.text, "exact": exact(moment), "text": seconds ? second(moment) : minute(moment),
            "relative": relative(moment),
        ]
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, for one piece of an address.
package func encodedPiece(_ text: String) -> String {
    var out = ""
    let digits = Array("0123456789ABCDEF")
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
            out.unicodeScalars.append(Unicode.Scalar(byte))
        default: out += "%" + String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        }
    }
    return out
}

/// The path of an order's page.
package func orderPath(_ number: String) -> String { "/orders/" + encodedPiece(number) }

/// A path with those parameters that have a value.
package func address(_ path: String, _ parameters: [(String, String?)]) -> String {
    let pairs = parameters.compactMap { name, value in
        value.flatMap { $0.isEmpty ? nil : "\(name)=\(encodedPiece($0))" }
    }
    return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
}
