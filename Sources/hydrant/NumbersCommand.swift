import ArgumentParser
import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantEngine

struct NumbersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "numbers",
        abstract: "Ask the couriers that sell waybill numbers in advance how many are left.",
        discussion: """
            Numbers run out foreseeably: run this every hour, for instance from cron.
              hydrant numbers --connectors connectors.yaml --below 500
            Exits with 1 when a channel has fewer than --below or does not say.
            """)

    @Option(help: "The document with the outside systems.")
    var connectors: String

    @Option(help: "Only this system of the document.")
    var system: String?

    @Option(help: "How many numbers are too few.")
    var below: Int64 = 200

    func run() async throws {
        let settings = try SystemsFile.load(connectors)
        let caller = EgressClient(allowedURLs: settings.flatMap(\.calledURLs))
        let stocks: [String: any NumberStock]
        do {
            stocks = try ConnectorCatalogue.systems(settings, caller: caller).numberStocks
        } catch {
            try await caller.shutdown()
            throw CommandProblem("\(connectors): \(error.system): \(error.field) \(error.message)")
        }
        let chosen = stocks.filter { system == nil || $0.key == system }.sorted { $0.key < $1.key }
        guard !chosen.isEmpty else {
            try await caller.shutdown()
            throw CommandProblem(
                system.map { "\($0) sells no numbers in advance" } ?? "no system here sells numbers in advance",
                advice: "Those that do are \(stocks.keys.sorted().joined(separator: ", ")).")
        }
        var isShort = false
        var members: [JSON.Member] = []
        for (name, stock) in chosen {
            switch await stock.numbersLeft(now: SystemClock().now()) {
            case .left(let count):
                isShort = isShort || count < below
                members.append(JSON.Member(name, ["left": .integer(count), "isShort": .bool(count < below)]))
            case .unknown(let reason):
                isShort = true
                members.append(JSON.Member(name, ["left": .null, "reason": .string(reason)]))
            }
        }
        try await caller.shutdown()
        Terminal.result(["below": .integer(below), "systems": .object(members)])
        if isShort { throw ExitCode(1) }
    }
}
