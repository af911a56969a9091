import HydrantConnectorKit
import HydrantCore

/// What the proxies of all aggregators share: a courier without a code ends an instruction in words, and a waybill
/// whose making is in doubt is looked for before it is asked for again.
protocol AggregatorProxy: Connector {
    /// How it is asked about an order that it may have.
    var repeatedOrder: RepeatedOrder { get }

    /// Whether an address that may have been changed is simply changed again.
    var mayRepeatReaddressing: Bool { get }

    func carryOut(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult

    /// Orders a waybill, or sends the order once more to learn the number that it got.
    func create(_ request: InstructionRequest, _ purpose: CallPurpose) async throws(UnservedCourier)
        -> InstructionResult
}

extension AggregatorProxy {
    var mayRepeatReaddressing: Bool { true }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        do {
            return try await carryOut(request)
        } catch {
            return error.result
        }
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        if request.instruction.kind == .readdressWaybill, !mayRepeatReaddressing {
            return .refused(
                detail: "\(repeatedOrder.name) cannot be asked whether the address was changed", class: .channel)
        }
        // Everything else has the same outcome however often it is done.
        guard request.instruction.kind == .createWaybill else { return .notFound }
        do {
            return try await lookUp(request)
        } catch {
            return error.result
        }
    }

    func lookUp(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        if let known = repeatedOrder.known(request) { return known }
        return try await create(request, .finding)
    }
}
