import HydrantConnectorKit
import HydrantCore

/// Orders to KDNiao's JSON and its replies back; no effects.
enum KDNiaoMapper {
    /// `RequestData` of 1007. OrderCode is the parcel's id.
    static func createContent(
        _ request: InstructionRequest, courier: String, receiver: Receiver, settings: KDNiaoSettings
    ) -> JSON {
        let parcel = AggregatedParcel(request)
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        let goods = parcel.goods.map { goods -> JSON in
            ["GoodsName": clean(goods.name), "Goodsquantity": .integer(Int64(goods.units))]
        }
        return .compact(
            [("OrderCode", .string(parcel.id)), ("ShipperCode", .string(courier))] + account(settings) + [
                ("PayType", .integer(request.payer(settings.payType, sender: 1, receiver: 2))),
                ("ExpType", .integer(settings.product)),
                ("Sender", person(ends.from)), ("Receiver", person(ends.to)), ("Commodity", .array(goods)),
                ("Weight", parcel.kilograms), ("Quantity", 1), ("IsReturnPrintTemplate", "0"),
            ])
    }

    /// `RequestData` of 1147.
    static func cancelContent(parcel: String, courier: String, number: String, settings: KDNiaoSettings) -> JSON {
        .compact(
            [
                ("OrderCode", .string(parcel)), ("ShipperCode", .string(courier)), ("ExpNo", .string(number)),
            ] + account(settings))
    }

    /// `RequestData` of 1127.
    static func balanceContent(courier: String, settings: KDNiaoSettings) -> JSON {
        .compact([("ShipperCode", .string(courier))] + account(settings))
    }

    /// `RequestData` of 1002 and 1008: a trace query and a subscription say the same.
    static func traceContent(parcel: String, courier: String, number: String, phone: String) -> JSON {
        .compact([
            ("OrderCode", .string(parcel)), ("ShipperCode", .string(courier)), ("LogisticCode", .string(number)),
            // SF shows a trace only to who knows the last four digits.
            ("CustomerName", courier == "SF" && phone.count >= 4 ? .string(String(phone.suffix(4))) : nil),
        ])
    }

    private static func account(_ settings: KDNiaoSettings) -> [(String, JSON?)] {
        [
            ("CustomerName", unlessEmpty(settings.customerName)),
            ("CustomerPwd", unlessEmpty(settings.customerPassword)),
            ("MonthCode", unlessEmpty(settings.monthCode)),
        ]
    }

    private static func person(_ person: Receiver) -> JSON {
        [
            "Name": clean(person.name), "Mobile": clean(person.phone),
            "ProvinceName": clean(KDNiaoWords.province(person.province)), "CityName": clean(person.city),
            "ExpAreaName": clean(person.district), "Address": clean(person.address),
        ]
    }

    private static func clean(_ text: String) -> JSON { .string(KDNiaoWords.withoutForbiddenSigns(text)) }

    private static func unlessEmpty(_ text: String) -> JSON? { text.isEmpty ? nil : .string(text) }

    static func number(_ reply: JSON) -> String? { reply["Order"]?["LogisticCode"]?.looseText }

    /// All scans of a query's reply or of one entry of a push, oldest first.
    /// - Parameter isComplete: true for a query.
    static func trace(_ result: JSON, parcel: String, isComplete: Bool) -> Trace {
        let rows = (result["Traces"]?.array ?? []).compactMap { row -> (at: Instant, row: JSON)? in
            row["AcceptTime"]?.looseInstant.map { ($0, row) }
        }
        let newest = rows.map(\.at).max()
        let overall = result["StateEx"]?.looseText ?? result["State"]?.looseText
        let scans = rows.map { at, row -> Scan in
            let text = row["AcceptStation"]?.string ?? ""
            // Only the plus services give each row a code; else the state of the whole is that of the newest row.
            let code = row["Action"]?.looseText ?? (at == newest ? overall : nil) ?? ""
            return Scan(
                at: at, status: KDNiaoWords.status(code: code, text: text), code: code,
                place: cut(row["Location"]?.string ?? "", toBytes: 300), remark: ScanList.withoutPeople(text))
        }
        return Trace(
            parcel: parcel, number: result["LogisticCode"]?.looseText ?? "", scans: ScanList.whole(scans),
            isComplete: isComplete)
    }

    /// Numbers left; nil when the reply names none.
    static func balance(_ reply: JSON) -> Int64? {
        reply["EorderBalance"]?["AvailableNum"]?.looseInteger
    }
}

/// KDNiao's reply, opened.
enum KDNiaoReply: Sendable {
    case success(JSON)
    case failure(code: String, message: String, document: JSON)

    /// Nil when the bytes are no reply of KDNiao.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSON(bytes: bytes), let success = document["Success"] else { return nil }
        let code = document["ResultCode"]?.looseText ?? ""
        // 106 says that the order exists already, with Success true or false.
        guard success.looseBool == true, code != "106" else {
            self = .failure(code: code, message: shortened(document["Reason"]?.string ?? ""), document: document)
            return
        }
        self = .success(document)
    }
}
