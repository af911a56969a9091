package import HydrantCore

/// A fact of the HTTP interface with the moment at which its sender sends it.
package struct DueFact: Sendable {
    package var dueAt: Instant
    package var fact: JSON

    package init(dueAt: Instant, fact: JSON) {
        self.dueAt = dueAt
        self.fact = fact
    }
}

/// Everything that the shop, the customer and the service desk will say about one order.
package struct CustomerStory: Sendable {
    package struct Part: Sendable {
        package var at: Instant
        package var amountMinor: Int64
    }

    package struct ReceiverChange: Sendable {
        package var at: Instant
        package var receiver: Receiver
        /// Nil when nobody ever verifies it.
        package var verifiedAt: Instant?
    }

    package var number: String
    package var placedAt: Instant
    package var customer: String
    package var shop: String
    package var warehouse: String
    package var receiver: Receiver
    package var lines: [Line]
    /// Empty when the customer never pays; two when there is a deposit.
    package var payments: [Part]
    package var receiverChange: ReceiverChange?
    package var cancelledAt: Instant?
    package var returnAskedAt: Instant?
    /// Whether other goods are wanted instead of the money.
    package var isExchange = false
    /// What comes back; empty for everything.
    package var returned: [ReturnedLine] = []

    package var payableMinor: Int64 { lines.reduce(0) { $0 + $1.priceMinor + $1.freightMinor } }
    package var isPaid: Bool { !payments.isEmpty }
    package var paidAt: Instant? { payments.last?.at }

    /// - Parameter returnDelay: how long after placing a return is asked for.
    package init(
        number: String, placedAt: Instant, returnDelay: ClosedRange<Milliseconds>, random: inout SeededRandom
    ) {
        self.number = number
        self.placedAt = placedAt
        customer = "C" + paddedDecimal(random.below(9_000) + 1, width: 5)
        shop = random.pick(["shop-1", "shop-2", "shop-3"])
        warehouse = Catalogue.warehouse(random.below(Catalogue.places.count))
        receiver = Catalogue.receiver(&random)
        lines = Self.lines(&random)
        payments = []
        guard !random.happens(permille: 10) else { return }
        payments = Self.payments(of: payableMinor, after: placedAt, &random)
        guard let paidAt else { return }
        if random.happens(permille: 50) {
            let at = paidAt + random.within(.minutes(1) ... .minutes(115))
            let isVerified = random.happens(permille: 900)
            receiverChange = ReceiverChange(
                at: at, receiver: Catalogue.receiver(&random),
                verifiedAt: isVerified ? at + random.within(.minutes(2) ... .minutes(12)) : nil)
        }
        if random.happens(permille: 10) {
            cancelledAt = paidAt + random.within(.minutes(1) ... .minutes(90))
        } else if random.happens(permille: 30) {
            returnAskedAt = placedAt + random.within(returnDelay)
            isExchange = random.happens(permille: 500)
            if random.happens(permille: 600) { returned = Self.returned(of: lines, &random) }
        }
    }

    /// Some units of one or more of the lines that were paid for.
    private static func returned(of lines: [Line], _ random: inout SeededRandom) -> [ReturnedLine] {
        let paid = lines.filter { !$0.isGift }
        let first = random.below(paid.count)
        return paid.enumerated().compactMap { index, line in
            guard index == first || random.happens(permille: 300) else { return nil }
            return ReturnedLine(line: line.id, units: random.below(line.units) + 1)
        }
    }

    /// One to five paid lines; every fifth order has a gift that belongs to one of them.
    private static func lines(_ random: inout SeededRandom) -> [Line] {
        let count = random.pick([1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5])
        var lines: [Line] = []
        let first = random.below(Catalogue.products.count)
        for index in 0..<count {
            let product = Catalogue.products[(first + index * 7) % Catalogue.products.count]
            let units = random.pick([1, 1, 1, 2, 2, 4])
            lines.append(
                Line(
                    id: String(index + 1), sku: product.sku, name: product.name, units: units,
                    priceMinor: product.priceMinor * Int64(units), freightMinor: index == 0 ? 800 : 0))
        }
        if random.happens(permille: 200) {
            let gift = random.pick(Catalogue.gifts)
            lines.append(
                Line(
                    id: String(count + 1), sku: gift.sku, name: gift.name, isGift: true,
                    giftFor: String(1 + random.below(count))))
        }
        return lines
    }

    /// Most pay at once, some within the hour; a few pay a deposit first.
    private static func payments(
        of amountMinor: Int64, after placedAt: Instant, _ random: inout SeededRandom
    ) -> [Part] {
        let isQuick = random.happens(permille: 850)
        let at = placedAt + random.within(isQuick ? 4_000 ... .minutes(4) : .minutes(4) ... .minutes(45))
        guard random.happens(permille: 40) else { return [Part(at: at, amountMinor: amountMinor)] }
        let deposit = amountMinor / 5
        return [
            Part(at: at, amountMinor: deposit),
            Part(at: at + random.within(.minutes(2) ... .minutes(30)), amountMinor: amountMinor - deposit),
        ]
    }
}

