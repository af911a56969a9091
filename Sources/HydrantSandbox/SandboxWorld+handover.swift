import HydrantConnectorKit
import HydrantCore

/// The warehouse hands parcels to the courier and confirms the delivery order.
extension SandboxWorld {
    func deliver(_ index: Int, _ at: Instant, into batch: inout DueBatch) {
        let delivery = warehouse.deliveries[index]
        // Parcels are named after the order, whatever delivery of it they are packed for.
        let order = Order.number(ofDelivery: delivery.number)
        let first = "\(order)-1"
        let leavesWithout = lottery.hits(faults.shippedWithoutNumber, "no number", delivery.number)
        let label = dock.label(of: first)
        guard label != nil || leavesWithout else {
            // Nothing leaves without a waybill; the warehouse looks again and gives up after half a day.
            warehouse.deliveries[index].waits += 1
            if delivery.waits < 36 { due.add(.warehouseStep, index, at: at + .minutes(20)) }
            return
        }
        warehouse.deliveries[index].next = .finished
        let contents = parcels(of: delivery)
        var packages: [XMLTree] = []
        for (number, lines) in contents.enumerated() {
            let parcel = "\(order)-\(number + 1)"
            let label = number > 0 ? self.label(for: parcel, courier: label?.courier ?? "SF") : label
            leave(parcel, label, at)
            packages.append(package(lines, label: leavesWithout ? nil : label, courier: label?.courier))
        }
        batch.confirmations.append([
            XMLTree(
                "deliveryOrder",
                [
                    XMLTree("deliveryOrderCode", delivery.number), XMLTree("deliveryOrderId", "W\(index + 1)"),
                    XMLTree("warehouseCode", delivery.warehouse), XMLTree("orderType", "JYCK"),
                    XMLTree("status", "DELIVERED"), XMLTree("outBizCode", "C-\(delivery.number)"),
                    XMLTree("confirmType", "0"), XMLTree("operateTime", ChinaTime.text(at)),
                ] + (label.map { [XMLTree("logisticsCode", $0.courier)] } ?? [])),
            XMLTree("packages", packages),
            XMLTree("orderLines", delivery.lines.map(orderLine)),
        ])
    }

    /// The number of a label from the courier's roll that a keeper sticks onto a parcel; that of the label which is
    /// already there.
    package func numberFromRoll(_ parcel: String, courier name: String) -> String? {
        label(for: parcel, courier: name.uppercased())?.number
    }

    /// The label of a parcel: what was told for it, or one from the courier's roll.
    private func label(for parcel: String, courier name: String) -> LoadingDock.Label? {
        if let told = dock.label(of: parcel) { return told }
        guard name == "SF" else { return dock.drawFromRoll(parcel, courier: name, at: clock.now()) }
        _ = courier.issue(for: parcel)
        tell(parcel)
        return dock.label(of: parcel)
    }

    private func leave(_ parcel: String, _ label: LoadingDock.Label?, _ at: Instant) {
        guard let label else {
            handOver(parcel, at: at)
            return dock.leaveWithoutLabel(parcel, at: at)
        }
        // This world plays SF itself; the other couriers fetch theirs at the dock.
        if label.maker == "sf" { handOver(parcel, at: at) } else { dock.leave(label, at: at) }
    }

    /// One parcel, or two where there are two paid lines; a gift travels with the first.
    private func parcels(of delivery: WarehouseLedger.Delivery) -> [[WarehouseLedger.Line]] {
        let paid = delivery.lines.filter { !$0.isGift }
        guard paid.count > 1, lottery.hits(faults.splitParcels, "split", delivery.number) else {
            return [delivery.lines]
        }
        return [delivery.lines.filter(\.isGift) + paid.dropLast(), [paid[paid.count - 1]]]
    }

    private func package(
        _ lines: [WarehouseLedger.Line], label: LoadingDock.Label?, courier: String?
    ) -> XMLTree {
        let items = lines.map { line in
            XMLTree("item", [XMLTree("itemCode", line.sku), XMLTree("quantity", String(line.units))])
        }
        var fields: [XMLTree] = []
        if let courier { fields.append(XMLTree("logisticsCode", courier)) }
        if let label { fields.append(XMLTree("expressCode", label.number)) }
        fields += measures(of: lines).children
        fields.append(XMLTree("items", items))
        return XMLTree("package", fields)
    }

    /// A package's kilograms, and its litres: a box for each unit, and some air.
    func measures(of lines: [WarehouseLedger.Line]) -> XMLTree {
        XMLTree(
            "package",
            [XMLTree("weight", "1.25"), XMLTree("volume", String(lines.reduce(1) { $0 + 2 * $1.units }))])
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
