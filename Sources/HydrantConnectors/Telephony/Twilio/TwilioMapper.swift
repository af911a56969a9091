import HydrantConnectorKit
import HydrantCore

/// Calls to Twilio and its words back; no effects.
enum TwilioMapper {
    /// Rings the agent; what follows once they answer is in the instructions of the call, in the body.
    static func form(
        _ question: CallQuestion, order: String, _ settings: TwilioSettings
    ) -> [(name: String, value: String)] {
        [
            ("To", agent(question, settings)), ("From", settings.callerID),
            ("Twiml", instructions(question, order: order, settings)), ("Timeout", String(settings.ringSeconds)),
            ("TimeLimit", String(settings.longest / 1_000)),
        ]
    }

    static func agent(_ question: CallQuestion, _ settings: TwilioSettings) -> String {
        let typed = question.agent.open(reason: "a telephone system rings it")
        if typed.count < 7, !settings.agentAddress.isEmpty {
            return settings.agentAddress.replacing("{agent}", with: typed)
        }
        return whole(typed, settings)
    }

    private static func whole(_ number: String, _ settings: TwilioSettings) -> String {
        if number.hasPrefix("+") { return number }
        // A trunk's zero is not dialled from abroad.
        let bare = number.hasPrefix("0") ? String(number.dropFirst()) : number
        return settings.country + bare
    }

    private static func instructions(
        _ question: CallQuestion, order: String, _ settings: TwilioSettings
    ) -> String {
        let customer = question.customer.open(reason: "a telephone system rings it")
        let callback = settings.hubURL.isEmpty ? "" : settings.callbackURL(order: order, call: question.id)
        var dial = [
            ("callerId", settings.callerID), ("timeout", String(settings.ringSeconds)),
            ("timeLimit", String(settings.longest / 1_000)),
        ]
        var number: [(String, String)] = []
        // Half a second for each w: the exchange of a virtual number speaks first.
        if !customer.digits.isEmpty { number.append(("sendDigits", "wwww" + customer.digits)) }
        if settings.isRecorded { dial.append(("record", "record-from-answer-dual")) }
        if !callback.isEmpty {
            number += [
                ("statusCallbackEvent", "initiated ringing answered completed"), ("statusCallback", callback),
            ]
            if settings.isRecorded { dial.append(("recordingStatusCallback", callback)) }
        }
        return "<Response><Dial\(attributes(dial))><Number\(attributes(number))>\(whole(customer.number, settings))"
            + "</Number></Dial></Response>"
    }

    private static func attributes(_ pairs: [(String, String)]) -> String {
        pairs.map { " \($0.0)=\"\(xmlEscaped($0.1))\"" }.joined()
    }

    private static func xmlEscaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }

    /// - Parameter parent: the agent's leg.
    /// - Parameter child: the customer's leg; nil before it is rung.
    static func standing(parent: JSON, child: JSON?) -> CallStanding {
        let agent = parent["status"]?.string ?? ""
        var standing: CallStanding
        if let child, let word = child["status"]?.string {
            standing = TwilioWords.customer(word, seconds: seconds(child))
        } else {
            standing = TwilioWords.agent(agent)
        }
        standing.reference = parent["sid"]?.string.flatMap { TwilioWords.isCall($0) ? $0 : nil } ?? ""
        return standing
    }

    private static func seconds(_ call: JSON) -> Int? { call["duration"]?.looseText.flatMap { Int($0) } }
}

/// Twilio's words for how far a leg of a call is.
enum TwilioWords {
    /// The words that Twilio has.
    static let all: Set<String> = [
        "queued", "initiated", "ringing", "in-progress", "answered", "completed", "busy", "no-answer", "canceled",
        "failed",
    ]

    /// The fields of its callbacks about calls and recordings.
    static let fields: Set<String> = [
        "AccountSid", "AddOns", "AnsweredBy", "ApiVersion", "ApplicationSid", "CallDuration", "CallSid", "CallStatus",
        "CallToken", "CallbackSource", "Called", "CalledCity", "CalledCountry", "CalledState", "CalledVia",
        "CalledZip", "Caller", "CallerCity", "CallerCountry", "CallerId", "CallerName", "CallerState", "CallerZip",
        "Direction", "Duration", "ErrorCode", "ErrorMessage", "ErrorUrl", "ForwardedFrom", "From", "FromCity",
        "FromCountry", "FromState", "FromZip", "InitiatedBy", "ParentCallSid", "QueueTime", "RecordingChannels",
        "RecordingDuration", "RecordingEmissionCount", "RecordingProcessingTime", "RecordingSid", "RecordingSource",
        "RecordingStartTime", "RecordingStatus", "RecordingTrack", "RecordingUrl", "SequenceNumber",
        "ShakenStirPassportToken", "SipCallId", "SipResponseCode", "StirPassportToken", "StirStatus", "StirVerstat",
        "Timestamp", "To", "ToCity", "ToCountry", "ToState", "ToZip", "TrunkSid",
    ]

    /// Twilio's own number of a call: `CA` and 32 hexadecimal digits. Nothing else goes into an address.
    static func isCall(_ text: String) -> Bool { isNumber(text, "CA") }

    static func isRecording(_ text: String) -> Bool { isNumber(text, "RE") }

    private static func isNumber(_ text: String, _ begin: String) -> Bool {
        text.utf8.count == 34 && text.hasPrefix(begin)
            && text.utf8.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    static func customer(_ word: String, seconds: Int?) -> CallStanding {
        switch word {
        case "queued", "initiated", "ringing": CallStanding(.ringing)
        case "in-progress", "answered": CallStanding(.answered)
        case "completed": .ended(.answered, seconds: seconds)
        case "busy": .ended(.busy)
        case "no-answer": .ended(.noAnswer)
        case "canceled": .ended(.cancelled)
        default: .ended(.failed)
        }
    }

    /// The agent's leg before the customer's is there.
    static func agent(_ word: String) -> CallStanding {
        switch word {
        case "queued", "initiated", "ringing": CallStanding(.agentRinging)
        case "in-progress": CallStanding(.ringing)
        case "completed", "busy", "no-answer", "canceled": .ended(.cancelled)
        default: .ended(.failed)
        }
    }
}
