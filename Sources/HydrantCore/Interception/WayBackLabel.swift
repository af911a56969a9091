// The label that the hub orders for goods on their way back, once a person wants one: from the channels of the order's
// chain, one after the other, as for any other parcel, with customer and house exchanged. No hold, no completion and no
// cancellation of the order stops it, for the goods are with the customer. Where no channel makes one, the way back is
// asked about again in words; a label that nobody needs any more and that has not moved is taken back.

extension Order {
    /// The answer to how goods come back that makes the hub order a label.
    static let labelAnswer = "label"

    /// The answer to whether goods have arrived that says that they never will, because the customer keeps them.
    static let keptAnswer = "kept"

    /// The number of a parcel that couriers and aggregators get as the customer's own: of an own parcel its id, of one
    /// on its way back one that no other parcel of any order has. Ways back are numbered as they were asked about, so
    /// that a later one changes none.
    package func ownNumber(of parcel: String) -> String {
        guard parcel.isWayBack else { return parcel }
        var ways: [String] = []
        for entry in issued where entry.instruction.parcel.isWayBack {
            let way = entry.instruction.parcel.withoutMoment
            if !ways.contains(way) { ways.append(way) }
        }
        return "\(number)-B\((ways.firstIndex(of: parcel) ?? ways.count) + 1)"
    }

    /// The return whose goods come back in the parcel; nil for other parcels, and once the return is gone.
    package func orderReturn(in parcel: String) -> OrderReturn? {
        guard parcel.isWayBack, returnAsked != nil else { return nil }
        return orderReturns().first { $0.wayBackParcel == parcel }
    }

    /// Since when a person wants the hub to order the label of a way back; nil where nobody does.
    func labelWanted(_ parcel: String) -> Instant? { orderReturn(in: parcel).flatMap(labelWanted) }

    private func labelWanted(_ item: OrderReturn) -> Instant? {
        guard !isBack(item), let said = taskResolutions.entry(item.wayBackTask), said.evidence.at >= item.since,
            said.value.answers["how"] == Self.labelAnswer
        else { return nil }
        return said.evidence.at
    }

    /// Whether the hub is to bring a label for the parcel and has none.
    package func lacksLabel(_ parcel: String) -> Bool {
        labelWanted(parcel) != nil && isNumberless(self.parcel(parcel))
    }

    /// The ways back for which a label is wanted, or was ordered.
    var labelledWays: [String] {
        guard returnAsked != nil else { return [] }
        var ways = orderReturns().filter { labelWanted($0) != nil }.map(\.wayBackParcel)
        for entry in issued where entry.instruction.kind == .createWaybill && entry.instruction.target.isWayBack {
            if !ways.contains(entry.instruction.target) { ways.append(entry.instruction.target) }
        }
        return ways
    }

    /// The ways back whose number came with a label of the hub's own, which can be printed.
    package var wayBackLabels: [String] {
        wayBacks.filter { parcel in liveWaybill(of: parcel).map { wasMadeByHub($0, of: parcel) } ?? false }.map(\.id)
    }

    /// What channels are asked for the labels of ways back.
    func labelWishes(_ settings: Settings) -> [WantedInstruction] {
        labelledWays.flatMap { ParcelDispatch($0, of: self, settings).labelWishes }
    }

    /// Whether nobody needs the labels of a way back: its return is gone, nothing is to come, or nothing will.
    func isLabelIdle(_ parcel: Parcel) -> Bool {
        guard parcel.handedOver == nil, parcel.signed == nil, parcel.moved.isEmpty else { return false }
        guard let item = orderReturn(in: parcel.id) else { return true }
        if answer(item.wayBackTask, of: item)?.answers["how"] == "none" { return true }
        let arrival = answer(item.arrivalTask, of: item)?.answers["action"] ?? ""
        return ["lost", Self.keptAnswer].contains(arrival)
    }

    /// Whether a channel would be asked for the label of a way back if a person wanted one now.
    func mayOrderLabel(_ item: OrderReturn, _ settings: Settings) -> Bool {
        ParcelDispatch(item.wayBackParcel, of: self, settings).mayLabelAnew
    }

    /// Why there is no label although one was wanted; nil where there is one, none is wanted, or channels are at it.
    func labelTrouble(_ item: OrderReturn, _ settings: Settings) -> Text? {
        let id = item.wayBackParcel
        guard let since = labelWanted(item), isNumberless(parcel(id)) else { return nil }
        let dispatch = ParcelDispatch(id, of: self, settings)
        guard !dispatch.isOver, [.exhausted, .dataRefused].contains(dispatch.step) else { return nil }
        let refused = issued.last {
            $0.instruction.kind == .createWaybill && $0.instruction.target == id && $0.issuedAt >= since
                && $0.answer.map { $0.value.outcome != .done } ?? false
        }
        let said = refused.map { "\($0.instruction.system): \($0.answer?.value.detail ?? "")" } ?? ""
        return Text(
            chinese: "系统没能出退货面单" + (said.isEmpty ? "" : "（\(said)）"),
            english: "The hub has no label for the way back" + (said.isEmpty ? "" : " (\(said))"))
    }
}

extension String {
    /// What a target names before the moment of a question: `PARCEL@MILLISECONDS`.
    fileprivate var withoutMoment: String { lastIndex(of: "@").map { String(self[..<$0]) } ?? self }
}
