import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import Testing

struct IntakeTests {
    private static let now = EngineRig.begin
    private let intake = Intake(keyring: EngineRig.keyring)

    private static func placed(receiver: JSON) -> JSON {
        [
            "kind": "order.placed", "source": "shop", "id": "m-1", "order": "SO-1",
            "occurredAt": "2026-11-11T00:00:00+08:00", "data": ["payableMinor": 1_000, "receiver": receiver],
        ]
    }

    private static let receiver: JSON = [
        "name": "张建国", "phone": "12000000041", "province": "浙江省", "city": "杭州市", "district": "余杭区",
        "address": "物流大道 1 号",
    ]

    @Test func `a receiver in clear is sealed and only its reference stays`() throws {
        let incoming = try intake.read(Self.placed(receiver: Self.receiver), receivedAt: Self.now)
        guard case .orderPlaced(let header) = incoming.fact.body else {
            Issue.record("\(incoming.fact.body.kind)")
            return
        }
        let reference = try #require(header.receiver)
        #expect(reference.area == "浙江省 杭州市 余杭区")
        #expect(reference.id == incoming.receiver?.id)
        let text = incoming.fact.json.text
        for secret in ["张建国", "12000000041", "物流大道"] { #expect(!text.contains(secret)) }
        let sealed = try #require(incoming.receiver)
        let opened = try intake.open(sealed.sealed, id: sealed.id).open(reason: "a test compares it")
        #expect(opened.name == "张建国")
        #expect(opened.phone == "12000000041")
        #expect(opened.address == "物流大道 1 号")
    }

    @Test func `a verified receiver may be named in clear and becomes its fingerprint`() throws {
        let placed = try intake.read(Self.placed(receiver: Self.receiver), receivedAt: Self.now)
        guard case .orderPlaced(let header) = placed.fact.body else {
            Issue.record("\(placed.fact.body.kind)")
            return
        }
        let verified = try intake.read(
            [
                "kind": "receiver.verified", "source": "service", "id": "m-2", "order": "SO-1",
                "data": ["receiver": Self.receiver],
            ], receivedAt: Self.now)
        #expect(verified.fact.body == .receiverVerified(fingerprint: try #require(header.receiver).fingerprint))
        #expect(verified.receiver == nil)
    }

    @Test(arguments: ["timer.fell", "instruction.answered"])
    func `nobody outside may say what only the hub knows`(kind: String) {
        let fact: JSON = [
            "kind": .string(kind), "source": "shop", "id": "m-3", "order": "SO-1", "data": ["id": "hold"],
        ]
        #expect {
            try intake.read(fact, receivedAt: Self.now)
        } throws: { error in
            let problem = error as? FactProblem
            return problem?.path == "kind" && problem?.message.contains("order.placed") == true
                && problem?.message.contains("is for the hub to say") == true
        }
    }

