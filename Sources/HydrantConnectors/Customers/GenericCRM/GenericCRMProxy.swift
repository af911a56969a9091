package import HydrantConnectorKit
import HydrantCore

/// A customer system that speaks the hub's plain protocol: credit checks, messages to customers,
/// warranties, news of changed receivers.
package struct GenericCRMProxy: Connector {
    private let exchange: SignedJSONExchange

    package var system: String { exchange.system }

    package init(_ settings: ConnectorSettings, caller: any HTTPCaller) throws(ConnectorSettingsProblem) {
        exchange = try SignedJSONExchange(settings, caller: caller)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        guard let path = GenericCRMMapper.path(of: request.instruction.kind) else {
            return request.unsupported(by: system)
        }
        let document = GenericCRMMapper.document(request)
        return await exchange.carryOut(path, document, request) { GenericCRMMapper.result($0, request) }
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        await exchange.find(request) { GenericCRMMapper.result($0, request) }
    }
}
