extension Order {
    /// What a person's answers to a task's form mean, as facts that are recorded before the task is called resolved:
    /// whether it is, is found out by looking again.
    ///
    /// - Throws: which answer is missing or is none of the options, and what to do.
    package func consequences(
        of answers: [String: String], to task: StandingTask, _ settings: Settings
    ) throws(Refusal) -> [FactBody] {
        if task.need.closesItself { throw .closesItself }
        let answers = try task.need.counted(answers)
        let subject = task.need.id.subject
        switch task.need.kind {
        case .holdDecision where subject == Order.addressHoldID:
            let person = task.person.isEmpty ? task.owner : task.person
            return [.decisionMade(Decision(person: person, cause: "\(subject): \(answers["action"] ?? "")"))]
        case .holdDecision: return [.holdReleased(id: subject, note: answers["note"] ?? "")]
        case .receiverUnverified: return [.receiverVerified(fingerprint: subject)]
        case .creditRefused:
            return [.creditChecked(CreditCheck(isPassed: true, reason: "accepted by a person"))]
        case .giftUnbound:
            guard var gift = lines[subject] else { return [] }
            gift.giftFor = answers["line"] ?? ""
            return [.lineReported(gift)]
        case .waybillConflict where task.need.id.hasPrefix(Order.voidOnTheWayPrefix): return []
        case .waybillConflict: return settle(parcel: subject, keeping: answers["keep"] ?? "")
        case .waybillSurplus:
            let void = issued.last { $0.instruction.key == subject }?.instruction
            let waybill = void ?? Instruction(key: "", kind: .voidWaybill, system: "", target: subject)
            guard answers["action"] == "voided", let number = waybill.waybillNumber else { return [] }
            return [.waybillVoided(parcel: waybill.parcel, number: number)]
        case .numberMissing:
            let standing = ParcelDispatch(subject, of: self, settings).chain?.courier ?? ""
            let courier = answers["courier"].flatMap { $0.isEmpty ? nil : $0 } ?? standing
            let typed = try TypedNumber(answers["number"] ?? "", courier: courier, settings: settings.dispatch)
            return [
                .trackingReported(
                    Tracking(parcel: subject, courier: typed.courier, channel: "keeper", number: typed.number))
            ]
        case .wrongOrder where task.need.id.hasPrefix(Order.returnTaskPrefix):
            return ReturnedParcels.consequences(of: answers, parcel: subject)
        case .wrongOrder:
            guard answers["action"] == "locked" else { return [] }
            return [.inventoryLocked(InventoryLock(warehouse: parcels.first.map { warehouse(of: $0.id) } ?? ""))]
        case .asked:
            return try wayBackFacts(task.need.id, answers, settings) + refundFacts(task.need.id, answers)
        case .instructionFailed, .receiverWrong, .messagesParked, .wordUnmapped: return []
        }
    }

    /// What the ids of tasks about labels begin with that were scanned after they were taken back.
    static let voidOnTheWayPrefix = "void-moves:"

    /// The number that a person found on the box counts. The others are taken back by the hub where it made them; where
    /// it cannot, the person's word is all there is.
    private func settle(parcel id: String, keeping number: String) -> [FactBody] {
        guard let parcel = parcel(id) else { return [] }
        let losers = parcel.liveWaybills.filter {
            $0.readBack != nil && $0.number != number && !parcel.isSpent($0)
        }
        let hopeless = losers.filter {
            !wasMadeByHub($0, of: parcel) || lastVoid($0.number, of: id) != nil
        }
        return [.waybillChosen(parcel: id, number: number)]
            + hopeless.map { .waybillVoided(parcel: id, number: $0.number) }
    }
}

extension String {
    /// What a task's id names behind its first colon; the whole id where there is none.
    fileprivate var subject: String { firstIndex(of: ":").map { String(self[index(after: $0)...]) } ?? self }
}
