/// Why bytes are not JSON, with the place counted in bytes from 0.
package struct JSONProblem: Error, Equatable, Sendable {
    package var offset: Int
    package var message: String

    package init(offset: Int, message: String) {
        self.offset = offset
        self.message = message
    }
}

extension JSON {
    /// Limits against hostile input: nesting depth and number of values in one document.
    package struct Limits: Sendable {
        package var depth: Int
        package var values: Int

        package init(depth: Int = 32, values: Int = 200_000) {
            self.depth = depth
            self.values = values
        }
    }

    /// Reads exactly one JSON document.
    package init(bytes: some Collection<UInt8>, limits: Limits = Limits()) throws(JSONProblem) {
        let parsed: Result<JSON, JSONProblem>?? = bytes.withContiguousStorageIfAvailable { buffer in
            var reader = JSONReader(buffer, limits: limits)
            return reader.document()
        }
        if case .some(.some(let result)) = parsed {
            self = try result.get()
            return
        }
        let copy = Array(bytes)
        let result = copy.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer, limits: limits)
            return reader.document()
        }
        self = try result.get()
    }

    package init(text: String, limits: Limits = Limits()) throws(JSONProblem) {
        try self.init(bytes: Array(text.utf8), limits: limits)
    }
}

private struct JSONReader {
    private let input: UnsafeBufferPointer<UInt8>
    private let limits: JSON.Limits
    private var position = 0
    private var valuesSeen = 0

    init(_ input: UnsafeBufferPointer<UInt8>, limits: JSON.Limits) {
        self.input = input
        self.limits = limits
    }

    mutating func document() -> Result<JSON, JSONProblem> {
        do throws(JSONProblem) {
            let value = try self.value(depth: 0)
            skipBlanks()
            guard position == input.count else { throw problem("nothing may follow the document") }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private func problem(_ message: String) -> JSONProblem { JSONProblem(offset: position, message: message) }

    private mutating func skipBlanks() {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONProblem) -> JSON {
        guard depth <= limits.depth else { throw problem("nested deeper than \(limits.depth) levels") }
        valuesSeen += 1
        guard valuesSeen <= limits.values else { throw problem("more than \(limits.values) values") }
        skipBlanks()
        guard position < input.count else { throw problem("the text ends too early") }
        switch input[position] {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22: return .string(try string())
        case 0x74: return try literal("true", .bool(true))
        case 0x66: return try literal("false", .bool(false))
        case 0x6E: return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONProblem) -> JSON {
        let length = word.utf8CodeUnitCount
        guard position + length <= input.count else { throw problem("the text ends too early") }
        for index in 0..<length where input[position + index] != word.utf8Start[index] {
            throw problem("expected \(word)")
        }
        position += length
        return value
    }

    private mutating func object(depth: Int) throws(JSONProblem) -> JSON {
        position += 1
        var members: [JSON.Member] = []
        skipBlanks()
        if position < input.count, input[position] == 0x7D {
            position += 1
            return .object(members)
        }
        while true {
            skipBlanks()
            guard position < input.count, input[position] == 0x22 else { throw problem("expected a name in quotes") }
            let name = try string()
            skipBlanks()
            guard position < input.count, input[position] == 0x3A else { throw problem("expected ':'") }
            position += 1
            members.append(JSON.Member(name, try value(depth: depth + 1)))
            skipBlanks()
            guard position < input.count else { throw problem("the text ends inside an object") }
            let byte = input[position]
            guard byte == 0x2C || byte == 0x7D else { throw problem("expected ',' or '}'") }
            position += 1
            if byte == 0x7D { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws(JSONProblem) -> JSON {
        position += 1
        var values: [JSON] = []
        skipBlanks()
        if position < input.count, input[position] == 0x5D {
            position += 1
            return .array(values)
        }
        while true {
            values.append(try value(depth: depth + 1))
            skipBlanks()
            guard position < input.count else { throw problem("the text ends inside a list") }
            let byte = input[position]
            guard byte == 0x2C || byte == 0x5D else { throw problem("expected ',' or ']'") }
            position += 1
            if byte == 0x5D { return .array(values) }
        }
    }

    private mutating func number() throws(JSONProblem) -> JSON {
        let start = position
        if position < input.count, input[position] == 0x2D { position += 1 }
        let firstDigit = position
        digits()
        guard position > firstDigit else { throw problem("expected a value") }
        guard input[firstDigit] != 0x30 || position == firstDigit + 1 else { throw problem("a number begins with 0") }
        var isWhole = true
        if position < input.count, input[position] == 0x2E {
            isWhole = false
            position += 1
            let fraction = position
            digits()
            guard position > fraction else { throw problem("expected digits after '.'") }
        }
        if position < input.count, input[position] | 0x20 == 0x65 {
            isWhole = false
            position += 1
            if position < input.count, input[position] == 0x2B || input[position] == 0x2D { position += 1 }
            let exponent = position
            digits()
            guard position > exponent else { throw problem("expected digits in the exponent") }
        }
        let text = String(decoding: input[start..<position], as: UTF8.self)
        if isWhole, let whole = Int64(text) { return .integer(whole) }
        guard let value = Double(text), value.isFinite else { throw problem("the number is too large") }
        return .number(value)
    }

    private mutating func digits() {
        while position < input.count, (0x30...0x39).contains(input[position]) { position += 1 }
    }

    private mutating func string() throws(JSONProblem) -> String {
        position += 1
        let start = position
        while position < input.count {
            switch input[position] {
            case 0x22:
                let slice = UnsafeBufferPointer(rebasing: input[start..<position])
                guard let text = String(validating: slice, as: UTF8.self) else {
                    throw problem("the text is not UTF-8")
                }
                position += 1
                return text
            case 0x5C: return try escapedString(from: start)
            case 0x00..<0x20: throw problem("a control character in text must be escaped")
            default: position += 1
            }
        }
        throw problem("the text ends inside a string")
    }

    private mutating func escapedString(from start: Int) throws(JSONProblem) -> String {
        var bytes = Array(input[start..<position])
        while position < input.count {
            let byte = input[position]
            switch byte {
            case 0x22:
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw problem("the text is not UTF-8")
                }
                position += 1
                return text
            case 0x5C: try escape(into: &bytes)
            case 0x00..<0x20: throw problem("a control character in text must be escaped")
            default:
                bytes.append(byte)
                position += 1
            }
        }
        throw problem("the text ends inside a string")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONProblem) {
        position += 1
        guard position < input.count else { throw problem("the text ends inside a string") }
        let byte = input[position]
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: bytes.append(byte)
        case 0x62: bytes.append(0x08)
        case 0x66: bytes.append(0x0C)
        case 0x6E: bytes.append(0x0A)
        case 0x72: bytes.append(0x0D)
        case 0x74: bytes.append(0x09)
        case 0x75:
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard position + 1 < input.count, input[position] == 0x5C, input[position + 1] == 0x75 else {
                    throw problem("half of a surrogate pair")
                }
                position += 2
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw problem("half of a surrogate pair") }
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw problem("half of a surrogate pair") }
            bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw problem("unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONProblem) -> UInt32 {
        // The number reader would take a sign, which JSON does not allow here.
        guard position + 4 <= input.count, input[position] != 0x2B, input[position] != 0x2D,
            let code = UInt32(String(decoding: input[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw problem("expected four hexadecimal digits") }
        position += 4
        return code
    }
}
