/// A bag as it is printed.
package struct LabelBag: Hashable, Sendable {
    /// Short and without meaning: `7K2M9QXA`.
    package var code: BagCode
    package var warehouse = ""
    package var courier = ""
    package var rider = ""
    package var line = ""
    package var area = ""
    package var departsAt: Instant?
    package var weightGrams: Int?
    package var orders: [LabelOrder]

    package init(code: BagCode, orders: [LabelOrder]) {
        self.code = code
        self.orders = orders
    }
}

/// An order of a bag as it is printed.
package struct LabelOrder: Hashable, Sendable {
    package var number: String
    package var shop = ""
    package var parcel = ""
    package var tracking = ""
    package var receiver = Sensitive(Receiver())
    /// The house, which is printed as it is; of goods on their way back the customer, who is masked.
    package var sender = Sensitive(Receiver())
    package var isWayBack = false
    package var items: [LabelItem] = []
    /// The number of the state that it has reached, 0 to 7.
    package var state = 0
    package var standing = BagParcel.Standing.free
    /// Its place in the bag, from 1; nil counts the orders as they stand.
    package var place: Int?

    package init(number: String) { self.number = number }
}

/// Units of one line.
package struct LabelItem: Hashable, Sendable {
    package var sku: String
    package var name: String
    package var units: Int
    package var isGift: Bool
    /// Where it lies in the warehouse.
    package var location = ""

    package init(sku: String, name: String = "", units: Int = 1, isGift: Bool = false) {
        self.sku = sku
        self.name = name
        self.units = units
        self.isGift = isGift
    }
}

/// The code on a label: eight signs of Crockford's alphabet that say nothing about anybody, and for an order of the bag
/// its place in the bag behind a dash, `7K2M9QXA-3`.
package struct BagCode: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// - Parameter bits: the 40 lowest are used; at random, or a hash.
    package init(bits: UInt64) {
        let signs = (0..<8).map { Self.alphabet[Int((bits >> UInt64($0 * 5)) & 31)] }
        text = String(decoding: signs, as: UTF8.self)
    }

    /// Reads a code, also as a person types it. Nil for everything that is none.
    package init?(_ typed: some StringProtocol) {
        let signs = typed.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x61...0x7A: Self.read(byte - 0x20)
            default: Self.read(byte)
            }
        }
        guard signs.count == 8, signs.allSatisfy(Self.alphabet.contains) else { return nil }
        text = String(decoding: signs, as: UTF8.self)
    }

    /// O is read as 0, I and L as 1.
    private static func read(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x4F: 0x30
        case 0x49, 0x4C: 0x31
        default: byte
        }
    }

    /// - Parameter place: from 1.
    package func order(_ place: Int) -> String { "\(text)-\(place)" }

    package var description: String { text }

    /// Reads what a scanner gives: a code, or the address of its page.
    ///
    /// - Returns: the bag, and the place of the order where the code names one.
    package static func scanned(_ text: String) -> (bag: BagCode, place: Int?)? {
        let last = text.split(separator: "/").last.map { $0.prefix { $0 != "?" && $0 != "#" } } ?? ""
        let parts = last.split(separator: "-", omittingEmptySubsequences: false)
        guard let bag = parts.first.flatMap({ BagCode($0) }), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (bag, nil) }
        guard let place = Int(parts[1]), (1...999).contains(place) else { return nil }
        return (bag, place)
    }
}
