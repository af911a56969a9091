import HydrantCore
import HydrantEngine
import HydrantStorage

extension APIDescription {
    /// The schemas by name.
    static var schemas: [(String, JSON)] {
        wordSchemas + generalSchemas + factSchemas + orderSchemas + partSchemas + figureSchemas + channelSchemas
            + taskSchemas + bagSchemas
    }

    private static var wordSchemas: [(String, JSON)] {
        [
            ("Completion", Schema.words(Completion.self)), ("Verdict", Schema.words(Verdict.self)),
            ("MismatchKind", Schema.words(MismatchKind.self)), ("FactKind", Schema.words(FactKind.self)),
            ("TrackingStatus", Schema.words(TrackingStatus.self)),
            ("InstructionKind", Schema.words(InstructionKind.self)),
            ("InstructionStatus", Schema.words(InstructionStatus.self)),
        ]
    }

    private static var generalSchemas: [(String, JSON)] {
        [
            ("Text", Schema.object([("zh", Schema.text), ("en", Schema.text)])),
            (
                "Problem",
                Schema.object([
                    ("type", Schema.text), ("title", Schema.text), ("status", Schema.whole(400...599)),
                    ("code", ["type": "string", "pattern": "^HY-[0-9]{4}$"]), ("detail", Schema.text),
                    ("advice", Schema.text),
                ])
            ),
            ("Status", Schema.object([("status", Schema.words(["ok", "ready"]))])),
            (
                "State",
                Schema.object([
                    ("number", Schema.whole(0...7)), ("name", Schema.words(stateNames.map(\.identifier))),
                    ("title", Schema.ref("Text")),
                ])
            ),
        ]
    }

    private static var factSchemas: [(String, JSON)] {
        let problem = Schema.object(
            [
                ("code", ["type": "string", "pattern": "^HY-[0-9]{4}$"]), ("path", Schema.text),
                ("reason", Schema.text),
                ("detail", Schema.text), ("advice", Schema.text),
            ], optional: ["path", "reason"])
        let result = Schema.object(
            [
                ("id", Schema.textOrNull), ("order", Schema.textOrNull),
                ("status", Schema.words(FactResult.Status.self)),
                ("state", Schema.whole(0...7)), ("problem", Schema.ref("ItemProblem")),
            ], optional: ["state", "problem"])
        return [
            ("Fact", fact), ("FactResult", result), ("ItemProblem", problem),
            ("FactResults", Schema.object([("results", Schema.list(Schema.ref("FactResult")))])),
        ] + factDataSchemas
    }

