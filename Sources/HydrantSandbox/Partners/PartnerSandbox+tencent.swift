import HydrantConnectorKit
import HydrantCore

/// Tencent Cloud's text service.
extension PartnerSandbox {
    func answerTencent(_ call: SandboxCall) -> SandboxAnswer {
        var answer = tencentAnswer(call)
        // The vendor's clients look for errors only in a body of exactly this type.
        answer.contentType = "application/json"
        return answer
    }

    private func tencentAnswer(_ call: SandboxCall) -> SandboxAnswer {
        guard let parts = CloudAuthorization(call.headers["authorization"] ?? "", scheme: "TC3-HMAC-SHA256"),
            isTC3(call, parts)
        else {
            countRefusedSignature()
            return tencentFailure("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")
        }
        let seconds = Int64(call.headers["x-tc-timestamp"] ?? "")
        guard isNear(seconds.map { Instant(milliseconds: $0 * 1_000) }) else {
            return tencentFailure("AuthFailure.SignatureExpire", "RequestTimeException")
        }
        guard call.headers["x-tc-version"] == "2021-01-11", let document = try? JSON(bytes: call.body) else {
            return tencentFailure("InvalidParameter", "version or body")
        }
        switch call.headers["x-tc-action"] {
        case "SendSms": return sendTencentTexts(document)
        case "PullSmsSendStatusByPhoneNumber": return SandboxAnswer(tencentStatuses(document))
        default: return tencentFailure("InvalidAction", "no such action")
        }
    }

    private func isTC3(_ call: SandboxCall, _ parts: CloudAuthorization) -> Bool {
        let scope = parts.credential.split(separator: "/").map(String.init)
        guard scope.count == 4, scope[0] == secrets.tencentSecretID, scope[2] == "sms", scope[3] == "tc3_request" else {
            return false
        }
        var input = SignatureInput(
            secret: secrets.tencentSecretKey, body: call.body, timestamp: call.headers["x-tc-timestamp"] ?? "")
        for (name, value) in [
            ("date", scope[1]), ("service", scope[2]), ("method", call.method), ("uri", call.path),
            ("query", call.query),
        ] { input.fields[name] = Array(value.utf8) }
        input.pairs["headers"] = parts.headers.map { ($0, call.headers[$0] ?? "") }
        return parts.signature == SignatureRecipe.tc3.sign(input)
    }

    private func tencentFailure(_ code: String, _ message: String) -> SandboxAnswer {
        SandboxAnswer([
            "Response": [
                "Error": ["Code": .string(code), "Message": .string(message)], "RequestId": "sandbox",
            ]
        ])
    }

    private func sendTencentTexts(_ document: JSON) -> SandboxAnswer {
        let reference = document["SessionContext"]?.string ?? ""
        let fault = fault(of: "tencent \(reference)")
        switch fault {
        case .throttled: return tencentFailure("RequestLimitExceeded", "too many requests")
        case .expired: return tencentFailure("AuthFailure.SignatureExpire", "expired")
        default: break
        }
        guard fault.takesEffect else { return SandboxAnswer(.null, fault: fault.exchange) }
        guard reference.utf8.count < 512 else { return tencentFailure("InvalidParameterValue", "SessionContext") }
        let phones = (document["PhoneNumberSet"]?.array ?? []).compactMap(\.string)
        guard (1...200).contains(phones.count), document["SmsSdkAppId"]?.string?.isEmpty == false else {
            return tencentFailure("InvalidParameter", "PhoneNumberSet or SmsSdkAppId")
        }
        let values = (document["TemplateParamSet"]?.array ?? []).map { $0.string ?? "" }
        let template = document["TemplateId"]?.string ?? ""
        let rows = phones.map { phone -> JSON in
            let problem = tencentProblem(phone, values)
            let id =
                problem == nil
                ? record(.tencent, reference, phone: phone, template: template, values: values) : ""
            return [
                "SerialNo": .string(id), "PhoneNumber": .string(phone), "Fee": problem == nil ? 1 : 0,
                "SessionContext": .string(reference), "Code": .string(problem ?? "Ok"),
                "Message": .string(problem == nil ? "send success" : "refused"), "IsoCode": "CN",
            ]
        }
        return SandboxAnswer(
            ["Response": ["SendStatusSet": .array(rows), "RequestId": "sandbox"]], fault: fault.exchange)
    }

    private func tencentProblem(_ phone: String, _ values: [String]) -> String? {
        guard phone.hasPrefix("+86"), phone.count == 14 else { return "InvalidParameterValue.IncorrectPhoneNumber" }
        if values.contains(where: { $0.contains("http") || $0.contains("www.") }) {
            return "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
        }
        let mayText = texts[.tencent]?.mayText(phone, at: clock.now()) ?? false
        return mayText ? nil : "LimitExceeded.PhoneNumberThirtySecondLimit"
    }

    private func tencentStatuses(_ document: JSON) -> JSON {
        let phone = document["PhoneNumber"]?.string ?? ""
        let begin = (document["BeginTime"]?.integer ?? 0) * 1_000
        let end = (document["EndTime"]?.integer ?? 0) * 1_000
        let found = (texts[.tencent]?.texts ?? []).filter { text in
            text.phone == phone && (begin...max(begin, end)).contains(text.sentAt.milliseconds)
        }
        let rows = found.prefix(100).map { text -> JSON in
            let isOver = clock.now() - text.sentAt >= pace.receipt
            return .compact([
                ("UserReceiveTime", .integer(text.sentAt.milliseconds / 1_000)), ("CountryCode", "86"),
                ("SubscriberNumber", .string(String(phone.suffix(11)))), ("PhoneNumber", .string(phone)),
                ("SerialNo", .string(text.id)),
                ("ReportStatus", isOver ? .string(text.isDelivered ? "SUCCESS" : "FAIL") : nil),
                ("Description", .string(isOver ? (text.isDelivered ? "DELIVRD" : "MK:0001") : "")),
                ("SessionContext", .string(text.reference)),
            ])
        }
        return ["Response": ["PullSmsSendStatusSet": .array(rows), "RequestId": "sandbox"]]
    }

    func tencentReceipt(_ text: TextBook.Text) -> JSON {
        [
            "user_receive_time": .string(ChinaTime.text(text.sentAt + pace.receipt)), "nationcode": "86",
            "mobile": .string(String(text.phone.suffix(11))), "report_status": text.isDelivered ? "SUCCESS" : "FAIL",
            "errmsg": text.isDelivered ? "DELIVRD" : "MK:0001", "description": "", "sid": .string(text.id),
        ]
    }
}
