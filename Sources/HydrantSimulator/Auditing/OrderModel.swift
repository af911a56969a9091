import HydrantCore

/// The auditor's own idea of how far an order got: read from the documents of its facts, by the conditions of the
/// product description and without the hub's code for them.
struct OrderModel {
    /// What broke a rule.
    struct Problem: Equatable {
        var rule: String
        var sentence: String
    }

    private var payable: Int64?
    private var units: [String: Int64] = [:]
    private var paid: [String: Int64] = [:]
    private var isCreditGood = false
    private var isLocked = false
    private var contents: [String: [String: Int64]] = [:]
    private var numbered: Set<String> = []
    private var signed: Set<String> = []
    private var hasWarranty = false
    private(set) var isCancelled = false
    /// Sender and number of every message that was recorded.
    private(set) var messages: [(source: String, id: String)] = []
    /// What events broke.
    private(set) var problems: [Problem] = []
    private var lastState = 0
    /// When each message says that it happened.
    private var times: [[String]: Int64] = [:]
    /// Since when each state is reached, by its number; the order's own time for 0.
    private var since: [Int: Int64] = [:]
    private var reasons = HoldModel()
    private var asked: Set<String> = []

    init(documents: [JSON]) {
        for document in documents {
            guard let content = document["content"] else { continue }
            switch document["event"]?.string {
            case "fact.recorded": record(content)
            case "state.reached": reach(content)
            case "state.restated": compareTime(of: content)
            case "instruction.issued": issue(content)
            default: break
            }
        }
        if isCancelled, asked.contains("delivery.create"), !asked.contains("delivery.cancel") {
            note("cancelled-orders-stop", "the warehouse was not told")
        }
    }

    private mutating func note(_ rule: String, _ sentence: String) {
        problems.append(Problem(rule: rule, sentence: sentence))
    }

    /// The state that the facts amount to.
    var state: Int {
        let isPaid = payable.map { paid.values.reduce(0, +) >= $0 } ?? false
        let conditions = [
            isPaid, isCreditGood, isLocked, covers(Set(contents.keys)), covers(numbered), covers(signed), hasWarranty,
        ]
        return conditions.prefix { $0 }.count
    }

    /// Whether these parcels hold every unit of the order.
    private func covers(_ parcels: Set<String>) -> Bool {
        guard !units.isEmpty, !parcels.isEmpty else { return false }
        return units.allSatisfy { line, count in
            parcels.reduce(0) { $0 + (contents[$1]?[line] ?? 0) } >= count
        }
    }

    private mutating func record(_ fact: JSON) {
        let data = fact["data"]
        let source = fact["source"]?.string ?? ""
        let id = fact["id"]?.string ?? ""
        let at = fact["occurredAt"]?.integer ?? fact["receivedAt"]?.integer ?? 0
        messages.append((source, id))
        times[[source, id]] = at
        reasons.record(fact["kind"]?.string ?? "", data, at: at)
        switch fact["kind"]?.string {
        case "order.placed":
            payable = data?["payableMinor"]?.integer
            since[0] = at
            for line in data?["lines"]?.array ?? [] {
                units[line["id"]?.string ?? ""] = line["units"]?.integer ?? 1
            }
        case "payment.reported": paid[data?["id"]?.string ?? ""] = data?["amountMinor"]?.integer ?? 0
        case "credit.checked": isCreditGood = isCreditGood || data?["passed"]?.bool == true
        case "inventory.locked": isLocked = true
        case "parcel.packed":
            var items: [String: Int64] = [:]
            for item in data?["items"]?.array ?? [] {
                items[item["line"]?.string ?? "", default: 0] += item["units"]?.integer ?? 0
            }
            contents[data?["parcel"]?.string ?? ""] = items
        case "tracking.reported": numbered.insert(data?["parcel"]?.string ?? "")
        case "trace.reported": trace(data)
        case "warranty.registered": hasWarranty = true
        case "order.cancelled": isCancelled = true
        default: break
        }
    }

