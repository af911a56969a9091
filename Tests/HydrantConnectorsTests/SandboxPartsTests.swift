import HydrantCore
import Testing

@testable import HydrantSandbox

/// The parts that the outside world stands on.
@Suite struct SandboxPartsTests {
    @Test func `what is due comes soonest first, and equals in order of entry`() {
        var heap = DueHeap()
        let lottery = Lottery(seed: 3)
        for index in 0..<2_000 {
            let minute = Int64(lottery.number("time", "\(index)") % 50)
            heap.add(.route, index, at: Sample.now + .minutes(minute))
        }
        var popped: [DueHeap.Entry] = []
        while let entry = heap.pop(dueBy: Sample.now + .hours(1)) { popped.append(entry) }
        #expect(popped.count == 2_000)
        for (one, next) in zip(popped, popped.dropFirst()) {
            #expect(one.at < next.at || (one.at == next.at && one.index < next.index))
        }
        #expect(heap.count == 0)
    }

    @Test func `each named fault is another, and plays somewhere`() {
        #expect(Set(NamedFaults.all.map(\.name)).count == NamedFaults.all.count)
        for fault in NamedFaults.all {
            var plans = NamedFaults()
            let isKnown = plans.set(fault.name, permille: 777)
            #expect(isKnown)
            let none = NamedFaults()
            let isPlayed =
                plans.world != none.world || plans.couriers != none.couriers || plans.partners != none.partners
            #expect(isPlayed, "\(fault.name)")
        }
        var plans = NamedFaults()
        let isGuessed = plans.set("slow ", permille: 1)
        #expect(!isGuessed)
        plans.setNumbers(3)
        #expect(plans.couriers.numbers == 3 && plans.partners.numbers == 3)
    }

    @Test func `nothing comes before its time`() {
        var heap = DueHeap()
        heap.add(.refund, 1, at: Sample.now + 1)
        #expect(heap.pop(dueBy: Sample.now) == nil)
        #expect(heap.soonest == Sample.now + 1)
        #expect(heap.pop(dueBy: Sample.now + 1)?.index == 1)
        #expect(heap.soonest == nil)
    }

    @Test func `chance keeps its rate and depends on seed, purpose and subject alone`() {
        let lottery = Lottery(seed: 11)
        let hits = (0..<20_000).filter { lottery.hits(30, "fault", "SO-\($0)") }
        #expect((500...700).contains(hits.count))
        #expect(hits == (0..<20_000).filter { Lottery(seed: 11).hits(30, "fault", "SO-\($0)") })
        #expect(hits != (0..<20_000).filter { Lottery(seed: 12).hits(30, "fault", "SO-\($0)") })
        #expect(hits != (0..<20_000).filter { lottery.hits(30, "other", "SO-\($0)") })
        #expect((0..<1_000).allSatisfy { !lottery.hits(0, "fault", "SO-\($0)") })
        #expect((0..<1_000).allSatisfy { lottery.hits(1_000, "fault", "SO-\($0)") })
        #expect((0..<1_000).allSatisfy { (5...9).contains(lottery.pick(5...9, "time", "SO-\($0)")) })
    }

    @Test func `unacknowledged messages wait longer each time, up to an hour`() {
        var message = Outgoing(channel: .routes, body: [], id: "x")
        var waits: [Milliseconds] = []
        for attempt in [0, 1, 2, 6, 7, 50] {
            message.attempts = attempt
            waits.append(message.waitBeforeNextTry)
        }
        let expected: [Milliseconds] = [
            .seconds(30), .seconds(60), .seconds(120), .seconds(1_920), .hours(1), .hours(1),
        ]
        #expect(waits == expected)
    }

    @Test func `routes travel a hundred at a time, confirmations fifty, facts five hundred`() {
        var batch = DueBatch()
        batch.routes = Array(repeating: ["id": "1"], count: 201)
        batch.confirmations = Array(repeating: [], count: 51)
        batch.facts = Array(repeating: .null, count: 501)
        var number = 0
        let messages = batch.finished {
            number += 1
            return "p\(number)"
        }
        let channels = messages.map { message in
            switch message.channel {
            case .routes: "routes"
            case .warehouse(let method): method
            case .facts: "facts"
            }
        }
        #expect(
            channels == [
                "routes", "routes", "routes", "deliveryorder.batchconfirm", "deliveryorder.confirm", "facts", "facts",
            ])
        #expect(messages.map(\.id) == ["p1", "p2", "p3", "p4", "p5", "p6", "p7"])
    }
}
