import ArgumentParser
import Foundation
import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantSandbox
import HydrantSimulator
import HydrantStorage
import HydrantStoragePostgres
import HydrantStorageSQLite
import HydrantWeb
import Logging
import ServiceLifecycle
import UnixSignals

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play a Double-11 day with a simulated outside world, and open the pages.",
        discussion: """
            A hub with a new embedded database, and a sandbox on 127.0.0.1 that plays the WMS, the CRM, finance, a \
            marketplace, six couriers, three aggregators and a text service with their real protocols. Ten people with \
            accounts of their own work through the tasks. The day takes about three minutes; then the parcels travel \
            for three days faster, and from there on the clock goes as every clock. Stop it with Ctrl-C.
            """)

    @Option(help: "How many orders the day has.")
    var orders = 24_000

    @Option(help: "The same seed plays the same day.")
    var seed: UInt64 = 11

    @Option(help: "The port of the pages; another free one is taken when it is in use.")
    var port = 8080

    @Option(
        help: """
            The address to listen on. With one that this machine has in the network telephones reach the demo, and the \
            codes on its labels lead there.
            """)
    var host = "127.0.0.1"

    @Option(help: "The folder for the demo's database file, which is made anew.")
    var folder = "out/demo"

    @Option(
        help: """
            An empty database of a PostgreSQL server, postgres://USER@HOST:PORT/NAME, instead of a file; never a file.
            """)
    var database: String?

    @Option(help: "How many minutes the day takes.")
    var minutes = 3.0

    @Option(help: "The settings document; Templates/default.yaml when not given.")
    var settings: String?

    @Flag(help: "End by itself when every story of the day is told, and verify the database.")
    var untilDone = false

    func run() async throws {
        guard host != "0.0.0.0", host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x2F && $0 != 0x3A }), !host.isEmpty else {
            throw CommandProblem(
                "--host \(host) is no address that others can open",
                advice: "Name one that this machine has in the network, like 192.168.1.9.")
        }
        // An address may hold a password, so that it is not said again.
        if let database, PostgresAddress(database) == nil {
            throw CommandProblem(
                "--database of the demo is the address of an empty database of a PostgreSQL server, "
                    + "postgres://USER@HOST:PORT/NAME, and no file",
                advice: "Leave it out: the demo makes a database file of its own. Where it lies is said with --folder "
                    + "FOLDER (\(folder) when not given).")
        }
        JSONLogHandler.start(.warning)
        let log = Logger(label: "hydrant.demo")
        let stage = try await DemoStage(command: self, log: log)
        try await stage.play()
    }
}

/// Everything of one demonstration.
struct DemoStage {
    let command: DemoCommand
    let log: Logger
    let options: DatabaseOptions
    let database: OpenDatabase
    let settings: Settings
    let clock: ScaledClock
    let dayBegin: Instant
    let port: Int
    let access: AccessFiles.Content

    init(command: DemoCommand, log: Logger) async throws {
        self.command = command
        self.log = log
        let filePrefix = command.folder + "/hydrant.sqlite"
        try FileManager.default.createDirectory(atPath: command.folder, withIntermediateDirectories: true)
        try Self.removeUnused(filePrefix)
        let documentPath = try command.settings ?? TemplateFolder.path(of: "default.yaml")
        options = try DatabaseOptions.parse(
            ["--database", command.database ?? filePrefix]
                + (command.database == nil ? [] : ["--key", try Self.newKey(filePrefix)]))
        database = try await Self.emptyDatabase(options)
        try await SavedDocument.save(SavedDocument.read(documentPath), path: documentPath, in: database)
        let interceptors = try TemplateFolder.path(of: "interceptors.yaml")
        try await RulesFile.save(RulesFile.read(interceptors), in: database.store)
        settings = try await SavedDocument.settings(in: database.store)
        guard let begin = Instant(text: "2026-11-11T00:00:00+08:00") else { throw ExitCode(2) }
        dayBegin = begin
        clock = ScaledClock(begin: begin - .minutes(5), speed: 1)
        port = PortProbe.isFree(command.port) ? command.port : 0
        access = try AccessFiles(
            tokenPath: filePrefix + ".token", webhookSecretPath: filePrefix + ".webhook-secret"
        ).load()
    }

    /// Refuses a database that another demo is writing.
    private static func removeUnused(_ path: String) throws {
        do {
            let lock = try DatabaseLock(forDatabase: path)
            withExtendedLifetime(lock) { removeDatabase(path) }
        } catch let failure as StoreFailure {
            throw CommandProblem(
                "\(failure.code) \(failure.message)", advice: "Stop it first, or name another --folder.")
        }
    }

