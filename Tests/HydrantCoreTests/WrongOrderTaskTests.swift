import HydrantCore
import HydrantTesting
import Testing

/// Wrong orders that wait for a person are tasks, and only those.
@Suite struct WrongOrderTaskTests {
    /// An order that is told about in short sentences, a minute apart.
    private struct Desk {
        var order = Order(number: "SO-1")
        var now = OrderStory.standardBegin
        var settings = Settings()
        private var messages = 0

        init(asking: [Flow.Request] = []) throws {
            settings.flow.requests = asking
            try say(.orderPlaced(OrderHeader(payableMinor: 100, lines: [Line(id: "1", sku: "A", priceMinor: 100)])))
            try say(.paymentReported(Payment(id: "P", amountMinor: 100)))
        }

        @discardableResult
        mutating func say(_ body: FactBody, from source: String = "shop") throws -> [Event] {
            messages += 1
            now = now + .minutes(1)
            let fact = Fact(
                source: source, messageID: "m\(messages)", order: "SO-1", occurredAt: now, receivedAt: now, body: body)
            return try order.record(fact, settings: settings, now: now)
        }

        mutating func wait(_ time: Milliseconds) {
            now = now + time
            _ = order.lookAtTasks(settings: settings, now: now)
        }

        mutating func resolve(_ action: String) throws -> [Event] {
            let standing = try #require(order.standingTasks.first)
            let answers = ["action": action]
            for body in try order.consequences(of: answers, to: standing, settings) { try say(body, from: "person:li") }
            let resolution = TaskResolution(answers: answers)
            return try say(
                .taskMoved(TaskMove(task: standing.need.id, person: "li", step: .resolved(resolution))),
                from: "person:li")
        }

        var open: [String] { order.standingTasks.map(\.need.id) }
    }

    @Test func `a packed parcel whose lock was never reported is a task, and a person's word moves the order`() throws {
        var desk = try Desk()
        try desk.say(.creditChecked(CreditCheck(isPassed: true)), from: "crm")
        try desk.say(.parcelPacked(Packing(parcel: "SO-1-1")), from: "wms")
        #expect(desk.open.isEmpty)
        desk.wait(.minutes(6))
        #expect(desk.open == ["wrong:packedNotLocked"])
        #expect(desk.order.standingTasks[0].owner == "warehouse" && desk.order.state == 2)
        _ = try desk.resolve("locked")
        #expect(desk.open.isEmpty && desk.order.state == 4)
        #expect(desk.order.locked?.source == "person:li")
    }

    @Test func `the late lock report closes the task by itself`() throws {
        var desk = try Desk()
        try desk.say(.parcelPacked(Packing(parcel: "SO-1-1")), from: "wms")
        desk.wait(.minutes(6))
        try desk.say(.inventoryLocked(InventoryLock(warehouse: "W1")), from: "wms")
        #expect(desk.open.isEmpty && desk.order.tasks.map(\.ending) == [.gone])
    }

    @Test func `an order that the warehouse took and never locked is a task`() throws {
        var watched = try Desk()
        watched.wait(.hours(5))
        #expect(watched.open.isEmpty)
        var held = try Desk()
        try held.say(.holdPlaced(Hold(id: "H", reason: "r", owner: "service", exit: .person)))
        held.wait(.hours(5))
        #expect(held.open == ["hold:H"])
        var asked = try Desk(asking: [Flow.Request(afterState: 1, kind: .createDelivery, system: "wms")])
        asked.wait(.hours(5))
        #expect(asked.open.isEmpty)
        let key = try #require(asked.order.issued.first).instruction.key
        try asked.say(
            .instructionAnswered(InstructionAnswer(key: key, kind: .createDelivery, outcome: .done, detail: "")),
            from: "hydrant")
        #expect(asked.open == ["wrong:paidNotLocked"])
    }

    @Test func `goods that left a cancelled order are settled by a person's word, until more leave`() throws {
        var desk = try Desk()
        try desk.say(.orderCancelled(reason: ""))
        try desk.say(.parcelHandedOver(parcel: "SO-1-1"), from: "wms")
        #expect(desk.open == ["wrong:cancelledButShipped"])
        #expect(throws: Refusal.self) { try desk.resolve("explode") }
        _ = try desk.resolve("accepted")
        #expect(desk.open.isEmpty)
        desk.wait(.hours(9))
        #expect(desk.open.isEmpty)
    }

    @Test func `revenue that is said to be reversed is looked at again`() throws {
        var desk = try Desk()
        try desk.say(.revenueRecognised(MoneyEntry(id: "R", amountMinor: 100)), from: "fin")
        try desk.say(.refundReported(MoneyEntry(id: "F", amountMinor: 100)), from: "fin")
        #expect(desk.open.isEmpty)
        desk.wait(.minutes(6))
        #expect(desk.open == ["wrong:revenueButRefunded"])
        #expect(try desk.resolve("reversed").map(\.name).last == "task.reopened")
        _ = try desk.resolve("accepted")
        #expect(desk.open.isEmpty)
    }
}
