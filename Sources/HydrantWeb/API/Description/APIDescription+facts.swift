import HydrantCore

/// What is inside a fact. The readers in HydrantCore decide; this says the same in schemas.
extension APIDescription {
    /// A time with its zone, or milliseconds since 1970.
    private static let moment: JSON = [
        "anyOf": [Schema.time, ["type": "integer", "minimum": 0, "maximum": 253_402_300_799_999]]
    ]
    private static let name = Schema.text(maximum: 100)
    private static let optionalName: JSON = ["type": "string", "maxLength": 100]
    private static let sentence: JSON = ["type": "string", "maxLength": 2_000]
    private static let money = Schema.object([
        ("id", name), ("amountMinor", Schema.amount("In minor units (fen, cents): 129.00 yuan is 12900.")),
    ])

    /// One schema per kind; which one counts is told by `kind`.
    static var fact: JSON {
        [
            "anyOf": .array(FactKind.reportable.map { Schema.ref(factName($0)) }),
            "discriminator": [
                "propertyName": "kind",
                "mapping": .object(
                    FactKind.reportable.map {
                        JSON.Member($0.rawValue, .string("#/components/schemas/\(factName($0))"))
                    }),
            ],
        ]
    }

    static var factDataSchemas: [(String, JSON)] {
        FactKind.reportable.map { (factName($0), fact(of: $0)) }
            + [("FactLine", line), ("Receiver", receiver), ("FactScan", scan)]
    }

