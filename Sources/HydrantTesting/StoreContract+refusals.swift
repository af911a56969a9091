import HydrantCore
import HydrantStorage

extension StoreContract {
    static let refusalProperties = [
        Property(name: "a state never falls") { try await $0.fallingState() },
        Property(name: "a version never falls or jumps") { try await $0.wrongVersions() },
        Property(name: "event numbers have no gap and no repetition") { try await $0.wrongEventNumbers() },
        Property(name: "a number has one order") { try await $0.secondOrderOfNumber() },
        Property(name: "values out of range are refused") { try await $0.valuesOutOfRange() },
        Property(name: "a parcel has at most one live waybill") { try await $0.twoLiveWaybills() },
        Property(name: "waybills are replaced when given, and stay when not") { try await $0.waybillReplacement() },
        Property(name: "what belongs to no order is refused") { try await $0.strangers() },
    ]

    func fallingState() async throws {
        try await withStore { store in
            var first = Sample.step("A")
            first.row.state = 3
            try await store.write(Sample.batch(first))
            var falling = Sample.step("A", id: 1, from: 1)
            falling.row.state = 2
            try await expectRefused(store, Sample.batch(falling), "a falling state")
            falling.row.state = 3
            try await store.write(Sample.batch(falling))
            try expect(try await store.read { try $0.orderRow("A")?.state }, 3, "state")
        }
    }

    func wrongVersions() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A", events: 3)))
            for version in [0, 1, 2, 4] {
                try await expectRefused(
                    store, Sample.batch(Sample.step("A", id: 1, from: version)), "a step from version \(version)")
            }
            var falling = Sample.step("A", id: 1, from: 3, events: 0)
            falling.row.version = 2
            try await expectRefused(store, Sample.batch(falling), "a falling version")
            try await expectRefused(store, Sample.batch(Sample.step("B", events: 0)), "an order without an event")
            try await expectRefused(store, Sample.batch(Sample.step("B", from: 1)), "a new order from version 1")
        }
    }

    func wrongEventNumbers() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A", events: 2)))
            for numbers in [[4, 5], [3, 5], [3, 3], [2, 3], [4, 3]] {
                var write = Sample.step("A", id: 1, from: 2, events: 2)
                write.events = numbers.map(Sample.event)
                try await expectRefused(store, Sample.batch(write), "events \(numbers)")
            }
        }
    }

    func secondOrderOfNumber() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A")))
            try await expectRefused(store, Sample.batch(Sample.step("A")), "a second order A")
            try await expectRefused(
                store, Sample.batch(Sample.step("B"), Sample.step("B")), "two orders B in one step")
            try await expectRefused(
                store, Sample.batch(Sample.step("B", id: 1, from: 1)), "another number for a row id")
            try await expectRefused(store, Sample.batch(Sample.step("A", id: 9, from: 1)), "an unknown row id")
        }
    }

    func valuesOutOfRange() async throws {
        try await withStore { store in
            let changes: [(String, @Sendable (inout OrderWrite) -> Void)] = [
                ("state 8", { $0.row.state = 8 }),
                ("state -1", { $0.row.state = -1 }),
                ("-1 holds", { $0.row.holds = -1 }),
                ("an empty number", { $0.row.number = "" }),
                ("a short chain head", { $0.row.chainHead.removeLast() }),
                ("an empty chain head", { $0.row.chainHead = [] }),
                ("a long event hash", { $0.events[0].hash.append(0) }),
            ]
            for (what, change) in changes {
                var write = Sample.step("A")
                change(&write)
                try await expectRefused(store, Sample.batch(write), what)
            }
        }
    }

    func twoLiveWaybills() async throws {
        try await withStore { store in
            func step(_ waybills: [(String, String, WaybillRow.Status)], id: Int64, from version: Int) -> WriteBatch {
                var write = Sample.step("A", id: id, from: version)
                write.waybills = waybills.map { WaybillRow(parcel: $0.0, number: $0.1, status: $0.2) }
                return Sample.batch(write)
            }
            try await store.write(
                step(
                    [("P1", "SF1", .live), ("P1", "SF2", .contested), ("P1", "SF3", .voided), ("P2", "SF4", .live)],
                    id: 0, from: 0))
            try await expectRefused(
                store, step([("P1", "SF1", .live), ("P1", "SF2", .live)], id: 1, from: 1), "two live waybills")
            try await expectRefused(
                store, step([("P1", "SF1", .live), ("P1", "SF1", .voided)], id: 1, from: 1), "a waybill twice")
            try await expectRefused(store, step([("P1", "", .live)], id: 1, from: 1), "an empty waybill number")
            try await store.write(step([("P1", "SF1", .voided), ("P1", "SF2", .live)], id: 1, from: 1))
        }
    }

    func waybillReplacement() async throws {
        try await withStore { store in
            var first = Sample.step("A")
            first.waybills = [
                WaybillRow(parcel: "P2", number: "SF1", status: .live),
                WaybillRow(parcel: "P1", number: "SF1", status: .live),
            ]
            try await store.write(Sample.batch(first))
            try await store.write(Sample.batch(Sample.step("A", id: 1, from: 1)))
            let sorted = [
                WaybillRow(parcel: "P1", number: "SF1", status: .live),
                WaybillRow(parcel: "P2", number: "SF1", status: .live),
            ]
            try expect(try await store.read { try $0.waybills(of: "A") }, sorted, "after a step without waybills")
            var other = Sample.step("B")
            other.waybills = [WaybillRow(parcel: "P1", number: "SF1", status: .voided)]
            try await store.write(Sample.batch(other))
            let places = [("A", "P1"), ("A", "P2"), ("B", "P1")].map { WaybillPlace(order: $0.0, parcel: $0.1) }
            try expect(try await store.read { try $0.places(ofWaybill: "SF1") }, places, "places of a waybill")
            try expect(try await store.read { try $0.places(ofWaybill: "sf1") }, [], "places of no waybill")
            var third = Sample.step("A", id: 1, from: 2)
            third.waybills = [WaybillRow(parcel: "P1", number: "SF9", status: .contested)]
            try await store.write(Sample.batch(third))
            try expect(try await store.read { try $0.waybills(of: "A") }, third.waybills, "after a step with waybills")
            var fourth = Sample.step("A", id: 1, from: 3)
            fourth.waybills = []
            try await store.write(Sample.batch(fourth))
            try expect(try await store.read { try $0.waybills(of: "A") }, [], "after an empty list")
        }
    }

    func strangers() async throws {
        try await withStore { store in
            try await store.write(Sample.everything(order: "A", message: "1"))
            var batch = WriteBatch()
            batch.instructions = [Sample.instruction("B", 1)]
            try await expectRefused(store, batch, "an instruction of no order")
            batch.instructions = [Sample.instruction("A", 1)]
            try await expectRefused(store, batch, "an instruction whose key exists")
            batch.instructions = []
            batch.instructionChanges = [Sample.change(Sample.instruction("A", 5), .done)]
            try await expectRefused(store, batch, "a change of no instruction")
        }
    }
}
