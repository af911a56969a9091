import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage

/// The document of interceptors that a database keeps, and the rules of the running hub that come from it.
struct RuleBook: Sendable {
    /// Under which name the database keeps the document.
    static let name = "interceptors"

    let hub: Hub

    func document() async throws -> RuleDocument {
        Self.document(try await hub.store.read { try $0.meta(Self.name) })
    }

    /// What cannot be read any more is shown as nothing; it is refused at the start of a hub, with its place.
    private static func document(_ bytes: [UInt8]?) -> RuleDocument {
        let text = String(decoding: bytes ?? [], as: UTF8.self)
        let read = bytes == nil ? nil : try? RuleDocument.load(text: text, path: "interceptors")
        return read ?? RuleDocument(name: "interceptors", rules: [])
    }

    /// Changes the document in one transaction, and lets the hub run by it at once.
    ///
    /// - Parameter change: gives the new rules, or what is wrong with them; then nothing is changed.
    /// - Returns: what is wrong.
    func change(_ change: @Sendable @escaping ([Rule]) -> [Rule]) async throws -> [RuleProblem] {
        let (document, problems) = try await hub.store.transaction { transaction in
            var document = Self.document(try transaction.meta(Self.name))
            document.rules = change(document.rules)
            let found = HydrantCore.problems(in: document.rules)
            if found.isEmpty { try transaction.setMeta(Self.name, Array(document.yaml.utf8)) }
            return (document, found)
        }
        if problems.isEmpty { await hub.committer.use(RuleSet(document.rules)) }
        return problems
    }
}

extension [Rule] {
    /// The rules with another one, as the next version of its id. A draft that nobody has run is replaced.
    func adding(_ rule: Rule) -> [Rule] {
        var rules = self.filter { !($0.id == rule.id && $0.stage == .draft) }
        var new = rule
        new.version = (rules.filter { $0.id == rule.id }.map(\.version).max() ?? 0) + 1
        new.stage = .draft
        rules.append(new)
        return rules
    }

    /// The rules after one version came to another stage. Whatever version ran before is retired: one runs at a time.
    func moving(_ id: String, version: Int, to stage: Rule.Stage) -> [Rule] {
        map { rule in
            guard rule.id == id else { return rule }
            var rule = rule
            if rule.version == version {
                rule.stage = stage
            } else if stage == .on || stage == .shadow, rule.stage == .on || rule.stage == .shadow {
                rule.stage = .retired
            }
            return rule
        }
    }
}
