import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import Testing

@testable import HydrantWeb

@Suite struct KeeperFormTests {
    private static let settings: Settings = {
        let request = Flow.Request(afterState: 3, kind: .createWaybill, system: "a")
        var settings = Settings(flow: Flow(steps: Flow.watching.steps, requests: [request]))
        settings.dispatch.chains = [.init(courier: "one", channels: ["a"])]
        settings.dispatch.keeper = .init(system: "sms")
        guard let first = NumberPattern("AB#{10}"), let second = NumberPattern("CD#{12-13}") else { return settings }
        settings.dispatch.couriers = [
            "one": CourierNumbers(name: "一号快递", patterns: [first]),
            "two": CourierNumbers(name: "二号快递", patterns: [second]),
        ]
        return settings
    }()

    private static let facts = [
        PageFacts.placed("SO-1"), PageFacts.paid("SO-1"), PageFacts.passed("SO-1"), PageFacts.locked("SO-1"),
        PageFacts.fact("parcel.packed", "SO-1", ["parcel": "SO-1-1"], source: "wms", minute: 4),
    ]

    /// Runs the body with the code of the link, once no channel is left and the keeper is asked.
    private static func asked(
        beside others: [JSON] = [], _ body: @Sendable @escaping (PagesFixture, String) async throws -> Void
    ) async throws {
        let fixture = try PagesFixture(settings: settings)
        try await fixture.holding(facts + others) {
            while true {
                if let order = try await fixture.hub.committer.order("SO-1"),
                    let asked = order.keeperAsked(for: "SO-1-1")
                {
                    return try await body(fixture, fixture.hub.intake.keeperCode(of: asked))
                }
                await Task.yield()
            }
        }
    }

