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
            for an owner who forgot the password, and for scripts. A hub on PostgreSQL may go on meanwhile; one with a \
            database file has to be stopped first.
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
            let all = try await PeopleDatabase.read(database) { try await $0.all() }
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
                    name, role: role, warehouses: Set(warehouse.map(\.normalised)), by: PeopleDatabase.actor)
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
            try await UserCommand.linked(place, name) { people in
                try await people.reset(Person.normal(name), by: PeopleDatabase.actor)
            }
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
    private static let advice = "hydrant user list shows who is there."

    /// Runs what gives a code, and prints the link.
    fileprivate static func linked(
        _ place: Place, _ name: String, _ body: (People) async throws -> String
    ) async throws {
        let code = try await PeopleDatabase.change(place.database, advice: advice, body)
        Terminal.result([
            "user": .string(Person.normal(name)), "link": .string("\(place.url)/welcome?code=\(code)"),
            "hours": .integer(Invitation.lifetime / .hours(1)),
        ])
    }

    fileprivate static func setDisabled(_ database: DatabaseOptions, _ name: String, _ isDisabled: Bool) async throws {
        let name = Person.normal(name)
        try await PeopleDatabase.change(database, advice: advice) { people in
            try await people.setDisabled(name, isDisabled, by: PeopleDatabase.actor)
        }
        Terminal.result(["user": .string(name), "disabled": .bool(isDisabled)])
    }
}
