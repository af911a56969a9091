import HydrantCore
import HydrantTesting
import Testing

/// What goes into a parcel, unit by unit.
@Suite struct PackListTests {
    private static let now = OrderStory.standardBegin

    private static func order(_ lines: [Line], isLocked: Bool = true, after: [FactBody] = []) throws -> Order {
        var order = Order(number: "SO-1")
        let locked: [FactBody] = [
            .paymentReported(Payment(id: "p", amountMinor: 0, isComplete: true)),
            .creditChecked(CreditCheck(isPassed: true)), .inventoryLocked(InventoryLock(warehouse: "W1")),
        ]
        let placed = FactBody.orderPlaced(OrderHeader(warehouse: "W1", lines: lines))
        for (index, body) in ([placed] + (isLocked ? locked : []) + after).enumerated() {
            let fact = Fact(
                source: "shop", messageID: "m\(index)", order: "SO-1", occurredAt: now + .minutes(Int64(index)),
                receivedAt: now + .minutes(Int64(index)), body: body)
            _ = try order.record(fact, settings: Settings(), now: fact.receivedAt)
        }
        return order
    }

    private static let filter = Line(id: "1", sku: "LF9001", name: "Oil filter", units: 2)
    private static let cap = Line(id: "2", sku: "CAP", isGift: true, giftFor: "1")
    private static let loose = Line(id: "3", sku: "PEN", isGift: true)

    private static func take(
        _ sku: String, _ work: inout PackWork, _ list: PackList, id: String
    ) -> String? {
        do throws(Refusal) {
            return try work.take(sku, of: list, id: id, at: now, person: "li") ? "taken" : nil
        } catch {
            return error.code
        }
    }

    @Test func `gifts stand beside their line, and every unit is scanned`() throws {
        let list = try Self.order([Self.filter, Self.cap]).packList
        #expect(list.obstacle == nil && list.key == ParcelKey(order: "SO-1", parcel: "SO-1-1"))
        #expect(list.warehouse == "W1" && list.units == 3)
        #expect(list.lines.map(\.sku) == ["LF9001"] && list.lines[0].gifts.map(\.sku) == ["CAP"])
        var work = PackWork(key: list.key)
        #expect(Self.take("lf9001 ", &work, list, id: "a") == "taken")
        #expect(Self.take("LF9001", &work, list, id: "a") == nil)
        #expect(Self.take("LF9002", &work, list, id: "b") == "packing.wrongGoods")
        #expect(throws: Refusal.packing(.unitMissing, "LF9001")) { try work.packing(list, weightGrams: nil) }
        #expect(Self.take("LF9001", &work, list, id: "c") == "taken")
        #expect(Self.take("LF9001", &work, list, id: "d") == "packing.tooMany")
        #expect(!work.isComplete(list))
        #expect(Self.take("CAP", &work, list, id: "e") == "taken")
        let packing = try work.packing(list, weightGrams: 900)
        #expect(packing.items == [ParcelItem(line: "1", units: 2), ParcelItem(line: "2", units: 1)])
        #expect(packing.weightGrams == 900 && packing.parcel == "SO-1-1" && packing.warehouse == "W1")
        #expect(PackWork(json: work.json) == work)
    }

    @Test func `a gift without a line stops the parcel until it has one`() throws {
        let list = try Self.order([Self.filter, Self.loose]).packList
        #expect(list.obstacle == nil && list.unboundGifts.map(\.sku) == ["PEN"])
        var work = PackWork(key: list.key)
        for (index, sku) in ["LF9001", "LF9001", "PEN"].enumerated() {
            #expect(Self.take(sku, &work, list, id: "\(index)") == "taken")
        }
        #expect(throws: Refusal.packing(.giftUnbound, "PEN")) { try work.packing(list, weightGrams: nil) }
        var bound = Self.loose
        bound.giftFor = "1"
        let later = try Self.order([Self.filter, Self.loose], after: [.lineReported(bound)]).packList
        #expect(later.unboundGifts.isEmpty && later.lines[0].gifts.map(\.sku) == ["PEN"])
        #expect(try work.packing(later, weightGrams: nil).items.count == 2)
    }

