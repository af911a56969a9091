import ArgumentParser
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage
import Synchronization

struct WrongOrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wrong-orders",
        abstract: "Count or list the orders that are wrong, late or unknown, by kind.",
        discussion: """
            All orders of the database are judged as of one moment (now, or --as-of), whenever they were placed.
            \(WrongOrdersCommand.verdicts)
            Exits with 1 when an order is wrong, with 0 when none is.
            """)

    /// What the three answers mean.
    private static let verdicts = """
        wrong: what is known contradicts itself, or something is overdue; a person must act
        late: something is not there yet; that turns wrong at its limit
        unknown: it cannot be verified now, for instance because a system's word is not mapped
        """

    @OptionGroup var database: DatabaseOptions

    @Option(name: .customLong("as-of"), help: momentHelp)
    var asOf: Moment?

    @Option(help: "Only this kind: \(MismatchKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: String?

    @Flag(help: "List the orders with their reasons instead of counting them.")
    var list = false

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func run() async throws {
        let only = try kind.map { name in
            guard let kind = MismatchKind(rawValue: name) else {
                let names = MismatchKind.allCases.map(\.rawValue)
                let guess = closestWord(to: name, among: names).map { "Did you mean “\($0)”? " } ?? ""
                throw CommandProblem(
                    "there is no kind “\(name)”", advice: guess + "The kinds are \(names.joined(separator: ", ")).")
            }
            return kind
        }
        let open = try await OpenDatabase.reading(database)
        let now = asOf?.instant ?? SystemClock().now()
        let found = try await findings(in: open, only: only, at: now)
        try await open.store.close()
        if list { printList(found.items) } else { printCounts(found) }
        // Beside the result, so that what reads the result is not disturbed.
        Terminal.standardError("\(found.checked) orders were checked.\n")
        if !json {
            Terminal.standardError(
                "All orders of the database as of \(now), however many days ago they were placed.\n\(Self.verdicts)\n")
        }
        if found.items.contains(where: { $0.finding.verdict == .wrong }) { throw ExitCode(1) }
    }

    private struct Found: Sendable {
        var order: String
        var finding: Finding
    }

    /// What a scan found, and how many orders it looked at.
    private struct Findings: Sendable {
        var items: [Found] = []
        var checked = 0
    }

    /// Collects what a scan on another thread finds.
    private final class FoundList: Sendable {
        private let list = Mutex(Findings())

        var all: Findings { list.withLock { $0 } }

        func append(_ found: Found) { list.withLock { $0.items.append(found) } }

        func countOrder() { list.withLock { $0.checked += 1 } }
    }

    private func findings(in open: OpenDatabase, only: MismatchKind?, at now: Instant) async throws -> Findings {
        let collected = FoundList()
        let settings = open.settings
        try await open.eachOrder(asOf: asOf?.instant) { order in
            collected.countOrder()
            for finding in order.findings(settings: settings, now: now) where only == nil || finding.kind == only {
                collected.append(Found(order: order.number, finding: finding))
            }
        }
        return collected.all
    }

    private func printCounts(_ found: Findings) {
        var counts: [MismatchKind: [Verdict: Int64]] = [:]
        for entry in found.items { counts[entry.finding.kind, default: [:]][entry.finding.verdict, default: 0] += 1 }
        let kinds = MismatchKind.allCases.filter { kind in self.kind == nil || kind.rawValue == self.kind }
        if json {
            let members = kinds.map { kind in
                let verdicts = Verdict.allCases.map { ($0.rawValue, JSON.integer(counts[kind]?[$0] ?? 0)) }
                return JSON.Member(kind.rawValue, .compact(verdicts))
            }
            return Terminal.result(["ordersChecked": .integer(Int64(found.checked)), "kinds": .object(members)])
        }
        Terminal.standardOutput("kind                        wrong      late   unknown\n")
        for kind in kinds {
            let row = Verdict.allCases.map { padded("\(counts[kind]?[$0] ?? 0)", 10) }.joined()
            Terminal.standardOutput(kind.rawValue.padding(to: 24) + row + "\n")
        }
    }

    private func printList(_ found: [Found]) {
        if json {
            return Terminal.result([
                "orders": .array(
                    found.map { entry in
                        .compact([
                            ("order", .string(entry.order)), ("kind", .string(entry.finding.kind.rawValue)),
                            ("verdict", .string(entry.finding.verdict.rawValue)),
                            ("reason", .string(entry.finding.reason.english)),
                            ("reasonChinese", .string(entry.finding.reason.chinese)),
                            ("since", .string(entry.finding.since.text)),
                            ("lastVerifiedAt", .text(entry.finding.lastVerifiedAt?.text)),
                        ])
                    })
            ])
        }
        for entry in found {
            let finding = entry.finding
            Terminal.standardOutput(
                "\(entry.order)  \(finding.kind.rawValue)  \(finding.verdict.rawValue)  \(finding.reason.english)\n")
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}

extension String {
    /// Filled up with blanks on the right.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
