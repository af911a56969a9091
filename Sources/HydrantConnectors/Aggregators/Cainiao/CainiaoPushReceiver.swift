package import HydrantConnectorKit
import HydrantCore

/// Takes in traces that Cainiao's LINK gateway pushes once they are subscribed to. Nothing describes what is pushed: it
/// is taken for the envelope of every call of the gateway, signed like ours, around scans like those of a query. Such
/// scans are no whole list, so that a signature is confirmed by a query before it counts.
package struct CainiaoPushReceiver: PushReceiver {
    private let settings: CainiaoSettings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: CainiaoSettings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        let form = try DigestedForm(
            push.body, field: "logistics_interface", secret: settings.appSecret, problem: problem)
        let document = try form.document()
        let report = document["arg0"] ?? document
        guard let number = report["mailNo"]?.looseText, !number.isEmpty, report["fullTraceDetail"] != nil else {
            throw problem(.malformed, "no mailNo or no fullTraceDetail")
        }
        let trace = CainiaoMapper.trace(report, parcel: "", number: number)
        return PushContent(
            facts: trace.scans.map { .scanned($0, number: number, prefix: "push") },
            acknowledgement: Self.acknowledgement(["success": "true", "errorCode": "", "errorMsg": ""]))
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        PushProblem(
            kind: kind, message: message,
            acknowledgement: Self.acknowledgement([
                "success": "false", "errorCode": .string(kind == .signature ? "S02" : "S01"), "errorMsg": "失败",
            ]))
    }

    private static func acknowledgement(_ document: JSON) -> Acknowledgement {
        Acknowledgement(contentType: "application/json;charset=UTF-8", body: document.bytes)
    }
}
