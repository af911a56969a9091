import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantStorage

/// An answer that says no, as RFC 9457 describes, with the number of its page in docs/errors and what to do.
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    /// `HY-nnnn`.
    var code: String
    var title: String
    /// This case, as a sentence; nothing personal and no secret.
    var detail: String
    /// What to do, as a sentence.
    var advice: String
    var headers: [(HTTPField.Name, String)] = []

    var json: JSON {
        [
            "type": .string("urn:hydrant:error:\(code)"), "title": .string(title),
            "status": .integer(Int64(status.code)), "code": .string(code), "detail": .string(detail),
            "advice": .string(advice),
        ]
    }

    var response: Response {
        var response = Response(status: status, json: json, type: "application/problem+json")
        for (name, value) in headers { response.headers[name] = value }
        return response
    }
}

extension Problem {
    private static let challenge: [(HTTPField.Name, String)] = [(.wwwAuthenticate, "Bearer realm=\"hydrant\"")]

    static let tokenMissing = Problem(
        status: .unauthorized, code: "HY-2001", title: "No access token",
        detail: "This address needs an access token.",
        advice: "Send the header Authorization: Bearer TOKEN with a token of this hub.", headers: challenge)

    static let tokenUnknown = Problem(
        status: .unauthorized, code: "HY-2002", title: "Unknown access token",
        detail: "The access token is not one of this hub, or its session has ended.",
        advice: "Check that the token was copied whole; ask for a new one if it was withdrawn.", headers: challenge)

    static func scopeMissing(_ scope: AccessScope) -> Problem {
        Problem(
            status: .forbidden, code: "HY-2003", title: "Not allowed with this token",
            detail: "The token does not have the scope \(scope.rawValue).",
            advice: "Use a token that has it.")
    }

    static func roleMissing(_ role: Role) -> Problem {
        Problem(
            status: .forbidden, code: "HY-2030", title: "Not allowed with this role",
            detail: "The role \(role.rawValue) may not do this.",
            advice: "Ask the owner of the hub, who gives out roles.")
    }

    static let foreignForm = Problem(
        status: .forbidden, code: "HY-2031", title: "A form of another site",
        detail: "The form was sent by another site, or by a page that was opened before the last sign-in.",
        advice: "Open the page of the hub again and send its form from there.")

    static let tooManyStreams = Problem(
        status: .serviceUnavailable, code: "HY-2032", title: "Too many open pages",
        detail: "This session or user, or the hub as a whole, has as many open event streams as it may have.",
        advice: "Close pages that nobody looks at; open pages come back by themselves.", headers: [(.retryAfter, "5")])

    static let busyReading = Problem(
        status: .tooManyRequests, code: "HY-2033", title: "Another picture is being read",
        detail: "The hub reads one picture of a session at a time, and two altogether.",
        advice: "Send the next picture after the answer to the last one.", headers: [(.retryAfter, "1")])

    static let factorMissing = Problem(
        status: .forbidden, code: "HY-2034", title: "A second factor is missing",
        detail: "This role must have a second factor, and none is set.",
        advice: "Set it on the page /account.")

    static let tooManyGuesses = Problem(
        status: .tooManyRequests, code: "HY-2035", title: "Too many attempts to sign in",
        detail: "More attempts came within a second, from this address or altogether, than are looked at.",
        advice: "Try again in a moment.", headers: [(.retryAfter, "1")])

    static func unsigned(_ detail: String) -> Problem {
        Problem(
            status: .unauthorized, code: "HY-2004", title: "The signature is missing or wrong", detail: detail,
            advice: "Sign the exact bytes of the body as docs/api.md shows, with the secret of this hub.",
            headers: challenge)
    }

    /// The token was made in this hub and has a key of its own; the signature is of another key, or of another body.
    static let notSignedWithOwnKey = Problem(
        status: .unauthorized, code: "HY-2004", title: "The signature is missing or wrong",
        detail: "webhook-signature does not fit the body and this token's own signing key.",
        advice: "A token made on the settings page (/settings/tokens) signs with its own key, which was shown once "
            + "with it, not with the hub's secret. Sign the exact bytes of the body with it; where the key is lost, "
            + "make a new token.",
        headers: challenge)

    static let stale = Problem(
        status: .unauthorized, code: "HY-2005", title: "The signature is too old or too new",
        detail: "webhook-timestamp must be seconds since 1970 and at most 300 seconds from the hub's clock.",
        advice: "Set the sender's clock, and sign again when you repeat a message.", headers: challenge)

