package import HydrantCore

/// An open task as the queue lists it.
package struct OfficeTask: Hashable, Sendable {
    package var name: String
    package var order: String
    package var kind: String
    package var severity: String
    /// Who has taken it; empty while nobody has.
    package var person: String
    package var openedAt: Instant
    /// Why, in Chinese.
    package var reason: String

    /// Whether it closes by itself as soon as the finance system has paid the customer back.
    var isClosedByRefund: Bool {
        kind == "asked" && ["还没有退款记录", "退回的商品应退款", "被退回的包裹"].contains(where: reason.hasPrefix)
    }

    /// Nil for what belongs to no order.
    package init?(_ json: JSON) {
        guard let name = json["id"]?.string, let order = json["order"]?.string, let kind = json["kind"]?.string,
            let severity = json["severity"]?.string,
            let opened = json["openedAt"]?.string.flatMap({ Instant(text: $0) })
        else { return nil }
        self.name = name
        self.order = order
        self.kind = kind
        self.severity = severity
        person = json["person"]?.string ?? ""
        openedAt = opened
        reason = json["reason"]?["zh"]?.string ?? ""
    }
}

/// What somebody does with a task.
package enum OfficeDecision: Hashable, Sendable {
    case resolve(answers: [String: String])
    case putOff(hours: Int, reason: String)
}

/// How people work: drawn from the seed, so that the same seed plays the same office.
package struct OfficeHabits: Sendable {
    let lottery: Lottery
    /// Tasks in thousandths that nobody gets to on this day.
    static let leftOpenPermille = 30
    /// Tasks in thousandths that wait for a customer's answer first.
    static let putOffPermille = 60

    package init(seed: UInt64) { lottery = Lottery(seed: seed) }

    package func isLeftOpen(_ task: OfficeTask) -> Bool {
        lottery.hits(Self.leftOpenPermille, "left open", task.name)
    }

    /// When somebody gets to it.
    package func seenAt(_ task: OfficeTask) -> Instant {
        let minutes: ClosedRange<Int64> =
            switch task.severity {
            case "urgent": 2...9
            case "high": 5...25
            case "normal": 15...90
            default: 120...900
            }
        return task.openedAt + .minutes(lottery.pick(minutes, "seen", task.name))
    }

    /// How many minutes it takes.
    package func minutes(_ task: OfficeTask) -> Int64 { lottery.pick(2...9, "minutes", task.name) }

    /// - Parameter tries: how often this person has dealt with it before.
    package func decision(_ task: OfficeTask, _ form: TaskForm, tries: Int) -> OfficeDecision {
        if tries == 0, let reason = reasonToWait(task), lottery.hits(Self.putOffPermille, "put off", task.name) {
            return .putOff(hours: lottery.hits(500, "hours", task.name) ? 1 : 4, reason: reason)
        }
        var answers: [String: String] = [:]
        for field in form.fields where form.isAsked(field, answers) {
            if !field.choices.isEmpty {
                answers[field.name] = choice(field, task, tries)
            } else if field.name == "note" {
                answers["note"] = note(task)
            } else if field.isRequired || field.onlyWhen != nil {
                answers[field.name] = text(field.name, task)
            }
        }
        return .resolve(answers: answers)
    }

    private func reasonToWait(_ task: OfficeTask) -> String? {
        switch task.kind {
        case "receiver.verify", "receiver.correct": "客户电话未接，稍后再拨"
        case "credit.decide": "等客户补交授信资料"
        default: nil
        }
    }

    private func choice(_ field: TaskForm.Field, _ task: OfficeTask, _ tries: Int) -> String {
        // What the person knows: a warehouse that has packed cannot stop any more, and a message that is refused once
        // may be taken the second time.
        let wanted: String? =
            switch task.kind {
            case "instruction.failed":
                task.reason.contains("发货单")
                    ? "notNeeded"
                    : task.reason.contains("修改面单")
                        ? "doneByHand"
                        : tries == 0 ? "retry" : "doneByHand"
            case "waybill.surplus": "voided"
            case "order.wrong": ["locked", "reversed"].first(where: field.choices.contains) ?? "accepted"
            default: nil
            }
        if let wanted, field.choices.contains(wanted) { return wanted }
        let drawn = lottery.pick(0...Int64(field.choices.count - 1), "choice \(field.name)", task.name)
        return field.choices[Int(drawn)]
    }

    private func note(_ task: OfficeTask) -> String {
        switch task.kind {
        case "credit.decide": "老客户，有预付款，同意放行"
        case "receiver.verify": "已电话核实新地址"
        case "hold.decide": "已与客户确认"
        case "instruction.failed": "仓库与快递已线下处理"
        case "order.wrong": "已与仓库、财务核对"
        case "number.missing": "按面单补录"
        default: "已处理"
        }
    }

    private func text(_ field: String, _ task: OfficeTask) -> String {
        switch field {
        case "number": "SF" + paddedDecimal(Int(lottery.number("way back", task.order) % 1_000_000_000), width: 13)
        case "courier": "顺丰"
        case Order.refundReference: "RF-" + String(lottery.number("refund", task.order) % 1_000_000)
        default: "客户保留商品"
        }
    }
}
