import HydrantConnectorKit
import HydrantCore

/// Alibaba Cloud's text service, in both of its signatures.
extension PartnerSandbox {
    func answerAliyun(_ call: SandboxCall) -> SandboxAnswer {
        let pairs = (formDecoded(call.query.utf8) ?? []) + (aliyunForm(call) ?? [])
        let isOld = call.headers["authorization"] == nil
        let (isSigned, text) = isOld ? checkRPC(call, pairs) : checkACS3(call)
        guard isSigned else {
            countRefusedSignature()
            // The clients compare the string with their own to tell a wrong secret from a wrong request.
            return aliyunFailure(
                "SignatureDoesNotMatch",
                "Specified signature is not matched with our calculation. server string to sign is:\(text)",
                status: 400)
        }
        let sent = call.headers["x-acs-date"] ?? value(of: "Timestamp", in: pairs) ?? ""
        guard isNear(Instant(text: sent)) else {
            return aliyunFailure(
                "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", status: 400)
        }
        let nonce = call.headers["x-acs-signature-nonce"] ?? value(of: "SignatureNonce", in: pairs) ?? ""
        guard !nonce.isEmpty, texts[.aliyun]?.nonces.insert(nonce).inserted ?? false else {
            return aliyunFailure("SignatureNonceUsed", "Specified signature nonce was used already.", status: 400)
        }
        switch call.headers["x-acs-action"] ?? value(of: "Action", in: pairs) ?? "" {
        case "SendSms": return sendAliyunText(pairs)
        case "QuerySendDetails": return SandboxAnswer(aliyunDetails(pairs))
        default: return aliyunFailure("InvalidAction.NotFound", "Specified api is not found.", status: 404)
        }
    }

    private func aliyunForm(_ call: SandboxCall) -> [(name: String, value: String)]? {
        guard call.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") ?? false else { return nil }
        return formDecoded(call.body)
    }

    private func aliyunFailure(_ code: String, _ message: String, status: Int = 200) -> SandboxAnswer {
        SandboxAnswer(
            ["Code": .string(code), "Message": .string(message), "RequestId": "sandbox"], status: status)
    }

    private func checkRPC(
        _ call: SandboxCall, _ pairs: [(name: String, value: String)]
    ) -> (isRight: Bool, text: String) {
        var input = SignatureInput(secret: secrets.aliyunKeySecret, pairs: pairs.filter { $0.name != "Signature" })
        input.fields["http_method"] = Array(call.method.utf8)
        let isRight =
            value(of: "AccessKeyId", in: pairs) == secrets.aliyunKeyID
            && value(of: "Signature", in: pairs) == SignatureRecipe.rpc.sign(input)
        return (isRight, signedText(.rpc, input))
    }

    private func checkACS3(_ call: SandboxCall) -> (isRight: Bool, text: String) {
        let parts = CloudAuthorization(call.headers["authorization"] ?? "", scheme: "ACS3-HMAC-SHA256")
        let hash = hexadecimalText(HashAlgorithm.sha256.digest(call.body))
        guard let parts, parts.credential == secrets.aliyunKeyID, call.headers["x-acs-content-sha256"] == hash else {
            return (false, "")
        }
        var input = SignatureInput(secret: secrets.aliyunKeySecret, body: call.body)
        input.fields["method"] = Array(call.method.utf8)
        input.fields["uri"] = Array(call.path.utf8)
        input.pairs["query"] = formDecoded(call.query.utf8) ?? []
        input.pairs["headers"] = parts.headers.map { ($0, call.headers[$0] ?? "") }
        return (parts.signature == SignatureRecipe.acs3.sign(input), signedText(.acs3, input))
    }

    private func signedText(_ recipe: SignatureRecipe, _ input: SignatureInput) -> String {
        String(decoding: recipe.term.stringToSign?.bytes(input) ?? [], as: UTF8.self)
    }