    private static var orderSchemas: [(String, JSON)] {
        [
            (
                "OrderSummary",
                Schema.object([
                    ("order", Schema.text), ("version", Schema.count), ("state", Schema.ref("State")),
                    ("stateSince", Schema.timeOrNull), ("completion", Schema.ref("Completion")),
                    ("holds", Schema.count), ("verdict", Schema.orNull(Schema.ref("Verdict"))),
                    ("placedAt", Schema.timeOrNull), ("changedAt", Schema.time),
                ])
            ),
            (
                "SearchHit",
                Schema.object([
                    ("order", Schema.text), ("version", Schema.count), ("state", Schema.ref("State")),
                    ("stateSince", Schema.timeOrNull), ("completion", Schema.ref("Completion")),
                    ("holds", Schema.count), ("verdict", Schema.orNull(Schema.ref("Verdict"))),
                    ("placedAt", Schema.timeOrNull), ("changedAt", Schema.time),
                    ("matches", Schema.list(Schema.ref("SearchMatch"))),
                ])
            ),
            (
                "SearchMatch",
                Schema.object([
                    ("field", Schema.words(SearchMatch.Field.self)), ("manner", Schema.words(SearchMatch.Manner.self)),
                    ("value", Schema.text),
                ])
            ),
            (
                "SearchResult",
                Schema.object([
                    ("asOf", Schema.time), ("hits", Schema.list(Schema.ref("SearchHit"))), ("hasMore", Schema.flag),
                    ("isIndexComplete", Schema.flag),
                ])
            ),
            (
                "OrderPage",
                Schema.object([
                    ("orders", Schema.list(Schema.ref("OrderSummary"))), ("nextCursor", Schema.textOrNull),
                ])
            ),
            (
                "Order",
                Schema.object([
                    ("order", Schema.text), ("asOf", Schema.time), ("version", Schema.count),
                    ("state", Schema.ref("State")), ("stateSince", Schema.timeOrNull),
                    ("completion", Schema.ref("Completion")), ("placedAt", Schema.timeOrNull), ("shop", Schema.text),
                    ("customer", Schema.text), ("warehouse", Schema.text),
                    ("missing", Schema.orNull(Schema.ref("Text"))),
                    ("rootCause", Schema.orNull(Schema.ref("RootCause"))),
                    ("stamps", Schema.list(Schema.ref("Stamp"))), ("lines", Schema.list(Schema.ref("Line"))),
                    ("parcels", Schema.list(Schema.ref("Parcel"))), ("money", Schema.orNull(Schema.ref("Money"))),
                    ("holds", Schema.list(Schema.ref("Hold"))), ("words", Schema.list(Schema.ref("SystemWord"))),
                    ("findings", Schema.list(Schema.ref("Finding"))),
                    ("instructions", Schema.list(Schema.ref("Instruction"))),
                    ("returns", Schema.list(Schema.ref("OrderReturn"))),
                    ("tickets", Schema.list(Schema.ref("Ticket"))), ("calls", Schema.list(Schema.ref("Call"))),
                    ("receiver", Schema.orNull(Schema.ref("MaskedReceiver"))),
                ])
            ),
            ("OrderReturn", orderReturn),
            (
                "Ticket",
                Schema.object([
                    ("id", Schema.text), ("subject", Schema.text), ("status", Schema.words(Ticket.Status.self)),
                    ("linkedOrder", Schema.orNull(Schema.text)),
                ])
            ),
            (
                "Call",
                Schema.object([
                    ("id", Schema.text), ("beganAt", Schema.time),
                    ("stage", Schema.orNull(Schema.words(CallReport.Stage.self))),
                    ("ending", Schema.orNull(Schema.words(CallReport.Ending.self))),
                    ("answeredAt", Schema.timeOrNull), ("endedAt", Schema.timeOrNull),
                    ("seconds", Schema.orNull(Schema.count)), ("person", Schema.orNull(Schema.text)),
                    ("recording", Schema.orNull(Schema.text)),
                ])
            ),
            (
                "Proof",
                Schema.object([
                    ("order", Schema.text), ("head", Schema.hash), ("algorithm", Schema.words(["HMAC-SHA256"])),
                    ("howToVerify", Schema.text), ("events", Schema.list(Schema.ref("ProvenEvent"))),
                ])
            ),
            (
                "ProvenEvent",
                Schema.object([
                    ("number", Schema.count), ("content", Schema.anyObject), ("bytes", Schema.text),
                    ("previousHash", Schema.hash), ("hash", Schema.hash),
                ])
            ),
        ]
    }

    private static var orderReturn: JSON {
        let lines = Schema.list(
            Schema.object([("line", Schema.text), ("sku", Schema.text), ("units", Schema.count)]))
        return Schema.object([
            ("id", Schema.text), ("exchange", Schema.flag), ("askedAt", Schema.time), ("lines", lines),
            ("unfit", lines), ("refundMinor", Schema.orNull(Schema.integer)),
            ("replacement", Schema.textOrNull), ("wayBack", Schema.orNull(Schema.ref("Parcel"))),
            ("open", Schema.flag),
        ])
    }

    private static var partSchemas: [(String, JSON)] {
        let evidence = Schema.object([
            ("source", Schema.text), ("id", Schema.text), ("at", Schema.time), ("timed", Schema.flag),
        ])
        let end = Schema.object(
            [
                ("by", Schema.words(["person", "timer", "fact", "condition"])), ("at", Schema.time),
                ("fact", Schema.ref("FactKind")),
                (
                    "until",
                    Schema.moment("When the hold ends by itself at the latest, where it does not end by a timer alone.")
                ),
            ],
            optional: ["at", "fact", "until"])
        return [
            (
                "Stamp",
                Schema.object([
                    ("state", Schema.ref("State")), ("at", Schema.time), ("inferred", Schema.flag),
                    ("proof", Schema.list(evidence)),
                ])
            ),
            (
                "RootCause",
                Schema.object([
                    ("reason", Schema.ref("Text")), ("advice", Schema.ref("Text")), ("verdict", Schema.ref("Verdict")),
                ])
            ),
            (
                "Line",
                Schema.object([
                    ("id", Schema.text), ("sku", Schema.text), ("name", Schema.text), ("units", Schema.count),
                    ("priceMinor", Schema.integer), ("freightMinor", Schema.integer), ("gift", Schema.flag),
                    ("giftFor", Schema.text),
                ])
            ),
            ("Parcel", parcel), ("Scan", scan),
            (
                "Money",
                Schema.object([
                    ("currency", Schema.text), ("payableMinor", Schema.integerOrNull), ("linesMinor", Schema.integer),
                    ("paidMinor", Schema.integer), ("refundedMinor", Schema.integer), ("revenueMinor", Schema.integer),
                    ("receivedMinor", Schema.integer), ("invoicedMinor", Schema.integer),
                ])
            ),
            (
                "Hold",
                Schema.object([
                    ("id", Schema.text), ("reason", Schema.ref("Text")), ("owner", Schema.text), ("since", Schema.time),
                    ("exit", end),
                ])
            ),
            (
                "SystemWord",
                Schema.object([
                    ("system", Schema.text), ("word", Schema.text), ("saidAt", Schema.time),
                    ("agreement", Schema.words(["agrees", "disagrees", "unmapped"])),
                ])
            ),
            ("Finding", Schema.object(findingMembers)), ("Instruction", instruction),
            (
                "MaskedReceiver",
                Schema.object(
                    ["name", "phone", "province", "city", "district", "address", "deliveryArea"].map {
                        ($0, Schema.text)
                    } + [
                        ("addressProblems", Schema.list(Schema.words(AddressProblemKind.allCases.map(\.rawValue))))
                    ])
            ),
        ]
    }

