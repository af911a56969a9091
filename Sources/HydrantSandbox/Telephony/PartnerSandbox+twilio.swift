import HydrantConnectorKit
import HydrantCore

/// Twilio's Voice interface: calls with two legs, signed callbacks, recordings.
extension PartnerSandbox {
    func answerTwilio(_ call: SandboxCall) -> SandboxAnswer {
        let expected = "Basic " + base64Text(Array("\(secrets.twilioAccount):\(secrets.twilioToken)".utf8))
        guard call.headers["authorization"] == expected else {
            countRefusedSignature()
            return twilioFailure(401, 20_003, "Authenticate")
        }
        let prefix = "/2010-04-01/Accounts/\(secrets.twilioAccount)/"
        guard call.path.hasPrefix(prefix) else { return twilioFailure(404, 20_404, "not found") }
        let path = call.path.dropFirst(prefix.count).split(separator: "/").map(String.init)
        let query = formDecoded(call.query.utf8) ?? []
        switch (call.method, path) {
        case ("POST", ["Calls.json"]): return makeCall(call)
        case ("GET", ["Calls.json"]): return list(query)
        case ("GET", let path) where path.count == 3 && path[0] == "Calls" && path[2] == "Recordings.json":
            return recordings(path[1])
        case (let method, let path) where path.count == 2 && path[0] == "Calls" && path[1].hasSuffix(".json"):
            let sid = String(path[1].dropLast(5))
            return method == "GET" ? one(sid) : end(sid, formDecoded(call.body) ?? [])
        default: return twilioFailure(404, 20_404, "not found")
        }
    }

    private func twilioFailure(_ status: Int, _ code: Int64, _ message: String) -> SandboxAnswer {
        SandboxAnswer(
            ["code": .integer(code), "message": .string(message), "status": .integer(Int64(status))], status: status)
    }

    private func makeCall(_ call: SandboxCall) -> SandboxAnswer {
        let form = formDecoded(call.body) ?? []
        func field(_ name: String) -> String { value(of: name, in: form) ?? "" }
        guard (try? XMLTree(bytes: Array(field("Twiml").utf8)))?.name == "Response" else {
            return twilioFailure(400, 12_100, "Document parse failure")
        }
        guard field("To").hasPrefix("+") || field("To").hasPrefix("sip:"), field("From").hasPrefix("+") else {
            return twilioFailure(400, 21_211, "Invalid 'To' Phone Number")
        }
        let count = calls[.twilio]?.count ?? 0
        let fault = fault(of: "twilio \(field("To")) \(count)")
        if fault == .throttled { return twilioFailure(429, 20_429, "Too Many Requests") }
        guard fault.takesEffect else { return SandboxAnswer(.null, fault: fault.exchange) }
        let digits = String(lottery.number("sid", "\(count)"), radix: 16)
        // The last digit is the leg: a for the agent, b for the customer.
        let sid = "CA" + paddedDecimal(count, width: 31 - digits.utf8.count) + digits + "a"
        let twiml = field("Twiml")
        let customer = twiml.between(">", "</Number>") ?? ""
        calls[.twilio, default: []].append(
            PlayedCall(
                id: sid, agent: field("To"), customer: String(customer.split(separator: ">").last ?? ""),
                digits: (twiml.between("sendDigits=\"", "\"") ?? "").filter { $0 != "w" }, begin: clock.now(),
                outcome: outcome(ofCall: sid), talk: .seconds(20 + lottery.pick(0...40, "talk", sid)),
                isRecorded: twiml.contains("record-from-answer"),
                callback: twiml.between(" statusCallback=\"", "\"") ?? ""))
        var answer = SandboxAnswer(leg(sid) ?? .null, status: 201)
        answer.fault = fault.exchange
        return answer
    }

    /// The agent's leg.
    private func leg(_ sid: String) -> JSON? {
        guard let call = playedCall(sid, of: .twilio) else { return nil }
        let status =
            switch call.phase(at: clock.now()) {
            case .agentRinging: "ringing"
            case .ringing, .talking: "in-progress"
            case .over: call.outcome == .agentAbsent ? "no-answer" : "completed"
            }
        return document(call, sid: sid, parent: nil, to: call.agent, status: status)
    }

    /// The customer's leg; nil before it is rung.
    private func child(of sid: String) -> JSON? {
        guard let call = playedCall(sid, of: .twilio) else { return nil }
        let now = clock.now()
        guard call.phases.contains(where: { $0.phase == .ringing && $0.at <= now }) else { return nil }
        return document(
            call, sid: customerLeg(sid), parent: sid, to: call.customer, status: word(call, call.phase(at: now)))
    }

    private func customerLeg(_ sid: String) -> String { String(sid.dropLast()) + "b" }

