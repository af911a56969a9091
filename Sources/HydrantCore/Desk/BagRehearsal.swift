/// How often hands slip, of a thousand parcels each; people are measured, not blamed.
package struct HandSlips: Hashable, Sendable {
    /// The neighbour's parcel is grabbed instead.
    package var grab = 8
    /// A parcel goes on without being scanned.
    package var skip = 6
    /// A parcel stays on the table.
    package var forget = 4

    package init() {}
}

/// A parcel on the table of a rehearsal.
package struct RehearsedParcel: Hashable, Sendable {
    package var key: ParcelKey
    /// 0 where nobody weighed it.
    package var weightGrams: Int
    package var packedAt: Instant

    package init(key: ParcelKey, weightGrams: Int = 0, packedAt: Instant = Instant(milliseconds: 0)) {
        self.key = key
        self.weightGrams = weightGrams
        self.packedAt = packedAt
    }
}

/// The same parcels brought on their way twice with the same slips of the hand: with a label for each parcel, and in
/// bags of the packing desk. What is counted is where each parcel is at the end, and what it took.
///
/// The parcels lie on the table in the order in which they were packed, so that a neighbour often belongs elsewhere.
/// With a label each, a parcel is looked up, its label printed and stuck on, and the label scanned. At the desk a bag's
/// code is scanned, then each parcel that goes in; the bag is weighed where all its parcels were, and closed by its
/// rules (``Bag/decide(_:)``); what they name is put right.
package struct BagRehearsal: Hashable, Sendable {
    /// What one way of working came to.
    package struct Way: Hashable, Sendable {
        package var labels = 0
        package var scans = 0
        /// Parcels that were named as wrong or missing in time.
        package var named = 0
        /// Parcels that left the house in a wrong bag or under another's label, and those that stayed behind without
        /// anybody noticing.
        package var mixUps = 0

        package init(labels: Int = 0, scans: Int = 0, named: Int = 0, mixUps: Int = 0) {
            self.labels = labels
            self.scans = scans
            self.named = named
            self.mixUps = mixUps
        }
    }

    package let parcels: Int
    /// Parcels at which a hand slipped at least once.
    package let slips: Int
    package let single: Way
    package let bagged: Way

    package var labelsSaved: Int { single.labels - bagged.labels }

    /// The sheets that a bag's label takes: the shipped template holds six parcels on one.
    package static func labels(of parcels: Int) -> Int { (parcels + 5) / 6 }

    /// - Parameter bags: the parcels of each bag, in the order in which they are handled.
    package init(_ bags: [[RehearsedParcel]], seed: UInt64, slips rates: HandSlips) {
        let table = RehearsalTable(bags, seed: seed, rates)
        parcels = table.parcels.count
        slips = table.parcels.indices.count { table.grabs($0) || table.skips($0) || table.forgets($0) }
        single = table.withLabels()
        var desk = RehearsalDesk(table)
        bagged = desk.work()
    }
}

/// The table before anybody has touched it, and where hands will slip.
private struct RehearsalTable {
    let bags: [[Int]]
    let parcels: [RehearsedParcel]
    let bagOf: [Int]
    /// Parcels by their place on the table, and the place of each.
    private let order: [Int]
    private let place: [Int]
    private let seed: UInt64
    private let rates: HandSlips
    private var isHere: [Bool]
    /// What lies where a parcel lay that was grabbed instead of it.
    private var instead: [Int: Int] = [:]

    init(_ bags: [[RehearsedParcel]], seed: UInt64, _ rates: HandSlips) {
        parcels = Array(bags.joined())
        bagOf = bags.enumerated().flatMap { bag, parcels in parcels.map { _ in bag } }
        var next = 0
        self.bags = bags.map { parcels in
            defer { next += parcels.count }
            return Array(next..<next + parcels.count)
        }
        let all = parcels
        order = all.indices.sorted { (all[$0].packedAt, all[$0].key) < (all[$1].packedAt, all[$1].key) }
        var place = Array(repeating: 0, count: all.count)
        for (index, parcel) in order.enumerated() { place[parcel] = index }
        self.place = place
        self.seed = seed
        self.rates = rates
        isHere = Array(repeating: true, count: all.count)
    }

    func grabs(_ parcel: Int) -> Bool { slips(parcel, salt: 1, rates.grab) }
    func skips(_ parcel: Int) -> Bool { slips(parcel, salt: 2, rates.skip) }
    func forgets(_ parcel: Int) -> Bool { slips(parcel, salt: 3, rates.forget) }

    func has(_ parcel: Int) -> Bool { isHere[parcel] }

    /// What a hand finds where a parcel should lie; nil where nothing is left.
    func found(at parcel: Int) -> Int? {
        var found = parcel
        while !isHere[found] {
            guard let next = instead[found] else { return nil }
            found = next
        }
        return found
    }

    /// The nearest other parcel, the right one first.
    func neighbour(of parcel: Int) -> Int? {
        let behind = order[(place[parcel] + 1)...].first { isHere[$0] }
        return behind ?? order[..<place[parcel]].last { isHere[$0] }
    }

    /// - Parameter wanted: the parcel that is left lying in its place, where it is another one.
    mutating func take(_ parcel: Int, insteadOf wanted: Int) {
        isHere[parcel] = false
        if wanted != parcel { instead[parcel] = wanted }
    }

    mutating func putBack(_ parcel: Int) {
        isHere[parcel] = true
        instead[parcel] = nil
    }

