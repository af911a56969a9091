import HydrantConnectorKit
package import HydrantCore

/// Every signature that the hub can compute, one row for each rule of each system.
///
/// The recipes are those that the connectors sign with, so a comparison with a partner's own tool speaks of them too.
package enum SignatureTable {
    package static let rows: [SignatureRow] = couriers + couriersOfManyKinds + marketplaces + offices + messengers

    /// The systems, in the order of the table.
    package static let systems: [String] = rows.flatMap(\.systems).reduce(into: []) { known, system in
        if !known.contains(system) { known.append(system) }
    }

    /// The rows of a system that sign an operation, the more particular first.
    package static func rows(system: String, operation: String) -> [SignatureRow] {
        rows.filter { $0.systems.contains(system) && $0.operations.contains(operation) }
    }

    package static func operations(of system: String) -> [String] {
        rows.filter { $0.systems.contains(system) }.flatMap(\.operations).reduce(into: []) { known, operation in
            if !known.contains(operation) { known.append(operation) }
        }
    }

    /// The row whose words a description has (an algorithm's name, a line of a document) and whose fields are all
    /// there; nil when the system is not in the table or no row of it fits.
    package static func row(system: String, description: String, document: JSON) -> SignatureRow? {
        let text = description.lowercased()
        return rows.first { row in
            row.systems.contains(system) && row.words.allSatisfy { text.contains($0) } && row.accepts(document)
        }
    }

    /// What the table makes of a known signature's system, description and inputs; its expected value is not looked at.
    /// Nil when no row fits. Null when the row fits and the inputs do not hold what it needs.
    package static func result(of vector: JSON) -> JSON? {
        guard let system = vector["system"]?.string, let inputs = vector["inputs"]?.members else { return nil }
        let names = [vector["operation"], vector["algorithm"], vector["inputs"]?["algorithm"]]
        // Where a rule takes its text as it is, lists of known signatures write it beside the inputs.
        let text = vector["string_to_sign"].map { [JSON.Member("string_to_sign", $0)] } ?? []
        let document = JSON.object(inputs + text)
        let description = names.compactMap { $0?.string }.joined(separator: " ")
        return row(system: system, description: description, document: document).map { $0.result(document) ?? .null }
    }
}

/// One rule of one system or of several that share it.
package struct SignatureRow: Sendable {
    /// A field of the input document.
    package struct Field: Sendable {
        /// As the system's own documents call it.
        package var name: String
        /// The recipe's name of it.
        var slot: String
        /// Other names under which documents give the same.
        var aliases: [String]
        package var isSecret: Bool
        package var isRequired: Bool
        package var isPairs: Bool
    }

    package var systems: [String]
    package var algorithm: String
    /// The operations that are signed so, for the command line.
    package var operations: [String]
    /// Small letters; a description must have all of them.
    var words: [String]
    package var fields: [Field]
    /// One without a name, or several by name.
    var outputs: [(name: String, term: SignatureTerm)]

    init(
        _ systems: [String], _ algorithm: String, operations: [String] = ["request"], words: [String] = [],
        fields: [Field], term: SignatureTerm
    ) {
        self.init(
            systems, algorithm, operations: operations, words: words, fields: fields, outputs: [(name: "", term: term)])
    }

    init(
        _ systems: [String], _ algorithm: String, operations: [String], words: [String], fields: [Field],
        outputs: [(name: String, term: SignatureTerm)]
    ) {
        self.systems = systems
        self.algorithm = algorithm
        self.operations = operations
        self.words = words
        self.fields = fields
        self.outputs = outputs
    }
}

extension SignatureRow.Field {
    /// The bytes of a text or number; a document may also give them as `NAME_hex` or `NAME_base64`.
    static func text(_ name: String, as slot: String? = nil, or aliases: [String] = []) -> Self {
        Self(name: name, slot: slot ?? name, aliases: aliases, isSecret: false, isRequired: true, isPairs: false)
    }

    static func optional(_ name: String, as slot: String? = nil, or aliases: [String] = []) -> Self {
        Self(name: name, slot: slot ?? name, aliases: aliases, isSecret: false, isRequired: false, isPairs: false)
    }

    static func secret(
        _ name: String, as slot: String = "secret", or aliases: [String] = [], isRequired: Bool = true
    ) -> Self {
        Self(name: name, slot: slot, aliases: aliases, isSecret: true, isRequired: isRequired, isPairs: false)
    }

