/// The hash function SM3 (GB/T 32905-2016, ISO/IEC 10118-3:2018), which some couriers sign with and which no library
/// here has.
enum SM3 {
    private static let start: [UInt32] = [
        0x7380_166f, 0x4914_b2b9, 0x1724_42d7, 0xda8a_0600, 0xa96f_30bc, 0x1631_38aa, 0xe38d_ee4d, 0xb0fb_0e4e,
    ]

    static func digest(_ message: [UInt8]) -> [UInt8] {
        var padded = message
        padded.append(0x80)
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(message.count) * 8
        for shift in stride(from: 56, through: 0, by: -8) { padded.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        var state = start
        for begin in stride(from: 0, to: padded.count, by: 64) { compress(padded[begin..<begin + 64], into: &state) }
        return state.flatMap { word in
            stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
        }
    }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        let words = expanded(block)
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for round in 0..<64 {
            let constant: UInt32 = round < 16 ? 0x79cc_4519 : 0x7a87_9d8a
            let ss1 = rotated(rotated(a, 12) &+ e &+ rotated(constant, round % 32), 7)
            let ss2 = ss1 ^ rotated(a, 12)
            let majority = round < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c)
            let choice = round < 16 ? e ^ f ^ g : (e & f) | (~e & g)
            let tt1 = majority &+ d &+ ss2 &+ (words[round] ^ words[round + 4])
            let tt2 = choice &+ h &+ ss1 &+ words[round]
            (d, c, b, a) = (c, rotated(b, 9), a, tt1)
            (h, g, f, e) = (g, rotated(f, 19), e, tt2 ^ rotated(tt2, 9) ^ rotated(tt2, 17))
        }
        for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] ^= value }
    }

    /// The 68 words W of a block.
    private static func expanded(_ block: ArraySlice<UInt8>) -> [UInt32] {
        var words: [UInt32] = stride(from: block.startIndex, to: block.endIndex, by: 4).map { index in
            block[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<68 {
            let mixed = words[index - 16] ^ words[index - 9] ^ rotated(words[index - 3], 15)
            let permuted = mixed ^ rotated(mixed, 15) ^ rotated(mixed, 23)
            words.append(permuted ^ rotated(words[index - 13], 7) ^ words[index - 6])
        }
        return words
    }

    private static func rotated(_ word: UInt32, _ count: Int) -> UInt32 {
        count == 0 ? word : word << UInt32(count) | word >> UInt32(32 - count)
    }
}
