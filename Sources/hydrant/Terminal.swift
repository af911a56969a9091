import Foundation
import HydrantCore

/// The one place that writes to the terminal: results to standard output, everything else to standard error.
enum Terminal {
    static func standardOutput(_ text: String) { write(plain(text), to: .standardOutput) }

    static func standardError(_ text: String) { write(plain(text), to: .standardError) }

    /// Moves the cursor; never with text from outside in it that is not `plain`.
    static func standardErrorControl(_ text: String) { write(text, to: .standardError) }

    /// Text of other people's files and messages cannot steer a terminal: control characters become visible.
    static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard isControl(scalar) else {
                out.append(scalar)
                continue
            }
            out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
        }
        return String(out)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// One JSON document and a line end.
    static func result(_ json: JSON) { standardOutput(json.text + "\n") }

    static var errorIsTerminal: Bool { isatty(2) == 1 }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that went away is no reason to fail: the work is done or goes on.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}

/// A bar on a terminal, a line every ten seconds elsewhere.
final class ProgressBar {
    private let title: String
    private let begin = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?

    init(_ title: String) { self.title = title }

    /// - Parameter fraction: 0 to 1.
    func show(_ fraction: Double, _ detail: String) {
        let now = ContinuousClock.now
        let pause: Duration = Terminal.errorIsTerminal ? .milliseconds(200) : .seconds(10)
        if let lastShown, now - lastShown < pause { return }
        lastShown = now
        let percent = Int(fraction * 100)
        if Terminal.errorIsTerminal {
            let filled = Int(fraction * 30)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
            Terminal.standardErrorControl("\r\(title) \(bar) \(percent) %  \(Terminal.plain(detail))\u{1B}[K")
        } else {
            Terminal.standardError("\(title) \(percent) %  \(detail)\n")
        }
    }

    func finish() {
        if Terminal.errorIsTerminal { Terminal.standardError("\n") }
    }

    var seconds: Double {
        let passed = ContinuousClock.now - begin
        return Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
    }
}

/// What is wrong with the call, and what to do.
struct CommandProblem: Error {
    var message: String
    var advice: String
    var exitCode: Int32 = 2

    init(_ message: String, advice: String = "", exitCode: Int32 = 2) {
        self.message = message
        self.advice = advice
        self.exitCode = exitCode
    }
}

extension JSON {
    /// A number with at most six decimals, so that figures print the same everywhere.
    static func rounded(_ value: Double?) -> JSON {
        guard let value else { return .null }
        let scaled = (value * 1_000_000).rounded() / 1_000_000
        return Int64(exactly: scaled).map { .integer($0) } ?? .number(scaled)
    }
}
