package import HydrantConnectorKit
import HydrantCore

/// Makes calls through Twilio: rings the agent, then the customer, and asks how far both legs are.
package struct TwilioProxy: Telephone {
    private let settings: TwilioSettings
    private let caller: any HTTPCaller

    package var system: String { settings.system }

    package init(settings: TwilioSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        guard let run = CallRun(request, longest: settings.longest) else { return request.unsupported(by: system) }
        if let known = run.known, TwilioWords.isCall(known.reference) {
            return await look(run, sid: known.reference)
        }
        if run.isTooLate { return CallRun.tooLate }
        let form = TwilioMapper.form(run.question, order: request.order.number, settings)
        do throws(CallFailure) {
            let reply = try await caller.reply(settings.call("POST", "/Calls.json", form))
            guard (200..<300).contains(reply.status) else { return try refused(reply) }
            guard let sid = try? JSON(bytes: reply.body)["sid"]?.string, TwilioWords.isCall(sid) else {
                return .ambiguous(detail: "the reply does not name the call")
            }
            return run.result(begun(sid))
        } catch {
            return CallPurpose.effect.result(of: error)
        }
    }

    /// Twilio takes no number of ours: the call is the one that rang this agent since it was asked for.
    package func find(_ request: InstructionRequest) async -> InstructionResult {
        guard let run = CallRun(request, longest: settings.longest) else { return request.unsupported(by: system) }
        if let known = run.known, TwilioWords.isCall(known.reference) {
            return await look(run, sid: known.reference)
        }
        let agent = TwilioMapper.agent(run.question, settings)
        let from = run.question.askedAt - .seconds(5)
        do throws(CallFailure) {
            let day = from.civil().dateText
            let list = try await document("/Calls.json?StartTime%3E=\(day)&PageSize=200")
            let calls = list["calls"]?.array ?? []
            let found = calls.first { call in
                guard call["to"]?.string == agent, call["parent_call_sid"]?.string == nil,
                    let made = call["date_created"]?.string.flatMap(MailTime.instant)
                else { return false }
                return made >= from
            }
            guard let sid = found?["sid"]?.string, TwilioWords.isCall(sid) else { return .notFound }
            return run.result(begun(sid))
        } catch {
            return CallPurpose.finding.result(of: error)
        }
    }

    private func begun(_ sid: String) -> CallStanding {
        var standing = CallStanding(.agentRinging)
        standing.reference = sid
        return standing
    }

    private func look(_ run: CallRun, sid: String) async -> InstructionResult {
        do throws(CallFailure) {
            if run.isOverdue {
                let reply = try await caller.reply(
                    settings.call("POST", "/Calls/\(sid).json", [("Status", "completed")]))
                guard (200..<300).contains(reply.status) || reply.status == 404 else {
                    throw reply.failure(of: "hang-up")
                }
                return run.result(.ended(.overdue))
            }
            let parent = try await document("/Calls/\(sid).json")
            let children = try await document("/Calls.json?ParentCallSid=\(sid)")
            var standing = TwilioMapper.standing(parent: parent, child: children["calls"]?.array?.last)
            if standing.ending == .answered, settings.isRecorded {
                let list = try await document("/Calls/\(sid)/Recordings.json")
                standing.recording = list["recordings"]?.array?.first?["sid"]?.string ?? ""
            }
            return run.result(standing)
        } catch {
            return CallPurpose.question.result(of: error)
        }
    }

    private func refused(_ reply: HTTPReply) throws(CallFailure) -> InstructionResult {
        guard (400..<500).contains(reply.status), ![401, 403, 408, 425, 429].contains(reply.status) else {
            throw reply.failure(of: "Calls")
        }
        let document = try? JSON(bytes: reply.body)
        let code = document?["code"]?.looseText ?? "HTTP \(reply.status)"
        return .refused(
            detail: "\(code) \(withoutPeople(shortened(document?["message"]?.string ?? "")))", class: .data)
    }

    private func document(_ path: String) async throws(CallFailure) -> JSON {
        let reply = try await caller.reply(settings.call("GET", path))
        guard (200..<300).contains(reply.status), let document = try? JSON(bytes: reply.body) else {
            throw reply.failure(of: "Calls")
        }
        return document
    }
}

/// `Wed, 11 Nov 2026 12:03:11 +0000`
enum MailTime {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func instant(_ text: String) -> Instant? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, let month = months.firstIndex(of: String(parts[2])), parts[5] == "+0000" else {
            return nil
        }
        let number = month + 1
        let day = parts[1].count == 1 ? "0\(parts[1])" : String(parts[1])
        return Instant(text: "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(day)T\(parts[4])Z")
    }
}
