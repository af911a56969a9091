import HydrantCore
import HydrantStorage

extension StoreContract {
    static let orderProperties = [
        Property(name: "an order is read as it was written") { try await $0.roundTrip() },
        Property(name: "what is nil is read as nil") { try await $0.roundTripOfNothing() },
        Property(name: "an order grows event by event") { try await $0.growth() },
        Property(name: "a row may change without an event") { try await $0.rowWithoutEvent() },
        Property(name: "only the orders that exist are loaded") { try await $0.loadOfUnknown() },
        Property(name: "row ids rise with first arrival and are returned") { try await $0.rowIDs() },
        Property(name: "texts are kept byte by byte") { try await $0.exactTexts() },
        Property(name: "the scan gives every order once, with its events in order") { try await $0.scan() },
    ]

    func roundTrip() async throws {
        try await withStore { store in
            var write = Sample.step("SO/1 号", events: 3)
            write.row.state = 7
            write.row.stateSince = Sample.now - 5
            write.row.completion = .partiallyCompleted
            write.row.holds = 2
            write.row.verdict = .unknown
            write.row.placedAt = Instant(milliseconds: -1)
            write.row.health = 0xFFFF
            write.row.changesAt = Sample.now + 9
            write.row.overdueAfter = Sample.now + 11
            try await store.write(Sample.batch(write))
            var expected = write.row
            expected.id = 1
            let loaded = try await store.transaction { try $0.load(["SO/1 号"]) }
            try expect(loaded, ["SO/1 号": StoredOrder(row: expected, events: write.events)], "load")
            let row = try await store.read { try $0.orderRow("SO/1 号") }
            try expect(row, expected, "row")
            let events = try await store.read { try $0.events(of: "SO/1 号") }
            try expect(events, write.events, "events")
        }
    }

    func roundTripOfNothing() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A")))
            let row = try await store.read { try $0.orderRow("A") }
            try expect(row?.stateSince, nil, "state since")
            try expect(row?.verdict, nil, "verdict")
            try expect(row?.placedAt, nil, "placed at")
            try expect(row?.changesAt, nil, "changes at")
            try expect(row?.overdueAfter, nil, "overdue after")
            try expect(try await store.read { try $0.findings(of: "A") }, [], "findings")
            try expect(try await store.read { try $0.waybills(of: "A") }, [], "waybills")
            try expect(try await store.read { try $0.instructions(of: "A") }, [], "instructions")
        }
    }

    func growth() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A", events: 2)))
            var next = Sample.step("A", id: 1, from: 2, events: 3)
            next.row.state = 4
            try await store.write(Sample.batch(next))
            let events = try await store.read { try $0.events(of: "A") }
            try expect(events, (1...5).map(Sample.event), "events")
            try expect(try await store.read { try $0.orderRow("A") }, next.row, "row")
        }
    }

    func rowWithoutEvent() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A", events: 2)))
            var recheck = Sample.step("A", id: 1, from: 2, events: 0)
            recheck.row.verdict = .wrong
            recheck.row.health = 3
            try await store.write(Sample.batch(recheck))
            try expect(try await store.read { try $0.orderRow("A") }, recheck.row, "row")
            try expect(try await store.read { try $0.events(of: "A").count }, 2, "events")
        }
    }

    func loadOfUnknown() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A"), Sample.step("B")))
            let loaded = try await store.transaction { try $0.load(["B", "C", "B"]) }
            try expect(loaded.keys.sorted(), ["B"], "loaded")
            try expect(try await store.read { try $0.orderRow("C") }, nil, "row of an unknown order")
            try expect(try await store.read { try $0.events(of: "C") }, [], "events of an unknown order")
        }
    }

    func rowIDs() async throws {
        try await withStore { store in
            let first = try await store.write(Sample.batch(Sample.step("B"), Sample.step("A")))
            try expect(first, [1, 2], "first step")
            let second = try await store.write(
                Sample.batch(Sample.step("C"), Sample.step("B", id: 1, from: 1), Sample.step("D")))
            try expect(second, [3, 1, 4], "second step")
        }
    }

    func exactTexts() async throws {
        try await withStore { store in
            let numbers = ["é", "e\u{301}", "a", "A", "a\u{0}b", "a\u{0}", "订单🚚", " a", "a%", "a_"]
            for (index, number) in numbers.enumerated() {
                try expect(try await store.write(Sample.batch(Sample.step(number))), [Int64(index + 1)], number)
            }
            for (index, number) in numbers.enumerated() {
                let row = try await store.read { try $0.orderRow(number) }
                try expect(row?.id, Int64(index + 1), "id of \(number)")
                try expect(row.map { Array($0.number.utf8) }, Array(number.utf8), "number \(number)")
            }
        }
    }

    func scan() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("B", events: 2), Sample.step("A")))
            try await store.write(Sample.batch(Sample.step("A", id: 2, from: 1, events: 2), Sample.step("C")))
            try await store.write(Sample.batch(Sample.step("B", id: 1, from: 2)))
            let found = try await store.read { reader in
                var found: [String] = []
                try reader.scanOrders { row, events in
                    // Questions while the scan runs must not disturb it.
                    let again = try reader.events(of: row.number)
                    var inner = 0
                    try reader.scanOrders { _, _ in inner += 1 }
                    found.append("\(row.number) \(events.map(\.number)) \(again == events) \(inner)")
                }
                return found
            }
            try expect(found, ["B [1, 2, 3] true 3", "A [1, 2, 3] true 3", "C [1] true 3"], "scan")
        }
    }
}
