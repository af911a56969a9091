package import HydrantConnectorKit
import HydrantCore

/// Takes in what a warehouse system reports, over the same envelope and with the same signature as our calls to it.
package struct QimenPushReceiver: PushReceiver {
    private let settings: QimenSettings

    package var system: String { settings.system }

    package init(settings: QimenSettings) { self.settings = settings }

    package func receive(_ push: Push) throws(PushProblem) -> PushContent {
        let method = try verifiedMethod(push)
        let tree: XMLTree
        do {
            tree = try XMLTree(bytes: push.body)
        } catch {
            throw malformed(error.message)
        }
        let reader = QimenReportReader(trustsSign: settings.trustsSign)
        guard let facts = reader.facts(method: method, tree) else {
            throw malformed("\(method.prefix(60)) has no order")
        }
        return PushContent(facts: facts, acknowledgement: QimenPushReceiver.acknowledgement(isSuccess: true))
    }

    /// Key, customer and time; the signature needs the body.
    package func checkHead(_ head: Push) throws(PushProblem) {
        guard value(of: "sign", in: head.query) != nil else { throw unsigned("no sign") }
        guard value(of: "app_key", in: head.query) == settings.appKey else { throw unsigned("another app_key") }
        if let customer = value(of: "customerId", in: head.query), customer != settings.customerID {
            throw unsigned("another customerId")
        }
        guard let sent = value(of: "timestamp", in: head.query).flatMap(ChinaTime.instant),
            abs(head.now - sent) <= settings.clockTolerance
        else { throw unsigned("stale timestamp") }
    }

    private func verifiedMethod(_ push: Push) throws(PushProblem) -> String {
        try checkHead(push)
        guard let sign = value(of: "sign", in: push.query) else { throw unsigned("no sign") }
        let pairs = push.query.filter { $0.name != "sign" }
        let input = SignatureInput(secret: settings.secret, pairs: pairs, body: push.body)
        guard settings.signMethod.recipe.isRight(sign, for: input) else { throw unsigned("wrong sign") }
        guard let method = value(of: "method", in: pairs), !method.isEmpty else { throw malformed("no method") }
        return method
    }

    private func unsigned(_ message: String) -> PushProblem {
        PushProblem(
            kind: .signature, message: message,
            acknowledgement: Self.acknowledgement(
                isSuccess: false, code: "sign-check-failure", message: "Illegal request"))
    }

    private func malformed(_ message: String) -> PushProblem {
        PushProblem(
            kind: .malformed, message: message,
            acknowledgement: Self.acknowledgement(isSuccess: false, code: "malformed", message: message))
    }

    static func acknowledgement(isSuccess: Bool, code: String = "0", message: String = "ok") -> Acknowledgement {
        let tree = XMLTree(
            "response",
            [
                XMLTree("flag", isSuccess ? "success" : "failure"), XMLTree("code", code), XMLTree("message", message),
            ])
        return Acknowledgement(contentType: "text/xml;charset=utf-8", body: tree.bytes)
    }
}