    @Test func `what must not be packed says why`() throws {
        let hold = Hold(id: "h", reason: "fraud", owner: "service", exit: .person)
        let cases: [(Order, String)] = [
            (try Self.order([Self.filter], after: [.orderCancelled(reason: "")]), "packing.cancelled"),
            (try Self.order([Self.filter], after: [.holdPlaced(hold)]), "packing.held"),
            (try Self.order([Self.filter], isLocked: false), "packing.notLocked"),
            (try Self.order([]), "packing.noLines"),
            (try Self.order([Self.filter], after: [.parcelPacked(Packing(parcel: "P1"))]), "packing.packed"),
        ]
        for (order, code) in cases {
            let list = order.packList
            #expect(list.obstacle?.code == code)
            if code == "packing.held" { #expect(list.obstacle?.nextStep.chinese == "放到待处理区，由客服处理") }
            var work = PackWork(key: list.key)
            #expect(Self.take("LF9001", &work, list, id: "a") == code)
        }
        #expect(Set(PackingProblem.allCases.map { Refusal.packing($0, "X").text.english }).count == 11)
    }

    @Test func `the second parcel holds what the first left`() throws {
        let first = Packing(parcel: "SO-1-1", items: [ParcelItem(line: "1", units: 1)])
        let order = try Self.order([Self.filter, Self.cap], after: [.parcelPacked(first)])
        let list = order.packList
        #expect(list.key.parcel == "SO-1-2" && list.lines.map(\.units) == [1] && list.units == 2)
        #expect(order.readyParcels.map(\.key.parcel) == ["SO-1-1"])
        #expect(order.readyParcels[0].goods.map(\.units) == [1])
    }

    @Test func `litres, rider, line and what the goods weigh go with the parcel to its bag`() throws {
        var filter = Self.filter
        filter.weightGrams = 450
        var packing = Packing(parcel: "P1", warehouse: "W1", items: [ParcelItem(line: "1", units: 1)])
        packing.volumeMillilitres = 3_500
        var tracking = Tracking(parcel: "P1", courier: "zto", channel: "zto", number: "731")
        (tracking.rider, tracking.line) = ("R4", "L1")
        // Whoever says nothing about the tour, or said it before, changes nothing.
        var silent = tracking
        (silent.rider, silent.line) = ("", "")
        let facts: [FactBody] = [.parcelPacked(packing), .trackingReported(tracking), .trackingReported(silent)]
        let ready = try #require(try Self.order([filter, Self.cap], after: facts).readyParcels.first)
        #expect(ready.volumeMillilitres == 3_500 && ready.rider == "R4" && ready.line == "L1")
        #expect(ready.expectedGrams == 450)
        let parcel = ready.bagParcel(DeskSettings(), mergeToken: nil)
        #expect(parcel.volumeMillilitres == 3_500 && parcel.rider == "R4" && parcel.line == "L1")
        // A cap without a weight leaves the whole parcel unknown.
        packing.items.append(ParcelItem(line: "2", units: 1))
        let both = try #require(
            try Self.order([filter, Self.cap], after: [.parcelPacked(packing)]).readyParcels.first)
        #expect(both.expectedGrams == 0 && both.line.isEmpty)
    }

    @Test func `what a parcel weighs that has still to tell its goods is known only where it is alone`() throws {
        var (filter, announced) = (Self.filter, Packing(parcel: "P1", warehouse: "W1"))
        filter.weightGrams = 450
        announced.isProgress = true
        let other = FactBody.parcelPacked(Packing(parcel: "P2", items: [ParcelItem(line: "1", units: 1)]))
        let told = FactBody.parcelPacked(Packing(parcel: "P1", items: [ParcelItem(line: "1", units: 1)]))
        for (facts, grams) in [([], [900]), ([other], [0, 450]), ([other, told], [450, 450])] {
            let order = try Self.order([filter], after: [.parcelPacked(announced)] + facts)
            #expect(order.readyParcels.map(\.expectedGrams) == grams)
        }
        // Nothing inside was named, and nothing is to follow: it is the whole order.
        let whole = FactBody.parcelPacked(Packing(parcel: "P1"))
        #expect(try Self.order([filter], after: [whole, other]).readyParcels[0].expectedGrams == 900)
    }