extension CustomerStory {
    /// The facts of the story in the order of their times.
    ///
    /// - Parameter fingerprint: the hub's keyed fingerprint of a receiver, which a verification names.
    package func facts(fingerprint: (Receiver) -> String) -> [DueFact] {
        var facts = [DueFact(dueAt: placedAt, fact: placedFact)]
        for (index, part) in payments.enumerated() {
            let id = "P\(number)-\(index + 1)"
            facts.append(
                due(
                    part.at, .paymentReported, "paid-\(id)",
                    ["id": .string(id), "amountMinor": .integer(part.amountMinor)]))
        }
        if let change = receiverChange {
            facts.append(
                due(change.at, .receiverChanged, "receiver-\(number)", ["receiver": change.receiver.clearJSON]))
            if let at = change.verifiedAt {
                let fact: JSON = ["fingerprint": .string(fingerprint(change.receiver))]
                facts.append(due(at, .receiverVerified, "verified-\(number)", fact, source: "service"))
            }
        }
        if let at = cancelledAt {
            facts.append(due(at, .orderCancelled, "cancelled-\(number)", ["reason": "买家改变主意"]))
        }
        if let at = returnAskedAt {
            let lines = returned.map { line -> JSON in
                ["line": .string(line.line), "units": .integer(Int64(line.units))]
            }
            let asked = JSON.compact([
                ("reason", "型号不符"), ("exchange", .bool(isExchange)),
                ("id", lines.isEmpty ? nil : "RT-1"), ("lines", lines.isEmpty ? nil : .array(lines)),
            ])
            facts.append(due(at, .returnAsked, "return-\(number)", asked, source: "service"))
        }
        return facts.sorted { $0.dueAt < $1.dueAt }
    }

    private var placedFact: JSON {
        let lines = lines.map { line in
            JSON.compact([
                ("id", .string(line.id)), ("sku", .string(line.sku)), ("name", .string(line.name)),
                ("units", .integer(Int64(line.units))), ("priceMinor", .integer(line.priceMinor)),
                ("freightMinor", line.freightMinor == 0 ? nil : .integer(line.freightMinor)),
                ("gift", line.isGift ? true : nil), ("giftFor", line.isGift ? .string(line.giftFor) : nil),
            ])
        }
        return due(
            placedAt, .orderPlaced, "placed-\(number)",
            [
                "shop": .string(shop), "customer": .string(customer), "warehouse": .string(warehouse),
                "currency": "CNY", "payableMinor": .integer(payableMinor), "receiver": receiver.clearJSON,
                "lines": .array(lines),
            ]
        ).fact
    }

    private func due(
        _ at: Instant, _ kind: FactKind, _ messageID: String, _ data: JSON, source: String? = nil
    ) -> DueFact {
        DueFact(
            dueAt: at,
            fact: [
                "kind": .string(kind.rawValue), "source": .string(source ?? shop), "id": .string(messageID),
                "order": .string(number), "occurredAt": .string(at.text), "data": data,
            ])
    }
}

extension Receiver {
    /// The receiver in clear, as a sender of the HTTP interface writes it.
    fileprivate var clearJSON: JSON {
        [
            "name": .string(name), "phone": .string(phone), "province": .string(province), "city": .string(city),
            "district": .string(district), "address": .string(address),
        ]
    }
}
