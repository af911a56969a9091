import HydrantConnectorKit
import HydrantCore

/// What a text is sent for.
enum MessageOccasion: Hashable, Sendable {
    case touchpoint(Touchpoint)
    case keeper

    /// Nil when the instruction sends no text.
    init?(_ instruction: Instruction) {
        switch instruction.kind {
        case .askKeeper: self = .keeper
        case .notifyCustomer:
            guard let touchpoint = Touchpoint(rawValue: instruction.target) else { return nil }
            self = .touchpoint(touchpoint)
        default: return nil
        }
    }

    static let all = Touchpoint.allCases.map { MessageOccasion.touchpoint($0) } + [.keeper]

    /// The beginning of the options that are about it: `shipped` of `shippedTemplate`.
    var optionName: String {
        switch self {
        case .touchpoint(.outForDelivery): "outForDelivery"
        case .touchpoint(let touchpoint): touchpoint.rawValue
        case .keeper: "keeper"
        }
    }

    /// What the template is filled with when the settings do not say.
    var usualVariables: String {
        switch self {
        case .touchpoint(.shipped), .touchpoint(.outForDelivery): "order,courier,number"
        case .touchpoint(.signed): "order"
        case .touchpoint(.warranty): "order,until"
        case .keeper: "order,code"
        }
    }
}

/// The approved templates of one account. A template holds the whole text with its fixed links; only short values go
/// in, because the operators refuse links in them.
struct MessageTemplates: Sendable {
    struct Template: Sendable {
        var id: String
        /// The template's own name of a variable and the hub's name of its value, in the template's order.
        var variables: [(name: String, value: String)]
    }

    private var templates: [MessageOccasion: Template] = [:]
    private var courierNames: [String: String]
    /// How many characters a value may have.
    private var maximumLength: Int

    private static let values: Set<String> = ["order", "parcel", "courier", "number", "until", "code", "shop"]

    init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        maximumLength = Int(try settings.number("variableLength", default: 35))
        courierNames = Dictionary(
            try settings.pairs("courierNames").map { ($0.name.uppercased(), $0.value) }, uniquingKeysWith: { $1 })
        for occasion in MessageOccasion.all {
            let field = "\(occasion.optionName)Variables"
            let id = settings.option("\(occasion.optionName)Template", default: "")
            guard !id.isEmpty else { continue }
            let variables = try settings.pairs(field, default: occasion.usualVariables)
            if let unknown = variables.first(where: { !MessageTemplates.values.contains($0.value) }) {
                throw ConnectorSettingsProblem(
                    system: settings.system, field: "options.\(field)",
                    message: "must be of \(MessageTemplates.values.sorted().joined(separator: ", ")), "
                        + "has '\(unknown.value)'")
            }
            templates[occasion] = Template(id: id, variables: variables)
        }
        guard !templates.isEmpty else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "options.shippedTemplate",
                message: "or another template is required: "
                    + MessageOccasion.all.map { $0.optionName + "Template" }.joined(separator: ", "))
        }
    }

    /// The text that an instruction sends.
    func message(for request: InstructionRequest) throws(MessageProblem) -> Message {
        guard let occasion = MessageOccasion(request.instruction) else {
            throw MessageProblem("\(request.instruction.kind.rawValue) sends no text", .channel)
        }
        guard let template = templates[occasion] else {
            throw MessageProblem("there is no template; set the option \(occasion.optionName)Template", .channel)
        }
        var values: [(name: String, value: String)] = []
        for variable in template.variables {
            let value = value(variable.value, request)
            values.append((variable.name, try checked(value, named: variable.value)))
        }
        return Message(
            template: template.id, values: values, phone: try phone(occasion, request),
            reference: MessageReference(request.instruction))
    }

    private func phone(_ occasion: MessageOccasion, _ request: InstructionRequest) throws(MessageProblem) -> String {
        let text =
            switch occasion {
            case .keeper: request.keeper?.phone.open(reason: "the keeper is texted")
            case .touchpoint: request.receiver?.open(reason: "the customer is texted").phone
            }
        guard let text, !text.isEmpty else {
            throw MessageProblem(
                occasion == .keeper ? "no keeper's phone is set for the warehouse" : "the receiver has no phone", .data)
        }
        guard let phone = mainlandMobile(text) else {
            throw MessageProblem("the phone is no mobile number of mainland China", .data)
        }
        return phone
    }

    private func value(_ name: String, _ request: InstructionRequest) -> String {
        let order = request.order
        let target = request.instruction.kind == .askKeeper ? order.parcel(request.instruction.target) : nil
        let parcel = target ?? order.parcels.first { !$0.liveWaybills.isEmpty } ?? order.parcels.first
        let waybill = parcel?.liveWaybills.first
        switch name {
        case "order": return order.number
        case "parcel": return parcel?.id ?? request.instruction.target
        case "courier": return waybill.map { courierNames[$0.courier.uppercased()] ?? $0.courier } ?? ""
        case "number": return waybill?.number ?? ""
        case "until": return order.warranty?.value.civil(offsetSeconds: 8 * 3_600).dateText ?? ""
        case "code": return request.keeper?.code.open(reason: "the code goes into the keeper's text") ?? ""
        default: return order.header?.value.shop ?? ""
        }
    }

    /// A number that was cut short would be a wrong number, so what is too long is refused.
    private func checked(_ value: String, named name: String) throws(MessageProblem) -> String {
        guard !value.isEmpty else { throw MessageProblem("there is no \(name) to put into the text", .data) }
        guard value.count <= maximumLength else {
            throw MessageProblem(
                "the \(name) has more than the \(maximumLength) characters that a variable may have", .data)
        }
        let small = value.lowercased()
        guard !["://", "www.", "http"].contains(where: { small.contains($0) }) else {
            throw MessageProblem("the \(name) looks like a link, which a variable may not hold", .data)
        }
        return value
    }
}

