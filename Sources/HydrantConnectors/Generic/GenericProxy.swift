package import HydrantConnectorKit
import HydrantCore

/// What a kind of system of the plain protocol is asked beside the news of changed receivers, and what its replies say.
protocol GenericMapper: Sendable {
    /// Where a question goes; nil for what the system is not asked.
    static func path(of kind: InstructionKind) -> String?
    static func document(_ request: InstructionRequest) -> JSON
    /// Nil when the reply lacks what it must say.
    static func result(_ reply: JSON, _ request: InstructionRequest) -> InstructionResult?
}

/// A system that speaks the hub's plain protocol. Every one hears of changed receivers.
package struct GenericProxy: Connector {
    private let exchange: SignedJSONExchange
    private let mapper: (any GenericMapper.Type)?

    package var system: String { exchange.system }

    private init(
        _ settings: ConnectorSettings, _ caller: any HTTPCaller, _ mapper: (any GenericMapper.Type)?
    ) throws(ConnectorSettingsProblem) {
        exchange = try SignedJSONExchange(settings, caller: caller)
        self.mapper = mapper
    }

    /// A customer system: credit checks, messages to customers, warranties.
    package static func crm(
        _ settings: ConnectorSettings, caller: any HTTPCaller
    ) throws(ConnectorSettingsProblem) -> GenericProxy {
        try GenericProxy(settings, caller, GenericCRMMapper.self)
    }

    /// A finance or purchasing system: invoices, purchase requests. Receipts and refunds come from it as plain facts.
    package static func finance(
        _ settings: ConnectorSettings, caller: any HTTPCaller
    ) throws(ConnectorSettingsProblem) -> GenericProxy {
        try GenericProxy(settings, caller, GenericFinanceMapper.self)
    }

    /// A marketplace or shop. Its orders and payments come as ordinary facts.
    package static func shop(
        _ settings: ConnectorSettings, caller: any HTTPCaller
    ) throws(ConnectorSettingsProblem) -> GenericProxy {
        try GenericProxy(settings, caller, nil)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        if request.instruction.kind == .tellReceiver {
            let document = ReceiverNews.document(request)
            return await exchange.carryOut(ReceiverNews.path, document, request, read: ReceiverNews.result)
        }
        guard let mapper, let path = mapper.path(of: request.instruction.kind) else {
            return request.unsupported(by: system)
        }
        return await exchange.carryOut(path, mapper.document(request), request) { mapper.result($0, request) }
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        await exchange.find(request) { reply in
            request.instruction.kind == .tellReceiver ? ReceiverNews.result(reply) : mapper?.result(reply, request)
        }
    }
}
