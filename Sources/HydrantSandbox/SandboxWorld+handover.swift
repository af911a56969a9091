import HydrantConnectorKit
import HydrantCore

/// The warehouse hands parcels to the courier and confirms the delivery order.
extension SandboxWorld {
    func deliver(_ index: Int, _ at: Instant, into batch: inout DueBatch) {
        let delivery = warehouse.deliveries[index]
        let first = "\(delivery.number)-1"
        let leavesWithout = lottery.hits(faults.shippedWithoutNumber, "no number", delivery.number)
        guard courier.index[first] != nil || leavesWithout else {
            // Nothing leaves without a waybill; the warehouse looks again and gives up after half a day.
            warehouse.deliveries[index].waits += 1
            if delivery.waits < 36 { due.add(.warehouseStep, index, at: at + .minutes(20)) }
            return
        }
        warehouse.deliveries[index].next = .finished
        let contents = parcels(of: delivery)
        var packages: [XMLTree] = []
        for (number, lines) in contents.enumerated() {
            let parcel = "\(delivery.number)-\(number + 1)"
            if number > 0 { _ = courier.issue(for: parcel) }
            handOver(parcel, at: at)
            let waybill = leavesWithout ? nil : courier.number(of: parcel)
            packages.append(package(lines, number: waybill))
        }
        batch.confirmations.append([
            XMLTree(
                "deliveryOrder",
                [
                    XMLTree("deliveryOrderCode", delivery.number), XMLTree("deliveryOrderId", "W\(index + 1)"),
                    XMLTree("warehouseCode", delivery.warehouse), XMLTree("orderType", "JYCK"),
                    XMLTree("status", "DELIVERED"), XMLTree("outBizCode", "C-\(delivery.number)"),
                    XMLTree("confirmType", "0"), XMLTree("operateTime", ChinaTime.text(at)),
                    XMLTree("logisticsCode", "SF"),
                ]),
            XMLTree("packages", packages),
            XMLTree("orderLines", delivery.lines.map(orderLine)),
        ])
    }

    /// One parcel, or two where there are two paid lines; a gift travels with the first.
    private func parcels(of delivery: WarehouseLedger.Delivery) -> [[WarehouseLedger.Line]] {
        let paid = delivery.lines.filter { !$0.isGift }
        guard paid.count > 1, lottery.hits(faults.splitParcels, "split", delivery.number) else {
            return [delivery.lines]
        }
        return [delivery.lines.filter(\.isGift) + paid.dropLast(), [paid[paid.count - 1]]]
    }

    private func package(_ lines: [WarehouseLedger.Line], number: String?) -> XMLTree {
        let items = lines.map { line in
            XMLTree("item", [XMLTree("itemCode", line.sku), XMLTree("quantity", String(line.units))])
        }
        var fields = [XMLTree("logisticsCode", "SF")]
        if let number { fields.append(XMLTree("expressCode", number)) }
        fields.append(XMLTree("weight", "1.25"))
        fields.append(XMLTree("items", items))
        return XMLTree("package", fields)
    }

    private func orderLine(_ line: WarehouseLedger.Line) -> XMLTree {
        XMLTree(
            "orderLine",
            [
                XMLTree("orderLineNo", line.number), XMLTree("itemCode", line.sku),
                XMLTree("planQty", String(line.units)), XMLTree("actualQty", String(line.units)),
            ])
    }
}
