import HydrantCore
import HydrantEngine
import HydrantStorage

extension OrderVerification {
    /// Every recorded message is in the inbox, under this order, with the body that it came with.
    func compareMessages(_ verified: inout VerifiedOrder, _ reader: any StoreReader) throws {
        for document in verified.documents where document["event"] == .string(Event.names[0]) {
            let content = document["content"]
            guard let source = content?["source"]?.string, let id = content?["id"]?.string else { continue }
            let row = try reader.inboxRow(MessageKey(source: source, messageID: id))
            guard let row else {
                verified.add("a message of \(source) was recorded and is not in the inbox")
                continue
            }
            verified.messagesInInbox += 1
            verified.require(
                row.order == verified.row.number, "a message of \(source) is in the inbox of another order")
            verified.require(
                document["recordedAt"]?.integer == row.receivedAt.milliseconds,
                "a message of \(source) is in the inbox with another time than its event's")
            guard let body = body(of: row) else {
                verified.add("the body of a message of \(source) does not open")
                continue
            }
            verified.require(
                row.bodyHash == keyring.bodyHash(body) || row.bodyHash == fnv1a(body),
                "the hash of a message of \(source) is not that of its body")
        }
    }

    /// Bodies that the first releases wrote are not bound to their message.
    private func body(of row: InboxRow) -> [UInt8]? {
        let context = Fact.sealContext(source: row.message.source, messageID: row.message.messageID)
        return (try? keyring.open(row.sealedBody, context: context))
            ?? (try? keyring.open(row.sealedBody, context: "inbox"))
    }

    /// Every receiver that a message brought along is there and opens.
    func compareReceivers(_ verified: inout VerifiedOrder, _ reader: any StoreReader) throws {
        var ids: Set<String> = []
        for document in verified.documents {
            let reference = document["content"]?["data"]?["receiver"]
            guard let id = reference?["id"]?.string, let fingerprint = reference?["fingerprint"]?.string,
                id == "r-" + fingerprint
            else { continue }
            ids.insert(id)
        }
        for id in ids.sorted() {
            guard let sealed = try reader.sealedReceiver(id) else {
                verified.add("a receiver that its messages name is not stored")
                continue
            }
            verified.require((try? keyring.open(sealed, context: id)) != nil, "a receiver does not open")
        }
    }
}
