import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import Testing

@testable import HydrantWeb

/// The settings: words without a mapping, messages that were set aside, and what the document says.
@Suite struct PagesSettingsTests {
    private static func fact(_ order: String, _ word: String) throws -> JSON {
        Facts.placed(order, id: order, extra: [("warehouse", "W1")]).withWord(word)
    }

    private static func submit(_ api: APIFixture, _ json: JSON) async throws {
        _ = try await api.hub.submit([try api.hub.intake.read(json, receivedAt: APIFixture.begin)])
    }

    @Test func `a word is listed once, is a task once, and is mapped by its form`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .operations)
        let cookie = try APIFixture.cookie(try await api.signIn("ada"))
        @Sendable func page(_ path: String) async throws -> String {
            try await api.send(.get, path, headers: [.cookie: cookie]).text
        }
        try await api.running {
            for order in ["A1", "A2"] { try await Self.submit(api, try Self.fact(order, "<WAVING>")) }
            let before = try await page("/settings/words?lang=en")
            #expect(before.contains("&lt;WAVING&gt;") && !before.contains("<WAVING>"))
            #expect(before.ranges(of: "class=\"mapping\"").count == 1)
            #expect(try await page("/tasks").ranges(of: "href=\"/settings/words\"").count == 1)
            let bad = try await api.submit(
                "/settings/words", "system=shop&word=%3CWAVING%3E&lowest=5&highest=2", cookie: cookie)
            #expect(bad.status == 422)
            let done = try await api.submit(
                "/settings/words", "system=shop&word=%3CWAVING%3E&lowest=0&highest=1", cookie: cookie)
            #expect(done.status == 200)
            #expect(api.hub.settings.words.range(of: "<WAVING>", from: "shop") == .init(lowest: 0, highest: 1))
            #expect(try await page("/settings/words").contains("value=\"remove\""))
            _ = try await api.submit(
                "/settings/words", "do=remove&system=shop&word=%3CWAVING%3E", cookie: cookie)
            #expect(api.hub.settings.words.range(of: "<WAVING>", from: "shop") == nil)
        }
        #expect(try await page("/settings").contains("/settings/parked"))
        #expect(try await api.send(.get, "/settings/users", headers: [.cookie: cookie]).status == 403)
    }

    @Test func `when warehouses work stands in the settings, equal days in one line`() async throws {
        var settings = Settings()
        let zone = ZoneTable(identifier: "Asia/Shanghai", pieces: [.init(from: 0, offset: 28_800)])
        let week = (0..<7).map { $0 < 5 ? [480..<720, 780..<1_080] : $0 == 5 ? [0..<1_440] : [] }
        let holidays: [Int64: [WorkCalendar.Shift]] = [20_727: [], 20_728: [], 20_736: [540..<750]]
        settings.calendars = [
            WorkCalendar(name: "day shift", warehouses: ["W<1>", "W2"], zone: zone, week: week, dates: holidays),
            WorkCalendar(name: "others", zone: zone, week: week),
        ]
        let api = try APIFixture(withPages: true, hubSettings: settings)
        try await api.join(api.people(), "ada", .operations)
        let cookie = try APIFixture.cookie(try await api.signIn("ada"))
        let text = try await api.send(.get, "/settings?lang=en", headers: [.cookie: cookie]).text
        for part in [
            "day shift · Asia/Shanghai", "W&lt;1&gt;, W2", "every other warehouse",
            "<dt>Monday – Friday</dt><dd class=\"num\">08:00–12:00, 13:00–18:00</dd>",
            "<dt>Saturday</dt><dd class=\"num\">all day</dd>", "<dt>Sunday</dt><dd class=\"num\">free</dd>",
            "<dt>2026-10-01 – 2026-10-02</dt><dd class=\"num\">free</dd>",
            "<dt>2026-10-10</dt><dd class=\"num\">09:00–12:30</dd>",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        let chinese = try await api.send(.get, "/settings?lang=zh", headers: [.cookie: cookie]).text
        #expect(chinese.contains("W&lt;1&gt;、W2"))
        #expect(chinese.contains("<dt>周一 – 周五</dt>") && chinese.contains("<dd class=\"num\">休息</dd>"))
        let none = try APIFixture(withPages: true)
        try await none.join(none.people(), "ada", .operations)
        let other = try APIFixture.cookie(try await none.signIn("ada"))
        let plain = try await none.send(.get, "/settings?lang=en", headers: [.cookie: other]).text
        #expect(!plain.contains("Working calendars"))
    }

    private static func settingsPage(_ settings: Settings, _ language: String) async throws -> String {
        let api = try APIFixture(withPages: true, hubSettings: settings)
        try await api.join(api.people(), "ada", .operations)
        let cookie = try APIFixture.cookie(try await api.signIn("ada"))
        return try await api.send(.get, "/settings?lang=\(language)", headers: [.cookie: cookie]).text
    }

    @Test func `what is asked for says when, and a cancellation is no state`() async throws {
        let flow = Flow(
            steps: Flow.watching.steps,
            requests: [
                Flow.Request(afterState: 0, kind: .cancelDelivery, system: "wms"),
                Flow.Request(afterState: 2, kind: .createDelivery, system: "wms"),
                Flow.Request(afterState: 0, kind: .checkCredit, system: "crm"),
            ])
        let english = try await Self.settingsPage(Settings(version: "mine-2", flow: flow), "en")
        let rows = [
            "The order is placed (0 Placed)", "2 Risk passed is reached", "The order is cancelled, whatever its state",
        ]
        let places = try rows.map { row in
            try #require(english.firstRange(of: "<th scope=\"row\">\(row)</th>")?.lowerBound)
        }
        #expect(places == places.sorted())
        #expect(english.contains("cancelling the delivery order · only where a delivery order was asked for before"))
        #expect(english.contains("0 is an order that is placed") && english.contains(">mine-2<"))
        let chinese = try await Self.settingsPage(Settings(version: "mine-2", flow: flow), "zh")
        for part in [
            "下单后（0 已下单）", "到达“2 风控通过”后", "订单取消后（不论在哪个状态）", "取消发货单 · 仅当之前请求过创建发货单",
        ] {
            #expect(chinese.contains(part), "\(part)")
        }
    }

    @Test func `a hub without a settings document says so and how to name one`() async throws {
        let english = try await Self.settingsPage(Settings(), "en")
        #expect(english.contains("none named: built in") && !english.contains(Settings.builtInVersion))
        #expect(english.contains("Templates/default.yaml") && english.contains("hydrant serve --settings FILE"))
        #expect(try await Self.settingsPage(Settings(), "zh").contains("未指定，使用内置默认"))
        // A document may have the same name.
        var own = Settings()
        own.flow.requests = [Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")]
        #expect(try await Self.settingsPage(own, "en").contains(">\(Settings.builtInVersion)<"))
    }

    @Test func `a warehouse that only a calendar names is doubted beside the calendars`() async throws {
        var settings = Settings(version: "mine-1")
        let zone = ZoneTable(identifier: "Asia/Shanghai", pieces: [.init(from: 0, offset: 28_800)])
        let week = (0..<7).map { _ in [480..<720] }
        settings.calendars = [WorkCalendar(name: "day", warehouses: ["沈阳仓<b>"], zone: zone, week: week)]
        #expect(try await Self.settingsPage(settings, "en").contains("cannot be checked"))
        settings.dispatch.chains = [DispatchSettings.Chain(warehouse: "沈阳仓", channels: ["sf"])]
        let page = try await Self.settingsPage(settings, "zh")
        #expect(page.contains("未知仓库“沈阳仓&lt;b&gt;”") && page.contains("role=\"note\"") && !page.contains("沈阳仓<b>"))
        settings.calendars[0].warehouses = ["沈阳仓"]
        #expect(try await !Self.settingsPage(settings, "zh").contains("请核对日历里的仓库名"))
    }

    @Test func `each warehouse's address is shown, and one that nothing else names is doubted`() async throws {
        var settings = Settings(version: "mine-1")
        #expect(try await Self.settingsPage(settings, "en").contains("the address in the connector&#39;s options"))
        let house = Receiver(
            name: "一号仓<b>", phone: "027-55550107", province: "湖北省", city: "武汉市", district: "东西湖区",
            address: "革新大道 501 号")
        settings.dispatch.senders = [.init(warehouse: "武汉仓", house: house)]
        settings.dispatch.chains = [DispatchSettings.Chain(warehouse: "武汉一仓", channels: ["sf"])]
        let page = try await Self.settingsPage(settings, "zh")
        #expect(page.contains("<dt>武汉仓</dt><dd>一号仓&lt;b&gt; 027-55550107<br>湖北省武汉市东西湖区革新大道 501 号</dd>"))
        #expect(page.contains("连接器配置里的地址") && page.contains("请核对发件地址里的仓库名"))
        #expect(page.contains("未知仓库“武汉仓”") && page.contains("是不是“武汉一仓”"))
        settings.dispatch.senders.append(.init(house: Receiver(name: "总仓", phone: "4000000000")))
        settings.dispatch.chains[0].warehouse = "武汉仓"
        let whole = try await Self.settingsPage(settings, "zh")
        #expect(whole.contains("<dt>所有其他仓库</dt><dd>总仓 4000000000</dd>") && !whole.contains("连接器配置里的地址"))
        #expect(!whole.contains("请核对发件地址里的仓库名"))
    }

    @Test func `words of the document are read-only`() async throws {
        let words = WordTable(systems: ["wms": ["ACCEPT": .init(lowest: 3, highest: 3)]])
        let api = try APIFixture(withPages: true, hubSettings: Settings(words: words))
        try await api.join(api.people(), "ada", .operations)
        try await api.join(api.people(), "eve", .viewer)
        let cookie = try APIFixture.cookie(try await api.signIn("ada"))
        let text = try await api.send(.get, "/settings/words", headers: [.cookie: cookie]).text
        #expect(text.contains("ACCEPT") && text.contains("配置文件（只读）") && !text.contains("value=\"remove\""))
        let refused = try await api.submit(
            "/settings/words", "system=wms&word=ACCEPT&lowest=0&highest=7", cookie: cookie)
        #expect(refused.status == 422 && refused.text.contains("请改配置文件"))
        let eve = try APIFixture.cookie(try await api.signIn("eve"))
        #expect(try await api.send(.get, "/settings/words", headers: [.cookie: eve]).status == 200)
        #expect(
            try await api.submit("/settings/words", "system=wms&word=X&lowest=0&highest=7", cookie: eve).status == 403)
    }

    @Test func `messages that were set aside are listed, decided again and dropped`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .it)
        let cookie = try APIFixture.cookie(try await api.signIn("ada"))
        @Sendable func send(_ form: String) async throws -> Answer {
            try await api.submit("/settings/parked", "source=zto&reason=odd+%3Cb%3E&" + form, cookie: cookie)
        }
        try await api.running {
            let row = try api.hub.intake.park(
                Array("13812345678".utf8), source: "zto", place: "push from zto", reason: "odd <b>",
                now: APIFixture.begin)
            _ = try await api.hub.committer.submit(Submission(parked: [row]))
            let listed = try await api.send(.get, "/settings/parked", headers: [.cookie: cookie]).text
            #expect(listed.contains("odd &lt;b&gt;") && !listed.contains("13812345678"))
            #expect(try await send("do=again").status == 422)
            #expect(try await send("do=drop&why=").status == 422)
            #expect(try await api.store.read { try $0.counts().parked } == 1)
            #expect(try await send("do=drop&why=test+data").status == 400)
            #expect(listed.contains("name=\"seen\" value=\"1\""))
            #expect(try await send("do=drop&seen=0&why=test+data").status == 200)
            #expect(try await api.store.read { try $0.counts().parked } == 1)
            #expect(try await send("do=drop&seen=1&why=test+data").status == 200)
            #expect(try await api.store.read { try $0.counts().parked } == 0)
        }
        let keyring = api.hub.keyring
        #expect(try await api.store.read { try $0.verifyAudit(keyring).violations } == [])
    }

    @Test func `why messages were set aside is said in the page's language`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .it)
        let cookie = try APIFixture.cookie(try await api.signIn("ada"))
        try await api.running {
            let row = try api.hub.intake.park(
                [1], source: "zto", place: "push from zto", reason: ParkedReason.unknownOrder, now: APIFixture.begin)
            _ = try await api.hub.committer.submit(Submission(parked: [row]))
            let chinese = try await api.send(.get, "/settings/parked?lang=zh", headers: [.cookie: cookie]).text
            #expect(chinese.contains("<p>系统里没有这条消息的订单</p>"))
            // The form names the reason as it is kept.
            #expect(chinese.contains("name=\"reason\" value=\"\(ParkedReason.unknownOrder)\""))
            let english = try await api.send(.get, "/settings/parked?lang=en", headers: [.cookie: cookie]).text
            #expect(english.contains("<p>The hub has no order with the number of the message</p>"))
            let tasks = try await api.send(.get, "/tasks?owner=all&lang=zh", headers: [.cookie: cookie]).text
            #expect(tasks.contains("系统里没有这条消息的订单") && !tasks.contains(ParkedReason.unknownOrder))
        }
    }
}

