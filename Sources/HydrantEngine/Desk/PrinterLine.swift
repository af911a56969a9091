import Foundation
import Glibc

/// A printer that listens for raw data, port 9100 as a rule.
package struct PrinterLine: Hashable, Sendable {
    package let host: String
    package let port: String

    /// Reads `HOST` or `HOST:PORT`.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let port = parts.count == 2 ? parts[1] : "9100"
        guard (1...2).contains(parts.count), !parts[0].isEmpty, UInt16(port) != nil, port != "0",
            parts[0].utf8.allSatisfy({ $0 > 0x20 && $0 != 0x2F && $0 != 0x40 })
        else { return nil }
        host = parts[0]
        self.port = port
    }

    /// Sends a document without holding up others.
    ///
    /// - Returns: nil when the printer took everything and closed its side, otherwise what went wrong.
    package func send(_ document: [UInt8]) async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: sendNow(document)) }
        }
    }

    /// As ``send(_:)``; the thread waits.
    package func sendNow(_ document: [UInt8]) -> String? {
        guard let connection = connected() else { return "cannot be reached" }
        defer { close(connection) }
        var rest = document[...]
        while !rest.isEmpty {
            // A printer that goes away is an error to try again after, not the end of the program.
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return "broke off" }
            rest = rest.dropFirst(count)
        }
        guard shutdown(connection, Int32(SHUT_WR)) == 0 else { return "broke off" }
        // The end of the printer's side, or ten seconds of silence, says that everything arrived.
        var sign: UInt8 = 0
        var count = read(connection, &sign, 1)
        while count > 0 { count = read(connection, &sign, 1) }
        return count == 0 || errno == EAGAIN ? nil : "broke off"
    }

    private func connected() -> Int32? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0 else { return nil }
        defer { freeaddrinfo(found) }
        var next = found
        while let address = next {
            next = address.pointee.ai_next
            let connection = socket(address.pointee.ai_family, address.pointee.ai_socktype, address.pointee.ai_protocol)
            guard connection >= 0 else { continue }
            var limit = timeval(tv_sec: 10, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
            if connect(connection, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return connection }
            close(connection)
        }
        return nil
    }
}
