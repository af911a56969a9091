import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantWeb
import Testing

/// Amounts as people type them on an order's page.
@Suite struct DeskAmountTests {
    @Test func `an amount is what it looks like or none`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        try await api.running {
            for fact in [Facts.placed("A1", extra: [("customer", "CUST-77")]), Facts.paid("A1")] {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            func record(_ amount: String, _ once: Int) async throws -> Int {
                let form = "act=refund.record&once=\(once)&reason=broken&amount=\(amount)"
                return try await api.submit("/orders/A1/actions", form, cookie: cookie).status
            }
            let wrong = ["1,00", "0,50", "1,2,00", ",100", "1.005", "-0.50", "%2B1", "1e1", "1.5.0", ".", ""]
            for (place, amount) in wrong.enumerated() {
                #expect(try await record(amount, 100 + place) == 409, "\(amount)")
            }
            #expect(try await api.hub.committer.order("A1")?.refundedMinor == 0)
            #expect(try await record("%C2%A5%201.5", 1) == 303)
            #expect(try await record("2", 2) == 303)
            #expect(try await record("0,003.25", 3) == 303)
            #expect(try await api.hub.committer.order("A1")?.refundedMinor == 675)
        }
    }
}
