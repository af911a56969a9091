import HydrantCore
import HydrantTesting
import Testing

@Suite struct MoneyAndSignatureFindingTests {
    private typealias Base = FindingTests

    private static func refund(_ amount: Int64, id: String = "R") -> FactBody {
        .refundReported(MoneyEntry(id: id, amountMinor: amount))
    }

    @Test func `refunded, yet shipped`() throws {
        let left = FactBody.parcelHandedOver(parcel: "SO-1-1")
        try Base.expectWrong(
            .refundedButShipped, at: 5, [(Self.refund(12_900), 60), (left, 90)], since: 90,
            reason: "Refunded in full (129.00), and parcel SO-1-1 left 30 min later")
        try Base.expectWrong(
            .refundedButShipped, at: 5,
            [(Self.refund(10_000), 60), (Self.refund(2_895, id: "S"), 70), (left, 90)], since: 90,
            reason: "Refunded in full (128.95), and parcel SO-1-1 left 20 min later")
        let fine: [[(FactBody, Int64)]] = [
            [(Self.refund(12_894), 60), (left, 90)], [(Self.refund(12_900), 60), (left, 60)],
            [(left, 60), (Self.refund(12_900), 90)], [(Self.refund(12_900), 60)], [(Self.refund(0), 60), (left, 90)],
            [(Self.refund(10_000), 60), (left, 65), (Self.refund(2_900, id: "S"), 70)],
        ]
        for said in fine { #expect(try Base.finding(.refundedButShipped, at: 5, said, minute: 999) == nil) }
    }

    @Test func `more units in a parcel than were sold cost no more than those that were`() throws {
        var story = OrderStory()
        let lines = [
            Line(id: "1", sku: "S", priceMinor: 1_000_000_000_000), Line(id: "2", sku: "S", priceMinor: 1),
        ]
        story.say(.orderPlaced(OrderHeader(payableMinor: 1, lines: lines)), minute: 0)
        let items = [ParcelItem(line: "1", units: 500_000_000)]
        story.say(.parcelPacked(Packing(parcel: "P", items: items)), minute: 1)
        let scan = Scan(at: story.at(2), status: .returned)
        story.say(.traceReported(Trace(parcel: "P", number: "N", scans: [scan], isComplete: true)), minute: 3)
        #expect(try Base.finding(.returnedToSender, story.facts, minute: 999)?.verdict == .wrong)
    }

    @Test func `a refund without a time is not compared with the hand-over`() throws {
        var story = OrderStory.walk(to: 5)
        story.say(Self.refund(12_900), minute: 60, isTimed: false)
        story.say(.parcelHandedOver(parcel: "P"), minute: 90)
        #expect(try Base.finding(.refundedButShipped, story.facts, minute: 999) == nil)
    }

    @Test func `shipped after a refund of nobody knows how much of the money is unknown`() throws {
        var story = OrderStory()
        story.say(.orderPlaced(OrderHeader()), minute: 0)
        story.say(.paymentReported(Payment(id: "P", amountMinor: 0, isComplete: true)), minute: 1)
        story.say(Self.refund(500), minute: 60)
        story.say(.parcelHandedOver(parcel: "P"), minute: 90)
        let finding = try Base.finding(.refundedButShipped, story.facts, minute: 999)
        #expect(finding?.verdict == .unknown && finding?.since == Base.at(90))
        story.say(.lineReported(Line(id: "1", sku: "A", priceMinor: 500)), minute: 2)
        #expect(try Base.finding(.refundedButShipped, story.facts, minute: 999)?.verdict == .wrong)
    }

    @Test func `revenue recognised, yet refunded`() throws {
        let revenue = FactBody.revenueRecognised(MoneyEntry(id: "V", amountMinor: 12_900))
        try Base.expectTurn(.revenueButRefunded, at: 5, [(revenue, 60), (Self.refund(1_000), 80)], since: 80, turn: 85)
        let wrong = try Base.finding(.revenueButRefunded, at: 5, [(revenue, 60), (Self.refund(1_000), 80)], minute: 99)
        #expect(wrong?.reason.english == "Paid 129.00, refunded 10.00, and revenue is still 129.00: 10.00 too much")
        #expect(wrong?.reason.chinese == "实付 129.00，已退款 10.00，但确认收入 129.00，多出 10.00")
        #expect(try Base.finding(.revenueButRefunded, at: 5, [(revenue, 60)], minute: 99) == nil)
        #expect(try Base.finding(.revenueButRefunded, at: 5, [(Self.refund(1_000), 60)], minute: 99) == nil)
        #expect(try Base.finding(.revenueButRefunded, at: 5, [(revenue, 60), (Self.refund(5), 80)], minute: 99) == nil)
        let reversed = FactBody.revenueRecognised(MoneyEntry(id: "V", amountMinor: 11_900))
        #expect(
            try Base.finding(
                .revenueButRefunded, at: 5, [(revenue, 60), (Self.refund(1_000), 80), (reversed, 90)], minute: 99)
                == nil)
    }

