/// Why a document is not a fact: where, and what is allowed there.
package struct FactProblem: Error, Hashable, Sendable {
    /// The place, as `data.lines[2].units`.
    package var path: String
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}

/// Reads the members of one JSON object and names the place of whatever is wrong.
struct FieldReader {
    let json: JSON
    let path: String

    init(_ json: JSON?, path: String) throws(FactProblem) {
        guard let json, json.members != nil else {
            throw FactProblem(path: path, message: "must be an object, is \(json?.kindName ?? "missing")")
        }
        self.json = json
        self.path = path
    }

    private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private func value(_ name: String) -> JSON? {
        guard let value = json[name], value != .null else { return nil }
        return value
    }

    func problem(_ name: String, _ message: String) -> FactProblem { FactProblem(path: place(name), message: message) }

    func text(_ name: String, maximum: Int = 2_000) throws(FactProblem) -> String {
        guard let text = try optionalText(name, maximum: maximum), !text.isEmpty else {
            throw problem(name, "is required and must be text")
        }
        return text
    }

    func optionalText(_ name: String, maximum: Int = 2_000) throws(FactProblem) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw problem(name, "must be text, is \(value.kindName)") }
        guard text.utf8.count <= maximum else { throw problem(name, "is longer than \(maximum) bytes") }
        return text
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(FactProblem) -> Int64 {
        guard let number = try optionalInteger(name, in: range) else {
            throw problem(name, "is required and must be a whole number" + unitHint(name))
        }
        return number
    }

    func optionalInteger(_ name: String, in range: ClosedRange<Int64>) throws(FactProblem) -> Int64? {
        guard let value = value(name) else { return nil }
        guard let number = value.integer else {
            throw problem(name, "must be a whole number, is \(value.kindName)" + unitHint(name))
        }
        guard range.contains(number) else {
            throw problem(
                name, "must be from \(range.lowerBound) to \(range.upperBound), is \(number)" + unitHint(name))
        }
        return number
    }

    /// In which unit a number is counted, with an example.
    private func unitHint(_ name: String) -> String {
        if name.hasSuffix("Minor") { return "; in fen (minor units): 129.00 yuan is 12900" }
        switch name {
        case "units": return "; in pieces: 2 for two of the article"
        case "weightGrams": return "; in grams: 1.25 kg is 1250"
        default: return ""
        }
    }

    func flag(_ name: String, default fallback: Bool) throws(FactProblem) -> Bool {
        guard let value = value(name) else { return fallback }
        guard let flag = value.bool else { throw problem(name, "must be true or false, is \(value.kindName)") }
        return flag
    }

    func time(_ name: String) throws(FactProblem) -> Instant {
        guard let time = try optionalTime(name) else { throw problem(name, "is required; \(timeHint)") }
        return time
    }

    func optionalTime(_ name: String) throws(FactProblem) -> Instant? {
        guard let value = value(name) else { return nil }
        switch value {
        case .integer(let milliseconds) where Fact.timeRange.contains(milliseconds):
            return Instant(milliseconds: milliseconds)
        case .string(let text):
            guard let time = Instant(text: text), Fact.timeRange.contains(time.milliseconds) else {
                throw problem(name, timeHint)
            }
            return time
        default: throw problem(name, timeHint)
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type, default fallback: Choice? = nil
    ) throws(FactProblem) -> Choice where Choice.RawValue == String {
        guard let text = try optionalText(name) else {
            if let fallback { return fallback }
            throw problem(name, "is required; \(allowed(type))")
        }
        guard let choice = Choice(rawValue: text) else { throw problem(name, allowed(type)) }
        return choice
    }

    private func allowed<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> String
    where Choice.RawValue == String { "must be one of " + type.allCases.map(\.rawValue).joined(separator: ", ") }

    func list<Element>(
        _ name: String, maximum: Int = 500, _ read: (FieldReader) throws(FactProblem) -> Element
    ) throws(FactProblem) -> [Element] {
        guard let value = value(name) else { return [] }
        guard let items = value.array else { throw problem(name, "must be a list, is \(value.kindName)") }
        guard items.count <= maximum else { throw problem(name, "has more than \(maximum) items") }
        var elements: [Element] = []
        elements.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            elements.append(try read(try FieldReader(item, path: "\(place(name))[\(index)]")))
        }
        return elements
    }

    func texts(_ name: String, maximum: Int = 500) throws(FactProblem) -> [String] {
        guard let value = value(name) else { return [] }
        guard let items = value.array, items.count <= maximum else {
            throw problem(name, "must be a list of at most \(maximum) texts")
        }
        var texts: [String] = []
        for item in items {
            guard let text = item.string else { throw problem(name, "must be a list of texts") }
            texts.append(text)
        }
        return texts
    }
}

private let timeHint =
    "must be a time with its zone like 2026-11-11T20:03:11+08:00, or milliseconds since 1970 as a whole number,"
    + " from 1970 to 9999"

extension Fact {
    /// Milliseconds since 1970 that a time may have: from 1970 to 9999.
    package static let timeRange: ClosedRange<Int64> = 0...253_402_300_799_999
}

/// Amounts up to ten thousand million in major units: far above any order, far below an overflow of sums.
let amountRange: ClosedRange<Int64> = 0...1_000_000_000_000
