import HydrantConnectorKit
import HydrantCore

/// KDNiao: waybills, traces and subscriptions.
extension PartnerSandbox {
    func answerKDNiao(_ call: SandboxCall) -> SandboxAnswer {
        let form = formDecoded(call.body) ?? []
        func field(_ name: String) -> String { value(of: name, in: form) ?? "" }
        let content = Array(field("RequestData").utf8)
        guard field("EBusinessID") == secrets.kdniaoID, field("DataSign") == kdniaoSign(content) else {
            countRefusedSignature()
            return SandboxAnswer(kdniaoFailure("102", "数据签名验证失败"))
        }
        guard let document = try? JSON(bytes: content) else {
            return SandboxAnswer(kdniaoFailure("401", "RequestData 格式有误"))
        }
        switch (call.path, field("RequestType")) {
        case ("/api/Eorderservice", "1007"): return makeKDNiaoWaybill(document)
        case ("/api/Eorderservice", "1147"): return SandboxAnswer(cancelKDNiaoWaybill(document))
        case ("/api/Eorderservice", "1127"):
            let left = String(waybills[.kdniao]?.left ?? 0)
            return SandboxAnswer([
                "EBusinessID": .string(secrets.kdniaoID), "Success": truth(true, "balance"), "ResultCode": "100",
                "Reason": "成功", "EorderBalance": ["TotalNum": "1000000", "AvailableNum": .string(left)],
            ])
        case ("/Ebusiness/EbusinessOrderHandle.aspx", "1002"), ("/Ebusiness/EbusinessOrderHandle.aspx", "8001"):
            return SandboxAnswer(kdniaoTrace(document))
        case ("/api/dist", "1008"), ("/api/dist", "8008"): return SandboxAnswer(subscribeKDNiao(document))
        default: return SandboxAnswer(kdniaoFailure("105", "接口指令不存在"))
        }
    }

    func kdniaoSign(_ content: [UInt8]) -> String {
        SignatureRecipe.trailingSecretMD5Hexadecimal.sign(SignatureInput(secret: secrets.kdniaoKey, body: content))
    }

    private func kdniaoFailure(_ code: String, _ reason: String) -> JSON {
        [
            "EBusinessID": .string(secrets.kdniaoID), "Success": truth(false, code), "ResultCode": .string(code),
            "Reason": .string(reason),
        ]
    }

    private func makeKDNiaoWaybill(_ document: JSON) -> SandboxAnswer {
        let id = document["OrderCode"]?.string ?? ""
        let fault = fault(of: "kdniao \(id)")
        switch fault {
        case .throttled: return SandboxAnswer(kdniaoFailure("405", "超出请求次数限制"))
        case .expired: return SandboxAnswer(kdniaoFailure("104", "用户状态异常"))
        default: break
        }
        guard fault.takesEffect else { return SandboxAnswer(.null, fault: fault.exchange) }
        let receiver = document["Receiver"]
        let fields = ["Name", "Mobile", "ProvinceName", "CityName", "Address"].map { receiver?[$0]?.string ?? "" }
        guard !id.isEmpty, !fields.contains("") else {
            return SandboxAnswer(kdniaoFailure("101", "缺少必要参数 Receiver"), fault: fault.exchange)
        }
        let hasForbiddenSign = document.text.contains { "'#&+<>%".contains($0) }
        guard !hasForbiddenSign else {
            return SandboxAnswer(kdniaoFailure("102", "数据签名验证失败：含特殊字符"), fault: fault.exchange)
        }
        if let known = waybills[.kdniao]?.entry(id), !lottery.hits(faults.repeatMakesSecond, "second", id) {
            waybills[.kdniao]?.change(id) { $0.requests += 1 }
            if fault == .none { tellDock(known.numbers[0], of: id, courier: known.courier, by: .kdniao) }
            return SandboxAnswer(
                kdniaoWaybill(known, known.numbers[0], code: "106", reason: "该订单号已下单成功"), fault: fault.exchange)
        }
        let courier = document["ShipperCode"]?.string ?? ""
        guard let number = waybills[.kdniao]?.draw(id, courier: courier, at: clock.now()),
            let entry = waybills[.kdniao]?.entry(id)
        else { return SandboxAnswer(kdniaoFailure("105", "电子面单余额不足"), fault: fault.exchange) }
        if fault == .none { tellDock(number, of: id, courier: courier, by: .kdniao) }
        return SandboxAnswer(kdniaoWaybill(entry, number, code: "100", reason: "成功"), fault: fault.exchange)
    }

