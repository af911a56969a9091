import ArgumentParser
import Foundation
import HydrantConnectors
import HydrantCore
import HydrantDocuments

struct TrackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "track",
        abstract: "Read a courier's track reply or push, and show it in the hub's one vocabulary.",
        discussion: """
            The document comes on standard input as the courier sent it: JSON, or the form of a push.
              hydrant track --system SYSTEM < reply.json
            A parcel in a locker or a shop is stored, not signed. What is signed after a return began is returned to \
            the sender. A word that is in no table is unmapped and listed, never guessed. Names and phones are left \
            out.
            """)

    @Option(help: "The courier: \(TrackTable.systems.joined(separator: ", ")).")
    var system: String

    func run() throws {
        guard TrackTable.systems.contains(system) else {
            let guess = closestWord(to: system, among: TrackTable.systems).map { "Did you mean “\($0)”? " } ?? ""
            throw CommandProblem(
                "there is no courier “\(system)”",
                advice: guess + "The couriers are \(TrackTable.systems.joined(separator: ", ")).")
        }
        let bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
        guard let parcels = TrackTable.parcels(system: system, bytes) else {
            throw CommandProblem(
                "standard input is no track reply and no push of \(system)",
                advice: "Give the whole body as the courier sent it; a reply that reports an error holds no track.")
        }
        Terminal.result(["system": .string(system), "parcels": .array(parcels.map(\.json))])
    }
}

extension TrackTable.Parcel {
    fileprivate var json: JSON {
        let signature = scans.first { $0.status == .signed }
        let unmapped = scans.filter { $0.status == .unmapped }.map(\.code)
        return .compact([
            ("number", .string(number)), ("ownNumber", ownNumber.isEmpty ? nil : .string(ownNumber)),
            ("isComplete", .bool(isComplete)), ("status", .text(status?.rawValue)),
            ("signed", .bool(signature != nil)), ("signedAt", .text(signature?.at.text)),
            ("unmapped", .array(unmapped.map { .string($0) })), ("events", .array(scans.map(\.eventJSON))),
        ])
    }
}

extension Scan {
    fileprivate var eventJSON: JSON {
        [
            "at": .string(at.text), "status": .string(status.rawValue), "code": .string(code), "place": .string(place),
            "remark": .string(remark),
        ]
    }
}
