package import HydrantCore

/// One or more statements of every kind, with every optional member both given and left out.
package enum FactSamples {
    private static let later = OrderStory.standardBegin + .hours(1)
    private static let receiver = ReceiverReference(id: "R-1", fingerprint: "f1", area: "浙江省杭州市")

    package static func bodies(of kind: FactKind) -> [FactBody] {
        switch kind {
        case .orderPlaced: [.orderPlaced(OrderHeader()), .orderPlaced(fullHeader)]
        case .lineReported: [.lineReported(Line(id: "1", sku: "LF9001"))] + fullHeader.lines.map(FactBody.lineReported)
        case .paymentReported:
            [
                .paymentReported(Payment(id: "P-1", amountMinor: 12_900)),
                .paymentReported(Payment(id: "P-2", amountMinor: 0, isComplete: true)),
            ]
        case .creditChecked:
            [
                .creditChecked(CreditCheck(isPassed: true)),
                .creditChecked(
                    CreditCheck(isPassed: false, level: "gold", returnRatePermille: 401, reason: "退货率过高")),
            ]
        case .inventoryLocked:
            [
                .inventoryLocked(InventoryLock()),
                .inventoryLocked(InventoryLock(warehouse: "W-1", coversEveryLine: false, frozenSKUs: ["A", "B"])),
            ]
        case .inventoryRefused: [.inventoryRefused(reason: "缺货"), .inventoryRefused(reason: "")]
        case .parcelPacked:
            [
                .parcelPacked(Packing(parcel: "SO-1-1")), .parcelPacked(largePacking),
                .parcelPacked(
                    Packing(
                        parcel: "SO-1-1", warehouse: "W-1",
                        items: [ParcelItem(line: "1", units: 2), ParcelItem(line: "2", units: 1)], weightGrams: 1_250)),
            ]
        case .trackingReported:
            [
                .trackingReported(Tracking(parcel: "SO-1-1")),
                .trackingReported(Tracking(parcel: "SO-1-1", courier: "sf", channel: "cainiao", number: "SF1")),
                .trackingReported(
                    Tracking(
                        parcel: "SO-1-1", courier: "JD", channel: "kuaidi100", number: "JD1", reference: "EO1")),
                .trackingReported(touredTracking),
            ]
        case .waybillVoided: [.waybillVoided(parcel: "SO-1-1", number: "SF1")]
        case .parcelHandedOver: [.parcelHandedOver(parcel: "SO-1-1")]
        case .traceReported: traces
        case .signedReported: [.signedReported(parcel: "SO-1-1")]
        default: laterBodies(of: kind)
        }
    }

    private static var touredTracking: Tracking {
        var tracking = Tracking(parcel: "SO-1-1", courier: "zto", channel: "zto", number: "731")
        tracking.rider = "R4"
        tracking.line = "杭州集散中心"
        return tracking
    }

    private static var largePacking: Packing {
        var packing = Packing(parcel: "SO-1-1", weightGrams: 1_250)
        packing.volumeMillilitres = 3_500
        packing.isProgress = true
        return packing
    }

    private static func laterBodies(of kind: FactKind) -> [FactBody] {
        let entry = MoneyEntry(id: "E-1", amountMinor: 12_900)
        return switch kind {
        case .returnAsked:
            [
                .returnAsked(reason: "", isExchange: false), .returnAsked(reason: "型号不符", isExchange: true),
                .returnAsked(
                    reason: "", isExchange: true,
                    lines: [ReturnedLine(line: "1", units: 2), ReturnedLine(line: "2", units: 1)], id: "RMA-1"),
            ]
        case .orderCancelled: [.orderCancelled(reason: ""), .orderCancelled(reason: "买家取消")]
        case .orderCompleted: [.orderCompleted]
        case .refundReported: [.refundReported(entry)]
        case .revenueRecognised: [.revenueRecognised(entry)]
        case .receiptReported: [.receiptReported(entry)]
        case .invoiceIssued: [.invoiceIssued(entry)]
        case .warrantyRegistered: [.warrantyRegistered(until: later)]
        case .receiverChanged: [.receiverChanged(receiver)]
        case .receiverVerified: [.receiverVerified(fingerprint: "f1")]
        case .holdPlaced:
            [
                .holdPlaced(Hold(id: "H-1", reason: "地址待核实", owner: "service", exit: .person)),
                .holdPlaced(Hold(id: "H-2", reason: "wait", owner: "operations", exit: .timer(later))),
                .holdPlaced(Hold(id: "H-3", reason: "wait", owner: "rules", exit: .fact(.receiverVerified))),
            ]
        case .holdReleased: [.holdReleased(id: "H-1", note: ""), .holdReleased(id: "H-1", note: "已电话核实")]
        case .decisionMade:
            [
                .decisionMade(Decision(person: "li", cause: "address")),
                .decisionMade(Decision(person: "li", cause: "address", minutes: 7)),
            ]
        case .touchpointSent:
            Touchpoint.allCases.flatMap { touchpoint in
                [true, false].map { FactBody.touchpointSent(kind: touchpoint, isAccepted: $0) }
            }
        case .instructionAnswered:
            InstructionKind.allCases.flatMap { instruction in
                InstructionAnswer.Outcome.allCases.map {
                    FactBody.instructionAnswered(
                        InstructionAnswer(key: "SO-1/9/x", kind: instruction, outcome: $0, detail: "ok"))
                }
            }
                + RefusalClass.allCases.map {
                    FactBody.instructionAnswered(
                        InstructionAnswer(
                            key: "SO-1/9/x", kind: .createWaybill, outcome: .refused, detail: "no", refusal: $0))
                }
        case .timerFell: [.timerFell(id: "H-2")]
        case .waybillChosen: [.waybillChosen(parcel: "SO-1-1", number: "SF1")]
        default: taskBodies(of: kind)
        }
    }

    private static func taskBodies(of kind: FactKind) -> [FactBody] {
        func move(_ step: TaskMove.Step) -> FactBody {
            .taskMoved(TaskMove(task: "hold:H-1", person: "li", step: step))
        }
        return switch kind {
        case .taskAsked: [.taskAsked(askedTask)]
        case .taskTaken: [move(.taken)]
        case .taskHandedOver:
            [move(.handedOver(to: "service", note: "")), move(.handedOver(to: "service", note: "老客户"))]
        case .taskSnoozed: [move(.snoozed(until: later, reason: "等客户回电"))]
        case .taskResolved:
            [
                move(.resolved(TaskResolution())),
                move(
                    .resolved(
                        TaskResolution(answers: ["action": "release", "note": ""], note: "已电话核实", minutes: 7))),
            ]
        default: deskBodies(of: kind)
        }
    }

    private static func deskBodies(of kind: FactKind) -> [FactBody] {
        switch kind {
        case .noteWritten:
            return NoteReference.Kind.allCases.map { .noteWritten(NoteReference(id: "n1", kind: $0, about: "c1")) }
        case .ticketReported:
            return [
                .ticketReported(Ticket(id: "T-1", subject: "return")),
                .ticketReported(Ticket(id: "T-1", subject: "退货", status: .closed, linkedOrder: "SO-2")),
            ]
        case .callAsked: return [.callAsked(CallWish(id: "c1", system: "pbx", person: "li"))]
        case .callReported:
            var full = CallReport(id: "c1", stage: .ended, ending: .answered, seconds: 61)
            full.reference = "CA1"
            full.recording = "RE1"
            return CallReport.Stage.allCases.filter { $0 != .ended }
                .map { .callReported(CallReport(id: "c1", stage: $0)) }
                + CallReport.Ending.allCases.map { .callReported(CallReport(id: "c1", stage: .ended, ending: $0)) }
                + [.callReported(full)]
        default: return [.statusReported]
        }
    }

    private static var askedTask: TaskNeed {
        let choice = TaskField(
            "action", Text(chinese: "处理", english: "Action"), kind: .choice,
            options: [.init("call", Text(chinese: "致电", english: "Call"))])
        var number = TaskField("count", Text(chinese: "数量", english: "Count"), kind: .number, isRequired: false)
        number.shownWhen = ("action", ["call"])
        var amount = TaskField("amount", Text(chinese: "金额", english: "Amount"), kind: .money)
        let many = FormCondition.answer(AnswerTest("count", .more, .number(250)))
        let called = FormCondition.answer(AnswerTest("action", .oneOf, .texts(["call"])))
        amount.shownIf = .any([many, FormCondition.none([called])])
        amount.requiredIf = .all([.answer(AnswerTest("count", .isKnown, .number(1))), many])
        amount.prefill = [Prefill("12.50", from: .payable, if: many), Prefill("1")]
        return TaskNeed(
            id: "rule:7", kind: .asked, owner: "service", reason: Text(chinese: "请致电客户", english: "Call the customer"),
            fields: [choice, number, amount])
    }

    private static let fullHeader = OrderHeader(
        shop: "tmall", customer: "C-1", warehouse: "W-1", currency: "EUR", payableMinor: 0, receiver: receiver,
        lines: [
            Line(id: "1", sku: "LF9001", name: "机油滤清器", units: 2, priceMinor: 12_000, freightMinor: 900),
            Line(id: "2", sku: "GIFT", isGift: true), Line(id: "3", sku: "GIFT", isGift: true, giftFor: "1"),
        ])

    private static let traces: [FactBody] = [
        .traceReported(Trace(parcel: "SO-1-1", number: "", scans: [], isComplete: false)),
        .traceReported(
            Trace(
                parcel: "SO-1-1", number: "SF1",
                scans: TrackingStatus.allCases.enumerated().map { index, status in
                    Scan(at: later + Int64(index), status: status, code: "\(index)", place: "杭州", remark: "已\"揽收\"\n")
                }, isComplete: true)),
    ]
}
