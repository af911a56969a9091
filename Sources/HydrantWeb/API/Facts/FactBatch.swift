import HydrantCore

/// The facts of one request, cut into the bytes of each, so that each is judged by itself.
struct FactBatch: Sendable {
    /// Why a body is not a list of facts at all.
    enum Problem: Error, Equatable {
        case notJSON(String)
        case tooManyFacts
    }

    let body: [UInt8]
    let items: [Range<Int>]

    /// Cuts one object, or a list of objects, at its own brackets. What is inside an item is not looked at: an item
    /// that is not JSON is a fault of this item alone.
    init(body: [UInt8], maximum: Int) throws(Problem) {
        var cutter = FactCutter(body: body)
        items = try cutter.items(maximum: maximum)
        self.body = body
    }
}

private struct FactCutter {
    private let body: [UInt8]
    private var position = 0

    init(body: [UInt8]) { self.body = body }

    mutating func items(maximum: Int) throws(FactBatch.Problem) -> [Range<Int>] {
        skipBlanks()
        guard position < body.count else { throw .notJSON("The body is empty.") }
        var items: [Range<Int>] = []
        if body[position] == UInt8(ascii: "{") {
            items.append(try item(isInList: false))
        } else if body[position] == UInt8(ascii: "[") {
            try list(into: &items, maximum: maximum)
        } else {
            throw .notJSON("The body begins neither with { nor with [.")
        }
        skipBlanks()
        guard position == body.count else { throw .notJSON("Something follows the document at byte \(position).") }
        return items
    }

    private mutating func list(into items: inout [Range<Int>], maximum: Int) throws(FactBatch.Problem) {
        position += 1
        skipBlanks()
        if position < body.count, body[position] == UInt8(ascii: "]") { throw .notJSON("The list is empty.") }
        while true {
            guard items.count < maximum else { throw .tooManyFacts }
            items.append(try item(isInList: true))
            guard position < body.count else { throw .notJSON("The list has no end.") }
            let isEnd = body[position] == UInt8(ascii: "]")
            position += 1
            if isEnd { return }
        }
    }

    /// From here to the comma or bracket that ends it in a list, or to its own closing brace.
    private mutating func item(isInList: Bool) throws(FactBatch.Problem) -> Range<Int> {
        skipBlanks()
        let start = position
        var depth = 0
        while position < body.count {
            switch body[position] {
            case UInt8(ascii: "\""): try skipText()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return try ended(start) }
                depth -= 1
                position += 1
                if depth == 0, !isInList { return start..<position }
            case UInt8(ascii: ",") where depth == 0: return try ended(start)
            default: position += 1
            }
        }
        throw .notJSON("The document ends inside a fact.")
    }

    private func ended(_ start: Int) throws(FactBatch.Problem) -> Range<Int> {
        guard start < position else { throw .notJSON("A fact is missing at byte \(position).") }
        return start..<position
    }

    private mutating func skipText() throws(FactBatch.Problem) {
        position += 1
        while position < body.count {
            switch body[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        position = body.count
        throw .notJSON("The document ends inside a text.")
    }

    private mutating func skipBlanks() {
        while position < body.count {
            switch body[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
