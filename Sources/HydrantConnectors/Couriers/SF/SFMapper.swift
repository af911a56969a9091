import HydrantConnectorKit
import HydrantCore

/// Orders to SF's JSON and its replies back; no effects.
enum SFMapper {
    /// `msgData` of EXP_RECE_CREATE_ORDER. Our own number of it is the parcel's id, so that it can be found again.
    static func createContent(
        _ request: InstructionRequest, receiver: Receiver, settings: SFSettings
    ) -> JSON {
        let order = request.order
        let packed = order.parcel(request.instruction.target)?.packing?.value.items ?? []
        let contents = packed.isEmpty ? nil : Dictionary(packed.map { ($0.line, $0.units) }, uniquingKeysWith: +)
        let cargo = order.lines.values.compactMap { line -> JSON? in
            guard let units = contents == nil ? line.units : contents?[line.id] else { return nil }
            return [
                "name": .string(line.name.isEmpty ? line.sku : line.name), "count": .integer(Int64(units)), "unit": "件",
                "amount": .number(Double(line.priceMinor) / 100),
                "currency": .string(order.header?.value.currency ?? "CNY"),
            ]
        }
        return .compact([
            ("language", "zh-CN"), ("orderId", .string(request.instruction.target)), ("cargoDetails", .array(cargo)),
            ("contactInfoList", [sender(settings.sender), self.receiver(receiver)]),
            ("expressTypeId", .integer(settings.expressType)), ("payMethod", .integer(settings.payMethod)),
            ("monthlyCard", settings.monthlyCard.isEmpty ? nil : .string(settings.monthlyCard)), ("parcelQty", 1),
            ("isGenWaybillNo", 1), ("isReturnRoutelabel", 1),
        ])
    }

    private static func sender(_ sender: SenderAddress) -> JSON {
        [
            "contactType": 1, "contact": .string(sender.name), "mobile": .string(sender.phone), "country": "CN",
            "province": .string(sender.province), "city": .string(sender.city), "county": .string(sender.district),
            "address": .string(sender.address),
        ]
    }

    private static func receiver(_ receiver: Receiver) -> JSON {
        [
            "contactType": 2, "contact": .string(receiver.name), "mobile": .string(receiver.phone), "country": "CN",
            "province": .string(receiver.province), "city": .string(receiver.city),
            "county": .string(receiver.district), "address": .string(receiver.address),
        ]
    }

    static func searchOrderContent(parcel: String) -> JSON {
        ["language": "zh-CN", "orderId": .string(parcel), "searchType": "1"]
    }

    /// By the waybill's number where it is known, by our own number otherwise.
    static func searchRoutesContent(parcel: String, number: String?, phone: String) -> JSON {
        .compact([
            ("language", "zh-CN"), ("trackingType", number == nil ? "2" : "1"),
            ("trackingNumber", [.string(number ?? parcel)]), ("methodType", "1"),
            ("checkPhoneNo", phone.count < 4 ? nil : .string(String(phone.suffix(4)))),
        ])
    }

    /// The parcel of a trace query's target, `PARCEL@MILLISECONDS`.
    static func tracedParcel(_ target: String) -> String {
        target.lastIndex(of: "@").map { String(target[..<$0]) } ?? target
    }

    /// The order of a parcel's id, `ORDER-NUMBER`; nil when it is none of ours.
    static func order(ofParcel id: String) -> String? {
        guard let dash = id.lastIndex(of: "-"), dash != id.startIndex else { return nil }
        let number = id[id.index(after: dash)...]
        guard !number.isEmpty, number.count <= 4, number.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return String(id[..<dash])
    }

    /// The main number of a created order; nil while SF has not given one.
    static func mainWaybill(_ content: JSON) -> String? {
        let numbers = content["waybillNoInfoList"]?.array ?? []
        let main = numbers.first { text($0["waybillType"]) == "1" }
        guard let number = main?["waybillNo"]?.string, !number.isEmpty else { return nil }
        return number
    }

    static func waybillFact(parcel: String, order: String, number: String, system: String, now: Instant) -> ReportedFact
    {
        ReportedFact(
            messageID: "waybill/\(parcel)/\(number)", order: order, occurredAt: now,
            body: .trackingReported(Tracking(parcel: parcel, courier: "SF", channel: system, number: number)))
    }

    /// All scans of the first parcel that a route reply tells about, oldest first, with its number.
    static func trace(_ content: JSON, parcel: String) -> Trace? {
        guard let reply = content["routeResps"]?.array?.first else { return nil }
        let scans = (reply["routes"]?.array ?? []).compactMap(scan).sorted()
        return Trace(parcel: parcel, number: reply["mailNo"]?.string ?? "", scans: scans, isComplete: true)
    }

    /// One row of a route reply or push.
    static func scan(_ row: JSON) -> Scan? {
        guard let at = row["acceptTime"]?.string.flatMap(ChinaTime.instant), let code = text(row["opCode"]) else {
            return nil
        }
        let remark = row["remark"]?.string ?? ""
        return Scan(
            at: at, status: SFWords.status(code: code, remark: remark), code: code,
            place: shortened(row["acceptAddress"]?.string ?? ""), remark: SFWords.withoutPeople(remark))
    }

    /// Text, or a whole number where SF's documents and its traffic disagree.
    static func text(_ value: JSON?) -> String? {
        if let text = value?.string { return text.isEmpty ? nil : text }
        return value?.integer.map { String($0) }
    }
}

/// SF's two envelopes, one inside the other, opened.
enum SFReply: Sendable {
    case success(JSON)
    case failure(code: String, message: String)

    /// Nil when the bytes are no reply of SF. The inner envelope comes as text or as an object.
    init?(_ bytes: [UInt8]) {
        guard let outer = SFReply.document(bytes), let gateway = SFMapper.text(outer["apiResultCode"]) else {
            return nil
        }
        guard gateway == "A1000" else {
            self = .failure(code: gateway, message: shortened(outer["apiErrorMsg"]?.string ?? ""))
            return
        }
        guard let inner = SFReply.opened(outer["apiResultData"]), inner.members != nil else { return nil }
        guard inner["success"]?.bool == true || inner["success"]?.string == "true" else {
            let code = SFMapper.text(inner["errorCode"]) ?? ""
            self = .failure(code: code, message: shortened(inner["errorMsg"]?.string ?? ""))
            return
        }
        self = .success(SFReply.opened(inner["msgData"]) ?? .null)
    }

    private static func document(_ bytes: [UInt8]) -> JSON? { try? JSON(bytes: bytes) }

    private static func opened(_ value: JSON?) -> JSON? {
        guard let text = value?.string else { return value }
        return document(Array(text.utf8))
    }
}
