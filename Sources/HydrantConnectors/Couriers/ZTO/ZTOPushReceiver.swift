package import HydrantConnectorKit
import HydrantCore

/// Takes in ZTO's trace pushes: a signed form. They name the waybill and no order of ours.
package struct ZTOPushReceiver: PushReceiver {
    private let settings: ZTOSettings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: ZTOSettings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        guard let form = formDecoded(push.body), let data = value(of: "data", in: form),
            let digest = value(of: "data_digest", in: form)
        else { throw problem(.signature, "no data or data_digest") }
        let input = SignatureInput(secret: settings.appSecret, body: Array(data.utf8))
        guard SignatureRecipe.trailingSecretMD5.isRight(digest, for: input) else {
            throw problem(.signature, "wrong data_digest")
        }
        guard let company = value(of: "company_id", in: form), company == settings.appKey else {
            throw problem(.signature, "another company_id")
        }
        let document: JSON
        do {
            document = try JSON(bytes: Array(data.utf8))
        } catch {
            throw problem(.malformed, "data is not JSON: \(error.message) at byte \(error.offset)")
        }
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
