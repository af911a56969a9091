import HydrantCore
package import HydrantStorage

/// What every store promises, one property per method. Each engine runs them all; each begins with an empty store.
package struct StoreContract: Sendable {
    package struct Property: Sendable {
        package let name: String
        package let check: @Sendable (StoreContract) async throws -> Void
    }

    let makeStore: @Sendable () async throws -> any Store

    /// - Parameter makeStore: gives a new, empty store at each call.
    package init(makeStore: @escaping @Sendable () async throws -> any Store) { self.makeStore = makeStore }

    /// All properties; a suite that runs this list forgets none.
    package static let properties: [Property] =
        orderProperties + refusalProperties + messageProperties + queryProperties + instructionProperties
        + transactionProperties + parcelProperties + recordProperties + searchProperties + taskProperties
}

/// A promise that a store did not keep.
package struct ContractViolation: Error, CustomStringConvertible {
    package let description: String
}

extension StoreContract {
    /// Runs the body on an empty store and closes it.
    func withStore(_ body: (any Store) async throws -> Void) async throws {
        let store = try await makeStore()
        do {
            try await body(store)
        } catch {
            try await store.close()
            throw error
        }
        try await store.close()
    }

    func expect<Value: Equatable>(_ found: Value?, _ expected: Value?, _ what: String) throws {
        if found != expected {
            func text(_ value: Value?) -> String { value.map { "\($0)" } ?? "nil" }
            throw ContractViolation(description: "\(what): found \(text(found)), expected \(text(expected))")
        }
    }

    /// The step must be refused as breaking a rule, and must leave the store as it was.
    func expectRefused(_ store: any Store, _ batch: WriteBatch, _ what: String) async throws {
        let before = try await StoreImage(store)
        do {
            try await store.write(batch)
        } catch let failure as StoreFailure where failure.kind == .constraint {
            let after = try await StoreImage(store)
            return try expect(after, before, "\(what), although refused")
        }
        throw ContractViolation(description: "\(what) was not refused")
    }
}

extension Store {
    /// One step of its own transaction.
    @discardableResult
    func write(_ batch: WriteBatch) async throws -> [Int64] {
        try await transaction { try $0.write(batch) }
    }
}

/// Everything that can be read from a store, to see that nothing changed.
struct StoreImage: Hashable, Sendable {
    var orders: [StoredOrder] = []
    var findings: [FindingRow] = []
    var waybills: [[WaybillRow]] = []
    var instructions: [[InstructionRow]] = []
    var instructionCounts: [InstructionStatus: Int64] = [:]
    var timers: [OrderTimer] = []
    var parked: [ParkedRow] = []
    var counts = StoreCounts()
    var health: [UInt16: Int64] = [:]
    var meta: [UInt8]?
    var receiver: [UInt8]?
    var message: InboxRow?

    init(_ store: any Store) async throws {
        self = try await store.transaction { try StoreImage($0) }
    }

    private init(_ transaction: any StoreTransaction) throws {
        try transaction.scanOrders { orders.append(StoredOrder(row: $0, events: $1)) }
        findings = try transaction.findings(nil, nil, after: 0, limit: 1_000)
        for order in orders {
            waybills.append(try transaction.waybills(of: order.row.number))
            instructions.append(try transaction.instructions(of: order.row.number))
        }
        instructionCounts = try transaction.instructionCounts()
        timers = try transaction.dueTimers(now: Instant(milliseconds: .max), limit: 1_000)
        parked = try transaction.parked(after: 0, limit: 1_000)
        counts = try transaction.counts()
        health = try transaction.healthCounts()
        meta = try transaction.meta("name")
        receiver = try transaction.sealedReceiver("receiver")
        message = try transaction.inboxRow(MessageKey(source: "wms", messageID: "1"))
    }
}
