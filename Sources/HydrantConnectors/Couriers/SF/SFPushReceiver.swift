package import HydrantConnectorKit
import HydrantCore

/// Takes in SF's route pushes. They carry no signature: a secret in the address is all that proves the sender, which is
/// why a push alone never proves a signature of the buyer.
package struct SFPushReceiver: PushReceiver {
    private let settings: SFSettings

    package var system: String { settings.system }

    package init(settings: SFSettings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        let token: String? =
            switch settings.tokenPlace {
            case .path: push.pathRest
            case .query: value(of: "token", in: push.query)
            }
        guard let token, isEqualInConstantTime(token.utf8, settings.pushToken.utf8) else {
            throw problem(.signature, "wrong or missing token")
        }
        let document: JSON
        do {
            document = try JSON(bytes: push.body)
        } catch {
            throw problem(.malformed, "not JSON: \(error.message) at byte \(error.offset)")
        }
        guard let rows = document["Body"]?["WaybillRoute"]?.array else {
            throw problem(.malformed, "no Body.WaybillRoute")
        }
        var facts: [ReportedFact] = []
        var unattributed: [[UInt8]] = []
        for row in rows {
            if let fact = SFPushReceiver.fact(row) { facts.append(fact) } else { unattributed.append(row.bytes) }
        }
        return PushContent(
            facts: facts, unattributed: unattributed, acknowledgement: Self.acknowledgement(code: "0000", message: "成功")
        )
    }

    /// Nil when the row names none of our parcels, or no time or code.
    private static func fact(_ row: JSON) -> ReportedFact? {
        guard let parcel = row["orderid"]?.string, let order = SFMapper.order(ofParcel: parcel),
            let scan = SFMapper.scan(row)
        else { return nil }
        let number = row["mailno"]?.string ?? ""
        let id = SFMapper.text(row["id"]) ?? "\(number)/\(scan.at.milliseconds)/\(scan.code)/\(scan.place)"
        return ReportedFact(
            messageID: "route/\(id)", order: order, occurredAt: scan.at, word: scan.code,
            body: .traceReported(Trace(parcel: parcel, number: number, scans: [scan], isComplete: false)))
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        PushProblem(
            kind: kind, message: message, acknowledgement: Self.acknowledgement(code: "1000", message: "系统异常"))
    }

    private static func acknowledgement(code: String, message: String) -> Acknowledgement {
        let document: JSON = ["return_code": .string(code), "return_msg": .string(message)]
        return Acknowledgement(contentType: "application/json;charset=UTF-8", body: document.bytes)
    }
}
