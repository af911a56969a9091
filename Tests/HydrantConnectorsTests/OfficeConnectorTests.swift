import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Calls to the customer system and the finance system: request, endpoint, success, error.
@Suite struct OfficeConnectorTests {
    private func crm(_ caller: any HTTPCaller) throws -> GenericProxy {
        try GenericProxy.crm(Sample.officeSettings("crm", kind: "generic-crm"), caller: caller)
    }

    private func finance(_ caller: any HTTPCaller) throws -> GenericProxy {
        try GenericProxy.finance(Sample.officeSettings("finance", kind: "generic-finance"), caller: caller)
    }

    private func verified(_ call: HTTPCall) throws -> [String: String] {
        let headers = Dictionary(call.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let webhooks = try StandardWebhooks(secrets: [Sample.webhookSecret])
        #expect(try webhooks.verify(headers: headers, body: call.body, now: Sample.now) == headers["idempotency-key"])
        return headers
    }

    // MARK: - Credit

    @Test func `a credit check is asked for once for each instruction, signed, without a person in it`() async throws {
        let caller = ScriptedCaller(
            text: #"{"passed":true,"level":"A","returnRatePermille":35,"checkedAt":"2026-11-22T12:00:01+08:00"}"#)
        let result = try await crm(caller).perform(Sample.request(.checkCredit))
        let call = try #require(caller.calls.first)
        #expect(call.method == "POST")
        #expect(call.url == "https://crm.example.com/api/credit-checks")
        #expect(
            call.body.utf8Text
                == #"{"order":"SO-1","customer":"C-1","shop":"tmall","amountMinor":12900,"currency":"CNY"}"#)
        let headers = try verified(call)
        #expect(headers["idempotency-key"] == "SO-1/7/credit.check")
        #expect(headers["content-type"] == "application/json")
        let check = CreditCheck(isPassed: true, level: "A", returnRatePermille: 35)
        #expect(result.facts.map(\.body) == [.creditChecked(check)])
        #expect(result.facts.map(\.occurredAt) == [Sample.now + .seconds(1)])
        #expect(End(result) == .done(["credit/SO-1/7/credit.check = credit.checked"], "passed"))
    }

    @Test func `a failed credit check is an answer, not an error`() async throws {
        let caller = ScriptedCaller(text: #"{"passed":false,"reason":"授信额度不足"}"#)
        let result = try await crm(caller).perform(Sample.request(.checkCredit))
        #expect(result.facts.map(\.body) == [.creditChecked(CreditCheck(isPassed: false, reason: "授信额度不足"))])
        #expect(result.facts.map(\.occurredAt) == [Sample.now])
    }

    // MARK: - Messages

    @Test(arguments: [
        (#"{"accepted":true}"#, true, "accepted"), (#"{"accepted":false,"reason":"空号"}"#, false, "not accepted 空号"),
    ])
    func `a message is accepted or not`(answer: String, isAccepted: Bool, detail: String) async throws {
        let caller = ScriptedCaller(text: answer)
        let tracking = Tracking(parcel: "SO-1-1", courier: "SF", channel: "sf", number: "SF1")
        let order = Sample.order(facts: [.trackingReported(tracking)])
        let request = Sample.request(.notifyCustomer, target: "shipped", order: order)
        let result = try await crm(caller).perform(request)
        #expect(result.facts.map(\.body) == [.touchpointSent(kind: .shipped, isAccepted: isAccepted)])
        #expect(End(result) == .done(["message/SO-1/7/customer.notify = touchpoint.sent"], detail))
        #expect(caller.calls[0].url == "https://crm.example.com/api/messages")
        #expect(
            caller.calls[0].body.utf8Text == """
                {"order":"SO-1","customer":"C-1","shop":"tmall","kind":"shipped",\
                "parcels":[{"id":"SO-1-1","courier":"SF","number":"SF1"}]}
                """)
    }

    // MARK: - Warranty

    @Test func `a warranty is registered for what was paid, with its end date`() async throws {
        let caller = ScriptedCaller(text: #"{"number":"WA-1","until":"2027-11-22T00:00:00+08:00"}"#)
        let result = try await crm(caller).perform(Sample.request(.registerWarranty))
        let until = try #require(Instant(text: "2027-11-22T00:00:00+08:00"))
        #expect(result.facts.map(\.body) == [.warrantyRegistered(until: until)])
        #expect(End(result) == .done(["warranty/SO-1/7/warranty.register = warranty.registered"], "WA-1"))
        #expect(caller.calls[0].url == "https://crm.example.com/api/warranties")
        #expect(
            caller.calls[0].body.utf8Text
                == #"{"order":"SO-1","customer":"C-1","shop":"tmall","lines":[{"id":"1","sku":"LF9001","units":2}]}"#)
    }

    // MARK: - Invoices

    @Test func `an invoice brings its revenue with it`() async throws {
        let caller = ScriptedCaller(
            text: """
                {"invoice":{"id":"INV-1","amountMinor":12900,"issuedAt":"2026-11-22T12:00:05+08:00"},\
                "revenue":{"id":"REV-1","amountMinor":12900}}
                """)
        let result = try await finance(caller).perform(Sample.request(.issueInvoice))
        #expect(
            result.facts.map(\.body) == [
                .invoiceIssued(MoneyEntry(id: "INV-1", amountMinor: 12_900)),
                .revenueRecognised(MoneyEntry(id: "REV-1", amountMinor: 12_900)),
            ])
        #expect(result.facts.map(\.occurredAt) == [Sample.now + .seconds(5), Sample.now + .seconds(5)])
        #expect(
            End(result)
                == .done(
                    [
                        "invoice/SO-1/7/invoice.issue = invoice.issued",
                        "revenue/SO-1/7/invoice.issue = revenue.recognised",
                    ], "INV-1"))
        let call = caller.calls[0]
        #expect(call.url == "https://finance.example.com/api/invoices")
        _ = try verified(call)
        #expect(
            call.body.utf8Text == """
                {"order":"SO-1","customer":"C-1","shop":"tmall","currency":"CNY","amountMinor":12900,"lines":[\
                {"id":"1","sku":"LF9001","units":2,"priceMinor":12000,"freightMinor":900},\
                {"id":"2","sku":"GIFT-1","units":1,"priceMinor":0,"freightMinor":0}]}
                """)
    }

    // MARK: - Changed receivers

    @Test(arguments: ["generic-crm", "generic-finance", "generic-shop"])
    func `a changed receiver is told without a person in it, and the answer is the receipt`(kind: String) async throws {
        func told(_ answer: String) async throws -> (InstructionResult, HTTPCall) {
            let caller = ScriptedCaller(text: answer)
            let settings = Sample.officeSettings("office", kind: kind)
            let systems = try ConnectorCatalogue.systems([settings], caller: caller)
            let connector = try #require(systems.connectors["office"])
            let result = await connector.perform(Sample.request(.tellReceiver, target: "@1/crm"))
            return (result, try #require(caller.calls.first))
        }
        let (result, call) = try await told(#"{"accepted":true}"#)
        #expect(End(result) == .done([], "accepted"))
        #expect(call.url == "https://office.example.com/api/receiver-changes")
        let document = try JSON(bytes: call.body)
        #expect(document["order"]?.string == "SO-1")
        let names = document.members?.map(\.name) ?? []
        #expect(Set(names).isSubset(of: ["order", "customer", "shop", "area", "changedAt", "parcelsLeft"]))
        _ = try verified(call)
        let no = try await told(#"{"accepted":false,"reason":"closed"}"#).0
        #expect(End(no) == .refused("closed"))
        let unclear = try await told("{}").0
        #expect(End(unclear) == .ambiguous("the reply of office lacks what it must say"))
    }

    // MARK: - Errors

    @Test(arguments: [
        (reply(#"{"message":"no such customer"}"#, status: 422), End.refused("HTTP 422 no such customer")),
        (reply("", status: 401), .refused("HTTP 401")), (reply("", status: 500), .ambiguous("HTTP 500")),
        (
            .success(HTTPReply(status: 429, headers: ["retry-after": "30"], body: [])),
            .retryable("HTTP 429", .seconds(30))
        ),
        (reply("oops"), .ambiguous("the reply of crm is not JSON")),
        (reply(#"{"passed":"yes"}"#), .ambiguous("the reply of crm lacks what it must say")),
        (.failure(.notSent("refused")), .retryable("refused", nil)),
        (.failure(.ambiguous("no reply in time")), .ambiguous("no reply in time")),
    ])
    func `each failure has its class`(answer: Result<HTTPReply, HTTPFailure>, end: End) async throws {
        let result = try await crm(ScriptedCaller(answer)).perform(Sample.request(.checkCredit))
        #expect(End(result) == end)
    }

    @Test(arguments: [
        (
            reply(#"{"status":"done","reply":{"passed":true,"level":"B"}}"#),
            End.done(["credit/SO-1/7/credit.check = credit.checked"], "passed")
        ),
        (reply(#"{"message":"unknown key"}"#, status: 404), .notFound),
        (reply("", status: 500), .ambiguous("HTTP 500")), (reply("", status: 401), .ambiguous("HTTP 401")),
        (.failure(.notSent("refused")), .ambiguous("refused")),
        (reply("{}"), .ambiguous("the reply of crm is not readable")),
    ])
    func `an earlier request is found by its key`(answer: Result<HTTPReply, HTTPFailure>, end: End) async throws {
        let caller = ScriptedCaller(answer)
        let result = try await crm(caller).find(Sample.request(.checkCredit))
        #expect(End(result) == end)
        #expect(caller.calls[0].method == "GET")
        #expect(caller.calls[0].url == "https://crm.example.com/api/requests?key=SO-1%2F7%2Fcredit.check")
        _ = try verified(caller.calls[0])
    }

    @Test func `what is bought is what one exchange replaces, and all that was sold where nobody named lines`()
        async throws
    {
        let lines = [ReturnedLine(line: "1", units: 1)]
        let named = FactBody.returnAsked(reason: "", isExchange: true, lines: lines, id: "X-1")
        let whole = FactBody.returnAsked(reason: "", isExchange: true)
        for (body, target, units) in [(named, "X-1", 1), (whole, "", 2)] {
            let caller = ScriptedCaller(text: #"{"purchase":{"id":"PO-1"}}"#)
            let order = Sample.order(facts: [body])
            let result = try await finance(caller).perform(Sample.request(.pushPurchase, target: target, order: order))
            #expect(End(result) == .done([], "PO-1"))
            let call = try #require(caller.calls.first)
            #expect(
                call.body.utf8Text
                    == #"{"order":"SO-1","replacement":"SO-1-R1","shop":"tmall","warehouse":"W-1","#
                    + #""lines":[{"id":"1","sku":"LF9001","units":\#(units)}]}"#)
        }
    }

    @Test func `what a system cannot do is refused unsent`() async throws {
        let caller = ScriptedCaller()
        #expect(
            End(try await crm(caller).perform(Sample.request(.issueInvoice)))
                == .refused("crm does not carry out invoice.issue"))
        #expect(
            End(try await finance(caller).perform(Sample.request(.checkCredit)))
                == .refused("finance does not carry out credit.check"))
        #expect(caller.calls.isEmpty)
    }
}
