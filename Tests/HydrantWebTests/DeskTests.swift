import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Synchronization
import Testing

/// A telephone system that does at once what it is asked, and remembers whom it rang.
private final class QuickTelephone: Telephone {
    let system = "pbx"
    private let rung = Mutex<[String]>([])

    var numbers: [String] { rung.withLock { $0 } }

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        guard let call = request.call else { return .refused(detail: "nobody to ring") }
        let agent = call.agent.open(reason: "test")
        if agent == "99" { return .refused(detail: "Endpoint not found") }
        let number = call.customer.open(reason: "test")
        let line = "\(call.agent.open(reason: "test")) \(number.number) \(number.digits)"
        rung.withLock { $0.append(line) }
        if agent == "700" { return .underWay(facts: [], detail: "it rings") }
        var report = CallReport(id: call.id, stage: .ended, ending: .answered, seconds: 61)
        report.recording = "REC-1"
        let fact = ReportedFact(
            messageID: "call/\(call.id)", order: request.order.number, occurredAt: request.now,
            body: .callReported(report))
        return .done(facts: [fact], detail: "answered")
    }

    func find(_ request: InstructionRequest) async -> InstructionResult { .notFound }
}

/// What the service desk does on the order's page.
@Suite struct DeskTests {
    private static let receiver: JSON = [
        "name": "李雷雷", "phone": "18412345678-1234", "province": "浙江省", "city": "杭州市", "address": "文三路九百号",
    ]

    private func begin(_ api: APIFixture, phone: JSON = DeskTests.receiver) async throws {
        let extra: [(String, JSON)] = [("customer", "CUST-77"), ("warehouse", "W1"), ("receiver", phone)]
        for fact in [Facts.placed("A1", extra: extra), Facts.paid("A1")] {
            _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
        }
    }

    private func page(_ api: APIFixture, _ cookie: String, _ path: String = "/orders/A1") async throws -> String {
        try await api.send(.get, path, headers: [.cookie: cookie, .acceptLanguage: "en"]).text
    }

