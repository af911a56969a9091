/// One outside system as the connectors document names it.
package struct SystemEntry: Sendable {
    /// Where a credential comes from: written in the document, or kept in the environment or in a file beside it.
    package enum Credential: Hashable, Sendable {
        case text(String)
        case environment(String)
        case file(String)
    }

    package var system: String
    package var kind: String
    package var url: String
    package var credentials: [String: Credential]
    package var options: [String: String]
}

/// Who looks after a warehouse, as the connectors document names it.
package struct KeeperEntry: Sendable {
    /// Nil for every warehouse that no earlier entry names.
    package var warehouse: String?
    package var name: SystemEntry.Credential
    package var phone: SystemEntry.Credential
}

/// The document that says where the outside systems are and how to get in.
package enum ConnectorsDocument {
    /// Reads a connectors document. Whether the kinds and their options exist is for the connectors to judge.
    ///
    /// - Parameter path: the name of the document for messages; nothing is read from the disk.
    package static func load(text: String, path: String) throws(DocumentProblems) -> [SystemEntry] {
        let document = try DocumentValue.parse(text: text, path: path)
        let allowed = ["connectors", "systems", "keepers"]
        guard let group = document.group(allowed: allowed, required: ["connectors", "systems"]) else {
            throw DocumentProblems(document.list.problems)
        }
        let entries = (group["systems"]?.items() ?? []).compactMap(entry)
        _ = keepers(group)
        try document.list.throwIfAny()
        return entries
    }

    /// Reads whom to ask for missing tracking numbers; empty where the document names nobody.
    package static func keepers(text: String, path: String) throws(DocumentProblems) -> [KeeperEntry] {
        let document = try DocumentValue.parse(text: text, path: path)
        let entries = document.group(allowed: ["connectors", "systems", "keepers"]).map(keepers) ?? []
        try document.list.throwIfAny()
        return entries
    }

    private static func keepers(_ group: DocumentGroup) -> [KeeperEntry] {
        (group["keepers"]?.items() ?? []).compactMap { item in
            let allowed = ["warehouse", "name", "phone"]
            guard let entry = item.group(allowed: allowed, required: ["name", "phone"]),
                let name = entry["name"].flatMap(credential), let phone = entry["phone"].flatMap(credential)
            else { return nil }
            return KeeperEntry(warehouse: entry["warehouse"]?.name(), name: name, phone: phone)
        }
    }

    private static func entry(_ value: DocumentValue) -> SystemEntry? {
        let allowed = ["system", "kind", "url", "credentials", "options"]
        guard let group = value.group(allowed: allowed, required: ["system", "kind", "url"]),
            let system = group["system"]?.name(), let kind = group["kind"]?.name(), let url = group["url"]?.text()
        else { return nil }
        var credentials: [String: SystemEntry.Credential] = [:]
        for (name, _, member) in group["credentials"]?.members() ?? [] {
            if let credential = credential(member) { credentials[name] = credential }
        }
        var options: [String: String] = [:]
        for (name, _, member) in group["options"]?.members() ?? [] {
            if let text = member.text() { options[name] = text }
        }
        return SystemEntry(system: system, kind: kind, url: url, credentials: credentials, options: options)
    }

    private static func credential(_ value: DocumentValue) -> SystemEntry.Credential? {
        if value.isText { return value.text().map { .text($0) } }
        guard let group = value.group(allowed: ["env", "file"]) else { return nil }
        if let name = group["env"]?.name() { return .environment(name) }
        if let path = group["file"]?.text() { return .file(path) }
        value.problem("must be text, or {env: NAME}, or {file: PATH}")
        return nil
    }
}
