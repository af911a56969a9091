import HydrantConnectorKit
import HydrantCore

/// Orders to JD's JSON and its replies back; no effects.
enum JDMapper {
    static let ownNumber = OwnNumber.plain(maximum: 50)

    /// The content of /ecap/v1/orders/create. Weights in kilograms.
    static func createContent(
        _ request: InstructionRequest, receiver: Receiver, number: String, settings: JDSettings
    ) -> JSON {
        let cargo = request.cargo
        let goods = cargo.map(\.name).joined(separator: "、")
        let weight = request.weightGrams.map { Double($0) / 1_000 } ?? 1
        let cargoes: JSON = [
            [
                "name": .string(String(goods.prefix(200))),
                "quantity": .integer(Int64(cargo.reduce(0) { $0 + $1.units })), "weight": .number(weight),
                "volume": 1,
            ]
        ]
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        return [
            .compact([
                ("orderId", .string(number)), ("senderContact", self.receiver(ends.from)),
                ("receiverContact", self.receiver(ends.to)), ("orderOrigin", .integer(settings.orderOrigin)),
                ("customerCode", .string(settings.customerCode)),
                ("productsReq", ["productCode": .string(settings.productCode)]),
                ("settleType", .integer(settings.settleType)), ("cargoes", cargoes), ("pickupType", 1),
            ])
        ]
    }

    static func receiver(_ receiver: Receiver) -> JSON {
        let address = receiver.places.joined() + receiver.address
        return ["name": .string(receiver.name), "mobile": .string(receiver.phone), "fullAddress": .string(address)]
    }

    /// The one element that names a waybill for JD.
    static func waybill(_ number: String, _ settings: JDSettings, _ more: [(String, JSON?)] = []) -> JSON {
        [
            .compact(
                [
                    ("waybillCode", .string(number)), ("orderOrigin", .integer(settings.orderOrigin)),
                    ("customerCode", .string(settings.customerCode)),
                ] + more)
        ]
    }

    static func scans(_ data: JSON) -> [Scan] {
        let rows = data["traceDetails"]?.array ?? data.array ?? []
        return rows.compactMap { row in scan(row).flatMap { $0 } }
    }

    /// One row of a query's list or one push: outer nil when it cannot be read, inner nil when it is known and says
    /// nothing about the parcel's way.
    static func scan(_ row: JSON) -> Scan?? {
        guard let at = row["operationTime"]?.looseInstant, let category = row["category"]?.looseText else { return nil }
        let state = row["state"]?.looseText ?? ""
        guard let status = JDWords.status(category: category, state: state) else { return .some(nil) }
        let remark = row["operationRemark"]?.string ?? row["operationTitle"]?.string ?? ""
        return Scan(
            at: at, status: status, code: JDWords.states[state] == nil ? category : "\(category)/\(state)",
            place: cut(row["operateSite"]?.string ?? "", toBytes: 300), remark: ScanList.withoutPeople(remark))
    }
}

/// JD's envelope, opened.
enum JDReply: Sendable {
    case success(JSON, message: String)
    case failure(code: String, message: String)

    /// Nil when the bytes are no reply of JD.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSON(bytes: bytes), document.members != nil else { return nil }
        if let fault = document["error_response"] {
            let message = fault["zh_desc"]?.looseText ?? fault["en_desc"]?.looseText ?? ""
            self = .failure(code: fault["code"]?.looseText ?? "", message: shortened(message))
            return
        }
        guard let isSuccess = document["success"]?.looseBool else { return nil }
        let code = document["subCode"]?.looseText ?? document["code"]?.looseText ?? ""
        let message = shortened(document["subMsg"]?.looseText ?? document["msg"]?.looseText ?? "")
        self =
            isSuccess ? .success(document["data"] ?? .null, message: message) : .failure(code: code, message: message)
    }
}
