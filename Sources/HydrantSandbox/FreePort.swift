import Glibc
import Synchronization

/// No port of 127.0.0.1 could be found.
struct NoFreePort: Error {}

/// The ports that are given out lie below those that the system gives to connections and to servers that ask for any,
/// so that nobody takes one between its choice and its use. Each process begins elsewhere and gives none twice.
private let nextPort = Mutex(Int(getpid()) &* 37 % 10_000)

/// A port of 127.0.0.1 that nobody listens on now.
func freePort() throws -> Int {
    for _ in 0..<10_000 {
        let port = nextPort.withLock { next in
            next = (next + 1) % 10_000
            return 20_000 + next
        }
        if canListen(on: port) { return port }
    }
    throw NoFreePort()
}

private func canListen(on port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
}
