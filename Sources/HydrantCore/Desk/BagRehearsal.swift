/// What slips of the hand do to parcels with a label each, and to the same parcels in bags that are scanned.
///
/// The same slips meet both: a parcel is put with another bag's, or left on the table. Where each parcel has a label of
/// its own, nobody holds a pile against a list, so every slip leaves the house. At the desk a bag is closed only when
/// its list says so; what it names is put right and scanned again.
package struct BagRehearsal: Hashable, Sendable {
    package var parcels = 0
    /// Labels at the desk: one for each bag.
    package var bags = 0
    package var slips = 0
    /// Every look of the scanner at the desk, with those that were needed to put things right.
    package var scans = 0
    /// Parcels that were named before a bag was closed.
    package var named = 0
    /// Parcels that left in a wrong bag, or were forgotten, at the desk; counted from where they are.
    package var mixUps = 0

    package var labelsSaved: Int { parcels - bags }

    /// - Parameter slipsPermille: how many of a thousand parcels are put wrong.
    package init(_ bagging: [[ParcelKey]], seed: UInt64, slipsPermille: Int) {
        var bench = RehearsalBench(bagging)
        parcels = bagging.reduce(0) { $0 + $1.count }
        bags = bagging.count
        for (home, keys) in bagging.enumerated() {
            for key in keys {
                let dice = Self.dice(key, seed)
                guard dice % 1_000 < UInt64(slipsPermille) else {
                    bench.put(key, into: home)
                    continue
                }
                slips += 1
                let other = Int((dice >> 20) % UInt64(max(1, bags)))
                if (dice >> 12) % 2 == 0, other != home { bench.put(key, into: other) } else { bench.leave(key) }
            }
        }
        bench.closeAll()
        scans = bench.scans
        named = bench.named
        mixUps = bagging.indices.reduce(0) { sum, home in
            sum + bagging[home].count { !bench.inside[home].contains($0) }
        }
    }

    private static func dice(_ key: ParcelKey, _ seed: UInt64) -> UInt64 {
        var word = seed &+ 0x9E37_79B9_7F4A_7C15
        for byte in key.text.utf8 { word = (word ^ UInt64(byte)) &* 0x100_0000_01B3 }
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// The bags with what is really in them.
private struct RehearsalBench {
    private var bags: [Bag]
    private let home: [ParcelKey: Int]
    var inside: [Set<ParcelKey>]
    private var table: Set<ParcelKey> = []
    var scans = 0
    var named = 0

    init(_ bagging: [[ParcelKey]]) {
        var home: [ParcelKey: Int] = [:]
        bags = bagging.enumerated().map { index, keys in
            for key in keys { home[key] = index }
            let opened = BagStep.Body.opened(BagWay(), keys.map { BagStep.Parcel(key: $0) })
            let step = BagStep(id: "open", at: Instant(milliseconds: 0), person: "rehearsal", body: opened)
            return Bag(code: BagCode(bits: UInt64(index)), steps: [step])
        }
        self.home = home
        inside = Array(repeating: [], count: bagging.count)
    }

    mutating func put(_ key: ParcelKey, into index: Int) {
        inside[index].insert(key)
        let code = home[key].map { bags[$0].code.text } ?? ""
        act(index, .scan(BagLook(key: key, standing: .free, home: code)))
        scans += 1
    }

    mutating func leave(_ key: ParcelKey) { table.insert(key) }

    /// Puts right what each bag names, then closes it. What nobody names stays as it is.
    mutating func closeAll() {
        for index in bags.indices {
            for found in bags[index].foreign {
                named += 1
                inside[index].remove(found.key)
                act(index, .takeOut(found.key))
                table.insert(found.key)
            }
        }
        for index in bags.indices {
            let missing = Set(bags[index].check.missing)
            for place in bags[index].meant where missing.contains(place.key.parcel) && table.contains(place.key) {
                named += 1
                table.remove(place.key)
                put(place.key, into: index)
            }
            act(index, .close(reason: ""))
        }
    }

    private mutating func act(_ index: Int, _ action: BagAction) {
        guard let body = try? bags[index].decide(action) else { return }
        let id = "\(bags[index].steps.count)"
        bags[index].take(BagStep(id: id, at: Instant(milliseconds: 0), person: "rehearsal", body: body))
    }
}
