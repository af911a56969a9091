import Foundation
import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantWeb
import Testing

/// Returns and exchanges by lines on the order's page.
@Suite struct ReturnsPageTests {
    private func begin(_ api: APIFixture) async throws {
        let left = Facts.fact("parcel.handed-over", "A1", "h-1", ["parcel": "A1-1"])
        for fact in [Facts.placed("A1", extra: [("warehouse", "W1")]), Facts.paid("A1"), left] {
            _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
        }
    }

    private func page(_ api: APIFixture, _ cookie: String) async throws -> String {
        try await api.send(.get, "/orders/A1", headers: [.cookie: cookie, .acceptLanguage: "en"]).text
    }

    @Test func `a return names its lines and quantities, and the page says what comes back and what is given back`()
        async throws
    {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            let form = try await page(api, cookie)
            #expect(form.contains("What comes back") && form.contains("at most 2 · ¥50.00 each"))
            #expect(form.contains("name=\"line\" value=\"1\"") && form.contains("max=\"2\" step=\"1\" value=\"0\""))
            func ask(_ units: String, _ more: String = "") async throws -> Answer {
                try await api.submit(
                    "/orders/A1/actions", "act=return.ask&reason=broken&line=1&units=\(units)\(more)", cookie: cookie)
            }
            for wrong in ["x", "-1", "1.5"] { #expect(try await ask(wrong).status == 422, "\(wrong)") }
            let none = try await ask("0")
            #expect(none.status == 409 && none.text.contains("没有选择要退换的商品"))
            #expect(none.text.contains("请至少选择一件"))
            let tooMany = try await ask("3")
            #expect(tooMany.status == 409 && tooMany.text.contains("商品行 1（LF9001）最多还可退换 2 件"))
            #expect(try await ask("1").status == 303)
            let order = try #require(try await api.hub.committer.order("A1"))
            #expect(order.orderReturns().map(\.goods) == [[ReturnedLine(line: "1", units: 1)]])
            let once = try await page(api, cookie)
            #expect(once.contains("Returns and exchanges") && once.contains("LF9001 × 1"))
            #expect(once.contains("¥50.00 is to be given back") && once.contains("at most 1"))
            #expect(try await ask("1", "&exchange=yes").status == 303)
            let twice = try await page(api, cookie)
            #expect(twice.contains("its replacement order is not placed yet"))
            #expect(twice.contains("Everything is returned or exchanged already"))
            #expect(try await ask("1").status == 409)
            let document = try await api.get("/v1/orders/A1").json()
            let returns = try #require(document["returns"]?.array)
            // Asked for at the same moment, they may stand either way round.
            let sums = returns.map { [$0["exchange"]?.bool == true ? 1 : 0, $0["refundMinor"]?.integer] }
            #expect(Set(sums) == [[0, 5_000], [1, 0]])
            #expect(returns.allSatisfy { $0["open"]?.bool == true && $0["lines"]?.array?.count == 1 })
        }
    }

