import Foundation
import Glibc
import Synchronization

/// A server on 127.0.0.1 that answers every connection with the same bytes, whatever they are worth as HTTP.
final class CannedServer: Sendable {
    enum Behaviour: Sendable {
        /// Reads the request, writes the bytes, closes.
        case answer(String)
        /// Reads the request and closes.
        case close
        /// Reads the request and stays silent until the client has gone.
        case silence
    }

    struct CannotListen: Error {}

    let port: Int
    private let descriptor: Int32
    private let requestsSeen = Mutex(0)

    var requests: Int { requestsSeen.withLock { $0 } }

    init(_ behaviour: Behaviour) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socketDescriptor = descriptor
        let isReady = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                bind(socketDescriptor, plain, length) == 0 && listen(socketDescriptor, 16) == 0
                    && getsockname(socketDescriptor, plain, &length) == 0
            }
        }
        guard isReady else { throw CannotListen() }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in serve(behaviour) }
    }

    /// Frees the port; connections to it are refused afterwards.
    func stop() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func serve(_ behaviour: Behaviour) {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            _ = recv(connection, &buffer, buffer.count, 0)
            requestsSeen.withLock { $0 += 1 }
            switch behaviour {
            case .answer(let text):
                let bytes = Array(text.utf8)
                var sent = 0
                while sent < bytes.count {
                    let count = bytes[sent...].withUnsafeBytes {
                        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { break }
                    sent += count
                }
            case .close: break
            case .silence: while recv(connection, &buffer, buffer.count, 0) > 0 {}
            }
            close(connection)
        }
        close(descriptor)
    }
}
