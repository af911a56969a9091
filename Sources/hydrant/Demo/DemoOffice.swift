import Foundation
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSandbox
import HydrantStorage
import HydrantWeb

/// The people of the demonstration: accounts as `hydrant user add` makes them, and somebody behind each who works
/// through the queue of the own role.
struct DemoOffice: Sendable {
    private let workers: [OfficeWorker]

    /// Who works there, by role; of the warehouses each account has its own part. An account has no other name than the
    /// one it signs in with, so they are those of people.
    private static let staff: [(role: Role, names: [String])] = [
        (.operations, ["lin-xia", "zhou-min"]), (.service, ["chen-jie", "wu-lan", "tang-yi"]),
        (.warehouse, ["huang-qiang", "xu-fang", "gao-peng"]), (.finance, ["he-jing"]), (.it, ["sun-wei"]),
    ]

    init(database: OpenDatabase, world: SandboxWorld, caller: any HTTPCaller, seed: UInt64) async throws {
        let people = People(
            store: database.store, keyring: database.keyring, clock: SystemClock(),
            randomBytes: { AccessFiles.randomBytes($0) })
        var workers: [OfficeWorker] = []
        for (role, names) in Self.staff {
            for (number, name) in names.enumerated() {
                let code = try await people.add(
                    name, role: role, warehouses: role == .warehouse ? Self.warehouses(number, of: names.count) : [],
                    by: PeopleDatabase.actor)
                let account = OfficeWorker.Account(
                    name: name, role: role.rawValue, code: code,
                    password: Data(AccessFiles.randomBytes(24)).base64EncodedString())
                // Keepers have warehouses of their own; all others share one queue.
                let seat = role == .warehouse ? (number: 0, of: 1) : (number: number, of: names.count)
                workers.append(OfficeWorker(account, seat: seat, world: world, caller: caller, seed: seed))
            }
        }
        self.workers = workers
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await worker.run() } }
            try await group.waitForAll()
        }
    }

    private static func warehouses(_ part: Int, of parts: Int) -> Set<String> {
        let all = DemoKeeper.contacts.compactMap(\.warehouse)
        let begin = all.count * part / parts
        let end = all.count * (part + 1) / parts
        return Set(all[begin..<end])
    }
}