    /// `order.placed` is described by `FactOrderPlaced`.
    private static func factName(_ kind: FactKind) -> String {
        let words = kind.rawValue.split { $0 == "." || $0 == "-" }
        return "Fact" + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func fact(of kind: FactKind) -> JSON {
        let data = data(of: kind)
        var optional: Set<String> = ["occurredAt", "word"]
        if data["required"] == nil, data["$ref"] == nil { optional.insert("data") }
        return Schema.object(
            [
                ("kind", ["const": .string(kind.rawValue)]), ("source", name), ("id", Schema.text(maximum: 300)),
                ("order", name), ("occurredAt", moment), ("word", ["type": "string", "maxLength": 200]), ("data", data),
            ], optional: optional)
    }

    private static func data(of kind: FactKind) -> JSON {
        switch kind {
        case .orderPlaced: orderPlaced
        case .lineReported: Schema.ref("FactLine")
        case .paymentReported:
            Schema.object(
                [("id", name), ("amountMinor", Schema.amount("What was paid.")), ("complete", Schema.flag)],
                optional: ["amountMinor", "complete"])
        case .creditChecked:
            optional([
                ("passed", Schema.flag), ("level", ["type": "string", "maxLength": 50]),
                ("returnRatePermille", Schema.whole(0...1_000)), ("reason", sentence),
            ])
        case .inventoryLocked:
            optional([
                ("warehouse", optionalName), ("coversEveryLine", Schema.flag), ("frozenSKUs", Schema.list(Schema.text)),
            ])
        case .inventoryRefused, .orderCancelled: optional([("reason", sentence)])
        case .parcelPacked: packing
        case .trackingReported:
            Schema.object(
                [
                    ("parcel", name), ("courier", ["type": "string", "maxLength": 50]),
                    ("channel", ["type": "string", "maxLength": 50]), ("number", optionalName),
                    ("reference", optionalName), ("rider", optionalName), ("line", optionalName),
                ], optional: ["courier", "channel", "number", "reference", "rider", "line"])
        case .waybillVoided: Schema.object([("parcel", name), ("number", name)])
        case .parcelHandedOver, .signedReported: Schema.object([("parcel", name)])
        case .traceReported:
            Schema.object(
                [
                    ("parcel", name), ("number", optionalName), ("scans", Schema.list(Schema.ref("FactScan"))),
                    ("complete", Schema.flag),
                ], optional: ["number", "scans", "complete"])
        case .returnAsked:
            optional([
                ("reason", sentence), ("exchange", Schema.flag), ("id", optionalName),
                ("lines", ["type": "array", "items": lineUnits, "maxItems": 500]),
            ])
        case .refundReported, .revenueRecognised, .receiptReported, .invoiceIssued: money
        default: laterData(of: kind)
        }
    }

    private static func laterData(of kind: FactKind) -> JSON {
        switch kind {
        case .warrantyRegistered: Schema.object([("until", moment)])
        case .receiverChanged: Schema.object([("receiver", Schema.ref("Receiver"))])
        case .receiverVerified: receiverVerified
        case .holdPlaced:
            Schema.object(
                [
                    ("id", name), ("reason", Schema.text(maximum: 2_000)), ("owner", name), ("until", moment),
                    ("untilFact", Schema.ref("FactKind")), ("untilPerson", Schema.flag),
                ], optional: ["until", "untilFact", "untilPerson"])
        case .holdReleased: Schema.object([("id", name), ("note", sentence)], optional: ["note"])
        case .decisionMade:
            Schema.object(
                [("person", name), ("cause", Schema.text(maximum: 2_000)), ("minutes", Schema.whole(0...10_000))],
                optional: ["minutes"])
        case .touchpointSent:
            Schema.object(
                [("kind", Schema.words(Touchpoint.self)), ("accepted", Schema.flag)], optional: ["accepted"])
        case .waybillChosen: Schema.object([("parcel", name), ("number", name)])
        case .taskAsked: taskAsked
        case .ticketReported:
            Schema.object(
                [
                    ("id", name), ("subject", optionalName), ("status", Schema.words(Ticket.Status.self)),
                    ("linkedOrder", optionalName),
                ], optional: ["subject", "status", "linkedOrder"])
        case .callReported:
            Schema.object(
                [
                    ("id", name), ("stage", Schema.words(CallReport.Stage.self)),
                    ("ending", Schema.words(CallReport.Ending.self)), ("seconds", Schema.whole(0...86_400)),
                    ("reference", ["type": "string", "maxLength": 200]),
                    ("recording", ["type": "string", "maxLength": 200]),
                ], optional: ["ending", "seconds", "reference", "recording"])
        default: Schema.anyObject
        }
    }

    private static var taskAsked: JSON {
        let field = Schema.object(
            [
                ("name", name), ("label", bothLanguages), ("kind", Schema.words(TaskField.Kind.self)),
                ("required", Schema.flag),
                (
                    "options",
                    [
                        "type": "array", "maxItems": 100,
                        "items": Schema.object([("value", Schema.text(maximum: 200)), ("text", bothLanguages)]),
                    ]
                ),
                ("shownWhen", Schema.object([("field", name), ("values", Schema.list(Schema.text))])),
                ("shownIf", Schema.anyObject), ("requiredIf", Schema.anyObject),
                (
                    "prefill",
                    [
                        "type": "array", "maxItems": 20,
                        "items": Schema.object(
                            [
                                ("value", Schema.text(maximum: 600)), ("from", Schema.words(RuleField.self)),
                                ("if", Schema.anyObject),
                            ], optional: ["from", "if"]),
                    ]
                ),
            ], optional: ["required", "options", "shownWhen", "shownIf", "requiredIf", "prefill"])
        return Schema.object(
            [
                ("id", Schema.text(maximum: 300)), ("task", Schema.words(TaskKind.self)),
                ("severity", Schema.words(TaskSeverity.self)), ("owner", name),
                ("within", Schema.whole(60_000...31_622_400_000)), ("reason", bothLanguages),
                ("fields", ["type": "array", "items": field, "maxItems": 30]),
            ], optional: ["task", "severity", "within", "fields"])
    }

    /// A sentence in Chinese and English, or one text for both.
    private static var bothLanguages: JSON {
        let text = Schema.text(maximum: 2_000)
        return ["anyOf": [text, Schema.object([("zh", text), ("en", text)])]]
    }

    /// The receiver in clear, or the fingerprint of one that the hub has shown.
    private static var receiverVerified: JSON {
        [
            "anyOf": [
                Schema.object([("receiver", Schema.ref("Receiver"))]), Schema.object([("fingerprint", name)]),
            ]
        ]
    }

    private static func optional(_ members: [(String, JSON)]) -> JSON {
        Schema.object(members, optional: Set(members.map(\.0)))
    }

    private static var orderPlaced: JSON {
        optional([
            ("shop", optionalName), ("customer", optionalName), ("warehouse", optionalName),
            ("courier", optionalName), ("currency", ["type": "string", "maxLength": 3]),
            ("payableMinor", Schema.amount("What the customer has to pay.")), ("receiver", Schema.ref("Receiver")),
            ("lines", ["type": "array", "items": Schema.ref("FactLine"), "maxItems": 500]),
        ])
    }

    private static var line: JSON {
        Schema.object(
            [
                ("id", name), ("sku", name), ("name", ["type": "string", "maxLength": 300]),
                ("units", Schema.whole(1...1_000_000)),
                ("priceMinor", Schema.amount("Of the whole line, minor units: two pieces at 64.50 yuan are 12900.")),
                ("freightMinor", Schema.amount("The line's share of freight.")), ("gift", Schema.flag),
                ("giftFor", optionalName), ("weightGrams", Schema.whole(1...10_000_000)),
            ], optional: ["name", "units", "priceMinor", "freightMinor", "gift", "giftFor", "weightGrams"])
    }

    private static let lineUnits = Schema.object([("line", name), ("units", Schema.whole(1...1_000_000))])

    private static var packing: JSON {
        Schema.object(
            [
                ("parcel", name), ("warehouse", optionalName),
                ("items", ["type": "array", "items": lineUnits, "maxItems": 500]),
                ("weightGrams", Schema.whole(0...100_000_000)),
                ("volumeMillilitres", Schema.whole(0...100_000_000)), ("progress", Schema.flag),
            ], optional: ["warehouse", "items", "weightGrams", "volumeMillilitres", "progress"])
    }

    private static var scan: JSON {
        Schema.object(
            [
                ("at", moment), ("status", Schema.ref("TrackingStatus")), ("code", optionalName),
                ("place", ["type": "string", "maxLength": 300]), ("remark", sentence),
            ], optional: ["code", "place", "remark"])
    }

    private static var receiver: JSON {
        let text: JSON = ["type": "string", "maxLength": 1_000]
        let members = ["name", "phone", "province", "city", "district", "address", "token"].map { ($0, text) }
        let schema = optional(members)
        return .object((schema.members ?? []) + [JSON.Member("additionalProperties", false)])
    }
}
