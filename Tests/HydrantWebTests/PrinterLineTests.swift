import HydrantEngine
import HydrantSandbox
import Testing

/// The way to a label printer, on a real socket, with a printer that fails by script.
@Suite struct PrinterLineTests {
    @Test func `a label arrives whole, and a printer that hangs up is said to have`() async throws {
        let printer = try FakePrinter(script: [.refuse, .break, .ok])
        printer.start()
        let line = try #require(PrinterLine(printer.address))
        let label = Array(repeating: UInt8(0x41), count: 3_000_000)
        #expect(await line.send(label) == "broke off")
        #expect(await line.send(label) == "broke off")
        #expect(await line.send(label) == nil)
        #expect(await line.send([0x42]) == nil)
        #expect(printer.labels == [label, [0x42]] && printer.connections == 4)
        printer.stop()
    }

    @Test func `an address without a printer, and one that is none`() async throws {
        let printer = try FakePrinter()
        let address = printer.address
        printer.stop()
        let line = try #require(PrinterLine(address))
        #expect(await line.send([0x41]) == "cannot be reached")
        #expect(PrinterLine("printer")?.port == "9100" && PrinterLine("10.0.0.9:9101")?.port == "9101")
        for text in ["", ":9100", "a:b", "a:0", "a:70000", "a:1:2", "http://a", "u@h"] {
            #expect(PrinterLine(text) == nil, "\(text)")
        }
    }
}
