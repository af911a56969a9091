package import HydrantConnectorKit
package import HydrantCore

/// Speaks Qimen to a warehouse system.
package struct QimenProxy: Connector, StockKeeper {
    private let settings: QimenSettings
    private let caller: any HTTPCaller

    package var system: String { settings.system }

    package init(settings: QimenSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        switch request.instruction.kind {
        case .createDelivery: await create(request)
        case .cancelDelivery: await cancel(request)
        case .pauseDelivery: await pend(request, "pending")
        case .resumeDelivery: await pend(request, "restore")
        default: request.unsupported(by: system)
        }
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        let reply: QimenReply
        do {
            let body = QimenMapper.queryBody(order: request.deliveryCode)
            reply = try await call("deliveryorder.query", body: body, now: request.now)
        } catch {
            return CallPurpose.finding.result(of: error)
        }
        guard reply.isSuccess else {
            return QimenWord.saysUnknown(reply.message) ? .notFound : .ambiguous(detail: reply.words)
        }
        guard
            let found = reply.tree.elements(containing: "deliveryOrderCode").first(where: {
                $0.text("deliveryOrderCode") == request.deliveryCode
            })
        else { return .notFound }
        let status = found.text("status") ?? ""
        switch request.instruction.kind {
        case .cancelDelivery:
            return status == "CANCELED" ? .done(facts: [], detail: "cancelled") : .notFound
        // Nothing tells whether it is paused; asking a second time does no harm.
        case .pauseDelivery, .resumeDelivery: return .notFound
        default: return .done(facts: [], detail: "already there, status \(status)")
        }
    }

    /// Articles of one question; the warehouse answers a page of as many.
    private static let articlesPerQuestion = 100

    package func stockLevels(
        skus: [String], warehouse: String, now: Instant
    ) async -> Result<[StockLevel], StockProblem> {
        let warehouse = warehouse.isEmpty ? settings.warehouseCode : warehouse
        var levels: [StockLevel] = []
        for first in stride(from: 0, to: skus.count, by: Self.articlesPerQuestion) {
            let some = Array(skus[first..<min(first + Self.articlesPerQuestion, skus.count)])
            let body = QimenMapper.inventoryBody(skus: some, warehouse: warehouse, owner: settings.ownerCode)
            do {
                let reply = try await call("inventory.query", body: body, now: now)
                guard reply.isSuccess else { return .failure(StockProblem(.refused, detail: reply.words)) }
                levels += QimenMapper.stockLevels(reply)
            } catch {
                switch error {
                case .notDone(let detail, _): return .failure(StockProblem(.unreachable, detail: detail))
                case .unknown(let detail): return .failure(StockProblem(.noAnswer, detail: detail))
                case .refused(let detail): return .failure(StockProblem(.refused, detail: detail))
                }
            }
        }
        return .success(levels)
    }

    private func create(_ request: InstructionRequest) async -> InstructionResult {
        guard let receiver = request.receiver?.open(reason: "the warehouse writes the parcel's address") else {
            return .refused(detail: "the order has no receiver")
        }
        guard !request.order.lines.isEmpty else { return .refused(detail: "the order has no lines") }
        let reply: QimenReply
        do {
            let body = QimenMapper.createBody(request, receiver: receiver, settings: settings)
            reply = try await call("deliveryorder.create", body: body, now: request.now)
        } catch {
            return CallPurpose.effect.result(of: error)
        }
        if reply.isSuccess {
            return .done(facts: [], detail: "submitted, \(reply.tree.text("deliveryOrderId") ?? "without a number")")
        }
        guard QimenWord.saysAlreadyThere(reply.message) else { return failed(reply) }
        let found = await find(request)
        if case .notFound = found { return .refused(detail: reply.words) }
        return found
    }

    private func cancel(_ request: InstructionRequest) async -> InstructionResult {
        let reply: QimenReply
        do {
            let body = QimenMapper.cancelBody(request, settings: settings)
            reply = try await call("order.cancel", body: body, now: request.now)
        } catch {
            return CallPurpose.effect.result(of: error)
        }
        if reply.isSuccess || QimenWord.saysAlreadyCancelled(reply.message) {
            return .done(facts: [], detail: "cancelled")
        }
        if QimenWord.saysUnknown(reply.message) { return .done(facts: [], detail: "the warehouse never had the order") }
        return failed(reply)
    }

    /// Stops the warehouse's work on a delivery (`pending`) or lets it go on (`restore`).
    private func pend(_ request: InstructionRequest, _ action: String) async -> InstructionResult {
        let reply: QimenReply
        do {
            let body = QimenMapper.pendingBody(request, action: action, settings: settings)
            reply = try await call("order.pending", body: body, now: request.now)
        } catch {
            return CallPurpose.effect.result(of: error)
        }
        return reply.isSuccess ? .done(facts: [], detail: action) : failed(reply)
    }

    private func failed(_ reply: QimenReply) -> InstructionResult {
        QimenWord.isPassing(reply.code)
            ? .retryable(detail: reply.words, after: .minutes(1)) : .refused(detail: reply.words)
    }

    private func call(_ method: String, body: [UInt8], now: Instant) async throws(CallFailure) -> QimenReply {
        let call = HTTPCall(
            url: "\(settings.url)?\(settings.query(method: method, body: body, now: now))",
            headers: [("content-type", "text/xml;charset=utf-8")], body: body, timeout: settings.timeout)
        let bytes = try await caller.successfulReply(call).body
        guard let reply = QimenReply(bytes) else { throw .unknown("the reply of \(method) is not readable") }
        return reply
    }
}
