import HydrantCore
import HydrantSimulator
import HydrantStorage
import Testing

@testable import HydrantEngine

/// Orders are judged again when the settings or the program are others than those that judged them.
@Suite struct JudgingTests {
    private static var nightShift: Settings {
        var settings = Settings()
        let zone = ZoneTable(identifier: "UTC", pieces: [.init(from: 0, offset: 0)])
        // The rig begins on a Wednesday at midnight; nobody works before Friday.
        let week = (0..<7).map { $0 == 4 ? [0..<1_440] : [] }
        settings.calendars = [WorkCalendar(name: "late", zone: zone, week: week)]
        return settings
    }

    private static func paid(_ rig: EngineRig) throws {
        let header = OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A", priceMinor: 1_000)])
        _ = try rig.submit([
            rig.fact(.orderPlaced(header), id: "placed"),
            rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), id: "paid"),
        ])
    }

    private static func report(_ rig: EngineRig, _ settings: Settings) throws -> VerificationReport {
        let verifier = Verifier(store: rig.memory, keyring: EngineRig.keyring, settings: settings, now: rig.clock.now())
        return try rig.ask { try await verifier.run() }
    }

    private static func save(_ rig: EngineRig, _ text: String) throws {
        try rig.ask { try await rig.memory.saveDocument(Array(text.utf8), EngineRig.keyring) }
    }

    @Test func `another settings document has every order looked at again`() throws {
        let rig = EngineRig()
        try Self.save(rig, "one")
        try rig.start()
        try Self.paid(rig)
        let before = try #require(try rig.row()?.overdueAfter)
        rig.stop()
        try Self.save(rig, "one")
        #expect(try Self.report(rig, rig.settings).isJudged)
        try Self.save(rig, "two")
        let between = try Self.report(rig, Self.nightShift)
        #expect(!between.isJudged && between.violations == [])
        try rig.start(Self.nightShift)
        rig.advance(by: .minutes(2))
        let after = try #require(try rig.row()?.overdueAfter)
        #expect(after > before + .hours(24))
        rig.advance(by: .hours(6))
        #expect(try rig.row()?.verdict == .late)
        let report = try Self.report(rig, Self.nightShift)
        #expect(report.isJudged && report.violations == [])
        rig.stop()
    }

    @Test func `orders of a program that judged otherwise are looked at again`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.paid(rig)
        rig.stop()
        // As a hub of schema 6 left it.
        try rig.ask {
            try await rig.memory.transaction { transaction in
                try transaction.setMeta(judgingFormName, [0])
                var row = try #require(try transaction.orderRow("SO-1"))
                row.overdueAfter = nil
                var batch = WriteBatch()
                batch.orders = [OrderWrite(row: row, events: [], findings: nil, waybills: nil)]
                try transaction.write(batch)
            }
        }
        #expect(try !Self.report(rig, rig.settings).isJudged)
        try rig.start()
        rig.advance(by: .minutes(2))
        #expect(try rig.row()?.overdueAfter == rig.row()?.stateSince.map { $0 + .hours(2) })
        try rig.expectSoundness()
        #expect(try Self.report(rig, rig.settings).isJudged)
        rig.stop()
    }

    @Test func `a row that was not judged by its calendar is found`() throws {
        let rig = EngineRig()
        try rig.start()
        try Self.paid(rig)
        rig.stop()
        let found = try Self.report(rig, Self.nightShift).violations
        #expect(found.contains { $0.contains("end of its time in the state") }, "\(found)")
    }
}
