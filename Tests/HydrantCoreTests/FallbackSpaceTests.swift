import HydrantCore
import HydrantTesting
import Testing

/// Every order of everything that can happen to a parcel between two channels, to a depth: nothing is skipped, and no
/// order of arrival takes both waybills back.
@Suite struct FallbackSpaceTests {
    /// Something that may happen once.
    enum Move: CaseIterable {
        case endA, endB, doubtA, doubtB, refuseA, refuseB, dataA
        case numberA, numberB, typed, typedAsA
        case voidsDone, voidsRefused, scanA, scanB, packed, handedOver, timePasses, hold, release
    }

    struct Node {
        var rig: FallbackRig
        var used: Set<Move> = []
        var path: [Move] = []
    }

    private static func apply(_ move: Move, to rig: inout FallbackRig) throws -> Bool {
        func open(_ begin: String) -> Bool {
            rig.order.issued.contains { $0.answer == nil && FallbackRig.text($0.instruction).hasPrefix(begin) }
        }
        func answer(_ begin: String, _ outcome: InstructionAnswer.Outcome, _ refusal: RefusalClass? = nil) throws
            -> Bool
        {
            guard open(begin) else { return false }
            try rig.answer(begin, outcome, refusal)
            return true
        }
        func scan(_ number: String) throws -> Bool {
            guard rig.order.parcels[0].waybills.contains(where: { $0.number == number && $0.voided == nil }) else {
                return false
            }
            let trace = Trace(
                parcel: "SO-1-1", number: number, scans: [Scan(at: rig.now, status: .pickedUp)], isComplete: false)
            try rig.say(.traceReported(trace), from: "a")
            return true
        }
        func number(_ number: String, _ channel: String) throws -> Bool {
            // A channel can only name what it was asked for.
            guard
                channel == "keeper" || rig.issued.contains(where: { $0.kind == .createWaybill && $0.system == channel })
            else { return false }
            let tracking = Tracking(parcel: "SO-1-1", courier: "courier", channel: channel, number: number)
            try rig.say(.trackingReported(tracking), from: channel)
            return true
        }
        switch move {
        case .endA: return try answer("a create", .done)
        case .endB: return try answer("b create", .done)
        case .doubtA: return try answer("a create", .unresolved)
        case .doubtB: return try answer("b create", .unresolved)
        case .refuseA: return try answer("a create", .refused, .channel)
        case .refuseB: return try answer("b create", .refused, .channel)
        case .dataA: return try answer("a create", .refused, .data)
        case .numberA: return try number("A1", "a")
        case .numberB: return try number("B1", "b")
        case .typed: return try number("K1", "keeper")
        case .typedAsA: return try number("A1", "keeper")
        case .voidsDone, .voidsRefused:
            let voids = rig.order.issued.filter { $0.answer == nil && $0.instruction.kind == .voidWaybill }
            for void in voids {
                try rig.answer(
                    key: void.instruction.key, move == .voidsDone ? .done : .refused,
                    move == .voidsDone ? nil : .channel)
            }
            return !voids.isEmpty
        case .scanA: return try scan("A1")
        case .scanB: return try scan("B1")
        case .packed: try rig.say(.parcelPacked(Packing(parcel: "SO-1-1", items: [ParcelItem(line: "1", units: 1)])))
        case .handedOver: try rig.say(.parcelHandedOver(parcel: "SO-1-1"))
        case .timePasses: try rig.pass(to: rig.now + .minutes(20))
        case .hold: try rig.say(.holdPlaced(Hold(id: "h", reason: "r", owner: "o", exit: .person)))
        case .release: try rig.say(.holdReleased(id: "h", note: ""))
        }
        return true
    }

    private static func problems(_ rig: FallbackRig) -> [String] {
        var problems: [String] = []
        let order = rig.order
        let parcel = order.parcels[0]
        let standings = order.parcelStandings(rig.settings, now: rig.now)
        if standings.count != 1 { problems.append("is in \(standings.count) sets") }
        let rest = parcel.waybills.filter { $0.voided == nil }
        if !parcel.waybills.isEmpty, rest.isEmpty { problems.append("all waybills were taken back") }
        let asked = order.issued.filter { $0.instruction.kind == .voidWaybill && $0.answer == nil }
            .compactMap(\.instruction.waybillNumber)
        if !rest.isEmpty, Set(rest.map(\.number)).isSubset(of: asked) { problems.append("all are being taken back") }
        if let live = order.liveWaybill(of: parcel), asked.contains(live.number) {
            problems.append("the live one is being taken back")
        }
        let voids = order.issued.filter { $0.instruction.kind == .voidWaybill }.map(\.instruction.target)
        if Set(voids).count != voids.count { problems.append("a waybill is taken back twice") }
        let isCleared = order.surplusWaybills(of: parcel).allSatisfy { waybill in
            asked.contains(waybill.number) || order.contestedWaybills(of: parcel).contains(waybill)
        }
        if !isCleared { problems.append("a surplus waybill is neither taken back nor shown") }
        let isContested = !order.contestedWaybills(of: parcel).isEmpty && parcel.signed == nil
        if isContested != order.standingHolds.contains(where: { $0.id == "waybills-SO-1-1" }) {
            problems.append("what is contested and what is held differ")
        }
        let creates = order.issued.filter { $0.instruction.kind == .createWaybill }.map(\.instruction.system)
        for channel in ["a", "b"] where creates.filter({ $0 == channel }).count > parcel.round {
            problems.append("\(channel) was asked more often than there were rounds")
        }
        let open = order.attempts(for: "SO-1-1", rig.settings).count { $0.end == .open }
        if open > 1 { problems.append("two channels are trying at once") }
        return problems
    }

    /// Every path of five moves, one part per first move.
    @Test(arguments: Move.allCases)
    func `no path leads anywhere wrong`(first: Move) throws {
        var paths = 0
        var stack = [Node(rig: try FallbackRig(FallbackTests.settings))]
        while let node = stack.popLast() {
            let moves = node.path.isEmpty ? [first] : Move.allCases
            for move in moves where !node.used.contains(move) {
                var next = node
                guard try Self.apply(move, to: &next.rig) else { continue }
                next.used.insert(move)
                next.path.append(move)
                paths += 1
                let problems = Self.problems(next.rig)
                #expect(problems.isEmpty, "\(next.path): \(problems)")
                if !problems.isEmpty { return }
                if next.path.count < 5 { stack.append(next) }
            }
        }
        // What needs an instruction of the backup, a second waybill or a number cannot come first.
        let cannotBegin: Set<Move> = [.endB, .doubtB, .refuseB, .numberB, .voidsDone, .voidsRefused, .scanA, .scanB]
        #expect((paths == 0) == cannotBegin.contains(first))
    }
}
