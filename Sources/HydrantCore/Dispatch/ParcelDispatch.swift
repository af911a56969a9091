/// Where one parcel stands between its channels, and what follows: a pure function of what was asked, what was
/// answered, and the settings.
struct ParcelDispatch {
    /// What has to happen for the parcel's number.
    enum Step: Equatable {
        /// Somebody is at it.
        case wait
        case create(channel: String)
        /// Every channel had its turn.
        case exhausted
        /// A channel says that the order's own data are wrong: no other one is bothered with it.
        case dataRefused
    }

    let order: Order
    let settings: Settings
    let id: String
    let parcel: Parcel?
    let chain: DispatchSettings.Chain?
    let attempts: [ChannelAttempt]
    /// Of a way back: since when its label is wanted.
    private let wantedSince: Instant?

    init(_ id: String, of order: Order, _ settings: Settings) {
        self.order = order
        self.settings = settings
        self.id = id
        parcel = order.parcel(id)
        // What comes back goes by the couriers of the warehouse that it left.
        let warehouse = order.warehouse(of: order.home(of: id))
        chain = settings.chain(warehouse: warehouse, courier: order.header?.value.courier ?? "")
        wantedSince = id.isWayBack ? order.labelWanted(id) : nil
        attempts = order.attempts(for: id, settings)
    }

    var isNumberless: Bool { order.isNumberless(parcel) }

    /// Signed, on its way back, or never to leave: nobody needs its number any more.
    var isOver: Bool {
        guard let parcel else { return order.cancelled != nil && !id.isWayBack }
        return parcel.signed != nil || parcel.journey.contains(where: \.status.isReturn)
    }

    private var hasLeft: Bool { parcel?.handedOver != nil || parcel?.signed != nil }

    // MARK: - The next step

    var step: Step {
        if attempts.contains(where: { $0.end == .open }) || isBeingVoided { return .wait }
        let since = wantedSince ?? attempts.last?.issuedAt
        if let refused = attempts.last, refused.end == .refused(.data), since.map({ refused.issuedAt >= $0 }) ?? true {
            let isCorrected = (order.receiver?.evidence.at).map { $0 > refused.endedAt ?? $0 } ?? false
            return isCorrected ? .create(channel: refused.channel) : .dataRefused
        }
        if !hasLeft, let channel = chain?.channels.first(where: mayTry) { return .create(channel: channel) }
        return .exhausted
    }

    private var isBeingVoided: Bool {
        guard let parcel else { return false }
        return parcel.waybills.contains { order.isBeingVoided($0, of: parcel) }
    }

    /// A channel that made a number, or may have made one that nobody can ask for, is not tried again.
    private func mayTry(_ channel: String) -> Bool {
        id.isWayBack ? mayLabel(channel, since: wantedSince) : mayTry(channel, round: parcel?.round ?? 1)
    }

    /// How often one channel is asked for the label of one way back.
    private static let labelTries = 4

    /// Each time that a person wants a label, every channel has one turn, until one has made it. What it refused before
    /// counts no more.
    private func mayLabel(_ channel: String, since: Instant?) -> Bool {
        let tried = attempts.filter { $0.channel == channel }
        guard let since, tried.count < Self.labelTries else { return false }
        if attempts.contains(where: { $0.end == .made && ($0.issuedAt >= since || !knowsNumber(of: $0.channel)) }) {
            return false
        }
        return tried.allSatisfy { $0.issuedAt < since && $0.end != .unresolved && $0.end != .made }
    }

    /// Whether a person who wants a label from now on gets a channel asked for it.
    var mayLabelAnew: Bool {
        let now = Instant(milliseconds: .max)
        return !hasLeft && chain?.channels.contains { mayLabel($0, since: now) } == true
    }

    private func mayTry(_ channel: String, round: Int) -> Bool {
        if attempts.contains(where: { $0.end == .made && !knowsNumber(of: $0.channel) }) { return false }
        let own = attempts.filter { $0.channel == channel }
        guard let last = own.last else { return true }
        guard own.count < round else { return false }
        switch last.end {
        case .refused(.channel): return true
        case .unresolved: return lastFind(at: channel)?.answer == nil
        case .open, .made, .refused(.data): return false
        }
    }

    private func knowsNumber(of channel: String) -> Bool {
        parcel?.waybills.contains { $0.channel == channel } ?? false
    }

    /// When the channels are tried once more; nil while that is not to be expected.
    var nextRound: (number: Int, at: Instant)? {
        guard isNumberless, !isOver, step == .exhausted, !hasLeft, let first = attempts.first,
            let ended = attempts.compactMap(\.endedAt).max()
        else { return nil }
        let round = parcel?.round ?? 1
        let at = ended + DispatchSettings.pause(afterRound: round)
        guard at < first.issuedAt + settings.dispatch.pollFor,
            chain?.channels.contains(where: { mayTry($0, round: round + 1) }) == true
        else { return nil }
        return (round + 1, at)
    }

