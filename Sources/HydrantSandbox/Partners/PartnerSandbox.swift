import HydrantConnectorKit
package import HydrantCore
package import ServiceLifecycle

/// Aggregators and text services, played: each with its own port on 127.0.0.1, its own book and its own protocol.
package actor PartnerSandbox {
    let clock: any HubClock
    let lottery: Lottery
    let faults: PartnerFaults
    let pace: PartnerPace
    /// What each partner and the hub must know of each other.
    package nonisolated let secrets: PartnerSecrets
    /// The hub's address without a slash at its end; nothing is pushed when it is empty.
    package nonisolated let hub: String
    /// Where parcels are fetched; without one they travel as soon as their waybills are made.
    let dock: LoadingDock?
    /// Until when partners are down.
    var outages: [Partner: Instant] = [:]

    var waybills: [Partner: WaybillBook] = [:]
    var texts: [Partner: TextBook] = [.aliyun: TextBook(), .tencent: TextBook()]
    var calls: [Partner: [PlayedCall]] = [:]
    private var failedCalls: Set<String> = []
    var pushes: [PartnerPush] = []
    private(set) var refusedSignatures = 0
    /// The exact answers of the hub to pushes, newest last.
    private(set) var acknowledgements: [Partner: [[UInt8]]] = [:]
    /// The port on 127.0.0.1 where each partner listens, once it does.
    private var ports: [Partner: Int] = [:]
    private var waitingForServers: [CheckedContinuation<Void, Never>] = []

    /// - Parameter hub: the hub's address for pushes, `http://127.0.0.1:8080`; empty for none.
    package init(
        clock: any HubClock, seed: UInt64, faults: PartnerFaults = .none, pace: PartnerPace = PartnerPace(),
        hub: String = "", dock: LoadingDock? = nil
    ) {
        self.clock = clock
        self.dock = dock
        lottery = Lottery(seed: seed)
        self.faults = faults
        self.pace = pace
        self.hub = hub.hasSuffix("/") ? String(hub.dropLast()) : hub
        secrets = PartnerSecrets(seed: seed)
        for (partner, prefix) in [(Partner.cainiao, "CN"), (.kuaidi100, "KD"), (.kdniao, "KN")] {
            waybills[partner] = WaybillBook(prefix: prefix, left: faults.numbers)
        }
    }

    /// Where a partner is reached, without a slash at its end; of use only when it listens.
    package func address(of partner: Partner) -> String { "http://127.0.0.1:\(ports[partner] ?? 0)" }

    /// The servers of all partners and the loop that pushes; they run until they are told to stop.
    package nonisolated func makeServices() -> [any Service] {
        let servers = Partner.allCases.map { partner -> any Service in
            LoopbackServer(
                port: 0, slowMilliseconds: faults.slowMilliseconds,
                onListening: { await self.markListening(partner, on: $0) },
                answer: { await self.answer($0, from: partner) })
        }
        return servers + [PartnerDriver(sandbox: self)]
    }

    /// Returns when every partner listens.
    package func waitUntilListening() async {
        guard ports.count < Partner.allCases.count else { return }
        await withCheckedContinuation { waitingForServers.append($0) }
    }

    private func markListening(_ partner: Partner, on port: Int) {
        ports[partner] = port
        guard ports.count == Partner.allCases.count else { return }
        for waiter in waitingForServers { waiter.resume() }
        waitingForServers = []
    }

    func answer(_ call: SandboxCall, from partner: Partner) -> SandboxAnswer {
        if outage(of: partner.rawValue) != nil { return SandboxAnswer(JSON.object([]), fault: .silentBefore) }
        return switch partner {
        case .cainiao: answerCainiao(call)
        case .kuaidi100: answerKuaidi100(call)
        case .kdniao: answerKDNiao(call)
        case .aliyun: answerAliyun(call)
        case .tencent: answerTencent(call)
        case .asterisk: answerAsterisk(call)
        case .twilio: answerTwilio(call)
        }
    }

    func countRefusedSignature() { refusedSignatures += 1 }

    func note(_ acknowledgement: [UInt8], of partner: Partner) {
        acknowledgements[partner, default: []].append(acknowledgement)
    }

    // MARK: - What the books say, for tests and figures

    /// Every number that was given for a parcel of the hub.
    package func numbers(of parcel: String, at partner: Partner) -> [String] {
        waybills[partner]?.entry(parcel)?.numbers ?? []
    }

    package func isCancelled(_ number: String, at partner: Partner) -> Bool {
        waybills[partner]?.entry(number: number)?.cancelled.contains(number) ?? false
    }

    package func addressChanges(of parcel: String, at partner: Partner) -> Int {
        waybills[partner]?.entry(parcel)?.changes ?? 0
    }

    package func subscriptions(of parcel: String, at partner: Partner) -> Int {
        waybills[partner]?.entry(parcel)?.subscription?.count ?? 0
    }

    /// The values of each text with a number of ours, in the order in which they were sent.
    package func sentTexts(_ reference: String, by partner: Partner) -> [[String]] {
        (texts[partner]?.texts ?? []).filter { $0.reference == reference }.map(\.values)
    }

    /// Calls with a wrong signature, and the exact answers of the hub to pushes.
    package struct Figures: Sendable {
        package var refusedSignatures: Int
        package var acknowledgements: [Partner: [[UInt8]]]
    }

    package var figures: Figures {
        Figures(refusedSignatures: refusedSignatures, acknowledgements: acknowledgements)
    }

    package func textCount(by partner: Partner) -> Int { texts[partner]?.texts.count ?? 0 }

    // MARK: - Faults of calls

    /// What goes wrong with a call that is to have an effect: at most once for each call.
    func fault(of call: String) -> PartnerFault {
        let cases: [(rate: Int, fault: PartnerFault)] = [
            (faults.slowAfter, .exchange(.slowAfter)), (faults.brokenAfter, .exchange(.brokenAfter)),
            (faults.silentBefore, .exchange(.silentBefore)), (faults.serverError, .exchange(.serverError)),
            (faults.throttled, .throttled), (faults.expired, .expired),
        ]
        let drawn = Int(lottery.number("call fault", call) % 1_000)
        var edge = 0
        for (rate, fault) in cases {
            edge += rate
            guard drawn < edge else { continue }
            return failedCalls.insert(call).inserted ? fault : .none
        }
        return .none
    }

    func isNear(_ sent: Instant?) -> Bool { sent.map { abs(clock.now() - $0) <= pace.clockTolerance } ?? false }

    /// Truth as this partner writes it this time.
    func truth(_ value: Bool, _ subject: String) -> JSON {
        lottery.hits(faults.textBooleans, "text boolean", subject) ? .string(value ? "true" : "false") : .bool(value)
    }

    // MARK: - Parcels on their way

    /// All scans of a parcel up to now, oldest first; the same whenever it is asked.
    func scans(of entry: WaybillBook.Entry) -> [PartnerScan] {
        let live = entry.numbers.filter { !entry.cancelled.contains($0) }
        let left = live.lazy.compactMap { number in self.dock?.departure(of: number).map { (number, $0) } }.first
        guard let (number, begin) = dock == nil ? live.first.map({ ($0, entry.madeAt) }) : left else { return [] }
        let now = clock.now()
        var way = PartnerScan.delivery
        if lottery.hits(faults.stored, "stored", number) { way = PartnerScan.collection }
        if lottery.hits(faults.returned, "returned", number) { way = PartnerScan.returning }
        var at = begin
        var scans: [PartnerScan] = []
        for (position, stop) in way.enumerated() {
            at = at + lottery.pick(pace.step, "step \(position)", number)
            // Couriers' times have no milliseconds.
            at = Instant(milliseconds: at.milliseconds / 1_000 * 1_000)
            guard at <= now else { break }
            scans.append(PartnerScan(kind: stop.kind, at: at, place: stop.place, text: stop.text))
            if position == 0, lottery.hits(faults.doublePickUp, "double", number) {
                scans.append(PartnerScan(kind: .pickedUp, at: at + .seconds(1), place: stop.place, text: stop.text))
            }
        }
        return scans
    }
}

/// What goes wrong with one call.
enum PartnerFault: Equatable, Sendable {
    case none
    case exchange(CallFault)
    case throttled
    case expired

    /// What goes wrong with the exchange itself.
    var exchange: CallFault { if case .exchange(let fault) = self { fault } else { .none } }

    /// Whether the call takes effect although it fails.
    var takesEffect: Bool {
        switch self {
        case .none: true
        case .exchange(let fault): fault.takesEffect
        case .throttled, .expired: false
        }
    }
}
