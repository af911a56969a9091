package import HydrantConnectorKit
import HydrantCore

/// Takes in Tencent Cloud's delivery receipts.
package struct TencentSMSReceiver: PushReceiver {
    private let settings: TencentSMSSettings

    package var system: String { settings.system }

    package init(settings: TencentSMSSettings) { self.settings = settings }

    package func checkHead(_ head: Push) throws(PushProblem) {
        guard settings.gate.isOpen(to: head) else { throw problem(.signature, "wrong or missing token") }
    }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        try checkHead(push)
        let document: JSON
        do {
            document = try JSON(bytes: push.body)
        } catch {
            throw problem(.malformed, "not JSON: \(error.message) at byte \(error.offset)")
        }
        guard let rows = document.array else { throw problem(.malformed, "not a list of receipts") }
        return PushContent(
            facts: [], unattributed: TencentSMSMapper.failedReceipts(rows),
            acknowledgement: Self.acknowledgement(result: 0, message: "OK"))
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        PushProblem(kind: kind, message: message, acknowledgement: Self.acknowledgement(result: 1, message: "refused"))
    }

    private static func acknowledgement(result: Int64, message: String) -> Acknowledgement {
        let document: JSON = ["result": .integer(result), "errmsg": .string(message)]
        return Acknowledgement(contentType: "application/json;charset=UTF-8", body: document.bytes)
    }
}
