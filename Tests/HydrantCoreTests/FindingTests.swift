import HydrantCore
import HydrantTesting
import Testing

/// Each detector: wrong, late, unknown, and not asked.
@Suite struct FindingTests {
    static let begin = OrderStory.standardBegin
    static let partial = Flow(steps: (0...7).map { Flow.Step(number: $0, isReported: $0 == 6) })

    static func at(_ minute: Int64) -> Instant { begin + .minutes(minute) }

    /// What one detector says of the standard order at a state, after these things were said, at a minute.
    static func finding(
        _ kind: MismatchKind, at state: Int, _ said: [(FactBody, Int64)] = [], minute: Int64, flow: Flow = .watching
    ) throws -> Finding? {
        var story = OrderStory.walk(to: state)
        for (body, minute) in said { story.say(body, minute: minute) }
        return try finding(kind, story.facts, minute: minute, flow: flow)
    }

    static func finding(
        _ kind: MismatchKind, _ facts: [Fact], minute: Int64, flow: Flow = .watching
    ) throws -> Finding? {
        let settings = Settings(flow: flow)
        var scenario = Scenario(settings: settings)
        try scenario.given(facts)
        let found = scenario.order.findings(settings: settings, now: at(minute)).filter { $0.kind == kind }
        #expect(found.count <= 1)
        return found.first
    }

    /// Late until a minute, wrong from then on, both since the same minute.
    static func expectTurn(
        _ kind: MismatchKind, at state: Int, _ said: [(FactBody, Int64)] = [], since: Int64, turn: Int64
    ) throws {
        let late = try #require(try finding(kind, at: state, said, minute: turn - 1))
        #expect(late.verdict == .late && late.since == at(since) && late.turnsAt == at(turn), "\(late)")
        let wrong = try #require(try finding(kind, at: state, said, minute: turn))
        #expect(wrong.verdict == .wrong && wrong.since == at(since) && wrong.turnsAt == nil, "\(wrong)")
        #expect(try finding(kind, at: state, said, minute: since - 1) == nil)
        for text in [late.reason, wrong.reason] { #expect(!text.chinese.isEmpty && !text.english.isEmpty) }
    }

    static func expectWrong(
        _ kind: MismatchKind, at state: Int, _ said: [(FactBody, Int64)], since: Int64, reason: String
    ) throws {
        let finding = try #require(try finding(kind, at: state, said, minute: 1_000))
        #expect(finding.verdict == .wrong && finding.since == at(since) && finding.turnsAt == nil, "\(finding)")
        #expect(finding.reason.english == reason)
        #expect(finding.lastVerifiedAt == at(said.map(\.1).max() ?? Int64(state) * 10))
        #expect(try Self.finding(kind, at: state, said, minute: since - 1) == nil)
    }

    @Test func `an order that goes as it should is neither wrong nor unknown`() throws {
        let order = try Scenario.standard(at: 7).order
        #expect(order.findings(settings: Settings(), now: Self.at(100_000)) == [])
    }

    @Test func `paid and not locked`() throws {
        try Self.expectTurn(.paidNotLocked, at: 1, since: 10, turn: 250)
        #expect(try Self.finding(.paidNotLocked, at: 3, minute: 9_999) == nil)
        #expect(try Self.finding(.paidNotLocked, at: 2, minute: 9_999, flow: Self.partial) == nil)
        let refused = try Self.finding(.paidNotLocked, at: 2, [(.inventoryRefused(reason: "缺货"), 30)], minute: 31)
        #expect(refused?.verdict == .wrong)
        #expect(refused?.reason.chinese == "已支付 21 分钟，仓库拒绝锁定：缺货")
        #expect(try Self.finding(.paidNotLocked, at: 2, [(.orderCancelled(reason: ""), 30)], minute: 9_999) == nil)
    }

    @Test func `packed and not locked`() throws {
        let packing = OrderStory.proof(of: 4)
        try Self.expectTurn(.packedNotLocked, at: 2, [(packing, 40)], since: 40, turn: 45)
        #expect(try Self.finding(.packedNotLocked, at: 4, minute: 9_999) == nil)
        #expect(try Self.finding(.packedNotLocked, at: 2, [(packing, 40)], minute: 99, flow: Self.partial) == nil)
        let lateLock: [(FactBody, Int64)] = [(packing, 40), (OrderStory.proof(of: 3), 60)]
        #expect(try Self.finding(.packedNotLocked, at: 2, lateLock, minute: 59)?.verdict == .wrong)
        #expect(try Self.finding(.packedNotLocked, at: 2, lateLock, minute: 60) == nil)
        try Self.expectWrong(
            .packedNotLocked, at: 2, [(.inventoryRefused(reason: "frozen"), 35), (packing, 40)], since: 40,
            reason: "Parcel SO-1-1 is packed and the warehouse refused to lock: frozen")
        let cancelled: [(FactBody, Int64)] = [(packing, 40), (.orderCancelled(reason: ""), 41)]
        #expect(try Self.finding(.packedNotLocked, at: 2, cancelled, minute: 99) == nil)
    }

    @Test func `shipped without a tracking number`() throws {
        let left = FactBody.parcelHandedOver(parcel: "SO-1-1")
        try Self.expectTurn(.shippedWithoutTracking, at: 4, [(left, 50)], since: 50, turn: 55)
        #expect(try Self.finding(.shippedWithoutTracking, at: 5, [(left, 55)], minute: 999) == nil)
        #expect(try Self.finding(.shippedWithoutTracking, at: 4, minute: 999) == nil)
        #expect(
            try Self.finding(.shippedWithoutTracking, at: 4, [(left, 50)], minute: 999, flow: Self.partial) == nil)
        let unnamed = FactBody.trackingReported(Tracking(parcel: "SO-1-1"))
        #expect(try Self.finding(.shippedWithoutTracking, at: 4, [(left, 50), (unnamed, 51)], minute: 999) == nil)
        try Self.expectWrong(
            .shippedWithoutTracking, at: 5, [(left, 55), (.waybillVoided(parcel: "SO-1-1", number: "SF1"), 52)],
            since: 55, reason: "Parcel SO-1-1 left 15 h 45 min ago and its waybill is voided")
        let second: [(FactBody, Int64)] = [
            (.parcelHandedOver(parcel: "A"), 60), (.parcelHandedOver(parcel: "B"), 50),
            (.parcelHandedOver(parcel: "C"), 50), (.parcelHandedOver(parcel: "D"), 50),
        ]
        let several = try Self.finding(.shippedWithoutTracking, at: 5, second, minute: 110)
        #expect(several?.reason.chinese == "包裹 A, B, C 等 4 个 已发出 1 小时 0 分，仍没有运单号")
    }

