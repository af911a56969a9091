extension Fact {
    /// Members that name something: they go into headers, addresses, files and lines of text.
    private static let nameMembers: Set<String> = [
        "source", "id", "order", "parcel", "number", "line", "sku", "giftFor", "key", "courier", "channel", "warehouse",
        "shop", "currency", "fingerprint", "owner", "person",
    ]

    /// Refuses control characters and line separators in names of new facts. Facts that are stored are not asked: what
    /// was recorded stays readable.
    ///
    /// - Parameter json: a fact as it comes, or a part of it at `path`.
    package static func checkNames(in json: JSON, path: String = "") throws(FactProblem) {
        switch json {
        case .object(let members):
            for member in members {
                let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                if case .string(let text) = member.value {
                    guard nameMembers.contains(member.name), text.unicodeScalars.contains(where: isControl) else {
                        continue
                    }
                    throw FactProblem(
                        path: place, message: "holds a control character or a line break; names are plain text")
                }
                try checkNames(in: member.value, path: place)
            }
        case .array(let items):
            for (index, item) in items.enumerated() { try checkNames(in: item, path: "\(path)[\(index)]") }
        default: break
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}
