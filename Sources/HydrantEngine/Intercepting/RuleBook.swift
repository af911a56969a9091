package import HydrantCore
package import HydrantDocuments
package import HydrantStorage

/// The document of interceptors that a database keeps, in versions. The nodes on one database look for a newer version
/// once a second.
package struct RuleBook: Sendable {
    private static let collection = "interceptors"
    private static let key = "document"
    /// Where releases before 0.4.0 kept the document.
    private static let earlierName = "interceptors"

    private let store: any Store

    package init(store: any Store) { self.store = store }

    /// The document with its version; version 0 where nobody has saved any.
    ///
    /// - Throws: `DocumentProblems` when what is kept cannot be read any more.
    package func saved() async throws -> (document: RuleDocument, version: Int64) {
        try await store.read { try Self.saved($0) }
    }

    package func version() async throws -> Int64 {
        try await store.read { try $0.record(Self.collection, Self.key)?.version ?? 0 }
    }

    private static func saved(_ reader: any StoreReader) throws -> (document: RuleDocument, version: Int64) {
        let record = try reader.record(collection, key)
        guard let bytes = try record?.body ?? reader.meta(earlierName) else {
            return (RuleDocument(name: "interceptors", rules: []), 0)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let document = try RuleDocument.kept(text: text, path: "the interceptors saved in the database")
        return (document, record?.version ?? 0)
    }

    /// Puts a document in the place of the one that is kept, whatever that is.
    ///
    /// - Throws: `DocumentProblems` when it could not be read again.
    package func replace(with document: RuleDocument, at now: Instant) async throws {
        guard try RuleDocument.kept(text: document.yaml, path: document.name) == document else {
            throw DocumentProblems([
                DocumentProblem(
                    path: document.name, line: 1, column: 1,
                    message: "the interceptors have characters that cannot be kept; write them without")
            ])
        }
        let bytes = Array(document.yaml.utf8)
        try await store.transaction { transaction in
            let record = try transaction.record(Self.collection, Self.key)
            let version = record?.version ?? 0
            if let record, record.body != bytes { try Self.markOrders(for: version + 1, in: transaction) }
            try Self.put(bytes, after: version, at: now, in: transaction)
        }
    }

    private static func put(
        _ bytes: [UInt8], after version: Int64, at now: Instant, in transaction: any StoreTransaction
    ) throws {
        let record = StoredRecord(
            collection: collection, key: key, version: version + 1, body: bytes, changedAt: now)
        guard try transaction.put(record, ifVersion: version) else { throw StoreFailure(.conflict) }
    }

    /// Changes the rules in one transaction, and writes into the audit trail who did it.
    ///
    /// - Parameters:
    ///   - entry: what the audit trail is told.
    ///   - change: gives the new rules; what it throws is thrown, and nothing is changed.
    /// - Returns: the rules and their version, or what is wrong with them; then nothing is changed.
    package func change(
        _ entry: AuditEntry, _ keyring: Keyring, _ change: @Sendable @escaping ([Rule]) throws -> [Rule]
    ) async throws -> RuleBookChange {
        try await store.transaction { transaction in
            let (old, version) = try Self.saved(transaction)
            var document = old
            document.rules = try change(old.rules)
            document.dropOldVersions()
            let problems = document.problems(after: old)
            guard problems.isEmpty else { return .refused(problems) }
            try Self.put(Array(document.yaml.utf8), after: version, at: entry.time, in: transaction)
            if document.rules.leaveOrders(of: old.rules) { try Self.markOrders(for: version + 1, in: transaction) }
            try transaction.appendAudit(entry, keyring)
            return .changed(document.rules, version: version + 1)
        }
    }
}

/// What became of a change of the interceptors.
package enum RuleBookChange: Sendable {
    case changed([Rule], version: Int64)
    case refused([RuleProblem])

    package var problems: [RuleProblem] {
        if case .refused(let problems) = self { problems } else { [] }
    }
}

extension Hub {
    package var book: RuleBook { RuleBook(store: store) }

    /// Changes the interceptors; this process runs by them at once, the others within a second.
    ///
    /// - Returns: what is wrong; then nothing is changed.
    /// - Throws: what the change throws; then nothing is changed either.
    package func changeRules(
        _ entry: AuditEntry, _ change: @Sendable @escaping ([Rule]) throws -> [Rule]
    ) async throws -> [RuleProblem] {
        let result = try await book.change(entry, keyring, change)
        if case .changed(let rules, let version) = result {
            await committer.use(RuleSet(rules), version: version)
            rewordings.wake()
        }
        return result.problems
    }
}

extension [Rule] {
    /// The rules with another one, as the next version of its id. A draft that nobody has run is replaced; its number
    /// is not given to another text.
    package func adding(_ rule: Rule) -> [Rule] {
        var rules = self.filter { !($0.id == rule.id && $0.stage == .draft) }
        var new = rule
        new.version = newestVersion(of: rule.id) + 1
        new.stage = .draft
        rules.append(new)
        return rules
    }

    /// The number of the newest version of an id; 0 where there is none.
    package func newestVersion(of id: String) -> Int { lazy.filter { $0.id == id }.map(\.version).max() ?? 0 }

    /// The rules after one version came to another stage. One version can be on and one in shadow beside it: a version
    /// takes the place of the one that was at its stage, and retiring one leaves the other as it is.
    package func moving(_ id: String, version: Int, to stage: Rule.Stage) -> [Rule] {
        map { rule in
            guard rule.id == id else { return rule }
            var rule = rule
            if rule.version == version {
                rule.stage = stage
            } else if rule.stage == stage, rule.isRunning {
                rule.stage = .retired
            }
            return rule
        }
    }

    /// The rules with those of a document that say something else than the newest version of their id, as drafts.
    ///
    /// - Returns: also how many there are.
    package func adding(_ document: RuleDocument) -> (rules: [Rule], added: Int) {
        var rules = self
        var added = 0
        for rule in document.rules {
            let newest = rules.filter { $0.id == rule.id }.max { $0.version < $1.version }
            if let newest, newest.saysTheSame(as: rule) { continue }
            rules = rules.adding(rule)
            added += 1
        }
        return (rules, added)
    }
}

extension Rule {
    /// Whether two versions differ in nothing but number and stage.
    package func saysTheSame(as other: Rule) -> Bool {
        var other = other
        other.version = version
        other.stage = stage
        return self == other
    }
}