    /// Each parcel is looked up, and gets its label. What is stuck on wrongly is right for every scanner.
    func withLabels() -> BagRehearsal.Way {
        var table = self
        var way = BagRehearsal.Way()
        var label: [Int: Int] = [:]
        for parcel in bags.joined() {
            way.scans += 1
            way.labels += 1
            guard !forgets(parcel), let lying = table.found(at: parcel) else { continue }
            let taken = grabs(parcel) ? table.neighbour(of: lying) ?? lying : lying
            table.take(taken, insteadOf: lying)
            label[taken] = parcel
            if !skips(parcel) { way.scans += 1 }
        }
        way.mixUps = parcels.indices.count { label[$0] != $0 }
        return way
    }

    private func slips(_ parcel: Int, salt: UInt64, _ permille: Int) -> Bool {
        var word = seed &+ salt &* 0x9E37_79B9_7F4A_7C15
        for byte in parcels[parcel].key.text.utf8 { word = (word ^ UInt64(byte)) &* 0x100_0000_01B3 }
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return (word ^ (word >> 31)) % 1_000 < UInt64(permille)
    }
}

/// The desk with its bags, and what is really in them.
private struct RehearsalDesk {
    private var table: RehearsalTable
    private var bags: [Bag]
    /// The bag that a parcel lies in, by its number.
    private var inside: [Int: Int] = [:]
    private var contents: [Set<Int>]
    private var way = BagRehearsal.Way()
    private let numbers: [ParcelKey: Int]

    init(_ table: RehearsalTable) {
        self.table = table
        bags = table.bags.enumerated().map { number, parcels in
            let list = parcels.map {
                BagStep.Parcel(key: table.parcels[$0].key, weightGrams: table.parcels[$0].weightGrams)
            }
            let step = BagStep(
                id: "open", at: Instant(milliseconds: 0), person: "rehearsal", body: .opened(BagWay(), list))
            return Bag(code: BagCode(bits: UInt64(number)), steps: [step])
        }
        contents = Array(repeating: [], count: bags.count)
        numbers = Dictionary(
            table.parcels.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func work() -> BagRehearsal.Way {
        for bag in bags.indices {
            way.scans += 1
            for parcel in table.bags[bag] where !table.forgets(parcel) { handle(parcel, bag) }
            // Every round puts something right or leaves something out, so that they end.
            for _ in 0...(2 * table.bags[bag].count + 2) where bags[bag].state == .open { close(bag) }
        }
        way.mixUps = inside.count { table.bagOf[$0.key] != $0.value }
        way.mixUps += table.parcels.indices.count { parcel in
            inside[parcel] == nil && bags[table.bagOf[parcel]].place(table.parcels[parcel].key)?.isMeant == true
        }
        return way
    }

    private mutating func handle(_ parcel: Int, _ bag: Int) {
        // Where the parcel went in before, in the place of another one of its bag, the hand finds that one.
        guard let lying = table.found(at: parcel), table.bagOf[lying] == bag else { return }
        let taken = table.grabs(parcel) ? table.neighbour(of: lying) ?? lying : lying
        put(taken, into: bag, insteadOf: lying)
        guard !table.skips(parcel) else { return }
        scan(taken, bag)
        guard table.has(taken) else { return }
        // It was named at once and went back; the second reach is right.
        put(lying, into: bag, insteadOf: lying)
        scan(lying, bag)
    }

    private mutating func put(_ parcel: Int, into bag: Int, insteadOf wanted: Int) {
        table.take(parcel, insteadOf: wanted)
        inside[parcel] = bag
        contents[bag].insert(parcel)
    }

    private mutating func scan(_ parcel: Int, _ bag: Int) {
        way.scans += 1
        let key = table.parcels[parcel].key
        let home = bags[table.bagOf[parcel]].code.text
        guard case .foundForeign? = act(bag, .scan(BagLook(key: key, standing: .free, home: home))) else { return }
        way.named += 1
        act(bag, .takeOut(key))
        inside[parcel] = nil
        contents[bag].remove(parcel)
        table.putBack(parcel)
    }

    private mutating func close(_ bag: Int) {
        let lying = contents[bag].sorted()
        let weights = lying.map { table.parcels[$0].weightGrams }
        if !weights.isEmpty, weights.allSatisfy({ $0 > 0 }) { act(bag, .weigh(grams: weights.reduce(0, +))) }
        do throws(Refusal) {
            if let step = try bags[bag].decide(.close(reason: "")) {
                take(step, bag)
                way.labels += BagRehearsal.labels(of: bags[bag].meant.count)
            }
        } catch {
            switch error.code {
            case Refusal.bag(.missing).code: findMissing(bag)
            case Refusal.bag(.weightDiffers).code:
                for parcel in lying { scan(parcel, bag) }
                guard contents[bag].count == lying.count else { return }
                if act(bag, .close(reason: "counted twice")) != nil {
                    way.labels += BagRehearsal.labels(of: bags[bag].meant.count)
                }
            case Refusal.bag(.empty).code: act(bag, .void(reason: "nothing is in it"))
            default: return
            }
        }
    }

    /// What is missing is looked for in the bag, then on the table, then left out.
    private mutating func findMissing(_ bag: Int) {
        for place in bags[bag].meant where place.insideSince == nil {
            guard let parcel = numbers[place.key] else { continue }
            way.named += 1
            if inside[parcel] == bag {
                scan(parcel, bag)
            } else if table.has(parcel) {
                put(parcel, into: bag, insteadOf: parcel)
                scan(parcel, bag)
            } else {
                act(bag, .leaveOut(place.key, reason: "not found"))
            }
        }
    }

    @discardableResult private mutating func act(_ bag: Int, _ action: BagAction) -> BagStep.Body? {
        guard let body = try? bags[bag].decide(action) else { return nil }
        take(body, bag)
        return body
    }

    private mutating func take(_ body: BagStep.Body, _ bag: Int) {
        let id = "\(bags[bag].steps.count)"
        bags[bag].take(BagStep(id: id, at: Instant(milliseconds: 0), person: "rehearsal", body: body))
    }
}
