package import HydrantCore
import HydrantStorage

/// The ways in which a message comes into the hub. The raw values are storage names; the list may grow.
package enum Door: String, CaseIterable, Sendable {
    /// A person's form.
    case page
    /// `POST /v1/facts` with one fact.
    case api
    /// `POST /v1/facts` with several.
    case bulk
    /// A system's push.
    case webhook
    /// What a system answered to an instruction.
    case answer
    case fileImport = "import"
    /// A message that was set aside and decided again.
    case again
    /// What the hub tells itself because time has passed.
    case clock
}

/// What called interceptors, by the door that it came in through: the proof that each ran, or could not and blocked.
package struct RuleDoors: Hashable, Sendable {
    /// What came to one rule through one door.
    package struct Passage: Hashable, Sendable {
        /// Facts that called the rule and have its verdict.
        package var ran = 0
        /// Of these: a field was missing, so the order waits for a person.
        package var blocked = 0
        /// Facts that called the rule and have no verdict of it: never, unless something is broken.
        package var missed = 0
        package var lastAt = Instant(milliseconds: 0)
        package var lastOrder = ""

        package init() {}

        mutating func add(_ other: Passage) {
            ran += other.ran
            blocked += other.blocked
            missed += other.missed
            guard other.lastAt >= lastAt else { return }
            lastAt = other.lastAt
            lastOrder = other.lastOrder
        }
    }

    /// By door, then by the rule's id.
    package private(set) var passages: [Door: [String: Passage]] = [:]

    package init() {}

    package var isEmpty: Bool { passages.isEmpty }

    /// Notes that a fact called a rule.
    mutating func note(_ rule: String, at door: Door, verdict: Ruling.Outcome?, of order: String, _ now: Instant) {
        var passage = Passage()
        passage.ran = verdict == nil ? 0 : 1
        passage.blocked = verdict == .blocked ? 1 : 0
        passage.missed = verdict == nil ? 1 : 0
        passage.lastAt = now
        passage.lastOrder = order
        passages[door, default: [:]][rule, default: Passage()].add(passage)
    }

    package mutating func add(_ other: RuleDoors) {
        for (door, rules) in other.passages {
            for (rule, passage) in rules { passages[door, default: [:]][rule, default: Passage()].add(passage) }
        }
    }

    /// The sums of all doors, by rule.
    package var byRule: [String: Passage] {
        passages.values.reduce(into: [:]) { sums, rules in
            for (rule, passage) in rules { sums[rule, default: Passage()].add(passage) }
        }
    }
}

extension RuleDoors {
    private static let collection = "rule-doors"
    private static let key = "all"

    var json: JSON {
        .array(
            passages.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { door, rules in
                rules.sorted { $0.key < $1.key }.map { rule, passage -> JSON in
                    [
                        "door": .string(door.rawValue), "rule": .string(rule), "ran": .integer(Int64(passage.ran)),
                        "blocked": .integer(Int64(passage.blocked)), "missed": .integer(Int64(passage.missed)),
                        "at": .integer(passage.lastAt.milliseconds), "order": .string(passage.lastOrder),
                    ]
                }
            })
    }

    init(json: JSON) {
        for row in json.array ?? [] {
            guard let door = row["door"]?.string.flatMap(Door.init(rawValue:)), let rule = row["rule"]?.string else {
                continue
            }
            func count(_ name: String) -> Int { Int(row[name]?.integer ?? 0) }
            var passage = Passage()
            passage.ran = count("ran")
            passage.blocked = count("blocked")
            passage.missed = count("missed")
            passage.lastAt = Instant(milliseconds: row["at"]?.integer ?? 0)
            passage.lastOrder = row["order"]?.string ?? ""
            passages[door, default: [:]][rule, default: Passage()].add(passage)
        }
    }

    /// What a database says of all processes that ever wrote to it.
    static func saved(_ reader: any StoreReader) throws -> RuleDoors {
        try reader.record(collection, key).flatMap { try? JSON(bytes: $0.body) }.map(RuleDoors.init(json:))
            ?? RuleDoors()
    }

    /// Adds to what a database says.
    func save(in store: any Store, at now: Instant) async throws {
        guard !isEmpty else { return }
        try await store.transaction { transaction in
            let version = try transaction.record(Self.collection, Self.key)?.version ?? 0
            var sum = try Self.saved(transaction)
            sum.add(self)
            let record = StoredRecord(
                collection: Self.collection, key: Self.key, version: version + 1, body: sum.json.bytes, changedAt: now)
            guard try transaction.put(record, ifVersion: version) else { throw StoreFailure(.conflict) }
        }
    }
}

extension Hub {
    /// What called interceptors, since the database was made and since this process was started.
    package func ruleDoors() async throws -> (all: RuleDoors, sinceStart: RuleDoors) {
        var all = try await store.read { try RuleDoors.saved($0) }
        all.add(await committer.unsavedDoors)
        return (all, await committer.doors)
    }
}

extension Committer {
    /// Writes down what came in since the last time; what could not be written is kept for the next time.
    func saveDoors() async {
        let news = takeDoors()
        do {
            try await news.save(in: doorStore, at: clock.now())
        } catch {
            keepDoors(news)
        }
    }
}
