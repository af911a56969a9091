/// The flow of orders as data: which condition proves each state, who reports it, how long an order may stay, and what
/// the hub asks for when a state is reached. ``Flow/default`` is the built-in one.
package struct Flow: Hashable, Sendable {
    /// One of the seven states.
    package struct Step: Hashable, Sendable {
        package var number: Int
        /// False where no connected system reports the state: it is then inferred from a later proof.
        package var isReported: Bool
        /// How long an order may stay in this state: working time where its warehouse has a calendar.
        package var dwellLimit: Milliseconds

        package init(number: Int, isReported: Bool = true, dwellLimit: Milliseconds = .hours(2)) {
            self.number = number
            self.isReported = isReported
            self.dwellLimit = dwellLimit
        }
    }

    /// "When this state is reached, ask that system."
    package struct Request: Hashable, Sendable {
        package var afterState: Int
        package var kind: InstructionKind
        package var system: String
        /// For `customer.notify`: the message.
        package var touchpoint: Touchpoint?

        package init(afterState: Int, kind: InstructionKind, system: String, touchpoint: Touchpoint? = nil) {
            self.afterState = afterState
            self.kind = kind
            self.system = system
            self.touchpoint = touchpoint
        }
    }

    /// Steps 0 (placed) to 7, in order.
    package var steps: [Step]
    package var requests: [Request]

    package init(steps: [Step], requests: [Request] = []) {
        precondition(steps.map(\.number) == Array(0...7), "steps \(steps.map(\.number)) must be 0 to 7")
        self.steps = steps
        self.requests = requests
    }

    /// All seven states reported, nothing asked for: a hub that only watches.
    package static let watching = Flow(steps: standardSteps)

    private static let standardSteps = (0...7).map { number in
        Step(number: number, dwellLimit: number == 5 ? .hours(72) : number == 6 ? .hours(24) : .hours(2))
    }

    /// Whether an order can be expected to prove this state by a message of its own.
    package func isReported(_ state: Int) -> Bool { steps[state].isReported }

    /// The last state that any connected system reports: whoever is there has nothing more to wait for.
    package var lastReportedState: Int { steps.last { $0.number > 0 && $0.isReported }?.number ?? 0 }

    package func asks(_ kind: InstructionKind) -> Bool { requests.contains { $0.kind == kind } }
}

/// How far each status word of each outside system may reach: the mapping table of the operations manager.
package struct WordTable: Hashable, Sendable {
    /// The lowest and the highest state that an order with this word can be in.
    package struct Range: Hashable, Sendable {
        package var lowest: Int
        package var highest: Int

        package init(lowest: Int, highest: Int) {
            self.lowest = lowest
            self.highest = highest
        }

        package func contains(_ state: Int) -> Bool { lowest <= state && state <= highest }
    }

    /// By system, then by word, as the document of the settings has it.
    package var systems: [String: [String: Range]]
    /// By system, then by word: what people have added. Where the document has the word, it alone counts.
    package var mapped: [String: [String: Range]] = [:]

    package init(systems: [String: [String: Range]] = [:]) { self.systems = systems }

    /// What the table says of a word; nil is unmapped, and an unmapped word is never guessed.
    package func range(of word: String, from system: String) -> Range? {
        systems[system]?[word] ?? mapped[system]?[word]
    }
}

/// Everything that decisions depend on beside the order and the fact.
package struct Settings: Hashable, Sendable {
    /// Names the documents and their versions; written into every event.
    package var version: String
    package var flow: Flow
    /// When warehouses work; a warehouse without one works always.
    package var calendars: [WorkCalendar] = []
    package var words: WordTable
    /// Returned orders in thousandths above which the risk rule blocks.
    package var returnRateLimitPermille: Int
    /// How long two systems may disagree before it is wrong.
    package var grace: Milliseconds
    /// Difference of amounts that is not yet a mismatch, in minor units.
    package var amountToleranceMinor: Int64
    package var health: HealthSettings
    package var dispatch = DispatchSettings()
    package var freight = FreightSettings()
    /// Who is told when a changed receiver is verified.
    package var told: [ToldSystem] = []
    /// The systems that can be asked; nil where nobody is asked anything, as when a database is only looked at.
    package var connected: Set<String>?
    /// The interceptors.
    package var rules = RuleSet()

    package init(
        version: String = Settings.builtInVersion, flow: Flow = .watching, words: WordTable = WordTable(),
        health: HealthSettings = HealthSettings()
    ) {
        self.version = version
        self.flow = flow
        self.words = words
        self.returnRateLimitPermille = 400
        self.grace = .minutes(5)
        self.amountToleranceMinor = 5
        self.health = health
    }

    /// What events say decided them where nobody named a document.
    package static let builtInVersion = "default-1"

    /// Whether nobody named a document: the hub only watches.
    package var isBuiltIn: Bool {
        version == Self.builtInVersion && flow == .watching && words.systems.isEmpty && calendars.isEmpty
            && dispatch == DispatchSettings()
    }

    package func isConnected(_ system: String) -> Bool { connected?.contains(system) ?? true }
}
