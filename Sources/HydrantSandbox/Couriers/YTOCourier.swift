import HydrantConnectorKit
import HydrantCore

/// YTO's platform: the signature covers parameter, method and version; nothing is pushed.
struct YTOCourier: DirectFace {
    let secrets: DirectSecrets

    func read(_ call: DirectCall) -> Result<DirectQuestion, DirectTurnedAway> {
        let parts = call.path.split(separator: "/").map(String.init)
        guard parts.count == 5, parts[0] == "open", let document = try? JSON(bytes: call.body),
            let param = document["param"]?.string, let content = try? JSON(text: param)
        else { return .failure(DirectTurnedAway(.malformed("param"))) }
        let text = param + parts[1] + parts[2] + secrets.secret(.yto)
        guard document["sign"]?.string == base64Text(HashAlgorithm.md5.digest(Array(text.utf8))),
            parts[3] == "SBX1", parts[4] == "K210000000"
        else { return .failure(DirectTurnedAway(.signature)) }
        let sent = document["timestamp"]?.string.flatMap { Int64($0) }.map { Instant(milliseconds: $0) }
        guard call.isNear(sent) else { return .failure(DirectTurnedAway(.clock)) }
        let id = content["logisticsNo"]?.string ?? ""
        switch parts[1] {
        case "privacy_create_adapter":
            let isComplete = content.holds("recipientName", "recipientMobile", "recipientAddress")
            return .success(.create(id: id, isComplete: id.utf8.count >= 7 && isComplete))
        case "korder_cancel_adapter": return .success(.cancel(id: id, number: nil))
        case "track_query_adapter": return .success(.track(number: content["NUMBER"]?.string, id: nil))
        case "subscribe_adapter": return .success(.subscribe(number: content["waybillNo"]?.string ?? ""))
        default: return .failure(DirectTurnedAway(.unknownOperation))
        }
    }

    func answer(_ answer: DirectAnswer, to call: DirectCall) -> SandboxAnswer {
        switch answer {
        case .created(let id, let number):
            return SandboxAnswer([
                "logisticsNo": .string(id), "mailNo": .string(number), "shortAddress": "300-1", "success": "true",
            ])
        case .done, .balance, .token: return SandboxAnswer(["success": "true", "message": "成功"])
        case .route(_, let scans, _) where scans.isEmpty:
            return SandboxAnswer(["code": 1_001, "success": "true", "message": "无走件信息"])
        case .route(let number, let scans, _):
            let rows = scans.map { scan -> JSON in
                [
                    "waybill_No": .string(number), "upload_Time": .string(ChinaTime.text(scan.at)),
                    "infoContent": .string(Self.word(scan.kind)), "processInfo": .string(scan.text),
                    "city": .string(scan.place),
                ]
            }
            return SandboxAnswer(.array(rows))
        case .refused(let reason): return refused(reason)
        }
    }

    private func refused(_ reason: DirectRefusal) -> SandboxAnswer {
        switch reason {
        case .signature, .tokenOver: failure("1002", "签名校验失败")
        case .clock: failure("1003", "时间戳过期")
        case .malformed(let field): failure("1004", "参数错误 \(field)")
        case .unknownOperation: failure("1005", "接口未授权")
        case .throttled: failure("1006", "访问过于频繁")
        case .incomplete: failure("1007", "收件人地址不完整")
        case .exhausted: failure("1008", "面单余量不足")
        case .duplicate(let number?): SandboxAnswer(["mailNo": .string(number), "success": "true"])
        case .duplicate: failure("1009", "物流号重复")
        case .alreadyCancelled: failure("1010", "订单已取消")
        case .alreadyPickedUp: failure("1011", "已揽件，无法取消")
        case .unknownNumber, .notSubscribed: failure("1012", "订单不存在")
        }
    }

    private static func word(_ kind: DirectScan.Kind) -> String {
        switch kind {
        case .pickedUp: "GOT"
        case .inTransit: "ARRIVAL"
        case .outForDelivery: "SENT_SCAN"
        case .stored: "INBOUND"
        case .signed, .returned: "SIGNED"
        case .returning: "TMS_RETURN"
        }
    }

    private func failure(_ code: String, _ message: String) -> SandboxAnswer {
        SandboxAnswer(["success": "false", "code": .string(code), "message": .string(message)])
    }

    func push(_ scan: DirectScan, id: String, number: String, isForged: Bool) -> DirectPushForm? { nil }

    func isAcknowledged(_ body: [UInt8]) -> Bool { false }
}
