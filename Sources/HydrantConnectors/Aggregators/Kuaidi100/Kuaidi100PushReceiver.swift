package import HydrantConnectorKit
import HydrantCore

/// Takes in what Kuaidi100 pushes. The push names the courier's number and not ours, so the address that was subscribed
/// ends with our parcel, and each parcel has a salt of its own: a push for one parcel is no proof for another.
package struct Kuaidi100PushReceiver: PushReceiver {
    private let settings: Kuaidi100Settings

    package var system: String { settings.system }
    package var followsOrders: Bool { true }

    package init(settings: Kuaidi100Settings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        guard let form = formDecoded(push.body), let content = value(of: "param", in: form) else {
            throw problem(.signature, "no param")
        }
        let parcel = push.pathRest
        guard !settings.pushSecret.isEmpty, !parcel.isEmpty, let sign = value(of: "sign", in: form),
            settings.isRight(sign, content: Array(content.utf8), parcel: parcel)
        else { throw problem(.signature, "wrong or missing sign") }
        let document: JSON
        do {
            document = try JSON(bytes: Array(content.utf8))
        } catch {
            throw problem(.malformed, "param is not JSON: \(error.message) at byte \(error.offset)")
        }
        guard let result = document["lastResult"], let order = OwnNumber.order(ofParcel: parcel) else {
            throw problem(.malformed, "no lastResult, or no parcel of ours")
        }
        let trace = Kuaidi100Mapper.trace(result, parcel: parcel)
        guard let last = trace.scans.last else {
            // An abort without any scan tells nothing about the parcel.
            return PushContent(facts: [], acknowledgement: Self.acknowledgement(isTaken: true))
        }
        // The whole list comes each time: the same list is the same message.
        let digest = hexadecimalText(HashAlgorithm.sha256.digest(Array(content.utf8)).prefix(12))
        let fact = ReportedFact(
            messageID: "push/\(parcel)/\(digest)", order: order, occurredAt: last.at,
            word: last.code.isEmpty ? nil : last.code, body: .traceReported(trace))
        return PushContent(facts: [fact], acknowledgement: Self.acknowledgement(isTaken: true))
    }

    private func problem(_ kind: PushProblem.Kind, _ message: String) -> PushProblem {
        PushProblem(kind: kind, message: message, acknowledgement: Self.acknowledgement(isTaken: false))
    }

    /// Anything but these words is taken as a failure and pushed again.
    private static func acknowledgement(isTaken: Bool) -> Acknowledgement {
        let text =
            isTaken
            ? #"{"result":true,"returnCode":"200","message":"成功"}"#
            : #"{"result":false,"returnCode":"500","message":"失败"}"#
        return Acknowledgement(contentType: "application/json;charset=UTF-8", body: Array(text.utf8))
    }
}
