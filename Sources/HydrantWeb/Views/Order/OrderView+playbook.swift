import HydrantCore
import HydrantStorage

extension OrderView {
    /// The playbooks that the order runs, with what each system has confirmed, and the orders of an exchange.
    var playbooks: Bindings {
        let running = order.playbookSteps
        return [
            "hasPlaybooks": !running.isEmpty || !exchanges.isEmpty, "exchange": exchanges,
            "playbooks": running.map { playbook, steps -> Bindings in
                ["name": words(playbook.text), "steps": steps.map(step)]
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
        ]
    }
}
