import HydrantConnectorKit
import HydrantCore

/// Why a call is made, which decides what its failure means.
enum CallPurpose: Sendable {
    /// Something is to happen over there.
    case effect
    /// Only an answer is wanted.
    case question
    /// It is to be found out whether an earlier call took effect.
    case finding

    /// How the instruction ends when the call fails.
    func result(of failure: CallFailure) -> InstructionResult {
        switch (self, failure) {
        case (.effect, .notDone(let detail, let after)), (.question, .notDone(let detail, let after)):
            .retryable(detail: detail, after: after)
        case (.effect, .unknown(let detail)): .ambiguous(detail: detail)
        case (.question, .unknown(let detail)): .retryable(detail: detail, after: nil)
        // HTTP's own refusals (no right, no such path) hold for every order of this system.
        case (.effect, .refused(let detail)), (.question, .refused(let detail)):
            .refused(detail: detail, class: .channel)
        // Whatever keeps us from finding out leaves the earlier call as unknown as it was.
        case (.finding, .notDone(let detail, _)), (.finding, .unknown(let detail)), (.finding, .refused(let detail)):
            .ambiguous(detail: detail)
        }
    }
}

/// How a call failed, as far as the other side's state is concerned.
enum CallFailure: Error, Sendable {
    /// Certainly without effect; trying again may help.
    case notDone(String, after: Milliseconds?)
    /// Nobody knows.
    case unknown(String)
    /// The system says no.
    case refused(String)
}

extension HTTPCaller {
    /// Makes the call and lets only an HTTP success through.
    /// - Parameter words: reads the system's own words out of a reply that says no.
    func successfulReply(
        _ call: HTTPCall, words: (HTTPReply) -> String? = { _ in nil }
    ) async throws(CallFailure) -> HTTPReply {
        guard !call.hasUnsendableHeader else {
            throw .refused("the request cannot be sent: a header would hold a control character")
        }
        let reply: HTTPReply
        do {
            reply = try await self.call(call)
        } catch {
            switch error {
            case .notSent(let detail): throw .notDone(detail, after: nil)
            case .ambiguous(let detail): throw .unknown(detail)
            }
        }
        switch reply.status {
        case 200..<300: return reply
        case 408, 425, 429: throw .notDone("HTTP \(reply.status)", after: reply.waitingTime)
        case 400..<500: throw .refused("HTTP \(reply.status)\(words(reply).map { " \($0)" } ?? "")")
        default: throw .unknown("HTTP \(reply.status)")
        }
    }
}

/// A system's own words, short enough to be kept beside an instruction and in an event.
func shortened(_ text: String) -> String { cut(text, toBytes: 600) }

extension InstructionRequest {
    /// What the order costs: what was named as payable, or else its lines.
    var amountMinor: Int64 { order.header?.value.payableMinor ?? order.linesMinor }

    func unsupported(by system: String) -> InstructionResult {
        .refused(detail: "\(system) does not carry out \(instruction.kind.rawValue)", class: .channel)
    }
}

/// From whom parcels are sent, as the settings name it.
struct SenderAddress: Sendable {
    var name: String
    var phone: String
    var province: String
    var city: String
    var district: String
    var address: String
    var places: [String] { Receiver.places(province, city, district) }

    init(_ settings: ConnectorSettings) {
        name = settings.option("senderName", default: "")
        phone = settings.option("senderPhone", default: "")
        province = settings.option("senderProvince", default: "")
        city = settings.option("senderCity", default: "")
        district = settings.option("senderDistrict", default: "")
        address = settings.option("senderAddress", default: "")
    }
}
