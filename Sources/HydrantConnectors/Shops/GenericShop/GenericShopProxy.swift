package import HydrantConnectorKit
import HydrantCore

/// A marketplace or shop that speaks the hub's plain protocol: it hears of changed receivers. Its orders and payments
/// come as ordinary facts.
package struct GenericShopProxy: Connector {
    private let exchange: SignedJSONExchange

    package var system: String { exchange.system }

    package init(_ settings: ConnectorSettings, caller: any HTTPCaller) throws(ConnectorSettingsProblem) {
        exchange = try SignedJSONExchange(settings, caller: caller)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        guard request.instruction.kind == .tellReceiver else { return request.unsupported(by: system) }
        let document = ReceiverNews.document(request)
        return await exchange.carryOut(ReceiverNews.path, document, request, read: ReceiverNews.result)
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        await exchange.find(request, read: ReceiverNews.result)
    }
}
