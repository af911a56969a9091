import HydrantCore

/// The auditor's own idea of how far an order got: read from the documents of its facts, by the conditions of the
/// product description and without the hub's code for them.
struct OrderModel {
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
    /// Sentences about events that break a rule.
    private(set) var problems: [String] = []
    private var lastState = 0

    init(documents: [JSON]) {
        for document in documents {
            guard let content = document["content"] else { continue }
            switch document["event"]?.string {
            case "fact.recorded": record(content)
            case "state.reached": reach(content)
            default: break
            }
        }
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
        messages.append((fact["source"]?.string ?? "", fact["id"]?.string ?? ""))
        switch fact["kind"]?.string {
        case "order.placed":
            payable = data?["payableMinor"]?.integer
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
        if number != lastState + 1 { problems.append("state \(number) comes after \(lastState)") }
        lastState = max(lastState, number)
        let proof = stamp["proof"]?.array ?? []
        if proof.isEmpty { problems.append("state \(number) has no proof") }
        for evidence in proof {
            let source = evidence["source"]?.string ?? ""
            let id = evidence["id"]?.string ?? ""
            if !messages.contains(where: { $0.source == source && $0.id == id }) {
                problems.append("the proof of state \(number) is unknown")
            }
        }
    }
}
