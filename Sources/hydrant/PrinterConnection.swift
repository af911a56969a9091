import Foundation
import Glibc

/// Sends labels to a printer that listens for raw data, port 9100 as a rule.
struct PrinterConnection {
    let host: String
    let port: String
    /// How long after each attempt that failed, in milliseconds; one attempt more is made than there are pauses.
    var pauses: [UInt32] = [500, 1_000, 2_000, 4_000]

    /// Reads `HOST` or `HOST:PORT`.
    init(_ text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let port = parts.count == 2 ? parts[1] : "9100"
        guard (1...2).contains(parts.count), !parts[0].isEmpty, UInt16(port) != nil, port != "0" else {
            throw CommandProblem(
                "--printer \(text) is no printer", advice: "It looks like 192.168.1.9 or printer:9100.")
        }
        host = parts[0]
        self.port = port
    }

    /// Sends labels one after the other, each on a connection of its own, so that a line that breaks costs one label:
    /// the one that was under way is sent again.
    ///
    /// - Returns: how many attempts failed.
    func send(_ labels: [[UInt8]]) throws -> Int {
        // A printer that goes away is an error to try again after, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        var failed = 0
        for (index, label) in labels.enumerated() {
            var attempt = 0
            while let trouble = sendOnce(label) {
                failed += 1
                guard attempt < pauses.count else {
                    throw CommandProblem(
                        "the printer \(host):\(port) \(trouble); \(index) of \(labels.count) labels were sent",
                        advice: "Check that it is on and that the address is right, then print the rest.", exitCode: 1)
                }
                usleep(pauses[attempt] * 1_000)
                attempt += 1
            }
        }
        return failed
    }

    /// Nil when the printer took everything and closed its side; otherwise what went wrong.
    private func sendOnce(_ label: [UInt8]) -> String? {
        guard let connection = connected() else { return "cannot be reached" }
        defer { close(connection) }
        var rest = label[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
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