    // MARK: - Wishes

    /// What is asked for although a hold stands or the order is cancelled: to find out, and to clear up.
    var careWishes: [WantedInstruction] { voidWishes + findWishes(isBlocked: true) }

    /// What is asked for while nothing stands against it.
    var wishes: [WantedInstruction] {
        var wishes = voidWishes + findWishes(isBlocked: false)
        guard isNumberless, !isOver else { return wishes }
        switch step {
        case .create(let channel): wishes.append(creation(at: channel))
        case .exhausted:
            guard let keeper = settings.dispatch.keeper, keeperAsked == nil, !attempts.isEmpty || hasLeft else { break }
            var wish = WantedInstruction(kind: .askKeeper, system: keeper.system, target: id)
            wish.lifetime = keeper.answerWithin
            wishes.append(wish)
        case .wait, .dataRefused: break
        }
        return wishes
    }

    /// The text to the keeper, where one was asked for.
    var keeperAsked: IssuedInstruction? {
        order.issued.last { $0.instruction.kind == .askKeeper && $0.instruction.target == id }
    }

    /// What is asked for a way back.
    var labelWishes: [WantedInstruction] {
        let wishes = voidWishes + findWishes(isBlocked: true)
        guard wantedSince != nil, isNumberless, !isOver, case .create(let channel) = step else { return wishes }
        return wishes + [creation(at: channel)]
    }

    private func creation(at channel: String) -> WantedInstruction {
        var wish = WantedInstruction(kind: .createWaybill, system: channel, target: id)
        wish.courier = chain?.courier ?? ""
        wish.lifetime = settings.dispatch.channelTime
        return wish
    }

    private var voidWishes: [WantedInstruction] {
        guard let parcel, !parcel.waybills.isEmpty else { return [] }
        let isOver = order.isNeverToLeave(parcel)
        let surplus = isOver ? parcel.liveWaybills.filter { $0.readBack != nil } : order.surplusWaybills(of: parcel)
        return surplus.compactMap { waybill in
            let isFirst = order.lastVoid(waybill.number, of: id).map(order.isAskedAgain) ?? true
            guard isFirst, isOver ? order.wasMadeByHub(waybill, of: parcel) : order.mayVoid(waybill, of: parcel) else {
                return nil
            }
            var wish = WantedInstruction(
                kind: .voidWaybill, system: waybill.channel,
                target: Instruction.target(parcel: id, number: waybill.number))
            wish.courier = waybill.courier
            return wish
        }
    }

    private func findWishes(isBlocked: Bool) -> [WantedInstruction] {
        channelsToAsk(isBlocked: isBlocked).compactMap { channel in
            if let last = lastFind(at: channel) {
                let tried = attempts.last { $0.channel == channel }?.endedAt
                guard let answered = last.answer?.evidence.at, let tried, answered < tried else { return nil }
            }
            var wish = WantedInstruction(kind: .findWaybill, system: channel, target: id)
            wish.courier = chain?.courier ?? ""
            wish.lifetime = settings.dispatch.pollFor
            return wish
        }
    }

    func lastFind(at channel: String) -> IssuedInstruction? {
        order.issued.last {
            $0.instruction.kind == .findWaybill && $0.instruction.system == channel && $0.instruction.target == id
        }
    }

    /// The channels that may have a number of this parcel which the hub does not know.
    ///
    /// - Parameter isBlocked: whether nothing new may be begun, so that asking is all that is left.
    func channelsToAsk(isBlocked: Bool) -> [String] {
        var channels: [String] = []
        func add(_ channel: String) { if !channels.contains(channel) { channels.append(channel) } }
        for attempt in attempts where isInDoubt(attempt) { add(attempt.channel) }
        #if HYDRANT_MUTANTS
            if Mutant.doubtIsNotLookedInto.isOn { channels = [] }
        #endif
        guard isNumberless, !isOver, order.cancelled == nil, parcel?.packed != nil else { return channels }
        switch step {
        case .wait: break
        case .create where !isBlocked: break
        default:
            for attempt in attempts { add(attempt.channel) }
            if attempts.isEmpty, hasLeft, let first = chain?.channels.first { add(first) }
        }
        return channels
    }

    /// Whether a channel may have made a number that nobody knows of.
    func isInDoubt(_ attempt: ChannelAttempt) -> Bool {
        (attempt.end == .unresolved || attempt.end == .made) && !knowsNumber(of: attempt.channel)
    }
}
