import HydrantCore
import HydrantEngine
import HydrantStorage

extension OrderView {
    var customer: Bindings {
        let header = order.header?.value
        let viewer = Viewer.current
        let receiver = detail.receiver
        func seen(_ field: OrderField, _ text: String?) -> String? { viewer.sight(field) == .hidden ? nil : text }
        let rate = order.credit?.value.returnRatePermille
        let area = receiver.map { $0.places.joined(separator: " ") }
        let rows: [(String, String?)] = [
            ("customer_number", seen(.customer, header?.customer)),
            ("customer_level", seen(.customer, order.credit?.value.level)),
            ("return_rate", seen(.customer, rate.map { formats.percent(Double($0) / 1_000, places: 1) })),
            ("customer_orders", seen(.customer, customerOrders)),
            ("credit_checked_at", seen(.customer, order.credit.map { formats.minute($0.evidence.at) })),
            ("receiver", seen(.receiverName, receiver?.name)), ("phone", seen(.receiverPhone, receiver?.phone)),
            ("area", order.receiver?.value.check == nil ? area ?? order.receiver?.value.area : deliveryArea),
            ("address", seen(.receiverAddress, receiver?.address)), ("address_check", addressProblems),
            ("shop", header?.shop),
            ("warehouse", header?.warehouse),
            ("stock_locked_at", order.locked.map { formats.minute($0.at) }),
            ("warranty_until", order.warranty.map { formats.date($0.value) }),
        ]
        let known = rows.filter { !($0.1 ?? "").isEmpty }
        guard !known.isEmpty else {
            return ["customer": [["name": words("nothing_known"), "value": "—"] as Bindings], "reveal": false]
        }
        let mayReveal = receiver != nil && !viewer.formToken.isEmpty && viewer.isAmong(AccessTable.revealing)
        let reveal: Bindings = ["action": orderPath(order.number) + "/receiver", "token": viewer.formToken]
        return [
            "customer": known.map { ["name": words($0.0), "value": $0.1 ?? ""] as Bindings },
            "reveal": mayReveal ? reveal : false as Any,
        ]
    }

    /// How many orders the customer has placed by the CRM's word; where it says none, how many others the hub knows.
    private var customerOrders: String? {
        if let past = order.credit?.value.pastOrders {
            return words("customer_orders_crm", ["count": formats.count(past)])
        }
        guard model.related.byCustomer > 0 else { return nil }
        let count = formats.count(model.related.byCustomer) + (model.related.isCut ? "+" : "")
        return words("customer_orders_hub", ["count": count])
    }

