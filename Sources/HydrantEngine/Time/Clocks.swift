import Glibc
package import HydrantCore
import Synchronization

/// The machine's clock.
package struct SystemClock: HubClock {
    package init() {}

    package func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package func sleep(until moment: Instant) async throws {
        let length = moment - now()
        guard length > 0 else { return }
        try await Task.sleep(for: .milliseconds(length))
    }
}

/// A clock that begins at a chosen moment and runs faster than the machine's; its speed can change on the way. The
/// demonstration plays a day in minutes with it.
package final class ScaledClock: HubClock {
    private struct Pace {
        var begin: Instant
        var realBegin: ContinuousClock.Instant
        var speed: Double
    }

    private let pace: Mutex<Pace>

    package init(begin: Instant, speed: Double) {
        pace = Mutex(Pace(begin: begin, realBegin: ContinuousClock.now, speed: speed))
    }

    package func now() -> Instant { pace.withLock { Self.now(of: $0) } }

    /// Virtual milliseconds per real one from now on.
    package func setSpeed(_ speed: Double) {
        pace.withLock { pace in
            pace.begin = Self.now(of: pace)
            pace.realBegin = ContinuousClock.now
            pace.speed = speed
        }
    }

    package var speed: Double { pace.withLock { $0.speed } }

    /// Sleeps in slices, because the speed may change meanwhile.
    package func sleep(until moment: Instant) async throws {
        while true {
            let length = moment - now()
            guard length > 0 else { return }
            let real = min(max(Double(length) / max(speed, 0.001), 1), 100)
            try await Task.sleep(for: .milliseconds(Int64(real)))
        }
    }

    private static func now(of pace: Pace) -> Instant {
        let passed = ContinuousClock.now - pace.realBegin
        let milliseconds =
            Double(passed.components.seconds) * 1_000 + Double(passed.components.attoseconds) / 1_000_000_000_000_000
        return pace.begin + Milliseconds(milliseconds * pace.speed)
    }
}