    private static func newKey(_ filePrefix: String) throws -> String {
        let path = KeyFile.path(forDatabase: filePrefix)
        try KeyFile.create(path)
        return path
    }

    /// Leases run on the demo's own time, which plays a day in minutes.
    private static func emptyDatabase(_ options: DatabaseOptions) async throws -> OpenDatabase {
        var server = PostgresSettings()
        server.leaseClock = .hub
        let open = try await OpenDatabase.writing(options, server: server)
        guard try await open.store.read({ try $0.counts() }) == StoreCounts() else {
            throw CommandProblem("\(options.displayName) is not empty", advice: "Name an empty database.")
        }
        return open
    }

    func play() async throws {
        let listenPort = port == 0 ? try PortProbe.freePort() : port
        let hubURL = "http://\(command.host):\(listenPort)"
        let world = try makeWorld(hubURL)
        // Where everybody is reached is known when everybody listens.
        let listening = Task { await world.waitUntilListening() }
        let outside = Task { try await run(world.makeServices(), signals: []) }
        await listening.value
        defer { outside.cancel() }
        let systems = await world.connectorSettings
        let egress = EgressClient(
            allowedURLs: systems.flatMap(\.calledURLs) + [hubURL], limits: .init(connectionsPerHost: 64))
        let built = try buildSystems(systems, caller: egress)
        let hub = Hub(
            store: database.store, keyring: database.keyring, clock: clock, settings: settings,
            connectors: built.connectors.values.sorted { $0.system < $1.system }, options: demoOptions(built),
            seed: command.seed, log: log)
        let printer = try await startPrinter(for: hub, at: hubURL)
        defer { printer.stop() }
        var server = ServerSettings(
            tokens: access.tokens, sessionKey: database.keyring.sessionKey, webhookSecrets: [access.webhookSecret],
            randomBytes: { AccessFiles.randomBytes($0) })
        server.host = command.host
        server.port = listenPort
        server.pushes = built.receivers.values.sorted { $0.system < $1.system }
        let pages = try PageService(
            hub: hub, demo: true, forms: FormSigner(key: database.keyring.sessionKey), outages: outageSwitch(world))
        let address = "\(hubURL)/sign-in?code=\(signInCode(server))"
        let application = try pages.application(settings: server, log: log) { _ in announce(address) }
        let office = try await DemoOffice(database: database, world: world.world, caller: egress, seed: command.seed)
        let show = try show(hub, world, egress, office)
        let services: [any Service] = [
            EgressService(client: egress), HubService(hub: hub), application, pages.sampling, show,
        ]
        try await run(services, signals: [.sigint, .sigterm])
        if command.untilDone { return try await verify() }
        Terminal.standardError(
            """

            The demo has stopped. Its database stays until the next one:
              \(CommandLine.arguments[0]) verify --database \(verifyArguments)

            """)
    }

    /// A label printer for every warehouse that takes whatever comes, couriers that come every two hours, and codes on
    /// labels that open this demo.
    private func startPrinter(for hub: Hub, at hubURL: String) async throws -> FakePrinter {
        let printer = try FakePrinter()
        printer.start()
        var desk = try await hub.desk.settings()
        if desk.printers.isEmpty {
            desk.printers = [DeskSettings.Printer(warehouse: "", address: printer.address)]
            let times = (0..<12).map { $0 * 120 }
            desk.cutOffs = [DeskSettings.CutOff(warehouse: "", courier: "", minutes: times)]
            desk.address = hubURL
            try await hub.desk.save(desk, by: PeopleDatabase.actor)
        }
        return printer
    }

    private func makeWorld(_ hubURL: String) throws -> OutsideWorld {
        let dock = LoadingDock()
        let secrets = SandboxSecrets(
            seed: command.seed, hubToken: access.token, hubWebhookSecret: access.webhookSecret)
        return OutsideWorld(
            world: try SandboxWorld(
                clock: clock, seed: command.seed, faults: demoFaults, hub: hubURL, secrets: secrets, pace: .fast,
                wallClock: SystemClock(), dock: dock),
            couriers: try DirectSandbox(
                clock: clock, seed: command.seed, faults: .badDay, pace: .fast, hub: hubURL, dock: dock),
            partners: PartnerSandbox(
                clock: clock, seed: command.seed, faults: .badDay, pace: .fast, hub: hubURL, dock: dock))
    }

    /// A bad day, except that few reports come hours late and little stock is lacking: one is meant to see single wrong
    /// orders that people see to, not a storm.
    private var demoFaults: HydrantSandbox.FaultPlan {
        var plan = HydrantSandbox.FaultPlan.badDay
        plan.reversedPush = 4
        plan.missingStep = 1
        plan.lockRefused = 2
        plan.creditRefused = 3
        plan.splitParcels = 10
        return plan
    }

