import HydrantCore
import HydrantTesting
import Testing

/// What people do with a bag: every step, each refusal, and parcels mixed up among a thousand bags.
@Suite struct BagTests {
    private static let now = OrderStory.standardBegin

    private static func key(_ name: String) -> ParcelKey { ParcelKey(order: "SO-\(name)", parcel: "P-\(name)") }

    private static func bag(_ names: [String], grams: Int = 0, code: UInt64 = 7) -> Bag {
        let parcels = names.map { BagStep.Parcel(key: key($0), weightGrams: grams, receiver: "r\($0)") }
        var way = BagWay()
        way.warehouse = "W1"
        way.courier = "sf"
        way.departsAt = now
        let opened = BagStep(id: "open", at: now, person: "li", body: .opened(way, parcels))
        return Bag(code: BagCode(bits: code), steps: [opened])
    }

    /// Does something, and takes the step that it gave.
    @discardableResult
    private static func act(_ bag: inout Bag, _ action: BagAction) throws(Refusal) -> BagStep.Body? {
        guard let body = try bag.decide(action) else { return nil }
        bag.take(BagStep(id: "s\(bag.steps.count)", at: now, person: "li", body: body))
        return body
    }

    private static func look(_ name: String, home: String = "", _ standing: BagParcel.Standing = .free) -> BagAction {
        .scan(BagLook(key: key(name), standing: standing, home: home))
    }

