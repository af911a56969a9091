package import HydrantConnectorKit
import HydrantCore

/// Takes in Alibaba Cloud's delivery receipts.
package struct AliyunSMSReceiver: PushReceiver {
    private let settings: AliyunSMSSettings

    package var system: String { settings.system }

    package init(settings: AliyunSMSSettings) { self.settings = settings }

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
        let (facts, unattributed) = AliyunSMSMapper.receipts(rows)
        return PushContent(
            facts: facts, unattributed: unattributed, acknowledgement: Self.acknowledgement(code: 0, message: "成功"))
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        PushProblem(kind: kind, message: message, acknowledgement: Self.acknowledgement(code: 1, message: "失败"))
    }

    private static func acknowledgement(code: Int64, message: String) -> Acknowledgement {
        let document: JSON = ["code": .integer(code), "msg": .string(message)]
        return Acknowledgement(contentType: "application/json;charset=UTF-8", body: document.bytes)
    }
}
