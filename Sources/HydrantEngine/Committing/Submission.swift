package import HydrantCore
package import HydrantStorage

/// A fact on its way into the hub: read, its receiver sealed, its raw body sealed.
package struct IncomingFact: Sendable {
    package var fact: Fact
    /// ``Keyring/bodyHash(_:)`` of the raw body: tells a repeated message from another message with the same number.
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

extension Fact {
    /// What the raw body is sealed for: it opens only as the message that it came as.
    var sealContext: String { Self.sealContext(source: source, messageID: messageID) }

    package static func sealContext(source: String, messageID: String) -> String {
        "inbox:\(source.utf8.count):\(source):\(messageID)"
    }
}

extension ParkedRow {
    /// A fact that could not be applied.
    init(_ incoming: IncomingFact, reason: String, now: Instant, keyring: Keyring) throws {
        let fact = incoming.fact
        let body = try? keyring.open(incoming.sealedBody, context: fact.sealContext)
        self.init(
            source: fact.source, place: "order \(fact.order)", receivedAt: now, reason: reason,
            sealedBody: try body.map { try keyring.seal($0, context: "parked") } ?? incoming.sealedBody,
            fingerprint: "\(fact.messageID)/\(incoming.bodyHash)")
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

extension FactReceipt {
    /// Whether it stands in the order, now or since an earlier time.
    package var isRecorded: Bool {
        switch self {
        case .accepted, .duplicate: true
        case .conflicting, .refused, .parked: false
        }
    }

    /// Why it was not recorded, for the person who said it; nil where it was.
    package var refusal: Refusal? {
        switch self {
        case .accepted, .duplicate: nil
        case .refused(let refusal): refusal
        case .conflicting:
            Refusal(
                code: "saidAlready",
                text: Text(chinese: "同时收到另一项不同的操作，这一项没有记录", english: "Something else was recorded in its place"),
                nextStep: Text(chinese: "刷新页面后再试", english: "Reload the page and try again"))
        case .parked:
            Refusal(
                code: "setAside",
                text: Text(chinese: "订单现在无法记录这项操作", english: "The order cannot take it now"),
                nextStep: Text(
                    chinese: "请运营在“设置 → 待处理消息”查看原因",
                    english: "Operations finds the reason under Settings, messages set aside"))
        }
    }

    /// For logs.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .conflicting: "conflicting"
        case .refused(let refusal): refusal.code
        case .parked(let reason): reason
        }
    }
}

/// What one caller wants written in one transaction.
package struct Submission: Sendable {
    package var facts: [IncomingFact]
    /// Whether the facts are one deed: after one that was not recorded nothing is, and it answers for the rest.
    package var isOneDeed = false
    /// The task that the deed answers; nothing of it is recorded where the order no longer has it open.
    package var task: String?
    /// Orders whose findings and health have to be looked at again because time has passed.
    package var recheckedOrders: [String]
    package var instructionChanges: [InstructionChange]
    package var finishedTimers: [OrderTimer]
    package var parked: [ParkedRow]
    /// How the facts came in.
    package var door = Door.page

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