    private func sendAliyunText(_ pairs: [(name: String, value: String)]) -> SandboxAnswer {
        func field(_ name: String) -> String { value(of: name, in: pairs) ?? "" }
        let reference = field("OutId")
        let fault = fault(of: "aliyun \(reference)")
        switch fault {
        case .throttled: return aliyunFailure("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控")
        case .expired: return aliyunFailure("InvalidTimeStamp.Expired", "expired", status: 400)
        default: break
        }
        guard fault.takesEffect else { return SandboxAnswer(.null, fault: fault.exchange) }
        let phone = field("PhoneNumbers")
        guard phone.count == 11, phone.hasPrefix("1") else { return aliyunFailure("isv.MOBILE_NUMBER_ILLEGAL", "号码") }
        guard !field("SignName").isEmpty else { return aliyunFailure("isv.SMS_SIGNATURE_ILLEGAL", "签名") }
        guard field("TemplateCode").hasPrefix("SMS_") else { return aliyunFailure("isv.SMS_TEMPLATE_ILLEGAL", "模板") }
        guard let values = try? JSON(text: field("TemplateParam")).members, !values.isEmpty else {
            return aliyunFailure("isv.INVALID_JSON_PARAM", "参数")
        }
        let texts = values.map { $0.value.string ?? "" }
        if texts.contains(where: { $0.contains("http") || $0.contains("www.") }) {
            return aliyunFailure("isv.PARAM_NOT_SUPPORT_URL", "变量不支持传入 URL")
        }
        if texts.contains(where: { $0.count > 35 }) { return aliyunFailure("isv.PARAM_LENGTH_LIMIT", "变量长度") }
        guard self.texts[.aliyun]?.mayText(phone, at: clock.now()) ?? false else {
            return aliyunFailure("isv.BUSINESS_LIMIT_CONTROL", "触发流控")
        }
        let id = record(.aliyun, reference, phone: phone, template: field("TemplateCode"), values: texts)
        return SandboxAnswer(
            ["Code": "OK", "Message": "OK", "BizId": .string(id), "RequestId": "sandbox"], fault: fault.exchange)
    }

    func record(
        _ partner: Partner, _ reference: String, phone: String, template: String, values: [String]
    ) -> String {
        let isDelivered = !lottery.hits(faults.undelivered, "undelivered", reference)
        return texts[partner]?.send(
            TextBook.Text(
                reference: reference, phone: phone, template: template, values: values, sentAt: clock.now(),
                isDelivered: isDelivered)) ?? ""
    }

    private func aliyunDetails(_ pairs: [(name: String, value: String)]) -> JSON {
        let phone = value(of: "PhoneNumber", in: pairs) ?? ""
        let day = value(of: "SendDate", in: pairs) ?? ""
        let now = clock.now()
        let found = (texts[.aliyun]?.texts ?? []).filter { text in
            text.phone == phone && ChinaTime.text(text.sentAt).prefix(10).filter { $0 != "-" } == day
        }
        let rows = found.map { text -> JSON in
            let isOver = now - text.sentAt >= pace.receipt
            return [
                "OutId": .string(text.reference), "PhoneNum": .string(phone), "TemplateCode": .string(text.template),
                "SendDate": .string(ChinaTime.text(text.sentAt)),
                "SendStatus": .integer(isOver ? (text.isDelivered ? 3 : 2) : 1),
                "ErrCode": .string(isOver ? (text.isDelivered ? "DELIVERED" : "MK:0001") : ""),
            ]
        }
        return [
            "Code": "OK", "Message": "OK", "RequestId": "sandbox", "TotalCount": .string(String(rows.count)),
            "SmsSendDetailDTOs": ["SmsSendDetailDTO": .array(rows)],
        ]
    }

    func aliyunReceipt(_ text: TextBook.Text) -> JSON {
        [
            "phone_number": .string(text.phone), "send_time": .string(ChinaTime.text(text.sentAt)),
            "report_time": .string(ChinaTime.text(text.sentAt + pace.receipt)), "success": .bool(text.isDelivered),
            "err_code": .string(text.isDelivered ? "DELIVERED" : "MK:0001"), "err_msg": "", "sms_size": "1",
            "biz_id": .string(text.id), "out_id": .string(text.reference),
        ]
    }
}

/// The parts of an `Authorization` header of a cloud service.
struct CloudAuthorization {
    var credential: String
    /// Lower-case names of the signed headers.
    var headers: [String]
    var signature: String

    /// Nil when the header is of another scheme or lacks a part.
    init?(_ text: String, scheme: String) {
        guard text.hasPrefix(scheme + " ") else { return nil }
        var parts: [String: String] = [:]
        for part in text.dropFirst(scheme.count + 1).split(separator: ",") {
            let halves = part.split(separator: "=", maxSplits: 1)
            if halves.count == 2 { parts[halves[0].filter { $0 != " " }] = String(halves[1]) }
        }
        guard let credential = parts["Credential"], let names = parts["SignedHeaders"],
            let signature = parts["Signature"]
        else { return nil }
        self.credential = credential
        headers = names.split(separator: ";").map { $0.lowercased() }
        self.signature = signature
    }
}
