import HydrantCore

/// Small pieces of JSON Schema 2020-12, as OpenAPI 3.1 uses it.
enum Schema {
    static let text: JSON = ["type": "string"]
    static let textOrNull: JSON = ["type": ["string", "null"]]
    static let flag: JSON = ["type": "boolean"]
    static let integer: JSON = ["type": "integer", "format": "int64"]
    static let integerOrNull: JSON = ["type": ["integer", "null"], "format": "int64"]
    static let count: JSON = ["type": "integer", "format": "int64", "minimum": 0]
    static let number: JSON = ["type": "number"]
    static let numberOrNull: JSON = ["type": ["number", "null"]]
    static let time: JSON = ["type": "string", "format": "date-time"]
    static let timeOrNull: JSON = ["type": ["string", "null"], "format": "date-time"]
    static let hash: JSON = ["type": "string", "pattern": "^([0-9a-f]{64})?$"]
    static let anyObject: JSON = ["type": "object"]

    static func text(maximum: Int) -> JSON {
        ["type": "string", "minLength": 1, "maxLength": .count(maximum)]
    }

    static func amount(_ note: String) -> JSON {
        [
            "type": "integer", "format": "int64", "minimum": 0, "maximum": 1_000_000_000_000,
            "description": .string(note),
        ]
    }

    static func moment(_ note: String) -> JSON {
        ["type": "string", "format": "date-time", "description": .string(note)]
    }

    static func whole(_ range: ClosedRange<Int>) -> JSON {
        ["type": "integer", "minimum": .count(range.lowerBound), "maximum": .count(range.upperBound)]
    }

    static func words(_ words: [String]) -> JSON {
        ["type": "string", "enum": .array(words.map { .string($0) })]
    }

    static func words<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> JSON
    where Choice.RawValue == String { words(type.allCases.map(\.rawValue)) }

    static func ref(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    static func orNull(_ schema: JSON) -> JSON { ["anyOf": [schema, ["type": "null"]]] }

    static func list(_ items: JSON) -> JSON { ["type": "array", "items": items] }

    /// An object whose members are all there, apart from the optional ones.
    static func object(_ members: [(String, JSON)], optional: Set<String> = []) -> JSON {
        let required = members.map(\.0).filter { !optional.contains($0) }
        return .compact([
            ("type", "object"), ("properties", .object(members.map { JSON.Member($0.0, $0.1) })),
            ("required", required.isEmpty ? nil : .array(required.map { .string($0) })),
        ])
    }
}
