extension Order {
    /// Raised when the same facts and settings give other findings, health figures or moments of the next change than
    /// before: a hub then looks at every order again.
    package static let judgingForm: UInt8 = 2

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
        if let ended = [endedAt, endOfFlow(settings)].compactMap(\.self).min() {
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

    /// When the order reached the last state that a connected system reports: nobody waits for more.
    private func endOfFlow(_ settings: Settings) -> Instant? {
        let last = settings.flow.lastReportedState
        return last > 0 && last <= stamps.count ? stamps[last - 1].at : nil
    }

    /// After which moment the order, if nothing happens, will have been in its state for too long; nil while nobody
    /// waits for it.
    package func overdueAfter(_ settings: Settings) -> Instant? {
        guard StatePlace(state: state, since: stateSince, completion: completion) != nil,
            state < settings.flow.lastReportedState, let since = stateSince
        else { return nil }
        return deadline(since: since, settings.flow.steps[state].dwellLimit, settings)
    }

    /// Whether the order stayed in one state longer than its limit while the window was open.
    private func judgeDwell(
        _ result: inout HealthContribution, _ changes: inout [Instant], _ settings: Settings, _ now: Instant
    ) {
        let windowBegin = now - settings.health.window
        for (index, stamp) in stamps.enumerated() {
            let overdueFrom = deadline(since: stamp.at, settings.flow.steps[stamp.number].dwellLimit, settings)
            let isLast = index == stamps.count - 1
            let isAtTheEnd = stamp.number >= settings.flow.lastReportedState
            let left = isLast ? (isAtTheEnd ? stamp.at : endedAt) : stamps[index + 1].at
            if let left, left <= overdueFrom { continue }
            #if HYDRANT_MUTANTS
                if Mutant.pastDwellForgotten.isOn, left != nil { continue }
            #endif
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
            #if HYDRANT_MUTANTS
                if Mutant.noGraceForWords.isOn { result.agrees = false }
            #endif
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
