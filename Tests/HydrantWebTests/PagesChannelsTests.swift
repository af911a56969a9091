import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Synchronization
import Testing

/// A system that never answers, or always does.
struct SteadyConnector: Connector {
    let system: String
    let result: InstructionResult

    func perform(_ request: InstructionRequest) async -> InstructionResult { answer() }
    func find(_ request: InstructionRequest) async -> InstructionResult { answer() }

    private func answer() -> InstructionResult {
        if case .ambiguous = result {
            CallScope.current?.note(.failed(wasSent: true))
        } else {
            CallScope.current?.note(.answered(status: 200))
        }
        return result
    }

    static let silent = SteadyConnector(system: "zto", result: .ambiguous(detail: "no reply in time"))

    /// Returns when so many calls have failed that nothing goes through any more.
    static func waitUntilCutOff(_ hub: Hub) async throws {
        for _ in 0..<20_000 {
            if try await hub.channels().first?.lanes.first?.gate == .open { return }
            await Task.yield()
        }
        let counts = try await hub.store.read { (try $0.counts(), try $0.instructionCounts()) }
        Issue.record("nothing was cut off: \(try await hub.channels()), \(counts)")
    }

    /// Every paid order asks for its customer's credit.
    static let settings = Settings(
        version: "test",
        flow: Flow(
            steps: Flow.watching.steps,
            requests: [Flow.Request(afterState: 1, kind: .checkCredit, system: "zto")]))
}

@Suite struct PagesChannelsTests {
    private static func paid(_ count: Int) -> [JSON] {
        (0..<count).flatMap { [PageFacts.placed("SO-\($0)"), PageFacts.paid("SO-\($0)")] }
    }

    /// Runs the body once as many calls as open a gate have failed.
    private static func troubled(_ body: @Sendable @escaping (PagesFixture) async throws -> Void) async throws {
        let fixture = try PagesFixture(settings: SteadyConnector.settings, connectors: [SteadyConnector.silent])
        try await fixture.holding(paid(40)) {
            try await SteadyConnector.waitUntilCutOff(fixture.hub)
            try await body(fixture)
        }
    }

