import HydrantConnectorKit
import HydrantCore

/// Orders to the JSON of Cainiao's electronic waybill and its replies back; no effects.
enum CainiaoMapper {
    /// Content of TMS_WAYBILL_GET for one parcel. The parcel's id is objectId and package id.
    static func createContent(
        _ request: InstructionRequest, courier: String, receiver: Receiver, settings: CainiaoSettings
    ) -> JSON {
        let parcel = AggregatedParcel(request)
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        let items = parcel.goods.map { goods -> JSON in
            ["name": .string(goods.name), "count": .integer(Int64(goods.units))]
        }
        let package: JSON = .compact([
            ("id", .string(parcel.id)), ("items", .array(items)),
            ("weight", parcel.weightGrams.map { .integer(Int64($0)) }),
        ])
        let orderInfo: JSON = [
            "orderChannelsType": .string(settings.orderChannel), "tradeOrderList": [.string(request.order.number)],
        ]
        let entry: JSON = .compact([
            ("objectId", .string(parcel.id)), ("orderInfo", orderInfo), ("packageInfo", package),
            ("recipient", person(ends.to)), ("templateUrl", unlessEmpty(settings.templateURL)),
        ])
        return .compact([
            ("cpCode", .string(courier)), ("sender", person(ends.from)), ("tradeOrderInfoDtos", [entry]),
            ("customerCode", unlessEmpty(settings.customerCode)), ("storeCode", unlessEmpty(settings.storeCode)),
            ("resourceCode", unlessEmpty(settings.resourceCode)),
        ])
    }

    /// Content of TMS_WAYBILL_UPDATE with the order's receiver of now.
    static func changeContent(courier: String, number: String, parcel: String, receiver: Receiver) -> JSON {
        [
            "cpCode": .string(courier), "waybillCode": .string(number), "objectId": .string(parcel),
            "recipient": person(receiver),
        ]
    }

    static func discardContent(courier: String, number: String) -> JSON {
        ["cpCode": .string(courier), "waybillCode": .string(number)]
    }

    static func traceContent(courier: String, number: String, phone: String, appCode: String) -> JSON {
        let question: JSON = .compact([
            ("appCode", unlessEmpty(appCode)), ("cpCode", .string(courier)), ("mailNo", .string(number)),
            ("receiverPhone", unlessEmpty(phone)),
        ])
        return ["arg0": question]
    }

    private static func person(_ person: Receiver) -> JSON {
        let address: JSON = .compact([
            ("province", .string(person.province)), ("city", unlessEmpty(person.city)),
            ("district", unlessEmpty(person.district)), ("detail", .string(person.address)),
        ])
        return ["name": .string(person.name), "mobile": .string(person.phone), "address": address]
    }

    private static func unlessEmpty(_ text: String) -> JSON? { text.isEmpty ? nil : .string(text) }

    /// The number of our parcel, found by objectId and never by position.
    static func number(_ reply: JSON, of parcel: String) -> String? {
        let entries = reply["waybillCloudPrintResponseList"]?.array ?? []
        return entries.first { $0["objectId"]?.looseText == parcel }?["waybillCode"]?.looseText
    }

    /// All scans of a trace reply, oldest first.
    static func trace(_ reply: JSON, parcel: String, number: String) -> Trace {
        let scans = (reply["fullTraceDetail"]?.array ?? []).compactMap { row -> Scan? in
            guard let at = row["time"]?.looseInstant else { return nil }
            let code = row["status"]?.looseText ?? ""
            let text = row["desc"]?.string ?? ""
            return Scan(
                at: at, status: CainiaoWords.status(code: code, text: text), code: code,
                place: cut(row["city"]?.string ?? "", toBytes: 300), remark: ScanList.withoutPeople(text))
        }
        return Trace(parcel: parcel, number: number, scans: ScanList.whole(scans), isComplete: true)
    }

    /// What is left of the numbers of one courier, all branches together; nil when the reply names none.
    static func balance(_ reply: JSON, courier: String) -> Int64? {
        let columns = reply["waybillApplySubscriptionCols"]?.array ?? []
        let branches = columns.filter { $0["cpCode"]?.looseText == courier }.flatMap { column in
            column["branchAccountCols"]?.array ?? []
        }
        return branches.numbersLeft
    }
}

/// Cainiao's reply, opened.
enum CainiaoReply: Sendable {
    case success(JSON)
    case failure(code: String, message: String)

    /// Nil when the bytes are no reply of Cainiao. Success comes as true or as the text "true".
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSON(bytes: bytes), let success = document["success"] else { return nil }
        guard success.looseBool == true else {
            self = .failure(
                code: document["errorCode"]?.looseText ?? "", message: shortened(document["errorMsg"]?.string ?? ""))
            return
        }
        self = .success(document)
    }
}
