import HydrantCore

/// What the outside world did, in figures.
package struct SandboxCounts: Hashable, Sendable {
    /// Calls that came in with a right signature, by system.
    package var requests: [String: Int] = [:]
    /// Calls that were refused for their signature.
    package var refusedSignatures = 0
    package var deliveries = 0
    package var waybills = 0
    package var invoices = 0
    package var purchases = 0
    /// Calls that were made to fail.
    package var faults = 0
    package var pushesSent = 0
    package var pushesAcknowledged = 0
}

/// What an independent observer may ask: the books of the outside systems.
extension SandboxWorld {
    package var figures: SandboxCounts { counts }

    /// All waybill numbers that the courier ever gave to a parcel; more than one is a fault of the hub.
    package func waybills(for parcel: String) -> [String] {
        courier.index[parcel].map { courier.parcels[$0].serials.map(CourierLedger.number) } ?? []
    }

    /// How often the hub asked for a waybill of the parcel.
    package func waybillRequests(for parcel: String) -> Int {
        courier.index[parcel].map { courier.parcels[$0].requests } ?? 0
    }

    /// The warehouse's word for a delivery order; nil when it never got one.
    package func deliveryStatus(of order: String) -> String? {
        warehouse.index[order].map { warehouse.deliveries[$0].status }
    }

    /// How often the hub asked for the delivery order.
    package func deliveryRequests(for order: String) -> Int {
        warehouse.index[order].map { warehouse.deliveries[$0].requests } ?? 0
    }

    /// The invoices of an order; more than one is a fault of the hub.
    package func invoices(for order: String) -> Int { finance.invoices.filter { $0.order == order }.count }

    /// How many customer-system requests took effect: each idempotency key once.
    package var customerEffects: Int { customers.replies.count }

    func countRefusedSignature() { counts.refusedSignatures += 1 }
}
