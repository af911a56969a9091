/// Chance that depends on the seed and on what it is about, and never on the order of calls: the same seed plays the
/// same day whatever the threads do.
struct Lottery: Sendable {
    let seed: UInt64

    /// FNV-1a over the subject, mixed by SplitMix64's finaliser.
    func number(_ purpose: String, _ subject: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01b3
        for byte in subject.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }

    func hits(_ permille: Int, _ purpose: String, _ subject: String) -> Bool {
        permille > 0 && number(purpose, subject) % 1_000 < UInt64(permille)
    }

    func pick(_ range: ClosedRange<Int64>, _ purpose: String, _ subject: String) -> Int64 {
        range.lowerBound + Int64(number(purpose, subject) % UInt64(range.upperBound - range.lowerBound + 1))
    }
}
