import HydrantCore
import HydrantTesting
import Testing

/// Notes, tickets, calls, and what a person can do with an order from its page.
@Suite struct ServiceTests {
    private static let now = OrderStory.standardBegin + .hours(3)

    private func order(at state: Int, _ more: [FactBody] = []) throws -> Order {
        var scenario = try Scenario.standard(at: state)
        for (index, body) in more.enumerated() {
            try scenario.given(
                Fact(
                    source: "person:li", messageID: "x\(index)", order: "SO-1", occurredAt: Self.now,
                    receivedAt: Self.now, body: body))
        }
        return scenario.order
    }

    private func request(_ action: OrderAction, _ change: (inout ActionRequest) -> Void = { _ in }) -> ActionRequest {
        var request = ActionRequest(action: action, person: "li", reason: "because", now: Self.now)
        change(&request)
        return request
    }

    @Test func `what can be done follows from the order, and what cannot has a reason`() throws {
        func allowed(_ order: Order) -> Set<OrderAction> {
            Set(OrderAction.allCases.filter { order.obstacle(to: $0) == nil })
        }
        let always: Set<OrderAction> = [.openTicket, .ask]
        #expect(try allowed(order(at: 0)) == always.union([.placeHold, .cancel, .changeReceiver]))
        let paid: Set<OrderAction> = [.placeHold, .cancel, .changeReceiver, .promiseRefund, .recordRefund]
        #expect(try allowed(order(at: 1)) == always.union(paid))
        #expect(try allowed(order(at: 5)) == always.union(paid).union([.voidWaybill]))
        let left = try order(at: 5, [.parcelHandedOver(parcel: "SO-1-1")])
        #expect(
            allowed(left)
                == always.union(paid).subtracting([.cancel]).union([.askReturn]))
        #expect(left.obstacle(to: .cancel)?.english == "A parcel has left; ask for its return")
        let cancelled = try order(at: 1, [.orderCancelled(reason: "x")])
        #expect(cancelled.obstacle(to: .placeHold)?.chinese == "订单已取消")
        #expect(try order(at: 6).obstacle(to: .complete) == nil)
    }

    @Test func `each deed is its fact and a decision`() throws {
        func kinds(_ order: Order, _ request: ActionRequest) throws -> [FactKind] {
            try order.consequences(of: request).map(\.kind)
        }
        let paid = try order(at: 1)
        #expect(try kinds(paid, request(.placeHold)) == [.holdPlaced, .decisionMade])
        #expect(try kinds(paid, request(.cancel)) == [.orderCancelled, .decisionMade])
        #expect(
            try kinds(paid, request(.recordRefund) { $0.amountMinor = 12_900 }) == [.refundReported, .decisionMade])
        #expect(try kinds(paid, request(.promiseRefund) { $0.amountMinor = 1 }) == [.taskAsked, .decisionMade])
        #expect(try kinds(paid, request(.ask) { $0.target = "warehouse" }) == [.taskAsked, .decisionMade])
        #expect(try kinds(paid, request(.changeReceiver)) == [.decisionMade])
        let labelled = try order(at: 5)
        #expect(
            try labelled.consequences(of: request(.voidWaybill) { $0.target = "SO-1-1#SF1" }).first
                == .waybillVoided(parcel: "SO-1-1", number: "SF1"))
        let held = try order(at: 1, paid.consequences(of: request(.placeHold) { $0.hours = 2 }))
        let hold = try #require(held.standingHolds.first)
        #expect(hold.exit == .timer(Self.now + .hours(2)) && hold.owner == "operations")
        #expect(held.decisions.values.map(\.cause) == ["hold.place: because"])
        let freed = try order(
            at: 1,
            paid.consequences(of: request(.placeHold)) + [.holdReleased(id: hold.id, note: "fine")])
        #expect(freed.standingHolds.isEmpty && freed.obstacle(to: .releaseHold)?.english == "No hold stands")
    }

    @Test func `a deed that is not possible now, or names what is not there, is refused and does nothing`() throws {
        let left = try order(at: 5, [.parcelHandedOver(parcel: "SO-1-1")])
        func code(_ order: Order, _ request: ActionRequest) -> String? {
            do throws(Refusal) {
                _ = try order.consequences(of: request)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(left, request(.cancel)) == "actionNotNow")
        #expect(code(left, request(.releaseHold) { $0.target = "h" }) == "actionNotNow")
        #expect(code(left, request(.ask) { $0.target = "nobody" }) == "actionForm")
        #expect(code(try order(at: 5), request(.voidWaybill) { $0.target = "SO-1-1#SF9" }) == "actionForm")
        for amount: Int64? in [nil, 0, -1, 12_901] {
            #expect(code(try order(at: 1), request(.recordRefund) { $0.amountMinor = amount }) == "actionForm")
        }
    }

    @Test func `a ticket is open until it is closed, whoever says so`() throws {
        let fresh = try order(at: 6)
        let opened = try order(at: 6, fresh.consequences(of: request(.openTicket) { $0.target = "repair" }))
        let ticket = try #require(opened.tickets.values.first)
        #expect(ticket.subject == "repair" && ticket.status == .open)
        #expect(opened.targets(of: .closeTicket) == [ticket.id])
        var closed = ticket
        closed.status = .closed
        let done = try order(at: 6, [.ticketReported(ticket), .ticketReported(closed)])
        #expect(done.tickets.values == [closed] && done.obstacle(to: .closeTicket) != nil)
    }

    @Test func `a call is asked of its system once, whatever stands against the order`() throws {
        let wish = CallWish(id: "c1", system: "pbx", person: "li")
        let hold = Hold(id: "h", reason: "x", owner: "service", exit: .person)
        for more: [FactBody] in [[], [.holdPlaced(hold)], [.orderCancelled(reason: "x")]] {
            let order = try order(at: 1, more + [.callAsked(wish), .noteWritten(NoteReference(id: "n", kind: .note))])
            let calls = order.issued.filter { $0.instruction.kind == .placeCall }
            #expect(calls.map(\.instruction.target) == ["c1"] && calls.map(\.instruction.system) == ["pbx"])
            #expect(calls.map(\.instruction.lifetime) == [.hours(2)])
            #expect(order.standingTasks.allSatisfy { $0.need.kind != .instructionFailed })
        }
    }

    @Test func `a call knows its furthest stage, in whatever order it was told`() throws {
        var ended = CallReport(id: "c1", stage: .ended, ending: .answered, seconds: 42)
        ended.recording = "REC1"
        let reports: [FactBody] = [
            .callAsked(CallWish(id: "c1", system: "pbx", person: "li")),
            .callReported(CallReport(id: "c1", stage: .agentRinging)),
            .callReported(CallReport(id: "c1", stage: .answered)), .callReported(ended),
        ]
        var random = SplitMix64(seed: 4)
        for _ in 0..<20 {
            let call = try #require(try order(at: 1, random.shuffledAndDoubled(reports)).call("c1"))
            #expect(call.stage == .ended && call.ending == .answered && call.seconds == 42)
            #expect(call.recording == "REC1" && call.answeredAt == Self.now && call.wish?.person == "li")
        }
    }
}
