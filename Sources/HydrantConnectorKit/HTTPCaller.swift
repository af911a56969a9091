package import HydrantCore

/// Makes one HTTP call. The live one goes through the egress client; tests and the simulator bring their own.
package protocol HTTPCaller: Sendable {
    func call(_ call: HTTPCall) async throws(HTTPFailure) -> HTTPReply
}

package struct HTTPCall: Sendable {
    package var method: String
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var timeout: Milliseconds

    package init(
        method: String = "POST", url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Milliseconds = .seconds(8)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

extension HTTPCall {
    /// A header that no request can carry; it will not be better the next time.
    package var hasUnsendableHeader: Bool {
        headers.contains { header in
            header.name.isEmpty || header.name.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }
                || header.value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
        }
    }
}

package struct HTTPReply: Sendable {
    package var status: Int
    /// Lower-case names.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(status: Int, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why no reply came. After the request was sent, nobody knows whether it was carried out.
package enum HTTPFailure: Error, Sendable {
    /// Certainly not carried out: no connection, refused, name not found, host not allowed.
    case notSent(String)
    /// The request may have been carried out: time-out or a broken connection after sending.
    case ambiguous(String)
}
