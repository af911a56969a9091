/// Where a packed parcel without a signature stands on its way to a number: always in exactly one of five sets.
package enum TrackingSet: String, CaseIterable, Sendable {
    case numberReadBack = "number-read-back"
    /// The first channel has the word.
    case channelATrying = "channel-a-trying"
    /// A backup channel has the word.
    case channelBTrying = "channel-b-trying"
    case keeperAsked = "keeper-asked"
    /// Whoever may have a number is asked regularly.
    case polling
}

/// The set of one parcel, with its clock.
package struct ParcelStanding: Hashable, Sendable {
    package var parcel: String
    package var set: TrackingSet
    package var since: Instant
    /// By when this set is left at the latest, or the next look is due; nil where nothing is awaited.
    package var dueAt: Instant?
    package var courier: String
    package var channel: String

    package init(
        parcel: String, set: TrackingSet, since: Instant, dueAt: Instant? = nil, courier: String = "",
        channel: String = ""
    ) {
        self.parcel = parcel
        self.set = set
        self.since = since
        self.dueAt = dueAt
        // Chains say zto, and couriers' numbers come with ZTO.
        self.courier = courier.lowercased()
        self.channel = channel
    }
}

extension Order {
    /// The set of every packed parcel of the order.
    package func parcelStandings(_ settings: Settings, now: Instant) -> [ParcelStanding] {
        parcels.compactMap { standing(of: $0, settings, now: now) }
    }

    /// Nil only for a parcel that is not packed.
    private func standing(of parcel: Parcel, _ settings: Settings, now: Instant) -> ParcelStanding? {
        guard let packed = parcel.packed else { return nil }
        if !isNumberless(parcel) {
            let live = liveWaybill(of: parcel)
            let known = live?.readBack?.at ?? parcel.tracked?.at ?? packed.at
            return ParcelStanding(
                parcel: parcel.id, set: .numberReadBack, since: max(packed.at, known), dueAt: nil,
                courier: live?.courier ?? "", channel: live.map(Self.teller) ?? "")
        }
        let dispatch = ParcelDispatch(parcel.id, of: self, settings)
        let courier = dispatch.chain?.courier ?? ""
        if let open = dispatch.attempts.last(where: { $0.end == .open }) {
            let isFirst = open.channel == dispatch.attempts.first?.channel
            return ParcelStanding(
                parcel: parcel.id, set: isFirst ? .channelATrying : .channelBTrying,
                since: max(packed.at, open.issuedAt), dueAt: open.deadline,
                courier: open.courier.isEmpty ? courier : open.courier, channel: open.channel)
        }
        var since = dispatch.attempts.compactMap(\.endedAt).reduce(packed.at, max)
        if let asked = dispatch.keeperAsked, let keeper = settings.dispatch.keeper {
            let expiry = asked.issuedAt + (asked.instruction.lifetime ?? keeper.answerWithin)
            let isRefused = asked.answer?.value.outcome == .refused
            if !isRefused, now < expiry {
                return ParcelStanding(
                    parcel: parcel.id, set: .keeperAsked, since: max(packed.at, asked.issuedAt), dueAt: expiry,
                    courier: courier, channel: asked.instruction.system)
            }
            since = max(since, isRefused ? asked.answer?.evidence.at ?? expiry : expiry)
        }
        let channels = dispatch.channelsToAsk(isBlocked: true)
        // A channel that cannot be asked has refused the search; where that are all, people look for the number and
        // not the clock.
        let asked = channels.lazy.compactMap { dispatch.lastFind(at: $0) }.first { $0.answer == nil }
        let channel = asked?.instruction.system ?? channels.first ?? ""
        let every = settings.dispatch.pollEvery
        return ParcelStanding(
            parcel: parcel.id, set: .polling, since: since,
            dueAt: asked.map { PollSchedule.next(after: $0.issuedAt, key: $0.instruction.key, every: every) },
            courier: courier, channel: channel)
    }

    /// The channel that made a waybill; where none is known, who told its number.
    private static func teller(of waybill: Waybill) -> String {
        waybill.channel.isEmpty ? waybill.readBack?.source ?? "" : waybill.channel
    }

    /// The text to the keeper of a parcel, where one was asked for.
    package func keeperAsked(for parcel: String) -> Instruction? {
        issued.last { $0.instruction.kind == .askKeeper && $0.instruction.target == parcel }?.instruction
    }
}

extension ParcelStanding {
    /// When something happens next: of a poll the first one after `now`, since polls repeat.
    package func nextDue(after now: Instant, _ settings: DispatchSettings) -> Instant? {
        guard set == .polling, let dueAt, dueAt <= now else { return dueAt }
        let periods = (now - dueAt) / settings.pollEvery + 1
        return dueAt + periods * settings.pollEvery
    }
}
