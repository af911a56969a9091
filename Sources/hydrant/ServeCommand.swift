import ArgumentParser
import Foundation
import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Logging
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the hub: HTTP interface, pages, connectors.",
        discussion: """
            The first start makes the database, its key, an access token and a webhook secret, and says where they \
            lie. Stop it with Ctrl-C or SIGTERM: what is waiting is written first.
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: "The settings document (YAML); kept in the database, so that later starts need not name it.")
    var settings: String?

    @Option(help: "The interceptors (YAML); kept in the database, so that later starts need not name them.")
    var interceptors: String?

    @Option(help: "The document that says where the outside systems are (docs/connectors).")
    var connectors: String?

    @Option(help: "The address to listen on; behind a reverse proxy leave it as it is.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8080

    @Option(name: .customLong("token-file"), help: "The file with the access token; DATABASE.token when not given.")
    var tokenFile: String?

    @Option(help: "A file with more access tokens, each with its scopes and sources (docs/api.md).")
    var tokens: String?

    @Option(
        name: .customLong("webhook-secret-file"),
        help: "The file with the secret that facts are signed with; DATABASE.webhook-secret when not given.")
    var webhookSecretFile: String?

    @Flag(
        name: .customLong("secure-cookie"),
        help: "Browsers reach the hub over HTTPS only: their cookie is never sent without it.")
    var secureCookie = false

    @Option(
        name: .customLong("second-factor"),
        help: "The roles that must have a second factor, with commas, or none; the page of the users changes them.",
        transform: ServeCommand.roles)
    var secondFactor: Set<Role> = [.owner, .it]

    @Option(
        name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("must be trace, debug, info, notice, warning, error or critical")
            }
            return level
        })
    var logLevel: Logger.Level = .info

    func run() async throws {
        JSONLogHandler.start(logLevel)
        let log = Logger(label: "hydrant")
        // Before anything is made: a refused start leaves nothing behind.
        try checkPort()
        let open = try await OpenDatabase.writing(database, interceptors: interceptors.map { try RulesFile.read($0) })
        if let settings { try await SavedDocument.save(SavedDocument.read(settings), path: settings, in: open) }
        let inForce = try await SavedDocument.settings(in: open.store)
        let access = AccessFiles(
            tokenPath: tokenFile ?? database.filePrefix + ".token",
            webhookSecretPath: webhookSecretFile ?? database.filePrefix + ".webhook-secret", tokensPath: tokens
        )
        let content = try access.load()
        let secrets = [database.filePrefix + ".key", access.tokenPath, access.webhookSecretPath]
        let exposed = FilePrivacy.open(secrets + (connectors.map { [$0] } ?? []))
        if !exposed.isEmpty {
            Terminal.standardError(
                "warning: other users of this machine can read \(exposed.joined(separator: ", "))\n"
                    + "  \(FilePrivacy.advice(exposed))\n")
        }
        OpenFiles.raiseLimit()
        let systems = try connectors.map { try SystemsFile.load($0) } ?? []
        let egress = EgressClient(allowedURLs: systems.flatMap(\.calledURLs))
        let built = try buildSystems(systems, caller: egress)
        var options = HubOptions()
        options.quotas = built.quotas
        options.timeLimits = built.timeLimits
        options.numberStocks = built.numberStocks.values.sorted { $0.system < $1.system }
        options.addresses = { OfficialDivisions.parser.parse($0) }
        options.press = try ShippedPress.load()
        options.printers = NetworkPrinters()
        options.keepers = try connectors.map { try SystemsFile.keepers($0) } ?? []
        let hub = Hub(
            store: open.store, keyring: open.keyring, clock: SystemClock(), settings: inForce,
            connectors: built.connectors.values.sorted { $0.system < $1.system }, options: options,
            seed: UInt64.random(in: .min ... .max), log: log)
        var server = ServerSettings(
            tokens: content.tokens, sessionKey: open.keyring.sessionKey, webhookSecrets: [content.webhookSecret],
            randomBytes: { AccessFiles.randomBytes($0) })
        server.host = host
        server.port = port
        server.cookieIsSecure = secureCookie
        server.secondFactorRoles = secondFactor
        server.connectedSystems = Set(systems.map(\.system))
        server.pushes = built.receivers.values.sorted { $0.system < $1.system }
        let host = host
        let missing = unconnected(inForce, built)
        let doubts = (inForce.calendarDoubts.map(\.text) + inForce.senderDoubts.map(\.text))
            .map { "  check           \($0.english)\n" }.joined()
        let people = People(
            store: open.store, keyring: open.keyring, clock: SystemClock(),
            randomBytes: { AccessFiles.randomBytes($0) })
        let firstOwner = try await people.firstOwnerCode()
        let pages = try PageService(
            hub: hub, demo: false, forms: FormSigner(key: open.keyring.sessionKey))
        let application = try pages.application(settings: server, log: log) { port in
            Terminal.standardError(
                """
                Hydrant listens on http://\(host):\(port)
                  settings        \(Self.named(inForce))
                  access token    \(access.tokenPath)
                  webhook secret  \(access.webhookSecretPath)
                  sign in at      http://\(host):\(port)/\(Self.firstOwner(firstOwner, host, port))
                \(missing)\(doubts)
                """)
        }
        try await run([EgressService(client: egress), HubService(hub: hub), application, pages.sampling], log)
    }

    /// The name and version of the settings document in force.
    private static func named(_ settings: Settings) -> String {
        guard settings.isBuiltIn else { return settings.version }
        return """
            built in: the hub watches and asks no system for anything
                              (name your own document with --settings FILE; Templates/default.yaml is one)
            """
    }

    /// `owner,it`, or `none`.
    private static func roles(_ text: String) throws -> Set<Role> {
        if text == "none" { return [] }
        let roles = text.split(separator: ",").map { Role(rawValue: String($0)) }
        guard !roles.isEmpty, !roles.contains(nil) else {
            let allowed = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("must be none, or some of \(allowed) with commas")
        }
        return Set(roles.compactMap(\.self))
    }

    /// Where the first user signs up, as long as there is none.
    private static func firstOwner(_ code: String?, _ host: String, _ port: Int) -> String {
        guard let code else { return "" }
        return """

              first owner     http://\(host):\(port)/welcome?code=\(code)
                              (there are no users yet; this link works once, for 24 hours)
            """
    }

    /// What the settings ask of systems that nobody has connected, in words; empty when all are there.
    private func unconnected(_ settings: Settings, _ systems: ConnectorCatalogue.Systems) -> String {
        let dispatch = settings.dispatch
        let asked = settings.flow.requests.map(\.system) + dispatch.chains.flatMap(\.channels)
        let names = Set(asked + [dispatch.keeper?.system].compactMap(\.self))
            .filter { systems.connectors[$0] == nil }.sorted()
        guard !names.isEmpty else { return "" }
        return """
              not connected   \(names.joined(separator: ", ")): the settings ask these systems for something.
                              Orders wait there until --connectors names them (docs/connectors).

            """
    }

    private func run(_ services: [any Service], _ log: Logger) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigint, .sigterm], logger: log))
        do {
            try await group.run()
        } catch let failure as StoreFailure {
            throw CommandProblem("\(failure.code) \(failure.message)", advice: failure.advice)
        } catch {
            // A name is looked up by the server itself, which says so in its error.
            let isTaken = PortProbe.isTaken(port, host: host) || "\(error)".contains("Address already in use")
            guard isTaken, port != 0 else { throw error }
            throw portProblem
        }
    }

    private func checkPort() throws {
        guard UInt16(exactly: port) != nil else {
            throw CommandProblem("\(port) is no port", advice: "Choose one from 0 to 65535 with --port.")
        }
        guard port == 0 || !PortProbe.isTaken(port, host: host) else { throw portProblem }
    }

    private var portProblem: CommandProblem {
        CommandProblem(
            "port \(port) is in use by another program", advice: "Stop it, or choose another port with --port.")
    }
}

/// Builds the connectors, and says in words what is wrong with their settings.
func buildSystems(_ settings: [ConnectorSettings], caller: any HTTPCaller) throws -> ConnectorCatalogue.Systems {
    do {
        return try ConnectorCatalogue.systems(settings, caller: caller)
    } catch {
        throw CommandProblem(
            "the system \(error.system): \(error.field) \(error.message)",
            advice: "docs/connectors has a page for each kind.")
    }
}
