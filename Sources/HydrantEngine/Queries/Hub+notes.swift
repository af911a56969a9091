package import HydrantCore
import HydrantStorage

/// A note with its text, for who may read it.
package struct WrittenNote: Sendable {
    package var reference: NoteReference
    package var person: String
    package var at: Instant
    /// Nil where the sealed text is missing.
    package var text: Sensitive<String>?
}

extension Hub {
    /// The longest note in bytes.
    package static let noteMaximum = 2_000

    /// Keeps a note: its text sealed beside the order, and that it was written as a fact.
    ///
    /// - Parameter reference: its kind and what it is about; its number tells the form apart that it was written in.
    package func write(
        _ text: Sensitive<String>, _ reference: NoteReference, on number: String, by person: String
    ) async throws -> ActionAnswer {
        guard let order = try await committer.order(number) else { return .unknown }
        // Free text belongs into the note, which is sealed.
        let about = reference.about
        guard about.isEmpty || order.call(about) != nil || order.tickets.entry(about) != nil else {
            return .refused(
                Refusal(
                    code: "noteAbout",
                    text: Text(
                        chinese: "备注所属的通话或工单不在这个订单里", english: "The note is about no call and no ticket of the order"),
                    nextStep: Text(chinese: "请打开订单页重新填写", english: "Open the order's page and write it there")))
        }
        let now = clock.now()
        let clear = trimmed(text.open(reason: "sealed as a note"))
        guard !clear.isEmpty, clear.utf8.count <= Self.noteMaximum else {
            return .refused(
                Refusal(
                    code: "noteLength",
                    text: Text(chinese: "备注为空或过长", english: "The note is empty or too long"),
                    nextStep: Text(
                        chinese: "请填写不超过 \(Self.noteMaximum) 字节的内容",
                        english: "Write at most \(Self.noteMaximum) bytes")))
        }
        let mark = reference.id.isEmpty ? "\(now.milliseconds)" : reference.id
        let id = "n" + keyring.fingerprint("note:\(number):\(person):\(mark):\(reference.about):\(clear)").prefix(24)
        let record = try DeskRecord.notes.sealed(["text": .string(clear)], key: "\(number)/\(id)", keyring, at: now)
        // Under one number there is one text: sending the form twice writes it once.
        _ = try await store.transaction { try $0.put(record, ifVersion: 0) }
        var note = reference
        note.id = String(id)
        let facts = try deskFacts([.noteWritten(note)], order: number, person: person, name: "note:\(id)", at: now)
        return try await answer(to: submitDeed(facts), repeats: true)
    }

    /// The notes of an order, the newest first.
    package func notes(of order: Order) async throws -> [WrittenNote] {
        guard !order.notes.isEmpty else { return [] }
        let keyring = keyring
        let entries = order.notes.entries.sorted { $0.evidence.at > $1.evidence.at }.prefix(50)
        return try await store.read { reader in
            try entries.map { entry in
                let key = "\(order.number)/\(entry.id)"
                let json = try reader.record(DeskRecord.notes.rawValue, key).flatMap { DeskRecord.open($0, keyring) }
                let source = entry.evidence.source
                return WrittenNote(
                    reference: entry.value,
                    person: source.hasPrefix(SourceNames.personPrefix)
                        ? String(source.dropFirst(SourceNames.personPrefix.count)) : source,
                    at: entry.evidence.at, text: (json?["text"]?.string).map { Sensitive($0) })
            }
        }
    }
}

/// Small sealed documents of the service desk.
enum DeskRecord: String {
    /// The texts of notes, by `ORDER/NOTE`.
    case notes = "order-notes"
    /// The telephones of agents, by `ORDER/CALL`: where a call begins.
    case calls = "order-calls"
    /// From which telephone a person called last, by their name.
    case telephones = "agent-telephones"

    func sealed(_ json: JSON, key: String, _ keyring: Keyring, at now: Instant) throws -> StoredRecord {
        StoredRecord(
            collection: rawValue, key: key, body: try keyring.seal(json.bytes, context: "\(rawValue)/\(key)"),
            changedAt: now)
    }

    /// Nil for a body that was changed or moved outside the hub.
    static func open(_ record: StoredRecord, _ keyring: Keyring) -> JSON? {
        guard let bytes = try? keyring.open(record.body, context: "\(record.collection)/\(record.key)") else {
            return nil
        }
        return try? JSON(bytes: bytes)
    }
}

private func trimmed(_ text: String) -> String {
    let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.startIndex
    return String(text[..<end].drop { $0.isWhitespace })
}
