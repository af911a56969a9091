import HydrantCore
import HydrantTesting
import Testing

struct BagCheckTests {
    private func plan(_ bag: String, _ parcels: [String]) -> BagCheck.Plan {
        BagCheck.Plan(bag: bag, parcels: parcels.map { ($0, .free) })
    }

    @Test func `a bag with what is meant for it may be closed, in whatever order it was scanned`() {
        let looks = ["P2", "P1", "P2"].map { BagCheck.Look(bag: "A", parcel: $0) }
        let check = BagCheck.check([plan("A", ["P1", "P2"])], looks)[0]
        #expect(check.mayClose && check.repeated == ["P2"])
        #expect(check.foreign.isEmpty && check.missing.isEmpty && check.stopped.isEmpty)
    }

    @Test func `foreign, missing and stopped parcels are named`() {
        let plans = [
            BagCheck.Plan(bag: "A", parcels: [("P1", .free), ("P2", .held), ("P3", .free), ("P4", .cancelled)]),
            plan("B", ["P5"]),
        ]
        let looks = ["P1", "P2", "P5", "P9"].map { BagCheck.Look(bag: "A", parcel: $0) }
        let checks = BagCheck.check(plans, looks)
        #expect(checks.map(\.mayClose) == [false, false])
        #expect(checks[0].foreign.map(\.parcel) == ["P5", "P9"] && checks[0].foreign.map(\.belongsTo) == ["B", ""])
        #expect(checks[0].missing == ["P3"])
        #expect(checks[0].stopped.map(\.parcel) == ["P2"] && checks[0].stopped.map(\.standing) == [.held])
        #expect(checks[1].missing == ["P5"] && checks[1].foreign.isEmpty)
    }

    @Test(arguments: [0, 20, 200, 1_000])
    func `among 1,000 bags whose parcels are mixed up everything wrong is named and nothing else`(permille: Int) {
        var random = SplitMix64(seed: UInt64(permille) + 3)
        var meant: [[String]] = []
        for bag in 0..<1_000 { meant.append((0..<random.number(in: 1...8)).map { "P\(bag)-\($0)" }) }
        var inside = meant
        // Parcels change places in pairs; some are left on the table, and some come from elsewhere.
        for bag in inside.indices where random.chance(permille: permille) {
            let other = random.number(in: 0...999)
            let left = random.number(in: 0...inside[bag].count - 1)
            let right = random.number(in: 0...max(0, inside[other].count - 1))
            guard !inside[other].isEmpty else { continue }
            let held = inside[bag][left]
            inside[bag][left] = inside[other][right]
            inside[other][right] = held
            if random.chance(permille: 100), inside[bag].count > 1 { inside[bag].removeLast() }
            if random.chance(permille: 100) { inside[other].append("X\(bag)") }
        }
        let plans = meant.indices.map { plan("B\($0)", meant[$0]) }
        let looks = inside.indices.flatMap { bag in
            random.shuffledAndDoubled(inside[bag]).map { BagCheck.Look(bag: "B\(bag)", parcel: $0) }
        }
        var wrong = 0
        for (index, check) in BagCheck.check(plans, random.shuffled(looks)).enumerated() {
            #expect(Set(check.foreign.map(\.parcel)) == Set(inside[index]).subtracting(meant[index]))
            #expect(Set(check.missing) == Set(meant[index]).subtracting(inside[index]))
            #expect(check.foreign.count + check.missing.count == Set(check.foreign.map(\.parcel) + check.missing).count)
            #expect(check.mayClose == (Set(inside[index]) == Set(meant[index])) && check.stopped.isEmpty)
            for foreign in check.foreign {
                let home = meant.firstIndex { $0.contains(foreign.parcel) }
                #expect(foreign.belongsTo == home.map { "B\($0)" } ?? "")
            }
            wrong += check.mayClose ? 0 : 1
        }
        #expect(permille == 0 ? wrong == 0 : wrong > permille / 2)
    }

    @Test func `bags are read as they are written, and mistakes are told with their place`() throws {
        let text = """
            {"bags": [{"bag": 1, "parcels": [{"id": "P1", "order": "SO1"}, {"id": "P2", "standing": "held"}]}],
             "scans": [{"bag": 1, "parcel": "P1"}]}
            """
        let (plans, looks) = try BagCheck.read(try JSON(text: text))
        #expect(BagCheck.check(plans, looks).map(\.mayClose) == [true])
        let mistakes = [
            ("\"scans\"", "\"scan\"", "the document"), ("\"held\"", "7", "bags[0].parcels[1].standing"),
            ("{\"bag\": 1, \"parcel\"", "{\"bag\": 2, \"parcel\"", "scans[0].bag"),
            ("\"parcel\": \"P1\"", "\"parcel\": \"\"", "scans[0].parcel"),
        ]
        for (good, bad, place) in mistakes {
            let json = try JSON(text: text.replacing(good, with: bad))
            #expect { try BagCheck.read(json) } throws: { ($0 as? BagListProblem)?.place == place }
        }
    }
}
