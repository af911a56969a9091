import ArgumentParser
import HydrantCore
import HydrantEngine
import HydrantStorage
import Logging

struct OrderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "One order: its state, what is wrong with it, and with --proof every event with its hash.")

    @Argument(help: "The order number.")
    var number: String

    @OptionGroup var database: DatabaseOptions

    @Option(name: .customLong("as-of"), help: momentHelp)
    var asOf: Moment?

    @Flag(help: "Also print every event with its place in the hash chain.")
    var proof = false

    func run() async throws {
        let open = try await OpenDatabase.reading(database)
        let hub = Hub(
            store: open.store, keyring: open.keyring, clock: SystemClock(), settings: open.settings,
            log: Logger(label: "hydrant.order"))
        guard let detail = try await hub.orderDetail(number, asOf: asOf?.instant) else {
            try await open.store.close()
            throw CommandProblem(
                "there is no order \(number) in \(database.displayName)",
                advice: "Check the number; it is compared exactly, letter by letter.", exitCode: 2)
        }
        let number = number
        let events = proof ? try await open.store.read { try $0.events(of: number) } : []
        try await open.store.close()
        Terminal.result(detail.report(events: events))
    }
}

extension OrderDetail {
    /// The order as the command line prints it.
    func report(events: [StoredEvent]) -> JSON {
        .compact([
            ("order", .string(order.number)), ("asOf", .string(asOf.text)), ("version", .integer(Int64(order.version))),
            ("state", .integer(Int64(order.state))), ("stateName", .string(stateNames[order.state].identifier)),
            ("since", .text(order.stateSince?.text)), ("completion", .string(order.completion.rawValue)),
            ("missing", .text(missing?.english)),
            (
                "rootCause",
                rootCause.map { ["reason": .string($0.reason.english), "advice": .string($0.advice.english)] }
            ),
            ("states", .array(order.stamps.map(\.report))),
            (
                "findings",
                .array(
                    findings.map {
                        [
                            "kind": .string($0.kind.rawValue), "verdict": .string($0.verdict.rawValue),
                            "reason": .string($0.reason.english), "since": .string($0.since.text),
                        ]
                    })
            ),
            (
                "systems",
                .array(
                    systems.map {
                        [
                            "system": .string($0.system), "word": .string($0.word), "at": .string($0.saidAt.text),
                            "agreement": .string($0.agreement.rawValue),
                        ]
                    })
            ),
            ("paidMinor", .integer(order.paidMinor)), ("payableMinor", order.payableFloorMinor.map { .integer($0) }),
            ("refundedMinor", .integer(order.refundedMinor)),
            ("returns", order.returnAsked == nil ? nil : .array(order.orderReturns().map(report))),
            (
                "proof",
                events.isEmpty
                    ? nil
                    : .array(
                        events.map { event in
                            [
                                "number": .integer(Int64(event.number)), "hash": .string(hexadecimal(event.hash)),
                                "event": (try? JSON(bytes: event.bytes)) ?? .null,
                            ]
                        })
            ),
        ])
    }
}

extension OrderDetail {
    private func report(_ item: OrderReturn) -> JSON {
        [
            "id": .string(item.id), "exchange": .bool(item.isExchange), "askedAt": .string(item.asked.at.text),
            "lines": .array(
                item.goods.map { ["line": .string($0.line), "units": .integer(Int64($0.units))] }),
            "refundMinor": .integer(item.refundMinor),
            "replacement": order.replacement(of: item.id).map { .string($0) } ?? .null,
            "open": .bool(order.isOpen(item)),
        ]
    }
}

extension StateStamp {
    fileprivate var report: JSON {
        [
            "state": .integer(Int64(number)), "name": .string(stateNames[number].identifier), "at": .string(at.text),
            "inferred": .bool(isInferred),
            "proof": .array(proof.map { ["source": .string($0.source), "id": .string($0.messageID)] }),
        ]
    }
}
