import HydrantConnectorKit
import HydrantCore
import HydrantSandbox
import Testing

/// The way to a label printer, on a real socket, with a printer that fails by script.
@Suite struct NetworkPrintersTests {
    private static let label = Array(repeating: UInt8(0x41), count: 3_000_000)

    private static func quick() -> NetworkPrinters {
        var limits = NetworkPrinters.Limits()
        limits.progress = 100
        limits.silence = 100
        return NetworkPrinters(limits: limits)
    }

    @Test func `a label arrives whole, and a printer that hangs up is said to have`() async throws {
        let printer = try FakePrinter(script: [.refuse, .break, .ok])
        printer.start()
        let address = try #require(PrinterAddress(printer.address))
        let printers = NetworkPrinters()
        // It may hang up while the line is still being made.
        let refused = await printers.send(Self.label, to: address)
        #expect(refused == .brokeOff || refused == .unreachable, "\(String(describing: refused))")
        #expect(await printers.send(Self.label, to: address) == .brokeOff)
        #expect(await printers.send(Self.label, to: address) == nil)
        #expect(await printers.send([0x42], to: address) == nil)
        #expect(printer.labels == [Self.label, [0x42]] && printer.connections == 4)
        printer.stop()
    }

    @Test func `a printer that takes nothing more is given up, and one that never closes has printed`() async throws {
        let printer = try FakePrinter(script: [.hang, .hang, .ok])
        printer.start()
        let address = try #require(PrinterAddress(printer.address))
        // More than the buffers on the way hold.
        let long = Array(repeating: UInt8(0x41), count: 20_000_000)
        #expect(await Self.quick().send(long, to: address) == .tooSlow)
        #expect(await Self.quick().send([0x42], to: address) == nil)
        #expect(await Self.quick().send([0x43], to: address) == nil)
        #expect(printer.labels == [[0x43]])
        printer.stop()
    }

    @Test(.timeLimit(.minutes(1))) func `whoever stops waits for no printer`() async throws {
        let printer = try FakePrinter(script: [.hang])
        printer.start()
        let address = try #require(PrinterAddress(printer.address))
        var limits = NetworkPrinters.Limits()
        limits.progress = .hours(1)
        limits.document = .hours(1)
        limits.silence = .hours(1)
        let printers = NetworkPrinters(limits: limits)
        let sending = Task { await printers.send(Array(repeating: 0x41, count: 20_000_000), to: address) }
        while printer.connections == 0 { await Task.yield() }
        sending.cancel()
        #expect(await sending.value == .brokeOff)
        printer.stop()
    }

    @Test func `an address without a printer, and one that is none`() async throws {
        let printer = try FakePrinter()
        let address = try #require(PrinterAddress(printer.address))
        printer.stop()
        #expect(await NetworkPrinters().send([0x41], to: address) == .unreachable)
        #expect(PrinterAddress("printer")?.port == 9_100 && PrinterAddress("10.0.0.9:9101")?.port == 9_101)
        for text in ["", ":9100", "a:b", "a:0", "a:70000", "a:1:2", "http://a", "u@h"] {
            #expect(PrinterAddress(text) == nil, "\(text)")
        }
    }
}
