// The goods of a return on their way back. Their parcel is none of the order's own: no state, no channel and no bag
// waits for it. Its number is told by whoever knows it, or comes with the label that the hub orders for it, and its
// courier is asked for its scans like that of any other parcel.

extension Order {
    /// What the names of parcels on their way back begin with.
    package static let wayBackPrefix = "way-back:"

    /// The order's own parcels and those on their way back.
    package var allParcels: [Parcel] { wayBacks.isEmpty ? parcels : parcels + wayBacks }

    /// The parcel in which the goods of a return come back; nil while nobody has named a number of it.
    package func wayBack(of item: OrderReturn) -> Parcel? { parcel(item.wayBackParcel) }

    /// What the answer to how goods come back means: the number that a person named.
    ///
    /// - Throws: why that is no number.
    func wayBackFacts(
        _ task: String, _ answers: [String: String], _ settings: Settings
    ) throws(Refusal) -> [FactBody] {
        guard let item = orderReturns().first(where: { $0.wayBackTask == task }),
            !["none", Self.labelAnswer].contains(answers["how"]), let text = answers["number"], !text.isEmpty
        else { return [] }
        return try wayBackFacts(item, courier: answers["courier"] ?? "", number: text, settings.dispatch)
    }

    /// That the goods of a return come back under a number; one that was named before counts no more.
    func wayBackFacts(
        _ item: OrderReturn, courier named: String, number text: String, _ settings: DispatchSettings
    ) throws(Refusal) -> [FactBody] {
        let couriers = settings.couriers
        let known = couriers.keys.sorted().first { key in
            key.lowercased() == named.lowercased() || couriers[key]?.name == named
        }
        let courier = known ?? named
        guard courier.utf8.count <= 50 else {
            throw Refusal(
                code: "taskAnswer", text: Text(chinese: "快递公司名称太长", english: "The courier's name is too long"),
                nextStep: Text(chinese: "请填写快递公司的简称", english: "Give its short name"))
        }
        let typed = try TypedNumber(text, courier: courier, settings: settings)
        let earlier = wayBack(of: item)?.waybills ?? []
        if earlier.contains(where: { $0.number == typed.number && $0.voided != nil }) {
            throw Refusal(
                code: "numberIsVoid",
                text: Text(
                    chinese: "运单号 \(typed.number) 之前已被更正", english: "The number \(typed.number) was corrected before"),
                nextStep: Text(chinese: "请核对退货面单上的号码", english: "Look at the number on the label of the way back"))
        }
        let parcel = item.wayBackParcel
        let wrong = earlier.filter { $0.voided == nil && $0.number != typed.number }
        // A label of the hub's own is paid for: its channel is asked to take it back.
        let own = wayBack(of: item).map { parcel in wrong.filter { wasMadeByHub($0, of: parcel) } } ?? []
        let gone = wrong.filter { waybill in !own.contains { $0.number == waybill.number } }
        // A channel may still tell of a label that it has made: what the person typed goes before it.
        let mayCome = issued.contains { $0.instruction.kind == .createWaybill && $0.instruction.target == parcel }
        return gone.map { .waybillVoided(parcel: parcel, number: $0.number) } + [
            .trackingReported(
                Tracking(parcel: parcel, courier: typed.courier, channel: "keeper", number: typed.number))
        ] + (!mayCome ? [] : [.waybillChosen(parcel: parcel, number: typed.number)])
    }
}

extension OrderReturn {
    /// The name of its parcel on the way back: at most 100 bytes, and without the signs that part a target.
    package var wayBackParcel: String {
        if isWhole { return Order.wayBackPrefix + "order" }
        let isPlain = id.utf8.count <= 80 && id != "order" && id.utf8.allSatisfy(\.isPlainSign)
        return Order.wayBackPrefix + (isPlain ? id : "~" + String(id.returnHash, radix: 16))
    }
}

extension String {
    /// Whether it names a parcel on its way back.
    package var isWayBack: Bool { hasPrefix(Order.wayBackPrefix) }
}

extension UInt8 {
    fileprivate var isPlainSign: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
