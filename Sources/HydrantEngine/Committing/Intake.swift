package import HydrantConnectorKit
package import HydrantCore
package import HydrantStorage

/// Reads facts from outside bytes and seals what is personal, before anything is stored.
package struct Intake: Sendable {
    private let keyring: Keyring
    private let addresses: AddressReading?
    /// The largest fact in bytes.
    package static let factBytesMaximum = 256 * 1_024

    /// - Parameter addresses: reads the receivers' addresses; nil where nobody asks for areas.
    package init(keyring: Keyring, addresses: AddressReading? = nil) {
        self.keyring = keyring
        self.addresses = addresses
    }

    /// Reads one fact of the HTTP interface. Texts are normalised: letters that look the same are the same. A receiver
    /// in clear text (`data.receiver` with `name`, `phone`, `province`, `city`, `district`, `address`, `token`) is
    /// sealed, and only its reference stays in the fact; `receiver.verified` may name the receiver that way instead of
    /// by its fingerprint.
    package func read(_ json: JSON, receivedAt: Instant) throws(FactProblem) -> IncomingFact {
        let raw = json.bytes
        guard raw.count <= Self.factBytesMaximum else {
            throw FactProblem(path: "", message: "the fact is longer than \(Self.factBytesMaximum) bytes")
        }
        try checkKind(json)
        let (clean, receiver) = try split(json)
        try Fact.checkNames(in: clean)
        var fact = try Fact(json: clean.normalised(raw), receivedAt: receivedAt)
        guard fact.source != SourceNames.hub else {
            throw FactProblem(path: "source", message: "\(fact.source) is the hub itself; give the name of your system")
        }
        // When it came in is for the hub to say, whatever the sender writes.
        fact.receivedAt = receivedAt
        return try seal(fact, raw: raw, receiver: receiver)
    }

    /// A fact that the hub's own parts, a file or a connector made. The time of receipt is no part of the message: what
    /// is read again later is the same message.
    ///
    /// - Throws: when the fact could not be read back from its event.
    package func seal(_ fact: Fact) throws(FactProblem) -> IncomingFact {
        let json = fact.json
        try Fact.checkNames(in: json)
        let bytes = json.bytes
        let again = try Fact(json: json.normalised(bytes), receivedAt: fact.receivedAt)
        let fact = bytes.areSurelyNormalised ? fact : again
        var timeless = fact
        timeless.receivedAt = Instant(milliseconds: 0)
        return try seal(fact, raw: timeless.json.bytes, receiver: nil)
    }

    /// A fact that a connector read from a system.
    package func seal(_ reported: ReportedFact, from system: String, receivedAt: Instant) throws(FactProblem)
        -> IncomingFact
    {
        try seal(reported.fact(from: system, receivedAt: receivedAt))
    }

    /// A fact of a file that was not recorded, kept for a person. When the file was read does not make it another one.
    package func park(_ fact: Fact, place: String, reason: String, now: Instant) throws -> ParkedRow {
        var timeless = fact
        timeless.receivedAt = Instant(milliseconds: 0)
        let same = try park(timeless.json.bytes, source: fact.source, place: place, reason: reason, now: now)
        var row = try park(fact.json.bytes, source: fact.source, place: place, reason: reason, now: now)
        row.fingerprint = same.fingerprint
        return row
    }

    /// A message that could not be read, kept for a person.
    package func park(_ raw: [UInt8], source: String, place: String, reason: String, now: Instant) throws -> ParkedRow {
        ParkedRow(
            source: source, place: place, receivedAt: now, reason: reason,
            sealedBody: try keyring.seal(raw, context: "parked"),
            fingerprint: keyring.fingerprint("parked:" + hexadecimal(raw)))
    }

    /// The bytes of a message that was set aside.
    func openParked(_ sealed: [UInt8]) throws -> [UInt8] { try keyring.open(sealed, context: "parked") }

    /// The reference of a receiver and its sealed record.
    package func seal(_ receiver: Receiver) throws(FactProblem) -> (ReceiverReference, SealedReceiver) {
        let content = receiver.json.bytes
        let identity =
            receiver.isMaskedByPlatform ? "token:" + receiver.token : String(decoding: content, as: UTF8.self)
        let fingerprint = keyring.fingerprint("receiver:" + identity)
        let said = [receiver.province, receiver.city, receiver.district].filter { !$0.isEmpty }
        var reference = ReceiverReference(
            id: "r-" + fingerprint, fingerprint: fingerprint, area: said.joined(separator: " "))
        if let addresses, !(said + [receiver.address]).allSatisfy(\.isEmpty) {
            let address = addresses((said + [receiver.address]).joined(separator: " "))
            reference.check = address.check
            // Official names or nothing: what a sender wrote there may be anything, also a name or a phone.
            reference.area = address.areaName ?? ""
        }
        return (reference, SealedReceiver(id: reference.id, sealed: try sealed(content, context: reference.id)))
    }

    /// The end of the link in the text that an instruction sends to a keeper.
    package func keeperCode(of instruction: Instruction) -> String { keyring.keeperCode(instruction: instruction.key) }

    /// By what the store finds the parcel of a keeper's code.
    package func keeperCodeHash(_ code: String) -> String { keyring.keeperCodeHash(code) }

    /// A sealed document of the service desk; nil where it was changed or moved.
    func deskDocument(_ record: StoredRecord) -> JSON? { DeskRecord.open(record, keyring) }

    /// Opens a sealed receiver.
    package func open(_ sealed: [UInt8], id: String) throws -> Sensitive<Receiver> {
        let json = try JSON(bytes: try keyring.open(sealed, context: id))
        return Sensitive(Receiver(json: json))
    }

    private func seal(_ fact: Fact, raw: [UInt8], receiver: SealedReceiver?) throws(FactProblem) -> IncomingFact {
        IncomingFact(
            fact: fact, bodyHash: keyring.bodyHash(raw), sealedBody: try sealed(raw, context: fact.sealContext),
            receiver: receiver)
    }

    private func sealed(_ bytes: [UInt8], context: String) throws(FactProblem) -> [UInt8] {
        do {
            return try keyring.seal(bytes, context: context)
        } catch {
            throw FactProblem(path: "", message: "the message could not be sealed")
        }
    }

    /// Nobody outside can say that a timer fell or how an instruction ended.
    private func checkKind(_ json: JSON) throws(FactProblem) {
        guard let word = json["kind"]?.string else { return }
        let kind = FactKind(rawValue: word)
        guard kind == nil || kind?.isInternal == true else { return }
        let allowed = "must be one of " + FactKind.reportable.map(\.rawValue).joined(separator: ", ")
        throw FactProblem(path: "kind", message: kind == nil ? allowed : "\(word) is for the hub to say; it \(allowed)")
    }

    private func split(_ json: JSON) throws(FactProblem) -> (JSON, SealedReceiver?) {
        guard let data = json["data"], let receiver = data["receiver"], receiver != .null else { return (json, nil) }
        guard receiver.members != nil else {
            throw FactProblem(path: "data.receiver", message: "must be an object, is \(receiver.kindName)")
        }
        for member in receiver.members ?? [] {
            guard Receiver.memberNames.contains(member.name) else {
                throw FactProblem(
                    path: "data.receiver.\(member.name)",
                    message: "is unknown; allowed are " + Receiver.memberNames.joined(separator: ", "))
            }
            guard let text = member.value.string, text.utf8.count <= 1_000 else {
                throw FactProblem(path: "data.receiver.\(member.name)", message: "must be text of at most 1000 bytes")
            }
        }
        let (reference, sealed) = try seal(Receiver(json: receiver))
        if json["kind"]?.string == FactKind.receiverVerified.rawValue {
            // Whose fingerprint it is, is all that the order needs to know; the address itself came with another fact.
            let verified: JSON = ["fingerprint": .string(reference.fingerprint)]
            return (json.replacing("data", with: verified), nil)
        }
        return (json.replacing("data", with: data.replacing("receiver", with: reference.json)), sealed)
    }
}

