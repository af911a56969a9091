import ArgumentParser
import Foundation
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check interceptors, and try them on past orders.",
        discussion: """
            A document of interceptors is YAML; Templates/interceptors.yaml has the shipped ones.
              hydrant rules check FILE
              hydrant rules try FILE --database FILE --from TIME --to TIME --json
            """,
        subcommands: [RulesCheckCommand.self, RulesTryCommand.self])
}

struct RulesCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look for what is wrong in a document of interceptors, with line and column.")

    @Argument(help: "The document.")
    var file: String

    @Flag(help: "Write the document in its canonical form to standard output.")
    var canonical = false

    @Option(help: "Show the lines in which the document differs from this one.")
    var against: String?

    func run() throws {
        let document = try RulesFile.read(file)
        if let against {
            for line in try RulesFile.read(against).difference(to: document) { Terminal.standardOutput(line + "\n") }
        } else if canonical {
            Terminal.standardOutput(document.yaml)
        } else {
            Terminal.result([
                "interceptors": .string(document.name),
                "rules": .array(
                    document.rules.map {
                        [
                            "id": .string($0.id), "version": .integer(Int64($0.version)),
                            "stage": .string($0.stage.rawValue),
                        ]
                    }),
            ])
        }
    }
}

struct RulesTryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try", abstract: "Say what interceptors would have done to past orders; nothing is changed.",
        discussion: """
            Every fact is told at its own time, also that of an imported order; a fact that says no time is told with \
            the first of those that came in with it. “right” counts the orders that would have been held or refused \
            and that turned out to need it: after the fact because of which they were stopped they were cancelled, \
            refunded or returned, or their receiver changed (again). “wrong” counts the held or refused orders to \
            which none of that happened afterwards. “blocked” counts those of which the rule could not speak because \
            nobody had told a field that it asks for. Of a rule with several versions the newest is tried that is \
            not retired.
            """)

    @Argument(help: "The document.")
    var file: String

    @OptionGroup var database: DatabaseOptions

    @Option(help: "The begin of the time that is looked at, like 2026-10-01T00:00:00+08:00.")
    var from: String

    @Option(help: "The end of that time.")
    var to: String

    @Flag(help: "One JSON object; the orders are in it.")
    var json = false

    func run() async throws {
        let document = try RulesFile.read(file)
        guard let begin = Instant(text: from), let end = Instant(text: to), begin < end else {
            throw CommandProblem(
                "--from and --to are not two times, the earlier first",
                advice: "Write them with their zone, like 2026-10-01T00:00:00+08:00.")
        }
        let open = try await OpenDatabase.reading(database)
        let trial = try await PastOrders(store: open.store).trial(
            of: document.rules, settings: open.settings, window: begin..<end)
        if json { return Terminal.result(trial.json) }
        Terminal.standardOutput(
            """
            \(trial.orders) orders, \(trial.events) events
            held     \(trial.held), for \(durationText(trial.delay).english) together
            refused  \(trial.refused)
            blocked  \(trial.blocked)  (a field was missing)
            right    \(trial.right)  (afterwards cancelled, refunded, returned or changed again)
            wrong    \(trial.wrong)  (nothing of that)

            """)
    }
}

extension RuleTrial {
    fileprivate var json: JSON {
        let stopped = verdicts.filter(\.stopped).sorted { ($0.order, $0.rule) < ($1.order, $1.rule) }
        return [
            "orders": .integer(Int64(orders)), "events": .integer(Int64(events)), "held": .integer(Int64(held)),
            "refused": .integer(Int64(refused)), "blocked": .integer(Int64(blocked)), "right": .integer(Int64(right)),
            "wrong": .integer(Int64(wrong)),
            "delayMinutes": .integer(delay / 60_000),
            "stopped": .array(
                stopped.map { verdict in
                    .compact([
                        ("order", .string(verdict.order)), ("rule", .string(verdict.rule)),
                        ("version", .integer(Int64(verdict.version))),
                        ("outcome", .string(verdict.outcome.rawValue)), ("heldAt", .text(verdict.heldAt?.text)),
                        ("releasedAt", .text(verdict.releasedAt?.text)), ("refused", .bool(verdict.isRefused)),
                        ("wentWrong", .bool(verdict.wentWrong)),
                    ])
                }),
        ]
    }
}

/// Reads documents of interceptors, and those that a database keeps.
enum RulesFile {
    static func read(_ path: String) throws -> RuleDocument {
        let text = try SavedDocument.read(path)
        return try readDocument { () throws(DocumentProblems) in try RuleDocument.load(text: text, path: path) }
    }

    static func save(_ document: RuleDocument, in store: any Store) async throws {
        try await RuleBook(store: store).replace(with: document, at: SystemClock().now())
    }

    /// The rules in force; none where nobody has saved any.
    static func rules(in store: any Store) async throws -> RuleSet {
        do {
            return RuleSet(try await RuleBook(store: store).saved().document.rules)
        } catch let problems as DocumentProblems {
            return try readDocument { () throws(DocumentProblems) in throw problems }
        }
    }
}