    /// An object, or a list of pairs where the order counts.
    static func pairs(_ name: String, as slot: String? = nil, or aliases: [String] = []) -> Self {
        Self(name: name, slot: slot ?? name, aliases: aliases, isSecret: false, isRequired: true, isPairs: true)
    }

    /// The names under which a document may give the field.
    package var names: [String] {
        let plain = [name] + aliases
        return isPairs ? plain : plain + plain.flatMap { ["\($0)_hex", "\($0)_base64"] }
    }

    private func value(in document: JSON) -> (name: String, value: JSON)? {
        for name in names {
            if let value = document[name], value != .null { return (name, value) }
        }
        return nil
    }

    /// Nil when the document does not have it in a form that can be read.
    fileprivate func bytes(in document: JSON) -> [UInt8]? {
        guard let found = value(in: document) else { return nil }
        if found.name.hasSuffix("_hex"), found.name != name { return found.value.string.flatMap(hexadecimalBytes) }
        if found.name.hasSuffix("_base64"), found.name != name { return found.value.string.flatMap(base64Bytes) }
        return found.value.scalarText.map { Array($0.utf8) }
    }

    fileprivate func pairs(in document: JSON) -> [(name: String, value: String)]? {
        guard let value = value(in: document)?.value else { return nil }
        if let members = value.members {
            var pairs: [(name: String, value: String)] = []
            for member in members {
                let values = member.value.array ?? [member.value]
                for value in values {
                    guard let text = value.scalarText else { return nil }
                    pairs.append((member.name, text))
                }
            }
            return pairs
        }
        var pairs: [(name: String, value: String)] = []
        for pair in value.array ?? [] {
            guard let both = pair.array, both.count == 2, let name = both[0].string, let text = both[1].scalarText
            else {
                return nil
            }
            pairs.append((name, text))
        }
        return value.array == nil ? nil : pairs
    }

    fileprivate func isReadable(in document: JSON) -> Bool {
        isPairs ? pairs(in: document) != nil : bytes(in: document) != nil
    }
}

extension SignatureRow {
    /// Whether the document has every field that the row needs.
    package func accepts(_ document: JSON) -> Bool { missing(in: document).isEmpty }

    /// The names of required fields that are not there or cannot be read.
    package func missing(in document: JSON) -> [String] {
        fields.filter { $0.isRequired && !$0.isReadable(in: document) }.map(\.name)
    }

    /// The names of members that no field has.
    package func unknown(in document: JSON) -> [String] {
        let known = Set(fields.flatMap(\.names) + ["algorithm"])
        return (document.members ?? []).map(\.name).filter { !known.contains($0) }
    }

    /// The result: text, or an object of texts; nil when a field does not hold what the rule needs.
    package func result(_ document: JSON) -> JSON? { texts(of: document) { $0 } }

    /// What is hashed, with `***` for the secret, so that it can be shown to a partner.
    package func stringToSign(_ document: JSON) -> JSON? {
        texts(of: document, hidesSecret: true) { $0.stringToSign }
    }

    private func texts(
        of document: JSON, hidesSecret: Bool = false, _ choose: (SignatureTerm) -> SignatureTerm?
    ) -> JSON? {
        let input = input(document, hidesSecret: hidesSecret)
        var members: [JSON.Member] = []
        for output in outputs {
            guard let term = choose(output.term) else { continue }
            guard let bytes = term.bytes(input) else { return nil }
            members.append(JSON.Member(output.name, .string(String(decoding: bytes, as: UTF8.self))))
        }
        if members.count == 1, members[0].name.isEmpty { return members[0].value }
        return members.isEmpty ? nil : .object(members)
    }

    private func input(_ document: JSON, hidesSecret: Bool) -> SignatureInput {
        var input = SignatureInput()
        for field in fields {
            if field.isPairs {
                input.pairs[field.slot] = field.pairs(in: document) ?? []
            } else if field.isSecret, hidesSecret {
                input.fields[field.slot] = Array("***".utf8)
            } else {
                input.fields[field.slot] = field.bytes(in: document) ?? []
            }
        }
        return input
    }
}

extension JSON {
    /// Text, or a number or truth as it stands in a document.
    fileprivate var scalarText: String? {
        switch self {
        case .string(let text): text
        case .integer, .number, .bool: text
        default: nil
        }
    }
}

/// Nil when the text is not pairs of hexadecimal digits.
func hexadecimalBytes(_ text: String) -> [UInt8]? {
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
