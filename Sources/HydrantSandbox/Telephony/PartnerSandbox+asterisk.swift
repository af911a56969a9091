import HydrantConnectorKit
import HydrantCore

/// Asterisk's REST interface, as far as a click-to-call uses it.
extension PartnerSandbox {
    /// How long the dialplan keeps the agent's channel after the customer has hung up.
    private static let afterwards: Milliseconds = .seconds(10)

    func answerAsterisk(_ call: SandboxCall) -> SandboxAnswer {
        let expected = "Basic " + base64Text(Array("\(secrets.asteriskUser):\(secrets.asteriskPassword)".utf8))
        guard call.headers["authorization"] == expected else {
            countRefusedSignature()
            return ariFailure(401, "Authentication required")
        }
        let parts = call.path.split(separator: "/").map(String.init)
        guard parts.first == "ari" else { return ariFailure(404, "Resource not found") }
        switch (call.method, Array(parts.dropFirst())) {
        case ("POST", ["channels"]): return originate(call)
        case ("GET", let path) where path.count == 2 && path[0] == "channels": return channel(path[1])
        case ("DELETE", let path) where path.count == 2 && path[0] == "channels": return drop(path[1])
        case ("GET", let path) where path.count == 3 && path[0] == "channels" && path[2] == "variable":
            return variable(path[1], call.query)
        case ("GET", let path) where path.count == 3 && path[0] == "recordings" && path[1] == "stored":
            return recording(path[2])
        default: return ariFailure(404, "Resource not found")
        }
    }

    private func ariFailure(_ status: Int, _ message: String) -> SandboxAnswer {
        SandboxAnswer(["message": .string(message)], status: status)
    }

    private func originate(_ call: SandboxCall) -> SandboxAnswer {
        guard let body = try? JSON(bytes: call.body), let id = body["channelId"]?.string,
            let endpoint = body["endpoint"]?.string, body["context"]?.string != nil,
            let number = body["variables"]?["HYDRANT_NUMBER"]?.string
        else { return ariFailure(400, "Invalid parameters") }
        guard playedCall(id, of: .asterisk) == nil else {
            return ariFailure(409, "Channel with given unique ID already exists")
        }
        guard endpoint.hasPrefix("PJSIP/") else { return ariFailure(400, "Endpoint not found") }
        let fault = fault(of: "asterisk \(endpoint) \(calls[.asterisk]?.count ?? 0)")
        guard fault.takesEffect else { return SandboxAnswer(.null, fault: fault.exchange) }
        calls[.asterisk, default: []].append(
            PlayedCall(
                id: id, agent: String(endpoint.dropFirst(6)), customer: number,
                digits: body["variables"]?["HYDRANT_DIGITS"]?.string ?? "", begin: clock.now(),
                outcome: outcome(ofCall: id), talk: .seconds(20 + lottery.pick(0...40, "talk", id)),
                isRecorded: true))
        var answer = channel(id)
        answer.fault = fault.exchange
        return answer
    }

    private func channel(_ id: String) -> SandboxAnswer {
        guard let call = livingCall(id) else { return ariFailure(404, "Channel not found") }
        let isUp = call.phases.contains { $0.phase != .agentRinging && $0.at <= clock.now() }
        return SandboxAnswer([
            "id": .string(id), "name": .string("PJSIP/\(call.agent)-00000001"), "state": isUp ? "Up" : "Ringing",
            "caller": ["name": "", "number": ""], "connected": ["name": "", "number": ""], "accountcode": "",
            "dialplan": [
                "context": "hydrant-call", "exten": "s", "priority": 2, "app_name": "Dial", "app_data": "",
            ], "language": "en",
        ])
    }

    /// Nil once its channel is gone.
    private func livingCall(_ id: String) -> PlayedCall? {
        guard let call = playedCall(id, of: .asterisk), call.hungUpAt == nil else { return nil }
        guard let over = call.overAt else { return call }
        // An agent who did not pick up leaves no channel behind.
        let stays = call.outcome == .agentAbsent ? 0 : Self.afterwards
        return clock.now() < over + stays ? call : nil
    }

    private func drop(_ id: String) -> SandboxAnswer {
        guard livingCall(id) != nil else { return ariFailure(404, "Channel not found") }
        let now = clock.now()
        change(id, of: .asterisk) { $0.hungUpAt = now }
        var answer = SandboxAnswer(.null, status: 204)
        answer.body = []
        return answer
    }

    private func variable(_ id: String, _ query: String) -> SandboxAnswer {
        guard let call = livingCall(id) else { return ariFailure(404, "Channel not found") }
        let isOver = call.phase(at: clock.now()) == .over
        switch query {
        case "variable=DIALSTATUS":
            var word = ""
            if call.phase(at: clock.now()) == .talking || isOver && call.wasAnswered { word = "ANSWER" }
            if isOver, !call.wasAnswered { word = call.outcome == .busy ? "BUSY" : "NOANSWER" }
            return SandboxAnswer(["value": .string(word)])
        case "variable=ANSWEREDTIME":
            guard let seconds = call.seconds(at: clock.now()) else {
                return ariFailure(404, "Provided variable was not found")
            }
            return SandboxAnswer(["value": .string(String(seconds))])
        default: return ariFailure(404, "Provided variable was not found")
        }
    }

    private func recording(_ id: String) -> SandboxAnswer {
        guard let call = playedCall(id, of: .asterisk), call.wasAnswered, call.phase(at: clock.now()) == .over else {
            return ariFailure(404, "Recording not found")
        }
        return SandboxAnswer(["name": .string(id), "format": "wav"])
    }
}
