import CArgon2
import Foundation
import HydrantConnectorKit
package import HydrantCore
import HydrantStorage

/// A password as it is kept: Argon2id (RFC 9106) with its cost and salt.
package struct PasswordHash: Hashable, Sendable {
    /// KiB of memory, passes, lanes.
    package struct Cost: Hashable, Sendable {
        package var memory: UInt32 = 19 * 1_024
        package var passes: UInt32 = 2
        package var lanes: UInt32 = 1

        package init() {}
    }

    package var cost: Cost
    package var salt: [UInt8]
    package var hash: [UInt8]

    /// Takes some 50 ms of one core; run it through a ``PasswordMill``.
    package init(of password: String, salt: [UInt8], cost: Cost = Cost()) {
        self.cost = cost
        self.salt = salt
        hash = Self.derive(password, salt, cost)
    }

    package func fits(_ password: String) -> Bool {
        isEqualInConstantTime(Self.derive(password, salt, cost), hash)
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) -> [UInt8] {
        // Letters that look the same are the same, however the keyboard composes them.
        let bytes = Array(password.precomposedStringWithCompatibilityMapping.utf8)
        var hash = [UInt8](repeating: 0, count: 32)
        let code = argon2id_hash_raw(
            cost.passes, cost.memory, cost.lanes, bytes, bytes.count, salt, salt.count, &hash, hash.count)
        precondition(code == ARGON2_OK.rawValue, "Argon2id answered \(code)")
        return hash
    }

    package var json: JSON {
        [
            "memory": .integer(Int64(cost.memory)), "passes": .integer(Int64(cost.passes)),
            "lanes": .integer(Int64(cost.lanes)), "salt": .string(hexadecimal(salt)),
            "hash": .string(hexadecimal(hash)),
        ]
    }

    package init?(json: JSON?) {
        guard let json, let memory = json["memory"]?.integer.flatMap(UInt32.init(exactly:)),
            let passes = json["passes"]?.integer.flatMap(UInt32.init(exactly:)),
            let lanes = json["lanes"]?.integer.flatMap(UInt32.init(exactly:)),
            let salt = json["salt"]?.string.flatMap(hexadecimalBytes), salt.count >= 8,
            let hash = json["hash"]?.string.flatMap(hexadecimalBytes), hash.count == 32
        else { return nil }
        var cost = Cost()
        cost.memory = memory
        cost.passes = passes
        cost.lanes = lanes
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }
}

/// Hashes passwords on threads of its own, two at a time, so that guesses take no more than their share of the machine.
package final class PasswordMill: Sendable {
    private let queue: OperationQueue
    /// So many may wait; who comes then is sent away.
    private static let waitingMaximum = 16

    package init() {
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = 2
        queue.qualityOfService = .utility
        queue.name = "hydrant-passwords"
    }

    /// - Returns: nil when too many wait.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result? {
        guard queue.operationCount < Self.waitingMaximum else { return nil }
        return await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: work()) }
        }
    }
}
