import Foundation
import Glibc
import HydrantCore

/// Asks whoever listens on a port of this machine whether it is a hub. Both questions are answered without a token.
struct HubProbe {
    struct Found: Sendable {
        var isReady: Bool
        /// How it is, in words.
        var finding: String
    }

    let port: Int

    private static let patienceSeconds = 3
    private static let answerBytes = 65_536

    /// - Returns: nil when it is no hub, or does not answer in time.
    func look() async -> Found? {
        let port = port
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Self.found(on: port)) }
        }
    }

    private static func found(on port: Int) -> Found? {
        // Others may answer "ready" too; only a hub refuses orders with this code.
        guard let refusal = answer(to: "/v1/orders", port: port), refusal.status == 401,
            refusal.document?["code"]?.string == "HY-2001", let ready = answer(to: "/readyz", port: port)
        else { return nil }
        if ready.status == 200, ready.document?["status"]?.string == "ready" {
            return Found(isReady: true, finding: "and it is ready")
        }
        let code = ready.document?["code"]?.string.map { " (\($0))" } ?? ""
        return Found(isReady: false, finding: "but it is not ready\(code)")
    }

    private struct Answer {
        var status: Int
        var document: JSON?
    }

    private static func answer(to path: String, port: Int) -> Answer? {
        guard let number = UInt16(exactly: port) else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        guard inet_pton(AF_INET, PortProbe.loopback, &address.sin_addr) == 1 else { return nil }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) == 0 }
        }
        let head = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAccept: application/json\r\n"
        let question = Array((head + "Connection: close\r\n\r\n").utf8)
        guard isConnected, send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) == question.count
        else { return nil }
        return read(descriptor)
    }

    private static func read(_ descriptor: Int32) -> Answer? {
        let end = ContinuousClock.now + .seconds(patienceSeconds)
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < answerBytes, ContinuousClock.now < end {
            let count = recv(descriptor, &part, part.count, 0)
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        // The body may come in chunks; it is one object all the same.
        let body = text.firstRange(of: "\r\n\r\n").map { text[$0.upperBound...] } ?? ""
        guard let first = body.firstIndex(of: "{"), let last = body.lastIndex(of: "}") else {
            return Answer(status: status)
        }
        return Answer(status: status, document: try? JSON(bytes: Array(body[first...last].utf8)))
    }
}
