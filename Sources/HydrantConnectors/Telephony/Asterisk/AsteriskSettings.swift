package import HydrantConnectorKit
import HydrantCore

/// How the hub reaches an Asterisk through its REST interface (ARI).
package struct AsteriskSettings: Sendable {
    var system: String
    /// With the interface's own path: `https://pbx.example:8089/ari`.
    var url: String
    var authorization: String
    /// `{agent}` stands for what the agent typed: `PJSIP/{agent}`.
    var agentEndpoint: String
    /// Where in the dialplan a call goes on once the agent has answered.
    var context: String
    var dialplanExtension: String
    /// What the agent's telephone shows.
    var callerID: String
    var ringSeconds: Int64
    var longest: Milliseconds
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        let user = try settings.credential("username")
        let password = try settings.credential("password")
        authorization = "Basic " + base64Text(Array("\(user):\(password)".utf8))
        agentEndpoint = settings.option("agentEndpoint", default: "PJSIP/{agent}")
        guard agentEndpoint.contains("{agent}") else {
            throw ConnectorSettingsProblem(
                system: system, field: "options.agentEndpoint", message: "must contain {agent}")
        }
        context = settings.option("context", default: "hydrant-call")
        dialplanExtension = settings.option("extension", default: "s")
        callerID = settings.option("callerId", default: "Hydrant")
        ringSeconds = try settings.number("ringSeconds", default: 30)
        longest = .minutes(try settings.number("longestMinutes", default: 30))
        guard longest < CallWish.lifetime else {
            throw ConnectorSettingsProblem(
                system: system, field: "options.longestMinutes", message: "must be below 120")
        }
        timeout = try settings.timeout()
    }

    func call(_ method: String, _ path: String, _ body: JSON? = nil) -> HTTPCall {
        HTTPCall(
            method: method, url: url + path,
            headers: [("authorization", authorization)] + (body == nil ? [] : [("content-type", "application/json")]),
            body: body?.bytes ?? [], timeout: timeout)
    }
}