    @Test func `the form shows the parcel and hides the customer`() async throws {
        try await Self.asked { fixture, code in
            #expect(code.count == 20)
            let page = try await fixture.get("/k/\(code)")
            #expect(page.status == 200 && page.headers[.cacheControl] == "no-store")
            for text in ["SO-1", "SO-1-1", "王**", "机油滤清器 × 2", "一号快递", "补录运单号", "山东省 济南市 历下区"] {
                #expect(page.text.contains(text), "\(text)")
            }
            for text in ["王小明", "13812345678", "经十路 12345"] { #expect(!page.text.contains(text), "\(text)") }
            let english = try await fixture.get("/k/\(code)?lang=en")
            #expect(english.text.contains("Tracking number"))
        }
    }

    @Test(arguments: [
        ("", "还没有填写运单号"), ("AB123", "8 到 30 位"), ("13812345678", "手机号"), ("AB123456789", "应为 AB 加 10 位数字"),
        ("CD123456789012", "二号快递 的单号格式"), ("<b>12345678</b>", "8 到 30 位字母和数字"),
    ])
    func `a wrong number is refused in words, and the form stays`(typed: String, words: String) async throws {
        try await Self.asked { fixture, code in
            let form = "courier=one&number=\(encodedPiece(typed))"
            let page = try await fixture.post("/k/\(code)", form)
            #expect(page.status == 422 && page.text.contains(words) && page.text.contains("<form"))
            #expect(!page.text.contains("<b>12"))
            let order = try #require(try await fixture.hub.committer.order("SO-1"))
            #expect(order.parcels[0].waybills.isEmpty && order.decisions.isEmpty)
        }
    }

    @Test func `a right number is taken once, counts as a person's work, and ends the link`() async throws {
        try await Self.asked { fixture, code in
            let page = try await fixture.post("/k/\(code)", "courier=one&number=ab+1234+567890")
            #expect(page.status == 200 && page.text.contains("AB1234567890") && !page.text.contains("<form"))
            let order = try #require(try await fixture.hub.committer.order("SO-1"))
            let waybill = try #require(order.parcels[0].waybills.first)
            #expect(waybill.number == "AB1234567890" && waybill.courier == "one" && waybill.isTyped)
            #expect(order.state == 5 && order.decisions.values.map(\.person) == ["keeper"])
            let again = try await fixture.get("/k/\(code)")
            let other = try await fixture.post("/k/\(code)", "courier=one&number=AB9999999999")
            #expect(again.status == 410 && other.status == 410)
            let after = try await fixture.hub.committer.order("SO-1")
            #expect(after?.parcels[0].waybills.count == 1)
        }
    }

    @Test func `the number of another courier is taken when that courier is chosen`() async throws {
        try await Self.asked { fixture, code in
            let page = try await fixture.post("/k/\(code)", "courier=two&number=CD123456789012")
            #expect(page.status == 200)
            let order = try #require(try await fixture.hub.committer.order("SO-1"))
            #expect(order.parcels[0].waybills.map(\.courier) == ["two"])
        }
    }

    /// An order with a parcel under way, with the number that the keeper is going to type.
    private static func other(_ phone: JSON, _ more: [JSON] = []) -> [JSON] {
        let receiver = JSON.object(
            (PageFacts.receiver.members ?? []).filter { $0.name != "phone" } + [JSON.Member("phone", phone)])
        let number: JSON = ["parcel": "SO-2-1", "courier": "one", "channel": "wms", "number": "AB1234567890"]
        return [
            PageFacts.placed("SO-2", receiver: receiver),
            PageFacts.fact("parcel.packed", "SO-2", ["parcel": "SO-2-1"], source: "wms", minute: 4),
            PageFacts.fact("tracking.reported", "SO-2", number, source: "wms", minute: 5),
        ] + more
    }

    @Test func `the number of a neighbour's parcel is refused, and the form stays`() async throws {
        try await Self.asked(beside: Self.other("13987654321")) { fixture, code in
            let page = try await fixture.post("/k/\(code)", "courier=one&number=AB1234567890")
            #expect(page.status == 422 && page.text.contains("另一位收件人") && page.text.contains("<form"))
            #expect(!page.text.contains("SO-2"))
            #expect(try await fixture.hub.committer.order("SO-1")?.parcels[0].waybills.isEmpty == true)
            #expect(try await fixture.post("/k/\(code)", "courier=one&number=AB1234567899").status == 200)
        }
    }

    @Test func `parcels to one receiver share a number, and couriers give old ones again`() async throws {
        let signed = PageFacts.fact("signed.reported", "SO-2", ["parcel": "SO-2-1"], source: "one", minute: 6)
        for others in [Self.other(PageFacts.receiver["phone"] ?? .null), Self.other("13987654321", [signed])] {
            try await Self.asked(beside: others) { fixture, code in
                let page = try await fixture.post("/k/\(code)", "courier=one&number=AB1234567890")
                #expect(page.status == 200)
                #expect(try await fixture.hub.committer.order("SO-1")?.parcels[0].waybills.count == 1)
            }
        }
    }

    @Test func `a link that is too old opens nothing`() async throws {
        try await Self.asked { fixture, code in
            fixture.clock.move(by: .hours(5))
            let page = try await fixture.get("/k/\(code)")
            let answer = try await fixture.post("/k/\(code)", "courier=one&number=AB1234567890")
            #expect(page.status == 410 && answer.status == 410)
        }
    }

    @Test func `guessing is slowed down`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        try await fixture.holding([]) {
            for index in 0..<GuessGate.missesAMinute {
                let page = try await fixture.get("/k/0123456789abcdef\(index + 1_000)")
                #expect(page.status == 410)
            }
            let page = try await fixture.get("/k/0123456789abcdef0000")
            #expect(page.status == 429 && page.headers[.retryAfter] == "60")
            fixture.clock.move(by: .minutes(1))
            let later = try await fixture.get("/k/0123456789abcdef0000")
            #expect(later.status == 410)
        }
    }

    @Test func `guesses of one address keep nobody else from a form`() async throws {
        try await Self.asked { fixture, code in
            for index in 0..<GuessGate.missesAMinute {
                let page = try await fixture.get("/k/0123456789abcdef\(index + 1_000)", source: "203.0.113.9")
                #expect(page.status == 410)
            }
            let guesser = try await fixture.get("/k/\(code)", source: "203.0.113.9")
            let keeper = try await fixture.get("/k/\(code)", source: "203.0.113.10")
            #expect(guesser.status == 429 && keeper.status == 200)
        }
    }
}