    /// Official names and the code that bags and freight go by.
    private var deliveryArea: String? {
        guard let reference = order.receiver?.value else { return nil }
        return [reference.area, reference.check?.area?.code ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    /// What is missing or contradictory in the address.
    private var addressProblems: String? {
        order.receiver?.value.check?.problems.filter(\.isSerious).map { words("address_\(keyPart($0.rawValue))") }
            .joined(separator: words("list_comma"))
    }

    var systems: Bindings {
        [
            "hasSystems": !detail.systems.isEmpty,
            "systems": detail.systems.map { system -> Bindings in
                let icon =
                    switch system.agreement {
                    case .agrees: "ok"
                    case .disagrees: "late"
                    case .unmapped: "unknown"
                    }
                return [
                    "system": words.source(system.system), "word": system.word, "agreement": system.agreement.rawValue,
                    "agreementText": words("agree_\(system.agreement.rawValue)"), "icon": icon,
                    "at": formats.binding(system.saidAt), "age": formats.relative(system.saidAt),
                    "old": isOld(system),
                ]
            },
        ]
    }

    /// A system that disagrees, or whose word nobody understands, should have spoken again by now.
    private func isOld(_ system: SystemView) -> Bool {
        order.endedAt == nil && system.agreement != .agrees && detail.asOf - system.saidAt >= .hours(24)
    }

    var parcels: Bindings {
        ["hasParcels": !order.parcels.isEmpty, "parcels": order.parcels.map(parcel)]
    }

    private static let scansShown = 3

    private func parcel(_ parcel: Parcel) -> Bindings {
        let step =
            parcel.signed != nil
            ? "parcel_signed"
            : parcel.shipped != nil ? "parcel_shipped" : parcel.packed != nil ? "parcel_packed" : "parcel_announced"
        return [
            "id": parcel.id, "step": words(step),
            "noWaybill": words(parcel.tracked == nil ? "no_waybill" : "waybill_not_given"),
            "waybills": parcel.waybills.map { waybill -> Bindings in
                let courier = [waybill.courier, waybill.channel == waybill.courier ? "" : waybill.channel]
                return [
                    "number": waybill.number, "voided": waybill.voided != nil,
                    "courier": courier.filter { !$0.isEmpty }.map { words.system($0) }.joined(
                        separator: " · "),
                ]
            },
            "old": shown(
                parcel.traceAge(at: detail.asOf).map { words("trace_old", ["length": words(durationText($0))]) }),
            "hasScans": !parcel.scans.isEmpty,
            "scans": parcel.scans.suffix(Self.scansShown).reversed().map { scan -> Bindings in
                [
                    "at": formats.binding(scan.at), "status": facts.track(scan.status), "place": shown(scan.place),
                    "remark": shown(scan.remark),
                ]
            },
        ]
    }

    var money: Bindings {
        let payable = order.header?.value.payableMinor
        func sum(_ ledger: Ledger<MoneyEntry>, _ minor: Int64) -> String { ledger.isEmpty ? "—" : facts.amount(minor) }
        let invoiced = order.invoices.values.reduce(0) { $0 + $1.amountMinor }
        var rows = [
            ("payable", payable.map(facts.amount) ?? words("payable_unknown")),
            ("lines_sum", order.lines.isEmpty ? "—" : facts.amount(order.linesMinor)),
            ("paid", order.payments.isEmpty ? "—" : facts.amount(order.paidMinor)),
            ("refunded", sum(order.refunds, order.refundedMinor)), ("revenue", sum(order.revenues, order.revenueMinor)),
            ("received", sum(order.receipts, order.receivedMinor)), ("invoiced", sum(order.invoices, invoiced)),
        ]
        if !order.invoices.isEmpty, Viewer.current.sight(.money) != .hidden {
            let numbers = order.invoices.entries.sorted { $0.evidence.at < $1.evidence.at }.map(\.id)
            rows.append(("invoice_numbers", numbers.joined(separator: words("list_comma"))))
        }
        let kinds: Set<MismatchKind> = [.paymentMismatch, .revenueButRefunded, .refundedButShipped]
        return [
            "money": rows.map { ["name": words($0.0), "value": $0.1] as Bindings },
            "moneyFindings": detail.findings.filter { kinds.contains($0.kind) }.map { finding -> Bindings in
                ["badge": finding.verdict.badge(words), "reason": words(finding.reason)]
            },
        ]
    }

    /// Each gift beside the line it belongs to; gifts that belong to none at the end.
    var lines: Bindings {
        let all = order.lines.values
        let paid = all.filter { !$0.isGift }
        let bound = paid.flatMap { line in [line] + all.filter { $0.isGift && $0.giftFor == line.id } }
        let unbound = Set(order.unboundGifts.map(\.id))
        let loose = all.filter { $0.isGift && unbound.contains($0.id) }
        let stockForm: Bindings = ["action": orderPath(order.number) + "/stock", "token": Viewer.current.formToken]
        return [
            "hasLines": !all.isEmpty, "stockForm": model.canAskStock ? stockForm : false as Any,
            "lines": (bound + loose).map { line -> Bindings in
                let isLoose = line.isGift && unbound.contains(line.id)
                return [
                    "id": line.id, "sku": line.sku, "name": shown(line.name), "units": line.units,
                    "isGift": line.isGift, "unbound": isLoose,
                    "giftText": isLoose ? words("gift") : words("gift_for", ["line": line.giftFor]),
                    "price": facts.amount(line.priceMinor), "freight": facts.amount(line.freightMinor),
                ]
            },
        ]
    }

    var instructions: Bindings {
        [
            "hasInstructions": !detail.instructions.isEmpty,
            "instructions": detail.instructions.reversed().map(instruction),
        ]
    }

    private func instruction(_ row: InstructionRow) -> Bindings {
        let icon =
            switch row.status {
            case .waiting: "clock"
            case .ambiguous: "late"
            case .done: "ok"
            case .refused, .parked: "wrong"
            }
        let isCall = row.instruction.kind == .placeCall
        let goesOn = !isCall && (row.status == .waiting || row.status == .ambiguous)
        return [
            "status": row.status.rawValue, "statusText": words("status_\(row.status.rawValue)"), "icon": icon,
            "what": words(row.instruction.kind.text), "system": words.system(row.instruction.system),
            "target": shown(facts.target(of: row.instruction)),
            // A call is looked at every few seconds, which is no attempt.
            "attempts": shown(isCall ? nil : words("attempts", ["count": String(row.attempts)])),
            "next": shown(goesOn ? words("next_attempt", ["time": formats.second(row.dueAt)]) : nil),
            "error": shown(words(detailText(row.lastError))), "issued": formats.binding(row.issuedAt, seconds: true),
        ]
    }

    var proof: Bindings {
        var settings: [Int: String] = [:]
        for event in detail.events {
            switch event.body {
            case .stateReached(let stamp), .stateRestated(let stamp): settings[stamp.number] = event.settings
            case .factRecorded, .instructionIssued, .ruleDecided, .taskOpened, .taskReopened, .taskClosed: break
            }
        }
        return [
            "hasProof": !order.stamps.isEmpty,
            "mayProve": Viewer.current.mayOpen("GET", "/v1/orders/{id}/proof"),
            "proof": order.stamps.map { stamp -> Bindings in
                [
                    "number": stamp.number, "name": words(stateNames[stamp.number].text),
                    "shape": stamp.isInferred ? "hollow" : "filled", "icon": stamp.isInferred ? "inferred" : "state",
                    "word": words(stamp.isInferred ? "step_hollow" : "step_filled"),
                    "at": formats.binding(stamp.at, seconds: true), "settings": settings[stamp.number] ?? "—",
                    "messages": stamp.proof.map { proof -> Bindings in
                        [
                            "source": words.source(proof.source), "id": proof.messageID, "untimed": !proof.isTimed,
                            "at": formats.binding(proof.at, seconds: true),
                        ]
                    },
                ]
            },
        ]
    }
}
