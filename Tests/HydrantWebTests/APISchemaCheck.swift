import HydrantCore

/// Compares a value with a JSON Schema, as far as the API's description uses it. Stricter than the standard in one
/// way: members that the schema does not name are faults, so that the description cannot fall behind.
struct APISchemaCheck {
    let document: JSON

    /// What does not fit, each with its place.
    func faults(_ value: JSON, _ schema: JSON, at place: String = "$") -> [String] {
        if let name = schema["$ref"]?.string { return faults(value, definition(name), at: place) }
        if let choices = schema["anyOf"]?.array {
            return choices.contains { faults(value, $0, at: place).isEmpty } ? [] : ["\(place) fits no choice"]
        }
        return typeFaults(value, schema, place) + limitFaults(value, schema, place) + memberFaults(value, schema, place)
            + itemFaults(value, schema, place)
    }

    func definition(_ reference: String) -> JSON {
        let name = reference.split(separator: "/").last.map(String.init) ?? ""
        return document["components"]?["schemas"]?[name] ?? ["enum": []]
    }

    private func typeFaults(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
        guard let type = schema["type"] else { return [] }
        let names = type.array?.compactMap(\.string) ?? [type.string ?? ""]
        let fits = names.contains { name in
            switch (name, value) {
            case ("string", .string), ("boolean", .bool), ("null", .null), ("array", .array), ("object", .object),
                ("number", .number), ("number", .integer), ("integer", .integer):
                true
            default: false
            }
        }
        return fits ? [] : ["\(place) is \(value.kindName), not \(names)"]
    }

    private func limitFaults(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
        var faults: [String] = []
        if let words = schema["enum"]?.array, !words.contains(value) { faults.append("\(place) is not a listed word") }
        if let number = value.integer {
            if let least = schema["minimum"]?.integer, number < least { faults.append("\(place) is too small") }
            if let most = schema["maximum"]?.integer, number > most { faults.append("\(place) is too large") }
        }
        if schema["format"]?.string == "date-time", let text = value.string, Instant(text: text) == nil {
            faults.append("\(place) is no time")
        }
        return faults
    }

    private func memberFaults(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
        guard let members = value.members, let properties = schema["properties"] else { return [] }
        let missing = (schema["required"]?.array ?? []).compactMap(\.string).filter { value[$0] == nil }
        return missing.map { "\(place).\($0) is missing" }
            + members.flatMap { member in
                guard let property = properties[member.name] else {
                    return ["\(place).\(member.name) is not described"]
                }
                return faults(member.value, property, at: "\(place).\(member.name)")
            }
    }

    private func itemFaults(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
        guard let values = value.array, let items = schema["items"] else { return [] }
        return values.enumerated().flatMap { faults($1, items, at: "\(place)[\($0)]") }
    }
}
