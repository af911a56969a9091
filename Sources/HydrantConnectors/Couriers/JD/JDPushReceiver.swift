package import HydrantConnectorKit
import HydrantCore

/// Takes in JD's trace pushes. Their signature is not documented in public, so a secret in the address is all that
/// proves the sender; a push alone never proves a signature of the buyer.
package struct JDPushReceiver: PushReceiver {
    private let settings: JDSettings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: JDSettings) { self.settings = settings }

    package func checkHead(_ head: Push) throws(PushProblem) {
        guard isEqualInConstantTime(head.pathRest.utf8, settings.pushToken.utf8) else {
            throw problem(.signature, "wrong or missing token")
        }
    }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        try checkHead(push)
        let document: JSON
        do {
            document = try JSON(bytes: push.body)
        } catch {
            throw problem(.malformed, "not JSON: \(error.message) at byte \(error.offset)")
        }
        guard document.members != nil || document.array != nil else { throw problem(.malformed, "no object") }
        var facts: [ReportedFact] = []
        var unattributed: [[UInt8]] = []
        for row in document.array ?? [document] {
            // A word about goods on their way back is none about their order; where they are is a scan.
            let isOfWayBack = OwnNumber.isWayBack(row["orderId"]?.looseText.flatMap(JDMapper.ownNumber.parcel) ?? "")
            if let fact = fact(row) {
                facts.append(fact)
            } else if !isOfWayBack {
                unattributed.append(row.bytes)
            }
        }
        return PushContent(facts: facts, unattributed: unattributed, acknowledgement: acknowledgement)
    }

    private func fact(_ row: JSON) -> ReportedFact? {
        guard let number = row["waybillCode"]?.looseText, let read = JDMapper.scan(row) else { return nil }
        let parcel = row["orderId"]?.looseText.flatMap(JDMapper.ownNumber.parcel) ?? ""
        let order = OwnNumber.order(ofParcel: parcel)
        if let scan = read {
            return .scanned(scan, number: number, parcel: order == nil ? "" : parcel, prefix: "push")
        }
        guard let order, let at = row["operationTime"]?.looseInstant, let category = row["category"]?.looseText else {
            return nil
        }
        return ReportedFact(
            messageID: "push/\(number)/\(at.milliseconds)/\(category)", order: order, occurredAt: at,
            word: category, body: .statusReported)
    }

    private var acknowledgement: Acknowledgement {
        Acknowledgement(
            contentType: "application/json;charset=UTF-8", body: Array(settings.pushAcknowledgement.utf8))
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        let document: JSON = ["code": 1, "success": false, "msg": "失败"]
        return PushProblem(
            kind: kind, message: message,
            acknowledgement: Acknowledgement(
                contentType: "application/json;charset=UTF-8", body: document.bytes))
    }
}
