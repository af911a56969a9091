import HydrantConnectorKit
import HydrantCore

/// ZTO's platform: a digest in a header, every error with HTTP 200.
struct ZTOCourier: DirectFace {
    let secrets: DirectSecrets

    func read(_ call: DirectCall) -> Result<DirectQuestion, DirectTurnedAway> {
        // Current documents and the vendor's older SDKs name the header differently.
        let key = call.headers["x-appkey"] ?? call.headers["x-companyid"]
        let timestamp = call.headers["x-timestamp"] ?? ""
        let input = SignatureInput(secret: secrets.secret(.zto), body: call.body, timestamp: timestamp)
        let digest = call.headers["x-datadigest"] ?? ""
        let recipe = SignatureRecipe([.timestamp, .body, .secret], hash: .md5, form: .base64)
        guard key == secrets.appKey, recipe.isRight(digest, for: input) else {
            return .failure(DirectTurnedAway(.signature))
        }
        if !timestamp.isEmpty, !call.isNear(Int64(timestamp).map { Instant(milliseconds: $0) }) {
            return .failure(DirectTurnedAway(.clock))
        }
        guard let content = try? JSON(bytes: call.body) else { return .failure(DirectTurnedAway(.malformed("body"))) }
        let number = content["billCode"]?.string ?? ""
        switch call.path.dropFirst() {
        case "zto.open.createOrder":
            let id = content["partnerOrderCode"]?.string ?? ""
            let isComplete = content["receiveInfo"]?.holds("name", "mobile", "province", "city", "address") == true
            return .success(.create(id: id, isComplete: !id.isEmpty && isComplete))
        case "zto.open.cancelPreOrder": return .success(.cancel(id: nil, number: number))
        case "thirdcenter.createIntercept": return .success(.readdress(number: number))
        case "zto.merchant.waybill.track.query": return .success(.track(number: number, id: nil))
        case "zto.merchant.waybill.track.subsrcibe": return .success(.subscribe(number: number))
        case "zto.open.queryAvailableBalanceNew": return .success(.balance)
        default: return .failure(DirectTurnedAway(.unknownOperation))
        }
    }

    func answer(_ answer: DirectAnswer, to call: DirectCall) -> SandboxAnswer {
        switch answer {
        case .created(let id, let number):
            let city = (try? JSON(bytes: call.body))?["receiveInfo"]?["city"]?.string ?? ""
            let mark: JSON = ["mark": .string(city), "bagAddr": .string(city.isEmpty ? "" : city + "集散中心")]
            return reply(result: [
                "orderCode": "O1", "billCode": .string(number), "partnerOrderCode": .string(id), "bigMarkInfo": mark,
            ])
        case .done: return reply(code: call.path.hasSuffix("subsrcibe") ? "SYS000" : "0000", result: .null)
        case .balance(let left): return reply(result: ["availableBalance": .integer(Int64(left))])
        case .token: return reply(result: .null)
        case .route(let number, let scans, _):
            let rows = scans.map { scan -> JSON in
                [
                    "billCode": .string(number), "scanType": .string(Self.scanType(scan.kind)),
                    "scanDate": .integer(scan.at.milliseconds), "desc": .string(scan.text),
                    "scanSite": ["name": .string(scan.place)],
                ]
            }
            return reply(result: .array(rows))
        case .refused(let reason): return refused(reason)
        }
    }

    private func refused(_ reason: DirectRefusal) -> SandboxAnswer {
        switch reason {
        case .signature, .tokenOver: failure("S211", "签名错误")
        case .clock: failure("S214", "时间戳超出范围")
        case .malformed(let field): failure("S208", "缺少参数 \(field)")
        case .unknownOperation: failure("S207", "API 不存在")
        case .throttled: failure("S221", "触发限流")
        case .incomplete: failure("E409", "收件人信息不完整")
        case .exhausted: failure("E404", "电子面单余额不足")
        // An order that is there already comes with its number or without.
        case .duplicate(let number?): reply(result: ["billCode": .string(number)])
        case .duplicate: failure("E500", "partnerOrderCode 重复")
        case .alreadyCancelled: failure("E501", "订单已取消")
        case .alreadyPickedUp: failure("E502", "已揽收，不能取消")
        case .unknownNumber, .notSubscribed: failure("E503", "订单不存在")
        }
    }

    /// Words of queries; into a locker is ARRIVAL here and INBOUND in a push.
    private static func scanType(_ kind: DirectScan.Kind) -> String {
        switch kind {
        case .pickedUp: "收件"
        case .inTransit: "发件"
        case .outForDelivery: "派件"
        case .stored: "ARRIVAL"
        case .signed, .returned: "签收"
        case .returning: "退件"
        }
    }

    private static func action(_ kind: DirectScan.Kind) -> String {
        switch kind {
        case .pickedUp: "GOT"
        case .inTransit: "ARRIVAL"
        case .outForDelivery: "DISPATCH"
        case .stored: "INBOUND"
        case .signed, .returned: "SIGNED"
        // No word of pushes for it was captured.
        case .returning: "RETURN"
        }
    }

    private func reply(code: String = "0000", result: JSON) -> SandboxAnswer {
        SandboxAnswer(["status": true, "statusCode": .string(code), "message": "", "result": result])
    }

    private func failure(_ code: String, _ message: String) -> SandboxAnswer {
        SandboxAnswer(["status": false, "statusCode": .string(code), "message": .string(message), "result": .null])
    }

    func push(_ scan: DirectScan, id: String, number: String, isForged: Bool) -> DirectPushForm? {
        let data = JSON.object([
            JSON.Member("billCode", .string(number)), JSON.Member("action", .string(Self.action(scan.kind))),
            JSON.Member("actionTime", .string(ChinaTime.text(scan.at))), JSON.Member("city", .string(scan.place)),
            JSON.Member("facilityName", .string(scan.place)), JSON.Member("desc", .string(scan.text)),
        ]).text
        let secret = isForged ? "forged" : secrets.secret(.zto)
        let digest = SignatureRecipe.trailingSecretMD5.sign(SignatureInput(secret: secret, body: Array(data.utf8)))
        return .form([
            ("data", data), ("data_digest", digest), ("company_id", secrets.appKey), ("msg_type", "Traces"),
            ("token", ""),
        ])
    }

    func isAcknowledged(_ body: [UInt8]) -> Bool {
        guard let document = try? JSON(bytes: body) else { return false }
        return document["status"]?.bool == true && document["statusCode"]?.string == "0000"
    }
}
