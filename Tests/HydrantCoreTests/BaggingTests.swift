import HydrantCore
import HydrantTesting
import Testing

struct BaggingTests {
    private static let noon = Instant(milliseconds: 1_794_400_000_000)

    private func parcel(_ id: String, minute: Int = 0, change: (inout BagParcel) -> Void = { _ in }) -> BagParcel {
        var parcel = BagParcel(id: id, order: "SO-\(id)", departsAt: Self.noon + .minutes(Int64(minute)))
        parcel.warehouse = "FRONT-1"
        parcel.courier = "sf"
        parcel.area = "浙江省杭州市西湖区"
        change(&parcel)
        return parcel
    }

    private func ids(_ parcels: [BagParcel], _ rules: BagRules = BagRules()) -> [[String]] {
        bagging(of: parcels, rules: rules).bags.map { $0.parcels.map(\.id) }
    }

    @Test func `parcels that leave less than 15 minutes apart share a bag`() {
        #expect(ids([parcel("A"), parcel("B", minute: 14)]) == [["A", "B"]])
        #expect(ids([parcel("A"), parcel("B", minute: 15)]) == [["A"], ["B"]])
        let late = parcel("B") { $0.departsAt = $0.departsAt + .minutes(15) - 1 }
        #expect(ids([late, parcel("A")]) == [["A", "B"]])
        #expect(ids([parcel("A"), parcel("B", minute: 10), parcel("C", minute: 20)]) == [["A", "B"], ["C"]])
    }

    @Test func `another warehouse, courier, rider, line or area is another bag`() {
        let changes: [(inout BagParcel) -> Void] = [
            { $0.warehouse = "FRONT-2" }, { $0.courier = "zto" }, { $0.rider = "R1" }, { $0.line = "L1" },
            { $0.area = "浙江省杭州市余杭区" },
        ]
        for change in changes { #expect(ids([parcel("A"), parcel("B", change: change)]).count == 2) }
    }

    @Test func `the limits of count, weight and volume hold`() {
        var rules = BagRules()
        rules.parcels = 2
        #expect(ids([parcel("A"), parcel("B"), parcel("C")], rules) == [["A", "B"], ["C"]])
        let heavy = ["A", "B", "C"].map { parcel($0) { $0.weightGrams = 15_000 } }
        #expect(ids(heavy) == [["A", "B"], ["C"]])
        let large = ["A", "B", "C"].map { parcel($0) { $0.volumeMillilitres = 60_001 } }
        #expect(ids(large).count == 3)
    }

    @Test func `what is held, cancelled, changed, repeated or too large is in no bag and listed`() {
        let parcels = [
            parcel("A") { $0.standing = .held }, parcel("B") { $0.standing = .cancelled },
            parcel("C") { $0.standing = .changed }, parcel("D") { $0.weightGrams = 30_001 }, parcel("E"), parcel("E"),
        ]
        let result = bagging(of: parcels, rules: BagRules())
        #expect(result.bags.map { $0.parcels.map(\.id) } == [["E"]])
        #expect(result.unbagged.map(\.reason) == [.held, .cancelled, .changed, .tooLarge, .repeated])
        #expect(result.unbagged.map(\.parcel.id) == ["A", "B", "C", "D", "E"])
    }

    @Test func `a marketplace merges what its token says, and a shop of one's own everything`() {
        let same = ["A", "B"].map {
            parcel($0) {
                $0.platform = "tmall"; $0.mergeToken = "T"
            }
        }
        #expect(ids(same).count == 1)
        let other = parcel("C") {
            $0.platform = "tmall"; $0.mergeToken = "U"
        }
        #expect(ids(same + [other, parcel("D"), parcel("E")]) == [["D", "E"], ["A", "B"], ["C"]])
        let without = ["A", "B"].map { parcel($0) { $0.platform = "tmall" } }
        #expect(ids(without).count == 2)
        var rules = BagRules()
        rules.platforms = ["tmall": .any, "auction": .never]
        #expect(ids(without + [parcel("D")], rules).count == 1)
        #expect(
            ids(
                ["A", "B"].map {
                    parcel($0) {
                        $0.platform = "auction"; $0.mergeToken = "T"
                    }
                }, rules
            ).count == 2)
    }

    // MARK: - Properties

    /// A case with awkward sizes; everything goes the same way.
    private func smallCase(_ random: inout SplitMix64) -> (parcels: [BagParcel], rules: BagRules) {
        var rules = BagRules()
        rules.parcels = random.number(in: 1...5)
        rules.weightGrams = 100
        rules.volumeMillilitres = random.pick([100, 1_000])
        let parcels = (0..<random.number(in: 1...7)).map { index in
            parcel("P\(index)", minute: random.number(in: 0...32)) {
                $0.weightGrams = random.number(in: 1...70)
                $0.volumeMillilitres = random.number(in: 1...60)
                if random.chance(permille: 60) { $0.standing = random.pick([.held, .cancelled, .changed]) }
            }
        }
        return (parcels, rules)
    }

