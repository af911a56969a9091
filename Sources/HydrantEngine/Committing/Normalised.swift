import Foundation
import HydrantCore

// A letter with an accent can be written as one scalar or as two. To Swift both texts are equal, to a database they are
// not; what comes in is therefore brought to the composed form (Unicode NFC), and so is what is looked up.

extension String {
    /// The text in its composed form. Taken apart first, because Foundation does not add a final consonant to a Korean
    /// syllable that is composed already.
    package var normalised: String {
        Array(utf8).areSurelyNormalised
            ? self : decomposedStringWithCanonicalMapping.precomposedStringWithCanonicalMapping
    }
}

extension JSON {
    /// The document with every text in its composed form.
    ///
    /// - Parameter bytes: its own bytes, which nearly always tell that there is nothing to do.
    func normalised(_ bytes: [UInt8]) -> JSON { bytes.areSurelyNormalised ? self : normalised }

    private var normalised: JSON {
        switch self {
        case .string(let text): .string(text.normalised)
        case .array(let items): .array(items.map(\.normalised))
        case .object(let members): .object(members.map { Member($0.name, $0.value.normalised) })
        default: self
        }
    }
}

extension [UInt8] {
    /// Whether UTF-8 holds nothing but scalars that no normalisation touches: Latin and Chinese letters, kana and usual
    /// punctuation. False does not say that it would change.
    var areSurelyNormalised: Bool {
        for index in indices where self[index] >= 0xCC {
            switch self[index] {
            // U+4000 to U+9FFF.
            case 0xE4...0xE9: continue
            // U+3000 to U+3FFF without the two voicing marks that combine.
            case 0xE3 where index + 2 < count && !(self[index + 1] == 0x82 && (0x99...0x9A).contains(self[index + 2])):
                continue
            // U+2000 to U+203F without the two spaces that are written otherwise.
            case 0xE2 where index + 2 < count && self[index + 1] == 0x80 && self[index + 2] >= 0x82: continue
            // U+FF00 to U+FFFF.
            case 0xEF where index + 1 < count && self[index + 1] >= 0xBC: continue
            default: return false
            }
        }
        return true
    }
}
