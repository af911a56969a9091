/// One thing by which an order is found: what it is, and its text as it is compared. Stores keep nothing but a keyed
/// hash of it.
package struct SearchTerm: Hashable, Sendable {
    /// The raw values go into the hashes that databases hold.
    package enum Kind: String, CaseIterable, Sendable {
        /// The last eight letters and digits of a number, or all of a shorter one.
        case longEnding = "number-8"
        /// The last six letters and digits of a longer number.
        case shortEnding = "number-6"
        case phone
        /// The last four digits of a telephone number.
        case phoneTail = "phone-tail"
        case name
        case sku
        case customer
        /// A warehouse that packs the order or is meant to; nobody types it into the box.
        case warehouse
        /// What the index knows of the order; nobody types it either.
        case form
    }

    package var kind: Kind
    package var text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// The most terms that are kept of one order.
    package static let maximum = 64
    package static let longLength = 8
    package static let shortLength = 6
}

extension SearchTerm {
    /// A number without blanks and punctuation, in capitals: "sf 1234-5" is "SF12345".
    package static func compact(_ number: String) -> [Unicode.Scalar] {
        number.unicodeScalars.compactMap { scalar in
            switch scalar.value {
            case 0x30...0x39, 0x41...0x5A: scalar
            case 0x61...0x7A: Unicode.Scalar(scalar.value - 32)
            case 0...0x7F: nil
            // The full-width forms of Chinese input methods.
            case 0xFF10...0xFF19, 0xFF21...0xFF3A: Unicode.Scalar(scalar.value - 0xFEE0)
            case 0xFF41...0xFF5A: Unicode.Scalar(scalar.value - 0xFEE0 - 32)
            default: scalar.properties.isWhitespace ? nil : scalar
            }
        }
    }

    /// The terms of a number of an order, a parcel or a document.
    package static func number(_ number: String) -> [SearchTerm] {
        let scalars = compact(number)
        guard !scalars.isEmpty else { return [] }
        let long = SearchTerm(.longEnding, text(scalars.suffix(longLength)))
        guard scalars.count > shortLength else { return [long] }
        return [long, SearchTerm(.shortEnding, text(scalars.suffix(shortLength)))]
    }

    /// The digits of a telephone number without the country's prefix and without an extension; a masked number keeps
    /// only what is behind the mask.
    package static func phoneDigits(_ phone: String) -> [Unicode.Scalar] {
        var main = phone[...]
        // Platforms give virtual numbers with an extension: 17000000000-1234.
        for mark in ["转", ",", "，", "-", "_"] where main.hasPrefix("1") || main.hasPrefix("+") {
            let head = main.prefix { String($0) != mark }
            if compact(String(head)).count >= 11 { main = head }
        }
        let digits = compact(String(main)).filter { (0x30...0x39).contains($0.value) }
        return digits.count == 13 && text(digits.prefix(2)) == "86" ? Array(digits.dropFirst(2)) : digits
    }

    /// The terms of a telephone number.
    package static func phone(_ phone: String) -> [SearchTerm] {
        let isMasked = phone.contains("*")
        let digits = phoneDigits(isMasked ? String(phone.split(separator: "*").last ?? "") : phone)
        guard digits.count >= 4 else { return [] }
        let tail = SearchTerm(.phoneTail, text(digits.suffix(4)))
        return isMasked || digits.count < 7 ? [tail] : [SearchTerm(.phone, text(digits[...])), tail]
    }

    /// A name without blanks, in small letters.
    package static func name(_ name: String) -> [SearchTerm] {
        let plain = String(name.lowercased().filter { !$0.isWhitespace && $0 != "*" })
        return plain.isEmpty ? [] : [SearchTerm(.name, plain)]
    }

    package static func sku(_ sku: String) -> [SearchTerm] {
        let plain = text(compact(sku)[...])
        return plain.isEmpty ? [] : [SearchTerm(.sku, plain)]
    }

    package static func customer(_ customer: String) -> [SearchTerm] {
        let plain = text(compact(customer)[...])
        return plain.isEmpty ? [] : [SearchTerm(.customer, plain)]
    }

