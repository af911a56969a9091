import HydrantConnectorKit
package import HydrantCore
import HydrantStorage

extension Hub {
    /// The telephone systems that are connected, by name.
    package var telephones: [String] { dispatcher.telephones }

    /// Has a telephone system ring the agent and then the receiver of the order, and records that it was asked for.
    ///
    /// - Parameter agent: the agent's own telephone: an extension or a number.
    package func call(
        _ number: String, through system: String, agent: Sensitive<String>, person: String
    ) async throws -> ActionAnswer {
        guard let order = try await committer.order(number) else { return .unknown }
        let now = clock.now()
        if let refusal = try await refusal(of: order, system, agent, now) { return .refused(refusal) }
        let id =
            "c" + keyring.fingerprint("call:\(number):\(person):\(now.milliseconds):\(order.calls.count)").prefix(24)
        let clear = agent.open(reason: "sealed for the telephone system")
        let key = "\(number)/\(id)"
        let record = try DeskRecord.calls.sealed(["agent": .string(clear)], key: key, keyring, at: now)
        let own = try DeskRecord.telephones.sealed(["agent": .string(clear)], key: person, keyring, at: now)
        try await store.transaction { transaction in
            _ = try transaction.put(record, ifVersion: 0)
            let version = try transaction.record(own.collection, own.key)?.version ?? 0
            var own = own
            own.version = version + 1
            _ = try transaction.put(own, ifVersion: version)
        }
        let wish = CallWish(id: String(id), system: system, person: person)
        let facts = try deskFacts([.callAsked(wish)], order: number, person: person, name: "call:\(id)", at: now)
        return try await answer(to: submit(facts))
    }

    /// The telephone from which a person called last; empty before the first call.
    package func agentTelephone(of person: String) async throws -> String {
        let record = try await store.read { try $0.record(DeskRecord.telephones.rawValue, person) }
        return record.flatMap { DeskRecord.open($0, keyring) }?["agent"]?.string ?? ""
    }

    private func refusal(
        of order: Order, _ system: String, _ agent: Sensitive<String>, _ now: Instant
    ) async throws -> Refusal? {
        guard telephones.contains(system) else {
            return Self.noCall(Text(chinese: "没有接入这个电话系统", english: "No such telephone system is connected"))
        }
        guard AgentTelephone.isFit(agent.open(reason: "its form is checked")) else {
            return Self.noCall(
                Text(chinese: "请填写您的分机号或电话号码", english: "Give your own extension or telephone number"))
        }
        guard !order.calls.contains(where: { !$0.isOver && now < $0.begin + CallWish.lifetime }) else {
            return Self.noCall(Text(chinese: "这个订单正在通话中", english: "A call of this order is under way"))
        }
        guard let reference = order.receiver?.value, let receiver = try await receiver(reference),
            DialledNumber(receiver.open(reason: "its form is checked").phone) != nil
        else {
            return Self.noCall(
                Text(
                    chinese: "没有可拨打的号码：平台可能隐藏了号码，请在平台后台联系客户",
                    english: "There is no number to call: the platform may hide it; reach the customer there"))
        }
        return nil
    }

    private static func noCall(_ text: Text) -> Refusal {
        Refusal(
            code: "callNotPossible", text: text,
            nextStep: Text(
                chinese: "也可以查看号码后用自己的电话拨打，并写下备注",
                english: "Or show the number, call it with your own telephone, and write a note"))
    }
}