    @Test func `a hold is placed and released from the page, each with its reason, and counts as intervention`()
        async throws
    {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            let before = try await page(api, cookie)
            #expect(before.contains("What can be done now") && before.contains("value=\"hold.place\""))
            #expect(before.contains("No hold stands") && !before.contains("value=\"hold.release\""))
            let none = try await api.submit(
                "/orders/A1/actions", "act=hold.place&target=service&reason=", cookie: cookie)
            #expect(none.status == 422)
            let form = "act=hold.place&target=service&reason=waits+for+13900001111&minutes=4"
            let placed = try await api.submit("/orders/A1/actions", form, cookie: cookie)
            #expect(placed.status == 303 && placed.headers[.location] == "/orders/A1#actions")
            let order = try #require(try await api.hub.committer.order("A1"))
            let hold = try #require(order.standingHolds.first)
            #expect(hold.owner == "service" && hold.reason.chinese == "waits *** ***")
            #expect(order.decisions.values.map(\.minutes) == [4] && order.decisions.values[0].person == "service")
            let held = try await page(api, cookie)
            #expect(held.contains("value=\"\(hold.id)\"") && !held.contains("13900001111"))
            let release = "act=hold.release&target=\(hold.id)&reason=called+back"
            #expect(try await api.submit("/orders/A1/actions", release, cookie: cookie).status == 303)
            #expect(try await api.hub.committer.order("A1")?.standingHolds.isEmpty == true)
            let again = try await api.submit("/orders/A1/actions", release, cookie: cookie)
            #expect(again.status == 409 && again.text.contains("订单没有被拦截"))
        }
        let rows = try await api.store.read {
            try $0.auditRows(AuditFilter(action: "order.acted"), before: .max, limit: 9)
        }
        #expect(rows.map(\.entry.actor) == ["user:service", "user:service"])
        #expect(rows.map(\.entry.reason) == ["called back", "waits *** ***"])
    }

    @Test func `a new receiver is sealed, and nothing of it stands in events or on the page`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            let form =
                "act=receiver.change&reason=moved&receiver.name=%E9%9F%A9%E6%A2%85%E6%A2%85&receiver.phone=13711112222"
                + "&receiver.province=&receiver.city=&receiver.district="
                + "&receiver.address=%E8%A7%A3%E6%94%BE%E8%B7%AF5%E5%8F%B7"
            #expect(try await api.submit("/orders/A1/actions", form, cookie: cookie).status == 303)
            let order = try #require(try await api.hub.committer.order("A1"))
            #expect(order.standingHolds.map(\.id) == ["receiver-unverified"])
            let reference = try #require(order.receiver?.value)
            #expect(try await api.hub.receiver(reference)?.open(reason: "test").name == "韩梅梅")
            let text = try await page(api, cookie)
            #expect(!text.contains("韩梅梅") && !text.contains("13711112222") && text.contains("韩**"))
            let empty = form.replacing("receiver.phone=13711112222", with: "receiver.phone=")
            #expect(try await api.submit("/orders/A1/actions", empty, cookie: cookie).status == 422)
            let verify = "act=receiver.verify&reason=asked+the+customer"
            #expect(try await api.submit("/orders/A1/actions", verify, cookie: cookie).status == 303)
            #expect(try await api.hub.committer.order("A1")?.standingHolds.isEmpty == true)
        }
        let events = try await api.store.read { try $0.events(of: "A1") }
        #expect(!events.contains { "\(String(decoding: $0.bytes, as: UTF8.self))".contains("韩梅梅") })
    }

    @Test(arguments: Role.allCases)
    func `each role does exactly the deeds of its row`(role: Role) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: role)
        try await api.running {
            try await begin(api)
            for action in OrderAction.allCases
            where AccessTable.rule("POST", "/orders/{number}/actions")?.roles
                .contains(role) == true
            {
                // Nothing of the kind is there, so that a deed that is allowed is refused by the order or the form.
                let form = "act=\(action.rawValue)&reason=because&target=nothing"
                let answer = try await api.submit("/orders/A1/actions", form, cookie: cookie)
                let mayDo = AccessTable.actions[action]?.contains(role) == true
                #expect((answer.status == 403) == !mayDo, "\(action) \(answer.status)")
            }
        }
        for action in OrderAction.allCases { #expect(AccessTable.actions[action] != nil, "\(action)") }
    }

    @Test func `a note is read by who may, and lies sealed`() async throws {
        let api = try APIFixture(withPages: true)
        let service = try await api.cookie(of: .service)
        let finance = try await api.cookie(of: .finance)
        let warehouse = try await api.cookie(of: .warehouse)
        try await api.running {
            try await begin(api)
            let secret = "李雷雷 asks for the blue one, 13911112222"
            let form = "text=" + formEncoded([("", secret)]).dropFirst()
            #expect(try await api.submit("/orders/A1/notes", form, cookie: service).status == 303)
            #expect(try await api.submit("/orders/A1/notes", "text=+", cookie: service).status == 409)
            #expect(try await api.submit("/orders/A1/notes", form, cookie: finance).status == 403)
            let mine = try await page(api, service)
            #expect(mine.contains("asks for the blue one, 13911112222") && mine.contains("service"))
            for other in [finance, warehouse] {
                let text = try await page(api, other)
                #expect(!text.contains("blue one") && !text.contains("data-part=\"notes\""))
            }
        }
        let records = try await api.store.read { try $0.records("order-notes", after: "", limit: 9) }
        #expect(records.count == 1 && !records[0].body.contains(Array("blue".utf8)))
        let events = try await api.store.read { try $0.events(of: "A1") }
        #expect(!events.contains { String(decoding: $0.bytes, as: UTF8.self).contains("blue") })
        #expect(events.contains { String(decoding: $0.bytes, as: UTF8.self).contains("note.written") })
    }

    @Test func `a ticket is opened with a link to an order that is there, and closed`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            _ = try await api.hub.submit([
                try api.hub.intake.read(Facts.placed("B2", id: "b"), receivedAt: APIFixture.begin)
            ])
            let open = "act=ticket.open&target=repair&reason=leaks&linked="
            #expect(try await api.submit("/orders/A1/actions", open + "NONE9", cookie: cookie).status == 422)
            #expect(try await api.submit("/orders/A1/actions", open + "B2", cookie: cookie).status == 303)
            let text = try await page(api, cookie)
            #expect(text.contains("data-part=\"tickets\"") && text.contains("href=\"/orders/B2\""))
            let id = try #require(try await api.hub.committer.order("A1")?.tickets.entries.first?.id)
            let close = "act=ticket.close&target=\(id)&reason=exchanged"
            #expect(try await api.submit("/orders/A1/actions", close, cookie: cookie).status == 303)
            #expect(try await api.hub.committer.order("A1")?.tickets.values.map(\.status) == [.closed])
            let outside = Facts.fact("ticket.reported", "A1", "t-1", ["id": "AS-9", "subject": "退货"])
            _ = try await api.hub.submit([try api.hub.intake.read(outside, receivedAt: APIFixture.begin)])
            #expect(try await page(api, cookie).contains("AS-9"))
            let document = try await api.get("/v1/orders/A1").json()
            #expect(document["tickets"]?.array?.compactMap { $0["status"]?.string }.sorted() == ["closed", "open"])
        }
    }

    @Test func `a call rings the agent and the number with its extension, and no number is told anywhere`() async throws
    {
        let telephone = QuickTelephone()
        let api = try APIFixture(withPages: true, connectors: [telephone])
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            #expect(try await page(api, cookie).contains("action=\"/orders/A1/calls\""))
            let bad = try await api.submit("/orders/A1/calls", "system=pbx&agent=sip:x", cookie: cookie)
            #expect(bad.status == 409)
            #expect(try await api.submit("/orders/A1/calls", "system=pbx&agent=99", cookie: cookie).status == 303)
            while try await api.hub.committer.order("A1")?.calls.first?.isOver != true { await Task.yield() }
            let failed = try await page(api, cookie)
            #expect(failed.contains("not made") && failed.contains("Endpoint not found"))
            #expect(failed.contains("action=\"/orders/A1/calls\""))
            let placed = try await api.submit("/orders/A1/calls", "system=pbx&agent=8+01", cookie: cookie)
            #expect(placed.status == 303 && placed.headers[.location] == "/orders/A1#calls")
            while try await api.hub.committer.order("A1")?.calls.contains(where: \.hasEnded) != true {
                await Task.yield()
            }
            #expect(telephone.numbers == ["801 18412345678 1234"])
            let text = try await page(api, cookie)
            #expect(text.contains("1 min 1 s") && text.contains("REC-1") && text.contains("value=\"801\""))
            #expect(!text.contains("18412345678") && !text.contains("Attempt"))
            let told = try await api.get("/v1/orders/A1").json()["calls"]?.array ?? []
            #expect(told.count == 2 && told.contains { $0["seconds"]?.integer == 61 })
            let call = try #require(try await api.hub.committer.order("A1")?.calls.first(where: \.hasEnded))
            let note = "kind=call-note&about=\(call.id)&text=will+wait"
            #expect(try await api.submit("/orders/A1/notes", note, cookie: cookie).status == 303)
            #expect(try await page(api, cookie).contains("will wait"))
        }
        let rows = try await api.store.read { try $0.auditRows(after: 0, limit: 99) }
        #expect(rows.contains { $0.entry.action == "receiver.called" && $0.entry.object == "order:A1" })
        #expect(!rows.contains { "\($0)".contains("18412345678") })
        let events = try await api.store.read { try $0.events(of: "A1") }
        let all = events.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
        #expect(all.contains("call.asked") && !all.contains("18412345678") && !all.contains("801"))
    }

    @Test func `clicks at the same time are one deed and one call, and calls are limited`() async throws {
        let telephone = QuickTelephone()
        let api = try APIFixture(withPages: true, connectors: [telephone])
        let cookie = try await api.cookie(of: .owner)
        @Sendable func all(_ path: String, _ forms: [String]) async throws -> [Int] {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for form in forms { group.addTask { try await api.submit(path, form, cookie: cookie).status } }
                return try await group.reduce(into: []) { $0.append($1) }.sorted()
            }
        }
        try await api.running {
            try await begin(api)
            let shown = try await page(api, cookie)
            let version = try #require(try await api.hub.committer.order("A1")).version
            #expect(shown.contains("name=\"once\" value=\"\(version)\""))
            let refund = "act=refund.record&amount=100.00&reason=broken"
            let same = try await all("/orders/A1/actions", Array(repeating: "once=7&" + refund, count: 6))
            #expect(same == Array(repeating: 303, count: 6))
            #expect(try await api.hub.committer.order("A1")?.refundedMinor == 10_000)
            #expect(try await all("/orders/A1/actions", [refund, refund]) == [409, 409])
            let calls = try await all("/orders/A1/calls", Array(repeating: "system=pbx&agent=700", count: 10))
            #expect(calls == [303] + Array(repeating: 409, count: 9))
            #expect(try await api.hub.committer.order("A1")?.callWishes.entries.count == 1)
            while telephone.numbers.isEmpty { await Task.yield() }
            let notes = try await all("/orders/A1/notes", Array(repeating: "once=9&text=hello", count: 4))
            #expect(notes == [303, 303, 303, 303])
            #expect(try await api.hub.committer.order("A1")?.notes.entries.count == 1)
            for number in 1...25 {
                let fact = Facts.placed("B\(number)", id: "b\(number)", extra: [("receiver", Self.receiver)])
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            var made = 1
            for number in 1...25 {
                if number == 15 { try await fillTrail(api) }
                let answer = try await api.submit("/orders/B\(number)/calls", "system=pbx&agent=801", cookie: cookie)
                if answer.status == 303 { made += 1 } else { #expect(answer.text.contains("20")) }
            }
            #expect(made > 1 && made <= Hub.callsMaximum)
        }
        let trail = try await api.store.read {
            try $0.auditRows(AuditFilter(action: "receiver.called"), before: .max, limit: 999)
        }
        #expect(trail.filter { $0.entry.actor != "user:li" }.count <= Hub.callsMaximum)
        #expect(trail.allSatisfy { !"\($0.entry.detail.text)".contains("801") })
        let deeds = try await api.store.read {
            try $0.auditRows(AuditFilter(action: "order.acted"), before: .max, limit: 99)
        }
        #expect(deeds.count == 1)
    }

    /// What others did meanwhile: more than the trail is read of at once.
    private func fillTrail(_ api: APIFixture) async throws {
        let keyring = api.hub.keyring
        let entry = AuditEntry(
            time: APIFixture.begin, actor: "user:li", action: "receiver.called", object: "order:A1", detail: [:])
        try await api.store.transaction { transaction in
            for _ in 0..<300 { try transaction.appendAudit(entry, keyring) }
        }
    }

    @Test func `a warehouse voids its own parcels' waybills and no others`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse)
        try await api.running {
            try await begin(api)
            for (parcel, warehouse) in [("P1", "W1"), ("P2", "BACK-2")] {
                let packed: JSON = ["parcel": .string(parcel), "warehouse": .string(warehouse)]
                let number: JSON = [
                    "parcel": .string(parcel), "courier": "sf", "channel": "sf", "number": .string("SF\(parcel)"),
                ]
                let facts = [
                    Facts.fact("parcel.packed", "A1", "k\(parcel)", packed),
                    Facts.fact("tracking.reported", "A1", "t\(parcel)", number),
                ]
                for fact in facts {
                    _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
                }
            }
            let text = try await page(api, cookie)
            #expect(text.contains("value=\"P1#SFP1\"") && !text.contains("value=\"P2#SFP2\""))
            let other = try await api.submit(
                "/orders/A1/actions", "act=waybill.void&target=P2%23SFP2&reason=wrong", cookie: cookie)
            #expect(other.status == 409)
            let own = "act=waybill.void&target=P1%23SFP1&reason=wrong"
            #expect(try await api.submit("/orders/A1/actions", own, cookie: cookie).status == 303)
            let again = try await api.submit("/orders/A1/actions", own, cookie: cookie)
            #expect(again.status == 409 && again.text.contains("其他仓库"))
            let order = try #require(try await api.hub.committer.order("A1"))
            #expect(order.parcel("P1")?.liveWaybills.isEmpty == true)
            #expect(order.parcel("P2")?.liveWaybills.map(\.number) == ["SFP2"])
        }
    }

    @Test func `a number that the platform masks is not called, and the page says what to do`() async throws {
        let telephone = QuickTelephone()
        let api = try APIFixture(withPages: true, connectors: [telephone])
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api, phone: ["name": "李**", "phone": "138****5678", "address": "文三路"])
            let answer = try await api.submit("/orders/A1/calls", "system=pbx&agent=801", cookie: cookie)
            #expect(answer.status == 409 && answer.text.contains("平台可能隐藏了号码"))
            #expect(telephone.numbers.isEmpty)
        }
    }

    @Test func `a receiver in clear can be called with the device in hand`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            let shown = try await api.submit("/orders/A1/receiver", "reason=customer+called", cookie: cookie)
            #expect(shown.text.contains("href=\"tel:18412345678,1234\""))
        }
    }

    @Test func `an open page is told the time and when there is something new`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A")]) {
            let page = try await fixture.get("/orders/A")
            #expect(page.text.contains("data-stream=\"/events/orders/A\""))
            let seen = try page.part(from: "data-seen=\"", to: "\">").dropFirst("data-seen=\"".count)
            await fixture.routes.sampler.stop()
            let told = try await fixture.get("/events/orders/A")
            #expect(told.headers[.contentType] == "text/event-stream")
            #expect(told.text.hasPrefix("event: page\ndata: {\"asOf\":\"2026-11-11 20:00:00\",\"seen\":\"\(seen)\""))
            #expect(try await fixture.get("/events/orders/NONE").status == 404)
            let tasks = try await fixture.get("/tasks")
            let queue = try tasks.part(from: "data-seen=\"", to: "\">").dropFirst("data-seen=\"".count)
            #expect(try await fixture.get("/events/tasks").text.contains("\"seen\":\"\(queue)\""))
            #expect(try await fixture.get("/tasks/fragment?seen=\(queue)").status == 204)
            #expect(try await fixture.get("/tasks/fragment?seen=x").text.contains("id=\"live\""))
        }
    }

    @Test func `a session has at most eight event streams, and a place is free again when one ends`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A")]) {
            let paths = ["/events/overview", "/events/tasks", "/events/orders/A"]
            try await withThrowingTaskGroup(of: PageAnswer.self) { group in
                for index in 0..<40 { group.addTask { try await fixture.get(paths[index % 3]) } }
                var refused = 0
                while refused < 32, let answer = try await group.next() {
                    #expect(answer.status == 503 && answer.headers[.retryAfter] == "5")
                    #expect(answer.text.contains("HY-2032"))
                    refused += 1
                }
                #expect(refused == 32)
                #expect(try await fixture.get("/orders/A").status == 200)
                await fixture.routes.sampler.stop()
                for try await answer in group { #expect(answer.status == 200) }
            }
            for path in paths + paths + paths + paths { #expect(try await fixture.get(path).status == 200) }
        }
    }

    @Test func `an order that replaces another one leads to it`() async throws {
        let fixture = try PagesFixture()
        let placed = PageFacts.fact("order.placed", "B", ["replaces": "A", "payableMinor": 1], source: "shop")
        try await fixture.holding([PageFacts.placed("A"), placed]) {
            let later = try await fixture.get("/orders/B").text
            #expect(later.contains("这是换货订单，原订单") && later.contains("href=\"/orders/A\""))
            #expect(try await !fixture.get("/orders/A").text.contains("这是换货订单"))
        }
    }

    @Test func `the timeline can be narrowed to one system`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A"), PageFacts.paid("A")]) {
            let paid = try await fixture.get("/orders/A?system=pay").section("timeline")
            #expect(paid.contains("付款") && !paid.contains("到达 1"))
            #expect(paid.contains("href=\"/orders/A?system=shop#timeline\""))
            let none = try await fixture.get("/orders/A?system=nobody").section("timeline")
            #expect(!none.contains("付款</p>"))
        }
    }
}
