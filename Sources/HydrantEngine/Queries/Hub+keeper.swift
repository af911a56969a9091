package import HydrantCore
import HydrantStorage

/// What a keeper is shown who opens the link of a text: enough to find the parcel on the shelf, and nothing that names
/// the customer in clear.
package struct KeeperForm: Sendable {
    package struct Item: Hashable, Sendable {
        package var name: String
        package var units: Int
    }

    package var order: String
    package var parcel: String
    /// Masked; nil where the order has none.
    package var receiver: Receiver?
    package var area: String
    package var items: [Item]
    /// The courier that was meant to carry the parcel; empty where it is not known.
    package var courier: String
    /// The couriers that can be chosen, by their names in the settings, with their names for screens.
    package var couriers: [(id: String, name: String)]
    package var expiresAt: Instant?
    /// The instruction that asked: what is typed is typed once for it.
    fileprivate var instruction: String
}

/// What became of a number that a keeper typed.
package enum KeeperAnswer: Sendable {
    case taken(number: String, courier: String)
    /// The number cannot be right; the form is shown again.
    case wrong(Refusal)
    /// Somebody else typed another number at the same moment.
    case tooLate
}

extension Hub {
    /// The form of a code; nil when there is none, when it was used, and when its time is over.
    package func keeperForm(code: String) async throws -> KeeperForm? {
        guard (8...40).contains(code.utf8.count) else { return nil }
        let hash = intake.keeperCodeHash(code)
        guard let found = try await store.read({ try $0.parcel(keeperCode: hash) }),
            found.row.standing.dueAt.map({ clock.now() < $0 }) ?? true,
            let order = try await committer.order(found.order),
            let asked = order.keeperAsked(for: found.row.standing.parcel)
        else { return nil }
        return try await form(of: order, found.row.standing, asked)
    }

    private func form(of order: Order, _ standing: ParcelStanding, _ asked: Instruction) async throws -> KeeperForm {
        let reference = order.receiver?.value
        var receiver: Receiver?
        if let reference, let sealed = try await store.read({ try $0.sealedReceiver(reference.id) }) {
            receiver = try intake.open(sealed, id: reference.id).open(reason: "masked for the keeper's form").masked
        }
        let packed = order.parcel(standing.parcel)?.contents.items ?? []
        let units = Dictionary(packed.map { ($0.line, $0.units) }, uniquingKeysWith: +)
        let items = order.lines.values.compactMap { line -> KeeperForm.Item? in
            guard let count = units.isEmpty ? line.units : units[line.id] else { return nil }
            return KeeperForm.Item(name: line.name.isEmpty ? line.sku : line.name, units: count)
        }
        let couriers = settings.dispatch.couriers.map { (id: $0.key, name: $0.value.name) }.sorted { $0.id < $1.id }
        return KeeperForm(
            order: order.number, parcel: standing.parcel, receiver: receiver, area: reference?.area ?? "",
            items: items, courier: standing.courier, couriers: couriers, expiresAt: standing.dueAt,
            instruction: asked.key)
    }

    /// Takes in what a keeper typed: the number, and that a person had to type it.
    package func type(_ text: String, courier: String, into form: KeeperForm) async throws -> KeeperAnswer {
        let typed: TypedNumber
        do throws(Refusal) {
            typed = try TypedNumber(text, courier: courier, settings: settings.dispatch)
        } catch {
            return .wrong(error)
        }
        let now = clock.now()
        let tracking = Tracking(
            parcel: form.parcel, courier: typed.courier, channel: "keeper", number: typed.number)
        if let order = try await committer.order(form.order),
            let refusal = try await obstacle(toNumbersIn: [.trackingReported(tracking)], of: order)
        {
            return .wrong(refusal)
        }
        let bodies: [(String, FactBody)] = [
            ("number", .trackingReported(tracking)),
            ("decision", .decisionMade(Decision(person: "keeper", cause: "typed the number of \(form.parcel)"))),
        ]
        let facts = try bodies.map { name, body in
            try intake.seal(
                Fact(
                    source: "keeper", messageID: "\(name):\(form.instruction)", order: form.order, occurredAt: now,
                    receivedAt: now, body: body))
        }
        switch try await submit(facts).first {
        case .accepted, .duplicate: return .taken(number: typed.number, courier: typed.courier)
        case .refused(let refusal): return .wrong(refusal)
        default: return .tooLate
        }
    }
}
