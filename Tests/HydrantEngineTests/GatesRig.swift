import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import Synchronization

/// A system that answers as a test says at each moment.
final class PlayedConnector: Connector {
    let system: String
    private let answer: @Sendable (InstructionRequest) async -> InstructionResult
    private let state = Mutex<(calls: [ScriptedConnector.Call], underWay: Int, most: Int)>(([], 0, 0))

    init(_ system: String, answer: @escaping @Sendable (InstructionRequest) async -> InstructionResult) {
        self.system = system
        self.answer = answer
    }

    var calls: [ScriptedConnector.Call] { state.withLock { $0.calls } }
    /// The most calls that were under way at the same time.
    var mostUnderWay: Int { state.withLock { $0.most } }

    func perform(_ request: InstructionRequest) async -> InstructionResult { await call(request, .perform) }

    func find(_ request: InstructionRequest) async -> InstructionResult { await call(request, .find) }

    private func call(_ request: InstructionRequest, _ kind: ScriptedConnector.Call.Kind) async -> InstructionResult {
        state.withLock { state in
            state.calls.append(ScriptedConnector.Call(kind: kind, key: request.instruction.key, at: request.now))
            state.underWay += 1
            state.most = max(state.most, state.underWay)
        }
        let noted = CallScope.current?.calls ?? 0
        let result = await answer(request)
        CallScope.notePlayed(result, after: noted)
        state.withLock { $0.underWay -= 1 }
        return result
    }

    /// The most calls that began within a length of time.
    func mostCalls(within length: Milliseconds) -> Int {
        let starts = calls.map(\.at)
        var first = 0
        var most = 0
        for (index, start) in starts.enumerated() {
            while starts[first] <= start - length { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}

/// A connector that knows its answer without asking its system.
struct SilentConnector: Connector {
    let system: String
    let answer: InstructionResult

    func perform(_ request: InstructionRequest) async -> InstructionResult { answer }

    func find(_ request: InstructionRequest) async -> InstructionResult { answer }
}

extension EngineRig {
    static let creditAtCRM = Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")
    static let invoiceAtFinance = Flow.Request(afterState: 1, kind: .issueInvoice, system: "finance")

    /// An order that is placed and paid.
    func pay(_ order: String) throws {
        let header = OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A", priceMinor: 1_000)])
        _ = try submit([
            fact(.orderPlaced(header), order: order, id: "placed-\(order)"),
            fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), order: order, id: "paid-\(order)"),
        ])
    }
}
