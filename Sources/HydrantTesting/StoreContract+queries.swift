import HydrantCore
import HydrantStorage

extension StoreContract {
    static let queryProperties = [
        Property(name: "orders are read page by page, none lost or twice") { try await $0.orderPages() },
        Property(name: "each filter gives its orders, and together they narrow") { try await $0.filters() },
        Property(name: "a prefix is taken letter by letter") { try await $0.prefixes() },
        Property(name: "a prefix finds its orders far behind the cursor") { try await $0.distantPrefix() },
        Property(name: "findings are replaced when given, and stay when not") { try await $0.findingReplacement() },
        Property(name: "findings are read by kind and verdict, page by page") { try await $0.findingPages() },
        Property(name: "states are counted without cancelled orders") { try await $0.stateCounts() },
        Property(name: "health is counted by its bits") { try await $0.healthSums() },
        Property(name: "orders under way are counted by where they stand") { try await $0.placesOfOrders() },
        Property(name: "orders that change by themselves are listed with the time") { try await $0.changes() },
    ]

    func orderPages() async throws {
        try await withStore { store in
            for index in 0..<7 { try await store.write(Sample.batch(Sample.step("\(9 - index)"))) }
            var pages: [[String]] = []
            var cursor: Int64 = 0
            while true {
                let after = cursor
                let page = try await store.read { try $0.orderRows(OrderFilter(), after: after, limit: 3) }
                guard let last = page.last else { break }
                pages.append(page.map(\.number))
                cursor = last.id
            }
            try expect(pages, [["9", "8", "7"], ["6", "5", "4"], ["3"]], "pages")
            try expect(try await store.read { try $0.orderRows(OrderFilter(), after: 0, limit: 0) }, [], "no row")
        }
    }

    func filters() async throws {
        try await withStore { store in
            let rows: [(String, Int, Completion, Verdict?)] = [
                ("A1", 1, .open, nil), ("A2", 2, .open, .late), ("B1", 1, .cancelled, .wrong),
                ("B2", 2, .partiallyCompleted, .wrong), ("A3", 1, .open, .late), ("C1", 2, .completed, nil),
            ]
            for (number, state, completion, verdict) in rows {
                var write = Sample.step(number)
                write.row.state = state
                write.row.completion = completion
                write.row.verdict = verdict
                try await store.write(Sample.batch(write))
            }
            let cases: [(OrderFilter, [String])] = [
                (OrderFilter(), ["A1", "A2", "B1", "B2", "A3", "C1"]),
                (OrderFilter(state: 1), ["A1", "B1", "A3"]),
                (OrderFilter(completion: .open), ["A1", "A2", "A3"]),
                (OrderFilter(isStanding: true), ["A1", "A2", "B2", "A3"]),
                (OrderFilter(state: 1, isStanding: true), ["A1", "A3"]),
                (OrderFilter(state: 2, numberPrefix: "C", isStanding: true), []),
                (OrderFilter(numberPrefix: "B", isStanding: true), ["B2"]),
                (OrderFilter(verdict: .wrong), ["B1", "B2"]),
                (OrderFilter(numberPrefix: "A"), ["A1", "A2", "A3"]),
                (OrderFilter(numberPrefix: ""), ["A1", "A2", "B1", "B2", "A3", "C1"]),
                (OrderFilter(state: 1, numberPrefix: "A"), ["A1", "A3"]),
                (OrderFilter(state: 1, completion: .open, verdict: .late, numberPrefix: "A"), ["A3"]),
                (OrderFilter(state: 7), []),
            ]
            for (filter, numbers) in cases {
                let found = try await store.read { try $0.orderRows(filter, after: 0, limit: 10).map(\.number) }
                try expect(found, numbers, "\(filter)")
                let rest = try await store.read { try $0.orderRows(filter, after: 1, limit: 1).map(\.number) }
                try expect(rest, Array(numbers.filter { $0 != "A1" }.prefix(1)), "\(filter) after 1")
            }
        }
    }

