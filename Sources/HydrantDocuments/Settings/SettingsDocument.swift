package import HydrantCore

/// The document that says how a hub works: the flow, the words of its systems, the limits.
package enum SettingsDocument {
    /// Reads a settings document.
    ///
    /// - Parameter path: the name of the document for messages; nothing is read from the disk.
    package static func load(text: String, path: String) throws(DocumentProblems) -> Settings {
        let document = try DocumentValue.parse(text: text, path: path)
        let allowed = ["settings", "version", "dispatch", "freight", "playbooks"] + settingsKeys
        guard let group = document.group(allowed: allowed, required: ["settings", "version", "flow"]) else {
            throw DocumentProblems(document.list.problems)
        }
        let name = group["settings"]?.name(maximum: 60) ?? ""
        let version = group["version"]?.name(maximum: 30) ?? ""
        let settings = SettingsReader().settings(group, version: "\(name)-\(version)")
        try document.list.throwIfAny()
        return settings
    }
}
