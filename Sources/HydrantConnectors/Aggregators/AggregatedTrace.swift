import HydrantConnectorKit
import HydrantCore

/// A courier's list of scans as an aggregator passes it on, brought into the hub's form.
enum AggregatedTrace {
    private static let places = ["快递柜", "丰巢", "智能柜", "自提柜", "驿站", "自提点", "代收点", "代收站"]
    private static let puttingIn = ["投放", "存放", "放入", "放至", "暂存", "待取", "请及时", "等待领取", "已投"]

    /// A text that says that the parcel lies in a locker or a shop makes a signature what it is: stored.
    static func status(_ status: TrackingStatus, text: String) -> TrackingStatus {
        guard status == .signed else { return status }
        let isStored = places.contains { text.contains($0) } && puttingIn.contains { text.contains($0) }
        return isStored ? .stored : .signed
    }

    /// How a query ends with what it found.
    /// - Parameter name: of the aggregator, for the words.
    static func result(
        _ trace: Trace?, _ request: InstructionRequest, name: String
    ) -> InstructionResult {
        if request.followsParcel { return request.followed(trace) }
        guard let trace, let last = trace.scans.last else {
            return .retryable(detail: "\(name) has no scans yet", after: .minutes(15))
        }
        let hasEnd = trace.scans.contains { [.signed, .stored, .returning, .returned].contains($0.status) }
        guard hasEnd || !request.confirmsSignature else {
            return .retryable(detail: "\(name)'s list does not reach the signature yet", after: .minutes(15))
        }
        let fact = ReportedFact(
            messageID: "trace/\(request.instruction.key)", order: request.order.number, occurredAt: last.at,
            word: last.code.isEmpty ? nil : last.code, body: .traceReported(trace))
        return .done(facts: [fact], detail: "\(trace.scans.count) scans")
    }
}
