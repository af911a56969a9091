import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Synchronization
import Testing

/// Speaks a protocol of its own: `order=…&id=…`, signed by a header.
private struct PlainReceiver: PushReceiver {
    let system = "wms"

    /// A batch: one fact for each `order` of the form, the first of them with the time of the year 1.
    private func batch(_ orders: [String], _ id: String, _ acknowledgement: Acknowledgement) -> PushContent {
        let facts = orders.enumerated().map { index, order in
            var fact = ReportedFact(
                messageID: "\(id)/\(index)", order: order,
                occurredAt: index == 0 ? Instant(milliseconds: -62_135_596_800_000) : nil,
                body: .orderPlaced(OrderHeader()))
            fact.part = Array("row \(index)".utf8)
            return fact
        }
        return PushContent(facts: facts, acknowledgement: acknowledgement)
    }

    func receive(_ push: Push) throws(PushProblem) -> PushContent {
        guard push.headers["x-sign"] == "right" else {
            throw PushProblem(
                kind: .signature, message: "the signature is wrong",
                acknowledgement: Acknowledgement(contentType: "text/xml", body: Array("<no/>".utf8)))
        }
        let pairs = formDecoded(push.body) ?? []
        guard let id = value(of: "id", in: pairs) else {
            throw PushProblem(
                kind: .malformed, message: "there is no id",
                acknowledgement: Acknowledgement(contentType: "text/xml", body: Array("<what/>".utf8)))
        }
        let ok = Acknowledgement(
            contentType: "text/xml",
            body: Array("<yes rest=\"\(push.pathRest)\" q=\"\(value(of: "q", in: push.query) ?? "")\"/>".utf8))
        guard let order = value(of: "order", in: pairs) else {
            return PushContent(facts: [], unattributed: [push.body], acknowledgement: ok)
        }
        if let number = value(of: "number", in: pairs) {
            let isFirst = value(of: "parcel", in: pairs) != nil
            let scan = Scan(at: push.now, status: .pickedUp, code: "GOT")
            let trace = Trace(parcel: "", number: number, scans: [scan], isComplete: false)
            let tracking = Tracking(parcel: value(of: "parcel", in: pairs) ?? "", courier: "X", number: number)
            return PushContent(
                facts: [
                    ReportedFact(
                        messageID: id, order: order, occurredAt: nil,
                        body: isFirst ? .trackingReported(tracking) : .traceReported(trace))
                ], acknowledgement: ok)
        }
        let orders = pairs.filter { $0.name == "order" }.map(\.value)
        guard orders.count == 1 else { return batch(orders, id, ok) }
        let shop = value(of: "shop", in: pairs) ?? ""
        return PushContent(
            facts: [
                ReportedFact(
                    messageID: id, order: order, occurredAt: nil, body: .orderPlaced(OrderHeader(shop: shop)))
            ], acknowledgement: ok)
    }
}

/// A courier whose pushes name the order alone.
private struct FollowingReceiver: PushReceiver {
    let system = "courier"
    let followsOrders = true

    func receive(_ push: Push) throws(PushProblem) -> PushContent {
        let order = String(decoding: push.body, as: UTF8.self)
        let fact = ReportedFact(
            messageID: "push-\(order)", order: order, occurredAt: nil, word: "x", body: .statusReported)
        return PushContent(
            facts: [fact], acknowledgement: Acknowledgement(contentType: "text/plain", body: Array("ok".utf8)))
    }
}

@Suite struct APIPushTests {
    private func fixture(failing: Bool = false) throws -> (APIFixture, FailingStore) {
        let inner = InMemoryStore()
        let store = FailingStore(inner, failure: nil)
        return (try APIFixture(store: inner, through: store) { $0.pushes = [PlainReceiver()] }, store)
    }

    private func push(
        _ api: APIFixture, _ body: String, path: String = "/push/wms", sign: String = "right"
    ) async throws -> Answer {
        let name = try #require(HTTPField.Name("x-sign"))
        return try await api.send(.post, path, headers: [name: sign], body: Array(body.utf8))
    }

    @Test func `a push is acknowledged in the sender's words after the commit`() async throws {
        let (api, _) = try fixture()
        try await api.running {
            let answer = try await push(api, "order=A1&id=1", path: "/push/wms/secret?q=a%20b")
            #expect(answer.status == 200)
            #expect(answer.type == "text/xml")
            #expect(answer.text == "<yes rest=\"secret\" q=\"a b\"/>")
            #expect(try await api.store.read { try $0.orderRow("A1")?.version } == 1)
        }
    }

    @Test func `without a commit there is no acknowledgement`() async throws {
        let (api, store) = try fixture()
        try await api.running {
            store.fail(with: StoreFailure(.inputOutput))
            let answer = try await push(api, "order=A1&id=1")
            #expect(answer.status == 503)
            #expect(try answer.problemCode() == "HY-1003")
            #expect(try await api.counts() == StoreCounts())
        }
    }