extension ReportedFact {
    func fact(from system: String, receivedAt: Instant) -> Fact {
        Fact(
            source: system, messageID: messageID, order: order,
            // A time like the year 1, which systems send for none, is none.
            occurredAt: occurredAt.flatMap { Fact.timeRange.contains($0.milliseconds) ? $0 : nil },
            receivedAt: receivedAt, word: word, body: body)
    }
}

/// FNV-1a, 64 bits: for places where nobody gains from two things with one hash.
package func fnv1a(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

extension JSON {
    fileprivate func replacing(_ name: String, with value: JSON) -> JSON {
        guard case .object(var members) = self, let index = members.firstIndex(where: { $0.name == name }) else {
            return self
        }
        members[index].value = value
        return .object(members)
    }
}

/// Takes an address line apart.
package typealias AddressReading = @Sendable (String) -> ParsedAddress

extension Receiver {
    /// A platform stars the text out and gives a token that stays the same as long as the receiver does: the stars may
    /// stand elsewhere each time, so the token alone tells a change.
    /// Whether only the marketplace knows who it is.
    var isMaskedByPlatform: Bool {
        !token.isEmpty && (address.isEmpty || [name, phone, address].contains { $0.contains("*") })
    }

    static let memberNames = ["name", "phone", "province", "city", "district", "address", "token"]

    var json: JSON {
        [
            "name": .string(name), "phone": .string(phone), "province": .string(province), "city": .string(city),
            "district": .string(district), "address": .string(address), "token": .string(token),
        ]
    }

    init(json: JSON) {
        func text(_ name: String) -> String { json[name]?.string ?? "" }
        self.init(
            name: text("name"), phone: text("phone"), province: text("province"), city: text("city"),
            district: text("district"), address: text("address"), token: text("token"))
    }
}