    static func bodyTooLarge(_ maximum: Int) -> Problem {
        Problem(
            status: .contentTooLarge, code: "HY-2006", title: "The body is too large",
            detail: "At most \(maximum) bytes fit into one request.", advice: "Send fewer facts in one request.")
    }

    static func tooManyFacts(_ maximum: Int) -> Problem {
        Problem(
            status: .contentTooLarge, code: "HY-2007", title: "Too many facts in one request",
            detail: "A list has at most \(maximum) facts; nothing of this one was taken.",
            advice: "Send lists of 100 to \(maximum) facts.")
    }

    static func notJSON(_ detail: String) -> Problem {
        Problem(
            status: .badRequest, code: "HY-2008", title: "The body is not a fact or a list of facts", detail: detail,
            advice: "Send one JSON object, or a JSON list of 1 to 1000 of them, as UTF-8.")
    }

    static let noRoute = Problem(
        status: .notFound, code: "HY-2009", title: "No such address", detail: "The hub has nothing at this address.",
        advice: "Compare the address with /openapi.json.")

    static func wrongMethod(_ allowed: [HTTPRequest.Method]) -> Problem {
        let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return Problem(
            status: .methodNotAllowed, code: "HY-2010", title: "Wrong method", detail: "This address takes \(names).",
            advice: "Compare the method with /openapi.json.", headers: [(.allow, names)])
    }

    static func unknownOrder(_ detail: String) -> Problem {
        Problem(
            status: .notFound, code: "HY-2011", title: "Unknown order", detail: detail,
            advice: "Check the number; it is compared exactly, letter by letter.")
    }

    static func badParameter(_ name: String, _ rule: String) -> Problem {
        Problem(
            status: .badRequest, code: "HY-2012", title: "A parameter is wrong", detail: "\(name) \(rule).",
            advice: "Correct it and ask again.")
    }

    static let overloaded = Problem(
        status: .serviceUnavailable, code: "HY-2013", title: "The hub is busy",
        detail: "More facts wait than the hub can write soon; nothing of this request was taken.",
        advice: "Send it again, with the same ids, after the time in Retry-After.", headers: [(.retryAfter, "1")])

    static let stopping = Problem(
        status: .serviceUnavailable, code: "HY-2014", title: "The hub is stopping",
        detail: "The hub takes nothing more; nothing of this request was taken.",
        advice: "Send it again, with the same ids, after the time in Retry-After.", headers: [(.retryAfter, "5")])

    static let unexpected = Problem(
        status: .internalServerError, code: "HY-2015", title: "A fault of the hub",
        detail: "The request could not be answered because of a fault in the program.",
        advice: "Report it with the request id of the answer's header x-request-id and the log.")

    static func notReady(_ detail: String) -> Problem {
        Problem(
            status: .serviceUnavailable, code: "HY-2016", title: "The hub is not ready", detail: detail,
            advice: "Wait a moment; if it stays so, look at the log.", headers: [(.retryAfter, "5")])
    }

    static func unreadableRequest(_ detail: String) -> Problem {
        Problem(
            status: .badRequest, code: "HY-2017", title: "The request cannot be read", detail: detail,
            advice: "Compare the request with /openapi.json.")
    }

    static let slowBody = Problem(
        status: .requestTimeout, code: "HY-2018", title: "The body came too slowly",
        detail: "The whole body did not come in time; nothing of this request was taken.",
        advice: "Send it again, with the same ids, over a better connection or in smaller parts.")

    /// The database is in trouble: nothing of the request was kept or acknowledged.
    init(_ failure: StoreFailure) {
        guard failure.kind != .damagedOrder else {
            self.init(
                status: .internalServerError, code: failure.code, title: "The order is damaged",
                detail: failure.message, advice: failure.advice)
            return
        }
        self.init(
            status: .serviceUnavailable, code: failure.code, title: "The database cannot be used",
            detail: failure.message, advice: failure.advice, headers: [(.retryAfter, "5")])
    }
}

extension Response {
    /// A JSON answer.
    init(status: HTTPResponse.Status = .ok, json: JSON, type: String = "application/json") {
        self.init(status: status, bytes: json.bytes, type: type)
    }

    init(status: HTTPResponse.Status = .ok, bytes: [UInt8], type: String) {
        var headers = HTTPFields()
        headers.reserveCapacity(12)
        headers[.contentType] = type
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
