import HydrantCore
import HydrantEngine
import HydrantSandbox
import HydrantStorage

/// Sets the speed of the demo's clock: the day in three minutes, then the days of delivery faster, and slower whenever
/// the hub or the sandbox would fall behind, so that the machine decides how fast and never what happens. Once most
/// parcels are signed for it goes at the pace of every clock, so that whoever looks around finds the day where it was.
struct DemoPacer: Sendable {
    let hub: Hub
    let world: OutsideWorld
    let clock: ScaledClock
    let dayEnd: Instant
    /// When the clock goes on at its natural pace; nil plays on to the end of every story.
    let rest: Instant?
    let progress: DemoProgress
    /// Virtual milliseconds per real one during the day, and after it.
    let daySpeed: Double
    let laterSpeed: Double

    private static let told = "The day is played and most parcels have arrived: the clock goes at its natural pace now."

    func run() async throws {
        var isResting = false
        while true {
            try await Task.sleep(for: .milliseconds(250))
            let now = clock.now()
            if let rest, now >= rest {
                clock.setSpeed(1)
                if !isResting { Terminal.standardError("\n\(Self.told)\n") }
                isResting = true
                continue
            }
            let aim = now < dayEnd ? daySpeed : laterSpeed
            let waiting = try await dueInstructions()
            let lagMinutes = Double(max(progress.lag, await world.lag)) / 60_000
            let pressure = max(lagMinutes / 12, Double(waiting) / 600)
            clock.setSpeed(aim * min(1, max(0.05, 1.5 - pressure)))
        }
    }

    /// What could go out now. Regular questions wait for their own times, and what waits for a system that is down is
    /// not late because of the machine.
    private func dueInstructions() async throws -> Int64 {
        let asked = hub.settings.dispatch.routes.asked
        return try await hub.channels().flatMap(\.lanes).filter { view in
            let isRegular =
                view.lane.kind == .findWaybill || view.lane.kind == .queryTrace && asked.contains(view.lane.system)
            return view.gate == .closed && !isRegular
        }.reduce(0) { $0 + $1.waiting }
    }
}
