import HydrantConnectorKit
import HydrantCore

/// The warehouse: what it answers, and how its orders go on.
extension SandboxWorld {
    /// Answers one verified call. A fault of kind "before" leaves the books untouched.
    func answerWarehouse(_ method: String, _ tree: XMLTree) -> SandboxAnswer {
        counts.requests["wms", default: 0] += 1
        switch method {
        case "deliveryorder.create":
            let number = tree["deliveryOrder"]?.text("deliveryOrderCode") ?? ""
            let fault = fault(of: "delivery \(number)")
            return SandboxAnswer(fault.takesEffect ? createDelivery(tree, number) : failure("", ""), fault: fault)
        case "order.cancel":
            let number = tree.text("orderCode") ?? ""
            let fault = fault(of: "cancel \(number)")
            return SandboxAnswer(fault.takesEffect ? cancelDelivery(number) : failure("", ""), fault: fault)
        case "order.pending": return SandboxAnswer(pauseDelivery(tree))
        case "deliveryorder.query", "orderprocess.query": return SandboxAnswer(queryDelivery(tree, method))
        case "inventory.query": return SandboxAnswer(queryInventory(tree))
        default: return SandboxAnswer(failure("isv.invalid-method", "unknown method"))
        }
    }

    private func success(_ children: [XMLTree] = []) -> XMLTree {
        XMLTree("response", [XMLTree("flag", "success"), XMLTree("code", "0"), XMLTree("message", "")] + children)
    }

    func failure(_ code: String, _ message: String) -> XMLTree {
        XMLTree("response", [XMLTree("flag", "failure"), XMLTree("code", code), XMLTree("message", message)])
    }

    private func createDelivery(_ tree: XMLTree, _ number: String) -> XMLTree {
        let delivery = tree["deliveryOrder"]
        let receiver = delivery?["receiverInfo"]
        let lines = (tree["orderLines"]?.all("orderLine") ?? []).compactMap { line -> WarehouseLedger.Line? in
            guard let sku = line.text("itemCode"), let units = line.text("planQty").flatMap(Int.init), units > 0 else {
                return nil
            }
            return WarehouseLedger.Line(
                number: line.text("orderLineNo") ?? "", sku: sku, units: units,
                isGift: line["extendProps"]?.text("gift") == "Y")
        }
        guard !number.isEmpty, let warehouseCode = delivery?.text("warehouseCode"), !lines.isEmpty else {
            return failure("S003", "缺少必填字段")
        }
        let hasAddress =
            receiver?.text("name") != nil && receiver?.text("mobile") != nil
            && receiver?.text("detailAddress") != nil
        guard hasAddress || receiver?.text("oaid") != nil else { return failure("S003", "收件人信息不完整") }
        if let index = warehouse.index[number] {
            warehouse.deliveries[index].requests += 1
            let isError = lottery.hits(faults.repeatIsError, "repeat delivery", number)
            return isError ? failure("S007", "出库单已存在") : created(index)
        }
        let index = warehouse.deliveries.count
        warehouse.deliveries.append(
            WarehouseLedger.Delivery(number: number, warehouse: warehouseCode, lines: lines))
        warehouse.index[number] = index
        counts.deliveries += 1
        scheduleWarehouse(index, after: minutes(2...6, "accept", number))
        return created(index)
    }

    private func created(_ index: Int) -> XMLTree {
        success([XMLTree("deliveryOrderId", "W\(index + 1)"), XMLTree("createTime", ChinaTime.text(clock.now()))])
    }

    private func cancelDelivery(_ number: String) -> XMLTree {
        guard let index = warehouse.index[number] else { return failure("S005", "出库单不存在") }
        if warehouse.deliveries[index].isCancelled { return failure("S006", "出库单已取消") }
        guard !warehouse.deliveries[index].isPacked else { return failure("S006", "出库单已打包，不能取消") }
        warehouse.deliveries[index].isCancelled = true
        return success()
    }

