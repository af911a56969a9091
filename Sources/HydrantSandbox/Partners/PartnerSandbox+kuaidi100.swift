import HydrantConnectorKit
import HydrantCore

/// Kuaidi100: waybills, traces and subscriptions.
extension PartnerSandbox {
    func answerKuaidi100(_ call: SandboxCall) -> SandboxAnswer {
        let form = formDecoded(call.body) ?? []
        let inQuery = formDecoded(call.query.utf8) ?? []
        func field(_ name: String) -> String { value(of: name, in: form) ?? value(of: name, in: inQuery) ?? "" }
        let content = Array(field("param").utf8)
        guard let document = try? JSON(bytes: content) else { return SandboxAnswer(kuaidi100Failure("400", "参数格式错误")) }
        switch call.path {
        case "/label/order", "/eorderapi.do":
            var input = SignatureInput(secret: secrets.kuaidi100Secret, body: content, timestamp: field("t"))
            input.fields["key"] = Array(secrets.kuaidi100Key.utf8)
            guard field("sign") == SignatureRecipe.timedKeyMD5.sign(input), field("key") == secrets.kuaidi100Key else {
                countRefusedSignature()
                return SandboxAnswer(kuaidi100Failure("503", "验证签名失败"))
            }
            guard isNear(Int64(field("t")).map { Instant(milliseconds: $0) }) else {
                return SandboxAnswer(kuaidi100Failure("503", "时间戳失效"))
            }
            return answerKuaidi100Label(field("method"), document)
        case "/poll/query.do":
            var input = SignatureInput(secret: "", body: content)
            input.fields["key"] = Array(secrets.kuaidi100Key.utf8)
            input.fields["customer"] = Array(field("customer").utf8)
            guard field("sign") == SignatureRecipe.customerKeyMD5.sign(input) else {
                countRefusedSignature()
                return SandboxAnswer(
                    ["result": truth(false, "query"), "returnCode": "503", "message": "验证签名失败"])
            }
            return SandboxAnswer(kuaidi100Trace(document))
        case "/poll": return SandboxAnswer(subscribeKuaidi100(document))
        default: return SandboxAnswer(.null, status: 404)
        }
    }

    private func kuaidi100Failure(_ code: String, _ message: String) -> JSON {
        ["success": truth(false, code), "code": .integer(Int64(code) ?? 0), "message": .string(message)]
    }

    private func answerKuaidi100Label(_ method: String, _ document: JSON) -> SandboxAnswer {
        switch method {
        case "order": return makeKuaidi100Waybill(document)
        case "cancel":
            let number = document["kuaidinum"]?.string ?? ""
            let own = waybills[.kuaidi100]?.entry(number: number).map { kuaidi100OwnNumber($0.courier, number) } ?? ""
            guard own.isEmpty || document["orderId"]?.string == own else {
                return SandboxAnswer(kuaidi100Failure("30001", "快递公司订单号不能为空"))
            }
            let answer = changeKuaidi100(document) { $0.cancelled.formUnion($0.numbers) }
            takeBackAtDock(waybills[.kuaidi100]?.entry(number: number))
            return SandboxAnswer(answer)
        case "interceptOrder":
            guard document["interceptType"]?.string == "MODIFY_ADDR", document["recManInfo"]?["name"] != nil else {
                return SandboxAnswer(kuaidi100Failure("30001", "缺少必要参数"))
            }
            return SandboxAnswer(changeKuaidi100(document) { $0.changes += 1 })
        case "getThirdInfo":
            let branch: JSON = [
                "branchName": "廊坊网点", "branchCode": "310001",
                "quantity": .integer(Int64(waybills[.kuaidi100]?.left ?? 0)),
            ]
            return SandboxAnswer(["success": truth(true, "balance"), "code": 200, "message": "成功", "data": [branch]])
        default: return SandboxAnswer(kuaidi100Failure("10002", "method 不存在"))
        }
    }

    private func makeKuaidi100Waybill(_ document: JSON) -> SandboxAnswer {
        let id = document["orderId"]?.string ?? ""
        let fault = fault(of: "kuaidi100 \(id)")
        switch fault {
        case .throttled: return SandboxAnswer(kuaidi100Failure("500", "服务器繁忙"))
        case .expired: return SandboxAnswer(kuaidi100Failure("601", "KEY 已过期"))
        default: break
        }
        guard fault.takesEffect else { return SandboxAnswer(.null, fault: fault.exchange) }
        let receiver = document["recMan"]
        let fields = [receiver?["name"], receiver?["mobile"], receiver?["printAddr"]].map { $0?.string ?? "" }
        guard !fields.contains(""), document["kuaidicom"]?.string?.isEmpty == false else {
            return SandboxAnswer(kuaidi100Failure("30001", "收件人信息不完整"), fault: fault.exchange)
        }
        // Without reorder=false each order makes a waybill; with it the first one is remembered for 48 hours.
        if let known = waybills[.kuaidi100]?.entry(id), document["reorder"]?.isTruthful == false,
            clock.now() - known.madeAt < .hours(48)
        {
            waybills[.kuaidi100]?.change(id) { $0.requests += 1 }
            if fault == .none { tellDock(known.numbers[0], of: id, courier: known.courier, by: .kuaidi100) }
            return SandboxAnswer(kuaidi100Waybill(known.numbers[0], known), fault: fault.exchange)
        }
        let courier = document["kuaidicom"]?.string ?? ""
        guard let number = waybills[.kuaidi100]?.draw(id, courier: courier, at: clock.now()),
            let entry = waybills[.kuaidi100]?.entry(id)
        else {
            return SandboxAnswer(kuaidi100Failure("30003", "单号余额不足"), fault: fault.exchange)
        }
        if fault == .none { tellDock(number, of: id, courier: courier, by: .kuaidi100) }
        return SandboxAnswer(kuaidi100Waybill(number, entry), fault: fault.exchange)
    }

