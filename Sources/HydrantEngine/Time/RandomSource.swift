/// Where jitter comes from; seeded, so that a run can be repeated. SplitMix64.
package actor RandomSource {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// A whole number from 0 up to and without the bound.
    package func below(_ bound: Int64) -> Int64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        return bound <= 1 ? 0 : Int64(word % UInt64(bound))
    }
}