    @Test func `a page without systems says how to connect one`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let answer = try await fixture.get("/channels?lang=en")
            #expect(answer.status == 200)
            #expect(answer.text.contains("No outside system is connected yet"))
            #expect(answer.text.contains("aria-current=\"page\""))
            #expect(!answer.text.contains("/demo/outage"))
        }
    }

    @Test func `a system that nobody has connected is named with what waits for it`() async throws {
        let fixture = try PagesFixture(settings: SteadyConnector.settings)
        try await fixture.holding(Self.paid(3)) {
            let chinese = try await fixture.get("/channels?lang=zh")
            #expect(chinese.text.contains("zto 没有接入，发给它的指令在等待"))
            let english = try await fixture.get("/channels?lang=en")
            #expect(english.text.contains("Not connected"))
            #expect(english.text.contains("<a href=\"/channels/zto/credit.check\">3</a>"))
            let list = try await fixture.get("/channels/zto/credit.check?lang=en")
            #expect(list.status == 200)
            for number in 0..<3 { #expect(list.text.contains("href=\"/orders/SO-\(number)\"")) }
        }
    }

    @Test func `a gate that is closed says so in both languages, and what failed`() async throws {
        try await Self.troubled { fixture in
            let english = try await fixture.get("/channels?lang=en").section("channel-zto")
            #expect(english.contains("class=\"gate open\""))
            #expect(english.contains("Cut off"))
            #expect(english.contains("times in a row"))
            #expect(english.contains("Next try "))
            #expect(english.contains(" under way, 8 at most"))
            #expect(english.contains("limit 60.0 s"))
            #expect(english.contains("etries left"))
            let chinese = try await fixture.get("/channels?lang=zh").section("channel-zto")
            #expect(chinese.contains("熔断"))
            #expect(chinese.contains("中通 连续"))
            #expect(chinese.contains("，最多 8"))
            #expect(chinese.contains("时限 60.0 s"))
            #expect(chinese.contains("重试额度"))
            let list = try await fixture.get("/channels/zto/credit.check?lang=en")
            #expect(list.text.contains("timed out"))
            let rows = try await fixture.hub.waitingInstructions(
                InstructionLane(system: "zto", kind: .checkCredit), limit: 99)
            let untouched = try #require(rows.first { $0.attempts == 0 })
            let order = try await fixture.get("\(orderPath(untouched.order))?lang=zh").section("cause")
            #expect(order.contains("卡在信用检查：中通 连续"))
        }
    }

    @Test func `what a connector wrote down is in the page's language on the order`() async throws {
        let settings = Settings(
            version: "test",
            flow: Flow(
                steps: Flow.watching.steps,
                requests: [Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")]))
        let crm = SteadyConnector(system: "crm", result: .done(facts: [], detail: "not passed"))
        let fixture = try PagesFixture(settings: settings, connectors: [crm])
        try await fixture.holding(Self.paid(1)) {
            for _ in 0..<20_000 {
                if try await fixture.hub.orderDetail("SO-0", asOf: nil)?.instructions.first?.status == .done { break }
                await Task.yield()
            }
            let chinese = try await fixture.get("/orders/SO-0?lang=zh").section("timeline")
            #expect(chinese.contains(" · 完成 · 未通过</p>") && !chinese.contains("not passed"))
            #expect(chinese.contains("<p class=\"detail\">CRM</p>"))
            let english = try await fixture.get("/orders/SO-0?lang=en").section("timeline")
            #expect(english.contains(" · done · not passed</p>"))
        }
    }

    @Test func `a channel at rest has all its retries, and one that nobody connected has none to show`() async throws {
        let fixture = try PagesFixture(
            settings: SteadyConnector.settings, connectors: [SteadyConnector(system: "crm", result: .notFound)])
        try await fixture.holding(Self.paid(1)) {
            let page = try await fixture.get("/channels?lang=en")
            #expect(try page.section("channel-crm").contains("Retries left 10 of 10"))
            let unconnected = try page.section("channel-zto")
            #expect(!unconnected.contains("Retries left") && !unconnected.contains("under way"))
            #expect(try await fixture.get("/channels?lang=zh").section("channel-crm").contains("重试额度 10 / 10"))
        }
    }

    /// A channel that says how many waybill numbers are left.
    private struct Stock: NumberStock {
        let system: String
        let balance: NumberBalance

        func numbersLeft(now: Instant) async -> NumberBalance { balance }
    }

    @Test func `few waybill numbers are an alarm with what to do, many are a figure, and silence is named`()
        async throws
    {
        let connectors = ["cainiao", "yunda", "zto"].map { SteadyConnector(system: $0, result: .notFound) }
        let stocks = [
            Stock(system: "cainiao", balance: .left(12_345)), Stock(system: "yunda", balance: .unknown("HTTP 500")),
            Stock(system: "zto", balance: .left(499)),
        ]
        let fixture = try PagesFixture(connectors: connectors, stocks: stocks)
        try await fixture.holding([]) {
            while try await fixture.hub.channels().compactMap(\.numbers).count < 3 { await Task.yield() }
            let page = try await fixture.get("/channels?lang=en")
            #expect(try page.section("channel-zto").contains("Only 499 waybill numbers are left"))
            #expect(try page.section("channel-zto").contains("note wrong"))
            #expect(try page.section("channel-cainiao").contains("12,345 waybill numbers left"))
            #expect(!(try page.section("channel-cainiao").contains("note wrong")))
            #expect(try page.section("channel-yunda").contains("Waybill numbers left: not said"))
            #expect(!page.text.contains("All lanes are open"))
            #expect(try await fixture.get("/channels?lang=zh").text.contains("单号只剩 499 个"))
        }
    }

    @Test func `an open page is told when nothing has changed`() async throws {
        let fixture = try PagesFixture(settings: SteadyConnector.settings)
        try await fixture.holding(Self.paid(1)) {
            // The hub works meanwhile: between two looks a call may end.
            var status = 0
            for _ in 0..<50 where status != 204 {
                let page = try await fixture.get("/channels")
                let seen = try page.part(from: "data-seen=\"", to: "\" ").dropFirst(11).prefix { $0 != "\"" }
                status = try await fixture.get("/channels/fragment?seen=\(seen)").status
            }
            #expect(status == 204)
            let fresh = try await fixture.get("/channels/fragment?seen=0")
            #expect(fresh.status == 200)
            #expect(!fresh.text.contains("<html"))
        }
    }

    @Test func `a lane that does not exist is a sentence, not a failure`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            #expect(try await fixture.get("/channels/zto/nothing").status == 400)
            let empty = try await fixture.get("/channels/zto/waybill.create?lang=en")
            #expect(empty.status == 200)
            #expect(empty.text.contains("Nothing waits here"))
        }
    }

    // MARK: - The demonstration's switch

    private final class World: Sendable {
        let outages = Mutex<[String: Instant]>([:])

        var control: OutageSwitch {
            OutageSwitch {
                self.outages.withLock { outages in
                    ["sf", "zto"].map { OutageControl.Outage(system: $0, until: outages[$0]) }
                }
            } set: { system, until in
                self.outages.withLock { $0[system] = until }
            }
        }
    }

    @Test func `the switch takes a system down for two hours and brings it back`() async throws {
        let world = World()
        let fixture = try PagesFixture(demo: true, outages: world.control)
        let cookie = "hydrant_session=abc"
        try await fixture.holding([]) {
            let page = try await fixture.get("/channels?lang=en", cookie: cookie)
            let token = PagesFixture.forms.token(for: "abc")
            #expect(page.text.contains("value=\"\(token)\""))
            #expect(page.text.contains("Take ZTO down"))
            let form = [(name: "form", value: token), (name: "system", value: "zto")]
            let down = try await fixture.post("/demo/outage", form + [(name: "down", value: "yes")], cookie: cookie)
            #expect(down.status == 303)
            #expect(down.headers[.location] == "/channels")
            #expect(world.outages.withLock { $0 } == ["zto": PagesFixture.begin + .hours(2)])
            let after = try await fixture.get("/channels?lang=zh", cookie: cookie)
            #expect(after.text.contains("中通 停机到 22:00:00"))
            let up = try await fixture.post("/demo/outage", form + [(name: "down", value: "no")], cookie: cookie)
            #expect(up.status == 303)
            #expect(world.outages.withLock { $0 } == [:])
        }
    }

    @Test func `a form of another session, of nobody or about no system changes nothing`() async throws {
        let world = World()
        let fixture = try PagesFixture(demo: true, outages: world.control)
        let good = PagesFixture.forms.token(for: "abc")
        try await fixture.holding([]) {
            for (token, system, cookie) in [
                (good, "zto", "hydrant_session=other"), ("", "zto", "hydrant_session=abc"),
                (String(good.dropLast()), "zto", "hydrant_session=abc"), (good, "wms", "hydrant_session=abc"),
            ] {
                let form = [
                    (name: "form", value: token), (name: "system", value: system), (name: "down", value: "yes"),
                ]
                let answer = try await fixture.post("/demo/outage?lang=en", form, cookie: cookie)
                #expect(answer.status == 403)
                #expect(answer.text.contains("Nothing was changed"))
            }
            #expect(world.outages.withLock { $0 } == [:])
        }
    }

    @Test func `outside the demonstration there is no switch`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let answer = try await fixture.get("/channels")
            #expect(!answer.text.contains("outage"))
        }
    }
}
