import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import Testing

/// What an order's page advises while a system has been asked and has not answered yet.
struct AskedAdviceTests {
    private static let stock = "Check the stock; ship from elsewhere if need be"

    /// An order that was paid long ago, and whose credit has just been found good.
    private static func rig(_ wms: ScriptedConnector) throws -> EngineRig {
        let settings = EngineRig.asking([Flow.Request(afterState: 2, kind: .createDelivery, system: "wms")])
        let rig = EngineRig(settings: settings, connectors: [wms])
        try rig.start()
        let header = OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A", priceMinor: 1_000)])
        _ = try rig.submit(rig.fact(.orderPlaced(header), id: "placed"))
        _ = try rig.submit(rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), id: "paid"))
        rig.advance(by: .hours(30))
        let cause = try #require(try rig.detail()?.rootCause)
        #expect(cause.verdict == .wrong && cause.advice.english == stock)
        _ = try rig.submit(rig.fact(.creditChecked(CreditCheck(isPassed: true)), id: "credit", from: "crm"))
        rig.advance(by: .seconds(12))
        return rig
    }

    @Test func `while the answer of the system is awaited nothing is red and nobody has to do anything`() throws {
        let rig = try Self.rig(ScriptedConnector("wms"))
        let asked = try #require(try rig.instructions().last)
        #expect(asked.instruction.kind == .createDelivery && asked.status == .done)
        let cause = try #require(try rig.detail()?.rootCause)
        let time = asked.issuedAt.civil(offsetSeconds: 28_800).timeText
        #expect(cause.verdict == .late)
        #expect(cause.reason.english.contains("stock is still not locked"))
        #expect(cause.advice.english.hasPrefix("Nothing yet: WMS was asked at \(time) ("))
        #expect(cause.advice.chinese.hasPrefix("暂时无需处理：\(time) 已请 WMS 执行"))
        // It said yes and does nothing: after a while a person has to look again.
        rig.advance(by: .minutes(11))
        let later = try #require(try rig.detail()?.rootCause)
        #expect(later.verdict == .wrong && later.advice.english == Self.stock)
    }

    @Test func `what the system refused is red at once`() throws {
        let rig = try Self.rig(ScriptedConnector("wms"))
        _ = try rig.submit(rig.fact(.inventoryRefused(reason: "none left"), id: "none", from: "wms"))
        let cause = try #require(try rig.detail()?.rootCause)
        #expect(cause.verdict == .wrong && cause.advice.english == Self.stock)
        #expect(cause.reason.english.contains("none left"))
    }

    @Test func `a system that did not take it keeps the order red with what it said`() throws {
        let refusing = ScriptedConnector("wms", perform: [.refused(detail: "unknown article")])
        let rig = try Self.rig(refusing)
        let cause = try #require(try rig.detail()?.rootCause)
        #expect(cause.verdict == .wrong && cause.reason.english.contains("unknown article"))
    }
}
