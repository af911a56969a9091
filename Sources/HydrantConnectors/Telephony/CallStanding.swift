import HydrantConnectorKit
import HydrantCore

/// How far a call is, as a telephone system tells it when it is asked.
struct CallStanding: Equatable, Sendable {
    var stage: CallReport.Stage
    var ending: CallReport.Ending?
    var seconds: Int?
    /// The system's own number of the call.
    var reference = ""
    var recording = ""

    init(_ stage: CallReport.Stage, ending: CallReport.Ending? = nil, seconds: Int? = nil) {
        self.stage = stage
        self.ending = ending
        self.seconds = seconds
    }

    static func ended(_ ending: CallReport.Ending, seconds: Int? = nil) -> CallStanding {
        CallStanding(.ended, ending: ending, seconds: seconds)
    }

    func report(_ call: String) -> CallReport {
        var report = CallReport(id: call, stage: stage, ending: ending, seconds: seconds)
        report.reference = reference
        report.recording = recording
        return report
    }
}

/// What every telephone connector does the same way: a call is begun once and at once or not at all, then asked about
/// until it has ended, and ended by the hub when it lasts too long.
struct CallRun: Sendable {
    let request: InstructionRequest
    let question: CallQuestion
    /// How long a call may last, with the ringing.
    let longest: Milliseconds

    /// Later than this nobody waits with the receiver in the hand.
    private static let latestBegin: Milliseconds = .minutes(1)

    init?(_ request: InstructionRequest, longest: Milliseconds) {
        guard request.instruction.kind == .placeCall, let question = request.call else { return nil }
        self.request = request
        self.question = question
        self.longest = longest
    }

    /// What the order knows of the call; nil before it was begun.
    var known: Call? { request.order.call(question.id).flatMap { $0.stage == nil ? nil : $0 } }

    var isTooLate: Bool { request.now - question.askedAt >= Self.latestBegin }

    var isOverdue: Bool { request.now - question.askedAt >= longest }

    static let tooLate = InstructionResult.refused(
        detail: "it could not be placed within a minute; ask for it again", class: .data)

    /// The standing as it goes on record: only what is news.
    func result(_ standing: CallStanding) -> InstructionResult {
        var standing = standing
        if standing.ending == .answered, standing.seconds == nil, let from = known?.answeredAt {
            standing.seconds = Int(max(0, request.now - from) / 1_000)
        }
        let isNews = known?.stage.map { $0 < standing.stage } ?? true
        let fact = ReportedFact(
            messageID: "call/\(question.id)/\(standing.stage.rawValue)", order: request.order.number,
            occurredAt: request.now, body: .callReported(standing.report(question.id)))
        let facts = isNews ? [fact] : []
        guard standing.stage == .ended else { return .underWay(facts: facts, detail: "") }
        return .done(facts: facts, detail: standing.ending?.rawValue ?? "")
    }

    /// What a call is that the system does not know any more: it was put down before anybody asked.
    var vanished: CallStanding {
        switch known?.stage {
        case .answered: .ended(.answered)
        case .ringing: .ended(.noAnswer)
        default: .ended(.cancelled)
        }
    }
}
