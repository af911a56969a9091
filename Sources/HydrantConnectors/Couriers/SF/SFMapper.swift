import HydrantConnectorKit
import HydrantCore

/// Orders to SF's JSON and its replies back; no effects.
enum SFMapper {
    /// `msgData` of EXP_RECE_CREATE_ORDER. Our own number of it is the parcel's id, so that it can be found again.
    static func createContent(
        _ request: InstructionRequest, receiver: Receiver, settings: SFSettings
    ) -> JSON {
        let currency = JSON.string(request.order.header?.value.currency ?? "CNY")
        let cargo = request.cargo.map { item -> JSON in
            [
                "name": .string(item.name), "count": .integer(Int64(item.units)), "unit": "件",
                "amount": .number(Double(item.priceMinor) / 100), "currency": currency,
            ]
        }
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        return .compact([
            ("language", "zh-CN"), ("orderId", .string(request.ownNumber)), ("cargoDetails", .array(cargo)),
            ("contactInfoList", [contact(1, ends.from), contact(2, ends.to)]),
            ("expressTypeId", .integer(settings.expressType)),
            ("payMethod", .integer(request.payer(settings.payMethod, sender: 1, receiver: 2))),
            ("monthlyCard", settings.monthlyCard.isEmpty ? nil : .string(settings.monthlyCard)), ("parcelQty", 1),
            ("isGenWaybillNo", 1), ("isReturnRoutelabel", 1), ("isDocall", request.isWayBack ? 1 : nil),
        ])
    }

    /// - Parameter type: 1 who sends, 2 who receives.
    private static func contact(_ type: Int64, _ person: Receiver) -> JSON {
        [
            "contactType": .integer(type), "contact": .string(person.name), "mobile": .string(person.phone),
            "country": "CN", "province": .string(person.province), "city": .string(person.city),
            "county": .string(person.district), "address": .string(person.address),
        ]
    }

    static func searchOrderContent(parcel: String) -> JSON {
        ["language": "zh-CN", "orderId": .string(parcel), "searchType": "1"]
    }

    /// By the waybill's number where it is known, by our own number otherwise.
    /// - Parameters:
    ///   - areWaybills: whether the numbers are SF's, and not our own.
    ///   - proof: the last four digits of the receiver's phone; empty where SF does not check them.
    static func searchRoutesContent(numbers: [String], areWaybills: Bool, proof: String) -> JSON {
        .compact([
            ("language", "zh-CN"), ("trackingType", areWaybills ? "1" : "2"),
            ("trackingNumber", .array(numbers.map { .string($0) })), ("methodType", "1"),
            ("checkPhoneNo", proof.isEmpty ? nil : .string(proof)),
        ])
    }

    /// `msgData` of EXP_RECE_UPDATE_ORDER. A confirmed order is cancelled only with its waybill named.
    static func cancelContent(parcel: String, number: String) -> JSON {
        [
            "language": "zh-CN", "orderId": .string(parcel), "dealType": 2,
            "waybillNoInfoList": [["waybillType": 1, "waybillNo": .string(number)]],
        ]
    }

    static func interceptContent(number: String, receiver: Receiver, settings: SFSettings) -> JSON {
        .compact([
            ("language", "zh-CN"), ("waybillNo", .string(number)), ("serviceCode", .string(settings.interceptService)),
            ("role", "1"), ("payMode", "1"),
            ("monthlyCardNo", settings.monthlyCard.isEmpty ? nil : .string(settings.monthlyCard)),
            (
                "newDestAddress",
                [
                    "province": .string(receiver.province), "city": .string(receiver.city),
                    "county": .string(receiver.district), "address": .string(receiver.address),
                    "contact": .string(receiver.name), "phone": .string(receiver.phone),
                ]
            ),
        ])
    }

    static func registerContent(parcel: String, number: String, phone: String) -> JSON {
        .compact([
            ("language", "zh-CN"), ("country", "CN"), ("type", "2"), ("attributeNo", .string(number)),
            ("orderId", .string(parcel)),
            ("checkPhoneNo", phone.count < 4 ? nil : .string(String(phone.suffix(4)))),
        ])
    }

    /// The main number of a created order; nil while SF has not given one.
    static func mainWaybill(_ content: JSON) -> String? {
        let numbers = content["waybillNoInfoList"]?.array ?? []
        let main = numbers.first { $0["waybillType"]?.looseText == "1" }
        guard let number = main?["waybillNo"]?.string, !number.isEmpty else { return nil }
        return number
    }

    /// What a route reply says about the parcel that was asked for, by its waybill's number where that is known; nil
    /// when it tells of others only.
    static func route(_ content: JSON, of parcel: String, _ question: CourierQuestion) -> JSON? {
        let replies = content["routeResps"]?.array ?? []
        return replies.first { reply in
            if case .route(let number?, _) = question { return reply["mailNo"]?.string == number }
            return reply["orderId"]?.string.map { $0 == parcel } ?? (replies.count == 1)
        }
    }

    /// The scans of one parcel of a route reply.
    static func scans(_ reply: JSON) -> [Scan] { (reply["routes"]?.array ?? []).compactMap(scan) }

    /// One row of a route reply or push.
    static func scan(_ row: JSON) -> Scan? {
        guard let at = row["acceptTime"]?.looseInstant, let code = row["opCode"]?.looseText else {
            return nil
        }
        let remark = row["remark"]?.string ?? ""
        return Scan(
            at: at, status: SFWords.status(code: code, remark: remark), code: code,
            place: cut(row["acceptAddress"]?.string ?? "", toBytes: 300), remark: ScanList.withoutPeople(remark))
    }
}

/// SF's two envelopes, one inside the other, opened.
enum SFReply: Sendable {
    case success(JSON)
    case failure(code: String, message: String)

    /// Nil when the bytes are no reply of SF. The inner envelope comes as text or as an object.
    init?(_ bytes: [UInt8]) {
        guard let outer = try? JSON(bytes: bytes), let gateway = outer["apiResultCode"]?.looseText else {
            return nil
        }
        guard gateway == "A1000" else {
            self = .failure(code: gateway, message: shortened(outer["apiErrorMsg"]?.string ?? ""))
            return
        }
        guard let inner = outer["apiResultData"]?.opened, inner.members != nil else { return nil }
        #if HYDRANT_MUTANTS
            if Mutant.outerSuccessIsEnough.isOn {
                self = .success(inner["msgData"]?.opened ?? .null)
                return
            }
        #endif
        guard inner["success"]?.looseBool == true else {
            let code = inner["errorCode"]?.looseText ?? ""
            self = .failure(code: code, message: shortened(inner["errorMsg"]?.string ?? ""))
            return
        }
        self = .success(inner["msgData"]?.opened ?? .null)
    }
}
