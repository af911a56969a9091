package import HydrantCore

/// A connector that makes telephone calls: it carries out `call.place` and reports each stage as `call.reported`.
///
/// `perform` begins the call when the order knows of no stage of it, and otherwise asks how far it is; it ends a call
/// that has lasted too long. `find` asks whether a call that may have begun has begun.
package protocol Telephone: Connector {}

/// Whom a call connects.
package struct CallQuestion: Sendable {
    /// The hub's own number of the call.
    package var id: String
    /// The agent's extension or number, which rings first.
    package var agent: Sensitive<String>
    /// The receiver's number as it is now: a platform's number may have changed since.
    package var customer: Sensitive<DialledNumber>
    package var askedAt: Instant

    package init(id: String, agent: Sensitive<String>, customer: Sensitive<DialledNumber>, askedAt: Instant) {
        self.id = id
        self.agent = agent
        self.customer = customer
        self.askedAt = askedAt
    }
}

/// A telephone number as it can be dialled: digits, and the extension behind a platform's virtual number.
package struct DialledNumber: Hashable, Sendable {
    /// With a leading plus where the country is named.
    package var number: String
    /// What is keyed in once the call is answered; empty where there is nothing.
    package var digits: String

    /// Nil for a number that a platform has masked (`138****0000`) and for what is no number.
    ///
    /// Extensions are written `18412345678-1234`, `18412345678,1234`, `18412345678转1234`, `18412345678 ext. 1234`.
    package init?(_ text: String) {
        var parts: [String] = [""]
        var isInNumber = true
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39:
                isInNumber = true
                parts[parts.count - 1].unicodeScalars.append(scalar)
            // Full-width digits.
            case 0xFF10...0xFF19:
                isInNumber = true
                parts[parts.count - 1] += String(scalar.value - 0xFF10)
            case 0x2B where parts == [""]: parts[0] = "+"
            case 0x2A, 0xFF0A: return nil
            // Groups of one number; behind a whole mobile number, its extension.
            case 0x20, 0x28, 0x29, 0xA0, 0x5B, 0x5D:
                guard parts[parts.count - 1].count >= 11 else { break }
                parts.append("")
                isInNumber = false
            default:
                // One sign or word between two runs of digits.
                if isInNumber, !parts[parts.count - 1].isEmpty { parts.append("") }
                isInNumber = false
            }
        }
        if parts.last == "" { parts.removeLast() }
        guard let first = parts.first, !first.isEmpty else { return nil }
        if let ending = parts.last, parts.count > 1, Self.isWhole(parts.dropLast().joined()), ending.count <= 8,
            !Self.isGrouped(parts)
        {
            number = parts.dropLast().joined()
            digits = ending
        } else {
            number = parts.joined()
            digits = ""
        }
        guard Self.isWhole(number) else { return nil }
    }

    /// What follows `tel:`; a comma is a pause before the extension.
    package var link: String { digits.isEmpty ? number : "\(number),\(digits)" }

    /// Seven digits are the shortest number of a subscriber, fifteen the longest of any country.
    private static func isWhole(_ text: String) -> Bool { (7...15).contains(text.filter { $0 != "+" }.count) }

    /// `138-1234-5678` is one number, as is `0531-88881234`.
    private static func isGrouped(_ parts: [String]) -> Bool {
        let whole = parts.joined().filter { $0 != "+" }
        let length = whole.hasPrefix("86") ? 13 : 11
        return whole.count == length && parts.dropFirst().allSatisfy { $0.count <= 4 }
            || parts.count == 2 && whole.hasPrefix("0") && parts[0].count <= 4
    }
}

/// The agent's own telephone as it may be typed.
package enum AgentTelephone {
    /// Two digits for the shortest extension, a number with its country for the longest.
    package static func isFit(_ text: String) -> Bool {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        return (2...15).contains(digits.count) && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
