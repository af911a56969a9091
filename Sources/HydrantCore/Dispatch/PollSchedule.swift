/// When something that is asked for regularly is asked next.
///
/// Every key has its own place inside the period, so that thousands of parcels that lost their courier in the same
/// minute are not asked for in the same minute ever after.
package enum PollSchedule {
    /// The first moment after `now` that belongs to the key; at most one period away.
    package static func next(after now: Instant, key: String, every period: Milliseconds) -> Instant {
        precondition(period > 0, "a period of \(period)")
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        hash = hash &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash >> 32
        let phase = Int64(hash % UInt64(period))
        let since = (now.milliseconds - phase) % period
        #if HYDRANT_MUTANTS
            if Mutant.pollSkipsATurn.isOn { return now + (since < 0 ? -since : period - since) + period }
        #endif
        return now + (since < 0 ? -since : period - since)
    }
}