    @Test func `two live waybills`() throws {
        let second = FactBody.trackingReported(Tracking(parcel: "SO-1-1", courier: "zto", number: "ZT1"))
        try Self.expectWrong(
            .twoLiveWaybills, at: 5, [(second, 58)], since: 58,
            reason: "Parcel SO-1-1 has 2 live waybills: SF SF1, ZTO ZT1")
        let voided: [(FactBody, Int64)] = [(second, 58), (.waybillVoided(parcel: "SO-1-1", number: "SF1"), 60)]
        #expect(try Self.finding(.twoLiveWaybills, at: 5, voided, minute: 59)?.verdict == .wrong)
        #expect(try Self.finding(.twoLiveWaybills, at: 5, voided, minute: 60) == nil)
        let other = FactBody.trackingReported(Tracking(parcel: "SO-1-2", courier: "zto", number: "ZT1"))
        #expect(try Self.finding(.twoLiveWaybills, at: 5, [(other, 58)], minute: 99) == nil)
    }

    @Test func `shipped before paid`() throws {
        let left = FactBody.parcelHandedOver(parcel: "SO-1-1")
        try Self.expectWrong(
            .shippedBeforePaid, at: 0, [(left, 5)], since: 5, reason: "Handed over without any proof that it is paid")
        try Self.expectWrong(
            .shippedBeforePaid, at: 1, [(left, 3), (.statusReported, 10)], since: 3,
            reason: "Handed over 7 min before the payment was confirmed")
        #expect(try Self.finding(.shippedBeforePaid, at: 1, [(left, 10)], minute: 99) == nil)
        #expect(try Self.finding(.shippedBeforePaid, at: 0, [(left, 5)], minute: 99, flow: Self.partial) == nil)
        let early = try Self.finding(.shippedBeforePaid, at: 1, [(left, 3)], minute: 8)
        #expect(early?.reason.english == "Handed over without any proof that it is paid")
    }

    @Test func `a hand-over or a payment without a time is not compared`() throws {
        for (isShippedTimed, isPaidTimed, isFound) in [
            (true, true, true), (false, true, false), (true, false, false),
        ] {
            var story = OrderStory.walk(to: 0)
            story.say(.parcelHandedOver(parcel: "P"), minute: 5, isTimed: isShippedTimed)
            story.say(OrderStory.proof(of: 1), minute: 9, isTimed: isPaidTimed)
            #expect((try Self.finding(.shippedBeforePaid, story.facts, minute: 99) != nil) == isFound)
        }
    }

    @Test func `cancelled, yet shipped`() throws {
        let left = FactBody.parcelHandedOver(parcel: "SO-1-1")
        let cancel = FactBody.orderCancelled(reason: "买家取消")
        try Self.expectWrong(
            .cancelledButShipped, at: 5, [(cancel, 60), (left, 90)], since: 90,
            reason: "Cancelled (买家取消), and handed over 30 min later")
        try Self.expectWrong(
            .cancelledButShipped, at: 5, [(left, 60), (.orderCancelled(reason: ""), 90)], since: 90,
            reason: "Cancelled, and its goods have left")
        #expect(try Self.finding(.cancelledButShipped, at: 5, [(cancel, 60)], minute: 99) == nil)
        #expect(try Self.finding(.cancelledButShipped, at: 5, [(left, 60)], minute: 99) == nil)
    }
}
