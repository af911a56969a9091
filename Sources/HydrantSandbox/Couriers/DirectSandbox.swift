import HydrantConnectorKit
package import HydrantCore
package import ServiceLifecycle

/// The couriers that are asked directly, played on one port of 127.0.0.1: /sf, /zto, /jd, /yto, /sto and /yunda, each
/// with a book of its own and its own protocol.
package actor DirectSandbox {
    let clock: any HubClock
    let lottery: Lottery
    let faults: DirectFaults
    let pace: DirectPace
    let secrets: DirectSecrets
    /// The port on 127.0.0.1 where the couriers listen.
    package nonisolated let port: Int
    /// The hub's address without a slash at its end; nothing is pushed when it is empty.
    nonisolated let hub: String
    /// Where parcels are fetched; without one they travel as soon as their waybills are made.
    let dock: LoadingDock?
    private let faces: [DirectCourier: any DirectFace]

    var books: [DirectCourier: CourierBook] = [:]
    private var failedCalls: Set<String> = []
    var pushes: [DirectPush] = []
    /// When the next scan of a parcel happens whose scans are pushed.
    var scansAhead: [DirectCourier: DueHeap] = [:]
    /// The moment up to which pushes are being delivered now.
    var deliveringSince: Instant?
    /// Until when couriers are down.
    var outages: [DirectCourier: Instant] = [:]
    private var refusedSignatures = 0
    /// The exact answers of the hub to pushes, newest last.
    var acknowledgements: [DirectCourier: [[UInt8]]] = [:]
    /// The tokens that count, by the moment until which they do.
    private var tokens: [String: Instant] = [:]
    private var isListening = false
    private var waitingForServer: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - hub: the hub's address for pushes, `http://127.0.0.1:8080`; empty for none.
    ///   - port: where to listen; nil takes a free one.
    package init(
        clock: any HubClock, seed: UInt64, faults: DirectFaults = .none, pace: DirectPace = DirectPace(),
        hub: String = "", port: Int? = nil, dock: LoadingDock? = nil
    ) throws {
        self.clock = clock
        self.dock = dock
        lottery = Lottery(seed: seed)
        self.faults = faults
        self.pace = pace
        self.hub = hub.hasSuffix("/") ? String(hub.dropLast()) : hub
        self.port = try port ?? freePort()
        let secrets = DirectSecrets(seed: seed)
        self.secrets = secrets
        faces = [
            .sf: SFCourier(secrets: secrets), .zto: ZTOCourier(secrets: secrets), .jd: JDCourier(secrets: secrets),
            .yto: YTOCourier(secrets: secrets), .sto: STOCourier(secrets: secrets),
            .yunda: YundaCourier(secrets: secrets),
        ]
        for courier in DirectCourier.allCases {
            books[courier] = CourierBook(prefix: courier.rawValue.uppercased(), left: faults.numbers)
        }
    }

    /// The server and the loop that pushes; both run until they are told to stop.
    package nonisolated func makeServices() -> [any Service] {
        let server = LoopbackServer(
            port: port, slowMilliseconds: faults.slowMilliseconds,
            onListening: { _ in await self.markListening() }, answer: { await self.answer($0) })
        return [server, DirectDriver(sandbox: self)]
    }

    /// Returns when the server listens.
    package func waitUntilListening() async {
        guard !isListening else { return }
        await withCheckedContinuation { waitingForServer.append($0) }
    }

    private func markListening() {
        isListening = true
        for waiter in waitingForServer { waiter.resume() }
        waitingForServer = []
    }

    func face(of courier: DirectCourier) -> (any DirectFace)? { faces[courier] }

    // MARK: - Answering

    func answer(_ call: SandboxCall) -> SandboxAnswer {
        let name = call.path.split(separator: "/").first.map(String.init) ?? ""
        guard let courier = DirectCourier(rawValue: name), let face = faces[courier] else {
            return SandboxAnswer(JSON.object([]), status: 404)
        }
        if outage(of: name) != nil { return SandboxAnswer(JSON.object([]), fault: .silentBefore) }
        let direct = DirectCall(
            path: String(call.path.dropFirst(name.utf8.count + 1)), query: formDecoded(call.query.utf8) ?? [],
            headers: call.headers, body: call.body, now: clock.now(), clockTolerance: pace.clockTolerance,
            isOtherForm: lottery.hits(300, "form", "\(name) \(call.body.count)"))
        switch face.read(direct) {
        case .failure(let refusal):
            if case .signature = refusal.reason { refusedSignatures += 1 }
            return face.answer(.refused(refusal.reason), to: direct)
        case .success(let question):
            if courier == .sf, let refusal = refusedToken(direct, question) {
                return face.answer(.refused(refusal), to: direct)
            }
            let fault = fault(of: question, at: courier)
            switch fault {
            case .exchange(let exchange) where !exchange.takesEffect:
                return SandboxAnswer(JSON.null, fault: exchange)
            case .throttled: return face.answer(.refused(.throttled), to: direct)
            case .badClock: return face.answer(.refused(.clock), to: direct)
            case .exchange(let exchange):
                var answer = face.answer(carryOut(question, at: courier), to: direct)
                answer.fault = exchange
                return answer
            case .none:
                let outcome = carryOut(question, at: courier)
                tellDock(outcome, to: question, at: courier)
                return face.answer(outcome, to: direct)
            }
        }
    }

    private func carryOut(_ question: DirectQuestion, at courier: DirectCourier) -> DirectAnswer {
        collect(courier)
        switch question {
        case .create(let id, let isComplete): return isComplete ? create(id, at: courier) : .refused(.incomplete)
        case .find(let id):
            guard let index = books[courier]?.index(id: id), let entry = books[courier]?.entries[index] else {
                return .refused(.unknownNumber)
            }
            return .created(id: id, number: entry.numbers[0])
        case .cancel(let id, let number): return cancel(id: id, number: number, at: courier)
        case .readdress(let number):
            guard let index = books[courier]?.index(number: number) else { return .refused(.unknownNumber) }
            books[courier]?.change(index) { $0.addressChanges += 1 }
            return .done
        case .track(let number, let id, let others):
            let index =
                number.flatMap { books[courier]?.index(number: $0) } ?? id.flatMap { books[courier]?.index(id: $0) }
            guard let index, let entry = books[courier]?.entries[index] else { return .refused(.unknownNumber) }
            if courier == .yunda, entry.subscriptions == 0 { return .refused(.notSubscribed) }
            let known = others.compactMap { other -> DirectRoute? in
                guard let index = books[courier]?.index(number: other), let entry = books[courier]?.entries[index]
                else { return nil }
                return DirectRoute(number: other, scans: scans(of: entry))
            }
            return .route(number: number ?? entry.numbers[0], scans(of: entry), others: known)
        case .subscribe(let number):
            guard let index = books[courier]?.index(number: number) else { return .refused(.unknownNumber) }
            books[courier]?.change(index) { $0.subscriptions += 1 }
            expectScan(of: index, at: courier)
            return .done
        case .balance: return .balance(books[courier]?.left ?? 0)
        case .token:
            let token = "token-\(tokens.count + 1)"
            tokens[token] = clock.now() + .hours(2)
            return .token(token)
        }
    }

    private func create(_ id: String, at courier: DirectCourier) -> DirectAnswer {
        if let index = books[courier]?.index(id: id), let entry = books[courier]?.entries[index] {
            books[courier]?.change(index) { $0.requests += 1 }
            guard lottery.hits(faults.repeatIsError, "repeat", "\(courier) \(id)") else {
                return .created(id: id, number: entry.numbers[0])
            }
            let isNamed = lottery.hits(faults.repeatNamesNumber, "repeat names", "\(courier) \(id)")
            return .refused(.duplicate(number: isNamed ? entry.numbers[0] : nil))
        }
        return books[courier]?.draw(id, at: clock.now()).map { .created(id: id, number: $0) } ?? .refused(.exhausted)
    }

    private func cancel(id: String?, number: String?, at courier: DirectCourier) -> DirectAnswer {
        let index = number.flatMap { books[courier]?.index(number: $0) } ?? id.flatMap { books[courier]?.index(id: $0) }
        guard let index, let entry = books[courier]?.entries[index] else { return .refused(.unknownNumber) }
        if entry.isCancelled { return .refused(.alreadyCancelled) }
        guard scans(of: entry).isEmpty else { return .refused(.alreadyPickedUp) }
        books[courier]?.change(index) { $0.isCancelled = true }
        for number in entry.numbers { dock?.takeBack(number, of: parcelID(ofOwn: entry.id)) }
        return .done
    }

    /// With OAuth2 a call proves itself by a token in place of a signature.
    private func refusedToken(_ call: DirectCall, _ question: DirectQuestion) -> DirectRefusal? {
        if case .token = question { return nil }
        guard value(of: "msgDigest", in: call.form) == nil else { return nil }
        let token = value(of: "accessToken", in: call.form) ?? ""
        guard let end = tokens[token], end > clock.now() else { return .tokenOver }
        let isOver = lottery.hits(faults.tokenOver, "token", token) && failedCalls.insert("token \(token)").inserted
        if isOver { tokens[token] = nil }
        return isOver ? .tokenOver : nil
    }

    // MARK: - Faults of calls

    private enum Fault {
        case none
        case exchange(CallFault)
        case throttled
        case badClock
    }

    /// What goes wrong with a call that is to have an effect: at most once for each.
    private func fault(of question: DirectQuestion, at courier: DirectCourier) -> Fault {
        let subject: String
        switch question {
        case .create(let id, _): subject = "create \(courier) \(id)"
        case .cancel(let id, let number): subject = "cancel \(courier) \(number ?? id ?? "")"
        default: return .none
        }
        let cases: [(rate: Int, fault: Fault)] = [
            (faults.slowAfter, .exchange(.slowAfter)), (faults.brokenAfter, .exchange(.brokenAfter)),
            (faults.silentBefore, .exchange(.silentBefore)), (faults.serverError, .exchange(.serverError)),
            (faults.throttled, .throttled), (faults.badClock, .badClock),
        ]
        let drawn = Int(lottery.number("call fault", subject) % 1_000)
        var edge = 0
        for (rate, fault) in cases {
            edge += rate
            if drawn < edge { return failedCalls.insert(subject).inserted ? fault : .none }
        }
        return .none
    }

    // MARK: - Parcels on their way

    private static let delivery: [(kind: DirectScan.Kind, place: String, text: String)] = [
        (.pickedUp, "廊坊市", "快件已揽收"), (.inTransit, "廊坊市", "快件已到达【廊坊转运中心】"), (.inTransit, "目的地", "快件已到达【目的地】"),
        (.outForDelivery, "目的地", "快件正在派送中"), (.signed, "目的地", "快件已签收"),
    ]
    private static let collection =
        delivery.dropLast() + [
            (.stored, "目的地", "快件已投放至快递柜，请及时领取"), (.signed, "目的地", "快件已取出"),
        ]
    private static let returning =
        delivery.dropLast() + [
            (.returning, "目的地", "收件人拒收，快件退回"), (.returned, "廊坊市", "退回件已签收"),
        ]

    /// All scans of a parcel up to now, oldest first; the same whenever it is asked.
    func scans(of entry: CourierBook.Entry) -> [DirectScan] {
        let now = clock.now()
        return allScans(of: entry).filter { $0.at <= now }
    }

    /// All scans of a parcel, also those to come; none before it has left.
    func allScans(of entry: CourierBook.Entry) -> [DirectScan] {
        guard !entry.isCancelled else { return [] }
        let left = dock == nil ? (entry.numbers[0], entry.madeAt) : departure(of: entry)
        guard let (number, begin) = left else { return [] }
        var way = Self.delivery[...]
        if lottery.hits(faults.stored, "stored", number) { way = Self.collection[...] }
        if lottery.hits(faults.returned, "returned", number) { way = Self.returning[...] }
        var at = begin
        var scans: [DirectScan] = []
        for (position, stop) in way.enumerated() {
            at = at + lottery.pick(pace.step, "step \(position)", number)
            // Couriers' times have no milliseconds.
            at = Instant(milliseconds: at.milliseconds / 1_000 * 1_000)
            scans.append(
                DirectScan(kind: stop.kind, at: at, place: stop.place, text: stop.text, id: "\(number)-\(position)"))
            if position == 0, lottery.hits(faults.doublePickUp, "double", number) {
                scans.append(
                    DirectScan(
                        kind: .pickedUp, at: at + .seconds(1), place: stop.place, text: stop.text, id: "\(number)-0b"))
            }
        }
        return scans
    }
}

/// What the couriers' books say, for tests and figures.
extension DirectSandbox {
    /// Every number that was given for a customer's number.
    package func numbers(of id: String, at courier: DirectCourier) -> [String] { entry(id, courier)?.numbers ?? [] }

    package func requests(for id: String, at courier: DirectCourier) -> Int { entry(id, courier)?.requests ?? 0 }

    package func isCancelled(_ id: String, at courier: DirectCourier) -> Bool {
        entry(id, courier)?.isCancelled ?? false
    }

    package func addressChanges(of id: String, at courier: DirectCourier) -> Int {
        entry(id, courier)?.addressChanges ?? 0
    }

    package func subscriptions(of id: String, at courier: DirectCourier) -> Int {
        entry(id, courier)?.subscriptions ?? 0
    }

    /// The exact answers of the hub to a courier's pushes.
    package func answers(to courier: DirectCourier) -> [[UInt8]] { acknowledgements[courier] ?? [] }

    /// Calls that were turned away for their signature.
    package var refusals: Int { refusedSignatures }

    private func entry(_ id: String, _ courier: DirectCourier) -> CourierBook.Entry? {
        books[courier].flatMap { book in book.index(id: id).map { book.entries[$0] } }
    }
}
