import HydrantCore
import HydrantStorage
import Synchronization

/// An order in memory with what its next event continues from.
struct LoadedOrder: Sendable {
    var row: OrderRow
    var order: Order
    var findings: [Finding]
    var waybills: [WaybillRow]
    /// Nil while it is unknown what the database holds.
    var parcels: [ParcelRow]?
    /// What it adds to the head of the database as it was written last; nil before that.
    var headTerm: HeadTerm?
    var tasks: [TaskRow]

    /// A new order, before its first fact.
    init(number: String, now: Instant) {
        row = OrderRow(number: number, changedAt: now)
        order = Order(number: number)
        findings = []
        waybills = []
        parcels = []
        tasks = []
    }

    /// An order from its events.
    init(_ stored: StoredOrder, settings: Settings) throws {
        row = stored.row
        order = try OrderHistory(number: row.number, stored: stored.events).order
        guard order.version == row.version, stored.events.last?.hash == row.chainHead else {
            throw StoreFailure.damaged(row.number, "its row does not belong to its last event")
        }
        // What the database holds was computed when the order last changed.
        findings = []
        waybills = order.waybillRows
        tasks = order.taskRows
    }
}

/// The place where a loaded order lies and is changed, because copying an order costs more than deciding a fact. The
/// cache lends it to one batch at a time and gives it to no reader meanwhile, so that nobody waits for the lock and
/// nobody sees an order half changed.
final class OrderCell: Sendable {
    private let loaded: Mutex<LoadedOrder>

    init(_ loaded: LoadedOrder) { self.loaded = Mutex(loaded) }

    var row: OrderRow { loaded.withLock { $0.row } }
    /// A copy.
    var order: Order { loaded.withLock { $0.order } }

    func change<Result: Sendable, Failure: Error>(
        _ body: (inout LoadedOrder) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try loaded.withLock { (loaded) throws(Failure) in try body(&loaded) }
    }
}
