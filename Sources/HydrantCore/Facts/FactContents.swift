/// What the selling system says when an order is placed.
package struct OrderHeader: Hashable, Sendable {
    /// The shop or channel that sold it.
    package var shop: String
    /// The customer's number in the CRM.
    package var customer: String
    /// The warehouse that is meant to ship it.
    package var warehouse: String
    /// ISO 4217 code.
    package var currency: String
    /// What the customer has to pay, in minor units (fen, cents); nil when the source does not say.
    package var payableMinor: Int64?
    package var receiver: ReceiverReference?
    /// The order whose goods it replaces; empty for an order of its own.
    package var replaces = ""
    /// The courier that is to carry it, by its name in the chains; empty where the warehouse's first one does.
    package var courier = ""
    package var lines: [Line]

    package init(
        shop: String = "", customer: String = "", warehouse: String = "", currency: String = "CNY",
        payableMinor: Int64? = nil, receiver: ReceiverReference? = nil, lines: [Line] = []
    ) {
        self.shop = shop
        self.customer = customer
        self.warehouse = warehouse
        self.currency = currency
        self.payableMinor = payableMinor
        self.receiver = receiver
        self.lines = lines
    }
}

/// One line of an order, counted in units.
package struct Line: Hashable, Sendable {
    package var id: String
    package var sku: String
    package var name: String
    package var units: Int
    /// Price of the whole line, and its share of freight, in minor units.
    package var priceMinor: Int64
    package var freightMinor: Int64
    package var isGift: Bool
    /// For a gift: the paid line it belongs to; empty while it is bound to none.
    package var giftFor: String
    /// Of one unit; nil where nobody says.
    package var weightGrams: Int?

    package init(
        id: String, sku: String, name: String = "", units: Int = 1, priceMinor: Int64 = 0, freightMinor: Int64 = 0,
        isGift: Bool = false, giftFor: String = ""
    ) {
        self.id = id
        self.sku = sku
        self.name = name
        self.units = units
        self.priceMinor = priceMinor
        self.freightMinor = freightMinor
        self.isGift = isGift
        self.giftFor = giftFor
    }
}

/// Money that the payer's system says was paid.
package struct Payment: Hashable, Sendable {
    /// The payer's system's number of this payment; a correction has the same number.
    package var id: String
    package var amountMinor: Int64
    /// True when the payer's system says that the order is paid in full, whatever the amount.
    package var isComplete: Bool

    package init(id: String, amountMinor: Int64, isComplete: Bool = false) {
        self.id = id
        self.amountMinor = amountMinor
        self.isComplete = isComplete
    }
}

/// A refund, a recognised revenue, a receipt or an invoice, in minor units.
package struct MoneyEntry: Hashable, Sendable {
    package var id: String
    package var amountMinor: Int64

    package init(id: String, amountMinor: Int64) {
        self.id = id
        self.amountMinor = amountMinor
    }
}

/// The CRM's answer to a credit check.
package struct CreditCheck: Hashable, Sendable {
    package var isPassed: Bool
    /// The customer's level, for the service page.
    package var level: String
    /// Returned orders of the last 30 days in thousandths of all; nil when the CRM does not say.
    package var returnRatePermille: Int?
    package var reason: String
    /// How many orders the customer had before this one; nil when the CRM does not say.
    package var pastOrders: Int?

    package init(isPassed: Bool, level: String = "", returnRatePermille: Int? = nil, reason: String = "") {
        self.isPassed = isPassed
        self.level = level
        self.returnRatePermille = returnRatePermille
        self.reason = reason
    }
}

/// The WMS's word that stock is reserved.
package struct InventoryLock: Hashable, Sendable {
    package var warehouse: String
    /// True when stock covers every line that the WMS was asked for.
    package var coversEveryLine: Bool
    /// SKUs whose stock is frozen.
    package var frozenSKUs: [String]

    package init(warehouse: String = "", coversEveryLine: Bool = true, frozenSKUs: [String] = []) {
        self.warehouse = warehouse
        self.coversEveryLine = coversEveryLine
        self.frozenSKUs = frozenSKUs
    }
}

/// Units of one line inside a parcel.
package struct ParcelItem: Hashable, Sendable {
    package var line: String
    package var units: Int

    package init(line: String, units: Int) {
        self.line = line
        self.units = units
    }
}

