import Foundation
import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Synchronization

/// Answers calls from a script and keeps what was sent.
final class ScriptedCaller: HTTPCaller {
    private struct State {
        var answers: [Result<HTTPReply, HTTPFailure>]
        var calls: [HTTPCall] = []
    }

    private let state: Mutex<State>

    init(_ answers: Result<HTTPReply, HTTPFailure>...) { state = Mutex(State(answers: answers)) }

    convenience init(text: String, status: Int = 200, headers: [String: String] = [:]) {
        self.init(.success(HTTPReply(status: status, headers: headers, body: Array(text.utf8))))
    }

    var calls: [HTTPCall] { state.withLock { $0.calls } }

    func call(_ call: HTTPCall) async throws(HTTPFailure) -> HTTPReply {
        let answer = state.withLock { state -> Result<HTTPReply, HTTPFailure> in
            state.calls.append(call)
            return state.answers.isEmpty ? .failure(.notSent("the script is at its end")) : state.answers.removeFirst()
        }
        return try answer.get()
    }
}

func reply(_ text: String, status: Int = 200) -> Result<HTTPReply, HTTPFailure> {
    .success(HTTPReply(status: status, body: Array(text.utf8)))
}

enum Sample {
    /// 2026-11-22 12:00:00 at +08:00.
    static let now = Instant(milliseconds: 1_795_320_000_000)

    static let receiver = Receiver(
        name: "张三", phone: "13800000041", province: "广东省", city: "深圳市", district: "南山区", address: "科技园 1 号")

    static let lines = [
        Line(id: "1", sku: "LF9001", name: "机油滤清器", units: 2, priceMinor: 12_000, freightMinor: 900),
        Line(id: "2", sku: "GIFT-1", name: "手套", units: 1, isGift: true, giftFor: "1"),
    ]

    /// An order of two lines, the second a gift, placed at 11:00.
    static func order(_ number: String = "SO-1", facts: [FactBody] = []) -> Order {
        let header = OrderHeader(
            shop: "tmall", customer: "C-1", warehouse: "W-1", payableMinor: 12_900, lines: lines)
        var order = Order(number: number)
        for (index, body) in ([.orderPlaced(header)] + facts).enumerated() {
            let fact = Fact(
                source: "test", messageID: "m\(index)", order: number, occurredAt: now - .hours(1), receivedAt: now,
                body: body)
            order.evolve(
                Event(
                    order: number, number: order.version + 1, recordedAt: now, settings: "test",
                    body: .factRecorded(fact)))
        }
        return order
    }

    static func request(
        _ kind: InstructionKind, target: String = "", order: Order = Sample.order(), receiver: Receiver? = receiver,
        now: Instant = now
    ) -> InstructionRequest {
        let instruction = Instruction(
            key: Instruction.key(order: order.number, eventNumber: 7, kind: kind), kind: kind, system: "x",
            target: target)
        return InstructionRequest(
            instruction: instruction, order: order, receiver: receiver.map { Sensitive($0) }, now: now)
    }

    static let webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    static let sender = [
        "senderName": "一号仓", "senderPhone": "4000000000", "senderProvince": "河北省", "senderCity": "廊坊市",
        "senderDistrict": "广阳区", "senderAddress": "物流园 1 号",
    ]

    static func warehouseSettings(_ options: [String: String] = [:]) -> ConnectorSettings {
        ConnectorSettings(
            system: "wms", kind: "qimen", baseURL: "https://wms.example.com/router/qimen/service",
            credentials: ["appKey": "demo-app", "secret": "secretABC", "customerId": "c-001"],
            options: sender.merging(["ownerCode": "OWN"]) { $1 }.merging(options) { $1 })
    }

    static func courierSettings(_ options: [String: String] = [:]) -> ConnectorSettings {
        ConnectorSettings(
            system: "sf", kind: "sf", baseURL: "https://sf.example.com/std/service",
            credentials: ["partnerId": "P1", "checkWord": "check-word", "pushToken": "0123456789abcdef"],
            options: sender.merging(["monthlyCard": "7551234567"]) { $1 }.merging(options) { $1 })
    }

    static func officeSettings(_ system: String, kind: String) -> ConnectorSettings {
        ConnectorSettings(
            system: system, kind: kind, baseURL: "https://\(system).example.com/api/",
            credentials: ["webhookSecret": webhookSecret])
    }
}

/// The end of an instruction in a form that can be compared.
enum End: Equatable {
    case done([String], String)
    case refused(String)
    case retryable(String, Milliseconds?)
    case underWay([String], String)
    case ambiguous(String)
    case notFound

    /// Facts as "message id = kind".
    init(_ result: InstructionResult) {
        switch result {
        case .done(let facts, let detail):
            self = .done(facts.map { "\($0.messageID) = \($0.body.kind.rawValue)" }, detail)
        case .underWay(let facts, let detail):
            self = .underWay(facts.map { "\($0.messageID) = \($0.body.kind.rawValue)" }, detail)
        case .refused(let detail, _): self = .refused(detail)
        case .retryable(let detail, let after): self = .retryable(detail, after)
        case .ambiguous(let detail): self = .ambiguous(detail)
        case .notFound: self = .notFound
        }
    }
}

extension InstructionResult {
    var facts: [ReportedFact] {
        switch self {
        case .done(let facts, _), .underWay(let facts, _): facts
        default: []
        }
    }
}

extension Array where Element == UInt8 {
    var utf8Text: String { String(decoding: self, as: UTF8.self) }
}

/// The pairs of a URL's query.
func query(of url: String) -> [(name: String, value: String)] {
    let text = url.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    return formDecoded(text.utf8) ?? []
}

/// `../shared/data`'s neighbour with signature pairs from third parties; nil where it is not there.
func sharedVectors() -> [JSON]? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let data =
        ProcessInfo.processInfo.environment["HYDRANT_SHARED_DATA"].map { URL(filePath: $0) }
        ?? root.deletingLastPathComponent().appending(path: "shared/data")
    let file = data.deletingLastPathComponent().appending(path: "protocols/vectors.json")
    guard let bytes = try? Data(contentsOf: file), let document = try? JSON(bytes: Array(bytes)) else { return nil }
    return document.array
}
