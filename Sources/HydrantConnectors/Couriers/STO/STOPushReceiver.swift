package import HydrantConnectorKit
import HydrantCore

/// Takes in STO's trace pushes: a signed form with a number of each scan, by which repetitions are known. STO pushes
/// again when it did not see the answer in time.
package struct STOPushReceiver: PushReceiver {
    private let settings: STOSettings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: STOSettings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        let form = try DigestedForm(push.body, field: "content", secret: settings.secret, problem: problem)
        let document = try form.document()
        var facts: [ReportedFact] = []
        var unattributed: [[UInt8]] = []
        for row in document.array ?? [document] {
            if let fact = Self.fact(row) { facts.append(fact) } else { unattributed.append(row.bytes) }
        }
        return PushContent(
            facts: facts, unattributed: unattributed,
            acknowledgement: Acknowledgement(
                contentType: "application/json;charset=UTF-8", body: Array(settings.pushAcknowledgement.utf8)))
    }

    private static func fact(_ row: JSON) -> ReportedFact? {
        guard let number = row["waybillNo"]?.looseText, let trace = row["trace"]?.opened,
            let scan = STOMapper.scan(trace)
        else { return nil }
        let parcel = row["linkCode"]?.looseText.flatMap(STOMapper.ownNumber.parcel) ?? ""
        let isOurs = OwnNumber.order(ofParcel: parcel) != nil
        return .scanned(
            scan, number: number, parcel: isOurs ? parcel : "", prefix: "push", id: trace["outBizCode"]?.looseText)
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        let document: JSON = [
            "success": "false", "errorCode": .string(kind == .signature ? "S01" : "S02"), "errorMsg": .string("失败"),
        ]
        return PushProblem(
            kind: kind, message: message,
            acknowledgement: Acknowledgement(contentType: "application/json;charset=UTF-8", body: document.bytes))
    }
}