    @Test func `revenue and refund of an order that nobody says the price of are unknown`() throws {
        var story = OrderStory()
        story.say(.orderPlaced(OrderHeader()), minute: 0)
        story.say(.revenueRecognised(MoneyEntry(id: "V", amountMinor: 100)), minute: 5)
        story.say(Self.refund(100), minute: 6)
        let finding = try Base.finding(.revenueButRefunded, story.facts, minute: 99)
        #expect(finding?.verdict == .unknown && finding?.since == Base.at(6) && finding?.turnsAt == nil)
    }

    @Test func `paid more or less than is due`() throws {
        func mismatch(_ paid: Int64) throws -> Finding? {
            var story = OrderStory.walk(to: 0)
            story.say(.paymentReported(Payment(id: "P", amountMinor: paid)), minute: 5)
            return try Base.finding(.paymentMismatch, story.facts, minute: 99)
        }
        for paid in [12_895, 12_900, 12_905] as [Int64] { #expect(try mismatch(paid) == nil) }
        #expect(try mismatch(12_894)?.reason.english == "Paid 128.94 where 129.00 is due, a difference of -0.06")
        #expect(try mismatch(12_906)?.verdict == .wrong)
        let complete = FactBody.paymentReported(Payment(id: "P", amountMinor: 0, isComplete: true))
        #expect(try Base.finding(.paymentMismatch, at: 0, [(complete, 5)], minute: 99) == nil)
    }

    @Test func `signed before it left`() throws {
        let left = FactBody.parcelHandedOver(parcel: "SO-1-1")
        try Base.expectWrong(
            .signedBeforeShipped, at: 6, [(left, 75)], since: 75,
            reason: "Parcel SO-1-1 was signed for 15 min before it left")
        #expect(try Base.finding(.signedBeforeShipped, at: 6, [(left, 60)], minute: 99) == nil)
        #expect(try Base.finding(.signedBeforeShipped, at: 6, minute: 99) == nil)
        for (isSignedTimed, isShippedTimed) in [(true, false), (false, true)] {
            var story = OrderStory.walk(to: 5)
            story.say(.signedReported(parcel: "SO-1-1"), minute: 60, isTimed: isSignedTimed)
            story.say(.parcelHandedOver(parcel: "SO-1-1"), minute: 75, isTimed: isShippedTimed)
            #expect(try Base.finding(.signedBeforeShipped, story.facts, minute: 99) == nil)
        }
    }

    @Test func `signed without a time`() throws {
        var story = OrderStory.walk(to: 5)
        story.say(.signedReported(parcel: "SO-1-1"), minute: 60, from: "shop", isTimed: false)
        let finding = try #require(try Base.finding(.signedWithoutTime, story.facts, minute: 99))
        #expect(finding.verdict == .wrong && finding.since == Base.at(60) && finding.lastVerifiedAt == Base.at(60))
        #expect(finding.reason.english == "shop says that parcel SO-1-1 was signed for, and not when")
        #expect(try Base.finding(.signedWithoutTime, story.facts, minute: 59) == nil)
        story.say(.signedReported(parcel: "SO-1-1"), minute: 58)
        #expect(try Base.finding(.signedWithoutTime, story.facts, minute: 99) == nil)
    }

    @Test func `signed without a warranty`() throws {
        try Base.expectTurn(.signedWithoutWarranty, at: 6, since: 60, turn: 60 + 24 * 60)
        #expect(try Base.finding(.signedWithoutWarranty, at: 7, minute: 9_999) == nil)
        #expect(try Base.finding(.signedWithoutWarranty, at: 5, minute: 9_999) == nil)
        #expect(try Base.finding(.signedWithoutWarranty, at: 6, minute: 9_999, flow: Base.partial) == nil)
        #expect(
            try Base.finding(.signedWithoutWarranty, at: 6, [(.orderCancelled(reason: ""), 90)], minute: 9_999) == nil)
    }

    @Test func `no line is known`() throws {
        var story = OrderStory()
        story.say(.orderPlaced(OrderHeader()), minute: 10)
        for (minute, verdict) in [(9, nil), (10, .late), (14, .late), (15, .wrong)] as [(Int64, Verdict?)] {
            let finding = try Base.finding(.noLines, story.facts, minute: minute)
            #expect(finding?.verdict == verdict)
            #expect(finding?.turnsAt == (verdict == .late ? Base.at(15) : nil))
        }
        let line = Line(id: "1", sku: "A")
        story.say(.lineReported(line), minute: 20)
        #expect(try Base.finding(.noLines, story.facts, minute: 19)?.verdict == .wrong)
        #expect(try Base.finding(.noLines, story.facts, minute: 20) == nil)
        let stray = OrderStory().fact(.statusReported, minute: 0)
        #expect(try Base.finding(.noLines, [stray], minute: 99) == nil)
    }
}
