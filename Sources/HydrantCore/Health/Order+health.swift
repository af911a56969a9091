extension Order {
    /// What this order adds to the health index at a moment.
    package func healthContribution(settings: Settings, now: Instant) -> HealthContribution {
        var result = HealthContribution()
        var changes: [Instant] = []
        guard let paid = stamps.first?.at else { return result }
        let windowBegin = now - settings.health.window
        if paid > now {
            result.changesAt = paid
            return result
        }
        if let ended = endedAt {
            guard ended > windowBegin else { return result }
            changes.append(ended + settings.health.window)
        }
        result.isInPopulation = true
        result.intervened = !decisions.isEmpty
        judgeDwell(&result, &changes, settings, now)
        judgeConsistency(&result, &changes, settings, now)
        judgeTouchpoints(&result, settings)
        result.changesAt = changes.filter { $0 > now }.min()
        return result
    }

    /// Whether the order stayed in one state longer than its limit while the window was open.
    private func judgeDwell(
        _ result: inout HealthContribution, _ changes: inout [Instant], _ settings: Settings, _ now: Instant
    ) {
        let windowBegin = now - settings.health.window
        for (index, stamp) in stamps.enumerated() {
            let limit = settings.flow.steps[stamp.number].dwellLimit
            let overdueFrom = stamp.at + limit
            let isLast = index == stamps.count - 1
            let isAtTheEnd = stamp.number >= settings.flow.lastReportedState
            let left = isLast ? (isAtTheEnd ? stamp.at : endedAt) : stamps[index + 1].at
            if let left, left <= overdueFrom { continue }
            if overdueFrom >= now {
                changes.append(overdueFrom + 1)
                continue
            }
            if let left {
                guard left > windowBegin else { continue }
                changes.append(left + settings.health.window)
            }
            result.dwelled = true
        }
    }

    private func judgeConsistency(
        _ result: inout HealthContribution, _ changes: inout [Instant], _ settings: Settings, _ now: Instant
    ) {
        result.agrees = true
        for entry in words.entries {
            guard let range = settings.words.range(of: entry.value, from: entry.id) else {
                result.isUnknown = true
                continue
            }
            result.hasVerifiedSystem = true
            if range.contains(state) { continue }
            let disagreesSince = max(entry.evidence.at, stateSince ?? entry.evidence.at)
            let wrongFrom = disagreesSince + settings.grace
            if now >= wrongFrom { result.agrees = false } else { changes.append(wrongFrom) }
        }
    }

    private func judgeTouchpoints(_ result: inout HealthContribution, _ settings: Settings) {
        let due = dueTouchpoints(settings)
        result.hasTouchpointDue = !due.isEmpty
        result.touchpointsDone = due.allSatisfy { kind in touchpoints.contains { $0.kind == kind && $0.accepted != nil }
        }
    }

    /// The messages that the customer is owed in the state the order is in.
    package func dueTouchpoints(_ settings: Settings) -> [Touchpoint] {
        settings.flow.requests.compactMap { request in
            guard request.kind == .notifyCustomer, request.afterState <= state, cancelled == nil,
                let touchpoint = request.touchpoint, isDue(touchpoint)
            else { return nil }
            return touchpoint
        }
    }
}
