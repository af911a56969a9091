/// Wrong orders that no message will put right by itself and that nothing else asks a person about: a lock that nobody
/// reported, goods that left although they should not, money in the books that was given back.
///
/// Where a fact can prove that it was put right, the fact alone ends the task; where none can, a person's word does.
enum WrongOrders: TaskSource {
    private static let kinds: [(MismatchKind, any MismatchDetector.Type)] = [
        (.paidNotLocked, PaidNotLocked.self), (.packedNotLocked, PackedNotLocked.self),
        (.cancelledButShipped, CancelledButShipped.self), (.refundedButShipped, RefundedButShipped.self),
        (.revenueButRefunded, RevenueButRefunded.self),
    ]

    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        kinds.compactMap { kind, detector in
            guard kind != .paidNotLocked || order.warehouseOwesTheLock,
                let finding = detector.finding(in: order, settings: settings, now: now), finding.verdict == .wrong
            else { return nil }
            let need = need(kind)
            let isAccepted = order.resolution(of: need.id, since: finding.since)?.answers["action"] == accepted
            return isAccepted ? nil : need
        }
    }

    /// The answer that ends a task by a person's word.
    private static let accepted = "accepted"

    private static func need(_ kind: MismatchKind) -> TaskNeed {
        let text = text(kind)
        return TaskNeed(
            id: "wrong:\(kind.rawValue)", kind: .wrongOrder, owner: text.owner, reason: text.reason,
            fields: [.action(options(kind)), .note])
    }

    private static func options(_ kind: MismatchKind) -> [TaskField.Option] {
        switch kind {
        case .paidNotLocked, .packedNotLocked:
            [.init("locked", Text(chinese: "已在仓库系统核实：库存已锁定", english: "Checked in the warehouse: it is locked"))]
        case .revenueButRefunded:
            [
                .init("reversed", Text(chinese: "已请财务冲减收入", english: "Finance reverses the revenue")),
                .init(accepted, Text(chinese: "账是对的，无需冲减", english: "The books are right as they are")),
            ]
        default: [.init(accepted, Text(chinese: "货已追回，或已与客户处理好", english: "The goods are back, or it is settled"))]
        }
    }

    private static func text(_ kind: MismatchKind) -> (owner: String, reason: Text) {
        switch kind {
        case .paidNotLocked:
            (
                "operations",
                Text(
                    chinese: "已支付但库存一直没有锁定：请在仓库系统查看，补锁或缺货处理",
                    english:
                        "Paid, and the stock was never locked: look in the warehouse's system, lock it or say that "
                        + "it is out of stock")
            )
        case .packedNotLocked:
            (
                "warehouse",
                Text(
                    chinese: "包裹已打包，但没有收到库存锁定的消息，订单停在锁定之前：请在仓库系统核实",
                    english:
                        "Packed, and no message says that the stock was locked, so the order stands still: look in "
                        + "the warehouse's system")
            )
        case .cancelledButShipped:
            (
                "service",
                Text(
                    chinese: "订单已取消，货却发出了：请联系快递拦截，或与客户商定",
                    english: "Cancelled, and the goods have left: have the courier stop them, or settle it with the "
                        + "customer")
            )
        case .refundedButShipped:
            (
                "service",
                Text(
                    chinese: "已全额退款，货却发出了：请联系快递拦截，或请客户退回",
                    english: "Refunded in full, and goods left after that: have the courier stop them, or ask for them "
                        + "back")
            )
        default:
            (
                "finance",
                Text(
                    chinese: "已退款，但收入没有冲减：请在财务系统冲减",
                    english: "Refunded, and the revenue is still in the books: reverse it in finance")
            )
        }
    }
}

extension Order {
    /// Whether the warehouse took the order and never locked the stock. While it is still being asked, or a hold
    /// stands, others see to it; a hub that asks no warehouse only watches.
    fileprivate var warehouseOwesTheLock: Bool {
        issued.last { $0.instruction.kind == .createDelivery }?.answer?.value.outcome == .done
            && standingHolds.isEmpty
    }
}