    package static func warehouse(_ name: String) -> SearchTerm { SearchTerm(.warehouse, name) }

    /// Every order has it whose warehouses the index knows, also one that has none: programs before 0.5.0 kept none,
    /// and a database may go back to one of them for a while.
    package static let withWarehouses = SearchTerm(.form, "warehouses")

    package static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}

extension SearchTerm {
    /// Whether what somebody looks for may be a person's name or telephone number. Rather yes than no: letters without
    /// a digit are taken for a name, and numbers as long as a telephone's that begin like one for a telephone.
    package static func mayNamePerson(_ text: String) -> Bool {
        let words = text.split { $0.isWhitespace || ",，;；".contains($0) }.map(String.init)
        let isName = words.contains { word in
            let scalars = word.unicodeScalars
            let isHan = scalars.contains { $0.properties.isIdeographic }
            return isHan
                || scalars.contains(where: \.properties.isAlphabetic) && !compact(word).contains(where: isDigit)
        }
        // In one word or in groups: "138 0013 8000".
        let isPhone = (words + [words.joined()]).contains { word in
            let isNumber = word.unicodeScalars.allSatisfy { !$0.properties.isAlphabetic }
            let digits = phoneDigits(word)
            let isMobile = digits.count == 11 && digits.first == "1" && digits[1].value >= 0x33
            let isFixed = (10...12).contains(digits.count) && digits.first == "0"
            return isNumber && (isMobile || isFixed || word.contains("*"))
        }
        return isName || isPhone
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }
}

extension Order {
    /// The numbers under which outside systems know the order and its parts: payments, refunds, revenues, receipts and
    /// invoices. Short ones ("1", "p2") are every order's and find nothing.
    package var outsideNumbers: [String] {
        let ledgers = [refunds, receipts, revenues, invoices].flatMap { $0.entries.map(\.id) }
        return (payments.entries.map(\.id) + ledgers).filter { SearchTerm.compact($0).count >= SearchTerm.shortLength }
    }

    package var waybillNumbers: [String] { allParcels.flatMap { $0.waybills.map(\.number) }.filter { !$0.isEmpty } }

    /// Everything by which the order is found, at most ``SearchTerm/maximum``, the most telling first.
    ///
    /// - Parameter receiver: who receives it, opened; nil when nobody is known.
    package func searchTerms(receiver: Receiver?) -> [SearchTerm] {
        var terms = SearchTerm.number(number) + warehouses.sorted().prefix(8).map(SearchTerm.warehouse)
        terms += receiver.map { SearchTerm.phone($0.phone) + SearchTerm.name($0.name) } ?? []
        terms += SearchTerm.customer(header?.value.customer ?? "")
        terms += waybillNumbers.flatMap(SearchTerm.number)
        terms += Set(lines.values.map(\.sku)).sorted().prefix(20).flatMap(SearchTerm.sku)
        terms += outsideNumbers.flatMap(SearchTerm.number)
        var seen: Set<SearchTerm> = []
        return Array(terms.filter { seen.insert($0).inserted }.prefix(SearchTerm.maximum))
    }
}

extension Order {
    /// Whether a fact names a warehouse that the order's head does not.
    package func isPackedElsewhere(_ body: FactBody) -> Bool {
        guard case .parcelPacked(let packing) = body, !packing.warehouse.isEmpty else { return false }
        return packing.warehouse != header?.value.warehouse
    }
}

extension FactBody {
    /// Whether the fact may bring something by which its order is found.
    package var concernsSearch: Bool {
        switch self {
        case .orderPlaced, .lineReported, .trackingReported, .receiverChanged: true
        case .paymentReported(let payment): Self.findsOrders(payment.id)
        case .refundReported(let entry), .revenueRecognised(let entry), .receiptReported(let entry),
            .invoiceIssued(let entry):
            Self.findsOrders(entry.id)
        default: false
        }
    }

    private static func findsOrders(_ number: String) -> Bool {
        SearchTerm.compact(number).count >= SearchTerm.shortLength
    }
}
