package import HydrantConnectorKit
import HydrantCore

/// Makes calls through Asterisk: rings the agent's telephone, lets the dialplan ring the customer's, and asks the
/// channel how far it is.
package struct AsteriskProxy: Telephone {
    private let settings: AsteriskSettings
    private let caller: any HTTPCaller

    package var system: String { settings.system }

    package init(settings: AsteriskSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        guard let run = CallRun(request, longest: settings.longest) else { return request.unsupported(by: system) }
        if run.known != nil { return await look(run) }
        if run.isTooLate { return CallRun.tooLate }
        do throws(CallFailure) {
            let reply = try await caller.reply(
                settings.call("POST", "/channels", AsteriskMapper.originate(run.question, settings)))
            switch reply.status {
            case 200..<300: return run.result(begun(run))
            // Our own number is taken: it was begun before.
            case 409: return await look(run)
            case 400, 404, 422:
                return .refused(detail: "HTTP \(reply.status) \(AsteriskMapper.words(reply) ?? "")", class: .data)
            default: throw reply.failure(of: "channels")
            }
        } catch {
            return CallPurpose.effect.result(of: error)
        }
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        guard let run = CallRun(request, longest: settings.longest) else { return request.unsupported(by: system) }
        do throws(CallFailure) {
            guard let standing = try await standing(run) else {
                return run.known == nil ? .notFound : run.result(run.vanished)
            }
            return run.result(standing)
        } catch {
            return CallPurpose.finding.result(of: error)
        }
    }

    private func begun(_ run: CallRun) -> CallStanding {
        var standing = CallStanding(.agentRinging)
        standing.reference = run.question.id
        return standing
    }

    private func look(_ run: CallRun) async -> InstructionResult {
        do throws(CallFailure) {
            if run.isOverdue {
                try await hangUp(run)
                return run.result(.ended(.overdue))
            }
            var standing = try await standing(run) ?? run.vanished
            if standing.stage == .ended {
                if standing.ending == .answered { standing.recording = try await recording(run) }
                // The dialplan waits for this before it lets the channel go.
                try await hangUp(run)
            }
            return run.result(standing)
        } catch {
            return CallPurpose.question.result(of: error)
        }
    }

    /// Nil when Asterisk does not know the channel (any more).
    private func standing(_ run: CallRun) async throws(CallFailure) -> CallStanding? {
        let path = "/channels/\(run.question.id)"
        guard let channel = try await document(path) else { return nil }
        let status = try await document("\(path)/variable?variable=DIALSTATUS")?["value"]?.string ?? ""
        var seconds: Int?
        if status == "ANSWER" {
            seconds = try await document("\(path)/variable?variable=ANSWEREDTIME")?["value"]?.string.flatMap { Int($0) }
        }
        var standing = AsteriskMapper.standing(channel: channel, dialStatus: status, answeredSeconds: seconds)
        standing.reference = run.question.id
        return standing
    }

    private func recording(_ run: CallRun) async throws(CallFailure) -> String {
        try await document("/recordings/stored/\(run.question.id)")?["name"]?.string ?? ""
    }

    private func hangUp(_ run: CallRun) async throws(CallFailure) {
        let reply = try await caller.reply(settings.call("DELETE", "/channels/\(run.question.id)"))
        guard (200..<300).contains(reply.status) || reply.status == 404 else { throw reply.failure(of: "hang-up") }
    }

    /// Nil where there is none.
    private func document(_ path: String) async throws(CallFailure) -> JSON? {
        let reply = try await caller.reply(settings.call("GET", path))
        if reply.status == 404 { return nil }
        guard (200..<300).contains(reply.status), let document = try? JSON(bytes: reply.body) else {
            throw reply.failure(of: "channels")
        }
        return document
    }
}