    func prefixes() async throws {
        try await withStore { store in
            let numbers = ["a", "A%", "A_1", "AB", "A", "e\u{301}", "é", "订单1", "订", "A\u{0}", "B"]
            for number in numbers { try await store.write(Sample.batch(Sample.step(number))) }
            let cases: [(String, [String])] = [
                ("A", ["A%", "A_1", "AB", "A", "A\u{0}"]), ("A%", ["A%"]), ("A_", ["A_1"]), ("a", ["a"]),
                ("e", ["e\u{301}"]), ("é", ["é"]), ("订", ["订单1", "订"]), ("订单", ["订单1"]), ("AB", ["AB"]),
                ("C", []),
            ]
            for (prefix, expected) in cases {
                let found = try await store.read {
                    try $0.orderRows(OrderFilter(numberPrefix: prefix), after: 0, limit: 20).map(\.number)
                }
                try expect(found, expected, "prefix \(prefix)")
            }
        }
    }

    func distantPrefix() async throws {
        try await withStore { store in
            var batch = WriteBatch()
            for index in 0..<2_500 { batch.orders.append(Sample.step(index < 2_400 ? "A\(index)" : "B\(index)")) }
            try await store.write(batch)
            let filters = [OrderFilter(numberPrefix: "B"), OrderFilter(completion: .open, numberPrefix: "B")]
            for filter in filters {
                let first = try await store.read { try $0.orderRows(filter, after: 0, limit: 60) }
                try expect(first.map(\.id), (2_401...2_460).map { $0 }, "first page")
                let second = try await store.read { try $0.orderRows(filter, after: 2_460, limit: 60) }
                try expect(second.map(\.id), (2_461...2_500).map { $0 }, "second page")
            }
        }
    }

    func findingReplacement() async throws {
        try await withStore { store in
            var first = Sample.step("A")
            first.findings = [Sample.finding(.paidNotLocked, .wrong), Sample.finding(.noLines, .unknown)]
            try await store.write(Sample.batch(first))
            try await store.write(Sample.batch(Sample.step("A", id: 1, from: 1)))
            func row(_ kind: MismatchKind, _ verdict: Verdict) -> FindingRow {
                FindingRow(order: "A", orderID: 1, kind: kind, verdict: verdict, since: Sample.now)
            }
            let kept = try await store.read { try $0.findings(of: "A") }
            try expect(kept, [row(.noLines, .unknown), row(.paidNotLocked, .wrong)], "after a step without findings")
            var third = Sample.step("A", id: 1, from: 2)
            third.findings = [Sample.finding(.paidNotLocked, .late)]
            try await store.write(Sample.batch(third))
            try expect(try await store.read { try $0.findings(of: "A") }, [row(.paidNotLocked, .late)], "replaced")
            var twice = Sample.step("A", id: 1, from: 3)
            twice.findings = [Sample.finding(.noLines, .late), Sample.finding(.noLines, .wrong)]
            try await expectRefused(store, Sample.batch(twice), "a kind twice")
            var fourth = Sample.step("A", id: 1, from: 3)
            fourth.findings = []
            try await store.write(Sample.batch(fourth))
            try expect(try await store.read { try $0.findings(of: "A") }, [], "removed")
            try expect(try await store.read { try $0.findingCounts() }, [], "counts")
        }
    }

