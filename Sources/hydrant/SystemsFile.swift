import Foundation
import HydrantConnectorKit
import HydrantCore
import HydrantDocuments
import HydrantEngine

/// Reads the connectors document and fetches the credentials from where it says they are.
enum SystemsFile {
    static func load(_ path: String) throws -> [ConnectorSettings] {
        let text = try SavedDocument.read(path)
        let entries = try readDocument { () throws(DocumentProblems) in
            try ConnectorsDocument.load(text: text, path: path)
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return try entries.map { entry in
            guard !SourceNames.isReserved(entry.system) else {
                throw CommandProblem(
                    "\(path): a system cannot be called \(entry.system), which means somebody in particular",
                    advice: "Give it another name.")
            }
            var credentials: [String: String] = [:]
            for (name, credential) in entry.credentials {
                credentials[name] = try value(of: credential, named: "\(entry.system).\(name)", beside: folder)
            }
            return ConnectorSettings(
                system: entry.system, kind: entry.kind, baseURL: entry.url, credentials: credentials,
                options: entry.options)
        }
    }

    /// Whom to ask for missing tracking numbers.
    static func keepers(_ path: String) throws -> [KeeperContact] {
        let text = try SavedDocument.read(path)
        let entries = try readDocument { () throws(DocumentProblems) in
            try ConnectorsDocument.keepers(text: text, path: path)
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return try entries.enumerated().map { index, entry in
            KeeperContact(
                warehouse: entry.warehouse,
                name: Sensitive(try value(of: entry.name, named: "keepers[\(index)].name", beside: folder)),
                phone: Sensitive(try value(of: entry.phone, named: "keepers[\(index)].phone", beside: folder)))
        }
    }

    private static func value(
        of credential: SystemEntry.Credential, named name: String, beside folder: URL
    ) throws -> String {
        switch credential {
        case .text(let text): return text
        case .environment(let variable):
            guard let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty else {
                throw CommandProblem(
                    "the environment has no \(variable), from which \(name) is to come",
                    advice: "Set it before hydrant starts, for instance in the systemd unit.")
            }
            return text
        case .file(let path):
            let url = URL(fileURLWithPath: path, relativeTo: folder)
            guard let text = try? String(contentsOf: url, encoding: .utf8) else {
                throw CommandProblem(
                    "\(url.path) cannot be read, from which \(name) is to come", advice: "Check the path.")
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