    private func kuaidi100Waybill(_ number: String, _ entry: WaybillBook.Entry) -> JSON {
        let data: JSON = [
            "taskId": .string("T\(number)"), "kuaidinum": .string(number), "bulkpen": "316-755",
            "kdComOrderNum": .string(kuaidi100OwnNumber(entry.courier, number)),
        ]
        return ["success": truth(true, entry.id), "code": 200, "message": "成功", "data": data]
    }

    /// The courier's own number of a waybill's order. Couriers that have one take nothing back without it.
    private func kuaidi100OwnNumber(_ courier: String, _ number: String) -> String {
        ["jd", "shunfeng"].contains(courier) ? "0\(number.filter(\.isNumber))own" : ""
    }

    private func changeKuaidi100(_ document: JSON, _ change: (inout WaybillBook.Entry) -> Void) -> JSON {
        guard let entry = waybills[.kuaidi100]?.entry(number: document["kuaidinum"]?.string ?? "") else {
            return kuaidi100Failure("30004", "单号不存在")
        }
        guard scans(of: entry).isEmpty else { return kuaidi100Failure("30005", "快件已揽收") }
        waybills[.kuaidi100]?.change(entry.id, change)
        return ["success": truth(true, entry.id), "code": 200, "message": "成功", "data": .null]
    }

    private func kuaidi100Trace(_ document: JSON) -> JSON {
        let number = document["num"]?.string ?? ""
        // Nobody knows a number at a courier that does not have it; then as for an unknown one.
        let known = waybills[.kuaidi100]?.entry(number: number)
        guard let entry = known, document["com"]?.string == entry.courier else {
            // The place of the list is null, not an empty list.
            return ["result": truth(false, number), "returnCode": "500", "message": "查询无结果", "data": .null]
        }
        return kuaidi100Result(entry, number: number)
    }

    /// The whole list, newest first, as queries and pushes carry it.
    func kuaidi100Result(_ entry: WaybillBook.Entry, number: String) -> JSON {
        let codes: [PartnerScan.Kind: (code: String, status: String)] = [
            .pickedUp: ("103", "揽收"), .inTransit: ("1002", "在途"), .outForDelivery: ("5", "派件"),
            .stored: ("501", "投柜或驿站"), .signed: ("301", "本人签收"), .returning: ("6", "退回"), .returned: ("4", "退签"),
        ]
        let rows = scans(of: entry).reversed().map { scan -> JSON in
            let time = JSON.string(ChinaTime.text(scan.at))
            return [
                "time": time, "ftime": time, "context": .string(scan.text),
                "status": .string(codes[scan.kind]?.status ?? ""), "statusCode": .string(codes[scan.kind]?.code ?? ""),
                "areaName": .string(scan.place),
            ]
        }
        let last = scans(of: entry).last
        return [
            "message": "ok", "state": .string(last.flatMap { codes[$0.kind]?.code } ?? "0"), "status": "200",
            "ischeck": last?.kind == .signed ? "1" : "0", "com": .string(entry.courier), "nu": .string(number),
            "data": .array(rows),
        ]
    }

    private func subscribeKuaidi100(_ document: JSON) -> JSON {
        func reply(_ code: String, _ message: String) -> JSON {
            [
                "result": truth(code == "200", code), "returnCode": .string(code), "message": .string(message),
            ]
        }
        guard document["key"]?.string == secrets.kuaidi100Key else { return reply("600", "您不是合法的订阅者") }
        let number = document["number"]?.string ?? ""
        let parameters = document["parameters"]
        guard let url = parameters?["callbackurl"]?.string, url.hasPrefix("http") else {
            return reply("700", "callbackurl 不正确")
        }
        guard let entry = waybills[.kuaidi100]?.entry(number: number) else { return reply("702", "识别不到快递公司") }
        guard entry.subscription == nil else {
            waybills[.kuaidi100]?.change(entry.id) { $0.subscription?.count += 1 }
            return reply("501", "重复订阅")
        }
        let subscription = WaybillBook.Subscription(
            url: url, salt: parameters?["salt"]?.string ?? "", since: clock.now())
        let named = document["company"]?.string ?? ""
        let mistaken = named == entry.courier ? "" : named
        guard mistaken.isEmpty || parameters?["autoCom"]?.string == "1" else { return reply("701", "快递公司不匹配") }
        waybills[.kuaidi100]?.change(entry.id) {
            $0.subscription = subscription
            $0.mistaken = mistaken
        }
        return reply("200", "提交成功")
    }

    func kuaidi100Push(_ entry: WaybillBook.Entry, to subscription: WaybillBook.Subscription) -> PartnerPush {
        let number = entry.numbers.first { !entry.cancelled.contains($0) } ?? entry.numbers[0]
        let result = kuaidi100Result(entry, number: number)
        let isOver = scans(of: entry).last?.kind == .signed
        let content: JSON = [
            "status": isOver ? "shutdown" : "polling", "message": "",
            "autoCheck": entry.mistaken.isEmpty ? "0" : "1", "comOld": .string(entry.mistaken),
            "comNew": .string(entry.mistaken.isEmpty ? "" : entry.courier), "lastResult": result,
        ]
        return PartnerPush(partner: .kuaidi100, url: subscription.url, content: content.bytes, salt: subscription.salt)
    }
}

extension JSON {
    /// True or false, also as text.
    var isTruthful: Bool? { bool ?? string.flatMap { Bool($0.lowercased()) } }
}
