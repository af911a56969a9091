import HydrantConnectorKit
import HydrantCore

/// STO's gateway: a form with a digest of its content; truth is text.
struct STOCourier: DirectFace {
    let secrets: DirectSecrets

    func read(_ call: DirectCall) -> Result<DirectQuestion, DirectTurnedAway> {
        func field(_ name: String) -> String { value(of: name, in: call.form) ?? "" }
        let text = field("content")
        let input = SignatureInput(secret: secrets.secret(.sto), body: Array(text.utf8))
        guard field("from_appkey") == secrets.appKey, !field("to_appkey").isEmpty,
            SignatureRecipe.trailingSecretMD5.isRight(field("data_digest"), for: input)
        else { return .failure(DirectTurnedAway(.signature)) }
        guard let content = try? JSON(text: text) else { return .failure(DirectTurnedAway(.malformed("content"))) }
        switch field("api_name") {
        case "OMS_EXPRESS_ORDER_CREATE":
            let id = content["orderNo"]?.string ?? ""
            let isComplete = content["receiver"]?.holds("name", "mobile", "province", "city", "address") == true
            return .success(.create(id: id, isComplete: !id.isEmpty && isComplete))
        case "EDI_MODIFY_ORDER_CANCEL": return .success(.cancel(id: nil, number: content["billCode"]?.string))
        case "INTERCEPT_CREATE_STANDARD":
            return .success(.readdress(number: content["waybillNo"]?.string ?? ""))
        case "STO_TRACE_QUERY_COMMON":
            let numbers = content["waybillNoList"]?.array?.compactMap(\.string) ?? []
            return .success(.track(number: numbers.first, id: nil, others: Array(numbers.dropFirst())))
        case "STO_TRACE_PLATFORM_SUBSCRIBE":
            let number = content["subscribeInfoList"]?.array?.first?["waybillNo"]?.string
            return .success(.subscribe(number: number ?? ""))
        default: return .failure(DirectTurnedAway(.unknownOperation))
        }
    }

    func answer(_ answer: DirectAnswer, to call: DirectCall) -> SandboxAnswer {
        switch answer {
        case .created(let id, let number):
            return reply(data: ["orderNo": .string(id), "waybillNo": .string(number)])
        case .done, .balance, .token: return reply(data: .null)
        case .route(let number, let scans, let others):
            let routes = [DirectRoute(number: number, scans: scans)] + others
            return reply(
                data: .object(
                    routes.map { route in
                        JSON.Member(route.number, .array(route.scans.map { row($0, number: route.number) }))
                    }))
        case .refused(let reason): return refused(reason)
        }
    }

    private func refused(_ reason: DirectRefusal) -> SandboxAnswer {
        switch reason {
        case .signature, .tokenOver: failure("S03", "验签失败")
        case .clock: failure("S04", "时间戳过期")
        case .malformed(let field): failure("S05", "参数错误 \(field)")
        case .unknownOperation: failure("S06", "接口未订阅")
        case .throttled: failure("S07", "请求过于频繁")
        case .incomplete: failure("1014", "收件人地址不完整")
        case .exhausted: failure("1015", "电子面单余额不足")
        case .duplicate(let number?): reply(data: ["waybillNo": .string(number)])
        case .duplicate: failure("1016", "订单号已存在")
        case .alreadyCancelled: failure("1017", "订单已取消")
        case .alreadyPickedUp: failure("1018", "已揽收不能取消")
        case .unknownNumber, .notSubscribed: failure("1019", "运单不存在")
        }
    }

    private func row(_ scan: DirectScan, number: String) -> JSON {
        let word =
            switch scan.kind {
            case .pickedUp: "收件"
            case .inTransit: "到件"
            case .outForDelivery: "派件"
            case .stored: "柜机代收"
            case .signed, .returned: "签收"
            case .returning: "退回件"
            }
        return [
            "waybillNo": .string(number), "outBizCode": .string(scan.id), "opOrgName": .string(scan.place),
            "opTime": .string(ChinaTime.text(scan.at)), "scanType": .string(word), "memo": .string(scan.text),
        ]
    }

    private func reply(data: JSON) -> SandboxAnswer {
        SandboxAnswer(["success": "true", "errorCode": "", "errorMsg": "", "data": data])
    }

    private func failure(_ code: String, _ message: String) -> SandboxAnswer {
        SandboxAnswer(["success": "false", "errorCode": .string(code), "errorMsg": .string(message), "data": .null])
    }

    func push(_ scan: DirectScan, id: String, number: String, isForged: Bool) -> DirectPushForm? {
        let content = JSON.object([
            JSON.Member("waybillNo", .string(number)), JSON.Member("linkCode", .string(id)),
            JSON.Member("trace", row(scan, number: number)),
        ]).text
        let secret = isForged ? "forged" : secrets.secret(.sto)
        let digest = SignatureRecipe.trailingSecretMD5.sign(SignatureInput(secret: secret, body: Array(content.utf8)))
        return .form([
            ("api_name", "STO_TRACE_PLATFORM_PUSH"), ("content", content), ("data_digest", digest),
        ])
    }

    func isAcknowledged(_ body: [UInt8]) -> Bool { (try? JSON(bytes: body))?["success"]?.string == "true" }
}