    private func demoOptions(_ built: ConnectorCatalogue.Systems) -> HubOptions {
        var options = HubOptions()
        options.quotas = built.quotas
        options.timeLimits = built.timeLimits
        options.numberStocks = built.numberStocks.values.sorted { $0.system < $1.system }
        options.keepers = DemoKeeper.contacts
        options.addresses = { OfficialDivisions.parser.parse($0) }
        options.press = try? ShippedPress.load()
        options.printers = NetworkPrinters()
        // Partners answer in the machine's time, however fast the hub's runs.
        options.stopwatch = SystemClock()
        // At 480 virtual seconds a second, slices and leases of the hub's clock are stretched to match.
        options.watchSlice = .minutes(1)
        options.leaseLength = .hours(24)
        options.callsPerLane = 12
        options.claimCount = 256
        return options
    }

    /// Takes systems of the outside world down and brings them back.
    private func outageSwitch(_ world: OutsideWorld) -> OutageSwitch {
        OutageSwitch {
            var outages: [OutageControl.Outage] = []
            for system in world.systems {
                outages.append(OutageControl.Outage(system: system, until: await world.outage(of: system)))
            }
            return outages
        } set: { system, until in
            await world.setOutage(of: system, until: until)
        }
    }

    /// The shops, the pacing of the clock, and the line of progress on the terminal.
    private func show(
        _ hub: Hub, _ world: OutsideWorld, _ egress: EgressClient, _ office: DemoOffice
    ) throws -> LoopService {
        let progress = DemoProgress()
        let driver = DemoDriver(
            hubURL: world.world.hubURL, token: access.token,
            signer: try StandardWebhooks(secrets: [access.webhookSecret]),
            caller: egress, clock: clock, wallClock: SystemClock(), progress: progress)
        let intake = hub.intake
        let day = DoubleElevenDay(
            seed: command.seed, orders: command.orders, begin: dayBegin, returnDelay: .hours(40) ... .hours(150)
        ) { receiver in
            (try? intake.seal(receiver).0.fingerprint) ?? ""
        }
        let daySpeed = 1_440 / command.minutes
        let pacer = DemoPacer(
            hub: hub, world: world, clock: clock, dayEnd: dayBegin + .hours(24),
            rest: command.untilDone ? nil : dayBegin + .hours(24 * 3), progress: progress, daySpeed: daySpeed,
            laterSpeed: daySpeed * (command.untilDone ? 6 : 3))
        let teller = DemoTeller(hub: hub, clock: clock, progress: progress, orders: command.orders)
        let keeper = DemoKeeper(world: world, caller: egress, clock: clock)
        let untilDone = command.untilDone
        let dayEnd = dayBegin + .hours(24)
        return LoopService {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pacer.run() }
                group.addTask { try await driver.run(day) }
                group.addTask { try await keeper.run() }
                group.addTask { try await office.run() }
                group.addTask { try await teller.run(untilQuiet: untilDone, notBefore: dayEnd + .hours(24 * 9)) }
                // The teller ends when everything is quiet; the others go on until then.
                while let _ = try await group.next() {
                    if teller.isQuiet { break }
                }
                group.cancelAll()
            }
        }
    }

    /// The link's code; the token itself stays out of addresses.
    private func signInCode(_ server: ServerSettings) -> String {
        server.signInCodes.issue(
            for: access.tokens.tokens[0], randomBytes: AccessFiles.randomBytes(), now: SystemClock().now())
    }

    private func announce(_ address: String) {
        Terminal.standardError(
            """

            Hydrant's demo is running. Open the pages:

                \(address)

              (this link works once; later sign in with the token in \(command.folder)/hydrant.sqlite.token)
              database  \(options.displayName)
              stop      Ctrl-C


            """)
        BrowserOpener.open(address)
    }

    private func run(_ services: [any Service], signals: [UnixSignal]) async throws {
        var configurations: [ServiceGroupConfiguration.ServiceConfiguration] = services.map {
            .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        if !signals.isEmpty {
            configurations[configurations.count - 1].successTerminationBehavior = .gracefullyShutdownGroup
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: configurations, gracefulShutdownSignals: signals, logger: log))
        try await group.run()
    }

    private var verifyArguments: String {
        options.address == nil ? options.database : "ADDRESS --key \(options.key ?? "")"
    }

    private func verify() async throws {
        let key = options.key.map { ["--key", $0] } ?? []
        let command = try VerifyCommand.parse(["--database", options.database] + key)
        try await command.run()
    }
}
