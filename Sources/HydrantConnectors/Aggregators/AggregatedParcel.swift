import HydrantConnectorKit
import HydrantCore

/// One parcel of an instruction, as every aggregator has to be told about it.
struct AggregatedParcel: Sendable {
    /// As the aggregator knows it: our own number.
    var id: String
    var goods: [CargoItem]
    var weightGrams: Int?

    init(_ request: InstructionRequest) {
        id = request.ownNumber
        goods = request.cargo
        weightGrams = request.weightGrams
    }

    /// What is inside in one line of at most 50 characters.
    var goodsText: String {
        let text = goods.map(\.name).joined(separator: "、")
        return text.count <= 50 ? text : "\(text.prefix(49))…"
    }

    /// Kilograms with two decimals, at least 0.01; nil where nobody weighed it.
    var kilograms: JSON? {
        guard let weightGrams, weightGrams > 0 else { return nil }
        return .number(Double(max(1, (weightGrams + 5) / 10)) / 100)
    }
}

extension InstructionRequest {
    /// True where the instruction wants to know whether a signature that was pushed is in the courier's list.
    var confirmsSignature: Bool { instruction.kind == .queryTrace && instruction.target.contains("@") }

    /// True where the scans of a parcel are asked for again and again until it has arrived.
    var followsParcel: Bool { instruction.kind == .queryTrace && instruction.waybillNumber != nil }

    /// How a question ends that follows a parcel, with what it found.
    func followed(_ trace: Trace?) -> InstructionResult {
        guard let trace, let last = trace.scans.last else { return .underWay(facts: [], detail: "no scans yet") }
        let digest = hexadecimalText(HashAlgorithm.sha256.digest(Array("\(trace.scans)".utf8)).prefix(8))
        let fact = ReportedFact(
            messageID: "trace/\(instruction.key)/\(digest)", order: order.number, occurredAt: last.at,
            word: last.code.isEmpty ? nil : last.code, body: .traceReported(trace))
        let detail = "\(trace.scans.count) scans"
        let hasArrived = trace.scans.contains { [.signed, .returned].contains($0.status) }
        return hasArrived ? .done(facts: [fact], detail: detail) : .underWay(facts: [fact], detail: detail)
    }

    /// The waybill that the instruction is about; the parcel's live one where it names none.
    var waybill: Waybill? {
        let parcel = order.parcel(parcel)
        guard let number = instruction.waybillNumber else { return parcel.flatMap { order.liveWaybill(of: $0) } }
        return parcel?.waybills.first { $0.number == number }
    }
}
