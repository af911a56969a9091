package import HydrantConnectorKit
import HydrantCore

/// Takes in what Twilio tells about a call as it goes on, and when a recording is ready.
package struct TwilioPushReceiver: PushReceiver {
    private let settings: TwilioSettings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: TwilioSettings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        guard let form = formDecoded(push.body) else { throw Self.problem(.signature, "the form cannot be read") }
        guard let bytes = hexadecimalBytes(push.pathRest), let name = String(validating: bytes, as: UTF8.self),
            let parting = name.firstIndex(of: "/")
        else { throw Self.problem(.signature, "the address names no call") }
        let call = String(name[..<parting])
        let order = String(name[name.index(after: parting)...])
        let url = settings.callbackURL(order: order, call: call)
        let signed = push.headers["x-twilio-signature"] ?? ""
        // The address that was signed may name the port or not.
        guard urls(url).contains(where: { isRight(signed, $0, form) }) else {
            throw Self.problem(.signature, "wrong or missing X-Twilio-Signature")
        }
        // What is signed is names and values in one string: only names that Twilio has say where one ends.
        guard form.allSatisfy({ TwilioWords.fields.contains($0.name) }) else {
            throw Self.problem(.malformed, "a field has a name that Twilio does not have")
        }
        let fact = try fact(form, call: call, order: order)
        return PushContent(facts: fact.map { [$0] } ?? [], acknowledgement: Self.acknowledgement)
    }

    private func isRight(_ signature: String, _ url: String, _ form: [(name: String, value: String)]) -> Bool {
        isEqualInConstantTime(signature.utf8, settings.signature(url: url, form: form).utf8)
    }

    private func urls(_ url: String) -> [String] {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return [url] }
        let port = parts[0] == "https:" ? ":443" : ":80"
        let host = String(parts[2])
        let other = host.hasSuffix(port) ? String(host.dropLast(port.count)) : host.contains(":") ? host : host + port
        return [url, "\(parts[0])//\(other)/\(parts[3])"]
    }

    private func fact(_ form: [(name: String, value: String)], call: String, order: String) throws(PushProblem)
        -> ReportedFact?
    {
        func field(_ name: String) -> String { value(of: name, in: form) ?? "" }
        var report: CallReport
        let id: String
        if !field("RecordingSid").isEmpty {
            guard field("RecordingStatus") == "completed" else { return nil }
            guard TwilioWords.isRecording(field("RecordingSid")) else {
                throw Self.problem(.malformed, "the number of the recording has another form")
            }
            report = CallReport(
                id: call, stage: .ended, ending: .answered, seconds: Int(field("RecordingDuration")))
            report.recording = field("RecordingSid")
            report.reference = Self.call(field("CallSid"))
            id = "\(field("RecordingSid"))/\(field("RecordingStatus"))"
        } else {
            guard !field("CallStatus").isEmpty else { return nil }
            guard TwilioWords.all.contains(field("CallStatus")) else {
                throw Self.problem(.malformed, "CallStatus is none of Twilio's words")
            }
            let standing = TwilioWords.customer(field("CallStatus"), seconds: Int(field("CallDuration")))
            report = standing.report(call)
            report.reference = Self.call(field("ParentCallSid"))
            id = "\(field("CallSid"))/\(field("SequenceNumber"))/\(field("CallStatus"))"
        }
        return ReportedFact(
            messageID: id, order: order, occurredAt: MailTime.instant(field("Timestamp")),
            body: .callReported(report))
    }

    private static func call(_ sid: String) -> String { TwilioWords.isCall(sid) ? sid : "" }

    private static func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        PushProblem(
            kind: kind, message: message,
            acknowledgement: Acknowledgement(
                contentType: "text/xml", body: Array("<Response><Reject/></Response>".utf8)))
    }

    private static let acknowledgement = Acknowledgement(
        contentType: "text/xml", body: Array("<Response></Response>".utf8))
}