/// The history of the health index on its page.
@Suite struct HealthHistoryTests {
    private static func sample(_ minutes: Int64, agreeing: Int64) -> HealthSample {
        var figures = HealthFigures()
        figures.population = 100
        figures.verified = 100
        figures.agreeing = agreeing
        return HealthSample(at: APIFixture.begin - .minutes(minutes), figures: figures)
    }

    @Test func `an hour and a day ago are named, and a time without samples is a gap`() {
        let samples = [
            Self.sample(1_442, agreeing: 90), Self.sample(63, agreeing: 95), Self.sample(2, agreeing: 99),
        ]
        let history = HealthHistory(span: .day, now: APIFixture.begin, samples: samples)
        let figure: (HealthDimension?, HealthSettings) = (.consistency, HealthSettings())
        #expect(history.value(figure, before: .hours(1)) == 0.95)
        #expect(history.value(figure, before: .hours(24)) == 0.90)
        #expect(history.value(figure, before: .hours(5)) == nil)
        let values = history.values(figure)
        #expect(values.count == 96 && values.compactMap(\.self) == [0.95, 0.99] && values[95] == 0.99)
    }

    @Test func `the page draws the spans`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .viewer)
        let cookie = try APIFixture.cookie(try await api.signIn("ada"))
        for span in ["day", "week", "month"] {
            let answer = try await api.send(.get, "/health?span=\(span)&lang=en", headers: [.cookie: cookie])
            #expect(answer.status == 200 && answer.text.contains("There is no history yet"))
        }
        #expect(try await api.send(.get, "/health?span=year", headers: [.cookie: cookie]).status == 400)
    }
}

extension JSON {
    fileprivate func withWord(_ word: String) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members + [Member("word", .string(word))])
    }
}