    private func pauseDelivery(_ tree: XMLTree) -> XMLTree {
        guard let index = tree.text("orderCode").flatMap({ warehouse.index[$0] }) else {
            return failure("S005", "出库单不存在")
        }
        let isPause = tree.text("actionType") == "pending"
        guard !isPause || warehouse.deliveries[index].next.rawValue <= WarehouseLedger.Step.pick.rawValue else {
            return failure("S006", "出库单已拣货，不能挂起")
        }
        warehouse.deliveries[index].isPaused = isPause
        return success()
    }

    private func queryDelivery(_ tree: XMLTree, _ method: String) -> XMLTree {
        guard let index = tree.text("orderCode").flatMap({ warehouse.index[$0] }) else {
            return failure("S005", "出库单不存在")
        }
        let delivery = warehouse.deliveries[index]
        if method == "orderprocess.query" {
            let process = XMLTree("process", [XMLTree("processStatus", delivery.status)])
            return success([
                XMLTree("orderProcess", [XMLTree("orderCode", delivery.number), XMLTree("processes", [process])])
            ])
        }
        return success([
            XMLTree("totalLines", String(delivery.lines.count)),
            XMLTree(
                "deliveryOrder",
                [
                    XMLTree("deliveryOrderCode", delivery.number), XMLTree("deliveryOrderId", "W\(index + 1)"),
                    XMLTree("warehouseCode", delivery.warehouse), XMLTree("orderType", "JYCK"),
                    XMLTree("status", delivery.status),
                ]),
        ])
    }

    /// Stock is endless here; what is frozen is what accepted and unshipped orders hold.
    private func queryInventory(_ tree: XMLTree) -> XMLTree {
        let asked = (tree["criteriaList"]?.all("criteria") ?? []).compactMap { $0.text("itemCode") }
        var frozen: [String: Int] = [:]
        for delivery in warehouse.deliveries
        where !delivery.isCancelled && delivery.status != "NEW" && delivery.next != .finished {
            for line in delivery.lines where asked.contains(line.sku) { frozen[line.sku, default: 0] += line.units }
        }
        let items = asked.map { sku in
            XMLTree(
                "item",
                [
                    XMLTree("itemCode", sku), XMLTree("warehouseCode", tree.first("warehouseCode")?.text ?? ""),
                    XMLTree("quantity", "10000"), XMLTree("lockQuantity", String(frozen[sku] ?? 0)),
                ])
        }
        return success([XMLTree("items", items)])
    }

    // MARK: - Going on

    func minutes(_ range: ClosedRange<Int64>, _ purpose: String, _ subject: String) -> Milliseconds {
        .seconds(lottery.pick(range.lowerBound * 60...range.upperBound * 60, purpose, subject))
    }

    private func scheduleWarehouse(_ index: Int, after wait: Milliseconds) {
        due.add(.warehouseStep, index, at: clock.now() + wait)
    }

    func takeWarehouseStep(_ index: Int, at: Instant, now: Instant, into batch: inout DueBatch) {
        let delivery = warehouse.deliveries[index]
        let number = delivery.number
        guard !delivery.isCancelled else { return }
        guard !delivery.isPaused else { return due.add(.warehouseStep, index, at: at + .minutes(10)) }
        switch delivery.next {
        case .accept: accept(index, at, into: &batch)
        case .pick:
            if reportsMinorSteps(number) { report("PICK", of: delivery, at, into: &batch) }
            goOn(index, to: .pack, at: at + minutes(isAgain(delivery) ? 5...20 : 15...70, "pack", number))
        case .pack:
            if !lottery.hits(faults.missingStep, "missing pack", number) {
                report("PACKAGE", of: delivery, at, into: &batch)
            }
            goOn(index, to: .weigh, at: at + minutes(2...8, "weigh", number))
        case .weigh:
            if reportsMinorSteps(number) { report("WEIGH", of: delivery, at, into: &batch) }
            goOn(index, to: .deliver, at: at + minutes(30...150, "deliver", number))
        case .deliver: deliver(index, at, into: &batch)
        case .finished: break
        }
    }

