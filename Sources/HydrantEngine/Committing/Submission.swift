package import HydrantCore
package import HydrantStorage

/// A fact on its way into the hub: read, its receiver sealed, its raw body sealed.
package struct IncomingFact: Sendable {
    package var fact: Fact
    /// FNV-1a of the raw body: tells a repeated message from another message with the same number.
    package var bodyHash: UInt64
    package var sealedBody: [UInt8]
    package var receiver: SealedReceiver?

    package init(fact: Fact, bodyHash: UInt64, sealedBody: [UInt8], receiver: SealedReceiver?) {
        self.fact = fact
        self.bodyHash = bodyHash
        self.sealedBody = sealedBody
        self.receiver = receiver
    }
}

/// What became of a fact. Everything except ``refused(_:)`` and ``conflicting`` is safe on disk when it is returned.
package enum FactReceipt: Hashable, Sendable {
    /// Recorded; the state number of the order afterwards.
    case accepted(state: Int)
    /// The same message was recorded before.
    case duplicate
    /// Another message with the same number was recorded before.
    case conflicting
    /// The domain says no; nothing was recorded.
    case refused(Refusal)
    /// Could not be applied; kept with its reason for a person.
    case parked(reason: String)
}

/// What one caller wants written in one transaction.
package struct Submission: Sendable {
    package var facts: [IncomingFact]
    /// Orders whose findings and health have to be looked at again because time has passed.
    package var recheckedOrders: [String]
    package var instructionChanges: [InstructionChange]
    package var finishedTimers: [OrderTimer]
    package var parked: [ParkedRow]

    package init(
        facts: [IncomingFact] = [], recheckedOrders: [String] = [], instructionChanges: [InstructionChange] = [],
        finishedTimers: [OrderTimer] = [], parked: [ParkedRow] = []
    ) {
        self.facts = facts
        self.recheckedOrders = recheckedOrders
        self.instructionChanges = instructionChanges
        self.finishedTimers = finishedTimers
        self.parked = parked
    }

    /// How much work it is, for filling a batch.
    var weight: Int { max(1, facts.count + recheckedOrders.count) }
}
