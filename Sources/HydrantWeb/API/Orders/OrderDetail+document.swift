import HydrantCore
import HydrantEngine

extension OrderDetail {
    /// Everything about one order; the receiver only masked.
    var document: JSON {
        let header = order.header?.value
        let viewer = Viewer.current
        let seesMoney = viewer.sight(.money) != .hidden
        let seesCustomer = viewer.sight(.customer) != .hidden
        return [
            "order": .string(order.number), "asOf": .string(asOf.text), "version": .count(order.version),
            "state": stateDocument(order.state), "stateSince": .moment(order.stateSince),
            "completion": .string(order.completion.rawValue), "placedAt": .moment(order.placed?.at),
            "shop": .string(header?.shop ?? ""), "customer": .string(seesCustomer ? header?.customer ?? "" : ""),
            "warehouse": .string(header?.warehouse ?? ""), "missing": missing?.document ?? .null,
            "rootCause": rootCause?.document ?? .null, "stamps": .array(order.stamps.map(\.document)),
            "lines": .array(order.lines.values.map { seesMoney ? $0.document : $0.documentWithoutPrices }),
            "parcels": .array(order.parcels.map(\.document)),
            "money": seesMoney ? money : .null, "holds": .array(holds.map(\.document)),
            "words": .array(systems.map(\.document)),
            "findings": .array(findings.map(\.document)),
            "instructions": .array(instructions.map(\.document)),
            "returns": .array(returned(seesMoney)),
            "tickets": .array(order.tickets.values.map(\.document)), "calls": .array(order.calls.map(\.document)),
            "receiver": maskedReceiver,
        ]
    }

    private func returned(_ seesMoney: Bool) -> [JSON] {
        let asked = order.orderReturns()
        let isReckoned = order.refundDueMinor(of: asked) != nil
        // What is given back for an order as a whole is not reckoned from its lines.
        return asked.map { returned($0, showsRefund: seesMoney && (isReckoned || !$0.isWhole)) }
    }

    private func returned(_ item: OrderReturn, showsRefund: Bool) -> JSON {
        func lines(_ lines: [ReturnedLine]) -> JSON {
            .array(
                lines.map {
                    [
                        "line": .string($0.line), "sku": .string(order.lines[$0.line]?.sku ?? ""),
                        "units": .count($0.units),
                    ]
                })
        }
        return [
            "id": .string(item.id), "exchange": .bool(item.isExchange), "askedAt": .string(item.asked.at.text),
            "lines": lines(item.goods), "unfit": lines(item.unfit),
            "refundMinor": .orNull(showsRefund ? item.refundMinor : nil),
            "replacement": .orNull(order.replacement(of: item.id)),
            "wayBack": order.wayBack(of: item)?.document ?? .null, "open": .bool(order.isOpen(item)),
        ]
    }

    private var money: JSON {
        let invoiced = order.invoices.values.reduce(0) { $0 + $1.amountMinor }
        return [
            "currency": .string(order.header?.value.currency ?? "CNY"),
            "payableMinor": .orNull(order.header?.value.payableMinor), "linesMinor": .integer(order.linesMinor),
            "paidMinor": .integer(order.paidMinor), "refundedMinor": .integer(order.refundedMinor),
            "revenueMinor": .integer(order.revenueMinor), "receivedMinor": .integer(order.receivedMinor),
            "invoicedMinor": .integer(invoiced),
        ]
    }

    private var maskedReceiver: JSON {
        guard let receiver else { return .null }
        let viewer = Viewer.current
        func seen(_ field: OrderField, _ text: String) -> JSON { .string(viewer.sight(field) == .hidden ? "" : text) }
        return [
            "name": seen(.receiverName, receiver.name), "phone": seen(.receiverPhone, receiver.phone),
            "province": .string(receiver.province),
            "city": .string(receiver.city), "district": .string(receiver.district),
            "address": seen(.receiverAddress, receiver.address),
            "deliveryArea": .string(order.receiver?.value.check?.area?.code ?? ""),
            "addressProblems": order.receiver?.value.check?.problemsJSON ?? [],
        ]
    }
}

extension RootCause {
    fileprivate var document: JSON {
        ["reason": reason.document, "advice": advice.document, "verdict": .string(verdict.rawValue)]
    }
}

extension Ticket {
    fileprivate var document: JSON {
        [
            "id": .string(id), "subject": .string(subject), "status": .string(status.rawValue),
            "linkedOrder": .orNull(linkedOrder.isEmpty ? nil : linkedOrder),
        ]
    }
}

extension Call {
    fileprivate var document: JSON {
        [
            "id": .string(id), "beganAt": .string(begin.text), "stage": .orNull(stage?.rawValue),
            "ending": .orNull(ending?.rawValue), "answeredAt": .moment(answeredAt), "endedAt": .moment(endedAt),
            "seconds": .orNull(seconds.map { Int64($0) }), "person": .orNull(wish?.person),
            "recording": .orNull(
                recording.isEmpty || Viewer.current.sight(.notes) == .hidden ? nil : recording),
        ]
    }
}
