import HydrantCore
import HydrantTesting
import Testing

/// What becomes of waybills when their order is cancelled.
@Suite struct WaybillCareTests {
    private static func numbered(parcels: Int = 1) throws -> FallbackRig {
        var rig = try FallbackRig(FallbackRig.settings(channels: ["a", "b"]), parcels: parcels)
        for parcel in 1...parcels { try rig.number("SO-1-\(parcel)", "A\(parcel)", by: "a") }
        return rig
    }

    private static func voids(_ rig: FallbackRig) -> [String] {
        rig.issued.filter { $0.kind == .voidWaybill }.map { "\($0.system) \($0.target)" }
    }

    @Test func `the waybills of a cancelled order are voided where they were made`() throws {
        var rig = try Self.numbered(parcels: 2)
        try rig.say(.orderCancelled(reason: ""))
        #expect(Self.voids(rig) == ["a SO-1-1#A1", "a SO-1-2#A2"])
        try rig.answer("a void SO-1-1", .done)
        try rig.answer("a void SO-1-2", .done)
        #expect(rig.order.parcels.allSatisfy { $0.liveWaybills.isEmpty })
        #expect(rig.open.isEmpty && rig.order.standingTasks.isEmpty)
    }

    @Test func `what a courier has is not voided by a cancellation`() throws {
        var rig = try Self.numbered(parcels: 2)
        try rig.say(.parcelHandedOver(parcel: "SO-1-1"))
        try rig.say(.orderCancelled(reason: ""))
        #expect(Self.voids(rig) == ["a SO-1-2#A2"])
        // Handed over in the last moment: the waybill is needed after all.
        try rig.say(.parcelHandedOver(parcel: "SO-1-2"))
        #expect(rig.open.isEmpty)
    }

    @Test func `a number that comes after the cancellation is voided too`() throws {
        var rig = try FallbackRig(FallbackRig.settings(channels: ["a"]))
        try rig.say(.orderCancelled(reason: ""))
        try rig.number("SO-1-1", "A1", by: "a")
        #expect(Self.voids(rig) == ["a SO-1-1#A1"])
    }

    @Test func `a void that a channel refuses is a task of a person`() throws {
        var rig = try Self.numbered()
        try rig.say(.orderCancelled(reason: ""))
        try rig.answer("a void", .refused, .channel)
        let task = try #require(rig.order.standingTasks.first)
        #expect(task.need.kind == .waybillSurplus)
        for body in try rig.order.consequences(of: ["action": "voided"], to: task, rig.settings) {
            try rig.say(body, from: "person:li")
        }
        #expect(rig.order.standingTasks.isEmpty)
    }

    @Test func `a typed number of a cancelled order is for a person`() throws {
        var rig = try FallbackRig(FallbackRig.settings(channels: ["a"]))
        try rig.say(.trackingReported(Tracking(parcel: "SO-1-1", channel: "keeper", number: "T1")), from: "keeper")
        try rig.say(.orderCancelled(reason: ""))
        let task = try #require(rig.order.standingTasks.first)
        #expect(task.need.id == "spare:SO-1-1#T1" && Self.voids(rig).isEmpty)
        for body in try rig.order.consequences(of: ["action": "voided"], to: task, rig.settings) {
            try rig.say(body, from: "person:li")
        }
        #expect(rig.order.standingTasks.isEmpty && rig.order.parcels[0].liveWaybills.isEmpty)
    }

    @Test(arguments: 0..<40)
    func `whenever a cancellation comes, no waybill of the house stays live without somebody at it`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        var rig = try FallbackRig(FallbackRig.settings(channels: ["a", "b"]))
        let cancelAt = random.number(in: 0...5)
        for step in 0...6 {
            if step == cancelAt { try rig.say(.orderCancelled(reason: "")) }
            let open = rig.order.issued.filter { entry in
                entry.answer == nil && rig.order.isStillWanted(entry.instruction, rig.settings)
            }
            guard let entry = open.first else { continue }
            let system = entry.instruction.system
            switch (entry.instruction.kind, random.number(in: 0...2)) {
            case (.createWaybill, 0), (.findWaybill, 0):
                try rig.say(
                    .trackingReported(
                        Tracking(parcel: "SO-1-1", courier: "c", channel: system, number: "\(system)-\(step)")),
                    from: system)
                try rig.answer(key: entry.instruction.key, .done)
            case (.createWaybill, 1): try rig.answer(key: entry.instruction.key, .refused, .channel)
            case (.voidWaybill, 0), (.voidWaybill, 1): try rig.answer(key: entry.instruction.key, .done)
            case (.voidWaybill, _): try rig.answer(key: entry.instruction.key, .refused, .channel)
            default: try rig.answer(key: entry.instruction.key, .unresolved)
            }
        }
        let order = rig.order
        for waybill in order.parcels.flatMap(\.liveWaybills) {
            let isUnderWay = order.issued.contains {
                $0.instruction.kind == .voidWaybill && $0.instruction.waybillNumber == waybill.number
                    && $0.answer == nil
            }
            let isShown = order.standingTasks.contains { $0.need.kind == .waybillSurplus }
            #expect(isUnderWay || isShown, "seed \(seed): \(waybill.number) stays live")
        }
    }
}
