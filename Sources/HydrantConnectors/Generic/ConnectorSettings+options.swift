import HydrantConnectorKit

extension ConnectorSettings {
    /// An address among the options, without a slash at its end; nil where there is none.
    func addressIfAny(_ name: String) throws(ConnectorSettingsProblem) -> String? {
        guard let text = options[name], !text.isEmpty else { return nil }
        guard Origin(url: text) != nil else {
            throw ConnectorSettingsProblem(
                system: system, field: "options.\(name)", message: "must begin with https:// or http:// and name a host"
            )
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// Pairs like `NAME=value, NAME=value`; a name alone is its own value.
    func pairs(
        _ name: String, default fallback: String = ""
    ) throws(ConnectorSettingsProblem) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in option(name, default: fallback).split(separator: ",") {
            let halves = part.split(separator: "=", omittingEmptySubsequences: false).map { half in
                String(half.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard halves.count <= 2, !halves.contains("") else {
                throw ConnectorSettingsProblem(
                    system: system, field: "options.\(name)",
                    message: "must be pairs like NAME=value with commas between them, has '\(part)'")
            }
            pairs.append((halves[0], halves[halves.count - 1]))
        }
        return pairs
    }
}