    private func kdniaoWaybill(_ entry: WaybillBook.Entry, _ number: String, code: String, reason: String) -> JSON {
        [
            "EBusinessID": .string(secrets.kdniaoID), "Success": truth(true, entry.id), "ResultCode": .string(code),
            "Reason": .string(reason), "UniquerRequestNumber": "sandbox",
            "Order": [
                "OrderCode": .string(entry.id), "ShipperCode": .string(entry.courier), "LogisticCode": .string(number),
            ],
        ]
    }

    private func cancelKDNiaoWaybill(_ document: JSON) -> JSON {
        let number = document["ExpNo"]?.string ?? ""
        guard let entry = waybills[.kdniao]?.entry(number: number), entry.id == document["OrderCode"]?.string else {
            return kdniaoFailure("105", "订单不存在")
        }
        guard scans(of: entry).isEmpty else { return kdniaoFailure("105", "快件已揽收") }
        _ = waybills[.kdniao]?.cancel(number)
        takeBackAtDock(waybills[.kdniao]?.entry(number: number))
        return [
            "EBusinessID": .string(secrets.kdniaoID), "Success": truth(true, number), "ResultCode": "100",
            "Reason": "成功",
        ]
    }

    private func kdniaoTrace(_ document: JSON) -> JSON {
        let number = document["LogisticCode"]?.string ?? ""
        guard let entry = waybills[.kdniao]?.entry(number: number) else {
            return [
                "EBusinessID": .string(secrets.kdniaoID), "Success": truth(true, number), "State": "0",
                "LogisticCode": .string(number), "Reason": "暂无轨迹信息", "Traces": [],
            ]
        }
        return .object([JSON.Member("EBusinessID", .string(secrets.kdniaoID))] + kdniaoEntry(entry, number))
    }

    private func kdniaoEntry(_ entry: WaybillBook.Entry, _ number: String) -> [JSON.Member] {
        let codes: [PartnerScan.Kind: (state: String, detail: String)] = [
            .pickedUp: ("1", "1"), .inTransit: ("2", "2"), .outForDelivery: ("2", "202"), .stored: ("2", "211"),
            .signed: ("3", "3"), .returning: ("4", "404"), .returned: ("3", "3"),
        ]
        let scans = scans(of: entry)
        let hasMalformedTime = lottery.hits(faults.malformedTime, "time", number)
        let rows = scans.map { scan -> JSON in
            [
                "AcceptTime": .string(ChinaTime.text(scan.at) + (hasMalformedTime ? "0" : "")),
                "AcceptStation": .string(scan.text), "Location": .string(scan.place),
                "Action": .string(codes[scan.kind]?.detail ?? ""),
            ]
        }
        let last = scans.last.flatMap { codes[$0.kind] } ?? ("0", "0")
        let document: JSON = [
            "OrderCode": .string(entry.id), "ShipperCode": .string(entry.courier), "LogisticCode": .string(number),
            "Success": truth(true, number), "Reason": "", "State": .string(last.state), "StateEx": .string(last.detail),
            "Traces": .array(rows),
        ]
        return document.members ?? []
    }

    private func subscribeKDNiao(_ document: JSON) -> JSON {
        let number = document["LogisticCode"]?.string ?? ""
        let now = ChinaTime.text(clock.now())
        guard let entry = waybills[.kdniao]?.entry(number: number) else {
            return [
                "EBusinessID": .string(secrets.kdniaoID), "UpdateTime": .string(now), "Success": truth(false, number),
                "Reason": "订阅单号不存在",
            ]
        }
        let subscription = WaybillBook.Subscription(url: "\(hub)/push/kdniao", salt: "", since: clock.now())
        waybills[.kdniao]?.change(entry.id) { entry in
            if entry.subscription == nil { entry.subscription = subscription } else { entry.subscription?.count += 1 }
        }
        return [
            "EBusinessID": .string(secrets.kdniaoID), "UpdateTime": .string(now), "Success": truth(true, number),
            "Reason": "",
        ]
    }

    func kdniaoPush(_ entry: WaybillBook.Entry, to subscription: WaybillBook.Subscription) -> PartnerPush {
        let number = entry.numbers.first { !entry.cancelled.contains($0) } ?? entry.numbers[0]
        let content: JSON = [
            "PushTime": .string(ChinaTime.text(clock.now())), "EBusinessID": .string(secrets.kdniaoID), "Count": "1",
            "Data": [.object(kdniaoEntry(entry, number))],
        ]
        return PartnerPush(partner: .kdniao, url: subscription.url, content: content.bytes, salt: "")
    }
}
