import HydrantConnectorKit
import HydrantCore

/// Orders to STO's JSON and its replies back; no effects.
enum STOMapper {
    static let ownNumber = OwnNumber.plain(maximum: 64)

    /// The content of OMS_EXPRESS_ORDER_CREATE. Weights in kilograms.
    static func createContent(
        _ request: InstructionRequest, receiver: Receiver, number: String, settings: STOSettings
    ) -> JSON {
        let cargo = request.cargo
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        let customer: JSON = .compact([
            ("siteCode", settings.siteCode.isEmpty ? nil : .string(settings.siteCode)),
            ("customerName", settings.customerName.isEmpty ? nil : .string(settings.customerName)),
            ("sitePwd", settings.sitePassword.isEmpty ? nil : .string(settings.sitePassword)),
            ("monthCustomerCode", settings.monthCustomerCode.isEmpty ? nil : .string(settings.monthCustomerCode)),
        ])
        return .compact([
            ("orderNo", .string(number)), ("orderSource", .string(settings.orderSource)),
            ("billType", .string(settings.billType)), ("orderType", .string(settings.orderType)),
            ("sender", self.receiver(ends.from)), ("receiver", self.receiver(ends.to)),
            (
                "cargo",
                .compact([
                    ("battery", "30"), ("goodsType", "小件"),
                    ("goodsName", .string(String(cargo.map(\.name).joined(separator: "、").prefix(100)))),
                    ("goodsCount", .integer(Int64(cargo.reduce(0) { $0 + $1.units }))),
                    ("weight", request.weightGrams.map { .number(Double($0) / 1_000) }),
                ])
            ),
            ("customer", customer),
        ])
    }

    static func receiver(_ receiver: Receiver) -> JSON {
        [
            "name": .string(receiver.name), "mobile": .string(receiver.phone),
            "province": .string(receiver.province), "city": .string(receiver.city),
            "area": .string(receiver.district), "address": .string(receiver.address),
        ]
    }

    /// The scans of one waybill in a query's `data`: a list by waybill, or a plain list whose rows name theirs where
    /// several were asked for.
    static func scans(_ data: JSON, number: String) -> [Scan] {
        let rows = data[number]?.array ?? data.array ?? []
        let names = rows.map { $0["waybillNo"]?.looseText }
        return zip(rows, names).filter { $1 == nil || $1 == number }.compactMap { scan($0.0) }
    }

    /// One row of a query or the `trace` of a push.
    static func scan(_ row: JSON) -> Scan? {
        guard let at = row["opTime"]?.looseInstant, let word = row["scanType"]?.looseText else { return nil }
        return Scan(
            at: at, status: STOWords.status(word), code: word, place: cut(row["opOrgName"]?.string ?? "", toBytes: 300),
            remark: ScanList.withoutPeople(row["memo"]?.string ?? ""))
    }
}

/// STO's envelope, opened; its truth values are texts.
enum STOReply: Sendable {
    case success(JSON, message: String)
    case failure(code: String, message: String)

    /// Nil when the bytes are no reply of STO.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSON(bytes: bytes), let isSuccess = document["success"]?.looseBool else {
            return nil
        }
        let code = document["errorCode"]?.looseText ?? ""
        let message = shortened(document["errorMsg"]?.looseText ?? "")
        self =
            isSuccess
            ? .success(document["data"]?.opened ?? .null, message: message) : .failure(code: code, message: message)
    }
}
