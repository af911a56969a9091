package import HydrantCore

/// Random sets of facts about one order, from a seed: what careful systems say and what careless ones say, with
/// corrections, contradictions and missing pieces. No fact is from a person, because the hub may refuse a person.
package struct FactSetGenerator: Sendable {
    private var random: SplitMix64
    private var story: OrderStory
    private let lineCount: Int
    private let parcelCount: Int

    package static func facts(seed: UInt64) -> [Fact] {
        var generator = FactSetGenerator(seed: seed)
        generator.tellWholeStory()
        return generator.forgetSome()
    }

    private init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        story = OrderStory(order: "SO-\(seed)")
        lineCount = random.number(in: 1...3)
        parcelCount = random.number(in: 1...3)
    }

    private mutating func say(_ body: FactBody, from source: String = "shop") {
        let words = ["NEW", "PAID", "PACKED", "SHIPPED", "DONE", "???"]
        story.say(
            body, minute: Int64(random.number(in: 0...120)), from: source,
            isTimed: random.chance(permille: 850), word: random.chance(permille: 120) ? random.pick(words) : nil)
    }

    private mutating func tellWholeStory() {
        tellSale()
        tellMoney()
        tellChecks()
        for parcel in 1...parcelCount { tellPacking("P\(parcel)", index: parcel) }
        for parcel in 1...parcelCount { tellTravel("P\(parcel)") }
        tellOverlays()
        tellHolds()
        tellDesk()
        tellReturns()
    }

    /// From a source of chance of its own, so that the rest of each story stays what it is.
    private mutating func tellReturns() {
        var own = random
        own = SplitMix64(seed: own.next() ^ 0x5EED)
        for _ in 0..<own.number(in: 0...2) where own.chance(permille: 300) {
            let lines = (0..<own.number(in: 1...2)).map { _ in
                ReturnedLine(line: "\(own.number(in: 1...4))", units: own.number(in: 1...3))
            }
            story.say(
                .returnAsked(
                    reason: "q", isExchange: own.chance(permille: 500), lines: lines, id: own.pick(["", "RMA"])),
                minute: Int64(own.number(in: 0...120)), from: "crm")
            let scan = Scan(at: story.at(150), status: own.pick([.inTransit, .signed]))
            let way = "way-back:RMA"
            story.say(
                own.pick([
                    .trackingReported(Tracking(parcel: way, courier: "sf", channel: "sf", number: "B1")),
                    .traceReported(Trace(parcel: way, number: "B1", scans: [scan], isComplete: true)),
                ]), minute: Int64(own.number(in: 0...120)), from: "sf")
        }
    }

    /// In half of the stories every message arrives; in the others some never do.
    private mutating func forgetSome() -> [Fact] {
        guard random.chance(permille: 500) else { return story.facts }
        let keep = random.pick([300, 600, 900])
        return story.facts.filter { _ in random.chance(permille: keep) }
    }

    private mutating func line(_ number: Int) -> Line {
        let isGift = number > 1 && random.chance(permille: 400)
        return Line(
            id: "\(number)", sku: "SKU\(number)", units: random.number(in: 1...3), priceMinor: 1_000,
            isGift: isGift, giftFor: isGift ? random.pick(["", "1", "1", "2"]) : "")
    }

    private mutating func tellSale() {
        let header = OrderHeader(
            shop: "tmall", payableMinor: random.chance(permille: 800) ? Int64(lineCount) * 1_000 : nil,
            receiver: ReceiverReference(id: "R0", fingerprint: "f0", area: "浙江"),
            lines: random.chance(permille: 700) ? (1...lineCount).map { line($0) } : [])
        say(.orderPlaced(header))
        if random.chance(permille: 250) {
            var second = header
            second.payableMinor = Int64(random.number(in: 1...4)) * 500
            second.lines = random.chance(permille: 500) ? header.lines.dropLast() : header.lines + [line(4)]
            say(.orderPlaced(second))
        }
        for number in 1...lineCount where header.lines.isEmpty || random.chance(permille: 250) {
            say(.lineReported(line(number)))
        }
    }

    private mutating func tellMoney() {
        for number in 1...random.number(in: 1...3) {
            for _ in 0...random.number(in: 0...1) {
                let payment = Payment(
                    id: "pay\(number)", amountMinor: Int64(random.number(in: 0...3)) * 1_000,
                    isComplete: random.chance(permille: 200))
                say(.paymentReported(payment), from: "bank")
            }
        }
        for _ in 0..<random.number(in: 0...3) {
            let entry = MoneyEntry(
                id: "e\(random.number(in: 1...2))", amountMinor: Int64(random.number(in: 1...4)) * 1_000)
            say(
                random.pick([
                    .refundReported(entry), .revenueRecognised(entry), .receiptReported(entry), .invoiceIssued(entry),
                ]), from: "erp")
        }
    }

    private mutating func tellChecks() {
        for _ in 0...random.number(in: 0...2) {
            let rate = random.pick([nil, 100, 400, 401, 900])
            say(
                .creditChecked(CreditCheck(isPassed: random.chance(permille: 800), returnRatePermille: rate)),
                from: "crm")
        }
        for _ in 0...random.number(in: 0...1) {
            let isWhole = random.chance(permille: 800)
            say(
                .inventoryLocked(InventoryLock(coversEveryLine: isWhole, frozenSKUs: isWhole ? [] : ["SKU1"])),
                from: "wms")
        }
        if random.chance(permille: 200) { say(.inventoryRefused(reason: "empty"), from: "wms") }
    }

    /// Most packings name their contents; some are corrected later.
    private mutating func tellPacking(_ parcel: String, index: Int) {
        for _ in 0...random.number(in: 0...1) {
            var items: [ParcelItem] = []
            for number in 1...lineCount where parcelCount == 1 || random.chance(permille: 700) {
                items.append(ParcelItem(line: "\(number)", units: random.number(in: 1...3)))
            }
            if random.chance(permille: 100) { items = [] }
            say(.parcelPacked(Packing(parcel: parcel, items: items)), from: "wms")
        }
    }

    private mutating func tellTravel(_ parcel: String) {
        for _ in 0...random.number(in: 0...1) {
            let number = random.pick(["", "\(parcel)-A", "\(parcel)-A", "\(parcel)-B"])
            let courier = random.pick(["sf", "zto"])
            var tracking = Tracking(parcel: parcel, courier: courier, channel: courier, number: number)
            tracking.reference = number.isEmpty ? "" : "EO-\(courier)"
            say(.trackingReported(tracking), from: courier)
        }
        if random.chance(permille: 200) { say(.waybillVoided(parcel: parcel, number: "\(parcel)-A"), from: "sf") }
        if random.chance(permille: 700) { say(.parcelHandedOver(parcel: parcel), from: "wms") }
        for _ in 0..<random.number(in: 0...3) { say(.traceReported(trace(of: parcel)), from: "sf") }
        if random.chance(permille: 500) { say(.signedReported(parcel: parcel), from: "shop") }
    }

    private mutating func trace(of parcel: String) -> Trace {
        let scans = (0..<random.number(in: 0...4)).map { _ in
            Scan(
                at: story.at(Int64(random.number(in: 60...180))), status: random.pick(TrackingStatus.allCases),
                code: random.pick(["50", "80"]), place: random.pick(["杭州", "上海"]))
        }
        return Trace(
            parcel: parcel, number: "\(parcel)-A", scans: scans, isComplete: random.chance(permille: 500))
    }

    private mutating func tellOverlays() {
        for fingerprint in ["f1", "f2"] where random.chance(permille: 250) {
            say(.receiverChanged(ReceiverReference(id: "R1", fingerprint: fingerprint, area: "上海")))
            if random.chance(permille: 600) { say(.receiverVerified(fingerprint: fingerprint), from: "service") }
        }
        for _ in 0..<random.number(in: 0...2) where random.chance(permille: 300) {
            say(random.pick([.orderCancelled(reason: "a"), .orderCancelled(reason: "b"), .orderCompleted]))
        }
        if random.chance(permille: 200) { say(.returnAsked(reason: "r", isExchange: random.chance(permille: 500))) }
        for _ in 0..<random.number(in: 0...2) {
            say(.warrantyRegistered(until: story.at(Int64(random.number(in: 1_000...2_000)))), from: "crm")
            let touchpoint = random.pick(Touchpoint.allCases)
            say(.touchpointSent(kind: touchpoint, isAccepted: random.chance(permille: 700)), from: "sms")
        }
        for system in ["shop", "wms", "sf"] where random.chance(permille: 400) { say(.statusReported, from: system) }
        if random.chance(permille: 200) {
            say(.decisionMade(Decision(person: "li", cause: "address", minutes: 3)), from: "desk")
        }
    }

    private mutating func tellDesk() {
        guard random.chance(permille: 250) else { return }
        say(.ticketReported(Ticket(id: "T1", subject: "repair", status: random.pick([.open, .closed]))), from: "desk")
        for stage in CallReport.Stage.allCases where random.chance(permille: 700) {
            let ending: CallReport.Ending? = stage == .ended ? random.pick([.answered, .busy]) : nil
            say(.callReported(CallReport(id: "c1", stage: stage, ending: ending, seconds: 5)), from: "pbx")
        }
    }

    private mutating func tellHolds() {
        for _ in 0..<random.number(in: 0...4) {
            let id = random.pick(["h1", "h2"])
            let exits: [Hold.Exit] = [
                .person, .timer(story.at(500)), .fact(.receiverVerified), .fact(.creditChecked), .fact(.statusReported),
            ]
            let hold = Hold(id: id, reason: random.pick(["x", "y"]), owner: "rules", exit: random.pick(exits))
            say(.holdPlaced(hold), from: "rules")
            if random.chance(permille: 300) { say(.holdReleased(id: id, note: ""), from: "rules") }
            if random.chance(permille: 200) { say(.timerFell(id: id), from: "hub") }
        }
    }
}