    @Test func `no waybill is printed while a gift belongs to nothing`() throws {
        let tracking = FactBody.trackingReported(
            Tracking(parcel: "P1", courier: "zto", channel: "zto", number: "731"))
        let order = try Self.order([Self.filter, Self.loose], after: [tracking])
        #expect(order.obstacle(toPrint: .waybill, of: "P1")?.code == "paper.held")
        #expect(order.obstacle(toPrint: .packingSlip, of: "P1") == nil)
        let bound = Line(id: "3", sku: "PEN", isGift: true, giftFor: "1")
        #expect(try Self.order([Self.filter, bound], after: [tracking]).obstacle(toPrint: .waybill, of: "P1") == nil)
    }

    @Test func `a parcel waits from its packing to its handover, and its standing is its order's`() throws {
        let packed = FactBody.parcelPacked(Packing(parcel: "P1", warehouse: "W2", weightGrams: 700))
        let number = FactBody.trackingReported(
            Tracking(parcel: "P1", courier: "sf", channel: "sf", number: "SF1"))
        let ready = try Self.order([Self.filter], after: [packed, number]).readyParcels
        #expect(ready.map(\.warehouse) == ["W2"] && ready[0].courier == "sf" && ready[0].tracking == "SF1")
        #expect(ready[0].standing == .free && ready[0].weightGrams == 700)
        let gone = try Self.order([Self.filter], after: [packed, .parcelHandedOver(parcel: "P1")])
        #expect(gone.readyParcels.isEmpty)
        let cancelled = try Self.order([Self.filter], after: [packed, .orderCancelled(reason: "")])
        #expect(cancelled.readyParcels.map(\.standing) == [.cancelled])
        let changed = ReceiverReference(id: "r-2", fingerprint: "2", area: "")
        #expect(try Self.order([Self.filter], after: [packed, .receiverChanged(changed)]).bagStanding == .changed)
    }
}

/// Cut-off times, printers, and the document that holds them.
@Suite struct DeskSettingsTests {
    @Test func `a parcel leaves with the next fetching of its courier, the most precise rule first`() throws {
        var settings = DeskSettings()
        let noon = try #require(Instant(text: "2026-11-11T12:00:00+08:00"))
        #expect(settings.departure(warehouse: "W1", courier: "sf", readyAt: noon) == noon)
        settings.cutOffs = [
            DeskSettings.CutOff(warehouse: "", courier: "", minutes: [20 * 60]),
            DeskSettings.CutOff(warehouse: "W1", courier: "", minutes: [18 * 60, 11 * 60]),
            DeskSettings.CutOff(warehouse: "W1", courier: "sf", minutes: [11 * 60]),
        ]
        for (warehouse, courier, text) in [
            ("W2", "sf", "2026-11-11T20:00:00+08:00"), ("W1", "zto", "2026-11-11T18:00:00+08:00"),
            ("W1", "sf", "2026-11-12T11:00:00+08:00"),
        ] {
            #expect(
                settings.departure(warehouse: warehouse, courier: courier, readyAt: noon) == Instant(text: text))
        }
    }

    @Test func `settings are read as they were written, and a warehouse's own printer goes before the others'`() {
        var settings = DeskSettings()
        settings.printers = [
            DeskSettings.Printer(warehouse: "", address: "a"),
            DeskSettings.Printer(warehouse: "W1", address: "b", language: "tspl", dotsPerInch: 300),
        ]
        settings.cutOffs = [DeskSettings.CutOff(warehouse: "W1", courier: "sf", minutes: [60])]
        settings.rules.parcels = 6
        settings.rules.platforms = ["tmall": .any]
        settings.address = "https://hub.example"
        #expect(DeskSettings(json: settings.json) == settings)
        #expect(DeskSettings(json: [:]) == DeskSettings())
        #expect(settings.printer(of: "W1")?.address == "b" && settings.printer(of: "W9")?.address == "a")
        #expect(DeskSettings.CutOff.minutes("16:30") == 990 && DeskSettings.CutOff.text(990) == "16:30")
        for text in ["24:00", "16", "a:b", "16:60", ""] { #expect(DeskSettings.CutOff.minutes(text) == nil) }
    }
}
