import HydrantConnectorKit
import HydrantCore

/// Orders to YTO's JSON and its replies back; no effects.
enum YTOMapper {
    /// YTO wants at least seven signs.
    static let ownNumber = OwnNumber.escaped(maximum: 32, prefix: "HYDR")

    /// The content of privacy_create_adapter. Weights in kilograms.
    static func createContent(
        _ request: InstructionRequest, receiver: Receiver, number: String, settings: YTOSettings
    ) -> JSON {
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        let (sender, receiver) = (ends.from, ends.to)
        let goods = request.cargo.prefix(20).map { item -> JSON in
            ["name": .string(item.name), "quantity": .integer(Int64(item.units))]
        }
        return .compact([
            ("logisticsNo", .string(number)), ("senderName", .string(sender.name)),
            ("senderProvinceName", .string(sender.province)), ("senderCityName", .string(sender.city)),
            ("senderCountyName", .string(sender.district)), ("senderAddress", .string(sender.address)),
            ("senderMobile", .string(sender.phone)), ("recipientName", .string(receiver.name)),
            ("recipientProvinceName", .string(receiver.province)), ("recipientCityName", .string(receiver.city)),
            ("recipientCountyName", .string(receiver.district)), ("recipientAddress", .string(receiver.address)),
            ("recipientMobile", .string(receiver.phone)), ("goods", .array(Array(goods))),
            ("cstOrderNo", .string(request.order.number)),
            ("weight", request.weightGrams.map { .number(Double($0) / 1_000) }),
            ("productCode", settings.productCode.isEmpty ? nil : .string(settings.productCode)),
        ])
    }

    /// The rows of a list, or of the object that YTO sends in its place.
    static func scans(_ reply: JSON) -> [Scan] {
        (reply.array ?? reply["data"]?.array ?? []).compactMap { row in
            guard let at = row["upload_Time"]?.looseInstant, let word = row["infoContent"]?.looseText else {
                return nil
            }
            return Scan(
                at: at, status: YTOWords.status(word), code: word, place: cut(row["city"]?.string ?? "", toBytes: 300),
                remark: ScanList.withoutPeople(row["processInfo"]?.string ?? ""))
        }
    }

    /// The number of a created order, wherever the version of the interface puts it.
    static func waybill(_ reply: JSON) -> String? {
        for place in [reply, reply["data"]?.opened, reply["result"]?.opened] {
            if let number = (place?["mailNo"] ?? place?["waybillNo"])?.looseText { return number }
        }
        return nil
    }
}

/// YTO's replies: objects with `success` as text, or plain lists.
enum YTOReply: Sendable {
    case success(JSON, message: String)
    case failure(code: String, message: String)

    /// Nil when the bytes are no reply of YTO.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSON(bytes: bytes), document.members != nil || document.array != nil else {
            return nil
        }
        let code = (document["code"] ?? document["errorCode"])?.looseText ?? ""
        let message = shortened((document["message"] ?? document["reason"])?.looseText ?? "")
        let isSuccess = document["success"]?.looseBool ?? (document.array != nil || YTOMapper.waybill(document) != nil)
        self = isSuccess ? .success(document, message: message) : .failure(code: code, message: message)
    }
}