    @Test func `a trace that names only the waybill finds the parcel that has it`() async throws {
        let (api, _) = try fixture()
        try await api.running {
            _ = try await push(api, "order=A1&id=1&parcel=A1-2&number=N1")
            _ = try await push(api, "order=A2&id=2&parcel=A2-1&number=N2")
            _ = try await push(api, "order=A3&id=3&parcel=A3-1&number=N2")
            // The same number, typed for goods on their way back, is not what the courier means.
            _ = try await push(api, "order=A3&id=7&parcel=way-back:R1&number=N1")
            for (id, number) in [("4", "N1"), ("5", "N2"), ("6", "N3")] {
                #expect(try await push(api, "order=&id=\(id)&number=\(number)").status == 200)
            }
            let row = try #require(try await api.store.read { try $0.orderRow("A1") })
            #expect(row.version == 2)
        }
        let parked = try await api.store.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.count == 2)
        #expect(Set(parked.map(\.reason)) == ["no order, or more than one, has the waybill that the message names"])
    }

    @Test func `the same push later is the same message`() async throws {
        let (api, _) = try fixture()
        try await api.running {
            _ = try await push(api, "order=A1&id=1")
            let repeated = try await push(api, "order=A1&id=1")
            #expect(repeated.status == 200)
        }
        let counts = try await api.counts()
        #expect(counts.messages == 1)
        #expect(counts.parked == 0)
    }

    @Test func `another push with the same number is kept for a person`() async throws {
        let (api, _) = try fixture()
        try await api.running {
            _ = try await push(api, "order=A1&id=1")
            let other = try await push(api, "order=A1&id=1&shop=other")
            #expect(other.status == 200)
        }
        let parked = try await api.store.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.map(\.reason) == ["another message with the number of this one was recorded before"])
        #expect(try await api.counts().messages == 1)
    }

    @Test func `a wrong signature is answered in the sender's words and leaves nothing`() async throws {
        let (api, _) = try fixture()
        try await api.running {
            let answer = try await push(api, "order=A1&id=1", sign: "wrong")
            #expect(answer.status == 200)
            #expect(answer.text == "<no/>")
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `what is signed and cannot be read is kept with its reason`() async throws {
        let (api, _) = try fixture()
        try await api.running {
            let answer = try await push(api, "order=A1")
            #expect(answer.text == "<what/>")
        }
        let parked = try await api.store.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.map(\.reason) == ["there is no id"])
        #expect(parked.map(\.source) == ["wms"])
    }

    @Test func `a message that names no order is kept and acknowledged`() async throws {
        let (api, _) = try fixture()
        try await api.running {
            let answer = try await push(api, "id=1")
            #expect(answer.text == "<yes rest=\"\" q=\"\"/>")
        }
        let parked = try await api.store.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.map(\.reason) == ["the message names no order"])
    }

    @Test func `one bad row is kept with its reason and takes no good one with it`() async throws {
        let (api, _) = try fixture()
        let long = String(repeating: "Q", count: 120)
        try await api.running {
            let answer = try await push(api, "id=1&order=B1&order=\(long)&order=B3&order=B4%0D%0AX")
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix("<yes"))
            for order in ["B1", "B3"] { #expect(try await api.store.read { try $0.orderRow(order)?.version } == 1) }
        }
        let parked = try await api.store.read { try $0.parked(after: 0, limit: 10) }
        #expect(
            parked.map(\.reason) == [
                "order is longer than 100 bytes",
                "order holds a control character or a line break; names are plain text",
            ])
        let keyring = Keyring(master: Array(repeating: 5, count: 32))
        let bytes = try parked.map { try keyring.open($0.sealedBody, context: "parked") }
        #expect(bytes == [Array("row 1".utf8), Array("row 3".utf8)])
        let first = try await api.store.read { try $0.events(of: "B1") }
        #expect(first.count == 1)
    }

    @Test func `a courier's report on an order that nobody placed begins none`() async throws {
        let store = InMemoryStore()
        let api = try APIFixture(store: store) { $0.pushes = [FollowingReceiver()] }
        try await api.running {
            _ = try await api.post([Facts.placed("A1")])
            for order in ["A1", "A2"] {
                let answer = try await api.send(.post, "/push/courier", body: Array(order.utf8))
                #expect(answer.text == "ok")
            }
            #expect(try await store.read { try $0.orderRow("A1")?.version } == 2)
            #expect(try await store.read { try $0.orderRow("A2") } == nil)
        }
        let parked = try await store.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.map(\.reason) == ["the hub has no order with the number of this message"])
    }

    @Test func `an unknown system is 404 and a broken query is refused`() async throws {
        let (api, _) = try fixture()
        try await api.running {
            let unknown = try await push(api, "", path: "/push/erp")
            #expect(try unknown.problemCode() == "HY-2009")
            let broken = try await push(api, "order=A1&id=1", path: "/push/wms?q=%F")
            #expect(try broken.problemCode() == "HY-2017")
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `a push over the limit is refused`() async throws {
        let api = try APIFixture {
            $0.pushes = [PlainReceiver()]
            $0.limits.pushBytes = 10
        }
        try await api.running {
            let answer = try await push(api, "order=A1&id=1")
            #expect(try answer.problemCode() == "HY-2006")
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `when the pushes under way fill the room the next one is turned away`() async throws {
        let api = try APIFixture {
            $0.pushes = [PlainReceiver()]
            $0.limits.waitingPushBytes = 10
        }
        try await api.running {
            let answer = try await push(api, "order=A1&id=1")
            #expect(try answer.problemCode() == "HY-2013")
        }
        #expect(try await api.counts() == StoreCounts())
    }
}
