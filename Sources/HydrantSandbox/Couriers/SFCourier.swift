import HydrantConnectorKit
import HydrantCore

/// SF's gateway: MD5 or SM3 signatures or an OAuth2 token, one envelope inside another.
struct SFCourier: DirectFace {
    let secrets: DirectSecrets

    func read(_ call: DirectCall) -> Result<DirectQuestion, DirectTurnedAway> {
        func field(_ name: String) -> String { value(of: name, in: call.form) ?? "" }
        guard field("partnerID") == secrets.partnerID else {
            return .failure(DirectTurnedAway(.malformed("partnerID")))
        }
        if call.path == "/oauth2/accessToken" {
            return field("secret") == secrets.secret(.sf) ? .success(.token) : .failure(DirectTurnedAway(.signature))
        }
        let content = Array(field("msgData").utf8)
        let input = SignatureInput(secret: secrets.secret(.sf), body: content, timestamp: field("timestamp"))
        if let digest = value(of: "msgDigest", in: call.form) {
            let isRight = [SignatureRecipe.encodedMD5, .timedSM3].contains { $0.isRight(digest, for: input) }
            guard isRight, field("accessToken").isEmpty else { return .failure(DirectTurnedAway(.signature)) }
        }
        guard call.isNear(Int64(field("timestamp")).map { Instant(milliseconds: $0) }) else {
            return .failure(DirectTurnedAway(.clock))
        }
        guard let document = try? JSON(bytes: content) else { return .failure(DirectTurnedAway(.malformed("msgData"))) }
        return question(field("serviceCode"), document)
    }

    private func question(_ service: String, _ content: JSON) -> Result<DirectQuestion, DirectTurnedAway> {
        let id = content["orderId"]?.string ?? ""
        let number = content["waybillNoInfoList"]?.array?.first?["waybillNo"]?.string
        switch service {
        case "EXP_RECE_CREATE_ORDER":
            let receiver = content["contactInfoList"]?.array?.first { $0["contactType"]?.integer == 2 }
            return .success(
                .create(id: id, isComplete: !id.isEmpty && receiver?.holds("contact", "mobile", "address") == true))
        case "EXP_RECE_SEARCH_ORDER_RESP": return .success(.find(id: id))
        case "EXP_RECE_UPDATE_ORDER" where content["dealType"]?.integer == 2:
            return .success(.cancel(id: id, number: number))
        case "EXP_RECE_WANTED_INTERCEPT":
            guard content["newDestAddress"]?.holds("contact", "phone", "address") == true else {
                return .failure(DirectTurnedAway(.incomplete))
            }
            return .success(.readdress(number: content["waybillNo"]?.string ?? ""))
        case "EXP_RECE_SEARCH_ROUTES":
            let asked = content["trackingNumber"]?.array?.compactMap(\.string) ?? []
            guard asked.count <= 10 else { return .failure(DirectTurnedAway(.malformed("trackingNumber"))) }
            if content["trackingType"]?.string == "2" { return .success(.track(number: nil, id: asked.first)) }
            return .success(.track(number: asked.first, id: nil, others: Array(asked.dropFirst())))
        case "EXP_RECE_REGISTER_ROUTE": return .success(.subscribe(number: content["attributeNo"]?.string ?? ""))
        default: return .failure(DirectTurnedAway(.unknownOperation))
        }
    }

    func answer(_ answer: DirectAnswer, to call: DirectCall) -> SandboxAnswer {
        switch answer {
        case .token(let token):
            return SandboxAnswer(["apiResultCode": "A1000", "accessToken": .string(token), "expiresIn": 7_200])
        case .refused(let reason):
            switch reason {
            case .signature: return gateway("A1006", "数字签名无效")
            case .clock: return gateway("A1002", "请求时效已过期")
            case .tokenOver: return gateway("A1011", "OAuth2 认证失败")
            case .malformed(let field): return gateway("A1001", "必传参数不可为空 \(field)")
            case .unknownOperation: return gateway("A1004", "无对应服务权限")
            case .throttled: return gateway("A1005", "流量管控")
            case .incomplete: return inner(call, error: ("1014", "到件方信息不完整"))
            case .exhausted: return inner(call, error: ("8114", "月结卡号不可用"))
            case .duplicate: return inner(call, error: ("8016", "重复下单"))
            case .alreadyCancelled: return inner(call, error: ("8037", "订单已取消"))
            case .alreadyPickedUp: return inner(call, error: ("8252", "订单已确认"))
            case .unknownNumber, .notSubscribed: return inner(call, error: ("8018", "未获取到订单信息"))
            }
        case .created(let id, let number):
            return inner(
                call,
                [
                    "orderId": .string(id), "originCode": "316", "filterResult": 2, "remark": "",
                    "waybillNoInfoList": [["waybillType": 1, "waybillNo": .string(number)]],
                ])
        case .done: return inner(call, ["resStatus": 2])
        case .balance: return inner(call, .null)
        case .route(let number, let scans, let others):
            let replies = [DirectRoute(number: number, scans: scans)] + others
            return inner(call, ["routeResps": .array(replies.map(reply))])
        }
    }

    private func reply(_ route: DirectRoute) -> JSON {
        let rows = route.scans.map { scan -> JSON in
            [
                "acceptTime": .string(ChinaTime.text(scan.at)), "acceptAddress": .string(scan.place),
                "remark": .string(scan.text), "opCode": .string(Self.code(scan.kind)),
            ]
        }
        return ["mailNo": .string(route.number), "routes": .array(rows)]
    }

    private static func code(_ kind: DirectScan.Kind) -> String {
        switch kind {
        case .pickedUp: "50"
        case .inTransit: "31"
        case .outForDelivery: "44"
        // SF has no code for a locker: only the text says it.
        case .stored, .signed, .returned: "80"
        case .returning: "99"
        }
    }

    private func gateway(_ code: String, _ message: String) -> SandboxAnswer {
        SandboxAnswer([
            "apiErrorMsg": .string(message), "apiResponseID": "sandbox", "apiResultCode": .string(code),
            "apiResultData": "",
        ])
    }

    private func inner(_ call: DirectCall, _ content: JSON = .null, error: (String, String)? = nil) -> SandboxAnswer {
        let result: JSON = [
            "success": .bool(error == nil), "errorCode": .string(error?.0 ?? "S0000"),
            "errorMsg": error.map { .string($0.1) } ?? .null, "msgData": content,
        ]
        return SandboxAnswer([
            "apiErrorMsg": "", "apiResponseID": "sandbox", "apiResultCode": "A1000",
            "apiResultData": call.isOtherForm ? result : .string(result.text),
        ])
    }

    func push(_ scan: DirectScan, id: String, number: String, isForged: Bool) -> DirectPushForm? {
        let row: JSON = [
            "id": .string(scan.id), "mailno": .string(number), "orderid": .string(id),
            "acceptTime": .string(ChinaTime.text(scan.at)), "acceptAddress": .string(scan.place),
            "remark": .string(scan.text), "opCode": .string(Self.code(scan.kind)), "reasonCode": "", "reasonName": "",
        ]
        let token = isForged ? "forged" : secrets.secret(.sf, "push")
        return .json(["Body": ["WaybillRoute": [row]]], pathRest: token)
    }

    func isAcknowledged(_ body: [UInt8]) -> Bool {
        body == Array(#"{"return_code":"0000","return_msg":"成功"}"#.utf8)
    }
}
