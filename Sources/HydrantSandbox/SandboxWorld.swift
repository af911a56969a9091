package import HydrantConnectorKit
package import HydrantCore
import Logging
package import ServiceLifecycle

/// The outside world of a hub, played: a warehouse, a courier, a customer system, a finance system and a marketplace
/// with ledgers of their own, which answer the hub's calls and push what happens next.
package actor SandboxWorld {
    let clock: any HubClock
    let lottery: Lottery
    let faults: FaultPlan
    let pace: SandboxPace
    let secrets: SandboxSecrets
    let dock: LoadingDock
    /// The port on 127.0.0.1 where the five systems listen.
    package nonisolated let port: Int
    private let pusher: Pusher

    var warehouse = WarehouseLedger()
    var courier = CourierLedger()
    var customers = CustomerLedger()
    var finance = FinanceLedger()
    /// What the marketplace answered to each idempotency key.
    var marketplace: [String: JSON] = [:]
    var due = DueHeap()
    var counts = SandboxCounts()
    private var heldBack: [Int: Outgoing] = [:]
    private var nextHeldBack = 0
    /// Calls that were made to fail once.
    private var failedCalls: Set<String> = []
    private var nextPush = 0
    /// The moment up to which messages are being delivered now.
    private var deliveringSince: Instant?
    /// Until when systems are down, by the first piece of their paths.
    var outages: [String: Instant] = [:]
    private var isListening = false
    private var waitingForServer: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - hub: the hub's address, `http://127.0.0.1:8080`.
    ///   - port: where to listen; nil takes a free one.
    ///   - wallClock: the clock by which the hub judges signatures of facts; the same one when nil.
    ///   - dock: where couriers of other worlds fetch parcels too.
    package init(
        clock: any HubClock, seed: UInt64, faults: FaultPlan, hub: String, secrets: SandboxSecrets,
        pace: SandboxPace = SandboxPace(), port: Int? = nil, wallClock: (any HubClock)? = nil,
        dock: LoadingDock = LoadingDock()
    ) throws {
        self.clock = clock
        lottery = Lottery(seed: seed)
        self.faults = faults
        self.pace = pace
        self.secrets = secrets
        self.dock = dock
        self.port = try port ?? freePort()
        pusher = Pusher(hub: hub, secrets: secrets, wallClock: wallClock ?? clock)
    }

    /// The hub's settings that fit this world: systems "wms", "sf", "crm", "finance" and "marketplace".
    package nonisolated var connectorSettings: [ConnectorSettings] {
        let base = "http://127.0.0.1:\(port)"
        let timeout = String(pace.callTimeoutMilliseconds)
        let sender = [
            "senderName": "沧源滤清器仓", "senderPhone": "4000000000", "senderProvince": "河北省", "senderCity": "廊坊市",
            "senderDistrict": "广阳区", "senderAddress": "物流园 1 号",
        ]
        let tolerance = String(pace.clockTolerance / 1_000)
        return [
            ConnectorSettings(
                system: "wms", kind: "qimen", baseURL: "\(base)/wms",
                credentials: [
                    "appKey": secrets.appKey, "secret": secrets.warehouseSecret, "customerId": secrets.customerID,
                ],
                options: sender.merging(
                    ["ownerCode": "OWNER", "clockToleranceSeconds": tolerance, "timeoutMilliseconds": timeout]
                ) { $1 }),
            ConnectorSettings(
                system: "sf", kind: "sf", baseURL: "\(base)/sf",
                credentials: [
                    "partnerId": secrets.partnerID, "checkWord": secrets.checkWord, "pushToken": secrets.pushToken,
                ],
                options: sender.merging(["monthlyCard": "7551234567", "timeoutMilliseconds": timeout]) { $1 }),
            ConnectorSettings(
                system: "crm", kind: "generic-crm", baseURL: "\(base)/crm",
                credentials: ["webhookSecret": secrets.customerSystemSecret],
                options: ["timeoutMilliseconds": timeout]),
            ConnectorSettings(
                system: "finance", kind: "generic-finance", baseURL: "\(base)/finance",
                credentials: ["webhookSecret": secrets.financeSecret], options: ["timeoutMilliseconds": timeout]),
            ConnectorSettings(
                system: "marketplace", kind: "generic-shop", baseURL: "\(base)/marketplace",
                credentials: ["webhookSecret": secrets.marketplaceSecret], options: ["timeoutMilliseconds": timeout]),
        ]
    }

    /// The hub's address without a slash at its end.
    package nonisolated var hubURL: String { pusher.hub }

    /// The server and the driver; both run until they are told to stop.
    package nonisolated func makeServices() -> [any Service] {
        [SandboxServer(world: self), SandboxDriver(world: self, hub: pusher.hub)]
    }

    /// Returns when the server listens.
    package func waitUntilListening() async {
        guard !isListening else { return }
        await withCheckedContinuation { waitingForServer.append($0) }
    }

    func markListening() {
        isListening = true
        for waiter in waitingForServer { waiter.resume() }
        waitingForServer = []
    }

    // MARK: - Driving forward

    /// Lets everything happen that is due by now and pushes it; what is not acknowledged is tried again later.
    /// - Returns: the number of pushes that were sent.
    @discardableResult
    package func advance(through caller: any HTTPCaller) async -> Int {
        let now = clock.now()
        var messages = takeDue(now)
        // Who is down tells nothing either.
        for message in messages where isSilent(message) { hold(message, until: now + .minutes(10)) }
        messages.removeAll(where: isSilent)
        messages += messages.filter { lottery.hits(faults.duplicatePush, "duplicate push", $0.id) && $0.attempts == 0 }
        guard !messages.isEmpty else { return 0 }
        deliveringSince = now
        await deliver(messages, through: caller)
        deliveringSince = nil
        return messages.count
    }

    /// How far the outside world's messages are behind its clock, because the hub or the machine is slow.
    package var lag: Milliseconds {
        guard let oldest = deliveringSince ?? due.soonest else { return 0 }
        return max(0, clock.now() - oldest)
    }

    /// When the driver looks again: what falls due meanwhile is gathered.
    nonisolated func nextLook() -> Instant { clock.now() + pace.tick }

    private func deliver(_ messages: [Outgoing], through caller: any HTTPCaller) async {
        await withTaskGroup(of: (Outgoing, HTTPReply?).self) { group in
            var waiting = messages.makeIterator()
            func sendNext() {
                guard let message = waiting.next() else { return }
                let call = pusher.call(message, now: clock.now())
                group.addTask {
                    do { return (message, try await caller.call(call)) } catch { return (message, nil) }
                }
            }
            for _ in 0..<pace.pushesInFlight { sendNext() }
            while let (message, reply) = await group.next() {
                settle(message, reply)
                sendNext()
            }
        }
    }

    private func settle(_ message: Outgoing, _ reply: HTTPReply?) {
        counts.pushesSent += 1
        if let reply, pusher.isAcknowledged(message, by: reply) {
            counts.pushesAcknowledged += 1
            return
        }
        var again = message
        again.attempts += 1
        hold(again, until: clock.now() + message.waitBeforeNextTry)
    }

    /// Keeps a message back until then.
    func hold(_ message: Outgoing, until: Instant) {
        heldBack[nextHeldBack] = message
        due.add(.resend, nextHeldBack, at: until)
        nextHeldBack += 1
    }

    /// Messages that are held back or still unacknowledged.
    package var pushesWaiting: Int { heldBack.count }

    /// How many things are still to happen.
    package var stepsAhead: Int { due.count }

    private func takeDue(_ now: Instant) -> [Outgoing] {
        var batch = DueBatch()
        while let entry = due.pop(dueBy: now) {
            let index = Int(entry.index)
            switch entry.kind {
            case .warehouseStep: takeWarehouseStep(index, at: entry.at, now: now, into: &batch)
            case .route: takeRoute(index, at: entry.at, into: &batch)
            case .receipt: takeReceipt(index, at: entry.at, into: &batch)
            case .refund: takeRefund(index, at: entry.at, into: &batch)
            case .payBack: takePayBack(index, at: entry.at, into: &batch)
            case .reversal: takeReversal(index, at: entry.at, into: &batch)
            case .resend: if let message = heldBack.removeValue(forKey: index) { batch.messages.append(message) }
            }
        }
        return batch.finished { self.makePushID() }
    }

    func makePushID() -> String {
        nextPush += 1
        return "push-\(nextPush)"
    }

    // MARK: - Faults of calls

    /// What goes wrong with a call that is to have an effect: at most once for each call.
    func fault(of call: String) -> CallFault {
        let rates = [
            faults.slowAfterCreating, faults.brokenAfterCreating, faults.silentBeforeCreating, faults.serverError,
        ]
        let kinds: [CallFault] = [.slowAfter, .brokenAfter, .silentBefore, .serverError]
        let drawn = Int(lottery.number("call fault", call) % 1_000)
        var edge = 0
        for (rate, kind) in zip(rates, kinds) {
            edge += rate
            guard drawn < edge else { continue }
            guard failedCalls.insert(call).inserted else { return .none }
            counts.faults += 1
            return kind
        }
        return .none
    }
}

/// What goes wrong with one call.
enum CallFault: Sendable {
    case none
    case slowAfter
    case brokenAfter
    case silentBefore
    case serverError

    /// Whether the call takes effect although it fails.
    var takesEffect: Bool { self == .none || self == .slowAfter || self == .brokenAfter }
}
