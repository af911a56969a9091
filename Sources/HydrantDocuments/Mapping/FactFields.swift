internal import HydrantCore

/// What a member of a fact's data holds; decides how a column becomes its value.
indirect enum FieldType: Sendable {
    case text
    /// An amount of money: 188.73 becomes 18873 minor units.
    case amount
    case whole
    case flag
    case time
    case choice([String])
    case texts
    case list([Field])
}

/// One member of a fact's data.
struct Field: Sendable {
    let name: String
    let type: FieldType
    let isRequired: Bool

    init(_ name: String, _ type: FieldType = .text, required: Bool = false) {
        self.name = name
        self.type = type
        isRequired = required
    }
}

private let lineFields = [
    Field("id", required: true), Field("sku", required: true), Field("name"), Field("units", .whole),
    Field("priceMinor", .amount), Field("freightMinor", .amount), Field("gift", .flag), Field("giftFor"),
    Field("weightGrams", .whole),
]

private let moneyFields = [Field("id", required: true), Field("amountMinor", .amount, required: true)]

private let parcelField = [Field("parcel", required: true)]

/// The facts that a mapping may make out of files, and the members of their data. Facts that only the hub itself makes
/// (answers of instructions, timers), and receivers in clear text, are not among them.
let factFields: [FactKind: [Field]] = [
    .orderPlaced: [
        Field("shop"), Field("customer"), Field("warehouse"), Field("currency"), Field("payableMinor", .amount),
        Field("lines", .list(lineFields)),
    ],
    .lineReported: lineFields,
    .paymentReported: [Field("id", required: true), Field("amountMinor", .amount), Field("complete", .flag)],
    .creditChecked: [
        Field("passed", .flag), Field("level"), Field("returnRatePermille", .whole), Field("reason"),
    ],
    .inventoryLocked: [Field("warehouse"), Field("coversEveryLine", .flag), Field("frozenSKUs", .texts)],
    .inventoryRefused: [Field("reason")],
    .parcelPacked: [
        Field("parcel", required: true), Field("warehouse"), Field("weightGrams", .whole),
        Field("volumeMillilitres", .whole), Field("progress", .flag),
        Field("items", .list([Field("line", required: true), Field("units", .whole, required: true)])),
    ],
    .trackingReported: [
        Field("parcel", required: true), Field("courier"), Field("channel"), Field("number"), Field("reference"),
        Field("rider"), Field("line"),
    ],
    .waybillVoided: [Field("parcel", required: true), Field("number", required: true)],
    .parcelHandedOver: parcelField,
    .traceReported: [
        Field("parcel", required: true), Field("number"), Field("complete", .flag),
        Field(
            "scans",
            .list([
                Field("at", .time, required: true),
                Field("status", .choice(TrackingStatus.allCases.map(\.rawValue)), required: true), Field("code"),
                Field("place"), Field("remark"),
            ]), required: true),
    ],
    .signedReported: parcelField,
    .returnAsked: [
        Field("reason"), Field("exchange", .flag), Field("id"),
        Field("lines", .list([Field("line", required: true), Field("units", .whole, required: true)])),
    ],
    .orderCancelled: [Field("reason")],
    .orderCompleted: [],
    .refundReported: moneyFields,
    .revenueRecognised: moneyFields,
    .receiptReported: moneyFields,
    .invoiceIssued: moneyFields,
    .warrantyRegistered: [Field("until", .time, required: true)],
    .statusReported: [],
    .decisionMade: [Field("person", required: true), Field("cause", required: true), Field("minutes", .whole)],
    .touchpointSent: [
        Field("kind", .choice(Touchpoint.allCases.map(\.rawValue)), required: true), Field("accepted", .flag),
    ],
    .ticketReported: [
        Field("id", required: true), Field("subject"), Field("status", .choice(Ticket.Status.allCases.map(\.rawValue))),
        Field("linkedOrder"),
    ],
]

/// In the order of the storage names, for messages.
let mappableKinds = FactKind.allCases.filter { factFields[$0] != nil }
