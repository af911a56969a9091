import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantStorage

/// What a page reads from a request: language, parameters, the address for the language link.
struct PageRequest: Sendable {
    static let cookieName = "hydrant_lang"

    let path: String
    /// In the order they stand in the address, without `lang` and without empty ones.
    let parameters: [(String, String)]
    let language: Language
    /// Whether the address chose the language, so that it has to be remembered.
    let choosesLanguage: Bool
    /// The scheme and host by which the browser came.
    let origin: String
    /// The browser's session as it was sent; nil without one.
    let session: String?

    /// Chinese first; English for a browser that asks for English and not for Chinese.
    private static func preferred(_ request: Request) -> Language {
        let asked = request.headers[.acceptLanguage]?.lowercased() ?? ""
        return asked.contains("en") && !asked.contains("zh") ? .english : .chinese
    }

    init(_ request: Request) {
        // An address that begins with two slashes names another host where it becomes a link.
        path = "/" + request.uri.path.drop { $0 == "/" || $0 == "\\" }
        let all = Self.parameters(request.uri.query ?? "")
        parameters = all.filter { $0.0 != "lang" && !$0.1.isEmpty }
        let chosen = all.last { $0.0 == "lang" }.flatMap { Language(rawValue: $0.1) }
        let remembered = request.cookies[Self.cookieName].flatMap { Language(rawValue: $0.value) }
        choosesLanguage = chosen != nil
        let scheme = HTTPField.Name("x-forwarded-proto").flatMap { request.headers[$0] } ?? "http"
        origin = request.head.authority.map { "\(scheme == "https" ? "https" : "http")://\($0)" } ?? ""
        session = SessionCookie.value(of: request)
        language = chosen ?? remembered ?? Self.preferred(request)
    }

    /// Remembers the language that was chosen.
    var languageCookie: Cookie {
        Cookie(
            name: Self.cookieName, value: language.rawValue, maxAge: 31_536_000, path: "/", httpOnly: true,
            sameSite: .lax)
    }

    func parameter(_ name: String) -> String? { parameters.last { $0.0 == name }?.1 }

    /// The page where a form stands, which may have an address of its own.
    var placeOfForm: String {
        let pieces = path.split(separator: "/")
        return "/" + pieces.prefix(pieces.first == "orders" ? 2 : 1).joined(separator: "/")
    }

    func frame(_ place: PageFrame.Place) -> PageFrame {
        PageFrame(language: language, place: place, path: path, query: parameters)
    }

    /// A word out of a list; nil when it is not given.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(BadParameter) -> Choice? where Choice.RawValue == String {
        guard let text = parameter(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw BadParameter(name, allowed: Choice.allCases.map(\.rawValue))
        }
        return choice
    }

    func number(_ name: String, in range: ClosedRange<Int64>) throws(BadParameter) -> Int64? {
        guard let text = parameter(name) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw BadParameter(name, allowed: ["\(range.lowerBound)–\(range.upperBound)"])
        }
        return number
    }

    /// The moment of a time-travel form (`2026-11-11T20:03`, China time) or of a link (RFC 3339).
    func moment(_ name: String, _ words: Words) throws(BadParameter) -> Instant? {
        guard let text = parameter(name) else { return nil }
        // A plus that was not encoded arrives as a blank.
        let candidates = [text, text + ":00+08:00", text + "+08:00", text.replacingLastBlank()]
        for candidate in candidates {
            if let moment = Instant(text: candidate) { return moment }
        }
        throw BadParameter(name, allowed: words("moment_allowed"))
    }

    private static func parameters(_ query: String) -> [(String, String)] {
        query.split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(halves[0]), halves.count > 1 ? decoded(halves[1]) : "")
        }
    }

    /// Percent-decodes, taking a plus for a blank as forms send it; what is no UTF-8 becomes U+FFFD.
    static func decoded(_ text: some StringProtocol, plusIsBlank: Bool = true) -> String {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x25, index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(byte == 0x2B && plusIsBlank ? 0x20 : byte)
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

extension String {
    fileprivate func replacingLastBlank() -> String {
        guard let blank = lastIndex(of: " ") else { return self }
        return String(self[..<blank]) + "+" + String(self[index(after: blank)...])
    }
}

extension BadParameter {
    init(_ name: String, allowed: String) { self.init(name, allowed: Text(chinese: allowed, english: allowed)) }
}
