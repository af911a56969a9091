import HydrantCore
import HydrantStorage

// Where packed parcels stand: written with their order, counted and listed without it.

extension StoreContract {
    static let parcelProperties: [Property] = [
        Property(name: "parcels stand where their order's last step put them") { try await $0.parcelsReplaced() },
        Property(name: "parcels are counted by set, courier and channel") { try await $0.parcelsCounted() },
        Property(name: "parcels are listed by set, courier and channel, page by page") { try await $0.parcelsListed() },
        Property(name: "a keeper's code finds the parcel that is asked for, and no other") {
            try await $0.parcelsOfCodes()
        },
        Property(name: "a parcel is in one set") { try await $0.parcelsTwice() },
    ]

    private static func row(
        _ parcel: String, _ set: TrackingSet, since: Milliseconds = 0, courier: String = "c", channel: String = "a"
    ) -> ParcelRow {
        ParcelRow(
            standing: ParcelStanding(
                parcel: parcel, set: set, since: Sample.now + since,
                dueAt: set == .numberReadBack ? nil : Sample.now + since + 5, courier: courier, channel: channel))
    }

    private static func step(_ order: String, _ rows: [ParcelRow], id: Int64 = 0, from version: Int = 0) -> WriteBatch {
        var write = Sample.step(order, id: id, from: version)
        write.parcels = rows
        return Sample.batch(write)
    }

    private func parcelsReplaced() async throws {
        try await withStore { store in
            let first = [Self.row("P2", .polling), Self.row("P1", .channelATrying)]
            let ids = try await store.write(Self.step("A", first))
            try expect(try await store.read { try $0.parcels(of: "A") }, first.reversed(), "parcels in order")
            try await store.write(Sample.batch(Sample.step("A", id: ids[0], from: 1)))
            try expect(try await store.read { try $0.parcels(of: "A") }, first.reversed(), "a step without parcels")
            let second = [Self.row("P1", .numberReadBack)]
            try await store.write(Self.step("A", second, id: ids[0], from: 2))
            try expect(try await store.read { try $0.parcels(of: "A") }, second, "parcels after a step")
            try await store.write(Self.step("A", [], id: ids[0], from: 3))
            try expect(try await store.read { try $0.parcels(of: "A") }, [], "parcels of an order that is over")
            try expect(try await store.read { try $0.parcels(of: "B") }, [], "parcels of an order that is none")
        }
    }

    private func parcelsCounted() async throws {
        try await withStore { store in
            let none = try await store.read { try $0.parcelCounts() }
            try expect(none, [], "counts of an empty store")
            try await store.write(
                Self.step("A", [Self.row("1", .polling, since: 7), Self.row("2", .polling, channel: "b")]))
            try await store.write(
                Self.step("B", [Self.row("1", .polling, since: 3), Self.row("2", .keeperAsked, courier: "d")]))
            let found = try await store.read { try $0.parcelCounts() }
            let expected = [
                ParcelCount(set: .keeperAsked, courier: "d", channel: "a", count: 1, oldestSince: Sample.now),
                ParcelCount(set: .polling, courier: "c", channel: "a", count: 2, oldestSince: Sample.now + 3),
                ParcelCount(set: .polling, courier: "c", channel: "b", count: 1, oldestSince: Sample.now),
            ]
            try expect(found, expected, "counts")
        }
    }

    private func parcelsListed() async throws {
        try await withStore { store in
            try await store.write(
                Self.step("A", [Self.row("1", .polling), Self.row("2", .channelBTrying), Self.row("3", .polling)]))
            try await store.write(Self.step("B", [Self.row("1", .polling, channel: "b")]))
            try await store.write(Self.step("C", [Self.row("1", .polling, courier: "d")]))
            let cases: [(ParcelFilter, [String])] = [
                (ParcelFilter(), ["A 1", "A 2", "A 3", "B 1", "C 1"]),
                (ParcelFilter(set: .polling), ["A 1", "A 3", "B 1", "C 1"]),
                (ParcelFilter(set: .polling, channel: "b"), ["B 1"]), (ParcelFilter(courier: "d"), ["C 1"]),
                (ParcelFilter(set: .keeperAsked), []),
            ]
            for (filter, expected) in cases {
                let found = try await store.read { try $0.parcels(filter, after: 0, limit: 10) }
                try expect(found.map { "\($0.order) \($0.row.standing.parcel)" }, expected, "\(filter)")
            }
            let page = try await store.read { try $0.parcels(ParcelFilter(set: .polling), after: 0, limit: 1) }
            try expect(page.map(\.row.standing.parcel), ["1", "3"], "a page is of whole orders")
            let next = try await store.read {
                try $0.parcels(ParcelFilter(set: .polling), after: page.last?.orderID ?? 0, limit: 1)
            }
            try expect(next.map(\.order), ["B"], "the next page")
        }
    }

    private func parcelsOfCodes() async throws {
        try await withStore { store in
            var rows = [Self.row("1", .keeperAsked), Self.row("2", .polling)]
            rows[0].keeperCode = "x"
            rows[1].keeperCode = "y"
            try await store.write(Self.step("A", rows))
            let found = try await store.read { try $0.parcel(keeperCode: "x") }
            try expect(found.map { "\($0.order) \($0.row.standing.parcel)" }, "A 1", "the parcel of a code")
            for code in ["y", "X", ""] {
                let other = try await store.read { try $0.parcel(keeperCode: code) }
                try expect(other == nil, true, "the code \(code) finds nothing")
            }
        }
    }

    private func parcelsTwice() async throws {
        try await withStore { store in
            try await expectRefused(
                store, Self.step("A", [Self.row("1", .polling), Self.row("1", .keeperAsked)]), "a parcel in two sets")
        }
    }
}
