import ArgumentParser
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Tokens and signing keys of programs: list, add, revoke.",
        discussion: """
            The page /settings/tokens does the same with the same tokens. A hub on PostgreSQL may go on meanwhile; \
            one with a database file has to be stopped first, or the page be used.
            """,
        subcommands: [List.self, Add.self, Revoke.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every token, without its secret.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let all = try await PeopleDatabase.read(database) { try await $0.machines() }
            let now = SystemClock().now()
            Terminal.result(["tokens": .array(all.map { TokenCommand.document($0, now) })])
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token; prints it, and the key to sign facts with, this once.")

        @OptionGroup var database: DatabaseOptions

        @Argument(help: "What it is for: “shop”, “prometheus”.")
        var name: String

        @Option(help: "facts:write, tasks:write, read or ops; may be given several times.")
        var scope: [String]

        @Option(help: "A source whose facts it may send; may be given several times.")
        var source: [String] = []

        @Option(help: "A warehouse whose orders it reads, of all when not given; may be given several times.")
        var warehouse: [String] = []

        @Option(help: "After how many days it expires, 1 to 730.")
        var days: Int64 = 365

        func run() async throws {
            let scopes = try scope.map { text in
                guard let scope = AccessScope(rawValue: text) else {
                    throw CommandProblem(
                        "there is no scope “\(text)”",
                        advice: "The scopes are \(AccessScope.allCases.map(\.rawValue).joined(separator: ", ")).")
                }
                return scope
            }
            var wish = MachineWish(name: name, scopes: Set(scopes))
            wish.sources = source
            wish.warehouses = Set(warehouse.map(\.normalised))
            wish.days = days
            let made = try await PeopleDatabase.change(
                database, advice: "hydrant token add --help names the options."
            ) { try await $0.addMachine(wish, as: .operations, by: PeopleDatabase.actor) }
            Terminal.result([
                "name": .string(name), "token": .string(made.token),
                "signingKey": made.signingKey.map { .string($0) } ?? .null, "days": .integer(days),
            ])
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a token back, at once.")

        @OptionGroup var database: DatabaseOptions

        @Argument(help: "Its id as hydrant token list tells it.")
        var id: String

        func run() async throws {
            let advice = "hydrant token list shows the tokens."
            let wasThere = try await PeopleDatabase.change(database, advice: advice) {
                try await $0.removeMachine(id, by: PeopleDatabase.actor)
            }
            guard wasThere else { throw CommandProblem("there is no such token", advice: advice) }
            Terminal.result(["id": .string(id), "revoked": .bool(true)])
        }
    }
}

extension TokenCommand {
    fileprivate static func document(_ token: MachineToken, _ now: Instant) -> JSON {
        [
            "id": .string(token.id), "name": .string(token.name),
            "scopes": .array(token.scopes.map(\.rawValue).sorted().map { .string($0) }),
            "sources": .array(token.sources.map { .string($0) }),
            "warehouses": .array(token.warehouses.sorted().map { .string($0) }),
            "madeBy": .string(token.createdBy), "createdAt": .string(token.createdAt.text),
            "expiresAt": .string(token.expiresAt.text), "expired": .bool(token.isOver(at: now)),
            "usedAt": token.usedAt.map { .string($0.text) } ?? .null,
        ]
    }
}
