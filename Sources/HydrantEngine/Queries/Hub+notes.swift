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
    package func write(
        _ text: Sensitive<String>, _ kind: NoteReference.Kind, about: String = "", on number: String, by person: String
    ) async throws -> ActionAnswer {
        guard try await committer.order(number) != nil else { return .unknown }
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
        let id = "n" + keyring.fingerprint("note:\(number):\(person):\(now.milliseconds):\(clear)").prefix(24)
        let record = try DeskRecord.notes.sealed(["text": .string(clear)], key: "\(number)/\(id)", keyring, at: now)
        // Under one number there is one text: sending the form twice writes it once.
        _ = try await store.transaction { try $0.put(record, ifVersion: 0) }
        let note = NoteReference(id: String(id), kind: kind, about: about)
        let facts = try deskFacts([.noteWritten(note)], order: number, person: person, name: "note:\(id)", at: now)
        return try await answer(to: submit(facts))
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
