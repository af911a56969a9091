import HydrantCore
import HydrantEngine
import HydrantStorage

/// What stands on the overview beside the index and costs more than a look a second: it is counted anew every five
/// seconds by the machine's clock.
actor OverviewSides {
    private static let freshFor: Milliseconds = .seconds(5)

    private let hub: Hub
    private let wallClock: any HubClock
    private var countedAt: Instant?
    private var sets: [TrackingSet: Int64] = [:]
    private var openTasks: Int64 = 0
    private var overdueTasks: Int64 = 0
    private var failedInstructions: Int64 = 0
    /// Where others write too, all orders are looked at for it; that is not done every five seconds.
    private static let dwellFreshFor: Milliseconds = .minutes(1)
    private var dwellCountedAt: Instant?
    private var dwell: [Int: DwellFigures] = [:]

    init(hub: Hub, wallClock: any HubClock) {
        self.hub = hub
        self.wallClock = wallClock
    }

    func fill(_ overview: Overview) async throws -> Overview {
        let now = wallClock.now()
        if countedAt.map({ now < $0 || now >= $0 + Self.freshFor }) ?? true {
            countedAt = now
            let moment = overview.asOf
            let (parcels, tasks) = try await hub.store.read {
                (try $0.parcelCounts(), try $0.taskCounts(dueBy: moment))
            }
            sets = [:]
            for row in parcels { sets[row.set, default: 0] += row.count }
            openTasks = tasks.reduce(0) { $0 + $1.count }
            overdueTasks = tasks.reduce(0) { $0 + $1.overdue }
            failedInstructions = tasks.reduce(0) { $0 + ($1.kind == .instructionFailed ? $1.count : 0) }
        }
        var overview = overview
        if hub.store.isShared {
            if dwellCountedAt.map({ now < $0 || now >= $0 + Self.dwellFreshFor }) ?? true {
                dwellCountedAt = now
                dwell = try await hub.dwellFromStore(now: overview.asOf)
            }
            overview.dwell = dwell
        }
        overview.sets = sets
        overview.openTasks = openTasks
        overview.overdueTasks = overdueTasks
        overview.failedInstructions = failedInstructions
        return overview
    }
}
