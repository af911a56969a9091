import HydrantConnectorKit
import HydrantCore
import HydrantSimulator
import HydrantStorage
import Synchronization
import Testing

@testable import HydrantEngine

/// A partner that was gone and comes back is not hit by everything at once.
struct RecoveryTests {
    private static let perSecond = 5
    private static let outage: ClosedRange<Milliseconds> = .minutes(2) ... .minutes(6)

    @Test func `after an outage the backlog comes at the usual rate, and hardly anything was sent in vain`() throws {
        let crm = PlayedConnector("crm") { request in
            Self.outage.contains(request.now - EngineRig.begin)
                ? .ambiguous(detail: "no reply in time") : .done(facts: [], detail: "")
        }
        let rig = EngineRig(
            settings: EngineRig.asking([EngineRig.creditAtCRM]), connectors: [crm],
            options: EngineRig.options { $0.watchSlice = .seconds(1) })
        try rig.start()
        let seconds = 8 * 60
        for second in 0..<seconds {
            for index in 0..<Self.perSecond { try rig.pay("SO-\(second)-\(index)") }
            rig.advance(by: .seconds(1))
        }
        rig.advance(by: .hours(1))
        let offered = seconds * Self.perSecond
        #expect(try rig.read { try $0.instructionCounts() } == [.done: Int64(offered)])
        // Every order once, the failures that opened the gate, and a try each ten to thirty seconds; an attempt whose
        // end nobody knew is asked about before it is made again.
        #expect(crm.calls.count * 10 <= offered * 11)
        let usual = crm.calls.filter { $0.at < EngineRig.begin + Self.outage.lowerBound }.map(\.at)
        let before = Self.busiest(usual)
        let after = Self.busiest(crm.calls.map(\.at).filter { $0 > EngineRig.begin + Self.outage.upperBound })
        #expect(before >= 10 * Self.perSecond)
        #expect(after * 2 <= before * 3)
        try rig.expectSoundness()
    }

    /// The most calls that began within ten seconds.
    private static func busiest(_ starts: [Instant]) -> Int {
        var first = 0
        var most = 0
        for (index, start) in starts.enumerated() {
            while starts[first] <= start - .seconds(10) { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}