    private static func refusal(_ bag: inout Bag, _ action: BagAction) -> String? {
        do throws(Refusal) {
            try act(&bag, action)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a bag is filled, closed, printed and handed over`() throws {
        var bag = Self.bag(["1", "2"])
        #expect(bag.places.map(\.number) == [1, 2] && bag.state == .open && !bag.check.mayClose)
        #expect(try Self.act(&bag, Self.look("1")) == .scanned(Self.key("1")))
        #expect(bag.check.missing == ["P-2"])
        #expect(try Self.act(&bag, Self.look("2")) == .scanned(Self.key("2")))
        #expect(try Self.act(&bag, Self.look("2")) == nil)
        #expect(try Self.act(&bag, .close(reason: "")) == .closed(reason: ""))
        #expect(try Self.act(&bag, .printLabel(template: "aggregated", reason: "")) != nil)
        #expect(try Self.act(&bag, .handOver) == .handedOver)
        #expect(bag.state == .handedOver && bag.prints.count == 1 && !bag.isLabelOutdated)
    }

    @Test func `the same step twice is one step, and a bag is its steps`() throws {
        var bag = Self.bag(["1", "2"], grams: 500)
        try Self.act(&bag, Self.look("1"))
        try Self.act(&bag, Self.look("9", home: "ZZZZZZZZ", .held))
        try Self.act(&bag, .weigh(grams: 1_020))
        try Self.act(&bag, .leaveOut(Self.key("2"), reason: "not found"))
        try Self.act(&bag, .takeOut(Self.key("9")))
        try Self.act(&bag, .join(BagStep.Parcel(key: Self.key("3"), weightGrams: 3)))
        try Self.act(&bag, .printLabel(template: "aggregated", reason: ""))
        try Self.act(&bag, .void(reason: "torn"))
        let copy = bag
        for step in copy.steps { bag.take(step) }
        #expect(bag == copy)
        let read = try #require(Bag(json: try JSON(bytes: copy.json.bytes)))
        #expect(read == copy && read.state == .void && read.steps.count == 9)
        #expect(Bag(json: ["code": "7K2M9QXA", "steps": [["id": "x", "at": 1, "by": "li", "step": "danced"]]]) == nil)
    }

    @Test func `where a label went is kept with its step, and older steps do not say`() throws {
        var bag = Self.bag(["1"])
        try Self.act(&bag, .printLabel(template: "aggregated", reason: ""))
        try Self.act(&bag, .printLabel(template: "aggregated", reason: "torn", isForPrinter: true))
        let read = try #require(Bag(json: try JSON(bytes: bag.json.bytes)))
        #expect(read.prints.map(\.isForPrinter) == [false, true])
        let old: JSON = ["id": "x", "at": 1, "by": "li", "step": "printed", "template": "aggregated", "reason": ""]
        let step = try #require(BagStep(json: old))
        #expect(step.body == .printed(template: "aggregated", reason: "", isForPrinter: nil) && step.json == old)
    }

    @Test func `names of steps and states are storage`() throws {
        var bag = Self.bag(["1", "2"])
        try Self.act(&bag, Self.look("1"))
        #expect(bag.steps.map(\.body.name) == ["opened", "scanned"])
        let rest: [BagStep.Body] = [
            .joined(BagStep.Parcel(key: Self.key("1"))), .takenOut(Self.key("1")), .weighed(grams: 1),
            .left(Self.key("1"), .person(reason: "x")), .closed(reason: ""), .printed(template: "", reason: ""),
            .foundForeign(ForeignParcel(key: Self.key("1"), belongsTo: "", standing: .free)), .handedOver,
            .voided(reason: ""),
        ]
        #expect(
            rest.map(\.name) == [
                "joined", "taken-out", "weighed", "left", "closed", "printed", "found-foreign", "handed-over", "voided",
            ])
        #expect(Bag.State.allCases.map(\.rawValue) == ["open", "closed", "handed-over", "void"])
    }

    @Test(arguments: [BagParcel.Standing.held, .cancelled, .changed])
    func `an order that must not leave is out of the bag at once, and comes out by hand when it is inside`(
        standing: BagParcel.Standing
    ) throws {
        var bag = Self.bag(["1", "2"])
        for name in ["1", "2"] { try Self.act(&bag, Self.look(name)) }
        try Self.act(&bag, .close(reason: ""))
        try Self.act(&bag, .printLabel(template: "aggregated", reason: ""))
        let steps = bag.steps(
            after: [Self.key("1"): (.free, "r1"), Self.key("2"): (standing, "r2")], at: Self.now)
        for step in steps { bag.take(step) }
        #expect(steps.count == 1 && bag.meant.map(\.key) == [Self.key("1")] && bag.isLabelOutdated)
        #expect(bag.check.stopped.map(\.parcel) == ["P-2"] && bag.check.stopped.map(\.standing) == [standing])
        #expect(Self.refusal(&bag, .handOver) == "bag.stopped")
        // Scanned again it is still what it is, and is no new stray.
        #expect(try bag.decide(Self.look("2", standing)) == nil)
        try Self.act(&bag, .takeOut(Self.key("2")))
        #expect(bag.state == .open && bag.check.mayClose)
        // Put back in, it is named again.
        #expect(
            try Self.act(&bag, Self.look("2", standing))
                == .foundForeign(ForeignParcel(key: Self.key("2"), belongsTo: "", standing: standing)))
        #expect(Self.refusal(&bag, .close(reason: "")) == "bag.foreign")
        // And nothing of it is said twice.
        #expect(bag.steps(after: [Self.key("2"): (standing, "r2")], at: Self.now) == [])
    }

    @Test func `an order with another receiver has left the bag although it is free again`() {
        let bag = Self.bag(["1"])
        let steps = bag.steps(after: [Self.key("1"): (.free, "somebody else")], at: Self.now)
        #expect(steps.map(\.body) == [.left(Self.key("1"), .standing(.changed))])
    }

    @Test func `each refusal names what is wrong`() throws {
        var bag = Self.bag(["1", "2"], grams: 1_000)
        #expect(Self.refusal(&bag, .close(reason: "")) == "bag.missing")
        #expect(Self.refusal(&bag, .handOver) == "bag.notClosed")
        #expect(Self.refusal(&bag, .leaveOut(Self.key("2"), reason: " ")) == "bag.noReason")
        #expect(Self.refusal(&bag, .weigh(grams: 0)) == "bag.noWeight")
        try Self.act(&bag, Self.look("1"))
        #expect(Self.refusal(&bag, .leaveOut(Self.key("1"), reason: "no room")) == "bag.insideStill")
        try Self.act(&bag, Self.look("2"))
        try Self.act(&bag, Self.look("X", home: "0000000A"))
        #expect(Self.refusal(&bag, .close(reason: "")) == "bag.foreign")
        try Self.act(&bag, .takeOut(Self.key("X")))
        try Self.act(&bag, .weigh(grams: 2_400))
        #expect(Self.refusal(&bag, .close(reason: "")) == "bag.weightDiffers")
        #expect(try Self.act(&bag, .close(reason: "thick carton")) == .closed(reason: "thick carton"))
        #expect(Self.refusal(&bag, .weigh(grams: 2_000)) == "bag.closed")
        try Self.act(&bag, .printLabel(template: "aggregated", reason: ""))
        #expect(Self.refusal(&bag, .printLabel(template: "aggregated", reason: "")) == "bag.reprintReason")
        try Self.act(&bag, .printLabel(template: "aggregated", reason: "smudged"))
        #expect(bag.prints.map(\.reason) == ["", "smudged"])
        #expect(Self.refusal(&bag, .void(reason: "")) == "bag.noReason")
        try Self.act(&bag, .void(reason: "torn"))
        #expect(Self.refusal(&bag, Self.look("1")) == "bag.void")
        var gone = Self.bag(["1"])
        for action in [Self.look("1"), .close(reason: ""), .handOver] { try Self.act(&gone, action) }
        #expect(Self.refusal(&gone, .void(reason: "late")) == "bag.gone")
        var empty = Self.bag(["1"])
        try Self.act(&empty, .leaveOut(Self.key("1"), reason: "lost"))
        #expect(Self.refusal(&empty, .close(reason: "")) == "bag.empty")
        #expect(Set(BagProblem.allCases.map { Refusal.bag($0, "P").text.english }).count == BagProblem.allCases.count)
    }

    @Test func `a parcel that weighs something else than its goods is named before the bag closes`() throws {
        let parcels = [
            BagStep.Parcel(key: Self.key("1"), weightGrams: 1_000, expectedGrams: 980),
            BagStep.Parcel(key: Self.key("2"), weightGrams: 1_400, expectedGrams: 900),
            BagStep.Parcel(key: Self.key("3"), expectedGrams: 500),
        ]
        let opened = BagStep(id: "open", at: Self.now, person: "li", body: .opened(BagWay(), parcels))
        var bag = Bag(code: BagCode(bits: 9), steps: [opened])
        for name in ["1", "2", "3"] { try Self.act(&bag, Self.look(name)) }
        #expect(bag.expectedGrams == 2_900 && Bag(json: bag.json) == bag)
        let inside = bag
        func close(_ reason: String, _ mode: WeighGate.Mode, grams: Int = 150) throws -> BagStep.Body? {
            var gate = WeighGate()
            (gate.mode, gate.grams) = (mode, grams)
            return try inside.decide(.close(reason: reason), gate)
        }
        #expect(throws: Refusal.bag(.parcelWeight, "P-2")) { try close("", .warn) }
        #expect(Refusal.bag(.parcelWeight, "P-2").text.english.contains("P-2"))
        #expect(try close("thick carton", .warn) == .closed(reason: "thick carton"))
        #expect(try close("", .warn, grams: 500) == .closed(reason: ""))
        #expect(try close("", .off) == .closed(reason: ""))
        #expect(throws: Refusal.bag(.notWeighed)) { try close("no scale here", .required) }
        try Self.act(&bag, .weigh(grams: 2_950))
        let weighed = bag
        var required = WeighGate()
        required.mode = .required
        #expect(throws: Refusal.bag(.parcelWeight, "P-2")) { try weighed.decide(.close(reason: ""), required) }
        #expect(try weighed.decide(.close(reason: "thick carton"), required) == .closed(reason: "thick carton"))
        required.grams = 500
        #expect(try weighed.decide(.close(reason: "unused"), required) == .closed(reason: ""))
    }

    @Test func `the weigh gate is kept with the desk's settings, and is a warning where nobody said`() {
        var settings = DeskSettings()
        #expect(settings.weighing.mode == .warn && settings.weighing.fits(1_150, 1_000))
        #expect(!settings.weighing.fits(1_151, 1_000) && settings.weighing.fits(10_300, 10_000))
        settings.weighing.mode = .required
        (settings.weighing.grams, settings.weighing.percent) = (80, 1)
        #expect(DeskSettings(json: settings.json) == settings)
        #expect(DeskSettings(json: [:]).weighing == WeighGate())
        #expect(WeighGate.Mode.allCases.map(\.rawValue) == ["required", "warn", "off"])
    }

    @Test func `a weight within 150 g or 3 percent is fine, and a later parcel asks for a new one`() throws {
        var light = Self.bag(["1", "2"], grams: 1_000)
        for name in ["1", "2"] { try Self.act(&light, Self.look(name)) }
        for (grams, isFine) in [(1_850, true), (1_849, false), (2_150, true), (2_151, false)] {
            try Self.act(&light, .weigh(grams: grams))
            #expect(light.isWeightFine() == isFine, "\(grams)")
        }
        var heavy = Self.bag(["1", "2"], grams: 5_000)
        try Self.act(&heavy, .weigh(grams: 10_300))
        #expect(heavy.isWeightFine())
        try Self.act(&heavy, .weigh(grams: 10_301))
        #expect(!heavy.isWeightFine())
        try Self.act(&heavy, Self.look("1"))
        #expect(heavy.measuredGrams == nil && heavy.isWeightFine())
    }

    @Test func `a parcel that left may come back at a place of its own`() throws {
        var bag = Self.bag(["1", "2"])
        try Self.act(&bag, .leaveOut(Self.key("2"), reason: "later"))
        #expect(try Self.act(&bag, Self.look("2")) != nil)
        #expect(bag.foreign.count == 1)
        try Self.act(&bag, .join(BagStep.Parcel(key: Self.key("2"))))
        #expect(bag.foreign.isEmpty && bag.meant.map(\.number) == [1, 3])
        #expect(try Self.act(&bag, .join(BagStep.Parcel(key: Self.key("2")))) == nil)
        try Self.act(&bag, Self.look("2"))
        #expect(bag.place(Self.key("2"))?.insideSince != nil && bag.check.missing == ["P-1"])
    }

    /// 1,000 bags; parcels are put into other bags, left on the table, or come from elsewhere.
    @Test(arguments: [0, 10, 100, 500])
    func `among 1,000 bags every foreign and missing parcel is named before closing, and nothing else`(
        permille: Int
    ) throws {
        var random = SplitMix64(seed: UInt64(permille) + 41)
        var bags: [Bag] = []
        var home: [ParcelKey: Int] = [:]
        var inside: [[ParcelKey]] = []
        for number in 0..<1_000 {
            let names = (0..<random.number(in: 1...8)).map { "\(number)-\($0)" }
            bags.append(Self.bag(names, code: UInt64(number)))
            inside.append(names.map(Self.key))
            for name in names { home[Self.key(name)] = number }
        }
        for number in inside.indices where random.chance(permille: permille) {
            let index = random.number(in: 0...inside[number].count - 1)
            switch random.number(in: 0...2) {
            case 0:
                let other = random.number(in: 0...999)
                guard !inside[other].isEmpty else { continue }
                let moved = inside[number].remove(at: index)
                inside[other].append(moved)
            case 1: inside[number].remove(at: index)
            default: inside[number].append(Self.key("elsewhere-\(number)"))
            }
            if inside[number].isEmpty { inside[number].append(Self.key("\(number)-0")) }
        }
        var alarms = 0
        for number in bags.indices {
            let meant = Set(bags[number].meant.map(\.key))
            for key in inside[number].shuffled(using: &random) {
                let code = home[key].map { bags[$0].code.text } ?? ""
                try Self.act(&bags[number], .scan(BagLook(key: key, standing: .free, home: code)))
            }
            let check = bags[number].check
            let foreign = inside[number].filter { !meant.contains($0) }
            let missing = meant.subtracting(inside[number])
            #expect(Set(check.foreign.map(\.parcel)) == Set(foreign.map(\.parcel)))
            #expect(Set(check.missing) == Set(missing.map(\.parcel)))
            for found in check.foreign {
                let right = foreign.first { $0.parcel == found.parcel }.flatMap { home[$0] }
                #expect(found.belongsTo == right.map { bags[$0].code.text } ?? "")
            }
            let isRight = foreign.isEmpty && missing.isEmpty
            #expect((Self.refusal(&bags[number], .close(reason: "")) == nil) == isRight)
            alarms += isRight ? 0 : 1
        }
        #expect(permille == 0 ? alarms == 0 : alarms > permille / 2)
    }
}