    @Test func `the same receiver has the same fingerprint, another has another`() throws {
        let first = try intake.read(Self.placed(receiver: Self.receiver), receivedAt: Self.now)
        let again = try intake.read(Self.placed(receiver: Self.receiver), receivedAt: Self.now + 5)
        let other = try intake.read(Self.placed(receiver: ["name": "李四"]), receivedAt: Self.now)
        #expect(first.receiver?.id == again.receiver?.id)
        #expect(first.receiver?.id != other.receiver?.id)
        let stranger = Intake(keyring: Keyring(master: Array(repeating: 9, count: 32)))
        #expect(
            try stranger.read(Self.placed(receiver: Self.receiver), receivedAt: Self.now).receiver?.id
                != first.receiver?.id)
    }

    @Test func `a sealed receiver opens only under its own id`() throws {
        let sealed = try #require(try intake.read(Self.placed(receiver: Self.receiver), receivedAt: Self.now).receiver)
        #expect(throws: (any Error).self) { try intake.open(sealed.sealed, id: "r-other") }
        var altered = sealed.sealed
        altered[20] ^= 1
        #expect(throws: (any Error).self) { try intake.open(altered, id: sealed.id) }
    }

    @Test func `a member that a receiver does not have is named`() throws {
        let document = Self.placed(receiver: ["name": "张建国", "mobile": "12000000041"])
        #expect(
            throws: FactProblem(
                path: "data.receiver.mobile",
                message: "is unknown; allowed are name, phone, province, city, district, address, token")
        ) { try intake.read(document, receivedAt: Self.now) }
    }

    @Test func `a receiver that is no object or has a wrong value is refused`() throws {
        #expect(throws: FactProblem(path: "data.receiver", message: "must be an object, is text")) {
            try intake.read(Self.placed(receiver: "张建国"), receivedAt: Self.now)
        }
        #expect(throws: FactProblem(path: "data.receiver.phone", message: "must be text of at most 1000 bytes")) {
            try intake.read(Self.placed(receiver: ["phone": 12_000]), receivedAt: Self.now)
        }
    }

    @Test func `a fact that is too long is refused`() throws {
        let document: JSON = [
            "kind": "order.cancelled", "source": "shop", "id": "m-1", "order": "SO-1",
            "data": ["reason": .string(String(repeating: "x", count: Intake.factBytesMaximum))],
        ]
        #expect(throws: FactProblem(path: "", message: "the fact is longer than 262144 bytes")) {
            try intake.read(document, receivedAt: Self.now)
        }
    }

    @Test func `the raw message is kept under seal`() throws {
        let document = Self.placed(receiver: Self.receiver)
        let incoming = try intake.read(document, receivedAt: Self.now)
        #expect(try EngineRig.keyring.open(incoming.sealedBody, context: "inbox:4:shop:m-1") == document.bytes)
        #expect(throws: (any Error).self) {
            try EngineRig.keyring.open(incoming.sealedBody, context: "inbox:4:shop:m-2")
        }
    }

    @Test func `the hash of a body that may hold a telephone number needs the key`() throws {
        let document = Self.placed(receiver: Self.receiver)
        let first = try intake.read(document, receivedAt: Self.now).bodyHash
        #expect(first == EngineRig.keyring.bodyHash(document.bytes))
        #expect(first != fnv1a(document.bytes))
        let stranger = Intake(keyring: Keyring(master: Array(repeating: 9, count: 32)))
        #expect(try stranger.read(document, receivedAt: Self.now).bodyHash != first)
    }

    @Test func `the time of receipt is no part of the message, everything else is`() throws {
        func hash(_ change: (inout Fact) -> Void) throws -> UInt64 {
            var fact = Fact(
                source: "wms", messageID: "m-1", order: "SO-1", occurredAt: Self.now, receivedAt: Self.now, word: "A",
                body: .orderCompleted)
            change(&fact)
            return try intake.seal(fact).bodyHash
        }
        let first = try hash { _ in }
        #expect(try hash { $0.receivedAt = Self.now + 1 } == first)
        #expect(try hash { $0.occurredAt = Self.now + 1 } != first)
        #expect(try hash { $0.word = "B" } != first)
        #expect(try hash { $0.order = "SO-2" } != first)
        #expect(try hash { $0.body = .orderCancelled(reason: "") } != first)
    }

    @Test func `no event of a changed receiver holds anything personal, and the masked one is shown`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        let document = Self.placed(receiver: Self.receiver)
        let receipts = try rig.ask { try await hub.submit([try hub.intake.read(document, receivedAt: Self.now)]) }
        #expect(receipts == [.accepted(state: 0)])
        for event in try rig.events() {
            let text = String(decoding: event.bytes, as: UTF8.self)
            #expect(!text.contains("张建国") && !text.contains("12000000041") && !text.contains("物流大道"))
        }
        let detail = try #require(try rig.ask { try await hub.orderDetail("SO-1") })
        #expect(detail.receiver?.name == "张**")
        #expect(detail.receiver?.phone == "1******0041")
    }
}

/// What the reading of a receiver's address leaves in the clear.
struct IntakeAddressTests {
    private static let intake = Intake(keyring: EngineRig.keyring) { line in
        var address = ParsedAddress()
        address.province = "浙江省"
        address.city = "杭州市"
        address.district = "余杭区"
        address.area = DeliveryArea(code: "330110")
        address.detail = line
        address.problems = [AddressProblem(.numberMissing, .number), AddressProblem(.personInLine, .line)]
        return address
    }

    private func reference(_ receiver: Receiver) throws -> ReceiverReference { try Self.intake.seal(receiver).0 }

    @Test func `area and problems go into the fact, the line does not`() throws {
        let receiver: JSON = ["name": "张建国", "district": "余杭 张建国 12000000041", "address": "物流大道"]
        let fact: JSON = [
            "kind": "receiver.changed", "source": "shop", "id": "m-1", "order": "SO-1", "data": ["receiver": receiver],
        ]
        let incoming = try Self.intake.read(fact, receivedAt: EngineRig.begin)
        guard case .receiverChanged(let reference) = incoming.fact.body else {
            Issue.record("\(incoming.fact.body.kind)")
            return
        }
        #expect(reference.area == "浙江省 杭州市 余杭区")
        #expect(reference.check?.area?.code == "330110")
        #expect(reference.check?.problems == [.numberMissing, .personInLine])
        #expect(reference.check?.isSerious == true)
        let text = incoming.fact.json.text
        for secret in ["张建国", "12000000041", "物流大道"] { #expect(!text.contains(secret)) }
        let again = try Fact(json: incoming.fact.json, receivedAt: EngineRig.begin)
        #expect(again.body == incoming.fact.body)
    }

    @Test func `a masked receiver changes when, and only when, the platform's token does`() throws {
        let first = try reference(Receiver(name: "张**", address: "物流大道***", token: "T1"))
        let starredElsewhere = try reference(Receiver(name: "张*", address: "物流****", token: "T1"))
        let moved = try reference(Receiver(name: "张**", address: "物流大道***", token: "T2"))
        #expect(first.fingerprint == starredElsewhere.fingerprint)
        #expect(first.fingerprint != moved.fingerprint)
    }

    @Test func `a receiver in clear with a token changes with its text`() throws {
        let first = try reference(Receiver(name: "张建国", address: "物流大道 1 号", token: "T1"))
        let moved = try reference(Receiver(name: "张建国", address: "物流大道 2 号", token: "T1"))
        #expect(first.fingerprint != moved.fingerprint)
    }
}
