import HydrantConnectorKit
import HydrantCore

/// Orders to Yunda's JSON and its replies back; no effects.
enum YundaMapper {
    /// Letters, digits and the underscore.
    static let ownNumber = OwnNumber.escaped(maximum: 50)

    /// One order of createBmOrder and updateBmOrder. Weights in kilograms.
    static func order(
        _ request: InstructionRequest, receiver: Receiver, number: String, settings: YundaSettings
    ) -> JSON {
        let cargo = request.cargo
        let items = cargo.map { item -> JSON in
            ["name": .string(item.name), "number": .integer(Int64(item.units))]
        }
        let ends = ParcelEnds(request, house: settings.sender, customer: receiver)
        return .compact([
            ("order_serial_no", .string(number)), ("khddh", .string(number)),
            ("sender", person(ends.from)), ("receiver", person(ends.to)),
            ("weight", request.weightGrams.map { .number(Double($0) / 1_000) }), ("items", .array(items)),
        ])
    }

    private static func person(_ person: Receiver) -> JSON {
        [
            "name": .string(person.name), "mobile": .string(person.phone), "province": .string(person.province),
            "city": .string(person.city), "county": .string(person.district), "address": .string(person.address),
        ]
    }

    /// The row of a batch that is about our order: one reply mixes successes and failures.
    static func row(_ data: JSON, number: String) -> JSON? {
        (data.array ?? [data]).first {
            $0["order_serial_no"]?.looseText == number || $0["orderid"]?.looseText == number
        }
    }

    static func scans(_ data: JSON) -> [Scan] {
        (data["steps"]?.array ?? []).compactMap { step in
            guard let at = step["time"]?.looseInstant, let word = step["action"]?.looseText else { return nil }
            return Scan(
                at: at, status: YundaWords.status(word), code: word,
                place: shortened(step["station_name"]?.string ?? step["station"]?.string ?? step["city"]?.string ?? ""),
                remark: ScanList.withoutPeople(step["description"]?.string ?? ""))
        }
    }
}

/// Yunda's envelope, opened.
enum YundaReply: Sendable {
    case success(JSON, message: String)
    case failure(code: String, message: String)

    private static let successes: Set<String> = ["0000", "0", "200"]

    /// Nil when the bytes are no reply of Yunda.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSON(bytes: bytes), document.members != nil else { return nil }
        let code = document["code"]?.looseText ?? ""
        let message = shortened((document["message"] ?? document["msg"])?.looseText ?? "")
        guard let isSuccess = (document["result"] ?? document["success"])?.looseBool ?? Self.success(code) else {
            return nil
        }
        self =
            isSuccess
            ? .success(document["data"]?.opened ?? .null, message: message) : .failure(code: code, message: message)
    }

    private static func success(_ code: String) -> Bool? { code.isEmpty ? nil : successes.contains(code) }
}
