import HydrantCore
import HydrantStorage

extension OrderView {
    /// The playbooks that the order runs, with what each system has confirmed, and the orders of an exchange.
    var playbooks: Bindings {
        let running = order.playbookSteps(model.settings)
        return [
            "hasPlaybooks": !running.isEmpty || !exchanges.isEmpty, "exchange": exchanges,
            "playbooks": running.map { playbook, steps -> Bindings in
                let asked = steps.filter(\.isConnected)
                let confirmed = asked.count { $0.outcome == .done }
                return [
                    "name": words(playbook.text), "steps": steps.map(step),
                    "confirmed": words(
                        "playbook_confirmed", ["done": String(confirmed), "all": String(asked.count)]),
                ]
            },
        ]
    }

    private var exchanges: [Bindings] {
        let original = order.header?.value.replaces ?? ""
        return [("exchange_replaces", original), ("exchange_replaced_by", order.replacedBy ?? "")].compactMap {
            $1.isEmpty ? nil : ["label": words($0), "number": $1, "href": orderPath($1)]
        }
    }

    private func step(_ step: PlaybookStep) -> Bindings {
        guard step.isConnected else {
            let isOwn = step.system == Order.ownSystem
            return [
                "what": words(step.text), "status": "off", "icon": "unknown", "at": false, "detail": false,
                "statusText": words(isOwn ? "playbook_no_cards" : "playbook_not_connected"), "system": step.system,
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
            "what": words(step.text), "status": status.rawValue, "statusText": words("status_\(status.rawValue)"),
            "icon": icon, "system": step.system.isEmpty ? words("playbook_by_person") : step.system,
            "at": step.at.map { formats.binding($0, seconds: true) as Any } ?? false,
            "detail": shown(step.detail.isEmpty ? nil : step.detail),
        ]
    }
}
