import HydrantConnectorKit
import HydrantCore

/// Orders to Kuaidi100's JSON and its replies back; no effects.
enum Kuaidi100Mapper {
    /// `param` of the method order. Without `reorder` the same order number makes a second waybill.
    static func createContent(
        _ request: InstructionRequest, courier: String, receiver: Receiver, settings: Kuaidi100Settings
    ) -> JSON {
        let parcel = AggregatedParcel(request)
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        return .compact(
            account(settings, courier: courier) + [
                ("orderId", .string(parcel.id)), ("reorder", false), ("recMan", person(ends.to)),
                ("sendMan", person(ends.from)), ("cargo", .string(parcel.goodsText)), ("count", 1),
                ("weight", parcel.kilograms),
                ("payType", .string(request.payer(settings.payType, sender: "SHIPPER", receiver: "CONSIGNEE"))),
                ("expType", .string(settings.product)), ("printType", "NON"), ("needSubscribe", false),
            ])
    }

    /// - Parameter reference: the courier's own order number, without which some couriers take nothing back.
    static func cancelContent(
        courier: String, number: String, reference: String, settings: Kuaidi100Settings
    ) -> JSON {
        .compact(
            account(settings, courier: courier) + [
                ("kuaidinum", .string(number)), ("orderId", unlessEmpty(reference)),
                ("expType", .string(settings.product)), ("reason", "面单作废"),
            ])
    }

    /// `param` of the method interceptOrder that changes the address.
    static func readdressContent(
        courier: String, number: String, receiver: Receiver, settings: Kuaidi100Settings
    ) -> JSON {
        .compact(
            account(settings, courier: courier) + [
                ("kuaidinum", .string(number)), ("interceptType", "MODIFY_ADDR"), ("orderRole", "1"),
                ("interceptPayType", .string(settings.interceptPayType)), ("recManInfo", person(receiver)),
                ("reason", "收货信息变更"),
            ])
    }

    private static func account(_ settings: Kuaidi100Settings, courier: String) -> [(String, JSON?)] {
        let account = settings.account
        return [
            ("kuaidicom", .string(courier)), ("partnerId", unlessEmpty(account.partnerID)),
            ("partnerKey", unlessEmpty(account.partnerKey)), ("partnerSecret", unlessEmpty(account.partnerSecret)),
            ("net", unlessEmpty(account.net)), ("code", unlessEmpty(account.code)),
        ]
    }

    private static func person(_ person: Receiver) -> JSON {
        [
            "name": .string(person.name), "mobile": .string(person.phone),
            "printAddr": .string(person.places.joined() + person.address),
        ]
    }

    private static func unlessEmpty(_ text: String) -> JSON? { text.isEmpty ? nil : .string(text) }

    /// - Parameter phone: the receiver's, sent only for couriers that check it.
    static func queryContent(courier: String, number: String, phone: String) -> JSON {
        let checked = Kuaidi100Words.couriersThatCheckPhones.contains(courier) ? phone : ""
        return [
            "com": .string(courier), "num": .string(number), "phone": .string(checked), "from": "", "to": "",
            "resultv2": "1", "show": "0", "order": "desc",
        ]
    }

    static func subscriptionContent(
        courier: String, number: String, phone: String, parcel: String, settings: Kuaidi100Settings
    ) -> JSON? {
        guard let callback = settings.pushURL(of: parcel) else { return nil }
        let checked = Kuaidi100Words.couriersThatCheckPhones.contains(courier) ? phone : ""
        let parameters: JSON = .compact([
            ("callbackurl", .string(callback)), ("salt", .string(settings.salt(of: parcel))), ("resultv2", "1"),
            ("autoCom", "1"), ("phone", unlessEmpty(checked)),
        ])
        return [
            "company": .string(courier), "number": .string(number), "from": "", "to": "",
            "key": .string(settings.key), "parameters": parameters,
        ]
    }

    static func number(_ reply: JSON) -> String? { reply["data"]?["kuaidinum"]?.looseText }

    /// The courier's own number of the order; empty for couriers that have none.
    static func reference(_ reply: JSON) -> String {
        cut(reply["data"]?["kdComOrderNum"]?.looseText ?? "", toBytes: 100)
    }

    /// What Kuaidi100 found a number's courier to be instead of the one that it was told, in its own code; nil where
    /// it found nothing wrong.
    static func correctedCourier(_ push: JSON) -> String? {
        guard let code = push["comNew"]?.looseText?.lowercased(), !code.isEmpty else { return nil }
        let isSame = code == push["comOld"]?.looseText?.lowercased()
        return isSame ? nil : cut(code, toBytes: 50)
    }

    /// All scans of a query's reply or of the `lastResult` of a push: both are the whole list, newest first.
    static func trace(_ result: JSON, parcel: String) -> Trace {
        let rows = result["data"]?.array ?? []
        let overall = result["state"]?.looseText
        let scans = rows.enumerated().compactMap { index, row -> Scan? in
            guard let at = (row["time"]?.looseInstant ?? row["ftime"]?.looseInstant) else { return nil }
            let text = row["context"]?.string ?? ""
            let named = row["status"]?.string.flatMap(Kuaidi100Words.code)
            let code = row["statusCode"]?.looseText ?? named ?? (index == 0 ? overall : nil) ?? ""
            guard !Kuaidi100Words.beforePickUp.contains(code) else { return nil }
            return Scan(
                at: at, status: Kuaidi100Words.status(code: code, text: text), code: code,
                place: cut(row["areaName"]?.string ?? "", toBytes: 300), remark: ScanList.withoutPeople(text))
        }
        return Trace(
            parcel: parcel, number: result["nu"]?.looseText ?? "", scans: ScanList.whole(scans),
            isComplete: true)
    }

    /// What is left of the numbers of one courier, all branches together; nil when the reply names none.
    static func balance(_ reply: JSON) -> Int64? {
        (reply["data"]?.array ?? []).numbersLeft
    }
}

/// Kuaidi100's reply, opened.
enum Kuaidi100Reply: Sendable {
    case success(JSON)
    case failure(code: String, message: String)

    /// Nil when the bytes are no reply of Kuaidi100. Waybill calls say `success` and `code`, subscriptions `result` and
    /// `returnCode`, queries `status` and a failed query `result` false.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSON(bytes: bytes), document.members != nil else { return nil }
        let flag = document["success"] ?? document["result"]
        let code = document["returnCode"]?.looseText ?? document["code"]?.looseText ?? document["status"]?.looseText
        guard flag != nil || code != nil else { return nil }
        guard flag?.looseBool ?? (code == "200") else {
            self = .failure(code: code ?? "", message: shortened(document["message"]?.string ?? ""))
            return
        }
        self = .success(document)
    }
}
