import HydrantConnectorKit
package import HydrantCore
import HydrantStorage

/// A person at the desk wants to speak with a receiver.
package struct CallRequest: Sendable {
    /// The telephone system that is to make the call.
    package var system: String
    /// The agent's own telephone: an extension or a number.
    package var agent: Sensitive<String>
    package var person: String
    /// As the trail names the person.
    package var actor: String
    /// What the form is told apart by: the same form sent twice rings once. Empty where nobody says.
    package var once = ""

    package init(system: String, agent: Sensitive<String>, person: String, actor: String) {
        self.system = system
        self.agent = agent
        self.person = person
        self.actor = actor
    }
}

extension Hub {
    /// So many calls one person may ask for within ``callWindow``.
    package static let callsMaximum = 20
    package static let callWindow: Milliseconds = .minutes(10)

    /// The telephone systems that are connected, by name.
    package var telephones: [String] { dispatcher.telephones }

    /// Has a telephone system ring the agent and then the receiver of the order, and records that it was asked for, in
    /// the trail too.
    package func call(_ number: String, _ request: CallRequest) async throws -> ActionAnswer {
        guard let order = try await committer.order(number) else { return .unknown }
        let now = clock.now()
        let person = request.person
        let mark = request.once.isEmpty ? "\(now.milliseconds)" : request.once
        let clear = request.agent.open(reason: "sealed for the telephone system")
        let id = "c" + keyring.fingerprint("call:\(number):\(person):\(mark):\(request.system):\(clear)").prefix(24)
        if order.callWishes[id] != nil { return .doneBefore }
        if let refusal = try await refusal(of: order, request, now) { return .refused(refusal) }
        guard try await prepare(String(id), number, request, now) else { return .refused(Self.tooManyCalls) }
        let wish = CallWish(id: String(id), system: request.system, person: person)
        let facts = try deskFacts([.callAsked(wish)], order: number, person: person, name: "call:\(id)", at: now)
        let answer = self.answer(to: try await submitDeed(facts), repeats: true)
        if case .refused = answer {
            let key = "\(number)/\(id)"
            _ = try await store.transaction { try $0.deleteRecord(DeskRecord.calls.rawValue, key) }
        }
        return answer
    }

    /// Keeps the agent's telephone for the system, and writes the trail.
    ///
    /// - Returns: false where the person has asked for too many calls of late; then nothing is kept.
    private func prepare(
        _ id: String, _ number: String, _ request: CallRequest, _ now: Instant
    ) async throws -> Bool {
        let keyring = keyring
        let clear = request.agent.open(reason: "sealed for the telephone system")
        let record = try DeskRecord.calls.sealed(
            ["agent": .string(clear)], key: "\(number)/\(id)", keyring, at: now)
        let own = try DeskRecord.telephones.sealed(["agent": .string(clear)], key: request.person, keyring, at: now)
        let hidden = String(repeating: "*", count: max(0, clear.count - 2)) + clear.suffix(2)
        let time = stopwatch.now()
        let entry = AuditEntry(
            time: time, actor: request.actor, action: "receiver.called", object: "order:\(number)",
            detail: ["system": .string(request.system), "agent": .string(hidden)])
        return try await store.transaction { transaction in
            // The same form, sent twice at the same time: the call is on its way.
            if try transaction.record(record.collection, record.key) != nil { return true }
            guard try !Self.isTooMany(entry, in: transaction) else { return false }
            _ = try transaction.put(record, ifVersion: 0)
            let version = try transaction.record(own.collection, own.key)?.version ?? 0
            var own = own
            own.version = version + 1
            _ = try transaction.put(own, ifVersion: version)
            try transaction.appendAudit(entry, keyring)
            return true
        }
    }

    /// Whether the trail has as many of such entries as are allowed within the time that counts. It is read from its
    /// end, and only so far back.
    private static func isTooMany(_ entry: AuditEntry, in reader: any StoreReader) throws -> Bool {
        let filter = AuditFilter(actor: entry.actor, action: entry.action)
        var count = 0
        var before = Int64.max
        while true {
            let rows = try reader.auditRows(AuditFilter(), before: before, limit: 256)
            for row in rows {
                guard entry.time < row.entry.time + callWindow else { return false }
                if filter.admits(row.entry) { count += 1 }
                if count == callsMaximum { return true }
            }
            guard rows.count == 256, let last = rows.last else { return false }
            before = last.number
        }
    }

    /// The telephone from which a person called last; empty before the first call.
    package func agentTelephone(of person: String) async throws -> String {
        let record = try await store.read { try $0.record(DeskRecord.telephones.rawValue, person) }
        return record.flatMap { DeskRecord.open($0, keyring) }?["agent"]?.string ?? ""
    }

    private func refusal(
        of order: Order, _ request: CallRequest, _ now: Instant
    ) async throws -> Refusal? {
        guard telephones.contains(request.system) else {
            return Self.noCall(Text(chinese: "没有接入这个电话系统", english: "No such telephone system is connected"))
        }
        guard AgentTelephone.isFit(request.agent.open(reason: "its form is checked")) else {
            return Self.noCall(
                Text(chinese: "请填写您的分机号或电话号码", english: "Give your own extension or telephone number"))
        }
        guard !order.isCalling(at: now) else {
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

    private static let tooManyCalls = noCall(
        Text(
            chinese: "十分钟内已拨打 \(callsMaximum) 次", english: "You asked for \(callsMaximum) calls within ten minutes"))

    private static func noCall(_ text: Text) -> Refusal {
        Refusal(
            code: "callNotPossible", text: text,
            nextStep: Text(
                chinese: "也可以查看号码后用自己的电话拨打，并写下备注",
                english: "Or show the number, call it with your own telephone, and write a note"))
    }
}
