import Glibc

/// No port of 127.0.0.1 could be found.
struct NoFreePort: Error {}

/// A port of 127.0.0.1 that nobody listens on now.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw NoFreePort() }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
            bind(descriptor, plain, length) == 0 && getsockname(descriptor, plain, &length) == 0
        }
    }
    guard isBound else { throw NoFreePort() }
    return Int(UInt16(bigEndian: address.sin_port))
}
