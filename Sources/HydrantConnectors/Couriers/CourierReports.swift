import HydrantConnectorKit
import HydrantCore

extension ReportedFact {
    /// A pushed scan. Without a parcel of ours only the waybill's number is known, and the hub finds the order by it.
    /// Where a courier numbers no scans, number, time, code and place tell them apart.
    static func scanned(
        _ scan: Scan, number: String, parcel: String = "", prefix: String, id: String? = nil
    ) -> ReportedFact {
        let key = id ?? "\(number)/\(scan.at.milliseconds)/\(scan.code)/\(scan.place)"
        return ReportedFact(
            messageID: "\(prefix)/\(key)", order: OwnNumber.order(ofParcel: parcel) ?? "", occurredAt: scan.at,
            word: scan.code,
            body: .traceReported(Trace(parcel: parcel, number: number, scans: [scan], isComplete: false)))
    }
}

extension HTTPCaller {
    /// Asks how many waybill numbers are left.
    func numberBalance(_ call: CourierCall, read: ([UInt8]) -> Int64?) async -> NumberBalance {
        do {
            let reply = try await successfulReply(call.call).body
            return read(reply).map { .left($0) } ?? .unknown("the reply of \(call.operation) names no count")
        } catch {
            switch error {
            case .notDone(let detail, _), .unknown(let detail), .refused(let detail): return .unknown(detail)
            }
        }
    }
}

extension JSON {
    private static let countNames: Set<String> = [
        "count", "balance", "availableBalance", "available", "quantity", "num", "surplus", "remain", "residue",
    ]

    /// The count in a reply about numbers: the value itself, or the first member that is called like a count.
    var firstCount: Int64? {
        if let number = looseInteger { return number }
        for member in members ?? [] where JSON.countNames.contains(member.name) {
            if let number = member.value.looseInteger { return number }
        }
        for value in members?.map(\.value) ?? array ?? [] {
            if value.members != nil || value.array != nil, let number = value.firstCount { return number }
        }
        return nil
    }
}
