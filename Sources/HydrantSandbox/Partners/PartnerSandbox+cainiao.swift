import HydrantConnectorKit
import HydrantCore

/// Cainiao's LINK gateway.
extension PartnerSandbox {
    func answerCainiao(_ call: SandboxCall) -> SandboxAnswer {
        let form = formDecoded(call.body) ?? []
        func field(_ name: String) -> String { value(of: name, in: form) ?? "" }
        let content = Array(field("logistics_interface").utf8)
        let input = SignatureInput(secret: secrets.cainiaoSecret, body: content)
        guard call.path == "/gateway/link.do", field("logistic_provider_id") == secrets.cainiaoToken,
            field("data_digest") == SignatureRecipe.trailingSecretMD5.sign(input)
        else {
            countRefusedSignature()
            return SandboxAnswer(cainiaoFailure("S02", "签名校验失败"))
        }
        guard let document = try? JSON(bytes: content) else { return SandboxAnswer(cainiaoFailure("S01", "报文格式错误")) }
        switch field("msg_type") {
        case "TMS_WAYBILL_GET": return makeCainiaoWaybills(document)
        case "TMS_WAYBILL_UPDATE": return SandboxAnswer(changeCainiaoWaybill(document))
        case "TMS_WAYBILL_DISCARD": return SandboxAnswer(discardCainiaoWaybill(document))
        case "TMS_WAYBILL_SUBSCRIPTION_QUERY": return SandboxAnswer(cainiaoBalance(document))
        case "CNTECH_LV_LOGISTICS_DETAIL_GET": return SandboxAnswer(cainiaoTrace(document["arg0"] ?? .null))
        case "CNTECH_LV_LOGISTICS_DETAIL_SUBSCRIBE":
            return SandboxAnswer(subscribeCainiao(document["arg0"] ?? .null))
        default: return SandboxAnswer(cainiaoFailure("S03", "接口未授权"))
        }
    }

    private func cainiaoFailure(_ code: String, _ message: String) -> JSON {
        ["success": truth(false, code), "errorCode": .string(code), "errorMsg": .string(message)]
    }

    private func makeCainiaoWaybills(_ document: JSON) -> SandboxAnswer {
        let entries = document["tradeOrderInfoDtos"]?.array ?? []
        let courier = document["cpCode"]?.string ?? ""
        guard (1...10).contains(entries.count), !courier.isEmpty else {
            return SandboxAnswer(cainiaoFailure("P01", "批量数量必须在 1 到 10 之间"))
        }
        let subject = entries.compactMap { $0["objectId"]?.string }.joined(separator: ",")
        let fault = fault(of: "cainiao \(subject)")
        switch fault {
        case .throttled: return SandboxAnswer(cainiaoFailure("B01", "接口调用频率超限，请稍后重试"))
        case .expired: return SandboxAnswer(cainiaoFailure("B02", "授权已过期"))
        default: break
        }
        guard fault.takesEffect else { return SandboxAnswer(.null, fault: fault.exchange) }
        var made: [JSON] = []
        var problem = ""
        for entry in entries {
            switch makeCainiaoWaybill(entry, courier: courier) {
            case .success(let one):
                made.append(one)
                guard fault == .none, let id = one["objectId"]?.string, let number = one["waybillCode"]?.string else {
                    continue
                }
                tellDock(number, of: id, courier: courier, by: .cainiao)
            case .failure(let failure): problem = failure.message
            }
        }
        guard !made.isEmpty else { return SandboxAnswer(cainiaoFailure("B03", problem), fault: fault.exchange) }
        // The order of the reply is not the order of the request.
        let reply: JSON = [
            "success": truth(true, subject), "waybillCloudPrintResponseList": .array(made.reversed()),
            "errorMsg": .string(problem),
        ]
        return SandboxAnswer(reply, fault: fault.exchange)
    }

    private struct Refused: Error {
        var message: String
    }

    private func makeCainiaoWaybill(_ entry: JSON, courier: String) -> Result<JSON, Refused> {
        let id = entry["objectId"]?.string ?? ""
        let recipient = entry["recipient"]
        let fields = [recipient?["name"], recipient?["mobile"], recipient?["address"]?["detail"]].map {
            $0?.string ?? ""
        }
        guard !id.isEmpty, !fields.contains("") else { return .failure(Refused(message: "收件人地址或电话不完整")) }
        guard !lottery.hits(faults.batchFailure, "batch", id) else {
            return .failure(Refused(message: "收件人地址无法识别"))
        }
        guard !lottery.hits(faults.noService, "no service", id) else {
            return .failure(Refused(message: "商家未开通该网点的电子面单"))
        }
        let makesSecond = lottery.hits(faults.repeatMakesSecond, "second", id)
        if let known = waybills[.cainiao]?.entry(id), !makesSecond {
            waybills[.cainiao]?.change(id) { $0.requests += 1 }
            return .success(cainiaoWaybill(id, known.numbers[0]))
        }
        guard let number = waybills[.cainiao]?.draw(id, courier: courier, at: clock.now()) else {
            return .failure(Refused(message: "电子面单余额不足"))
        }
        return .success(cainiaoWaybill(id, number))
    }

