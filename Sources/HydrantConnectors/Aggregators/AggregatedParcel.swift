import HydrantConnectorKit
import HydrantCore

/// One parcel of an instruction, as every aggregator has to be told about it.
struct AggregatedParcel: Sendable {
    var id: String
    var goods: [CargoItem]
    var weightGrams: Int?

    init(_ request: InstructionRequest) {
        id = request.parcel
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

    /// The waybill that the instruction is about; the parcel's live one where it names none.
    var waybill: Waybill? {
        let parcel = order.parcel(parcel)
        guard let number = instruction.waybillNumber else { return parcel?.liveWaybills.first }
        return parcel?.waybills.first { $0.number == number }
    }
}