/// One text as it is handed to the operator.
struct Message: Sendable {
    var template: String
    var values: [(name: String, value: String)]
    /// Eleven digits, in clear.
    var phone: String
    var reference: MessageReference
}

/// Why a text is not sent. Holds no name, phone or address.
struct MessageProblem: Error {
    var detail: String
    var refusal: RefusalClass

    init(_ detail: String, _ refusal: RefusalClass) {
        self.detail = detail
        self.refusal = refusal
    }
}

/// Our own number of a text, which comes back in receipts: the instruction's key and target, `KEY#TARGET`.
struct MessageReference: Hashable, Sendable {
    var text: String

    init(_ instruction: Instruction) { text = "\(instruction.key)#\(instruction.target)" }

    /// Nil when the text is no reference of ours.
    init?(_ text: String) {
        self.text = text
        guard order != nil, kind != nil else { return nil }
    }

    private var parts: [Substring] { key.split(separator: "/", omittingEmptySubsequences: false) }
    private var key: Substring { text.lastIndex(of: "#").map { text[..<$0] } ?? "" }

    /// The key is `ORDER/EVENT/KIND`; the order's number may hold a slash itself.
    var order: String? {
        guard parts.count >= 3, Int(parts[parts.count - 2]) != nil else { return nil }
        let number = parts.dropLast(2).joined(separator: "/")
        return number.isEmpty ? nil : number
    }

    var kind: InstructionKind? { parts.last.flatMap { InstructionKind(rawValue: String($0)) } }

    /// Nil for a text that goes to a keeper.
    var touchpoint: Touchpoint? {
        guard kind == .notifyCustomer, let mark = text.lastIndex(of: "#") else { return nil }
        return Touchpoint(rawValue: String(text[text.index(after: mark)...]))
    }

    /// What a receipt or a list of sent texts says about this text.
    /// - Parameter id: the operator's number of the text.
    func fact(isDelivered: Bool, id: String, at: Instant?) -> ReportedFact? {
        guard let order, let touchpoint else { return nil }
        return ReportedFact(
            messageID: "receipt/\(text)/\(id)", order: order, occurredAt: at,
            body: .touchpointSent(kind: touchpoint, isAccepted: isDelivered))
    }
}

/// Eleven digits of a mobile phone in mainland China, without country code and separators; nil for everything else.
func mainlandMobile(_ text: String) -> String? {
    var digits = text.filter { !" -()".contains($0) }
    if digits.hasPrefix("+86") {
        digits.removeFirst(3)
    } else if digits.count == 13, digits.hasPrefix("86") {
        digits.removeFirst(2)
    }
    guard digits.count == 11, digits.first == "1", digits.allSatisfy({ $0.isASCII && $0.isNumber }),
        let second = digits.dropFirst().first, ("3"..."9").contains(second)
    else { return nil }
    return digits
}
