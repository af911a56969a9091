import ArgumentParser
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Who may sign in: list, add, reset, disable, enable.",
        discussion: """
            The pages under /settings/users do the same. These commands are for the first owner whose link was lost, \
            for an owner who forgot the password, and for scripts. They work while the hub runs.
            """,
        subcommands: [List.self, Add.self, Reset.self, Disable.self, Enable.self])

    /// Where the database is, and where the pages are.
    struct Place: ParsableArguments {
        @OptionGroup var database: DatabaseOptions

        @Option(help: "Where browsers reach the hub, for the link.")
        var url = "http://127.0.0.1:8080"
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Everybody who may sign in.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let open = try await OpenDatabase.reading(database)
            let all = try await UserCommand.people(open).all()
            try await open.store.close()
            Terminal.result([
                "users": .array(
                    all.map { person in
                        [
                            "name": .string(person.name), "role": .string(person.role.rawValue),
                            "warehouses": .array(person.warehouses.sorted().map { .string($0) }),
                            "disabled": .bool(person.isDisabled), "hasPassword": .bool(person.password != nil),
                            "secondFactor": .bool(person.secondFactor != nil),
                        ]
                    })
            ])
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add somebody; gives the link by which they choose a password.")

        @OptionGroup var place: Place

        @Argument(help: "The name to sign in with.")
        var name: String

        @Option(help: "owner, operations, warehouse, service, finance, it or viewer.")
        var role: String

        @Option(help: "A warehouse of the warehouse role; may be given several times.")
        var warehouse: [String] = []

        func run() async throws {
            guard let role = Role(rawValue: role) else {
                throw CommandProblem(
                    "there is no role “\(role)”",
                    advice: "The roles are \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            try await UserCommand.linked(place, name) { people in
                try await people.add(
                    name, role: role, warehouses: Set(warehouse.map(\.normalised)), by: UserCommand.actor)
            }
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take password, second factor and sessions away; gives the link for a new password.")

        @OptionGroup var place: Place

        @Argument(help: "The name.")
        var name: String

        func run() async throws {
            try await UserCommand.linked(place, name) { try await $0.reset(Person.normal(name), by: UserCommand.actor) }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep somebody out, at once.")

        @OptionGroup var database: DatabaseOptions

        @Argument(help: "The name.")
        var name: String

        func run() async throws { try await UserCommand.setDisabled(database, name, true) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let somebody in again.")

        @OptionGroup var database: DatabaseOptions

        @Argument(help: "The name.")
        var name: String

        func run() async throws { try await UserCommand.setDisabled(database, name, false) }
    }
}

extension UserCommand {
    /// As the audit trail names whoever works at the terminal.
    fileprivate static let actor = "command-line"

    fileprivate static func people(_ open: OpenDatabase) -> People {
        People(
            store: open.store, keyring: open.keyring, clock: SystemClock(),
            randomBytes: { AccessFiles.randomBytes($0) })
    }

    /// Runs what gives a code, and prints the link.
    fileprivate static func linked(
        _ place: Place, _ name: String, _ body: (People) async throws -> String
    ) async throws {
        let open = try await OpenDatabase.writing(place.database)
        let code = try await refusing { try await body(people(open)) }
        try await open.store.close()
        Terminal.result([
            "user": .string(Person.normal(name)), "link": .string("\(place.url)/welcome?code=\(code)"),
            "hours": .integer(Invitation.lifetime / .hours(1)),
        ])
    }

    fileprivate static func setDisabled(_ database: DatabaseOptions, _ name: String, _ isDisabled: Bool) async throws {
        let open = try await OpenDatabase.writing(database)
        let name = Person.normal(name)
        try await refusing { try await people(open).setDisabled(name, isDisabled, by: actor) }
        try await open.store.close()
        Terminal.result(["user": .string(name), "disabled": .bool(isDisabled)])
    }

    private static func refusing<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let refusal as PeopleRefusal {
            throw CommandProblem(refusal.text.english, advice: "hydrant user list shows who is there.")
        }
    }
}
