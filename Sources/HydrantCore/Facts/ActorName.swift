/// Whose word a fact is that somebody gave at the hub itself: a person's or that of a machine which works on tasks.
///
/// A user's name holds no colon, so that no machine is ever named as a person is.
package enum ActorName {
    /// Before the name of a user, in a fact's source.
    package static let personPrefix = "person:"
    /// Before the name of a machine's token, in a fact's source and wherever a person would be named.
    package static let machinePrefix = "machine:"

    /// The source of what somebody did, by the name that stands in it: a user's, or a machine's with its prefix.
    package static func source(of name: String) -> String {
        name.hasPrefix(machinePrefix) ? name : personPrefix + name
    }

    /// Whether a source is somebody who commands at the hub, and so can be refused.
    package static func commands(_ source: String) -> Bool {
        source.hasPrefix(personPrefix) || source.hasPrefix(machinePrefix)
    }

    /// A source as it reads: letters and colons that only look different are the same, and capitals do not matter.
    package static func folded(_ source: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in source.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
            text.append(plain(scalar))
        }
        return String(text).lowercased()
    }

    /// The letter or colon of ASCII that a scalar is a wide, narrow or mathematical form of; itself otherwise.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let value = scalar.value
        let folded: UInt32? =
            switch value {
            case 0xFF01...0xFF5E: value - 0xFEE0
            case 0xFE13, 0xFE55, 0x2236, 0xA789, 0x02D0, 0x0589: 0x3A
            // Thirteen alphabets of capitals and small letters.
            case 0x1D400...0x1D6A3: 0x61 + (value - 0x1D400) % 26
            case 0x249C...0x24B5: 0x61 + value - 0x249C
            case 0x24B6...0x24CF: 0x61 + value - 0x24B6
            case 0x24D0...0x24E9: 0x61 + value - 0x24D0
            default: nil
            }
        return folded.flatMap { Unicode.Scalar($0) } ?? scalar
    }
}
