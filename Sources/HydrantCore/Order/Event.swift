/// What the hub recorded about an order because of a fact. Numbered per order from 1, never changed.
package struct Event: Hashable, Sendable {
    package var order: String
    package var number: Int
    /// The hub's clock.
    package var recordedAt: Instant
    /// The versions of the settings documents that decided it.
    package var settings: String
    package var body: Body

    package enum Body: Hashable, Sendable {
        case factRecorded(Fact)
        case stateReached(StateStamp)
        /// A late message moved the time of a state that was reached before; the state number does not change.
        case stateRestated(StateStamp)
        case instructionIssued(Instruction)
        case ruleDecided(Ruling)
        /// A person must do something. Again for an open task: its need has changed.
        case taskOpened(TaskNeed)
        /// Somebody said that it was dealt with, and its condition is still there.
        case taskReopened(id: String, Text)
        case taskClosed(id: String, TaskEnding)
    }

    package init(order: String, number: Int, recordedAt: Instant, settings: String, body: Body) {
        self.order = order
        self.number = number
        self.recordedAt = recordedAt
        self.settings = settings
        self.body = body
    }

    /// When it happened in the world: the fact's own time, or the time that the state was reached.
    package var happenedAt: Instant {
        switch body {
        case .factRecorded(let fact): fact.evidence.at
        case .stateReached(let stamp), .stateRestated(let stamp): stamp.at
        case .instructionIssued, .taskOpened, .taskReopened, .taskClosed: recordedAt
        case .ruleDecided(let ruling): ruling.occasion
        }
    }
}

extension Event {
    /// The storage name of each kind of event; the list may only grow.
    package static let names = [
        "fact.recorded", "state.reached", "state.restated", "instruction.issued", "rule.decided", "task.opened",
        "task.reopened", "task.closed",
    ]

    /// The name of a verdict.
    package static let ruleDecidedName = names[4]

    package var name: String {
        switch body {
        case .factRecorded: Event.names[0]
        case .stateReached: Event.names[1]
        case .stateRestated: Event.names[2]
        case .instructionIssued: Event.names[3]
        case .ruleDecided: Event.names[4]
        case .taskOpened: Event.names[5]
        case .taskReopened: Event.names[6]
        case .taskClosed: Event.names[7]
        }
    }

    /// The canonical form that is stored and that the hash chain covers.
    package var json: JSON {
        let content: JSON
        switch body {
        case .factRecorded(let fact): content = fact.json
        case .stateReached(let stamp), .stateRestated(let stamp): content = stamp.json
        case .instructionIssued(let instruction): content = instruction.json
        case .ruleDecided(let ruling): content = ruling.json
        case .taskOpened(let need): content = need.json
        case .taskReopened(let id, let reason): content = ["id": .string(id), "reason": reason.json]
        case .taskClosed(let id, let ending): content = ["id": .string(id), "ending": .string(ending.rawValue)]
        }
        return [
            "event": .string(name), "order": .string(order), "number": .integer(Int64(number)),
            "recordedAt": .integer(recordedAt.milliseconds), "settings": .string(settings), "content": content,
        ]
    }

    package init(json: JSON) throws(FactProblem) {
        let reader = try FieldReader(json, path: "")
        let name = try reader.text("event")
        let content = json["content"]
        let recordedAt = try reader.time("recordedAt")
        let body: Body
        switch name {
        case Event.names[0]: body = .factRecorded(try Fact(json: content ?? .null, receivedAt: recordedAt))
        case Event.names[1]: body = .stateReached(try StateStamp(try FieldReader(content, path: "content")))
        case Event.names[2]: body = .stateRestated(try StateStamp(try FieldReader(content, path: "content")))
        case Event.names[3]: body = .instructionIssued(try Instruction(try FieldReader(content, path: "content")))
        case Event.names[4]: body = .ruleDecided(try Ruling(try FieldReader(content, path: "content")))
        default: body = try Body(ofTask: name, reader)
        }
        self.init(
            order: try reader.text("order"), number: Int(try reader.integer("number", in: 1...Int64.max)),
            recordedAt: recordedAt, settings: try reader.optionalText("settings") ?? "", body: body)
    }
}

extension Event.Body {
    fileprivate init(ofTask name: String, _ reader: FieldReader) throws(FactProblem) {
        guard Event.names.contains(name) else { throw reader.problem("event", "unknown event \(name)") }
        let content = try FieldReader(reader.json["content"], path: "content")
        switch name {
        case Event.names[5]: self = .taskOpened(try TaskNeed(content))
        case Event.names[6]:
            self = .taskReopened(id: try content.text("id", maximum: 300), try content.sentence("reason"))
        case Event.names[7]:
            self = .taskClosed(
                id: try content.text("id", maximum: 300), try content.choice("ending", TaskEnding.self))
        default: throw reader.problem("event", "unknown event \(name)")
        }
    }
}

extension StateStamp {
    var json: JSON {
        [
            "number": .integer(Int64(number)), "at": .integer(at.milliseconds), "inferred": .bool(isInferred),
            "proof": .array(
                proof.map {
                    [
                        "at": .integer($0.at.milliseconds), "timed": .bool($0.isTimed), "source": .string($0.source),
                        "id": .string($0.messageID),
                    ]
                }),
        ]
    }

    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            number: Int(try data.integer("number", in: 1...7)), at: try data.time("at"),
            isInferred: try data.flag("inferred", default: false),
            proof: try data.list("proof") { (item) throws(FactProblem) in
                Evidence(
                    at: try item.time("at"), isTimed: try item.flag("timed", default: true),
                    source: try item.text("source"), messageID: try item.text("id"))
            })
    }
}