/// A parcel was packed.
package struct Packing: Hashable, Sendable {
    package var parcel: String
    package var warehouse: String
    /// What is inside; empty when the sender does not say.
    package var items: [ParcelItem]
    package var weightGrams: Int?
    package var volumeMillilitres: Int?
    /// Whether this is a word of progress after which the sender still says what is in the parcel, and whether the
    /// order leaves in more than one. Without items it speaks for the whole order as far as packing and tracking go.
    package var isProgress = false

    package init(parcel: String, warehouse: String = "", items: [ParcelItem] = [], weightGrams: Int? = nil) {
        self.parcel = parcel
        self.warehouse = warehouse
        self.items = items
        self.weightGrams = weightGrams
    }
}

/// A tracking number was read back from a channel.
package struct Tracking: Hashable, Sendable {
    package var parcel: String
    package var courier: String
    /// The way the courier was reached: "sf", "cainiao".
    package var channel: String
    /// Empty only when a source says that a number exists and does not export it.
    package var number: String
    /// The courier's own number of the order that the waybill was made for, where the channel told one and wants to be
    /// told it when the waybill is taken back.
    package var reference: String
    /// Who or which tour takes the parcel, as the courier codes it; empty where it does not say.
    package var rider = ""
    package var line = ""

    package init(
        parcel: String, courier: String = "", channel: String = "", number: String = "", reference: String = ""
    ) {
        self.parcel = parcel
        self.courier = courier
        self.channel = channel
        self.number = number
        self.reference = reference
    }
}

/// What a courier saw happen to a parcel.
package struct Trace: Hashable, Sendable {
    package var parcel: String
    package var number: String
    package var scans: [Scan]
    /// True when this is the courier's whole list up to now (a query), false for a single push.
    package var isComplete: Bool

    package init(parcel: String, number: String, scans: [Scan], isComplete: Bool) {
        self.parcel = parcel
        self.number = number
        self.scans = scans
        self.isComplete = isComplete
    }
}

/// One scan of a parcel.
package struct Scan: Hashable, Sendable {
    package var at: Instant
    package var status: TrackingStatus
    /// The courier's own code, raw.
    package var code: String
    package var place: String
    package var remark: String

    package init(at: Instant, status: TrackingStatus, code: String = "", place: String = "", remark: String = "") {
        self.at = at
        self.status = status
        self.code = code
        self.place = place
        self.remark = remark
    }
}

/// The tracking vocabulary that every courier's codes map to. Stored in a locker or a shop is not signed.
package enum TrackingStatus: String, CaseIterable, Sendable {
    case pickedUp = "picked-up"
    case inTransit = "in-transit"
    case outForDelivery = "out-for-delivery"
    case stored
    case signed
    case returning
    case returned
    case problem
    case cancelled
    case unmapped
}

/// A reason why an order must not go on, with an exit.
package struct Hold: Hashable, Sendable {
    package var id: String
    package var reason: String
    package var owner: String
    package var exit: Exit

    /// How a hold ends: somebody decides, time passes, or a named fact arrives.
    package enum Exit: Hashable, Sendable {
        case person
        case timer(Instant)
        case fact(FactKind)
    }

    package init(id: String, reason: String, owner: String, exit: Exit) {
        self.id = id
        self.reason = reason
        self.owner = owner
        self.exit = exit
    }
}

/// A person decided or typed something: manual intervention.
package struct Decision: Hashable, Sendable {
    package var person: String
    package var cause: String
    package var minutes: Int

    package init(person: String, cause: String, minutes: Int = 0) {
        self.person = person
        self.cause = cause
        self.minutes = minutes
    }
}

/// A message that the customer is owed.
package enum Touchpoint: String, CaseIterable, Sendable, Comparable {
    case shipped
    case signed
    case warranty
    case outForDelivery = "out-for-delivery"

    package static func < (left: Touchpoint, right: Touchpoint) -> Bool { left.rawValue < right.rawValue }
}

/// How an outside system answered an instruction.
package struct InstructionAnswer: Hashable, Sendable {
    package var key: String
    package var kind: InstructionKind
    package var outcome: Outcome
    /// The system's own words.
    package var detail: String
    /// Of a refusal: whether another channel may be asked; nil where that was not recorded.
    package var refusal: RefusalClass?

    package enum Outcome: String, CaseIterable, Sendable {
        case done
        case refused
        /// The time for it is over and nobody knows whether it was done.
        case unresolved
    }

    package init(
        key: String, kind: InstructionKind, outcome: Outcome, detail: String, refusal: RefusalClass? = nil
    ) {
        self.key = key
        self.kind = kind
        self.outcome = outcome
        self.detail = detail
        self.refusal = refusal
    }
}

/// What a refusal is about.
package enum RefusalClass: String, CaseIterable, Sendable {
    /// The order's own data (address, phone, goods): final, every other channel would say the same.
    case data
    /// The channel (account, coverage, credentials, quota, not supported): the next channel may do it.
    case channel
}
