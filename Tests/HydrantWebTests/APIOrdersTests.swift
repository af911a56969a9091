import Crypto
import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantStorage
import HydrantWeb
import Testing

import struct Foundation.Data

@Suite struct APIOrdersTests {
    @Test func `an order tells its state and the messages that prove it`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([Facts.placed("A1"), Facts.paid("A1")])
            let order = try await api.get("/v1/orders/A1").json()
            #expect(order["order"]?.string == "A1")
            #expect(order["version"]?.integer == 3)
            #expect(order["state"]?["number"]?.integer == 1)
            #expect(order["state"]?["name"]?.string == "paid")
            #expect(order["completion"]?.string == "open")
            #expect(order["asOf"]?.string == APIFixture.begin.text)
            let stamp = try #require(order["stamps"]?.array?[0])
            #expect(stamp["inferred"]?.bool == false)
            #expect(stamp["at"]?.string == "2026-11-09T00:00:00.000Z")
            #expect(stamp["proof"]?.array?[0]["source"]?.string == "shop")
            #expect(stamp["proof"]?.array?.map { $0["id"]?.string } == ["y-1"])
            #expect(order["lines"]?.array?[0]["sku"]?.string == "LF9001")
            #expect(order["money"]?["paidMinor"]?.integer == 10_000)
            #expect(order["missing"]?["zh"]?.string == "等待 CRM 的信用检查结果")
        }
    }

    @Test(arguments: ["/v1/orders/B9", "/v1/orders/B9/proof", "/v1/orders/a1"])
    func `an unknown order is 404`(path: String) async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([Facts.placed("A1")])
            let answer = try await api.get(path)
            #expect(answer.status == 404)
            #expect(try answer.problemCode() == "HY-2011")
        }
    }

    @Test func `an order number with signs is found by its encoded address`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([Facts.placed("订单 1/a+b")])
            let answer = try await api.get("/v1/orders/%E8%AE%A2%E5%8D%95%201%2Fa+b")
            #expect(try answer.json()["order"]?.string == "订单 1/a+b")
        }
    }

    @Test func `an address that is not UTF-8 is refused`() async throws {
        #expect(try await APIFixture().get("/v1/orders/%FF").problemCode() == "HY-2017")
    }

    @Test func `an order is seen as it was`() async throws {
        let api = try APIFixture()
        try await api.running {
            let paid: JSON = [
                "kind": "payment.reported", "source": "shop", "id": "y-1", "order": "A1",
                "occurredAt": "2026-11-09T09:00:00+08:00", "data": ["id": "pay-1", "amountMinor": 10_000],
            ]
            _ = try await api.post([Facts.placed("A1"), paid])
            let before = try await api.get("/v1/orders/A1?asOf=2026-11-09T08:59:59%2B08:00").json()
            #expect(before["state"]?["number"]?.integer == 0)
            #expect(before["asOf"]?.string == "2026-11-09T00:59:59.000Z")
            let after = try await api.get("/v1/orders/A1?asOf=2026-11-09T09:00:00%2B08:00").json()
            #expect(after["state"]?["number"]?.integer == 1)
            let early = try await api.get("/v1/orders/A1?asOf=2020-01-01T00:00:00Z")
            #expect(early.status == 404)
            #expect(try early.problemCode() == "HY-2011")
        }
    }

    private static let timeRule = "asOf must be a time with its zone like 2026-11-11T20:03:11+08:00 (the + as %2B)."

    @Test(arguments: [
        ("/v1/orders/A1?asOf=yesterday", timeRule), ("/v1/orders/A1?asOf=", "asOf is empty."),
        ("/v1/orders/A1?asOf", "asOf is empty."), ("/v1/orders/A1?asOf=2026-01-01T00:00:00", timeRule),
        ("/v1/orders?limit=0", "limit must be a whole number from 1 to 200."),
        ("/v1/orders?limit=201", "limit must be a whole number from 1 to 200."),
        ("/v1/orders?limit=+1", "limit must be a whole number from 1 to 200."),
        ("/v1/orders?state=8", "state must be a whole number from 0 to 7."),
        ("/v1/orders?completion=done", "completion must be one of open, partially-completed, completed, cancelled."),
        ("/v1/orders?verdict=red", "verdict must be one of wrong, late, unknown."),
        ("/v1/orders?limit=1&limit=2", "limit is given more than once."),
        ("/v1/orders?prefix=%FF", "prefix is not percent-encoded UTF-8."),
        ("/v1/orders?cursor=o8000000000000000", "cursor is not a nextCursor of this list."),
        ("/v1/orders?cursor=o00000000000000A1", "cursor is not a nextCursor of this list."),
        ("/v1/orders?cursor=x", "cursor is not a nextCursor of this list."),
        ("/v1/orders?cursor=w0000000000000001", "cursor is not a nextCursor of this list."),
        ("/v1/wrong-orders?cursor=o0000000000000001", "cursor is not a nextCursor of this list."),
        ("/v1/wrong-orders?verdict=", "verdict is empty."),
    ])
    func `a wrong parameter is named with its rule`(path: String, detail: String) async throws {
        let answer = try await APIFixture().get(path)
        #expect(answer.status == 400)
        #expect(try answer.problemCode() == "HY-2012")
        #expect(try answer.json()["detail"]?.string == detail)
    }

    @Test func `the list goes page by page to its end`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post((1...5).map { Facts.placed("A\($0)", id: "p\($0)") })
            var path = "/v1/orders?limit=2"
            var pages: [[String?]] = []
            while true {
                let page = try await api.get(path).json()
                pages.append(page["orders"]?.array?.map { $0["order"]?.string } ?? [])
                guard let cursor = page["nextCursor"]?.string else { break }
                path = "/v1/orders?limit=2&cursor=\(cursor)"
            }
            #expect(pages == [["A1", "A2"], ["A3", "A4"], ["A5"]])
        }
    }

    @Test func `the list is filtered by state and by prefix`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([
                Facts.placed("A1"), Facts.placed("B1", id: "p-2"), Facts.paid("B1"), Facts.placed("B2", id: "p-3"),
            ])
            func orders(_ query: String) async throws -> [String?] {
                try await api.get("/v1/orders?\(query)").json()["orders"]?.array?.map { $0["order"]?.string } ?? []
            }
            #expect(try await orders("state=1") == ["B1"])
            #expect(try await orders("prefix=B") == ["B1", "B2"])
            #expect(try await orders("prefix=B&state=0") == ["B2"])
            #expect(try await orders("completion=cancelled") == [])
            #expect(try await orders("unknown=1") == ["A1", "B1", "B2"])
        }
    }

    @Test func `the proof recomputes without the hub`() async throws {
        let api = try APIFixture()
        let proof = try await api.running {
            _ = try await api.post([Facts.placed("A1"), Facts.paid("A1")])
            return try await api.get("/v1/orders/A1/proof").json()
        }
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(repeating: UInt8(5), count: 32)),
            info: Data("hydrant chain 1".utf8), outputByteCount: 32)
        var previous: [UInt8] = []
        let events = try #require(proof["events"]?.array)
        #expect(events.map { $0["number"]?.integer } == [1, 2, 3])
        for event in events {
            #expect(event["previousHash"]?.string == hexadecimal(previous))
            let text = try #require(event["bytes"]?.string)
            let content = try JSON(text: text)
            #expect(event["content"] == content)
            previous = Array(HMAC<SHA256>.authenticationCode(for: previous + Array(text.utf8), using: key))
            #expect(event["hash"]?.string == hexadecimal(previous))
        }
        #expect(proof["head"]?.string == hexadecimal(previous))
    }
}
