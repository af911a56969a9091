import HydrantCore
import Testing

/// The names that are written into databases and shown to other programs. They never change and never disappear: this
/// list may only grow, and it grows in the same change as the code.
@Suite struct StorageNameTests {
    @Test func `facts`() {
        #expect(
            FactKind.allCases.map(\.rawValue) == [
                "order.placed", "line.reported", "payment.reported", "credit.checked", "inventory.locked",
                "inventory.refused", "parcel.packed", "tracking.reported", "waybill.voided", "parcel.handed-over",
                "trace.reported", "signed.reported", "return.asked", "order.cancelled", "order.completed",
                "refund.reported", "revenue.recognised", "receipt.reported", "invoice.issued", "warranty.registered",
                "receiver.changed", "receiver.verified", "status.reported", "hold.placed", "hold.released",
                "decision.made", "touchpoint.sent", "instruction.answered", "timer.fell", "waybill.chosen",
                "task.asked",
                "task.taken", "task.handed-over", "task.snoozed", "task.resolved",
                "note.written", "ticket.reported", "call.asked", "call.reported",
            ])
    }

    @Test func `events`() {
        #expect(
            Event.names == [
                "fact.recorded", "state.reached", "state.restated", "instruction.issued", "rule.decided",
                "task.opened", "task.reopened", "task.closed",
            ])
    }

    @Test func `tasks`() {
        #expect(
            TaskKind.allCases.map(\.rawValue) == [
                "instruction.failed", "number.missing", "waybill.conflict", "waybill.surplus", "hold.decide",
                "receiver.verify", "receiver.correct", "credit.decide", "gift.bind", "asked", "messages.parked",
                "word.unmapped", "order.wrong",
            ])
        #expect(TaskSeverity.allCases.map(\.rawValue) == ["urgent", "high", "normal", "low"])
        #expect(TaskEnding.allCases.map(\.rawValue) == ["resolved", "gone"])
        #expect(TaskField.Kind.allCases.map(\.rawValue) == ["choice", "text", "number", "money"])
    }

    @Test func `instructions`() {
        #expect(
            InstructionKind.allCases.map(\.rawValue) == [
                "replacement.create", "purchase.push",
                "credit.check", "delivery.create", "delivery.cancel", "waybill.create", "trace.query", "invoice.issue",
                "warranty.register", "customer.notify", "waybill.void", "waybill.find", "waybill.readdress",
                "trace.subscribe", "keeper.ask", "delivery.pause", "delivery.resume", "call.place",
                "freight.reprice", "receiver.tell",
            ])
        #expect(InstructionAnswer.Outcome.allCases.map(\.rawValue) == ["done", "refused", "unresolved"])
        #expect(RefusalClass.allCases.map(\.rawValue) == ["data", "channel"])
    }

    @Test func `mismatches and verdicts`() {
        #expect(
            MismatchKind.allCases.map(\.rawValue) == [
                "paidNotLocked", "packedNotLocked", "shippedWithoutTracking", "twoLiveWaybills", "shippedBeforePaid",
                "cancelledButShipped", "refundedButShipped", "revenueButRefunded", "paymentMismatch",
                "signedBeforeShipped", "signedWithoutTime", "signedWithoutWarranty", "noLines", "systemsDisagree",
                "waybillInDoubt", "returnedToSender",
            ])
        #expect(Verdict.allCases.map(\.rawValue) == ["wrong", "late", "unknown"])
    }

    @Test func `tracking statuses`() {
        #expect(
            TrackingStatus.allCases.map(\.rawValue) == [
                "picked-up", "in-transit", "out-for-delivery", "stored", "signed", "returning", "returned", "problem",
                "cancelled", "unmapped",
            ])
    }

    @Test func `states, completion, touchpoints and dimensions`() {
        #expect(
            stateNames.map(\.identifier) == [
                "placed", "paid", "riskPassed", "inventoryLocked", "packed", "trackingReturned", "signed",
                "warrantyActivated",
            ])
        #expect(
            stateNames.map(\.text.chinese) == ["已下单", "支付成功", "风控通过", "库存锁定", "打包完成", "物流单号回传", "签收确认", "质保激活"])
        #expect(Completion.allCases.map(\.rawValue) == ["open", "partially-completed", "completed", "cancelled"])
        #expect(Touchpoint.allCases.map(\.rawValue) == ["shipped", "signed", "warranty", "out-for-delivery"])
        #expect(HealthDimension.allCases.map(\.rawValue) == ["consistency", "dwell", "intervention", "touchpoints"])
        #expect(Language.allCases.map(\.rawValue) == ["zh", "en"])
    }
}
