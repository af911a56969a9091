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
        // Goods on their way back are found by their waybill.
        let isWayBack = OwnNumber.isWayBack(parcel)
        guard let result = document["lastResult"],
            let order = isWayBack ? "" : OwnNumber.order(ofParcel: parcel)
        else { throw problem(.malformed, "no lastResult, or no parcel of ours") }
        let trace = Kuaidi100Mapper.trace(result, parcel: isWayBack ? "" : parcel)
        if isWayBack, trace.number.isEmpty { throw problem(.malformed, "the waybill of a way back is not named") }
        var facts = isWayBack ? [] : [correction(document, trace, order: order)].compactMap(\.self)
        guard let last = trace.scans.last else {
            // An abort without any scan tells nothing about where the parcel is.
            return PushContent(facts: facts, acknowledgement: Self.acknowledgement(isTaken: true))
        }
        // The whole list comes each time: the same list is the same message.
        let digest = hexadecimalText(HashAlgorithm.sha256.digest(Array(content.utf8)).prefix(12))
        let fact = ReportedFact(
            messageID: "push/\(parcel)/\(digest)", order: order, occurredAt: last.at,
            word: last.code.isEmpty ? nil : last.code, body: .traceReported(trace))
        facts.append(fact)
        return PushContent(facts: facts, acknowledgement: Self.acknowledgement(isTaken: true))
    }

    /// The courier that a number really is of, where Kuaidi100 found out that it was told another one. It names no
    /// channel: who made the waybill stays who made it. A courier without a name here is never guessed, a person is
    /// asked. The same correction stands in every later push and is the same message.
    private func correction(_ push: JSON, _ trace: Trace, order: String) -> ReportedFact? {
        guard let code = Kuaidi100Mapper.correctedCourier(push), !trace.number.isEmpty else { return nil }
        let before = cut(push["comOld"]?.looseText ?? "", toBytes: 30)
        let body: FactBody
        // What is known now is another message than what was not known before.
        let kind: String
        if let courier = settings.codes.courier(of: code) {
            kind = "courier"
            body = .trackingReported(Tracking(parcel: trace.parcel, courier: courier, number: trace.number))
        } else {
            kind = "courier-unknown"
            body = .taskAsked(
                TaskNeed(
                    id: "courier:\(trace.parcel)/\(trace.number)/\(code)", kind: .asked, owner: "it",
                    reason: Text(
                        chinese: """
                            \(system) 认出单号 \(trace.number) 属于它称为 \(code) 的快递公司，这里没有对应名称。\
                            请在该系统的 courierCodes 选项中补上。
                            """,
                        english: """
                            \(system) found that number \(trace.number) is of the courier that it calls \(code), which \
                            has no name here. Add it to the option courierCodes of that system.
                            """),
                    fields: [.note]))
        }
        return ReportedFact(
            messageID: "\(kind)/\(trace.parcel)/\(trace.number)/\(before)/\(code)", order: order, occurredAt: nil,
            body: body)
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
