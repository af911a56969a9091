// What the service desk adds to an order: notes, after-sales tickets and telephone calls.
//
// A note's text may name people, so it lies sealed beside the order and only its number is a fact. A ticket is what the
// after-sales system, or an agent, says about one case. A call is asked for by a person, carried out by a telephone
// system, and told by that system step by step. None of them moves the order.

/// That somebody wrote a note; its text is sealed under the same number.
package struct NoteReference: Hashable, Sendable {
    /// The storage names of kinds of notes; the list may only grow.
    package enum Kind: String, CaseIterable, Sendable {
        case note
        /// What was said in a call that no telephone system of the hub made.
        case call
        /// What was said in a call that a telephone system made; ``NoteReference/about`` is its number.
        case callNote = "call-note"
        case ticketNote = "ticket-note"
    }

    package var id: String
    package var kind: Kind
    /// The call or the ticket that it belongs to; empty for the order as a whole.
    package var about: String

    package init(id: String, kind: Kind, about: String = "") {
        self.id = id
        self.kind = kind
        self.about = about
    }
}

/// One after-sales case of an order.
package struct Ticket: Hashable, Sendable {
    package enum Status: String, CaseIterable, Sendable {
        case open
        case closed
    }

    /// The number in the system that keeps it.
    package var id: String
    /// What it is about, in that system's word: "return", "repair". Holds no personal data.
    package var subject: String
    package var status: Status
    /// Another order that it is about too; empty where there is none.
    package var linkedOrder: String

    package init(id: String, subject: String, status: Status = .open, linkedOrder: String = "") {
        self.id = id
        self.subject = subject
        self.status = status
        self.linkedOrder = linkedOrder
    }
}

/// A person wants to speak with the receiver of the order now.
package struct CallWish: Hashable, Sendable {
    /// The hub's own number of the call: letters, digits and hyphens.
    package var id: String
    /// The telephone system that is to make it.
    package var system: String
    package var person: String

    package init(id: String, system: String, person: String) {
        self.id = id
        self.system = system
        self.person = person
    }

    /// How long a call is asked about at most; the telephone system ends it before.
    package static let lifetime: Milliseconds = .hours(2)
}

/// What a telephone system says about a call. Holds no number of anybody.
package struct CallReport: Hashable, Sendable {
    /// How far a call is, in this order.
    package enum Stage: String, CaseIterable, Sendable, Comparable {
        /// The agent's own telephone rings.
        case agentRinging = "agent-ringing"
        /// The agent has answered, and the customer's telephone rings.
        case ringing
        case answered
        case ended

        package var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

        package static func < (left: Stage, right: Stage) -> Bool { left.rank < right.rank }
    }

    /// How a call ended.
    package enum Ending: String, CaseIterable, Sendable {
        case answered
        case noAnswer = "no-answer"
        case busy
        /// The agent did not pick up, or hung up before the customer answered.
        case cancelled
        case failed
        /// The hub ended it because it took longer than allowed.
        case overdue
    }

    package var id: String
    package var stage: Stage
    /// Only of a call that has ended.
    package var ending: Ending?
    /// How long agent and customer spoke; nil where the system does not say.
    package var seconds: Int?
    /// The system's own number of the call.
    package var reference: String
    /// Under which name the system keeps the recording; empty while there is none.
    package var recording: String

    package init(id: String, stage: Stage, ending: Ending? = nil, seconds: Int? = nil) {
        self.id = id
        self.stage = stage
        self.ending = ending
        self.seconds = seconds
        reference = ""
        recording = ""
    }
}

/// A call as far as it is known.
package struct Call: Hashable, Sendable {
    package var wish: CallWish?
    package var id: String
    /// When it was asked for, or first heard of.
    package var begin: Instant
    package var stage: CallReport.Stage?
    package var ending: CallReport.Ending?
    package var answeredAt: Instant?
    package var endedAt: Instant?
    package var seconds: Int?
    package var reference = ""
    package var recording = ""

    /// The telephone system is asked no more, however it went: a call that was not made is over too.
    fileprivate(set) var isSettled = false

    package var hasEnded: Bool { stage == .ended }
    package var isOver: Bool { hasEnded || isSettled }
}

extension Order {
    /// Every call, the newest first.
    package var calls: [Call] {
        var calls: [String: Call] = [:]
        for entry in callWishes.entries {
            var call = Call(wish: entry.value, id: entry.id, begin: entry.evidence.at)
            call.isSettled = issued.contains {
                $0.instruction.kind == .placeCall && $0.instruction.target == entry.id && $0.answer != nil
            }
            calls[entry.id] = call
        }
        // In the order of stages, so that the last word is the furthest.
        for entry in callReports.entries.sorted(by: { $0.value.stage < $1.value.stage }) {
            let report = entry.value
            var call = calls[report.id] ?? Call(id: report.id, begin: entry.evidence.at)
            call.take(report, entry.evidence)
            calls[report.id] = call
        }
        return calls.values.sorted { ($0.begin, $0.id) > ($1.begin, $1.id) }
    }

    package func call(_ id: String) -> Call? { calls.first { $0.id == id } }

    /// A call that is asked for goes out whatever else stands against the order: it changes nothing outside.
    var callInstructions: [WantedInstruction] {
        callWishes.values.compactMap { wish in
            let isIssued = issued.contains {
                $0.instruction.kind == .placeCall && $0.instruction.target == wish.id
            }
            if isIssued { return nil }
            var wanted = WantedInstruction(kind: .placeCall, system: wish.system, target: wish.id)
            wanted.lifetime = CallWish.lifetime
            return wanted
        }
    }
}

extension Call {
    fileprivate mutating func take(_ report: CallReport, _ evidence: Evidence) {
        stage = report.stage
        begin = min(begin, evidence.at)
        if report.stage == .answered { answeredAt = evidence.at }
        if report.stage == .ended {
            endedAt = evidence.at
            ending = report.ending
        }
        if let length = report.seconds { seconds = length }
        if !report.reference.isEmpty { reference = report.reference }
        if !report.recording.isEmpty { recording = report.recording }
    }
}