    private func cainiaoWaybill(_ id: String, _ number: String) -> JSON {
        ["objectId": .string(id), "waybillCode": .string(number), "printData": "{\"encryptedData\":\"sandbox\"}"]
    }

    private func changeCainiaoWaybill(_ document: JSON) -> JSON {
        guard let entry = waybills[.cainiao]?.entry(number: document["waybillCode"]?.string ?? "") else {
            return cainiaoFailure("B04", "面单号不存在")
        }
        guard scans(of: entry).isEmpty else { return cainiaoFailure("B05", "快件已揽收，无法修改") }
        waybills[.cainiao]?.change(entry.id) { $0.changes += 1 }
        return [
            "success": truth(true, entry.id), "waybillCode": document["waybillCode"] ?? "", "printData": "{}",
        ]
    }

    private func discardCainiaoWaybill(_ document: JSON) -> JSON {
        let number = document["waybillCode"]?.string ?? ""
        guard let entry = waybills[.cainiao]?.entry(number: number) else { return cainiaoFailure("B04", "面单号不存在") }
        guard scans(of: entry).isEmpty else { return cainiaoFailure("B05", "快件已揽收，无法取消") }
        let isDone = waybills[.cainiao]?.cancel(number) ?? false
        takeBackAtDock(waybills[.cainiao]?.entry(number: number))
        return ["success": truth(true, number), "discardResult": truth(isDone, number)]
    }

    private func cainiaoBalance(_ document: JSON) -> JSON {
        let courier = document["cpCode"] ?? ""
        let branch: JSON = [
            "branchCode": "310001", "branchName": "廊坊网点", "quantity": .integer(Int64(waybills[.cainiao]?.left ?? 0)),
        ]
        let column: JSON = ["cpCode": courier, "cpType": 2, "branchAccountCols": [branch]]
        return ["success": truth(true, "balance"), "waybillApplySubscriptionCols": [column]]
    }

    private func subscribeCainiao(_ question: JSON) -> JSON {
        let number = question["mailNo"]?.string ?? ""
        guard let entry = waybills[.cainiao]?.entry(number: number) else { return cainiaoFailure("B04", "运单号不存在") }
        guard entry.subscription == nil else {
            waybills[.cainiao]?.change(entry.id) { $0.subscription?.count += 1 }
            return cainiaoFailure("B06", "该运单已订阅")
        }
        // The address is one for the whole application and stands in Cainiao's console.
        let subscription = WaybillBook.Subscription(
            url: "\(hub)/push/\(Partner.cainiao.rawValue)", salt: "", since: clock.now())
        waybills[.cainiao]?.change(entry.id) { $0.subscription = subscription }
        return ["success": truth(true, number)]
    }

    func cainiaoPush(_ entry: WaybillBook.Entry, to subscription: WaybillBook.Subscription) -> PartnerPush {
        let number = entry.numbers.first { !entry.cancelled.contains($0) } ?? entry.numbers[0]
        let report = cainiaoTrace(["mailNo": .string(number), "cpCode": .string(entry.courier)])
        return PartnerPush(partner: .cainiao, url: subscription.url, content: report.bytes, salt: "")
    }

    private func cainiaoTrace(_ question: JSON) -> JSON {
        let number = question["mailNo"]?.string ?? ""
        let entry = waybills[.cainiao]?.entry(number: number)
        let codes: [PartnerScan.Kind: String] = [
            .pickedUp: "00", .inTransit: "01", .outForDelivery: "04", .stored: "AGENT_SIGN", .signed: "07",
            .returning: "08", .returned: "07",
        ]
        let rows = (entry.map { scans(of: $0) } ?? []).map { scan -> JSON in
            [
                "time": .string(ChinaTime.text(scan.at)), "desc": .string(scan.text),
                "status": .string(codes[scan.kind] ?? ""), "city": .string(scan.place),
            ]
        }
        return [
            "success": truth(true, number), "mailNo": .string(number), "cpCode": question["cpCode"] ?? "",
            "fullTraceDetail": entry == nil ? .null : .array(rows),
        ]
    }
}