    private mutating func trace(_ data: JSON?) {
        guard data?["complete"]?.bool == true else { return }
        let isSigned = (data?["scans"]?.array ?? []).contains { $0["status"]?.string == "signed" }
        if isSigned { signed.insert(data?["parcel"]?.string ?? "") }
    }

    private mutating func reach(_ stamp: JSON) {
        let number = Int(stamp["number"]?.integer ?? 0)
        if number != lastState + 1 {
            note("every-state-has-its-proof", "state \(number) comes after \(lastState)")
        }
        lastState = max(lastState, number)
        if state < number { note("no-state-before-its-facts", "state \(number) is reached, the facts give \(state)") }
        let proof = stamp["proof"]?.array ?? []
        if proof.isEmpty { note("every-state-has-its-proof", "state \(number) has no proof") }
        for evidence in proof where time(of: evidence) == nil {
            note("every-state-has-its-proof", "the proof of state \(number) is unknown")
        }
        compareTime(of: stamp)
    }

    private func time(of evidence: JSON) -> Int64? {
        times[[evidence["source"]?.string ?? "", evidence["id"]?.string ?? ""]]
    }

    /// A state is reached when the last of its messages happened, and not before the state below it. A signature's time
    /// is not that of its message but of a scan.
    private mutating func compareTime(of stamp: JSON) {
        let number = Int(stamp["number"]?.integer ?? 0)
        let at = stamp["at"]?.integer ?? 0
        since[number] = at
        let told = (stamp["proof"]?.array ?? []).compactMap(time)
        guard number != 6, let last = told.max() else { return }
        let expected = max(last, since[number - 1] ?? last)
        if at != expected {
            note("states-have-the-times-of-their-facts", "state \(number) is dated \(at), its facts say \(expected)")
        }
    }

    /// What begins something new; to find out and to clear up is allowed at any time.
    private static let beginnings: Set<String> = [
        "credit.check", "delivery.create", "waybill.create", "invoice.issue", "warranty.register", "customer.notify",
    ]

    private mutating func issue(_ instruction: JSON) {
        let kind = instruction["kind"]?.string ?? ""
        asked.insert(kind)
        let isWayBack = instruction["target"]?.string?.hasPrefix("way-back:") == true
        guard Self.beginnings.contains(kind), !isWayBack else { return }
        if isCancelled { note("cancelled-orders-stop", "\(kind) is asked for after the cancellation") }
        if !isCancelled, let hold = reasons.standing {
            note("held-orders-wait", "\(kind) is asked for although \(hold) stands")
        }
    }
}

/// The auditor's own idea of what holds an order: what people placed, and a receiver that nobody has verified.
private struct HoldModel {
    private struct Hold {
        var at: Int64
        /// The kind of fact that ends it; nil where a person or the time does.
        var fact: String?
    }

    private var holds: [String: Hold] = [:]
    private var ended: Set<String> = []
    private var moments: [String: [Int64]] = [:]
    private var changed: String?
    private var verified: Set<String> = []
    private var hasLeft = false

    mutating func record(_ kind: String, _ data: JSON?, at moment: Int64) {
        moments[kind, default: []].append(moment)
        let id = data?["id"]?.string ?? ""
        switch kind {
        case "hold.placed": holds[id] = Hold(at: moment, fact: data?["untilFact"]?.string)
        case "hold.released", "timer.fell": ended.insert(id)
        case "receiver.changed": changed = data?["receiver"]?["fingerprint"]?.string
        case "receiver.verified": verified.insert(data?["fingerprint"]?.string ?? "")
        case "parcel.handed-over", "trace.reported": hasLeft = true
        default: break
        }
    }

    /// One of the reasons why the order must wait; nil when there is none.
    var standing: String? {
        if let changed, !verified.contains(changed), !hasLeft { return "a receiver that nobody has verified" }
        return holds.sorted { $0.key < $1.key }.first { id, hold in
            let isOver = hold.fact.map { moments[$0]?.contains { $0 >= hold.at } ?? false } ?? false
            return !ended.contains(id) && !isOver
        }?.key
    }
}
