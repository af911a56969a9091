import HydrantCore
import HydrantStorage

extension Hub {
    /// Why a number that a person named is none: another parcel goes under it, and a courier's scans would not tell
    /// which of the two they mean. Parcels that go to one and the same receiver may share one, and couriers give the
    /// numbers of parcels that have arrived again. Nil where nothing is in the way.
    func obstacle(toNumbersIn bodies: [FactBody], of order: Order) async throws -> Refusal? {
        for case .trackingReported(let tracking) in bodies {
            let own = WaybillPlace(order: order.number, parcel: tracking.parcel)
            let places = try await store.read { try $0.places(ofWaybill: tracking.number) }
            for place in places where place != own {
                guard let other = try await committer.order(place.order), let parcel = other.parcel(place.parcel),
                    parcel.waybills.contains(where: { $0.number == tracking.number && $0.voided == nil }),
                    tracking.parcel.isWayBack || parcel.signed == nil && order.goesElsewhere(than: other)
                else { continue }
                guard tracking.parcel.isWayBack else { return .numberGone(tracking.number) }
                return .numberTaken(tracking.number, isOwn: place.order == order.number, isWayBack: parcel.id.isWayBack)
            }
        }
        return nil
    }
}

extension Order {
    /// Whether it is certain that another order has another receiver.
    fileprivate func goesElsewhere(than other: Order) -> Bool {
        guard number != other.number, let own = receiver?.value.fingerprint, let its = other.receiver?.value.fingerprint
        else { return false }
        return own != its
    }
}

extension Refusal {
    /// Another order is not named.
    fileprivate static func numberGone(_ number: String) -> Refusal {
        Refusal(
            code: "numberTaken",
            text: Text(
                chinese: "运单号 \(number) 已是另一位收件人的包裹的单号",
                english: "The number \(number) is already that of a parcel for another receiver"),
            nextStep: Text(
                chinese: "请核对这个包裹面单条码下方的号码后重新输入",
                english: "Look at the number below the bar code of this very parcel and type it again"))
    }

    /// Another order is not named: not everybody who types a number may see it.
    fileprivate static func numberTaken(_ number: String, isOwn: Bool, isWayBack: Bool) -> Refusal {
        let whose =
            switch (isOwn, isWayBack) {
            case (true, false):
                Text(chinese: "这个订单发出的包裹", english: "the parcel that this order sent out")
            case (true, true): Text(chinese: "这个订单的另一次退货", english: "another return of this order")
            case (false, _): Text(chinese: "另一个订单的包裹", english: "a parcel of another order")
            }
        return Refusal(
            code: "numberTaken",
            text: Text(
                chinese: "运单号 \(number) 已是\(whose.chinese)的单号",
                english: "The number \(number) is already that of \(whose.english)"),
            nextStep: isOwn
                ? Text(
                    chinese: "请核对退货面单；如果货物就在那个包裹里退回，请不填运单号",
                    english: "Look at the label of the way back; if the goods come in that very parcel, leave the "
                        + "number empty")
                : Text(
                    chinese: "请核对退货面单上的号码后重新输入",
                    english: "Look at the label of the way back and type the number again"))
    }
}
