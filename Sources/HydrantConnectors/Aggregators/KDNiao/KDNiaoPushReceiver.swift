package import HydrantConnectorKit
import HydrantCore

/// Takes in KDNiao's trace pushes (101 and 102), signed like our own calls. A push is a hint and never proves a
/// signature of the buyer: whether it holds the whole list is not documented.
package struct KDNiaoPushReceiver: PushReceiver {
    private let settings: KDNiaoSettings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: KDNiaoSettings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        guard let form = formDecoded(push.body), let content = value(of: "RequestData", in: form) else {
            throw problem(.signature, "no RequestData", push.now)
        }
        guard let sign = value(of: "DataSign", in: form), settings.isRight(sign, content: Array(content.utf8)) else {
            throw problem(.signature, "wrong or missing DataSign", push.now)
        }
        let document: JSON
        do {
            document = try JSON(bytes: Array(content.utf8))
        } catch {
            throw problem(
                .malformed, "RequestData is not JSON: \(error.message) at byte \(error.offset)", push.now)
        }
        guard let entries = document["Data"]?.array else { throw problem(.malformed, "no Data", push.now) }
        var facts: [ReportedFact] = []
        var unattributed: [[UInt8]] = []
        for entry in entries {
            let own = entry["OrderCode"]?.looseText ?? ""
            // Goods on their way back are found by their waybill.
            let isWayBack = OwnNumber.isWayBack(own) && entry["LogisticCode"]?.looseText?.isEmpty == false
            guard let order = isWayBack ? "" : OwnNumber.order(ofParcel: own) else {
                unattributed.append(entry.bytes)
                continue
            }
            // An entry without scans says that the courier does not know the number yet.
            let parcel = isWayBack ? "" : own
            if let fact = KDNiaoPushReceiver.fact(entry, parcel: parcel, order: order) { facts.append(fact) }
        }
        return PushContent(
            facts: facts, unattributed: unattributed, acknowledgement: acknowledgement(isTaken: true, push.now))
    }

    private static func fact(_ entry: JSON, parcel: String, order: String) -> ReportedFact? {
        let trace = KDNiaoMapper.trace(entry, parcel: parcel, isComplete: false)
        guard let last = trace.scans.last else { return nil }
        let digest = hexadecimalText(HashAlgorithm.sha256.digest(entry.bytes).prefix(12))
        return ReportedFact(
            messageID: "push/\(parcel)/\(digest)", order: order, occurredAt: last.at,
            word: last.code.isEmpty ? nil : last.code, body: .traceReported(trace))
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String, _ now: Instant) -> PushProblem {
        PushProblem(kind: kind, message: message, acknowledgement: acknowledgement(isTaken: false, now))
    }

    private func acknowledgement(isTaken: Bool, _ now: Instant) -> Acknowledgement {
        let document: JSON = [
            "EBusinessID": .string(settings.businessID), "UpdateTime": .string(ChinaTime.text(now)),
            "Success": .bool(isTaken),
        ]
        return Acknowledgement(contentType: "application/json;charset=UTF-8", body: document.bytes)
    }
}
