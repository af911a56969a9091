/// The numbers of the seven states. Their names in both languages are in ``stateNames``.
package enum StateNumber {
    package static let placed = 0
    package static let paid = 1
    package static let riskPassed = 2
    package static let inventoryLocked = 3
    package static let packed = 4
    package static let trackingReturned = 5
    package static let signed = 6
    package static let warrantyActivated = 7
    package static let all = 1...7
}

/// The name of each state by its number, with 0 for an order that is placed and not paid.
package struct StateName: Sendable {
    package var identifier: String
    package var text: Text
}

package let stateNames: [StateName] = [
    StateName(identifier: "placed", text: Text(chinese: "已下单", english: "Placed")),
    StateName(identifier: "paid", text: Text(chinese: "支付成功", english: "Paid")),
    StateName(identifier: "riskPassed", text: Text(chinese: "风控通过", english: "Risk passed")),
    StateName(identifier: "inventoryLocked", text: Text(chinese: "库存锁定", english: "Stock locked")),
    StateName(identifier: "packed", text: Text(chinese: "打包完成", english: "Packed")),
    StateName(identifier: "trackingReturned", text: Text(chinese: "物流单号回传", english: "Tracking returned")),
    StateName(identifier: "signed", text: Text(chinese: "签收确认", english: "Signed")),
    StateName(identifier: "warrantyActivated", text: Text(chinese: "质保激活", english: "Warranty active")),
]

/// That an order reached a state, since when, and by what proof.
package struct StateStamp: Hashable, Sendable {
    package var number: Int
    package var at: Instant
    /// True where no connected system reports the state and a later proof stands in for it.
    package var isInferred: Bool
    package var proof: [Evidence]

    package init(number: Int, at: Instant, isInferred: Bool, proof: [Evidence]) {
        self.number = number
        self.at = at
        self.isInferred = isInferred
        self.proof = proof
    }

    /// Whether both say the same, although by other messages.
    func agrees(with other: StateStamp) -> Bool {
        number == other.number && at == other.at && isInferred == other.isInferred
    }
}
