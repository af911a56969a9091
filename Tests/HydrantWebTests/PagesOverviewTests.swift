import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Synchronization
import Testing

@Suite struct PagesOverviewTests {
    private static let english = "hydrant_lang=en"

    /// An overview to be changed, as a sampler reads it.
    private final class Panel: Sendable {
        private let overview: Mutex<Overview?>

        init(_ overview: Overview?) { self.overview = Mutex(overview) }

        func set(_ change: @Sendable (inout Overview?) -> Void) { overview.withLock { change(&$0) } }

        func read() throws -> (Overview, speed: Double?) {
            guard let overview = overview.withLock({ $0 }) else { throw StoreFailure(.inputOutput) }
            return (overview, 480)
        }
    }

    private static func overview() async throws -> Overview {
        let fixture = try PagesFixture()
        return try await fixture.holding([PageFacts.placed("A"), PageFacts.paid("A"), PageFacts.placed("B")]) {
            try await fixture.hub.overview()
        }
    }

    private static func sampler(_ panel: Panel, _ clock: PagesClock = PagesClock()) -> OverviewSampler {
        OverviewSampler(wallClock: clock) { try panel.read() }
    }

    private static func snapshot(_ message: [UInt8]) throws -> JSON {
        let text = String(decoding: message, as: UTF8.self)
        let body = try #require(text.split(separator: "data: ", maxSplits: 1).last)
        #expect(text.hasPrefix("event: overview\ndata: "))
        #expect(text.hasSuffix("\n\n"))
        return try JSON(text: String(body.dropLast(2)))
    }

