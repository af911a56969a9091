import HydrantCore

/// What people do in the outside systems themselves.
extension SandboxWorld {
    /// Brings the goods of a delivery order that was refused for lack of stock from another warehouse.
    ///
    /// - Returns: false where nothing waits for stock, or a delivery of it is on its way anyway.
    package func restock(_ order: String) -> Bool {
        guard let index = warehouse.deliveries.lastIndex(where: { Order.number(ofDelivery: $0.number) == order }) else {
            return false
        }
        let delivery = warehouse.deliveries[index]
        guard delivery.wasRefused, delivery.next == .accept, !delivery.isCancelled, !delivery.isRestocked,
            !isRestockedByItself(delivery.number)
        else { return false }
        warehouse.deliveries[index].isRestocked = true
        due.add(.warehouseStep, index, at: clock.now() + minutes(5...20, "restock by hand", order))
        return true
    }

    /// Takes the revenue of a refunded order out of the books. Finance reports it as a correction.
    ///
    /// - Parameter refundMinor: what the customer got back; nil for everything. The rest stays in the books.
    package func reverseRevenue(_ order: String, refundMinor: Int64? = nil) {
        guard let index = finance.invoices.firstIndex(where: { $0.order == order && !$0.isReversed }) else { return }
        finance.invoices[index].isReversed = true
        finance.invoices[index].keptMinor = refundMinor.map { max(0, finance.invoices[index].amountMinor - $0) } ?? 0
        due.add(.reversal, index, at: clock.now() + minutes(2...10, "reverse", order))
    }

    /// Pays a customer back. Finance reports it as every refund, and takes so much revenue out of the books with it.
    package func payBack(_ order: String, amountMinor: Int64) {
        guard amountMinor > 0, !finance.paidBack.contains(where: { $0.order == order }) else { return }
        let index = finance.paidBack.count
        finance.paidBack.append(FinanceLedger.Invoice(order: order, amountMinor: amountMinor))
        due.add(.payBack, index, at: clock.now() + minutes(2...10, "pay back", order))
        reverseRevenue(order, refundMinor: amountMinor)
    }

    /// The courier and the number of the label on a parcel; of one from SF's roll where there is none.
    package func labelToType(_ parcel: String) -> (courier: String, number: String)? {
        guard let number = numberFromRoll(parcel, courier: "SF") else { return nil }
        return ((dock.label(of: parcel)?.courier ?? "SF").lowercased(), number)
    }
}
