import HydrantCore
import HydrantTesting
import Testing

@Suite struct HoldTests {
    private static func hold(_ exit: Hold.Exit, reason: String = "r") -> FactBody {
        .holdPlaced(Hold(id: "h", reason: reason, owner: "rules", exit: exit))
    }

    /// The ids of the holds that stand after these things were said of a paid order, in this order and the opposite.
    private static func standing(_ said: [(FactBody, Int64)]) throws -> Set<[String]> {
        var story = OrderStory.walk(to: 1)
        for (body, minute) in said { story.say(body, minute: minute, from: "rules") }
        return Set(
            try [story.facts, story.facts.reversed()].map { facts in
                var scenario = Scenario()
                try scenario.given(facts)
                return scenario.order.standingHolds.map(\.id)
            })
    }

    @Test func `a hold stands until somebody releases it`() throws {
        #expect(try Self.standing([(Self.hold(.person), 20)]) == [["h"]])
        #expect(try Self.standing([(Self.hold(.person), 20), (.holdReleased(id: "h", note: ""), 30)]) == [[]])
        #expect(try Self.standing([(Self.hold(.person), 20), (.holdReleased(id: "g", note: ""), 30)]) == [["h"]])
    }

    @Test func `a hold stands until its timer falls`() throws {
        let hold = Self.hold(.timer(OrderStory.standardBegin + .minutes(40)))
        #expect(try Self.standing([(hold, 20)]) == [["h"]])
        #expect(try Self.standing([(hold, 20), (.timerFell(id: "h"), 40)]) == [[]])
        #expect(try Self.standing([(hold, 20), (.timerFell(id: "g"), 40)]) == [["h"]])
    }

    @Test func `a hold stands until the fact that it waits for happens at or after its beginning`() throws {
        let hold = Self.hold(.fact(.creditChecked))
        let check = FactBody.creditChecked(CreditCheck(isPassed: true))
        #expect(try Self.standing([(hold, 20), (check, 19)]) == [["h"]])
        #expect(try Self.standing([(hold, 20), (check, 20)]) == [[]])
        #expect(try Self.standing([(hold, 20), (check, 19), (check, 25)]) == [[]])
        #expect(try Self.standing([(hold, 20), (.inventoryRefused(reason: ""), 25)]) == [["h"]])
    }

    @Test func `the first fact after its beginning is the time at which a hold ended`() throws {
        var story = OrderStory.walk(to: 1)
        story.say(Self.hold(.fact(.creditChecked)), minute: 20, from: "rules")
        for minute in [30, 15, 25] as [Int64] { story.say(.creditChecked(CreditCheck(isPassed: true)), minute: minute) }
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.holds.map(\.released?.at) == [story.at(25)])
        #expect(scenario.order.holds.map(\.isActive) == [false])
    }

    @Test func `a release that overtakes its hold ends it`() throws {
        #expect(try Self.standing([(.holdReleased(id: "h", note: ""), 30), (Self.hold(.person), 20)]) == [[]])
    }

    @Test func `the newest statement of a hold is shown, whatever came first`() throws {
        var story = OrderStory.walk(to: 1)
        story.say(Self.hold(.person, reason: "old"), minute: 20, from: "rules")
        story.say(Self.hold(.person, reason: "new"), minute: 21, from: "rules")
        for facts in [story.facts, story.facts.reversed()] {
            var scenario = Scenario()
            try scenario.given(facts)
            let standing = try #require(scenario.order.standingHolds.first)
            #expect(scenario.order.standingHolds.count == 1)
            #expect(standing.reason == Text(chinese: "new", english: "new"))
            #expect(standing.since == story.at(20) && standing.owner == "rules" && standing.exit == .person)
        }
    }

    @Test func `several holds stand at once and end one by one`() throws {
        var scenario = try Scenario.standard(at: 1)
        var story = OrderStory.walk(to: 1)
        for id in ["b", "a", "c"] {
            let hold = Hold(id: id, reason: "r", owner: "o", exit: .person)
            try scenario.given(story.say(.holdPlaced(hold), minute: 20, from: "rules"))
        }
        #expect(scenario.order.standingHolds.map(\.id) == ["a", "b", "c"])
        try scenario.given(story.say(.holdReleased(id: "b", note: ""), minute: 21, from: "person:li"))
        #expect(scenario.order.standingHolds.map(\.id) == ["a", "c"])
    }

    @Test func `a state is reached although a hold stands`() throws {
        var scenario = try Scenario.standard(at: 1)
        var story = OrderStory.walk(to: 1)
        try scenario.given(story.say(Self.hold(.person), minute: 11, from: "rules"))
        try scenario.given(story.say(OrderStory.proof(of: 2), minute: 12))
        #expect(scenario.order.state == 2 && scenario.order.standingHolds.count == 1)
    }

    @Test func `a timer is wanted for a hold that ends by itself, and only for it`() throws {
        let story = OrderStory.walk(to: 1)
        let scenario = try Scenario.standard(at: 1)
        let timed = try scenario.when(story.fact(Self.hold(.timer(story.at(90))), minute: 20))
        #expect(react(to: timed.events).timers == [OrderTimer(order: "SO-1", id: "h", dueAt: story.at(90))])
        #expect(react(to: timed.events).instructions == [])
        let byPerson = try scenario.when(story.fact(Self.hold(.person), minute: 20))
        #expect(react(to: byPerson.events) == Reactions())
    }

    @Test func `a refused credit check holds the order until one is passed`() throws {
        let refused = FactBody.creditChecked(CreditCheck(isPassed: false))
        let passed = FactBody.creditChecked(CreditCheck(isPassed: true))
        #expect(try Self.standing([(refused, 20)]) == [["credit"]])
        #expect(try Self.standing([(refused, 20), (passed, 30)]) == [[]])
    }

    @Test func `an unbound gift holds the order until it is bound`() throws {
        let gift = FactBody.lineReported(Line(id: "2", sku: "G", isGift: true))
        let bound = FactBody.lineReported(Line(id: "2", sku: "G", isGift: true, giftFor: "1"))
        #expect(try Self.standing([(gift, 20)]) == [["gift-unbound"]])
        #expect(try Self.standing([(gift, 20), (bound, 21)]) == [[]])
    }
}

