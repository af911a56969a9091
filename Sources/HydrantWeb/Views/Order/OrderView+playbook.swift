import HydrantCore
import HydrantEngine
import HydrantStorage

extension OrderView {
    /// The playbooks that the order runs, with what each system has confirmed, and the orders of an exchange.
    var playbooks: Bindings {
        let running = order.playbookSteps(model.settings)
        let asked = order.orderReturns()
        let due = seesMoney ? order.refundDueMinor(of: asked) : nil
        return [
            "hasPlaybooks": !running.isEmpty || !exchanges.isEmpty, "exchange": exchanges,
            "hasReturns": order.returnAsked != nil, "returns": asked.map { returned($0, isReckoned: due != nil) },
            "returnMoney": shown(due.map(returnMoney)),
            "playbooks": running.map { playbook, steps -> Bindings in
                let connected = steps.filter(\.isConnected)
                let confirmed = connected.count { $0.outcome == .done }
                return [
                    "name": words(playbook.text), "steps": steps.map(step),
                    "confirmed": words(
                        "playbook_confirmed", ["done": String(confirmed), "all": String(connected.count)]),
                ]
            },
        ]
    }

    private var exchanges: [Bindings] {
        let original = order.header?.value.replaces ?? ""
        guard !original.isEmpty else { return [] }
        return [["label": words("exchange_replaces"), "number": original, "href": orderPath(original)]]
    }

    private var seesMoney: Bool { Viewer.current.sight(.money) != .hidden }

    /// What comes back, what goes out for it, and what is given back.
    private func returned(_ item: OrderReturn, isReckoned: Bool) -> Bindings {
        let isOpen = order.isOpen(item)
        var outcome = ""
        if item.isKept {
            outcome = words("return_kept")
        } else if item.isExchange {
            outcome = order.replacement(of: item.id) == nil ? words("return_replacement_open") : ""
        } else if isReckoned {
            outcome = words("return_due", ["amount": facts.amount(item.refundMinor)])
        }
        let unfit = item.unfit.map { "\($0.line) × \($0.units)" }.joined(separator: words("list_comma"))
        return [
            "what": words(item.isExchange ? "detail_exchange" : "detail_return"),
            "goods": words(order.goodsText(item)), "outcome": shown(outcome),
            "icon": isOpen ? "clock" : "ok", "status": (isOpen ? InstructionStatus.waiting : .done).rawValue,
            "statusText": words(isOpen ? "return_open" : "return_closed"),
            "replacement": order.replacement(of: item.id).map {
                ["label": words("exchange_replaced_by"), "number": $0, "href": orderPath($0)] as Bindings as Any
            } ?? false,
            "unfit": shown(unfit.isEmpty ? nil : words("return_unfit", ["lines": unfit])),
            "wayBack": shown(wayBack(item)), "hasLabel": hasLabel(item),
            "reason": shown(item.reason), "at": formats.binding(item.asked.at, seconds: true),
            "source": words.source(item.asked.source),
        ]
    }

    /// Where the goods are on their way back: courier, number and newest scan.
    private func wayBack(_ item: OrderReturn) -> String? {
        guard let parcel = order.wayBack(of: item), let waybill = order.liveWaybill(of: parcel) else { return nil }
        let scan = parcel.lastScan.map {
            [facts.track($0.status), $0.place, formats.minute($0.at)].filter { !$0.isEmpty }.joined(separator: " ")
        }
        let place = parcel.signed.map { words("return_signed", ["time": formats.minute($0.at)]) } ?? scan
        let number = [words.system(waybill.courier), waybill.number].filter { !$0.isEmpty }.joined(
            separator: " ")
        return words("return_way", ["number": number]) + (place.map { " · \($0)" } ?? "")
    }

    /// Whether the hub made the label of the way back and the viewer may print it now.
    private func hasLabel(_ item: OrderReturn) -> Bool {
        model.papers.contains { sight in
            sight.paper.isOfWayBack && sight.paper.parcel == item.wayBackParcel && sight.obstacle == nil
                && AccessTable.mayPrint(.waybill, isOfWayBack: true, toPrinter: false, Viewer.current.role)
        }
    }

    /// What is to be given back in all, and what was.
    private func returnMoney(_ due: Int64) -> String {
        words("return_money", ["due": facts.amount(due), "gone": facts.amount(order.refundedMinor)])
    }

    private func step(_ step: PlaybookStep) -> Bindings {
        guard step.isConnected else {
            let isOwn = step.system == Order.ownSystem
            return [
                "what": words(step.text), "undo": false, "status": "off", "icon": "unknown", "at": false,
                "detail": false,
                "statusText": words(isOwn ? "playbook_no_cards" : "playbook_not_connected"),
                "system": words.system(step.system),
            ]
        }
        let (status, icon): (InstructionStatus, String) =
            switch step.outcome {
            case nil: (.waiting, "clock")
            case .done: (.done, "ok")
            case .refused: (.refused, "wrong")
            case .unresolved: (.ambiguous, "late")
            }
        return [
            "what": words(step.text), "undo": words("playbook_undo", ["what": words(step.undo)]),
            "status": status.rawValue, "statusText": words("status_\(status.rawValue)"),
            "icon": icon,
            "system": step.system.isEmpty ? words("playbook_by_person") : words.system(step.system),
            "at": step.at.map { formats.binding($0, seconds: true) as Any } ?? false,
            "detail": shown(words(detailText(step.detail))),
        ]
    }
}
