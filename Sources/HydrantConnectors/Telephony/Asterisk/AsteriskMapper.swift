import HydrantConnectorKit
import HydrantCore

/// Calls to Asterisk's channels and its answers back; no effects.
enum AsteriskMapper {
    /// Rings the agent; the dialplan then rings the customer, whose number is a variable and in no address. Asterisk
    /// takes every parameter of this call in its body too.
    static func originate(_ question: CallQuestion, _ settings: AsteriskSettings) -> JSON {
        let customer = question.customer.open(reason: "a telephone system rings it")
        let agent = question.agent.open(reason: "a telephone system rings it")
        return [
            "endpoint": .string(settings.agentEndpoint.replacing("{agent}", with: agent)),
            "channelId": .string(question.id), "context": .string(settings.context),
            "extension": .string(settings.dialplanExtension), "priority": 1, "callerId": .string(settings.callerID),
            "timeout": .integer(settings.ringSeconds),
            "variables": [
                "HYDRANT_CALL": .string(question.id), "HYDRANT_NUMBER": .string(customer.number),
                "HYDRANT_DIGITS": .string(customer.digits), "HYDRANT_RING": .string(String(settings.ringSeconds)),
            ],
        ]
    }

    /// - Parameter dialStatus: of the agent's channel: empty until the customer's telephone was tried.
    /// - Parameter answeredSeconds: how long they spoke; set when they have hung up.
    static func standing(
        channel: JSON, dialStatus: String, answeredSeconds: Int?
    ) -> CallStanding {
        guard channel["state"]?.string == "Up" else { return CallStanding(.agentRinging) }
        switch dialStatus {
        case "": return CallStanding(.ringing)
        case "ANSWER":
            guard let answeredSeconds else { return CallStanding(.answered) }
            return .ended(.answered, seconds: answeredSeconds)
        case "BUSY": return .ended(.busy)
        case "NOANSWER": return .ended(.noAnswer)
        case "CANCEL": return .ended(.cancelled)
        default: return .ended(.failed)
        }
    }

    /// The words of a refusal: `{"message": "Endpoint not found"}`.
    static func words(_ reply: HTTPReply) -> String? {
        (try? JSON(bytes: reply.body))?["message"]?.string.map { withoutPeople(shortened($0)) }
    }
}