    /// The fewest bags by trying every division: written apart from the search that it judges.
    private func fewestByForce(_ parcels: [BagParcel], _ rules: BagRules) -> Int {
        func isAllowed(_ bag: [BagParcel]) -> Bool {
            let times = bag.map(\.departsAt.milliseconds)
            return bag.count <= rules.parcels && bag.reduce(0) { $0 + $1.weightGrams } <= rules.weightGrams
                && bag.reduce(0) { $0 + $1.volumeMillilitres } <= rules.volumeMillilitres
                && (times.max() ?? 0) - (times.min() ?? 0) < 900_000
        }
        // The least for each set of parcels: one bag that holds the set's first parcel, and the rest.
        let full = (1 << parcels.count) - 1
        var least = [Int](repeating: Int.max / 2, count: full + 1)
        least[0] = 0
        let allowed = (0...full).map { set in
            isAllowed(parcels.indices.filter { set & (1 << $0) != 0 }.map { parcels[$0] })
        }
        for set in least.indices.dropFirst() {
            var bag = set
            while bag > 0 {
                if allowed[bag] { least[set] = min(least[set], least[set & ~bag] + 1) }
                bag = (bag - 1) & set
            }
        }
        return least[full]
    }

    @Test func `on 10,000 small cases no bag breaks a rule and the number of labels is minimal`() {
        for seed in 1...10_000 {
            var random = SplitMix64(seed: UInt64(seed))
            let (parcels, rules) = smallCase(&random)
            let result = bagging(of: random.shuffled(parcels), rules: rules)
            let bagged = result.bags.flatMap { $0.parcels }
            #expect(Set(bagged) == Set(parcels.filter { $0.standing == .free }), "seed \(seed)")
            #expect(bagged.count == Set(bagged).count && result.isMinimal, "seed \(seed)")
            for bag in result.bags { expectRules(bag, rules, "seed \(seed)") }
            let fewest = fewestByForce(parcels.filter { $0.standing == .free }, rules)
            #expect(result.bags.count == fewest, "seed \(seed)")
        }
    }

    private func expectRules(_ bag: ParcelBag, _ rules: BagRules, _ comment: Comment) {
        let times = bag.parcels.map(\.departsAt)
        let isKept =
            bag.parcels.count <= rules.parcels && bag.weightGrams <= rules.weightGrams
            && bag.volumeMillilitres <= rules.volumeMillilitres && times == times.sorted()
            && times.last.map { last in times.first.map { last - $0 < .minutes(15) } ?? false } ?? false
            && bag.parcels.allSatisfy {
                $0.standing == .free && $0.warehouse == bag.warehouse && $0.courier == bag.courier
                    && $0.rider == bag.rider && $0.line == bag.line && $0.area == bag.area
            }
        #expect(isKept, comment)
    }

    private func manyParcels(_ count: Int, ways: Int) -> [BagParcel] {
        var random = SplitMix64(seed: 7)
        return (0..<count).map { index in
            parcel("P\(index)", minute: random.number(in: 0...600)) {
                $0.warehouse = "FRONT-\(random.number(in: 1...ways))"
                $0.area = "区 \(random.number(in: 1...ways))"
                $0.weightGrams = random.number(in: 200...9_000)
                $0.volumeMillilitres = random.number(in: 500...20_000)
            }
        }
    }

    @Test(arguments: [1, 17]) func `100,000 parcels keep the rules and need few labels more than the bound`(ways: Int) {
        let result = bagging(of: manyParcels(100_000, ways: ways), rules: BagRules())
        #expect(result.bags.reduce(0) { $0 + $1.parcels.count } == 100_000)
        for bag in result.bags { expectRules(bag, BagRules(), "\(ways)") }
        #expect(result.bags.count * 100 <= result.fewestPossible * 105)
    }

    @Test func `where only the count limits, the number of labels is minimal at any size`() {
        var parcels = manyParcels(20_000, ways: 2)
        for index in parcels.indices {
            parcels[index].weightGrams = 0
            parcels[index].volumeMillilitres = 0
        }
        #expect(bagging(of: parcels, rules: BagRules()).isMinimal)
    }

    // MARK: - The list

    @Test func `a list is read, and what is wrong in it is named with its place`() throws {
        let text = """
            {"limits": {"parcels": 3}, "platforms": {"auction": "never"}, "parcels": [
              {"id": "P1", "warehouse": "W", "courier": "sf", "area": "X", "departsAt": "2026-11-11T20:00:00+08:00",
               "standing": "held"}]}
            """
        let (parcels, rules) = try Bagging.read(try JSON(text: text))
        #expect(rules.parcels == 3 && rules.weightGrams == 30_000 && rules.platforms == ["auction": .never])
        #expect(parcels.map(\.standing) == [.held] && parcels.map(\.order) == ["P1"])
        let mistakes = [
            ("\"area\"", "\"aera\"", "parcels[0].aera"), ("+08:00", "", "parcels[0].departsAt"),
            ("\"sf\"", "7", "parcels[0].courier"), ("\"held\"", "\"hold\"", "parcels[0].standing"),
            ("\"never\"", "\"no\"", "platforms.auction"), ("\"parcels\": 3", "\"parcels\": 0", "limits"),
            ("\"parcels\": 3", "\"parcels\": -1", "limits.parcels"), ("\"id\": \"P1\", ", "", "parcels[0].id"),
        ]
        for (good, bad, place) in mistakes {
            let json = try JSON(text: text.replacing(good, with: bad))
            #expect { try Bagging.read(json) } throws: { ($0 as? BagListProblem)?.place == place }
        }
    }
}
