import HydrantCore
import HydrantEngine

/// Which events the timeline shows.
package enum TimelineFilter: String, CaseIterable, Sendable {
    case all
    case facts
    case states
    case instructions
    case people

    func includes(_ event: Event) -> Bool {
        switch (self, event.body) {
        case (.all, _), (.facts, .factRecorded), (.states, .stateReached), (.states, .stateRestated),
            (.instructions, .instructionIssued):
            true
        case (.instructions, .factRecorded(let fact)): fact.body.kind == .instructionAnswered
        case (.people, .factRecorded(let fact)):
            fact.source == "keeper" || fact.source.hasPrefix(ActorName.personPrefix)
        default: false
        }
    }
}

/// The events of an order in words, newest first, by day.
struct OrderTimeline {
    let number: String
    let events: [Event]
    let filter: TimelineFilter
    var source: String?
    let facts: FactWords

    static let eventsShown = 400

    private var formats: Formats { facts.formats }
    private var words: Words { facts.formats.words }

    var bindings: Bindings {
        let chosen = events.filter { filter.includes($0) && (source == nil || $0.system == source) }.sorted {
            left, right in
            (left.happenedAt, left.number) > (right.happenedAt, right.number)
        }
        let shownEvents = chosen.prefix(Self.eventsShown)
        var days: [(String, [Bindings])] = []
        for event in shownEvents {
            let day = formats.date(event.happenedAt)
            if days.last?.0 != day { days.append((day, [])) }
            days[days.count - 1].1.append(entry(event))
        }
        let cut = chosen.count > shownEvents.count
        return [
            "days": days.map { ["day": $0.0, "events": $0.1] as Bindings },
            "timelineCut": shown(
                cut
                    ? words("timeline_cut", ["shown": String(shownEvents.count), "all": String(chosen.count)]) : nil),
        ]
    }

    private func entry(_ event: Event) -> Bindings {
        var entry: Bindings = [
            "iso": event.happenedAt.text, "exact": formats.exact(event.happenedAt),
            "time": formats.time(event.happenedAt), "word": false, "late": false,
            "travel": address(orderPath(number), [("asOf", event.happenedAt.text)]), "source": words("source_hub"),
            "detail": false,
        ]
        switch event.body {
        case .factRecorded(let fact):
            entry["sort"] = "fact"
            entry["icon"] = "in"
            entry["title"] = facts.title(fact.body)
            entry["detail"] = shown(facts.detail(fact.body))
            entry["word"] = shown(fact.word)
            entry["source"] = words.source(fact.source)
            entry["late"] = shown(delay(event))
        case .stateReached(let stamp):
            describe(stamp, "event_reached", &entry)
        case .stateRestated(let stamp):
            describe(stamp, "event_restated", &entry)
        case .instructionIssued(let instruction):
            entry["sort"] = "instruction"
            entry["icon"] = "out"
            entry["title"] = words("event_instruction", ["what": words(instruction.kind.text)])
            entry["detail"] = shown(
                [words.system(instruction.system), facts.target(of: instruction)].filter { !$0.isEmpty }
                    .joined(separator: " · "))
        case .ruleDecided(let ruling):
            entry["sort"] = "state"
            entry["icon"] = "inferred"
            entry["title"] = words(
                ruling.isShadow ? "event_rule_shadow" : "event_rule",
                ["rule": "\(ruling.rule) v\(ruling.version)", "outcome": words(ruling.outcome.text)])
            let missing = ruling.missing.map { words($0.text) }
            entry["detail"] = shown((ruling.holds.map { words($0.reason) } + missing).joined(separator: " · "))
        case .taskOpened(let need): describe("event_task_opened", words(need.title), need.reason, &entry)
        case .taskReopened(let id, let reason): describe("event_task_reopened", facts.name(ofTask: id), reason, &entry)
        case .taskClosed(let id, let ending):
            describe("event_task_\(ending.rawValue)", facts.name(ofTask: id), nil, &entry)
        }
        return entry
    }

    private func describe(_ key: String, _ name: String, _ reason: Text?, _ entry: inout Bindings) {
        entry["sort"] = "task"
        entry["icon"] = "task"
        entry["title"] = words(key, ["name": name])
        entry["detail"] = shown(reason.map { words($0) })
    }

    private func describe(_ stamp: StateStamp, _ key: String, _ entry: inout Bindings) {
        entry["sort"] = "state"
        entry["icon"] = stamp.isInferred ? "inferred" : "state"
        entry["title"] = words(
            key, ["number": String(stamp.number), "name": words(stateNames[stamp.number].text)])
        let list = stamp.proof.map { "\(words.source($0.source)) \($0.messageID)" }.joined(separator: ", ")
        let proof = words("event_proof", ["list": list])
        entry["detail"] = stamp.isInferred ? "\(words("event_inferred")) · \(proof)" : proof
    }

    /// How long after it happened a message came in, when that is worth a word.
    private func delay(_ event: Event) -> String? {
        let length = event.recordedAt - event.happenedAt
        guard length >= .minutes(5) else { return nil }
        return words("event_late", ["length": words(durationText(length))])
    }
}

extension Event {
    /// Whose word it is, or of whom something was asked; nil for what the hub found by itself.
    var system: String? {
        switch body {
        case .factRecorded(let fact): fact.source.hasPrefix(ActorName.personPrefix) ? "person" : fact.source
        case .instructionIssued(let instruction): instruction.system
        default: nil
        }
    }
}
