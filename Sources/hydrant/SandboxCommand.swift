import ArgumentParser
import Foundation
import HydrantConnectorKit
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantSandbox
import Logging
import ServiceLifecycle
import UnixSignals

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract:
            "Play the outside world on 127.0.0.1, with the partners' real protocols, for a hub or a program to try.",
        discussion: """
            Prints one JSON document when everything listens: each system with its address and test credentials. The \
            document is a connectors document, so that a hub can be pointed at the sandbox with it:
              hydrant sandbox > sandbox.json
              hydrant serve --database FILE --connectors sandbox.json
            Stop it with Ctrl-C or SIGTERM.
            """)

    @Option(help: "The hub that is told what happens; nothing is pushed to it when this is not given.")
    var hub: String?

    @Option(
        name: .customLong("token-file"), help: "The file with the hub's access token, for facts of shops and finance.")
    var tokenFile: String?

    @Option(
        name: .customLong("webhook-secret-file"), help: "The file with the secret that the hub wants facts signed with."
    )
    var webhookSecretFile: String?

    @Option(help: "The same seed gives the same numbers, credentials and faults.")
    var seed: UInt64 = 1

    @Option(
        help:
            "How often, of a thousand calls each, an answer is slow, broken, missing or an error, one after the other.")
    var faults = 0

    @Option(
        help: ArgumentHelp(
            "One kind of fault and how often it happens of a thousand times, like throttled=100; may be given again.",
            discussion: "The kinds are \(NamedFaults.all.map(\.name).joined(separator: ", "))."))
    var fault: [String] = []

    @Option(help: "How many waybill numbers each account has, for couriers that sell them in advance.")
    var numbers: Int?

    @Option(name: .customLong("step-seconds"), help: "How long a parcel takes from one scan to the next.")
    var stepSeconds: Int64 = 60

    @Option(
        name: .customLong("printer-port"),
        help: "Also play a label printer that takes raw data, on this port of 127.0.0.1; real ones have 9100.")
    var printerPort: Int?

    @Option(
        name: .customLong("printer-faults"),
        help:
            "What the printer does with its first labels, one after the other: ok, refuse, break or hang, with commas.")
    var printerFaults = ""

    @Option(name: .customLong("printer-folder"), help: "The folder that the printed labels are written to.")
    var printerFolder: String?

    func run() async throws {
        JSONLogHandler.start(.warning)
        guard (0...200).contains(faults) else {
            throw CommandProblem("--faults \(faults) is out of range", advice: "Give a number from 0 to 200.")
        }
        guard stepSeconds > 0 else {
            throw CommandProblem("--step-seconds \(stepSeconds) is out of range", advice: "Give a number above 0.")
        }
        if let hub, Origin(url: hub) == nil {
            throw CommandProblem("--hub \(hub) is no address", advice: "Write it like http://127.0.0.1:8080.")
        }
        let printer = try startPrinter()
        defer { printer?.stop() }
        let dock = LoadingDock()
        let plans = try namedFaults()
        let world = OutsideWorld(
            world: try makeWorld(dock, plans.world), couriers: try makeCouriers(dock, plans.couriers),
            partners: makePartners(dock, plans.partners))
        // Without a hub the warehouse and the others answer and tell nobody.
        var services = world.makeServices(pushes: hub != nil)
        services.append(
            LoopService {
                await world.waitUntilListening()
                Terminal.result(Self.document(await world.connectorSettings))
                Terminal.standardError("The sandbox listens. Stop it with Ctrl-C.\n")
                try await Task.sleep(for: .seconds(1_000_000_000))
            })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigint, .sigterm], logger: Logger(label: "hydrant.sandbox")))
        try await group.run()
    }

    /// What `--faults`, `--fault` and `--numbers` ask for.
    private func namedFaults() throws -> NamedFaults {
        var plans = NamedFaults()
        for name in ["slow", "broken", "silent", "error"] { _ = plans.set(name, permille: faults) }
        if faults > 0 { plans.couriers.throttled = faults }
        for text in fault {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let permille = Int(parts[1]), (0...1_000).contains(permille) else {
                throw CommandProblem(
                    "--fault \(text) is no fault and how often it happens",
                    advice: "Write it like throttled=100: of a thousand times, from 0 to 1000.")
            }
            guard plans.set(parts[0], permille: permille) else {
                let names = NamedFaults.all.map(\.name)
                let guess = closestWord(to: parts[0], among: names).map { "Did you mean “\($0)”? " } ?? ""
                throw CommandProblem(
                    "there is no fault “\(parts[0])”",
                    advice: guess + "The faults are \(names.joined(separator: ", ")).")
            }
        }
        if let numbers {
            guard (0...1_000_000_000).contains(numbers) else {
                throw CommandProblem("--numbers \(numbers) is out of range", advice: "Give a number from 0 up.")
            }
            plans.setNumbers(numbers)
        }
        return plans
    }

    private func startPrinter() throws -> FakePrinter? {
        guard let printerPort else { return nil }
        let faults = printerFaults.split(separator: ",").map { FakePrinter.Fault(rawValue: String($0)) }
        guard (1...65_535).contains(printerPort), !faults.contains(nil) else {
            throw CommandProblem(
                "--printer-port or --printer-faults is out of range",
                advice: "Give a port, and a list like refuse,break,ok.")
        }
        guard let printer = try? FakePrinter(port: printerPort, script: faults.compactMap(\.self)) else {
            throw CommandProblem("port \(printerPort) is in use", advice: "Choose another --printer-port.")
        }
        let folder = printerFolder
        printer.start { number, label in
            guard let folder else { return }
            let file = URL(fileURLWithPath: folder).appendingPathComponent("label-\(number).txt")
            try? Data(label).write(to: file)
        }
        return printer
    }

    private func makePartners(_ dock: LoadingDock, _ plan: PartnerFaults) -> PartnerSandbox {
        var pace = PartnerPace()
        pace.step = .seconds(stepSeconds) ... .seconds(stepSeconds)
        pace.tick = .seconds(min(stepSeconds, 5))
        return PartnerSandbox(
            clock: SystemClock(), seed: seed, faults: plan, pace: pace, hub: hub ?? "", dock: hub == nil ? nil : dock)
    }

    private func makeCouriers(_ dock: LoadingDock, _ plan: DirectFaults) throws -> DirectSandbox {
        var pace = DirectPace()
        pace.step = .seconds(stepSeconds) ... .seconds(stepSeconds)
        pace.tick = .seconds(min(stepSeconds, 5))
        return try DirectSandbox(
            clock: SystemClock(), seed: seed, faults: plan, pace: pace, hub: hub ?? "", dock: hub == nil ? nil : dock)
    }

    private func makeWorld(_ dock: LoadingDock, _ plan: HydrantSandbox.FaultPlan) throws -> SandboxWorld {
        var pace = SandboxPace()
        pace.tick = .seconds(5)
        let secrets = SandboxSecrets(
            seed: seed, hubToken: try content(of: tokenFile), hubWebhookSecret: try content(of: webhookSecretFile))
        return try SandboxWorld(
            clock: SystemClock(), seed: seed, faults: plan, hub: hub ?? "", secrets: secrets, pace: pace, dock: dock)
    }

    private func content(of path: String?) throws -> String {
        guard let path else { return "" }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandProblem("\(path) cannot be read", advice: "Check the path and the rights.")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The connectors document of these systems. Their credentials guard nothing real and are meant to be seen.
    private static func document(_ systems: [ConnectorSettings]) -> JSON {
        let entries = systems.map { system -> JSON in
            [
                "system": .string(system.system), "kind": .string(system.kind), "url": .string(system.baseURL),
                "credentials": texts(system.credentials.mapValues { $0.open(reason: "test credentials are shown") }),
                "options": texts(system.options),
            ]
        }
        // Nobody has this number.
        let keeper: JSON = ["name": "仓管员", "phone": "13800000000"]
        return ["connectors": "sandbox", "systems": .array(entries), "keepers": [keeper]]
    }

    private static func texts(_ values: [String: String]) -> JSON {
        .object(values.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })
    }
}
