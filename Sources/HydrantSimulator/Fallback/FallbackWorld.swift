import HydrantConnectorKit
import HydrantCore

/// The couriers' own books in a fallback story: which waybills exist, whatever anybody was told about them.
struct FallbackWorld {
    struct Waybill {
        var number: String
        var channel: String
        var parcel: String
        var isVoided = false
        var isPickedUp = false
    }

    /// What one channel is like.
    struct Traits {
        /// Whether it can be asked by our own number.
        var canFind = true
        /// Whether it takes waybills back.
        var canVoid = true
        var refusal: RefusalClass?
        /// Calls in thousandths that go wrong.
        var faults = 0
    }

    var waybills: [Waybill] = []
    var traits: [String: Traits] = [:]
    /// Texts to keepers by instruction: whatever is repeated, one goes out.
    var texts: Set<String> = []
    /// The waybill that was put on the parcel when it was collected.
    var labels: [String: String] = [:]
    private var lastNumber = 0

    func live(_ parcel: String) -> [Waybill] { waybills.filter { $0.parcel == parcel && !$0.isVoided } }
    func all(_ parcel: String) -> [Waybill] { waybills.filter { $0.parcel == parcel } }

    mutating func make(_ channel: String, _ parcel: String) -> String {
        lastNumber += 1
        let number = channel.uppercased() + paddedDecimal(lastNumber, width: 9)
        waybills.append(Waybill(number: number, channel: channel, parcel: parcel))
        return number
    }

    /// What a channel does when a request arrives.
    mutating func perform(_ request: InstructionRequest, at now: Instant) -> InstructionResult {
        let instruction = request.instruction
        let traits = traits[instruction.system] ?? Traits()
        switch instruction.kind {
        case .createWaybill: return create(request, traits, now)
        case .findWaybill:
            guard traits.canFind else { return .refused(detail: "no such operation", class: .channel) }
            return look(request, now)
        case .voidWaybill: return void(instruction, traits)
        case .askKeeper:
            texts.insert(instruction.key)
            return .done(facts: [], detail: "")
        default: return .refused(detail: "not here", class: .channel)
        }
    }

    private mutating func create(
        _ request: InstructionRequest, _ traits: Traits, _ now: Instant
    ) -> InstructionResult {
        let instruction = request.instruction
        if let known = waybills.first(where: { $0.channel == instruction.system && $0.parcel == instruction.target }) {
            if known.isVoided { return .refused(detail: "our own number was cancelled", class: .channel) }
            return .done(facts: [fact(known, request, now)], detail: "again")
        }
        if let refusal = traits.refusal { return .refused(detail: "no", class: refusal) }
        let number = make(instruction.system, instruction.target)
        return .done(
            facts: [
                fact(Waybill(number: number, channel: instruction.system, parcel: instruction.target), request, now)
            ], detail: number)
    }

    /// What a channel answers about an earlier request, by our own number.
    func find(_ request: InstructionRequest, at now: Instant) -> InstructionResult {
        let instruction = request.instruction
        let traits = traits[instruction.system] ?? Traits()
        guard traits.canFind else { return .ambiguous(detail: "cannot be asked") }
        switch instruction.kind {
        case .createWaybill: return look(request, now)
        case .voidWaybill:
            let isVoided = waybills.contains { $0.number == instruction.waybillNumber && $0.isVoided }
            return isVoided ? .done(facts: [], detail: "") : .notFound
        case .askKeeper: return texts.contains(instruction.key) ? .done(facts: [], detail: "") : .notFound
        default: return .notFound
        }
    }

    private func look(_ request: InstructionRequest, _ now: Instant) -> InstructionResult {
        let instruction = request.instruction
        let known = waybills.first { $0.channel == instruction.system && $0.parcel == instruction.parcel }
        guard let known else { return .notFound }
        return .done(facts: [fact(known, request, now)], detail: known.number)
    }

    private mutating func void(_ instruction: Instruction, _ traits: Traits) -> InstructionResult {
        guard let index = waybills.firstIndex(where: { $0.number == instruction.waybillNumber }) else {
            return .refused(detail: "unknown", class: .channel)
        }
        if waybills[index].isVoided { return .done(facts: [], detail: "again") }
        guard traits.canVoid, !waybills[index].isPickedUp else {
            return .refused(detail: "too late", class: .channel)
        }
        waybills[index].isVoided = true
        return .done(facts: [], detail: "")
    }

    private func fact(_ waybill: Waybill, _ request: InstructionRequest, _ now: Instant) -> ReportedFact {
        ReportedFact(
            messageID: "waybill/\(waybill.parcel)/\(waybill.number)", order: request.order.number, occurredAt: now,
            body: .trackingReported(
                Tracking(
                    parcel: waybill.parcel, courier: "courier", channel: waybill.channel, number: waybill.number)))
    }
}
