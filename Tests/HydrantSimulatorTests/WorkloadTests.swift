import HydrantCore
import HydrantEngine
import HydrantStorage
import Testing

@testable import HydrantSimulator

struct WorkloadTests {
    /// 2026-11-11T00:00:00+08:00
    private static let begin = Instant(milliseconds: 1_794_326_400_000)

    private static let intake = Intake(keyring: Keyring(master: (0..<32).map { UInt8($0) }))

    private static func day(seed: UInt64 = 1, orders: Int = 24_000) -> DoubleElevenDay {
        DoubleElevenDay(seed: seed, orders: orders, begin: begin) { "fp-\($0.phone)" }
    }

    @Test func `the busiest hour is 3.17 times the busiest hour of an ordinary day`() throws {
        let busiest = try #require(DayCurve.doubleEleven.max())
        let ordinary = try #require(DayCurve.ordinary.max())
        #expect(busiest * 100 == ordinary * 317)
        #expect(DayCurve.doubleEleven.reduce(0, +) == 24_000)
        #expect(DayCurve.doubleEleven.count == 24)
        #expect(DayCurve.ordinary.count == 24)
    }

    @Test func `orders are placed by the curve, hour by hour`() {
        var perHour = Array(repeating: 0, count: 24)
        for due in Self.day() where due.fact["kind"] == "order.placed" {
            perHour[Int((due.dueAt - Self.begin) / .hours(1))] += 1
        }
        #expect(perHour == DayCurve.doubleEleven)
    }

    @Test(arguments: [0, 1, 7, 100, 23_999, 100_001]) func `any number of orders is shared without loss`(orders: Int) {
        let shares = DayCurve.share(orders, by: DayCurve.doubleEleven)
        #expect(shares.reduce(0, +) == orders)
        #expect(shares.allSatisfy { $0 >= 0 })
    }

    @Test func `facts come in the order of their times and few of them wait`() {
        var day = Self.day()
        var last = Self.begin
        var most = 0
        var count = 0
        while let due = day.next() {
            #expect(due.dueAt >= last)
            last = due.dueAt
            most = max(most, day.waiting)
            count += 1
        }
        #expect(count > 48_000)
        // Payments within the hour, changes within two, and the returns of the whole day.
        #expect(most < 3_000)
    }

    @Test func `many returns name what comes back, and never more than was paid for`() {
        var whole = 0
        var named = 0
        for number in 0..<20_000 {
            var random = SeededRandom(seed: UInt64(number))
            let story = CustomerStory(
                number: String(number), placedAt: Self.begin, returnDelay: .hours(1) ... .hours(2), random: &random)
            guard story.returnAskedAt != nil else { continue }
            if story.returned.isEmpty { whole += 1 } else { named += 1 }
            for back in story.returned {
                let line = story.lines.first { $0.id == back.line }
                #expect(line?.isGift == false)
                #expect(back.units >= 1 && back.units <= line?.units ?? 0)
            }
            #expect(Set(story.returned.map(\.line)).count == story.returned.count)
        }
        #expect(named > whole && whole > 150, "\(named) \(whole)")
    }

    @Test func `the same seed gives the same day, another seed another`() {
        func text(_ seed: UInt64) -> [String] {
            Self.day(seed: seed, orders: 300).map { "\($0.dueAt) \($0.fact.text)" }
        }
        #expect(text(5) == text(5))
        #expect(text(5) != text(6))
    }

    @Test func `the shares of gifts, changes, returns and cancellations are as they should be`() {
        var counts: [String: Int] = [:]
        var gifts = 0
        var lines: Set<Int> = []
        var warehouses: Set<String> = []
        for due in Self.day() {
            counts[due.fact["kind"]?.string ?? "", default: 0] += 1
            guard due.fact["kind"] == "order.placed" else { continue }
            let items = due.fact["data"]?["lines"]?.array ?? []
            let bound = items.filter { $0["gift"]?.bool == true }
            if !bound.isEmpty { gifts += 1 }
            lines.insert(items.count - bound.count)
            warehouses.insert(due.fact["data"]?["warehouse"]?.string ?? "")
            let sold = Set(items.filter { $0["gift"] == nil }.compactMap { $0["id"]?.string })
            #expect(bound.allSatisfy { sold.contains($0["giftFor"]?.string ?? "") })
        }
        #expect(counts["order.placed"] == 24_000)
        #expect((4_500...5_100).contains(gifts))
        #expect(lines == [1, 2, 3, 4, 5])
        #expect(warehouses.count == 17)
        #expect((1_050...1_330).contains(counts["receiver.changed", default: 0]))
        #expect((900...1_200).contains(counts["receiver.verified", default: 0]))
        #expect((600...830).contains(counts["return.asked", default: 0]))
        #expect((170...310).contains(counts["order.cancelled", default: 0]))
    }

    @Test func `payments cover what is payable, except for those who never pay`() {
        var payable: [String: Int64] = [:]
        var paid: [String: Int64] = [:]
        for due in Self.day(orders: 4_000) {
            guard let order = due.fact["order"]?.string else { continue }
            if due.fact["kind"] == "order.placed" { payable[order] = due.fact["data"]?["payableMinor"]?.integer }
            if due.fact["kind"] == "payment.reported" {
                paid[order, default: 0] += due.fact["data"]?["amountMinor"]?.integer ?? 0
            }
        }
        let unpaid = payable.keys.filter { paid[$0] == nil }.count
        #expect((20...70).contains(unpaid))
        for (order, amount) in paid { #expect(payable[order] == amount) }
    }

    @Test func `every fact can be taken in as it is`() throws {
        let intake = Self.intake
        var kinds: Set<String> = []
        for due in DoubleElevenDay(
            seed: 3, orders: 400, begin: Self.begin, fingerprint: { (try? intake.seal($0).0.fingerprint) ?? "" })
        {
            let incoming = try intake.read(due.fact, receivedAt: due.dueAt)
            kinds.insert(incoming.fact.body.kind.rawValue)
            #expect(incoming.fact.occurredAt == due.dueAt)
        }
        #expect(kinds.isSuperset(of: ["order.placed", "payment.reported", "receiver.changed", "receiver.verified"]))
    }

    @Test func `a verification names the receiver that was changed to`() throws {
        let intake = Self.intake
        var changed: [String: String] = [:]
        var verified = 0
        for due in DoubleElevenDay(
            seed: 3, orders: 2_000, begin: Self.begin, fingerprint: { (try? intake.seal($0).0.fingerprint) ?? "" })
        {
            switch try intake.read(due.fact, receivedAt: due.dueAt).fact.body {
            case .receiverChanged(let reference): changed[due.fact["order"]?.string ?? ""] = reference.fingerprint
            case .receiverVerified(let fingerprint):
                verified += 1
                #expect(changed[due.fact["order"]?.string ?? ""] == fingerprint)
            default: break
            }
        }
        #expect(verified > 50)
    }

    @Test func `telephone numbers are nobody's`() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<500 {
            let phone = Catalogue.receiver(&random).phone
            #expect(phone.count == 11 && phone.hasPrefix("12"))
        }
    }
}
