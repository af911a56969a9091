extension Order {
    /// The warehouse that packed a parcel, or that is meant to; empty while none is known.
    package func warehouse(of parcel: String) -> String {
        let packed = self.parcel(parcel)?.packing?.value.warehouse ?? ""
        return packed.isEmpty ? header?.value.warehouse ?? "" : packed
    }

    /// The parcel by whose warehouse one goes: itself, and of goods on their way back the first that left with one of
    /// their lines, or else the first that left.
    func home(of parcel: String) -> String {
        guard parcel.isWayBack else { return parcel }
        let lines = Set(orderReturn(in: parcel)?.goods.map(\.line) ?? [])
        let left = parcels.compactMap { parcel in (parcel.shipped ?? parcel.signed).map { (at: $0, parcel: parcel) } }
        let holding = left.filter { $0.parcel.contents.items.contains { lines.contains($0.line) } }
        let first = (holding.isEmpty ? left : holding).min { $0.at < $1.at }
        return first?.parcel.id ?? parcels.first?.id ?? parcel
    }

    /// Who sends a parcel and takes its goods back, as the settings name it; nil where they name nobody.
    package func house(of parcel: String, _ settings: Settings) -> Receiver? {
        settings.house(warehouse: warehouse(of: home(of: parcel)))
    }

    /// The warehouses that pack it or are meant to.
    package var warehouses: Set<String> {
        var names = Set(parcels.map { warehouse(of: $0.id) })
        if let planned = header?.value.warehouse { names.insert(planned) }
        names.remove("")
        return names
    }

    /// The parcels that need numbers: those that are known, or the first one while none is.
    private var parcelsToNumber: [String] { numberedParcels.map(\.id) }

    /// The same with what is known of them: a waybill may be asked for before any parcel is known.
    var numberedParcels: [Parcel] { parcels.isEmpty ? [Parcel(id: "\(number)-1")] : parcels }

    /// What is to be asked of channels and keepers where nothing stands against it.
    ///
    /// - Parameter isReached: whether the flow asks for waybills in the state the order is in.
    func dispatchWishes(_ settings: Settings, isReached: Bool) -> [WantedInstruction] {
        guard isReached else { return careWishes(settings) }
        return parcelsToNumber.flatMap { ParcelDispatch($0, of: self, settings).wishes }
    }

    /// What is to be asked although a hold stands or the order was cancelled.
    func careWishes(_ settings: Settings) -> [WantedInstruction] {
        let asked = issued.contains { $0.instruction.kind == .createWaybill && !$0.instruction.target.isWayBack }
        guard asked || parcels.contains(where: { $0.waybills.count > 1 }) else { return [] }
        return parcelsToNumber.flatMap { ParcelDispatch($0, of: self, settings).careWishes }
    }

    /// Whether an instruction about a waybill that was not sent yet, or certainly had no effect, is still to be sent.
    package func isStillWanted(_ instruction: Instruction, _ settings: Settings) -> Bool {
        let parcel = parcel(instruction.parcel)
        switch instruction.kind {
        case .createWaybill:
            let isOpen = issued.contains { $0.instruction.key == instruction.key && $0.answer == nil }
            if instruction.target.isWayBack { return isOpen && lacksLabel(instruction.target) }
            return isOpen && cancelled == nil && isNumberless(parcel)
        case .findWaybill:
            let dispatch = ParcelDispatch(instruction.parcel, of: self, settings)
            return dispatch.channelsToAsk(isBlocked: true).contains(instruction.system)
        case .voidWaybill:
            guard let parcel, let number = instruction.waybillNumber,
                let waybill = parcel.waybills.first(where: { $0.number == number }), waybill.voided == nil
            else { return false }
            if isNeverToLeave(parcel) { return true }
            return liveWaybill(of: parcel).map { $0.number != number } ?? false
        case .queryTrace:
            guard let number = instruction.waybillNumber, let parcel else { return true }
            // What was cancelled and never left has no way to follow.
            guard cancelled == nil || parcel.handedOver != nil else { return false }
            return isFollowed(parcel) && liveWaybill(of: parcel)?.number == number
        case .createDelivery: return cancelled == nil && !isDeliveryOutdated(instruction)
        case .resumeDelivery: return cancelled == nil && !isOvertaken(instruction)
        case .askKeeper: return cancelled == nil && isNumberless(parcel)
        case .placeCall: return call(instruction.target)?.isOver != true
        // It would carry the receiver of now, whom nobody has verified.
        case .tellReceiver: return isNewsOfNow(instruction)
        case .createReplacement: return cancelled == nil && isForExchange(instruction)
        case .pushPurchase: return isForExchange(instruction)
        default: return true
        }
    }

    /// Whether "there is none" is the last word about a number that is looked for: nobody waits for it any more, and
    /// what was asked hours before can make none now.
    package func isLastLook(_ instruction: Instruction) -> Bool {
        guard instruction.kind == .findWaybill, let parcel = parcel(instruction.parcel) else { return false }
        return parcel.signed != nil || parcel.scans.contains { $0.status.isReturn }
    }

    // MARK: - What time alone brings about

    /// What the hub has to tell itself because time has passed; each with the number of its message.
    package func dueDispatchFacts(_ settings: Settings, now: Instant) -> [(messageID: String, body: FactBody)] {
        let overdue = openAttempts(settings).filter { $0.deadline + DispatchSettings.overdueAfter <= now }
        var facts = overdue.map { attempt in
            (
                messageID: "answer:\(attempt.key)/overdue",
                body: FactBody.instructionAnswered(
                    InstructionAnswer(
                        key: attempt.key, kind: .createWaybill, outcome: .unresolved,
                        detail: "the time for this channel is over and no answer is known"))
            )
        }
        for (parcel, round) in nextRounds(settings) where round.at <= now {
            let id = Order.roundID(parcel: parcel, round: round.number)
            facts.append((messageID: "timer:\(number):\(id)", body: .timerFell(id: id)))
        }
        for (parcel, at) in silences(settings, now) where at <= now {
            let id = Order.silenceID(parcel: parcel, at: at)
            facts.append((messageID: "timer:\(number):\(id)", body: .timerFell(id: id)))
        }
        return facts
    }

    /// When ``dueDispatchFacts(_:now:)`` or ``parcelStandings(_:now:)`` changes by itself.
    package func nextDispatchMoment(_ settings: Settings, after now: Instant) -> Instant? {
        let silence = silenceMoments(settings, after: now).min()
        guard issued.contains(where: { $0.instruction.kind == .createWaybill || $0.instruction.kind == .askKeeper })
        else { return silence }
        var moments = silence.map { [$0] } ?? []
        moments += openAttempts(settings).map { $0.deadline + DispatchSettings.overdueAfter }
        moments += nextRounds(settings).map(\.round.at)
        moments += parcelStandings(settings, now: now).compactMap { $0.set == .keeperAsked ? $0.dueAt : nil }
        return moments.min()
    }

    private func openAttempts(_ settings: Settings) -> [ChannelAttempt] {
        let isAnyOpen = issued.contains { $0.instruction.kind == .createWaybill && $0.answer == nil }
        guard isAnyOpen else { return [] }
        return (parcelsToNumber + labelledWays).flatMap { attempts(for: $0, settings) }.filter { $0.end == .open }
    }

    private func nextRounds(_ settings: Settings) -> [(parcel: String, round: (number: Int, at: Instant))] {
        guard cancelled == nil, let request = settings.flow.requests.first(where: { $0.kind == .createWaybill }),
            request.afterState <= state, parcelsToNumber.contains(where: { isNumberless(parcel($0)) }),
            standingHolds.isEmpty
        else { return [] }
        return parcelsToNumber.compactMap { id in
            ParcelDispatch(id, of: self, settings).nextRound.map { (id, $0) }
        }
    }

    /// Whether a timer is about a parcel and not about a hold.
    static func isAboutParcel(timer id: String) -> Bool { round(ofTimer: id) != nil || silence(ofTimer: id) != nil }

    static func roundID(parcel: String, round: Int) -> String { "waybill-round:\(round):\(parcel)" }

    /// The parcel and the round that a timer's id names; nil for other timers.
    static func round(ofTimer id: String) -> (parcel: String, round: Int)? {
        let parts = id.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "waybill-round", let round = Int(parts[1]), round > 0 else { return nil }
        return (String(parts[2]), round)
    }
}
