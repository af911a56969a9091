/// Divides one cluster of parcels, sorted by departure, into as few bags as it can.
struct BagSearch {
    /// Up to so many parcels the minimum is searched for exactly.
    static let exactCount = 10
    /// Steps of exact search in one run: enough for thousands of awkward clusters, and an end to hostile input.
    private var steps = 3_000_000
    private let rules: BagRules

    init(rules: BagRules) { self.rules = rules }

    mutating func divide(_ parcels: [BagParcel]) -> (bags: [[BagParcel]], fewestPossible: Int) {
        let loads = parcels.map(Load.init)
        var fewest = lowerBound(loads)
        var best = firstFit(loads, order: Array(loads.indices))
        if best.count > fewest {
            let heaviestFirst = windows(loads).flatMap { window in
                window.sorted { (size(loads[$0]), $1) > (size(loads[$1]), $0) }
            }
            let other = firstFit(loads, order: heaviestFirst)
            if other.count < best.count { best = other }
        }
        if best.count > fewest, loads.count <= Self.exactCount, steps > 0 {
            var exact = ExactBags(loads: loads, rules: rules, fewest: fewest, best: best, steps: steps)
            exact.search()
            steps = exact.steps
            best = exact.best
            if exact.steps > 0 { fewest = best.count }
        }
        let bags = best.map { bag in bag.sorted().map { parcels[$0] } }
        return (bags.sorted { $0[0].departsAt < $1[0].departsAt }, fewest)
    }

    /// Puts each parcel into the first of the open bags that takes it. Only the newest bags stay open, so that the time
    /// grows with the number of parcels alone.
    private func firstFit(_ loads: [Load], order: [Int]) -> [[Int]] {
        var bags: [[Int]] = []
        var open: [(bag: Int, fill: BagFill)] = []
        for index in order {
            if let place = open.firstIndex(where: { $0.fill.takes(loads[index], rules) }) {
                bags[open[place].bag].append(index)
                open[place].fill.add(loads[index])
                if open[place].fill.count == rules.parcels { open.remove(at: place) }
            } else {
                bags.append([index])
                if rules.parcels > 1 { open.append((bags.count - 1, BagFill(loads[index]))) }
                if open.count > 48 { open.removeFirst() }
            }
        }
        return bags
    }

    /// The parcels cut into stretches of time that a bag can span, the first as long as it can be.
    private func windows(_ loads: [Load]) -> [[Int]] {
        var result: [[Int]] = []
        var begin = Instant(milliseconds: .min)
        for (index, load) in loads.enumerated() {
            if result.isEmpty || load.at - begin >= rules.spread {
                result.append([])
                begin = load.at
            }
            result[result.count - 1].append(index)
        }
        return result
    }

    /// The larger of weight and volume, as a share of what a bag takes.
    private func size(_ load: Load) -> Double {
        max(
            Double(load.weightGrams) / Double(max(rules.weightGrams, 1)),
            Double(load.volumeMillilitres) / Double(max(rules.volumeMillilitres, 1)))
    }

    /// Each limit alone, with parcels that could be cut: filling bags in order of departure is then minimal.
    private func lowerBound(_ loads: [Load]) -> Int {
        max(
            divisible(loads, limit: rules.parcels) { _ in 1 },
            divisible(loads, limit: rules.weightGrams, \.weightGrams),
            divisible(loads, limit: rules.volumeMillilitres, \.volumeMillilitres))
    }

    private func divisible(_ loads: [Load], limit: Int, _ amount: (Load) -> Int) -> Int {
        var bags = 0
        var room = 0
        var begin = Instant(milliseconds: 0)
        for load in loads {
            if bags == 0 || load.at - begin >= rules.spread {
                bags += 1
                room = limit
                begin = load.at
            }
            var rest = amount(load)
            while rest > room {
                rest -= room
                bags += 1
                room = limit
                begin = load.at
            }
            room -= rest
        }
        return bags
    }
}

/// What counts of a parcel when bags are filled.
struct Load {
    var at: Instant
    var weightGrams: Int
    var volumeMillilitres: Int

    init(_ parcel: BagParcel) {
        at = parcel.departsAt
        weightGrams = parcel.weightGrams
        volumeMillilitres = parcel.volumeMillilitres
    }
}

/// What is in a bag so far.
struct BagFill {
    private(set) var count = 1
    private var weightGrams: Int
    private var volumeMillilitres: Int
    private var earliest: Instant
    private var latest: Instant

    init(_ load: Load) {
        weightGrams = load.weightGrams
        volumeMillilitres = load.volumeMillilitres
        earliest = load.at
        latest = load.at
    }

    func takes(_ load: Load, _ rules: BagRules) -> Bool {
        count < rules.parcels && weightGrams + load.weightGrams <= rules.weightGrams
            && volumeMillilitres + load.volumeMillilitres <= rules.volumeMillilitres
            && max(latest, load.at) - min(earliest, load.at) < rules.spread
    }

    mutating func add(_ load: Load) {
        count += 1
        weightGrams += load.weightGrams
        volumeMillilitres += load.volumeMillilitres
        earliest = min(earliest, load.at)
        latest = max(latest, load.at)
    }
}

/// Tries every division of a small cluster that could need fewer bags than the best one known.
private struct ExactBags {
    let loads: [Load]
    let rules: BagRules
    let fewest: Int
    var best: [[Int]]
    /// What is left to spend; 0 when the search ended before its end.
    var steps: Int
    private var bags: [[Int]] = []
    private var fills: [BagFill] = []

    init(loads: [Load], rules: BagRules, fewest: Int, best: [[Int]], steps: Int) {
        self.loads = loads
        self.rules = rules
        self.fewest = fewest
        self.best = best
        self.steps = steps
    }

    mutating func search() { place(0) }

    private mutating func place(_ index: Int) {
        guard best.count > fewest, bags.count < best.count, steps > 0 else { return }
        steps -= 1
        guard index < loads.count else {
            best = bags
            return
        }
        for bag in bags.indices where fills[bag].takes(loads[index], rules) {
            let before = fills[bag]
            fills[bag].add(loads[index])
            bags[bag].append(index)
            place(index + 1)
            bags[bag].removeLast()
            fills[bag] = before
        }
        guard bags.count + 1 < best.count else { return }
        bags.append([index])
        fills.append(BagFill(loads[index]))
        place(index + 1)
        bags.removeLast()
        fills.removeLast()
    }
}
