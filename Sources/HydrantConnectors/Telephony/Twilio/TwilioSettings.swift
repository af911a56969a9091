package import HydrantConnectorKit
import HydrantCore

/// How the hub makes calls through Twilio's Voice interface.
package struct TwilioSettings: Sendable {
    var system: String
    var url: String
    var account: String
    var token: String
    /// The company's number that both telephones show, in E.164.
    var callerID: String
    /// Put in front of numbers without a country.
    var country: String
    /// Where an extension is reached: `sip:{agent}@pbx.example`; empty where agents have whole numbers only.
    var agentAddress: String
    /// The hub's own public address for callbacks, without a slash at its end; empty: the hub only asks.
    var hubURL: String
    var isRecorded: Bool
    var ringSeconds: Int64
    var longest: Milliseconds
    var timeout: Milliseconds

    package init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        system = settings.system
        url = try settings.checkedBaseURL()
        account = try settings.credential("accountSid")
        token = try settings.credential("authToken")
        callerID = try settings.requiredOption("callerId")
        country = settings.option("country", default: "+86")
        agentAddress = settings.option("agentAddress", default: "")
        hubURL = settings.options["hubUrl"] == nil ? "" : try settings.checkedURL(option: "hubUrl")
        isRecorded = try settings.truth("record", default: false)
        ringSeconds = try settings.number("ringSeconds", default: 30)
        longest = .minutes(try settings.number("longestMinutes", default: 30))
        guard longest < CallWish.lifetime else {
            throw ConnectorSettingsProblem(
                system: system, field: "options.longestMinutes", message: "must be below 120")
        }
        timeout = try settings.timeout()
    }

    func call(_ method: String, _ path: String, _ form: [(name: String, value: String)] = []) -> HTTPCall {
        HTTPCall(
            method: method, url: "\(url)/2010-04-01/Accounts/\(account)\(path)",
            headers: [("authorization", "Basic " + base64Text(Array("\(account):\(token)".utf8)))]
                + (form.isEmpty ? [] : [("content-type", "application/x-www-form-urlencoded")]),
            body: form.isEmpty ? [] : Array(formEncoded(form).utf8), timeout: timeout)
    }

    /// Where callbacks about a call go: the order and the call are its last part, in hexadecimal digits.
    func callbackURL(order: String, call: String) -> String {
        "\(hubURL)/push/\(system)/\(hexadecimalText(Array("\(call)/\(order)".utf8)))"
    }

    /// A signature over the whole address and the form, as Twilio makes it.
    func signature(url: String, form: [(name: String, value: String)]) -> String {
        var input = SignatureInput(secret: token)
        input.fields["url"] = Array(url.utf8)
        input.pairs["pairs"] = form
        return SignatureRecipe.keyedSHA1OfURLAndPairs.sign(input)
    }
}
