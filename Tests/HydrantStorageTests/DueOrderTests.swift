import HydrantCore
import HydrantTesting
import Testing

@testable import HydrantStorage

@Suite struct DueOrderTests {
    @Test(arguments: [UInt64(1), 2, 3])
    func `it holds what a sorted list holds, however often things come and go`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var order = DueOrder()
        var model: [DueOrder.Entry] = []
        for position in 0..<6_000 {
            if model.count > 10, random.next() % 5 < 2 {
                let index = Int(random.next() % UInt64(model.count))
                order.remove(model.remove(at: index))
            } else {
                // Few moments, so that many are due at the same one.
                let due = Instant(milliseconds: Int64(random.next() % 700))
                let entry = DueOrder.Entry(dueAt: due, position: position)
                order.insert(entry)
                model.append(entry)
            }
            if position % 500 == 0 { #expect(Array(order.entries) == model.sorted()) }
        }
        #expect(order.count == model.count)
        #expect(Array(order.entries) == model.sorted())
        for entry in model.shuffled(using: &random) { order.remove(entry) }
        #expect(order.count == 0)
        #expect(Array(order.entries).isEmpty)
    }
}

private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
