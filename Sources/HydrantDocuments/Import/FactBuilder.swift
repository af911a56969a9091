internal import HydrantCore

/// Makes the facts of one row.
struct FactBuilder {
    let mapping: Mapping
    let file: FileMapping
    /// When facts without a time are known to hold.
    let receivedAt: Instant

    /// The fact of one entry of the document in a row, or nil when the row does not have it.
    func fact(_ entry: FactMapping, in row: RowContext, order: String) throws(RowProblem) -> Fact? {
        if let condition = entry.condition, try !row.meets(condition) { return nil }
        let occurredAt = try entry.occurredAt.flatMap { (value) throws(RowProblem) in try row.value(value) }
        let word = try entry.word.flatMap { (value) throws(RowProblem) in try row.value(value) }
        // Without its word a status says nothing.
        if entry.kind == .statusReported, word == nil { return nil }
        let data = try members(entry.data, row)
        let id = try identifier(entry, row, order: order, content: [occurredAt, word, data])
        let json = JSON.compact([
            ("kind", .string(entry.kind.rawValue)), ("source", .string(entry.source ?? mapping.source)),
            ("id", .string(id)), ("order", .string(order)), ("occurredAt", occurredAt), ("word", word), ("data", data),
        ])
        do {
            return try Fact(json: json, receivedAt: receivedAt)
        } catch {
            throw RowProblem(message: "\(entry.kind.rawValue): \(error.path) \(error.message)")
        }
    }

    private func members(_ members: [MemberMapping], _ row: RowContext) throws(RowProblem) -> JSON {
        var result: [JSON.Member] = []
        result.reserveCapacity(members.count)
        for member in members {
            switch member.content {
            case .value(let value):
                if let value = try row.value(value) { result.append(JSON.Member(member.name, value)) }
            case .list(let groups):
                var items: [JSON] = []
                for group in groups { items.append(try self.members(group, row)) }
                result.append(JSON.Member(member.name, .array(items)))
            case .texts(let values):
                var texts: [JSON] = []
                for value in values { if let text = try row.value(value) { texts.append(text) } }
                result.append(JSON.Member(member.name, .array(texts)))
            }
        }
        return .object(result)
    }

    /// The number of the message. By default it is made of what the row says and not of where it stands, so that the
    /// same statement in a second export is the same message, and a changed one is a new message.
    private func identifier(
        _ entry: FactMapping, _ row: RowContext, order: String, content: [JSON?]
    ) throws(RowProblem) -> String {
        if let template = entry.id {
            guard let id = row.text(template) else {
                throw RowProblem(message: "\(entry.kind.rawValue): a column of its id is empty")
            }
            return "\(entry.kind.rawValue):\(file.layout.pattern):\(id)"
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for part in content { part.mixed(into: &hash) }
        return "\(entry.kind.rawValue):\(file.layout.pattern):\(order):\(String(hash, radix: 16))"
    }
}

extension Optional where Wrapped == JSON {
    /// FNV-1a over the values in their order.
    fileprivate func mixed(into hash: inout UInt64) {
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        switch self {
        case nil, .null?: mix(0)
        case .bool(let value)?: mix(value ? 2 : 1)
        case .integer(let value)?:
            mix(3)
            var rest = UInt64(bitPattern: value)
            while rest > 0 {
                mix(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
            }
        case .number(let value)?:
            mix(4)
            for byte in value.description.utf8 { mix(byte) }
        case .string(let value)?:
            mix(5)
            for byte in value.utf8 { mix(byte) }
        case .array(let values)?:
            mix(6)
            for value in values { Optional(value).mixed(into: &hash) }
        case .object(let members)?:
            mix(7)
            for member in members {
                for byte in member.name.utf8 { mix(byte) }
                Optional(member.value).mixed(into: &hash)
            }
        }
        mix(0xFF)
    }
}
