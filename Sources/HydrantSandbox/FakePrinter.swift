import Foundation
import Glibc
import HydrantCore
import Synchronization

/// A label printer on 127.0.0.1 that takes raw data, remembers what it got, and fails by script.
package final class FakePrinter: Sendable {
    /// What it does with one connection.
    package enum Fault: String, CaseIterable, Sendable {
        /// Takes everything.
        case ok
        /// Hangs up before it has read anything.
        case refuse
        /// Hangs up after the first bytes: out of paper in the middle of a label.
        case `break`
        /// Keeps the line open and reads nothing, like a printer whose lid is open.
        case hang
    }

    private struct State {
        var labels: [[UInt8]] = []
        var script: [Fault]
        var connections = 0
        /// Lines that are kept open until the end.
        var hanging: [Int32] = []
    }

    private let state: Mutex<State>
    private let listener: Int32
    package let port: Int

    /// - Parameter port: 0 takes a free one.
    /// - Parameter script: what it does with its first connections; with those behind them it does nothing wrong.
    package init(port: Int = 0, script: [Fault] = []) throws {
        self.port = port == 0 ? try freePort() : port
        state = Mutex(State(script: script))
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(self.port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) == 0 }
        }
        guard listener >= 0, isBound, listen(listener, 64) == 0 else { throw NoFreePort() }
    }

    package var address: String { "127.0.0.1:\(port)" }

    /// What was printed, one document for each connection that was not broken off.
    package var labels: [[UInt8]] { state.withLock { $0.labels } }

    /// How often somebody connected.
    package var connections: Int { state.withLock { $0.connections } }

    /// Prints until ``stop()``.
    ///
    /// - Parameter onLabel: is told each label with its number, from 1.
    package func start(onLabel: @escaping @Sendable (_ number: Int, _ label: [UInt8]) -> Void = { _, _ in }) {
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                serve(connection, onLabel)
            }
        }
    }

    package func stop() {
        for connection in state.withLock({ $0.hanging }) { close(connection) }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32, _ onLabel: (Int, [UInt8]) -> Void) {
        let fault = state.withLock { state in
            state.connections += 1
            return state.script.isEmpty ? .ok : state.script.removeFirst()
        }
        if fault == .hang { return state.withLock { $0.hanging.append(connection) } }
        defer { close(connection) }
        var label: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        if fault == .refuse { return hangUp(connection) }
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            label += buffer.prefix(count)
            if fault == .break { return hangUp(connection) }
        }
        let number = state.withLock { state in
            state.labels.append(label)
            return state.labels.count
        }
        onLabel(number, label)
    }

    /// Closes so that the other side hears it at once.
    private func hangUp(_ connection: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
