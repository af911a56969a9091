import HydrantConnectorKit
import HydrantCore

/// Yunda's platform: a hexadecimal digest in a header, batches whose rows succeed and fail apart; nothing is pushed.
struct YundaCourier: DirectFace {
    let secrets: DirectSecrets

    func read(_ call: DirectCall) -> Result<DirectQuestion, DirectTurnedAway> {
        let text = call.body + Array("_\(secrets.secret(.yunda))".utf8)
        guard call.headers["app-key"] == secrets.appKey,
            call.headers["sign"] == hexadecimalText(HashAlgorithm.md5.digest(text))
        else { return .failure(DirectTurnedAway(.signature)) }
        if let sent = call.headers["req-time"], !call.isNear(Int64(sent).map { Instant(milliseconds: $0) }) {
            return .failure(DirectTurnedAway(.clock))
        }
        guard let content = try? JSON(bytes: call.body), content["partner_id"]?.string == secrets.partnerID,
            content["secret"]?.string == secrets.secret(.yunda, "partner")
        else { return .failure(DirectTurnedAway(.malformed("partner_id"))) }
        let order = content["orders"]?.array?.first
        let id = order?["order_serial_no"]?.string ?? ""
        let number = order?["mailno"]?.string
        switch call.path.split(separator: "/").last {
        case "createBmOrder":
            let isPlain = id.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte)
            }
            let isComplete = order?["receiver"]?.holds("name", "mobile", "province", "city", "address") == true
            return .success(.create(id: id, isComplete: !id.isEmpty && isPlain && isComplete))
        case "cancelBmOrder": return .success(.cancel(id: id, number: number))
        case "updateBmOrder": return .success(.readdress(number: number ?? ""))
        case "searchCount": return .success(.balance)
        case "query": return .success(.track(number: content["mailno"]?.string, id: nil))
        case "subscribe": return .success(.subscribe(number: number ?? ""))
        default: return .failure(DirectTurnedAway(.unknownOperation))
        }
    }

    func answer(_ answer: DirectAnswer, to call: DirectCall) -> SandboxAnswer {
        switch answer {
        case .created(_, let number): return batch(call, status: true, number: number, message: "")
        case .done: return batch(call, status: true, number: nil, message: "ok")
        case .token: return reply(.null)
        case .balance(let left): return reply(["count": .integer(Int64(left))])
        case .route(let number, let scans, _):
            let steps = scans.map { scan -> JSON in
                [
                    "time": .string(ChinaTime.text(scan.at)), "action": .string(Self.action(scan.kind)),
                    "city": .string(scan.place), "station_name": .string(scan.place),
                    "description": .string(scan.text),
                ]
            }
            return reply(["mailno": .string(number), "status": "TRANSIT", "steps": .array(steps)])
        case .refused(let reason): return refused(reason, call)
        }
    }

    private func refused(_ reason: DirectRefusal, _ call: DirectCall) -> SandboxAnswer {
        switch reason {
        case .signature, .tokenOver: failure("1001", "验签失败")
        case .clock: failure("1002", "时间戳超时")
        case .malformed(let field): failure("1003", "参数错误 \(field)")
        case .unknownOperation: failure("1004", "接口不存在")
        case .throttled: failure("1005", "调用频繁")
        case .incomplete: batch(call, status: false, number: nil, message: "收件人地址不完整")
        case .exhausted: batch(call, status: false, number: nil, message: "单号余量不足")
        case .duplicate(let number): batch(call, status: false, number: number, message: "订单号重复")
        case .alreadyCancelled: batch(call, status: false, number: nil, message: "订单已取消")
        case .alreadyPickedUp: batch(call, status: false, number: nil, message: "已揽收")
        case .unknownNumber: batch(call, status: false, number: nil, message: "订单不存在")
        case .notSubscribed: failure("1006", "请先订阅")
        }
    }

    private static func action(_ kind: DirectScan.Kind) -> String {
        switch kind {
        case .pickedUp: "GOT"
        case .inTransit: "ARRIVAL"
        case .outForDelivery: "SENT"
        case .stored: "INBOUND"
        case .signed, .returned: "SIGNED"
        case .returning: "RETURN"
        }
    }

    /// One reply mixes rows: another customer's failure comes first. The status is a number or a text.
    private func batch(_ call: DirectCall, status: Bool, number: String?, message: String) -> SandboxAnswer {
        let order = (try? JSON(bytes: call.body))?["orders"]?.array?.first
        let id = (order?["order_serial_no"] ?? order?["orderid"]) ?? ""
        let name = order?["order_serial_no"] == nil ? "orderid" : "order_serial_no"
        let row = JSON.compact([
            (name, id), ("mailno", (number.map { .string($0) } ?? (status ? order?["mailno"] : nil)) ?? ""),
            ("pdf_info", ""), ("status", call.isOtherForm ? .string(status ? "1" : "0") : .integer(status ? 1 : 0)),
            ("msg", .string(message)),
        ])
        let other: JSON = ["order_serial_no": "other", "mailno": "", "status": 0, "msg": "地址不完整"]
        return reply(call.isOtherForm ? [other, row] : [row])
    }

    private func reply(_ data: JSON) -> SandboxAnswer {
        SandboxAnswer(["code": "0000", "result": true, "message": "成功", "data": data])
    }

    private func failure(_ code: String, _ message: String) -> SandboxAnswer {
        SandboxAnswer(["code": .string(code), "result": false, "message": .string(message), "data": .null])
    }

    func push(_ scan: DirectScan, id: String, number: String, isForged: Bool) -> DirectPushForm? { nil }

    func isAcknowledged(_ body: [UInt8]) -> Bool { false }
}
