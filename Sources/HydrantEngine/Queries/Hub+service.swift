import HydrantConnectorKit
package import HydrantCore
import HydrantStorage

/// What became of something that a person did on an order's page.
package enum ActionAnswer: Sendable {
    case done
    case refused(Refusal)
    /// No fact ever named the order.
    case unknown
}

extension Hub {
    /// Does what a person asked for, as facts that `person:NAME` tells; what was typed as a reason is kept without the
    /// telephone numbers in it.
    ///
    /// - Parameter receiver: the new receiver, for ``OrderAction/changeReceiver``.
    package func act(
        _ request: ActionRequest, on number: String, receiver: Sensitive<Receiver>? = nil
    ) async throws -> ActionAnswer {
        guard let order = try await committer.order(number) else { return .unknown }
        var request = request
        request.reason = withoutPeople(request.reason)
        // Of two words in one millisecond the second one counts.
        if let last = order.tickets.entry(request.target)?.evidence.at { request.now = max(request.now, last + 1) }
        let bodies: [FactBody]
        do throws(Refusal) {
            bodies = try order.consequences(of: request)
        } catch {
            return .refused(error)
        }
        let name = "\(request.action.rawValue):\(request.now.milliseconds)"
        var facts: [IncomingFact] = []
        if request.action == .changeReceiver, let receiver {
            facts.append(try changed(receiver, number, name, request))
        }
        facts += try deskFacts(bodies, order: number, person: request.person, name: name, at: request.now)
        return try await answer(to: submit(facts))
    }

    /// A receiver in clear goes the way of every message, which seals it.
    private func changed(
        _ receiver: Sensitive<Receiver>, _ number: String, _ name: String, _ request: ActionRequest
    ) throws -> IncomingFact {
        let clear = receiver.open(reason: "sealed as the order's new receiver")
        return try intake.read(
            [
                "kind": .string(FactKind.receiverChanged.rawValue), "source": .string("person:\(request.person)"),
                "id": .string("\(name):receiver"), "order": .string(number), "occurredAt": .string(request.now.text),
                "data": ["receiver": clear.json],
            ], receivedAt: request.now)
    }

    /// Facts of a person at the desk.
    func deskFacts(
        _ bodies: [FactBody], order: String, person: String, name: String, at now: Instant
    ) throws -> [IncomingFact] {
        try bodies.enumerated().map { index, body in
            try intake.seal(
                Fact(
                    source: "person:\(person)", messageID: "\(name):\(index)", order: order, occurredAt: now,
                    receivedAt: now, body: body))
        }
    }

    func answer(to receipts: [FactReceipt]) -> ActionAnswer {
        for receipt in receipts {
            if case .refused(let refusal) = receipt { return .refused(refusal) }
        }
        return .done
    }
}
