import HydrantCore
import HydrantEngine

/// What became of one fact of a request.
struct FactResult: Sendable {
    enum Status: String, CaseIterable, Sendable {
        case accepted, duplicate, conflict, refused, invalid, parked
    }

    /// The number and the order of the fact, as far as they could be read.
    var messageID: String?
    var order: String?
    var status: Status
    /// The state number of the order after an accepted fact.
    var state: Int?
    var problem: ItemProblem?

    init(invalid problem: FactProblem, json: JSON? = nil) {
        messageID = json?["id"]?.string
        order = json?["order"]?.string
        status = .invalid
        self.problem = ItemProblem(
            code: "HY-2101", detail: problem.path.isEmpty ? problem.message : "\(problem.path) \(problem.message)",
            advice: "Correct the fact and send it again with the same id.", path: problem.path)
    }

    /// The sender may not speak for the source.
    init(foreignSource fact: Fact) {
        messageID = fact.messageID
        order = fact.order
        status = .invalid
        problem = ItemProblem(
            code: "HY-2105", detail: "source \(fact.source) is not one that this token may speak for.",
            advice: "Use the name of your own system, or have it added to the token's sources.", path: "source")
    }

    init(_ receipt: FactReceipt, of fact: Fact) {
        messageID = fact.messageID
        order = fact.order
        switch receipt {
        case .accepted(let state):
            status = .accepted
            self.state = state
        case .duplicate: status = .duplicate
        case .conflicting:
            status = .conflict
            problem = ItemProblem(
                code: "HY-2102", detail: "Another message with this source and id was recorded before.",
                advice: "Give each message an id of its own; repeat a message byte for byte.")
        case .refused(let refusal):
            status = .refused
            problem = ItemProblem(
                code: "HY-2103", detail: refusal.text.english, advice: refusal.nextStep.english, reason: refusal.code)
        case .parked(let reason):
            status = .parked
            problem = ItemProblem(
                code: "HY-2104", detail: "The fact could not be applied and is kept for a person: \(reason)",
                advice: "Nothing to do for the sender; do not send it again.")
        }
    }

    var json: JSON {
        .compact([
            ("id", messageID.map { .string($0) } ?? .null), ("order", order.map { .string($0) } ?? .null),
            ("status", .string(status.rawValue)), ("state", .integer(state)), ("problem", problem?.json),
        ])
    }
}

/// Why a fact of a request was not accepted.
struct ItemProblem: Sendable {
    var code: String
    var detail: String
    var advice: String
    /// The place in the fact, as `data.lines[2].units`.
    var path = ""
    /// The stable word of a refusal.
    var reason = ""

    var json: JSON {
        .compact([
            ("code", .string(code)), ("path", path.isEmpty ? nil : .string(path)),
            ("reason", reason.isEmpty ? nil : .string(reason)), ("detail", .string(detail)),
            ("advice", .string(advice)),
        ])
    }
}