    @Test func `a return of an order with very many lines is sent`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            let lines = (1...500).map { number -> JSON in
                ["id": .string("LINE-\(10_000 + number)"), "sku": "LF9001", "units": 2, "priceMinor": 10]
            }
            let placed = Facts.fact("order.placed", "A1", "p-1", ["payableMinor": 10_000, "lines": .array(lines)])
            let left = Facts.fact("parcel.handed-over", "A1", "h-1", ["parcel": "A1-1"])
            for fact in [placed, Facts.paid("A1"), left] {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            let form = (1...500).map { "&line=LINE-\(10_000 + $0)&units=\($0 == 500 ? 1 : 0)" }.joined()
            #expect(form.utf8.count > 10_000)
            let deed = "act=return.ask&reason=broken"
            let asked = try await api.submit("/orders/A1/actions", deed + form, cookie: cookie)
            #expect(asked.status == 303, "\(asked.text)")
            let order = try #require(try await api.hub.committer.order("A1"))
            #expect(order.orderReturns().map(\.goods) == [[ReturnedLine(line: "LINE-10500", units: 1)]])
            let endless = deed + String(repeating: "x", count: 66_000)
            #expect(try await api.submit("/orders/A1/actions", endless, cookie: cookie).status == 413)
        }
    }

    @Test func `a parcel that the courier brings back is wrong on its order's page, and service decides there`()
        async throws
    {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            let scans: JSON = [["at": "2026-11-09T09:00:00+08:00", "status": "returning", "code": "99"]]
            let trace = Facts.fact("trace.reported", "A1", "t-1", ["parcel": "A1-1", "number": "SF1", "scans": scans])
            _ = try await api.hub.submit([try api.hub.intake.read(trace, receivedAt: APIFixture.begin)])
            let text = try await page(api, cookie)
            #expect(text.contains("The courier began to take parcel A1-1 back") && !text.contains("Nothing is wrong"))
            #expect(text.contains("Ask the customer, then send it again or refund it"))
            #expect(text.contains("Send it again (asks the warehouse)"))
            let findings = try await api.get("/v1/orders/A1").json()["findings"]?.array
            #expect(findings?.contains { $0["kind"]?.string == "returnedToSender" } == true)
            let tasks = try await api.get("/v1/tasks").json()["tasks"]?.array
            #expect(tasks?.compactMap { $0["owner"]?.string } == ["service"])
        }
    }

    @Test func `what a system says of a return and of its way back is shown, beside the order's own parcels`()
        async throws
    {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            let lines: JSON = [["line": "1", "units": 1], ["line": "9", "units": 2]]
            let asked = Facts.fact("return.asked", "A1", "r-1", ["id": "RMA-1", "exchange": false, "lines": lines])
            let way: JSON = ["parcel": "way-back:RMA-1", "courier": "SF", "number": "SF1234567890123"]
            for fact in [asked, Facts.fact("tracking.reported", "A1", "w-1", way)] {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            let text = try await page(api, cookie)
            #expect(text.contains("comes back as SF SF1234567890123"))
            // The timeline names the goods, not the numbers of their lines.
            #expect(text.contains("LF9001 × 1, line 9 × 2"))
            #expect(text.contains("more than was bought, or not on the order: line 9 × 2"))
            let document = try await api.get("/v1/orders/A1").json()
            let parcel = try #require(document["returns"]?.array?.first?["wayBack"])
            #expect(parcel["id"]?.string == "way-back:RMA-1")
            #expect(parcel["waybills"]?.array?.first?["number"]?.string == "SF1234567890123")
            #expect(document["parcels"]?.array?.compactMap { $0["id"]?.string } == ["A1-1"])
            let deed = "act=return.way-back&reason=typed+wrong&target=way-back%3ARMA-1&courier=SF&tracking="
            let refused = try await api.submit("/orders/A1/actions", deed + "SF1", cookie: cookie)
            #expect(refused.status == 409 && refused.text.contains("运单号由 8 到 30 位字母和数字组成"))
            let corrected = try await api.submit("/orders/A1/actions", deed + "SF9999999999999", cookie: cookie)
            #expect(corrected.status == 303)
            #expect(try await page(api, cookie).contains("comes back as SF SF9999999999999"))
        }
    }

    /// Who reports refunds: a system that the flow has issue invoices.
    private static func settings(connected: Bool) -> Settings {
        var settings = Settings()
        settings.flow = Flow(
            steps: Flow.watching.steps,
            requests: [Flow.Request(afterState: 7, kind: .issueInvoice, system: connected ? "finance" : "nobody")])
        settings.rules = RuleSet([
            Rule(
                id: "return-exchange", stage: .on, name: Text(chinese: "退货", english: "Return"), when: [.returnAsked],
                actions: [.completePartially, .playbook(.returnExchange)])
        ])
        return settings
    }

    private struct Finance: Connector {
        let system = "finance"

        func perform(_ request: InstructionRequest) async -> InstructionResult { .done(facts: [], detail: "") }

        func find(_ request: InstructionRequest) async -> InstructionResult { .notFound }
    }

    private func ask(_ api: APIFixture) async throws -> String {
        try await begin(api)
        let asked = Facts.fact("return.asked", "A1", "r-1", ["exchange": false])
        _ = try await api.hub.submit([try api.hub.intake.read(asked, receivedAt: APIFixture.begin)])
        let tasks = try await api.get("/v1/tasks?owner=finance").json()["tasks"]?.array
        return try #require(tasks?.first?["id"]?.string)
    }

    @Test func `each step of a playbook names what undoes it, in both languages`() async throws {
        let api = try APIFixture(withPages: true, hubSettings: Self.settings(connected: false))
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await begin(api)
            let asked = Facts.fact("return.asked", "A1", "r-1", ["exchange": true])
            _ = try await api.hub.submit([try api.hub.intake.read(asked, receivedAt: APIFixture.begin)])
            let english = try await page(api, cookie)
            #expect(english.contains("Undone by: cancelling the replacement order"))
            let chinese = try await api.send(
                .get, "/orders/A1", headers: [.cookie: cookie, .acceptLanguage: "zh-CN"]
            ).text
            #expect(chinese.contains("撤销方式：取消换货订单"))
        }
    }

    @Test func `a refund that finance reports needs no form, and the page says so in both languages`() async throws {
        let api = try APIFixture(
            withPages: true, hubSettings: Self.settings(connected: true), connectors: [Finance()])
        let cookie = try await api.cookie(of: .finance)
        try await api.running {
            let task = try await ask(api)
            let form = "name=\"task\" value=\"\(task)\""
            let english = try await page(api, cookie)
            #expect(english.contains("closes by itself when Finance reports the refund"))
            #expect(english.contains("Closes by itself once it is reported; there is nothing to fill in"))
            // One form is left: to take it, hand it over and put it off.
            #expect(english.components(separatedBy: form).count == 2)
            let chinese = try await api.send(
                .get, "/orders/A1", headers: [.cookie: cookie, .acceptLanguage: "zh-CN"]
            ).text
            #expect(chinese.contains("财务系统 报告退款后此任务自动关闭") && chinese.contains("系统报告后自动关闭，无需填写"))
            let answer = try await api.submit("/tasks/one", "task=\(task)&act=resolve&a.note=paid", cookie: cookie)
            #expect(answer.status == 409 && answer.text.contains("这个任务会自动关闭，不接受填写"))
            #expect(try await api.submit("/tasks/one", "task=\(task)&act=take", cookie: cookie).status == 303)
            let refund = Facts.fact("refund.reported", "A1", "f-1", ["id": "RF", "amountMinor": 10_000])
            _ = try await api.hub.submit([try api.hub.intake.read(refund, receivedAt: APIFixture.begin)])
            #expect(try await !page(api, cookie).contains(form))
        }
    }

    @Test func `where nobody reports refunds, finance records one with its reference, and nobody else does`()
        async throws
    {
        let api = try APIFixture(withPages: true, hubSettings: Self.settings(connected: false))
        let finance = try await api.cookie(of: .finance)
        let service = try await api.cookie(of: .service)
        try await api.running {
            let task = try await ask(api)
            let answers = "task=\(task)&act=resolve&a.action=outside&a.amount=100.00&a.refundReference="
            #expect(try await page(api, finance).contains("Reference number of the refund"))
            let foreign = try await page(api, service)
            #expect(foreign.contains("Answered by finance or the owner"))
            #expect(!foreign.contains("Reference number of the refund"))
            let refused = try await api.submit("/tasks/one", answers + "20261123-1", cookie: service)
            #expect(refused.status == 409 && refused.text.contains("退款由财务或负责人登记"))
            let none = try await api.submit("/tasks/one", answers, cookie: finance)
            #expect(none.status == 409 && none.text.contains("退款凭证号"))
            #expect(try await api.submit("/tasks/one", answers + "2026112300-1", cookie: finance).status == 303)
            let order = try #require(try await api.hub.committer.order("A1"))
            #expect(order.refunds.values.map(\.id) == ["outside-2026112300-1"] && order.refundedMinor == 10_000)
            #expect(order.decisions.values.map(\.person) == ["finance"])
        }
    }

    @Test func `an amount in an answer is hidden from whoever sees no amounts, however it is typed`() async throws {
        let api = try APIFixture(withPages: true, hubSettings: Self.settings(connected: false))
        let finance = try await api.cookie(of: .finance)
        let warehouse = try await api.cookie(of: .warehouse)
        try await api.running {
            let answers = "act=resolve&a.action=outside&a.amount=87&a.refundReference=2026112300-1"
            let answer = try await api.submit("/tasks/one", "task=\(try await ask(api))&\(answers)", cookie: finance)
            #expect(answer.status == 303)
            #expect(try await page(api, finance).contains("Refunded outside · 87 · 2026112300-1"))
            #expect(try await page(api, warehouse).contains("Refunded outside · ••• · 2026112300-1"))
        }
    }
}