    /// Whether the goods of an order that was refused for lack of stock come hours later by themselves.
    func isRestockedByItself(_ number: String) -> Bool { lottery.hits(500, "lock later", number) }

    private func reportsMinorSteps(_ number: String) -> Bool {
        lottery.hits(pace.minorStepsPermille, "minor steps", number)
    }

    /// Whether it takes the place of one that was cancelled: its goods lie picked already and go first.
    private func isAgain(_ delivery: WarehouseLedger.Delivery) -> Bool {
        Order.number(ofDelivery: delivery.number) != delivery.number
    }

    private func goOn(_ index: Int, to step: WarehouseLedger.Step, at: Instant) {
        warehouse.deliveries[index].next = step
        due.add(.warehouseStep, index, at: at)
    }

    private func accept(_ index: Int, _ at: Instant, into batch: inout DueBatch) {
        let delivery = warehouse.deliveries[index]
        if lottery.hits(faults.lockRefused, "lock refused", delivery.number), !delivery.wasRefused {
            warehouse.deliveries[index].wasRefused = true
            batch.messages.append(lack(of: delivery, at))
            if isRestockedByItself(delivery.number) {
                due.add(.warehouseStep, index, at: at + minutes(240...720, "restock", delivery.number))
            }
            return
        }
        let message = process("ACCEPT", of: delivery, at)
        if lottery.hits(faults.reversedPush, "reversed warehouse", delivery.number) {
            // Reported only after the packing has been, with the time at which it happened.
            hold(message, until: at + .minutes(200))
        } else {
            batch.messages.append(message)
        }
        goOn(index, to: .pick, at: at + minutes(isAgain(delivery) ? 2...8 : 5...40, "pick", delivery.number))
    }

    private func report(
        _ word: String, of delivery: WarehouseLedger.Delivery, _ at: Instant, into batch: inout DueBatch
    ) {
        batch.messages.append(process(word, of: delivery, at))
    }

    private func process(_ word: String, of delivery: WarehouseLedger.Delivery, _ at: Instant) -> Outgoing {
        let tree = XMLTree(
            "request",
            [
                XMLTree(
                    "order",
                    [
                        XMLTree("orderCode", delivery.number), XMLTree("orderType", "JYCK"),
                        XMLTree("warehouseCode", delivery.warehouse),
                    ]),
                XMLTree(
                    "process",
                    [
                        XMLTree("processStatus", word), XMLTree("operatorName", "sandbox"),
                        XMLTree("operateTime", ChinaTime.text(at)),
                    ]),
            ] + (word == "PACKAGE" ? [XMLTree("packages", [measures(of: delivery.lines)])] : []))
        return Outgoing(
            channel: .warehouse(method: "orderprocess.report"), body: tree.bytes, id: "\(word) \(delivery.number)")
    }

    private func lack(of delivery: WarehouseLedger.Delivery, _ at: Instant) -> Outgoing {
        let line = delivery.lines[0]
        let item = XMLTree(
            "item",
            [
                XMLTree("itemCode", line.sku), XMLTree("planQty", String(line.units)),
                XMLTree("lackQty", String(line.units)), XMLTree("reason", "系统报缺"),
            ])
        let tree = XMLTree(
            "request",
            [
                XMLTree("warehouseCode", delivery.warehouse), XMLTree("deliveryOrderCode", delivery.number),
                XMLTree("createTime", ChinaTime.text(at)), XMLTree("outBizCode", "L-\(delivery.number)"),
                XMLTree("items", [item]),
            ])
        return Outgoing(channel: .warehouse(method: "itemlack.report"), body: tree.bytes, id: "lack \(delivery.number)")
    }
}
