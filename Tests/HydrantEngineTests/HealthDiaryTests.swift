import HydrantCore
import HydrantSimulator
import HydrantStorage
import Testing

@testable import HydrantEngine

/// The history of the health index, as it is written and read back.
@Suite struct HealthDiaryTests {
    @Test func `every five minutes the sums are written, and a restart keeps them`() throws {
        let rig = EngineRig()
        try rig.start()
        let begin = rig.clock.now()
        _ = try rig.submit(rig.fact(.orderPlaced(OrderHeader(payableMinor: 100)), id: "p1"))
        _ = try rig.submit(rig.fact(.paymentReported(Payment(id: "P", amountMinor: 100)), id: "p2"))
        rig.advance(by: .minutes(31))
        rig.stop()
        let hub = try rig.start()
        let samples = try rig.ask { try await hub.healthHistory(since: begin) }
        #expect(samples.count == 6)
        #expect(samples.map(\.figures.population).allSatisfy { $0 == 1 })
        #expect(samples.map { $0.at.milliseconds % Milliseconds.minutes(5) }.allSatisfy { $0 == 0 })
        rig.advance(by: .hours(25))
        let later = try rig.ask { try await hub.healthHistory(since: begin + .hours(24)) }
        #expect(later.first.map { $0.at >= begin + .hours(24) } == true)
        let days = try rig.ask { try await rig.memory.read { try $0.records("health-history", after: "", limit: 9) } }
        #expect((2...3).contains(days.count))
        rig.stop()
    }

    @Test func `a day that is added to is the day written anew, and what another hub wrote meanwhile stays`() throws {
        let rig = EngineRig()
        try rig.start()
        rig.advance(by: .minutes(11))
        func today() throws -> (record: StoredRecord, rows: [JSON]) {
            let memory = rig.memory
            let days = try rig.ask { try await memory.read { try $0.records("health-history", after: "", limit: 9) } }
            let record = try #require(days.last)
            return (record, try #require(try JSON(bytes: record.body).array))
        }
        let (own, rows) = try today()
        #expect(rows.count == 2 && own.version == 2)
        var figures = HealthFigures()
        figures.population = 77
        let foreign = HealthSample(at: rig.clock.now(), figures: figures)
        var next = own
        next.version += 1
        next.body = JSON.array(rows + [foreign.json]).bytes
        let (memory, written) = (rig.memory, next)
        #expect(try rig.ask { try await memory.transaction { try $0.put(written, ifVersion: 2) } })
        rig.advance(by: .minutes(11))
        let (later, all) = try today()
        #expect(all.count == 5 && later.version == 5)
        #expect(Array(all[..<3]) == rows + [foreign.json])
        #expect(later.body == JSON.array(all).bytes)
        rig.stop()
    }

    @Test func `a sample reads back as it was written, and nonsense is none`() throws {
        var figures = HealthFigures()
        figures.population = 10
        figures.verified = 9
        figures.agreeing = 8
        figures.unknown = 7
        figures.dwelled = 6
        figures.intervened = 5
        figures.touchpointsDue = 4
        figures.touchpointsDone = 3
        let sample = HealthSample(at: EngineRig.begin, figures: figures)
        #expect(HealthSample(json: try JSON(bytes: sample.json.bytes)) == sample)
        #expect(HealthSample(json: [1, 2]) == nil)
    }
}