    func findingPages() async throws {
        try await withStore { store in
            for number in 1...4 {
                var write = Sample.step("\(number)")
                write.findings = [Sample.finding(.paidNotLocked, number % 2 == 0 ? .wrong : .late)]
                if number > 1 { write.findings?.append(Sample.finding(.noLines, .wrong)) }
                try await store.write(Sample.batch(write))
            }
            let counts = try await store.read { try $0.findingCounts() }
            let expected = [
                FindingCount(kind: .noLines, verdict: .wrong, count: 3),
                FindingCount(kind: .paidNotLocked, verdict: .late, count: 2),
                FindingCount(kind: .paidNotLocked, verdict: .wrong, count: 2),
            ]
            try expect(counts, expected, "counts")
            let cases: [(MismatchKind?, Verdict?, Int64, Int, [String])] = [
                (.paidNotLocked, .late, 0, 9, ["1 paidNotLocked late", "3 paidNotLocked late"]),
                (.paidNotLocked, .late, 1, 9, ["3 paidNotLocked late"]),
                (.paidNotLocked, nil, 0, 2, ["1 paidNotLocked late", "2 paidNotLocked wrong"]),
                (.paidNotLocked, nil, 2, 2, ["3 paidNotLocked late", "4 paidNotLocked wrong"]),
                (nil, .late, 0, 9, ["1 paidNotLocked late", "3 paidNotLocked late"]),
                (nil, nil, 0, 2, ["1 paidNotLocked late", "2 noLines wrong", "2 paidNotLocked wrong"]),
                (nil, nil, 3, 9, ["4 noLines wrong", "4 paidNotLocked wrong"]),
                (.noLines, .unknown, 0, 9, []),
            ]
            for (kind, verdict, cursor, limit, texts) in cases {
                let rows = try await store.read { try $0.findings(kind, verdict, after: cursor, limit: limit) }
                let found = rows.map { "\($0.order) \($0.kind.rawValue) \($0.verdict.rawValue)" }
                try expect(found, texts, "findings after \(cursor)")
            }
        }
    }

    func stateCounts() async throws {
        try await withStore { store in
            try expect(try await store.read { try $0.countsByState() }, [0, 0, 0, 0, 0, 0, 0, 0], "empty")
            for (index, state) in [0, 2, 2, 7, 2].enumerated() {
                var write = Sample.step("\(index)")
                write.row.state = state
                if index == 4 { write.row.completion = .cancelled }
                try await store.write(Sample.batch(write))
            }
            try expect(try await store.read { try $0.countsByState() }, [1, 0, 2, 0, 0, 0, 0, 1], "counts")
        }
    }

    func placesOfOrders() async throws {
        try await withStore { store in
            for (index, state) in [0, 3, 3, 7, 3, 5].enumerated() {
                var write = Sample.step("\(index)")
                write.row.state = state
                write.row.stateSince = Sample.now + .minutes(index == 5 ? 1 : 0)
                if index == 4 { write.row.completion = .cancelled }
                if index == 2 { write.row.overdueAfter = Sample.now + .minutes(121) }
                try await store.write(Sample.batch(write))
            }
            let places = try await store.read { reader in
                Dictionary(uniqueKeysWithValues: try reader.statePlaces().map { ($0.place, $0.count) })
            }
            let minute = Sample.now.milliseconds / .minutes(1)
            try expect(
                places,
                [
                    StatePlace(state: 3, minute: minute): 1,
                    StatePlace(state: 3, minute: minute, overdueAfter: minute + 121): 1,
                    StatePlace(state: 5, minute: minute + 1): 1,
                ], "places")
        }
    }

    func healthSums() async throws {
        try await withStore { store in
            for (index, health) in ([0, 5, 5, 0xFFFF] as [UInt16]).enumerated() {
                var write = Sample.step("\(index)")
                write.row.health = health
                try await store.write(Sample.batch(write))
            }
            try expect(try await store.read { try $0.healthCounts() }, [0: 1, 5: 2, 0xFFFF: 1], "counts")
            try await store.write(Sample.batch(Sample.step("1", id: 2, from: 1)))
            try expect(try await store.read { try $0.healthCounts() }, [0: 2, 5: 1, 0xFFFF: 1], "after a change")
        }
    }

    func changes() async throws {
        try await withStore { store in
            for (index, moment) in ([9, nil, 3] as [Milliseconds?]).enumerated() {
                var write = Sample.step("\(index)")
                write.row.changesAt = moment.map { Sample.now + $0 }
                try await store.write(Sample.batch(write))
            }
            let found = try await store.read { reader in
                var found: [String] = []
                try reader.scanChanges { number, moment in found.append("\(number) \(moment - Sample.now)") }
                return found
            }
            try expect(found, ["0 9", "2 3"], "changes")
        }
    }
}
