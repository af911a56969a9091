internal import HydrantCore

/// The keys that mapping documents and settings documents share.
let settingsKeys = ["flow", "calendars", "words", "grace", "tolerance", "riskLimit", "health"]

/// Reads the flow, the words and the limits.
struct SettingsReader {
    /// - Parameter version: the name and version of the document, written into every event.
    func settings(_ group: DocumentGroup, version: String) -> Settings {
        var settings = Settings(version: version)
        if let flow = group["flow"] { settings.flow = self.flow(flow) }
        if let calendars = group["calendars"] { settings.calendars = CalendarReader().calendars(calendars) }
        if let words = group["words"] { settings.words = self.words(words) }
        if let grace = group["grace"]?.duration() { settings.grace = grace }
        if let tolerance = group["tolerance"].flatMap(amount) { settings.amountToleranceMinor = tolerance }
        if let share = group["riskLimit"]?.share() { settings.returnRateLimitPermille = Int((share * 1_000).rounded()) }
        if let health = group["health"] { settings.health = self.health(health) }
        if let dispatch = group["dispatch"] { settings.dispatch = DispatchReader().dispatch(dispatch) }
        if let freight = group["freight"] { settings.freight = PlaybookReader().freight(freight) }
        if let playbooks = group["playbooks"] { settings.told = PlaybookReader().told(playbooks) }
        return settings
    }

    private func amount(_ value: DocumentValue) -> Int64? {
        guard let text = value.text() else { return nil }
        if let amount = DecimalText(text.utf8, separator: 0x2E)?.scaled(decimals: 2), amount >= 0 { return amount }
        value.problem("must be an amount like 0.05, is “\(text)”")
        return nil
    }

    // MARK: - Flow

    private func flow(_ value: DocumentValue) -> Flow {
        var flow = Flow.watching
        guard let group = value.group(allowed: ["reported", "dwell", "requests"]) else { return flow }
        if let reported = group["reported"] { readReported(reported, into: &flow) }
        if let dwell = group["dwell"] { readDwell(dwell, into: &flow) }
        if let requests = group["requests"]?.items() { flow.requests = requests.compactMap(request) }
        return flow
    }

    private func readReported(_ value: DocumentValue, into flow: inout Flow) {
        if value.isText, value.text() == "all" { return }
        guard value.isList, let items = value.items() else {
            value.problem("must be “all” or a list of the states that a connected system reports")
            return
        }
        let reported = Set(items.compactMap { state($0, from: 1) })
        for number in StateNumber.all { flow.steps[number].isReported = reported.contains(number) }
    }

    private func readDwell(_ value: DocumentValue, into flow: inout Flow) {
        guard let members = value.members() else { return }
        for (name, _, limit) in members where name == "default" {
            guard let length = limit.duration() else { continue }
            for number in 0...7 { flow.steps[number].dwellLimit = length }
        }
        for (name, key, limit) in members where name != "default" {
            guard let number = stateNumber(name) else {
                key.problem(notAllowed("unknown state", name, allowed: ["default"] + stateWords))
                continue
            }
            if let length = limit.duration() { flow.steps[number].dwellLimit = length }
        }
    }

    private static let ownKinds: Set<InstructionKind> = [
        .voidWaybill, .findWaybill, .readdressWaybill, .askKeeper, .placeCall, .repriceFreight, .tellReceiver,
    ]

    private func request(_ value: DocumentValue) -> Flow.Request? {
        guard let group = value.group(allowed: ["after", "ask", "of", "message"], required: ["after", "ask", "of"]),
            let after = group["after"], let kind = group["ask"]?.choice(InstructionKind.self),
            let system = group["of"]?.name()
        else { return nil }
        if kind == .cancelDelivery {
            guard after.text() == "cancellation" else {
                after.problem("delivery.cancel is asked for after: cancellation")
                return nil
            }
            return Flow.Request(afterState: 0, kind: kind, system: system)
        }
        guard !Self.ownKinds.contains(kind) else {
            group["ask"]?.problem(
                "\(kind.rawValue) is asked for by the hub itself, as the chains under dispatch need it")
            return nil
        }
        guard let number = state(after, from: 0) else { return nil }
        let message = group["message"]?.choice(Touchpoint.self)
        if (kind == .notifyCustomer) != (group["message"] != nil) {
            value.problem(
                "a message (\(Touchpoint.allCases.map(\.rawValue).joined(separator: ", "))) goes with "
                    + "customer.notify and with nothing else")
            return nil
        }
        return Flow.Request(afterState: number, kind: kind, system: system, touchpoint: message)
    }

    // MARK: - Words

    private func words(_ value: DocumentValue) -> WordTable {
        var table = WordTable()
        for (system, _, words) in value.members() ?? [] {
            var ranges: [String: WordTable.Range] = [:]
            for (word, _, range) in words.members() ?? [] { ranges[word] = self.range(range) }
            table.systems[system] = ranges
        }
        return table
    }

    /// One state, two states as the lowest and the highest, or `any`.
    private func range(_ value: DocumentValue) -> WordTable.Range? {
        if value.isText, value.text() == "any" { return WordTable.Range(lowest: 0, highest: 7) }
        let items = value.itemsOrOne()
        guard (1...2).contains(items.count), value.isList || value.isText else {
            value.problem("must be one state, two states [lowest, highest], or any")
            return nil
        }
        let numbers = items.compactMap { state($0, from: 0) }
        guard numbers.count == items.count, let lowest = numbers.first, let highest = numbers.last else { return nil }
        guard lowest <= highest else {
            value.problem("the lowest state \(lowest) stands above the highest state \(highest)")
            return nil
        }
        return WordTable.Range(lowest: lowest, highest: highest)
    }

    // MARK: - States

    private var stateWords: [String] { stateNames.map(\.identifier) }

    private func stateNumber(_ text: String) -> Int? {
        stateNames.firstIndex { $0.identifier == text || $0.text.chinese == text }
    }

    /// A state by its number, its English identifier or its Chinese name.
    private func state(_ value: DocumentValue, from lowest: Int) -> Int? {
        guard let text = value.text() else { return nil }
        if let number = stateNumber(text) ?? Int(text), (lowest...7).contains(number) { return number }
        let allowed = stateNames[lowest...].enumerated().map { "\($0 + lowest) \($1.identifier)" }
        let suggestion = closestWord(to: text, among: stateWords).map { " Did you mean “\($0)”?" } ?? ""
        value.problem("unknown state “\(text)”.\(suggestion) Allowed: \(allowed.joined(separator: ", "))")
        return nil
    }

    // MARK: - Health

    private func health(_ value: DocumentValue) -> HealthSettings {
        var settings = HealthSettings()
        guard let group = value.group(allowed: ["window", "alertLines", "weights"]) else { return settings }
        if let window = group["window"]?.duration() { settings.window = window }
        for (dimension, line) in dimensions(group["alertLines"]) {
            if let share = line.share() { settings.alertLines[dimension] = share }
        }
        for (dimension, weight) in dimensions(group["weights"]) {
            if let number = weight.whole(in: 0...100) { settings.weights[dimension] = Double(number) }
        }
        return settings
    }

    private func dimensions(_ value: DocumentValue?) -> [(HealthDimension, DocumentValue)] {
        (value?.members() ?? []).compactMap { name, key, inner in
            if let dimension = HealthDimension(rawValue: name) { return (dimension, inner) }
            key.problem(notAllowed("unknown figure", name, allowed: HealthDimension.allCases.map(\.rawValue)))
            return nil
        }
    }
}