    @Test func `the panel shows counts of the store, and each number is a door`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A"), PageFacts.paid("A"), PageFacts.placed("B")]) {
            let page = try await fixture.get("/", cookie: Self.english)
            #expect(page.text.contains("<span class=\"count\" data-text=\"state_1\">1</span>"))
            #expect(page.text.contains("<b data-text=\"state_0\">1</b>"))
            #expect(page.text.contains("<span data-text=\"paidNotLocked_late\">1</span>"))
            #expect(page.text.contains("href=\"/wrong-orders?kind=paidNotLocked&amp;verdict=late\""))
            #expect(page.text.contains("aria-label=\"Paid, not locked, Late: 1\""))
            #expect(page.text.contains("<time class=\"clock\" data-text=\"time\">20:00:00</time>"))
            #expect(page.text.contains("<span data-text=\"book_messages\">3</span>"))
            #expect(!page.text.contains("Demo clock"))
            // What the figures look back on, and what late and limit mean, stand beside them.
            #expect(page.text.contains("Of the orders under way in the last 24 hours"))
            #expect(page.text.contains("<span class=\"verdict late\" title=\"Wrong: a person must act now. Late: "))
            #expect(page.text.contains("title=\"The limit is how long an order may stay in this state"))
            // Couriers and queues are doors too.
            #expect(page.text.contains("href=\"/couriers/parcels?set=polling\""))
            #expect(page.text.contains("<span data-text=\"set_polling\">0</span>"))
            #expect(page.text.contains("<a href=\"/tasks\">Tasks open</a>"))
            #expect(page.text.contains("<span data-text=\"queue_tasks_open\">0</span>"))
        }
    }

    @Test func `each state says how long orders have been there, and opens those beyond its limit`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A"), PageFacts.paid("A"), PageFacts.placed("B")]) {
            let early = try await fixture.get("/", cookie: Self.english)
            #expect(early.text.contains("<b data-text=\"dwell_1\">0</b> over 2 h"))
            #expect(early.text.contains("half <span data-text=\"p50_1\">0:59</span>"))
            #expect(early.text.contains("href=\"/orders?state=1&amp;dwelling=now\" data-state-of=\"dwell_1\""))
            #expect(early.text.contains("over 72 h"))
            #expect(!early.text.contains("dwell_7"))
            let none = try await fixture.get("/orders?state=1&dwelling=now", cookie: Self.english)
            #expect(!none.text.contains("/orders/A"))
            fixture.clock.move(by: .hours(2))
            let late = try await fixture.get("/", cookie: Self.english)
            #expect(late.text.contains("data-state=\"late\"><svg class=\"icon mark\""))
            #expect(late.text.contains("<b data-text=\"dwell_1\">1</b> over 2 h"))
            #expect(late.text.contains("9 in 10 <span data-text=\"p90_1\">2:59</span>"))
            let list = try await fixture.get("/orders?state=1&dwelling=now", cookie: Self.english)
            #expect(list.text.contains("/orders/A") && !list.text.contains("/orders/B"))
            #expect(list.text.contains("<option value=\"now\" selected>Beyond its limit now</option>"))
            let formula = try await fixture.get("/health", cookie: Self.english)
            #expect(formula.text.contains("id=\"dwell-states\""))
            #expect(formula.text.contains("<a href=\"/orders?state=1&amp;dwelling=now\" class=\"late\">1</a>"))
            #expect(try await fixture.get("/orders?dwelling=ever").status == 400)
        }
    }

    @Test func `the list behind the count of a state has as many orders as it says`() async throws {
        let fixture = try PagesFixture()
        let facts = [
            PageFacts.placed("A"), PageFacts.paid("A"), PageFacts.placed("B"), PageFacts.paid("B"),
            PageFacts.fact("order.completed", "B", [:]), PageFacts.placed("C"), PageFacts.paid("C"),
            PageFacts.fact("order.cancelled", "C", ["reason": "no"]), PageFacts.placed("D"),
        ]
        try await fixture.holding(facts) {
            let page = try await fixture.get("/", cookie: Self.english)
            for (state, orders) in [(0, ["D"]), (1, ["A", "B"]), (6, [])] {
                let path = "/orders?state=\(state)&ended=completed"
                #expect(page.text.contains("href=\"\(path.replacing("&", with: "&amp;"))\""), "\(state)")
                let count = try page.part(from: "data-text=\"state_\(state)\">", to: "<")
                #expect(count.hasSuffix(">\(orders.count)"), "\(count)")
                let list = try await fixture.get(path, cookie: Self.english)
                let listed = ["A", "B", "C", "D"].filter { list.text.contains("href=\"/orders/\($0)\"") }
                #expect(listed == orders, "\(state)")
            }
            let list = try await fixture.get("/orders?state=1&ended=completed", cookie: Self.english)
            #expect(list.text.contains("aria-current=\"true\">Also completed</a>"))
            #expect(list.text.contains("<input type=\"hidden\" name=\"ended\" value=\"completed\">"))
        }
    }

    @Test func `instructions that failed are counted as the list of their tasks shows them, and it is their door`()
        async throws
    {
        let failed = ["A", "B"].map { number in
            PageFacts.fact(
                "task.asked", number,
                [
                    "task": "instruction.failed", "id": "i:1", "owner": "finance",
                    "reason": .string("\(number) was refused"),
                ])
        }
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A"), PageFacts.placed("B")] + failed) {
            let page = try await fixture.get("/", cookie: Self.english)
            #expect(page.text.contains("<span data-text=\"queue_instructions_failed\">2</span>"))
            let door = "/tasks?kind=instruction.failed&amp;asleep=yes"
            #expect(page.text.contains("<a href=\"\(door)\">Failed instructions</a>"))
            let list = try await fixture.get(door.replacing("&amp;", with: "&"), cookie: Self.english)
            #expect(list.text.matches(of: /name="task" value="/).count == 2)
        }
    }

    @Test func `an empty hub says what to do first`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let page = try await fixture.get("/", cookie: Self.english)
            #expect(page.text.contains("No orders yet."))
            #expect(page.text.contains("hydrant import"))
            #expect(page.text.contains("No data yet"))
        }
    }

    @Test func `a snapshot says the same as the page, in no language`() async throws {
        let panel = Panel(try await Self.overview())
        let sampler = Self.sampler(panel)
        await sampler.sample()
        let message = try #require(await sampler.messages().first { _ in true })
        let snapshot = try Self.snapshot(message)
        #expect(snapshot["stale"]?.bool == false)
        #expect(snapshot["text"]?["state_1"]?.string == "1")
        #expect(snapshot["text"]?["time"]?.string == "20:00:00")
        #expect(snapshot["text"]?["speed"]?.string == "×480")
        #expect(snapshot["state"]?["paidNotLocked_late"]?.string == "some")
        #expect(snapshot["state"]?["paidNotLocked_wrong"]?.string == "none")
        #expect(snapshot["state"]?["consistency"]?.string == "unknown")
        #expect(snapshot["state"]?["intervention"]?.string == "good")
        #expect(snapshot["width"]?["state_1_share"]?.string == "100")
        #expect(String(decoding: message, as: UTF8.self).split(separator: "\n").count == 2)
    }

    @Test func `facts per second are counted by the machine's clock over the last looks`() async throws {
        let panel = Panel(try await Self.overview())
        let clock = PagesClock()
        let sampler = Self.sampler(panel, clock)
        await sampler.sample()
        #expect(await sampler.history?.points.last?.factsPerSecond == 0)
        for _ in 0..<3 {
            clock.move(by: 1_000)
            panel.set { $0?.totals.facts += 500 }
            await sampler.sample()
        }
        #expect(await sampler.history?.points.last?.factsPerSecond == 500)
        clock.move(by: 2_000)
        await sampler.sample()
        #expect(await sampler.history?.points.last?.factsPerSecond == 250)
    }

    @Test func `the last three hundred looks are kept`() async throws {
        let panel = Panel(try await Self.overview())
        let clock = PagesClock()
        let sampler = Self.sampler(panel, clock)
        for look in 0..<310 {
            panel.set { $0?.totals.facts = Int64(look * look) }
            clock.move(by: 1_000)
            await sampler.sample()
        }
        let points = try #require(await sampler.history?.points)
        #expect(points.count == 300)
        // The first that is kept is look 10: (10² − 7²) over three seconds.
        #expect(points.first?.factsPerSecond == 17)
    }

    @Test func `all watchers get the same snapshot, and one that does not read is dropped`() async throws {
        let panel = Panel(try await Self.overview())
        let sampler = Self.sampler(panel)
        await sampler.sample()
        let slow = await sampler.messages()
        var reading = await sampler.messages().makeAsyncIterator()
        _ = await reading.next()
        for look in 0..<8 {
            panel.set { $0?.counts.orders = Int64(look) }
            await sampler.sample()
            let message = try #require(await reading.next())
            #expect(try Self.snapshot(message)["text"]?["orders"]?.string == String(look))
        }
        #expect(await sampler.watcherCount == 1)
        var received = 0
        for await _ in slow { received += 1 }
        #expect(received == 4)
    }

    @Test func `a hub that cannot be read is said to be, and the figures stand`() async throws {
        let panel = Panel(try await Self.overview())
        let sampler = Self.sampler(panel)
        await sampler.sample()
        var reading = await sampler.messages().makeAsyncIterator()
        _ = await reading.next()
        panel.set { $0 = nil }
        await sampler.sample()
        let snapshot = try Self.snapshot(try #require(await reading.next()))
        #expect(snapshot["stale"]?.bool == true)
        #expect(snapshot["text"]?["state_1"]?.string == "1")
        #expect(await sampler.history?.points.count == 1)
    }

    @Test func `a sampler that is stopped ends every stream, also later ones`() async throws {
        let panel = Panel(try await Self.overview())
        let sampler = Self.sampler(panel)
        let early = await sampler.messages()
        let running = Task { await sampler.run() }
        for await _ in early { running.cancel() }
        await running.value
        for await _ in await sampler.messages() { Issue.record("a message after the end") }
        #expect(await sampler.watcherCount == 0)
    }

    @Test func `the event stream is one that browsers read, and ends with the sampler`() async throws {
        let fixture = try PagesFixture(demo: true)
        try await fixture.holding([PageFacts.placed("A")]) {
            await fixture.routes.sampler.sample()
            let answer = Task { try await fixture.get("/events/overview") }
            while await fixture.routes.sampler.watcherCount == 0 { await Task.yield() }
            await fixture.routes.sampler.stop()
            let stream = try await answer.value
            #expect(stream.headers[.contentType] == "text/event-stream")
            #expect(stream.headers[.cacheControl] == "no-store")
            #expect(try Self.snapshot(Array(stream.text.utf8))["text"]?["orders"]?.string == "1")
        }
    }

    @Test func `an index below sixty is red, a dimension past its line is amber, with words`() async throws {
        var overview = try await Self.overview()
        overview.health.population = 100
        overview.health.dwelled = 50
        overview.health.verified = 100
        overview.health.agreeing = 90
        let history = OverviewHistory(overview, at: PagesFixture.begin)
        let files = try PageFiles()
        let page = OverviewView(history: history, speed: 480, isDemo: true).document(
            PageFrame(language: .english, place: .overview, path: "/"), files: files)
        #expect(page.contains("data-state-of=\"index\" data-state=\"past\""))
        #expect(page.contains("data-state-of=\"dwell\" data-state=\"past\""))
        #expect(page.contains("data-state-of=\"touchpoints\" data-state=\"unknown\""))
        #expect(page.contains("Above 1.2%"))
        #expect(page.contains("<b data-text=\"speed\">×480</b>"))
    }
}
