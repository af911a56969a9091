import HydrantConnectorKit
import HydrantCore
import HydrantSimulator
import HydrantStorage
import Synchronization
import Testing

@testable import HydrantEngine

/// What keeps one system's trouble away from the others, and from itself.
struct DispatcherGatesTests {
    private static let noAnswer = InstructionResult.ambiguous(detail: "no reply in time")

    private static func rig(
        _ connectors: [any Connector], _ requests: [Flow.Request] = [EngineRig.creditAtCRM],
        options: HubOptions = EngineRig.options { $0.watchSlice = .seconds(1) }
    ) throws -> EngineRig {
        let rig = EngineRig(settings: EngineRig.asking(requests), connectors: connectors, options: options)
        try rig.start()
        return rig
    }

    private static func lane(_ rig: EngineRig, _ system: String = "crm") throws -> LaneView? {
        let hub = try rig.hub
        return try rig.ask { try await hub.channels() }.first { $0.system == system }?.lanes.first
    }

    @Test func `a system that hangs with hundreds waiting takes nothing from another`() throws {
        let hanging = ScriptedConnector("crm", length: .hours(9))
        let quick = ScriptedConnector("finance")
        let rig = try Self.rig([hanging, quick], [EngineRig.creditAtCRM, EngineRig.invoiceAtFinance])
        for number in 1...600 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(5))
        #expect(quick.calls.count == 600)
        #expect(hanging.calls.count == 8)
        #expect(try rig.read { try $0.instructionCounts() } == [.done: 600, .waiting: 600])
    }

    @Test func `one kind of question that hangs leaves room for the others to the same system`() throws {
        let warranty = Flow.Request(afterState: 1, kind: .registerWarranty, system: "crm")
        let played = PlayedConnector("crm") { request in
            request.instruction.kind == .checkCredit
                ? .retryable(detail: "busy", after: nil) : .done(facts: [], detail: "")
        }
        let rig = try Self.rig([played], [EngineRig.creditAtCRM, warranty])
        for number in 1...30 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(5))
        let done = try (1...30).flatMap { try rig.instructions("SO-\($0)") }.filter { $0.status == .done }
        #expect(done.map(\.instruction.kind) == Array(repeating: .registerWarranty, count: 30))
    }

    @Test func `while a system is down its instructions wait and spend no attempts`() throws {
        let isDown = Mutex(true)
        let crm = PlayedConnector("crm") { _ in
            isDown.withLock { $0 } ? Self.noAnswer : .done(facts: [], detail: "")
        }
        let rig = try Self.rig([crm])
        for number in 1...200 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(2))
        let opened = crm.calls.count
        #expect(opened <= 16)
        rig.advance(by: .minutes(10))
        // A try each ten to thirty seconds, and nothing else.
        #expect((crm.calls.count - opened) * 10 <= 600 + 300)
        let rows = try (1...200).flatMap { try rig.instructions("SO-\($0)") }
        #expect(rows.filter { $0.attempts == 0 && $0.status == .waiting }.count >= 130)
        let lane = try #require(try Self.lane(rig))
        #expect(lane.gate != .closed)
        #expect(lane.waiting == 200)
        #expect(lane.lastError?.detail == "no reply in time")
        isDown.withLock { $0 = false }
        rig.advance(by: .hours(1))
        #expect(try rig.read { try $0.instructionCounts() } == [.done: 200])
        #expect(try Self.lane(rig)?.gate == .closed)
        #expect(try Self.lane(rig)?.trouble == nil)
        try rig.expectSoundness()
    }

    @Test func `every order behind a closed gate names it as its root cause`() throws {
        let crm = PlayedConnector("crm") { _ in Self.noAnswer }
        let rig = try Self.rig([crm])
        for number in 1...40 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(2))
        let untouched = try #require(try (1...40).first { try rig.instructions("SO-\($0)")[0].attempts == 0 })
        let times = try #require(try Self.lane(rig)).failuresInRow
        let cause = try #require(try rig.detail("SO-\(untouched)")?.rootCause)
        #expect(times >= 5)
        #expect(cause.reason.english == "Stuck at credit check: CRM timed out \(times) times in a row")
        #expect(cause.reason.chinese == "卡在信用检查：CRM 连续 \(times) 次超时")
        #expect(cause.advice.english.hasPrefix("Nothing: it is tried again by itself, next at "))
        #expect(cause.verdict == .late)
        rig.advance(by: .minutes(6))
        #expect(try rig.detail("SO-\(untouched)")?.rootCause?.verdict == .wrong)
        // A look at the past says what was wrong then, and not what is in the way now.
        let past = try rig.detail("SO-\(untouched)", asOf: EngineRig.begin)
        #expect(past?.rootCause?.reason.english.contains("CRM") != true)
    }

    @Test func `instructions for a system that nobody has connected wait, spend nothing and are seen`() throws {
        let rig = try Self.rig([ScriptedConnector("other")])
        try rig.pay("SO-1")
        rig.advance(by: .hours(5))
        let row = try #require(try rig.instructions("SO-1").first)
        #expect(row.attempts == 0)
        #expect(row.status == .waiting)
        let hub = try rig.hub
        let channel = try #require(try rig.ask { try await hub.channels() }.first { $0.system == "crm" })
        #expect(!channel.isConnected)
        #expect(channel.lanes.map(\.waiting) == [1])
        let cause = try rig.detail("SO-1")?.rootCause
        #expect(cause?.reason.english == "Waiting for CRM, which nobody has connected")
        #expect(cause?.advice.english == "Add crm to the connectors document")
    }

    @Test func `a system that asks to be left alone is left alone by all orders`() throws {
        let crm = PlayedConnector("crm") { request in
            guard request.now < EngineRig.begin + .seconds(1) else { return .done(facts: [], detail: "") }
            CallScope.current?.note(.throttled(wait: .minutes(2)))
            return .retryable(detail: "HTTP 429", after: .minutes(2))
        }
        let rig = try Self.rig([crm])
        try rig.pay("SO-1")
        rig.advance(by: .seconds(2))
        for number in 2...20 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(110))
        #expect(crm.calls.count == 1)
        rig.advance(by: .minutes(3))
        #expect(crm.calls.count == 21)
        #expect(try rig.read { try $0.instructionCounts() } == [.done: 20])
        // It answered: its gate never closed, and what it said is shown.
        #expect(try Self.lane(rig)?.gate == .closed)
        #expect(try Self.lane(rig)?.failures == 0)
        #expect(try Self.lane(rig)?.lastError?.detail == "HTTP 429")
    }

    @Test func `a connector that says no without a call does not close the way for others`() throws {
        let crm = SilentConnector(system: "crm", answer: .ambiguous(detail: "cannot be asked"))
        let rig = try Self.rig([crm])
        for number in 1...20 { try rig.pay("SO-\(number)") }
        rig.advance(by: .minutes(10))
        #expect(try Self.lane(rig)?.gate == .closed)
        #expect(try Self.lane(rig)?.calls == 0)
        #expect(try Self.lane(rig)?.failures == 0)
        #expect(try Self.lane(rig)?.lastError == nil)
    }

    @Test func `an answer about one order says nothing against the system`() throws {
        let crm = PlayedConnector("crm") { _ in .retryable(detail: "not yet", after: .minutes(5)) }
        let rig = try Self.rig([crm])
        for number in 1...30 { try rig.pay("SO-\(number)") }
        rig.advance(by: .minutes(1))
        #expect(crm.calls.count == 30)
        #expect(try Self.lane(rig)?.gate == .closed)
        #expect(try Self.lane(rig)?.failures == 0)
    }

    @Test func `credentials that are not accepted close the gate at once, and spare the orders behind it`() throws {
        let crm = PlayedConnector("crm") { _ in
            CallScope.current?.note(HTTPReply(status: 401, body: []))
            return .refused(detail: "HTTP 401")
        }
        let rig = try Self.rig(
            [crm],
            options: EngineRig.options { options in
                options.watchSlice = .seconds(1)
                options.callsPerLane = 1
            })
        for number in 1...20 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(5))
        #expect(crm.calls.count == 1)
        #expect(try Self.lane(rig)?.gate == .open)
        #expect(try Self.lane(rig)?.waiting == 19)
    }

    @Test func `a system that says inside a success that it takes nothing now is spared and quoted`() throws {
        let crm = PlayedConnector("crm") { request in
            CallScope.current?.note(HTTPReply(status: 200, body: []))
            guard request.now < EngineRig.begin + .seconds(1) else { return .done(facts: [], detail: "") }
            FailureClass.throttled(.minutes(1)).note()
            return .retryable(detail: "A1005 too many calls", after: .minutes(1))
        }
        let rig = try Self.rig(
            [crm],
            options: EngineRig.options { options in
                options.watchSlice = .seconds(1)
                options.callsPerLane = 1
            })
        for number in 1...20 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(5))
        #expect(crm.calls.count == 1)
        #expect(try Self.lane(rig)?.gate == .open)
        #expect(try Self.lane(rig)?.waiting == 20)
        let untouched = try #require(try (1...20).first { try rig.instructions("SO-\($0)")[0].attempts == 0 })
        let cause = try #require(try rig.detail("SO-\(untouched)")?.rootCause)
        #expect(cause.reason.english == "Stuck at credit check: CRM takes nothing for now (A1005 too many calls)")
        rig.advance(by: .minutes(5))
        #expect(crm.calls.count == 21)
        #expect(try rig.read { try $0.instructionCounts() } == [.done: 20])
        #expect(try Self.lane(rig)?.trouble == nil)
    }

    @Test(arguments: [FailureClass.busy(.minutes(1)), .data, .channel, .alreadyDone, .unknownThere, .ambiguous])
    func `what a reply says about one order is no word about the others`(failure: FailureClass) {
        let scope = CallScope(timeLimit: nil)
        scope.note(HTTPReply(status: 200, body: []))
        CallScope.$current.withValue(scope) { failure.note() }
        #expect(scope.last == .answered(status: 200))
        CallScope.$current.withValue(scope) { FailureClass.credentials(.minutes(1)).note() }
        #expect(scope.last == .turnedAway)
        #expect(scope.calls == 1)
    }

    @Test func `what a system does not do, and no for one order, close nothing`() throws {
        for refusal in [RefusalClass.data, .channel] {
            let crm = PlayedConnector("crm") { _ in .refused(detail: "not supported", class: refusal) }
            let rig = try Self.rig([crm])
            for number in 1...20 { try rig.pay("SO-\(number)") }
            rig.advance(by: .seconds(5))
            #expect(crm.calls.count == 20)
            #expect(try Self.lane(rig)?.gate == .closed)
        }
    }

    @Test func `a quota is kept in every second, and used`() throws {
        let crm = ScriptedConnector("crm")
        var options = EngineRig.options { $0.watchSlice = .seconds(1) }
        options.quotas = ["crm": ChannelQuota(perSecond: 5)]
        let played = PlayedConnector("crm") { await crm.perform($0) }
        let rig = try Self.rig([played], options: options)
        for number in 1...100 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(24))
        #expect(played.calls.count == 100)
        #expect(played.mostCalls(within: 1_000) <= 5)
    }

    @Test(arguments: [1, 3, 8] as [Int64])
    func `a quota and the time that a system asks to wait are both kept, and hold up nobody else`(rate: Int64) throws {
        struct Seen {
            var calls = 0
            var asked = EngineRig.begin
            var until = EngineRig.begin
            var tooEarly = 0
        }
        let seen = Mutex(Seen())
        let crm = PlayedConnector("crm") { request in
            seen.withLock { seen in
                seen.calls += 1
                // What was let through in the same moment is under way already.
                if seen.asked + 100 < request.now, request.now < seen.until { seen.tooEarly += 1 }
                guard seen.calls % 7 == 0 else { return .done(facts: [], detail: "") }
                let wait: Milliseconds = .seconds(Int64(1 + seen.calls % 20))
                CallScope.current?.note(.throttled(wait: wait))
                seen.asked = request.now
                seen.until = max(seen.until, request.now + wait)
                return .retryable(detail: "HTTP 429", after: wait)
            }
        }
        let quick = ScriptedConnector("finance")
        var options = EngineRig.options { $0.watchSlice = .seconds(1) }
        options.quotas = ["crm": ChannelQuota(perSecond: rate)]
        let rig = try Self.rig([crm, quick], [EngineRig.creditAtCRM, EngineRig.invoiceAtFinance], options: options)
        for number in 1...60 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(5))
        #expect(quick.calls.count == 60)
        rig.advance(by: .minutes(20))
        #expect(try rig.read { try $0.instructionCounts() } == [.done: 120])
        #expect(crm.calls.count == 60 + crm.calls.count / 7)
        #expect(crm.mostCalls(within: 1_000) <= Int(rate))
        #expect(seen.withLock { $0.tooEarly } == 0)
    }

    @Test func `a lane says how many calls it may have under way, and how long one may take`() throws {
        var options = EngineRig.options { options in
            options.watchSlice = .seconds(1)
            options.callsPerLane = 3
        }
        options.timeLimits = ["crm": .seconds(8)]
        let hanging = ScriptedConnector("crm", length: .seconds(40))
        let rig = try Self.rig([hanging, ScriptedConnector("finance")], [EngineRig.creditAtCRM], options: options)
        for number in 1...10 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(2))
        let lane = try #require(try Self.lane(rig))
        #expect(lane.underWay == 3 && lane.underWayLimit == 3)
        #expect(lane.timeLimit == .seconds(8) && !lane.isTimeLimitMeasured)
        let hub = try rig.hub
        let channels = try rig.ask { try await hub.channels() }
        #expect(channels.map(\.retries) == Array(repeating: RetriesLeft(count: 10, most: 10, nextAt: nil), count: 2))
    }

    @Test func `once enough calls were seen, the limit follows from how long they took`() throws {
        let crm = ScriptedConnector("crm", length: 100)
        var options = EngineRig.options { $0.watchSlice = .seconds(1) }
        options.timeLimits = ["crm": .seconds(8)]
        let rig = try Self.rig([crm], options: options)
        for number in 1...250 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(30))
        let lane = try #require(try Self.lane(rig))
        #expect(lane.calls == 250)
        #expect(lane.timeLimit == .seconds(1) && lane.isTimeLimitMeasured)
    }

    @Test func `a day's quota is kept over a restart and renewed at midnight`() throws {
        var options = EngineRig.options { $0.watchSlice = .seconds(1) }
        options.quotas = ["crm": ChannelQuota(perDay: 10)]
        let crm = PlayedConnector("crm") { _ in .done(facts: [], detail: "") }
        let rig = try Self.rig([crm], options: options)
        for number in 1...25 { try rig.pay("SO-\(number)") }
        rig.advance(by: .minutes(5))
        #expect(crm.calls.count == 10)
        rig.stop()
        try rig.start()
        rig.advance(by: .minutes(5))
        #expect(crm.calls.count == 10)
        let hub = try rig.hub
        let channel = try #require(try rig.ask { try await hub.channels() }.first)
        #expect(channel.usedToday == 10)
        let midnight = try #require(channel.closedUntil)
        rig.advance(by: midnight - rig.clock.now() + .minutes(1))
        #expect(crm.calls.count == 20)
    }

    @Test func `a call that never ends is cancelled, and its place is free again`() throws {
        let executor = Mutex<SeededExecutor?>(nil)
        let crm = PlayedConnector("crm") { _ in
            try? await executor.withLock { $0 }?.sleep(for: .hours(99))
            return .ambiguous(detail: "the call was cancelled")
        }
        let rig = try Self.rig([crm])
        executor.withLock { $0 = rig.executor }
        for number in 1...30 { try rig.pay("SO-\(number)") }
        rig.advance(by: .seconds(59))
        #expect(crm.calls.count == 8)
        #expect(crm.mostUnderWay == 8)
        rig.advance(by: .minutes(2))
        #expect(crm.calls.count > 8)
        #expect(try Self.lane(rig)?.gate != .closed)
    }
}
