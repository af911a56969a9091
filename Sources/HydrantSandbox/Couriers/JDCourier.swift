import HydrantConnectorKit
import HydrantCore

/// JD's gateway: everything but the content in the query, signed between two copies of the secret.
struct JDCourier: DirectFace {
    let secrets: DirectSecrets

    func read(_ call: DirectCall) -> Result<DirectQuestion, DirectTurnedAway> {
        func field(_ name: String) -> String { value(of: name, in: call.query) ?? "" }
        let secret = secrets.secret(.jd)
        let token = secrets.secret(.jd, "token")
        let text =
            "\(secret)access_token\(token)app_key\(secrets.appKey)method\(call.path)param_json"
            + String(decoding: call.body, as: UTF8.self) + "timestamp\(field("timestamp"))v2.0\(secret)"
        let bytes = Array(text.utf8)
        let hashes: [String: HashAlgorithm] = [
            "HMacMD5": .md5, "HMacSHA1": .sha1, "HMacSHA256": .sha256, "HMacSHA512": .sha512,
        ]
        let expected =
            hashes[field("algorithm")].map { base64Text($0.authenticationCode(bytes, key: Array(secret.utf8))) }
            ?? hexadecimalText((field("algorithm") == "sm3-salt" ? HashAlgorithm.sm3 : .md5).digest(bytes))
        guard field("app_key") == secrets.appKey, field("access_token") == token, field("sign") == expected else {
            return .failure(DirectTurnedAway(.signature))
        }
        guard call.isNear(ChinaTime.instant(field("timestamp"))) else { return .failure(DirectTurnedAway(.clock)) }
        guard field("LOP-DN") == "ECAP", let content = (try? JSON(bytes: call.body))?.array?.first else {
            return .failure(DirectTurnedAway(.malformed("body")))
        }
        return question(call.path, content)
    }

    private func question(_ path: String, _ content: JSON) -> Result<DirectQuestion, DirectTurnedAway> {
        let number = content["waybillCode"]?.string ?? ""
        guard content["customerCode"]?.string == secrets.customerCode else {
            return .failure(DirectTurnedAway(.malformed("customerCode")))
        }
        switch path {
        case "/ecap/v1/orders/create":
            let id = content["orderId"]?.string ?? ""
            let isComplete = content["receiverContact"]?.holds("name", "mobile", "fullAddress") == true
            return .success(.create(id: id, isComplete: (1...50).contains(id.utf8.count) && isComplete))
        case "/ecap/v1/orders/cancel": return .success(.cancel(id: nil, number: number))
        case "/ecap/v1/orders/modify": return .success(.readdress(number: number))
        case "/ecap/v1/orders/trace/query": return .success(.track(number: number, id: nil))
        case "/ecap/v1/orders/trace/subscribe": return .success(.subscribe(number: number))
        default: return .failure(DirectTurnedAway(.unknownOperation))
        }
    }

    func answer(_ answer: DirectAnswer, to call: DirectCall) -> SandboxAnswer {
        switch answer {
        case .created(_, let number):
            return reply(data: ["orderCode": .string("EO\(number)"), "waybillCode": .string(number)])
        case .done:
            let isCancel = call.path.hasSuffix("cancel")
            return reply(data: isCancel ? ["resultType": 0] : "订阅成功")
        case .balance, .token: return reply(data: .null)
        case .route(let number, let scans, _):
            let rows = scans.map { row($0, number: number) }
            return reply(data: ["waybillCode": .string(number), "traceDetails": .array(rows)])
        case .refused(let reason): return refused(reason)
        }
    }

    private func refused(_ reason: DirectRefusal) -> SandboxAnswer {
        switch reason {
        case .signature, .tokenOver: fault("21", "签名错误")
        case .clock: fault("22", "时间戳已过期")
        case .malformed(let field): fault("10", "参数错误 \(field)")
        case .unknownOperation: fault("19", "API 不存在")
        case .throttled: fault("7", "访问次数过于频繁")
        case .incomplete: failure("1001", "收件人地址或电话不完整")
        case .exhausted: failure("1002", "青龙业主号不可用")
        // A success whose data hold the existing waybill, or a failure.
        case .duplicate(let number?): reply(subCode: "0_0001", data: ["waybillCode": .string(number)])
        case .duplicate: failure("0_0001", "商家订单号已使用")
        case .alreadyCancelled: failure("1003", "运单已取消")
        case .alreadyPickedUp: reply(data: ["resultType": 2])
        case .unknownNumber, .notSubscribed: failure("2100", "运单不存在")
        }
    }

    private func row(_ scan: DirectScan, number: String) -> JSON {
        let (category, state): (Int64, String) =
            switch scan.kind {
            case .pickedUp: (420, "200001")
            case .inTransit: (430, "")
            case .outForDelivery: (440, "11000")
            case .stored: (440, "200051")
            case .signed, .returned: (510, "10034")
            case .returning: (430, "200033")
            }
        return [
            "waybillCode": .string(number), "category": .integer(category), "categoryName": .string(scan.text),
            "state": .string(state), "operationTitle": .string(scan.text),
            "operationTime": .string(ChinaTime.text(scan.at)), "operationRemark": .string(scan.text),
            "operateSite": .string(scan.place),
        ]
    }

    private func reply(subCode: String = "", data: JSON) -> SandboxAnswer {
        SandboxAnswer([
            "code": 0, "success": true, "msg": "成功", "subCode": .string(subCode), "subMsg": "", "data": data,
            "requestId": "sandbox",
        ])
    }

    private func failure(_ code: String, _ message: String) -> SandboxAnswer {
        SandboxAnswer([
            "code": 1, "success": false, "msg": "失败", "subCode": .string(code), "subMsg": .string(message),
            "data": .null,
        ])
    }

    private func fault(_ code: String, _ message: String) -> SandboxAnswer {
        SandboxAnswer(["error_response": ["en_desc": "error", "zh_desc": .string(message), "code": .string(code)]])
    }

    func push(_ scan: DirectScan, id: String, number: String, isForged: Bool) -> DirectPushForm? {
        let document = JSON.object((row(scan, number: number).members ?? []) + [JSON.Member("orderId", .string(id))])
        return .json(document, pathRest: isForged ? "forged" : secrets.secret(.jd, "push"))
    }

    func isAcknowledged(_ body: [UInt8]) -> Bool { (try? JSON(bytes: body))?["success"]?.bool == true }
}
