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
        let shop = value(of: "shop", in: pairs) ?? ""
        return PushContent(
            facts: [
                ReportedFact(
                    messageID: id, order: order, occurredAt: nil, body: .orderPlaced(OrderHeader(shop: shop)))
            ], acknowledgement: ok)
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
            $0.limits.waitingPushBytes = 100
        }
        try await api.running {
            let answer = try await push(api, "order=A1&id=1")
            #expect(try answer.problemCode() == "HY-2013")
        }
        #expect(try await api.counts() == StoreCounts())
    }
}
