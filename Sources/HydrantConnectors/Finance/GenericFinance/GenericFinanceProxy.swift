package import HydrantConnectorKit
import HydrantCore

/// A finance or purchasing system that speaks the hub's plain protocol: invoices, purchase requests. Receipts and
/// refunds come from it as ordinary facts.
package struct GenericFinanceProxy: Connector {
    private let exchange: SignedJSONExchange

    package var system: String { exchange.system }

    package init(_ settings: ConnectorSettings, caller: any HTTPCaller) throws(ConnectorSettingsProblem) {
        exchange = try SignedJSONExchange(settings, caller: caller)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        guard let path = GenericFinanceMapper.path(of: request.instruction.kind) else {
            return request.unsupported(by: system)
        }
        let document = GenericFinanceMapper.document(request)
        return await exchange.carryOut(path, document, request) { GenericFinanceMapper.result($0, request) }
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        await exchange.find(request) { GenericFinanceMapper.result($0, request) }
    }
}
