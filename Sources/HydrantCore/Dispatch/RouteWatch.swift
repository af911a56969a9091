/// Whether the courier of one parcel is asked for its whole list of scans although it pushes them: because the number
/// came late, so that what was pushed before found no parcel, or because nothing was heard of the parcel for too long.
struct RouteWatch {
    /// The question that is asked now, or next.
    let wish: WantedInstruction
    /// Whether it is asked as soon as nothing stands against it.
    let isDue: Bool
    /// Whether the channel is asked regularly by now, and this parcel is not yet: once its silence was noticed, the
    /// regular question begins, and no other is needed.
    let isToBeAskedRegularly: Bool
    private let parcel: Parcel
    private let silence: Milliseconds
    /// When the number was known, or the courier was asked last.
    private let begin: Instant
    private let end: Instant

    /// Nil where nobody is asked because of silence: the parcel has no number, has arrived or is not followed any more,
    /// or a question is under way.
    init?(_ parcel: Parcel, of order: Order, _ settings: Settings) {
        let routes = settings.dispatch.routes
        guard let silence = routes.silence, order.cancelled == nil,
            let request = settings.flow.requests.first(where: { $0.kind == .queryTrace }),
            request.afterState <= order.state, order.isFollowed(parcel),
            let waybill = order.liveWaybill(of: parcel), let known = waybill.readBack?.at
        else { return nil }
        let target = Instruction.target(parcel: parcel.id, number: waybill.number)
        var wish = order.want(request, of: parcel, settings, target: target)
        wish.lifetime = silence
        // Nobody is asked about another courier's parcel.
        let tellers = [waybill.channel, waybill.courier.lowercased()].filter { !$0.isEmpty }
        guard tellers.isEmpty || tellers.contains(wish.system) else { return nil }
        let asked = order.issued.filter { $0.instruction.kind == .queryTrace && $0.instruction.target == target }
        let isRegular = routes.asked.contains(wish.system)
        isToBeAskedRegularly = isRegular && asked.allSatisfy(\.instruction.isAboutSilence)
        if let last = asked.last {
            guard let answer = last.answer else { return nil }
            isDue = parcel.silentAt.map { $0 > last.issuedAt } ?? false
            begin = max(answer.evidence.at, last.issuedAt)
        } else {
            let wasSilent = parcel.silentAt.map { $0 > known } ?? false
            isDue = wasSilent || !isRegular && order.isLate(waybill, of: parcel, settings)
            begin = max(known, parcel.packed?.at ?? known)
        }
        self.wish = wish
        self.parcel = parcel
        self.silence = silence
        // A shop may call an order completed before the courier tells of the signature; once the order counts for
        // nothing any more, nobody waits for that.
        let longest = known + DispatchSettings.Routes.atMost
        end = min(longest, order.endedAt.map { $0 + settings.health.window } ?? longest)
    }

    /// When the silence will have lasted too long; nil when it is for somebody else to look. Parcels of which nothing
    /// was heard since the same minute have their own places in the last quarter of the time.
    func fallsAt(_ now: Instant) -> Instant? {
        guard !isDue else { return nil }
        let heard = max(begin, parcel.scans.last { $0.at <= now }?.at ?? begin)
        let quarter = silence / 4
        let at = PollSchedule.next(after: heard + silence - quarter, key: parcel.id, every: quarter)
        return at < end ? at : nil
    }

    /// When ``fallsAt(_:)`` changes by itself: a courier's clock may be ahead of the hub's.
    func nextScanAt(_ now: Instant) -> Instant? { isDue ? nil : parcel.scans.first { $0.at > now }?.at }
}

extension Order {
    /// The questions for whole lists of scans that silence, or a number that came late, asks for.
    func silenceWishes(_ settings: Settings) -> [WantedInstruction] {
        parcels.compactMap { RouteWatch($0, of: self, settings) }.filter { $0.isDue && !$0.isToBeAskedRegularly }
            .map(\.wish)
    }

    /// Whose silence lasts too long, and from when on.
    func silences(_ settings: Settings, _ now: Instant) -> [(parcel: String, at: Instant)] {
        guard standingHolds.allSatisfy(\.isByRule) else { return [] }
        return parcels.compactMap { parcel in
            RouteWatch(parcel, of: self, settings)?.fallsAt(now).map { (parcel.id, $0) }
        }
    }

    /// When ``silences(_:_:)`` says something else, or asks for something.
    func silenceMoments(_ settings: Settings, after now: Instant) -> [Instant] {
        guard settings.dispatch.routes.silence != nil, standingHolds.allSatisfy(\.isByRule) else { return [] }
        return parcels.flatMap { parcel in
            let watch = RouteWatch(parcel, of: self, settings)
            return [watch?.fallsAt(now), watch?.nextScanAt(now)].compactMap(\.self)
        }
    }

    /// Whether a number became known so long after packing, or in such a way, that scans may have been pushed before.
    fileprivate func isLate(_ waybill: Waybill, of parcel: Parcel, _ settings: Settings) -> Bool {
        guard let known = waybill.readBack?.at else { return false }
        let isAfterwards = parcel.packed.map { $0.at + settings.dispatch.pollEvery < known } ?? false
        if waybill.isTyped || isAfterwards { return true }
        return issued.contains {
            $0.instruction.kind == .findWaybill && $0.instruction.target == parcel.id
                && $0.instruction.system == waybill.channel && $0.answer?.value.outcome == .done
        }
    }

    static func silenceID(parcel: String, at moment: Instant) -> String {
        "route-silence:\(moment.milliseconds):\(parcel)"
    }

    /// The parcel of which nothing was heard, and since when that is too long, by a timer's id; nil for other timers.
    package static func silence(ofTimer id: String) -> (parcel: String, at: Instant)? {
        let parts = id.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "route-silence", let moment = Int64(parts[1]), moment > 0 else {
            return nil
        }
        return (String(parts[2]), Instant(milliseconds: moment))
    }
}

extension Order {
    /// Whether its courier is asked where a parcel is: nothing more is to come of one that has arrived or came back, or
    /// whose waybill the courier cancelled, and nobody waits for those of an order in its last state.
    func isFollowed(_ parcel: Parcel) -> Bool {
        let isAtTheEnd = state == StateNumber.warrantyActivated && !parcel.id.isWayBack
        // A scan names no number: of two waybills it may be the void one that was cancelled.
        let isCancelled = parcel.waybills.count == 1 && parcel.scans.last?.status == .cancelled
        return !isAtTheEnd && !isCancelled && isUnderWay(parcel) && !parcel.cameBack
    }
}

extension Instruction {
    /// Whether it asks once for a whole list of scans because nothing was heard, and not regularly.
    package var isAboutSilence: Bool {
        kind == .queryTrace && (lifetime.map { $0 < DispatchSettings.Routes.atMost } ?? false)
    }
}

extension Parcel {
    /// Whether a signature among its scans is the sender's.
    fileprivate var cameBack: Bool {
        let scans = journey
        guard let began = scans.first(where: \.status.isReturn) else { return false }
        return scans.contains { $0.status == .signed && $0.at >= began.at }
    }
}
