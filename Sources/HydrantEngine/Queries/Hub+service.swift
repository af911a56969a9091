import HydrantConnectorKit
package import HydrantCore
import HydrantStorage

/// What became of something that a person did on an order's page.
package enum ActionAnswer: Sendable {
    case done
    /// The same form was sent before, and did it.
    case doneBefore
    case refused(Refusal)
    /// No fact ever named the order.
    case unknown
}

extension Hub {
    /// Does what a person asked for, as facts that `person:NAME` or `machine:NAME` tells; what was typed as a reason is
    /// kept without the telephone numbers in it.
    ///
    /// - Parameter receiver: the new receiver, for ``OrderAction/changeReceiver``.
    package func act(
        _ request: ActionRequest, on number: String, receiver: Sensitive<Receiver>? = nil
    ) async throws -> ActionAnswer {
        guard let order = try await committer.order(number) else { return .unknown }
        var request = request
        request.reason = withoutPeople(request.reason)
        request.dispatch = settings.dispatch
        // The same form with the same content is the same deed.
        if !request.once.isEmpty { request.once += "-" + digest(of: request, receiver) }
        let name = "\(request.action.rawValue):\(fnv1a(Array(number.utf8))):\(request.mark)"
        if !request.once.isEmpty, order.hasHeard(name, from: request.person) { return .doneBefore }
        // Of two words in one millisecond the second one counts.
        if let last = order.tickets.entry(request.target)?.evidence.at { request.now = max(request.now, last + 1) }
        let bodies: [FactBody]
        do throws(Refusal) {
            bodies = try order.consequences(of: request)
        } catch {
            return .refused(error)
        }
        if let refusal = try await obstacle(toNumbersIn: bodies, of: order) { return .refused(refusal) }
        var facts: [IncomingFact] = []
        if request.action == .changeReceiver, let receiver {
            facts.append(try changed(receiver, number, name, request))
        }
        facts += try deskFacts(bodies, order: number, person: request.person, name: name, at: request.now)
        return try await answer(to: submitDeed(facts), repeats: !request.once.isEmpty)
    }

    /// What tells two contents of one form apart, without showing anything of them.
    private func digest(of request: ActionRequest, _ receiver: Sensitive<Receiver>?) -> String {
        let parts: [JSON] = [
            .string(request.target), .string(request.reason), .integer(request.amountMinor ?? -1),
            .integer(request.hours ?? -1), .bool(request.isExchange), .string(request.linkedOrder),
            receiver?.open(reason: "told apart by its fingerprint").json ?? .null,
            .string(request.courier), .string(request.trackingNumber),
            .string(request.lines.map { $0.map { "\($0.line)×\($0.units)" }.joined(separator: ",") } ?? ""),
        ]
        let text = String(decoding: JSON.array(parts).bytes, as: UTF8.self)
        return String(keyring.fingerprint("deed:\(request.action.rawValue):\(text)").prefix(8))
    }

    /// A receiver in clear goes the way of every message, which seals it.
    private func changed(
        _ receiver: Sensitive<Receiver>, _ number: String, _ name: String, _ request: ActionRequest
    ) throws -> IncomingFact {
        let clear = receiver.open(reason: "sealed as the order's new receiver")
        return try intake.read(
            [
                "kind": .string(FactKind.receiverChanged.rawValue),
                "source": .string(ActorName.source(of: request.person)),
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
                    source: ActorName.source(of: person), messageID: "\(name):\(index)", order: order, occurredAt: now,
                    receivedAt: now, body: body))
        }
    }

    /// - Parameter repeats: whether the messages' names say what they hold, so that another time under the same name
    ///   is the same deed once more.
    func answer(to receipts: [FactReceipt], repeats: Bool) -> ActionAnswer {
        if repeats, receipts.first == .conflicting || receipts.first == .duplicate { return .doneBefore }
        for receipt in receipts { if let refusal = receipt.refusal { return .refused(refusal) } }
        return .done
    }
}

extension Order {
    /// Whether a person's deed of this name was recorded.
    fileprivate func hasHeard(_ name: String, from person: String) -> Bool {
        let source = ActorName.source(of: person)
        return messages.contains(MessageName(source: source, id: "\(name):0"))
    }
}