    private static let findingMembers: [(String, JSON)] = [
        ("kind", Schema.ref("MismatchKind")), ("title", Schema.ref("Text")), ("verdict", Schema.ref("Verdict")),
        ("reason", Schema.ref("Text")), ("advice", Schema.ref("Text")), ("since", Schema.time),
        ("lastVerifiedAt", Schema.timeOrNull),
    ]

    private static var parcel: JSON {
        let waybill = Schema.object([
            ("number", Schema.text), ("courier", Schema.text), ("channel", Schema.text), ("live", Schema.flag),
            ("readBackAt", Schema.timeOrNull), ("voidedAt", Schema.timeOrNull), ("rider", Schema.text),
            ("line", Schema.text),
        ])
        let item = Schema.object([("line", Schema.text), ("units", Schema.count)])
        return Schema.object([
            ("id", Schema.text), ("warehouse", Schema.text), ("items", Schema.list(item)),
            ("weightGrams", Schema.integerOrNull), ("volumeMillilitres", Schema.integerOrNull),
            ("packedAt", Schema.timeOrNull), ("handedOverAt", Schema.timeOrNull), ("signedAt", Schema.timeOrNull),
            ("waybills", Schema.list(waybill)),
            ("scans", Schema.list(Schema.ref("Scan"))),
        ])
    }

    private static var scan: JSON {
        Schema.object([
            ("at", Schema.time), ("status", Schema.ref("TrackingStatus")), ("code", Schema.text),
            ("place", Schema.text), ("remark", Schema.text),
        ])
    }

    private static var instruction: JSON {
        Schema.object([
            ("key", Schema.text), ("kind", Schema.ref("InstructionKind")), ("system", Schema.text),
            ("target", Schema.text), ("status", Schema.ref("InstructionStatus")), ("attempts", Schema.count),
            ("issuedAt", Schema.time), ("dueAt", Schema.time), ("lastError", Schema.text),
        ])
    }

    private static var figureSchemas: [(String, JSON)] {
        let verdicts = Schema.object(Verdict.allCases.map { ($0.rawValue, Schema.count) })
        let dimension = Schema.object([
            ("value", Schema.numberOrNull), ("numerator", Schema.integer), ("denominator", Schema.integer),
            ("alertLine", Schema.numberOrNull), ("isBetterHigh", Schema.flag), ("isPastAlertLine", Schema.flag),
            ("score", Schema.numberOrNull), ("weight", Schema.numberOrNull),
        ])
        return [
            ("WrongOrder", Schema.object([("order", Schema.text)] + findingMembers)),
            (
                "WrongOrders",
                Schema.object([
                    ("asOf", Schema.time),
                    ("kinds", Schema.object(MismatchKind.allCases.map { ($0.rawValue, verdicts) })),
                    ("orders", Schema.list(Schema.ref("WrongOrder"))), ("nextCursor", Schema.textOrNull),
                ])
            ),
            ("HealthDimension", dimension),
            (
                "HealthIndex",
                Schema.object([
                    ("asOf", Schema.time), ("windowMilliseconds", Schema.count), ("index", Schema.numberOrNull),
                    ("population", Schema.integer), ("unknown", Schema.integer),
                    (
                        "dimensions",
                        Schema.object(HealthDimension.allCases.map { ($0.rawValue, Schema.ref("HealthDimension")) })
                    ),
                ])
            ),
        ]
    }
}
