import HydrantConnectorKit
import HydrantCore

/// Orders to ZTO's JSON and its replies back; no effects.
enum ZTOMapper {
    static let ownNumber = OwnNumber.plain(maximum: 64)

    /// The content of zto.open.createOrder. Weights in grams.
    static func createContent(
        _ request: InstructionRequest, receiver: Receiver, number: String, settings: ZTOSettings
    ) -> JSON {
        let account: JSON? =
            settings.accountID.isEmpty && settings.customerID.isEmpty
            ? nil
            : .compact([
                ("accountId", settings.accountID.isEmpty ? nil : .string(settings.accountID)),
                ("accountPassword", settings.accountPassword.isEmpty ? nil : .string(settings.accountPassword)),
                ("type", 1), ("customerId", settings.customerID.isEmpty ? nil : .string(settings.customerID)),
            ])
        let cargo = request.cargo
        let items = cargo.map { item -> JSON in
            ["name": .string(item.name), "quantity": .integer(Int64(item.units))]
        }
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        return .compact([
            ("partnerType", "2"), ("orderType", .string(settings.orderType)), ("partnerOrderCode", .string(number)),
            ("accountInfo", account), ("senderInfo", self.receiver(ends.from)),
            ("receiveInfo", self.receiver(ends.to)),
            (
                "summaryInfo",
                .compact([("quantity", .integer(Int64(cargo.reduce(0) { $0 + $1.units })))])
            ),
            ("orderItems", .array(items.enumerated().map { weighed($1, grams: $0 == 0 ? request.weightGrams : nil) })),
        ])
    }

    /// The weight is known of the whole parcel, so it stands at the first kind of goods.
    private static func weighed(_ item: JSON, grams: Int?) -> JSON {
        guard let grams, let members = item.members else { return item }
        return .object(members + [JSON.Member("weight", .integer(Int64(grams)))])
    }

    static func receiver(_ receiver: Receiver) -> JSON {
        [
            "name": .string(receiver.name), "mobile": .string(receiver.phone),
            "province": .string(receiver.province), "city": .string(receiver.city),
            "district": .string(receiver.district), "address": .string(receiver.address),
        ]
    }

    /// The scans of a query's `result`.
    static func scans(_ result: JSON) -> [Scan] {
        (result.array ?? [result]).compactMap { row in
            guard let at = row["scanDate"]?.looseInstant, let code = row["scanType"]?.looseText else { return nil }
            return Scan(
                at: at, status: ZTOWords.status(scanType: code), code: code, place: place(row["scanSite"]),
                remark: ScanList.withoutPeople(row["desc"]?.string ?? ""))
        }
    }

    private static func place(_ site: JSON?) -> String {
        shortened(site?.string ?? site?["name"]?.string ?? "")
    }

    /// The waybill and the scan of one push; nil when it lacks number, time or action.
    static func pushedScan(_ data: JSON) -> (number: String, scan: Scan)? {
        guard let number = data["billCode"]?.looseText, let action = data["action"]?.looseText,
            let at = data["actionTime"]?.looseInstant
        else { return nil }
        let place = data["facilityName"]?.looseText ?? data["city"]?.looseText ?? ""
        let scan = Scan(
            at: at, status: ZTOWords.status(action: action), code: action, place: shortened(place),
            remark: ScanList.withoutPeople(data["desc"]?.string ?? ""))
        return (number, scan)
    }
}

/// ZTO's envelope, opened. Every error of its gateway comes with HTTP 200.
enum ZTOReply: Sendable {
    case success(JSON, message: String)
    case failure(code: String, message: String)

    /// Nil when the bytes are no reply of ZTO.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSON(bytes: bytes), document.members != nil else { return nil }
        let code = document["statusCode"]?.looseText ?? ""
        let status = document["status"]?.looseBool
        guard status != nil || !code.isEmpty else { return nil }
        let message = shortened(document["message"]?.string ?? "")
        let isSuccess = status ?? ZTOWords.successes.contains(code)
        guard isSuccess, code.isEmpty || ZTOWords.successes.contains(code) else {
            self = .failure(code: code, message: message)
            return
        }
        self = .success(document["result"] ?? .null, message: message)
    }
}
