import HydrantConnectorKit
import HydrantCore
import HydrantEngine

/// Sends labels to a printer that listens for raw data, port 9100 as a rule.
struct PrinterConnection {
    private let address: PrinterAddress
    private let printers = NetworkPrinters()
    /// How long after each attempt that failed; one attempt more is made than there are pauses.
    var pauses: [Milliseconds] = [500, 1_000, 2_000, 4_000]

    /// Reads `HOST` or `HOST:PORT`.
    init(_ text: String) throws {
        guard let address = PrinterAddress(text) else {
            throw CommandProblem(
                "--printer \(text) is no printer", advice: "It looks like 192.168.1.9 or printer:9100.")
        }
        self.address = address
    }

    /// Sends labels one after the other, each on a connection of its own, so that a line that breaks costs one label:
    /// the one that was under way is sent again.
    ///
    /// - Returns: how many attempts failed.
    func send(_ labels: [[UInt8]]) async throws -> Int {
        let clock = SystemClock()
        var failed = 0
        for (index, label) in labels.enumerated() {
            var attempt = 0
            while let trouble = await printers.send(label, to: address) {
                failed += 1
                guard attempt < pauses.count else {
                    throw CommandProblem(
                        "the printer \(address.host):\(address.port) \(trouble.rawValue); "
                            + "\(index) of \(labels.count) labels were sent",
                        advice: "Check that it is on and that the address is right, then print the rest.", exitCode: 1)
                }
                try await clock.sleep(until: clock.now() + pauses[attempt])
                attempt += 1
            }
        }
        return failed
    }
}