    private func word(_ call: PlayedCall, _ phase: PlayedCall.Phase) -> String {
        switch phase {
        case .agentRinging: "initiated"
        case .ringing: "ringing"
        case .talking: "in-progress"
        case .over: call.wasAnswered ? "completed" : call.outcome == .busy ? "busy" : "no-answer"
        }
    }

    private func document(_ call: PlayedCall, sid: String, parent: String?, to: String, status: String) -> JSON {
        [
            "sid": .string(sid), "parent_call_sid": parent.map { .string($0) } ?? .null, "to": .string(to),
            "from": .string("+865710000000"), "status": .string(status), "direction": "outbound-api",
            "date_created": .string(mailTime(call.begin)),
            "duration": call.seconds(at: clock.now()).map { .string(String($0)) } ?? .null,
        ]
    }

    private func one(_ sid: String) -> SandboxAnswer {
        leg(sid).map { SandboxAnswer($0) } ?? twilioFailure(404, 20_404, "not found")
    }

    private func list(_ query: [(name: String, value: String)]) -> SandboxAnswer {
        if let parent = value(of: "ParentCallSid", in: query) {
            return SandboxAnswer(["calls": .array(child(of: parent).map { [$0] } ?? [])])
        }
        let rows = (calls[.twilio] ?? []).reversed().prefix(200).compactMap { leg($0.id) }
        return SandboxAnswer(["calls": .array(rows)])
    }

    private func recordings(_ sid: String) -> SandboxAnswer {
        guard let call = playedCall(sid, of: .twilio), call.isRecorded, call.wasAnswered,
            call.seconds(at: clock.now()) != nil
        else { return SandboxAnswer(["recordings": .array([])]) }
        return SandboxAnswer(["recordings": [["sid": .string("RE" + sid.dropFirst(2)), "status": "completed"]]])
    }

    private func end(_ sid: String, _ form: [(name: String, value: String)]) -> SandboxAnswer {
        guard value(of: "Status", in: form) == "completed" else { return twilioFailure(400, 21_218, "Invalid status") }
        let now = clock.now()
        change(sid, of: .twilio) { $0.hungUpAt = $0.hungUpAt ?? now }
        return one(sid)
    }

    /// Signed callbacks for the steps of the customer's leg that were not told yet.
    func gatherCalls() {
        let now = clock.now()
        for call in calls[.twilio] ?? [] where !call.callback.isEmpty {
            let steps = call.phases.filter { $0.phase != .agentRinging && $0.at <= now }
            for (number, step) in steps.enumerated().dropFirst(call.told) {
                var form: [(name: String, value: String)] = [
                    ("AccountSid", secrets.twilioAccount), ("CallSid", customerLeg(call.id)),
                    ("ParentCallSid", call.id),
                    ("CallStatus", word(call, step.phase)), ("SequenceNumber", String(number)),
                    ("Timestamp", mailTime(step.at)), ("Direction", "outbound-dial"),
                ]
                if step.phase == .over, call.wasAnswered {
                    form.append(("CallDuration", String(call.seconds(at: now) ?? 0)))
                }
                queue(form, of: call, at: now, "\(call.id) \(number)")
            }
            change(call.id, of: .twilio) { $0.told = steps.count }
        }
    }

    private func queue(
        _ form: [(name: String, value: String)], of call: PlayedCall, at now: Instant, _ subject: String
    ) {
        let isForged = lottery.hits(faults.wrongSignature, "forged", subject)
        var input = SignatureInput(secret: isForged ? "forged" : secrets.twilioToken)
        input.fields["url"] = Array(call.callback.utf8)
        input.pairs["pairs"] = form
        var push = PartnerPush(
            partner: .twilio, url: call.callback, content: Array(formEncoded(form).utf8),
            salt: SignatureRecipe.keyedSHA1OfURLAndPairs.sign(input))
        push.dueAt = now
        pushes.append(push)
        if lottery.hits(faults.repeatedPush, "repeated", subject) { pushes.append(push) }
    }

    /// `Wed, 11 Nov 2026 12:03:11 +0000`
    private func mailTime(_ moment: Instant) -> String {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let civil = moment.civil()
        let date = civil.dateText.split(separator: "-")
        let day = days[Int(moment.milliseconds / 86_400_000 % 7)]
        return "\(day), \(date[2]) \(names[(Int(date[1]) ?? 1) - 1]) \(date[0]) \(civil.timeText.prefix(8)) +0000"
    }
}

extension String {
    /// The text between two marks.
    fileprivate func between(_ begin: String, _ end: String) -> String? {
        guard let first = firstRange(of: begin) else { return nil }
        let rest = self[first.upperBound...]
        return rest.firstRange(of: end).map { String(rest[..<$0.lowerBound]) }
    }
}
