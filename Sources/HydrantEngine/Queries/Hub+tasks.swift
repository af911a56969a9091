internal import HydrantConnectorKit
package import HydrantCore
package import HydrantStorage

extension Hub {
    /// The queue of tasks: the gravest first, of these the one that is due first.
    ///
    /// - Parameter limit: at most so many.
    package func tasks(_ filter: TaskFilter, after place: TaskPlace = .begin, limit: Int) async throws -> TaskPage {
        let now = clock.now()
        return try await store.read { reader in
            let found = try reader.tasks(filter, after: place, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            return TaskPage(
                asOf: now, filter: filter, tasks: shown, counts: try reader.taskCounts(dueBy: now),
                next: found.count > limit ? shown.last?.place : nil)
        }
    }

    /// Takes, hands over or puts off a task.
    package func move(_ command: TaskCommand, _ step: TaskMove.Step) async throws -> TaskAnswer {
        try await record(command, [], step)
    }

    /// Takes in the answers of a task's form: what they mean as facts, then that a person dealt with it. Whether it is
    /// done is found out by looking again.
    ///
    /// - Parameter byProgram: an answer to a question that the form does not have is then told; a page that was open
    ///   since the form was another one has it left out.
    package func resolve(
        _ command: TaskCommand, _ resolution: TaskResolution, byProgram: Bool = false
    ) async throws -> TaskAnswer {
        guard let order = try await committer.order(command.order), let task = order.standingTask(command.task) else {
            return .unknown
        }
        if byProgram, let refusal = task.need.refusalOfOthers(than: resolution.answers) { return .refused(refusal) }
        var resolution = resolution.withoutPeople(task.need.fields, settings.dispatch)
        let bodies: [FactBody]
        do throws(Refusal) {
            // What was answered to a question that is not asked is recorded nowhere.
            let counted = try task.need.counted(resolution.answers)
            if counted["note"] == nil, resolution.answers["note"] == resolution.note { resolution.note = "" }
            resolution.answers = counted
            bodies = try order.consequences(of: resolution.answers, to: task, settings)
        } catch {
            return .refused(error)
        }
        if let refusal = try await obstacle(toNumbersIn: bodies, of: order) { return .refused(refusal) }
        return try await record(command, bodies, .resolved(resolution))
    }

    private func record(
        _ command: TaskCommand, _ bodies: [FactBody], _ step: TaskMove.Step
    ) async throws -> TaskAnswer {
        guard let order = try await committer.order(command.order), order.standingTask(command.task) != nil else {
            return .unknown
        }
        // Of two clicks in one millisecond the second one counts.
        let last = order.taskHands.entry(command.task)?.evidence.at
        let now = max(clock.now(), last.map { $0 + 1 } ?? clock.now())
        let move = TaskMove(task: command.task, person: command.person, step: step.withoutPeople)
        let name = "\(move.kind.rawValue):\(now.milliseconds):\(fnv1a(Array("\(command.order)/\(command.task)".utf8)))"
        let facts = try (bodies + [.taskMoved(move)]).enumerated().map { index, body in
            try intake.seal(
                Fact(
                    source: ActorName.source(of: command.person), messageID: "\(name):\(index)", order: command.order,
                    occurredAt: now, receivedAt: now, body: body))
        }
        for receipt in try await submitDeed(facts, answering: command.task) {
            if let refusal = receipt.refusal { return .refused(refusal) }
        }
        guard case .resolved = step else { return .moved }
        guard let left = try await committer.order(command.order)?.standingTask(command.task) else { return .closed }
        return .stillThere(left.need.reason)
    }
}

extension TaskMove.Step {
    /// The step without the telephone numbers in what was typed; a resolution has lost them before.
    fileprivate var withoutPeople: TaskMove.Step {
        switch self {
        case .taken, .resolved: self
        case .handedOver(let owner, let note): .handedOver(to: owner, note: HydrantConnectorKit.withoutPeople(note))
        case .snoozed(let until, let reason):
            .snoozed(until: until, reason: HydrantConnectorKit.withoutPeople(reason))
        }
    }
}

extension TaskResolution {
    /// What was answered without telephone numbers. Choices, numbers and tracking numbers stay as they are.
    fileprivate func withoutPeople(_ fields: [TaskField], _ settings: DispatchSettings) -> TaskResolution {
        var answers: [String: String] = [:]
        for (name, answer) in self.answers {
            let field = fields.first { $0.name == name }
            if let field, field.keeps(answer, settings) {
                answers[name] = answer
            } else {
                let known = field?.name ?? HydrantConnectorKit.withoutPeople(name)
                answers[known] = HydrantConnectorKit.withoutPeople(answer)
            }
        }
        return TaskResolution(answers: answers, note: HydrantConnectorKit.withoutPeople(note), minutes: minutes)
    }
}

extension TaskField {
    /// Whether an answer is one of the options, a number, a tracking number where one is asked for, or what stood there
    /// from the start.
    fileprivate func keeps(_ answer: String, _ settings: DispatchSettings) -> Bool {
        if prefill.contains(where: { $0.value == answer }) { return true }
        return switch kind {
        case .choice: options.contains { $0.value == answer }
        case .number: Int64(answer) != nil
        case .money: FormNumber.hundredths(answer) != nil
        case .text where name == Order.refundReference: Order.isRefundReference(answer)
        case .text:
            name == "number" && !answer.contains { $0.isWhitespace }
                && (try? TypedNumber(answer, courier: "", settings: settings))?.number.hasPrefix("861") == false
        }
    }
}