@Suite struct ReceiverTests {
    private static func reference(_ fingerprint: String) -> ReceiverReference {
        ReceiverReference(id: "R-\(fingerprint)", fingerprint: fingerprint, area: "上海市")
    }

    private static func order(_ said: [(FactBody, Int64)]) throws -> Order {
        var story = OrderStory.walk(to: 2)
        for (body, minute) in said { story.say(body, minute: minute) }
        var scenario = Scenario()
        try scenario.given(story.facts)
        return scenario.order
    }

    @Test func `a changed receiver holds the order until exactly this receiver is verified`() throws {
        let change = FactBody.receiverChanged(Self.reference("f1"))
        #expect(try Self.order([]).standingHolds == [])
        let held = try Self.order([(change, 30)])
        #expect(held.standingHolds.map(\.id) == ["receiver-unverified"])
        #expect(held.standingHolds.map(\.since) == [OrderStory.standardBegin + .minutes(30)])
        #expect(held.receiver?.value == Self.reference("f1"))
        #expect(try Self.order([(change, 30), (.receiverVerified(fingerprint: "f0"), 31)]).standingHolds.count == 1)
        #expect(try Self.order([(change, 30), (.receiverVerified(fingerprint: "f1"), 31)]).standingHolds == [])
        #expect(try Self.order([(.receiverVerified(fingerprint: "f1"), 31), (change, 30)]).standingHolds == [])
    }

    @Test func `a second change needs a second verification`() throws {
        let said: [(FactBody, Int64)] = [
            (.receiverChanged(Self.reference("f1")), 30), (.receiverVerified(fingerprint: "f1"), 31),
            (.receiverChanged(Self.reference("f2")), 32),
        ]
        #expect(try Self.order(said).standingHolds.map(\.id) == ["receiver-unverified"])
        #expect(try Self.order(said + [(.receiverVerified(fingerprint: "f2"), 33)]).standingHolds == [])
    }

    @Test func `what has left the house is not held`() throws {
        let said: [(FactBody, Int64)] = [
            (.receiverChanged(Self.reference("f1")), 30), (.parcelHandedOver(parcel: "SO-1-1"), 31),
        ]
        #expect(try Self.order(said).standingHolds == [])
    }

    @Test func `the receiver with which an order is placed needs no verification`() throws {
        var scenario = Scenario()
        var story = OrderStory()
        try scenario.given(story.say(.orderPlaced(OrderHeader(receiver: Self.reference("f0"))), minute: 0))
        #expect(scenario.order.receiver?.value == Self.reference("f0"))
        #expect(scenario.order.standingHolds == [])
    }

    @Test func `a receiver prints as a mask`() {
        let receiver = Receiver(
            name: "张三丰", phone: "13812340041", province: "浙江省", city: "杭州市", district: "西湖区",
            address: "文三路 100 号 2 幢 301",
            token: "oaid")
        let sealed = Sensitive(receiver)
        #expect("\(sealed)" == "•••" && String(reflecting: sealed).contains("张") == false)
        #expect(sealed.open(reason: "test") == receiver)
        #expect(sealed == Sensitive(receiver) && sealed != Sensitive(Receiver()))
        let masked = receiver.masked
        #expect([masked.name, masked.phone, masked.address, masked.token] == ["张**", "1******0041", "文三路 ***", ""])
        #expect(Receiver(phone: "12345").masked == Receiver(phone: "****"))
        #expect(Receiver().masked == Receiver())
    }
}
