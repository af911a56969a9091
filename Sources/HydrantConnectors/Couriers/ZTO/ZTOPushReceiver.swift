package import HydrantConnectorKit
import HydrantCore

/// Takes in ZTO's trace pushes: a signed form. They name the waybill and no order of ours.
package struct ZTOPushReceiver: PushReceiver {
    private let settings: ZTOSettings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: ZTOSettings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        let form = try DigestedForm(push.body, field: "data", secret: settings.appSecret, problem: problem)
        guard form["company_id"] == settings.appKey else { throw problem(.signature, "another company_id") }
        let document = try form.document()
        var facts: [ReportedFact] = []
        var unattributed: [[UInt8]] = []
        for row in document.array ?? [document] {
            guard let (number, scan) = ZTOMapper.pushedScan(row) else {
                unattributed.append(row.bytes)
                continue
            }
            facts.append(.scanned(scan, number: number, prefix: "push"))
        }
        return PushContent(
            facts: facts, unattributed: unattributed, acknowledgement: Self.acknowledgement(isSuccess: true, "成功"))
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        PushProblem(
            kind: kind, message: message, acknowledgement: Self.acknowledgement(isSuccess: false, "失败"))
    }

    private static func acknowledgement(isSuccess: Bool, _ message: String) -> Acknowledgement {
        let document: JSON = [
            "message": .string(message), "result": .string(isSuccess ? "success" : "fail"), "status": .bool(isSuccess),
            "statusCode": .string(isSuccess ? "0000" : "1000"),
        ]
        return Acknowledgement(contentType: "application/json;charset=UTF-8", body: document.bytes)
    }
}
