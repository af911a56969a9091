package import HydrantConnectorKit
import HydrantCore

/// Takes in SF's route pushes. They carry no signature: a secret in the address is all that proves the sender, which is
/// why a push alone never proves a signature of the buyer.
package struct SFPushReceiver: PushReceiver {
    private let settings: SFSettings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: SFSettings) { self.settings = settings }

    package func checkHead(_ head: Push) throws(PushProblem) {
        let token: String? =
            switch settings.tokenPlace {
            case .path: head.pathRest
            case .query: value(of: "token", in: head.query)
            }
        guard let token, isEqualInConstantTime(token.utf8, settings.pushToken.utf8) else {
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
        if let rows = document["Body"]?["WaybillRoute"]?.array { return content(rows, Self.fact) }
        if let rows = document["orderState"]?.array {
            // A word about goods on their way back is none about their order; that they were fetched is a scan.
            let told = rows.filter { row in
                !OwnNumber.isWayBack(row["orderNo"]?.looseText ?? "") || Self.stateFact(row) != nil
            }
            var states = content(told, Self.stateFact)
            states.acknowledgement.body = Array(settings.orderStateAcknowledgement.utf8)
            return states
        }
        // What a parcel costs is SF's and the accounts' business; the hub takes note of nothing in it.
        if document.members?.contains(where: { $0.name.lowercased().contains("fee") }) == true {
            return PushContent(facts: [], acknowledgement: Self.acknowledgement(code: "0000", message: "成功"))
        }
        throw problem(.malformed, "neither Body.WaybillRoute nor orderState")
    }

    private func content(_ rows: [JSON], _ read: (JSON) -> ReportedFact?) -> PushContent {
        var facts: [ReportedFact] = []
        var unattributed: [[UInt8]] = []
        for row in rows {
            guard var fact = read(row) else {
                unattributed.append(row.bytes)
                continue
            }
            fact.part = row.bytes
            facts.append(fact)
        }
        return PushContent(
            facts: facts, unattributed: unattributed, acknowledgement: Self.acknowledgement(code: "0000", message: "成功")
        )
    }

    /// Nil when the row names none of our parcels, or no time or code.
    private static func fact(_ row: JSON) -> ReportedFact? {
        guard let own = row["orderid"]?.string, let scan = SFMapper.scan(row) else { return nil }
        let number = row["mailno"]?.string ?? ""
        let isWayBack = OwnNumber.isWayBack(own) && !number.isEmpty
        guard isWayBack || OwnNumber.order(ofParcel: own) != nil else { return nil }
        return .scanned(
            scan, number: number, parcel: isWayBack ? "" : own, prefix: "route", id: row["id"]?.looseText)
    }

    /// An order's state: the pick-up is a scan, everything else is a word of SF's.
    private static func stateFact(_ row: JSON) -> ReportedFact? {
        guard let own = row["orderNo"]?.looseText,
            let order = OwnNumber.isWayBack(own) ? "" : OwnNumber.order(ofParcel: own),
            let code = row["orderStateCode"]?.looseText, let at = row["lastTime"]?.looseInstant
        else { return nil }
        let number = row["waybillNo"]?.looseText ?? ""
        if code == SFWords.pickedUpState, !number.isEmpty {
            return .scanned(
                Scan(at: at, status: .pickedUp, code: code), number: number, parcel: order.isEmpty ? "" : own,
                prefix: "state")
        }
        guard !order.isEmpty else { return nil }
        return ReportedFact(
            messageID: "state/\(own)/\(at.milliseconds)/\(code)", order: order, occurredAt: at, word: code,
            body: .statusReported)
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
