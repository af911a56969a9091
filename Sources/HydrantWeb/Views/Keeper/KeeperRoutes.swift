import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import NIOCore
import Synchronization

/// `/k/CODE`: the keeper's form. Open to whoever has the code, which is not to be guessed, works once and not for long;
/// guessing is slowed down all the same, each source by itself.
struct KeeperRoutes: Sendable {
    let hub: Hub
    let files: PageFiles
    private let gate = GuessGate()
    private static let formBytesMaximum = 4_096

    init(hub: Hub, files: PageFiles) {
        self.hub = hub
        self.files = files
    }

    /// - Parameter source: where the request comes from.
    func get(_ request: Request, code: String, _ source: String) async throws -> Response {
        let page = PageRequest(request)
        guard gate.mayTry(source, hub.clock.now()) else { return answer(page, code, nil, .busy, .tooManyRequests) }
        guard let form = try await hub.keeperForm(code: code) else {
            gate.noteMiss(source, hub.clock.now())
            return answer(page, code, nil, .closed, .gone)
        }
        return answer(page, code, form, .asking, .ok)
    }

    /// - Parameter source: where the request comes from.
    func post(_ request: Request, code: String, _ source: String) async throws -> Response {
        let page = PageRequest(request)
        guard gate.mayTry(source, hub.clock.now()) else { return answer(page, code, nil, .busy, .tooManyRequests) }
        let body = try await readBody(of: request, Self.formBytesMaximum)
        let pairs = formDecoded(body) ?? []
        let typed = String((pairs.last { $0.name == "number" }?.value ?? "").prefix(100))
        guard let form = try await hub.keeperForm(code: code) else {
            gate.noteMiss(source, hub.clock.now())
            return answer(page, code, nil, .closed, .gone)
        }
        let named = pairs.last { $0.name == "courier" }?.value ?? form.courier
        let courier = form.couriers.contains { $0.id == named } ? named : form.courier
        switch try await hub.type(typed, courier: courier, into: form) {
        case .taken(let number, let courier):
            return answer(page, code, form, .taken(number: number, courier: courier), .ok)
        case .wrong(let refusal):
            let state = KeeperView.State.wrong(refusal, typed: typed, courier: courier)
            return answer(page, code, form, state, .unprocessableContent)
        case .tooLate: return answer(page, code, nil, .closed, .gone)
        }
    }

    private func answer(
        _ page: PageRequest, _ code: String, _ form: KeeperForm?, _ state: KeeperView.State,
        _ status: HTTPResponse.Status
    ) -> Response {
        let view = KeeperView(form: form, code: code, state: state)
        let text = view.document(page.language, page, files: files)
        var response = Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        if status == .tooManyRequests { response.headers[.retryAfter] = "60" }
        return response
    }
}

/// Counts codes that are none: after too many of them in a minute their source gets no further until the minute is
/// over. Codes cannot be guessed, so that other sources go on: whoever tries keeps no keeper from a form.
final class GuessGate: Sendable {
    static let missesAMinute = 60
    private static let sourcesMaximum = 10_000

    private let state = Mutex((minute: Int64(0), misses: [String: Int]()))

    func mayTry(_ source: String, _ now: Instant) -> Bool {
        state.withLock { state in
            state.minute != now.milliseconds / .minutes(1) || state.misses[source, default: 0] < Self.missesAMinute
        }
    }

    func noteMiss(_ source: String, _ now: Instant) {
        state.withLock { state in
            let minute = now.milliseconds / .minutes(1)
            if state.minute != minute { state = (minute, [:]) }
            guard state.misses[source] != nil || state.misses.count < Self.sourcesMaximum else { return }
            state.misses[source, default: 0] += 1
        }
    }
}
