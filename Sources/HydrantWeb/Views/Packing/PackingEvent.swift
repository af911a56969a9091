import HydrantConnectorKit
import HydrantCore
import HydrantEngine

/// Something that was done at a packing page, as its browser sends it: again where no answer came, with the same id.
struct PackingEvent {
    enum Kind: String {
        case scan
        case finish
        case bind
        case takeOut
        case leaveOut
        case weigh
        case close
        case printLabel = "print"
        /// The waybill or the packing slip of a parcel; the text says which.
        case paper
        case handOver
        case void
        /// Nothing but a look at what is there.
        case look
    }

    var id: String
    var at: Instant
    var kind: Kind
    var text: String
    /// What stood on the screen: the bag that was open, or the order that was being packed.
    var bag: BagCode?
    var order: String
    var parcel: String
    var line: String
    var reason: String
    var grams: Int?
    /// Whether something else than a weight stood where one was asked for, for instance a scanned code.
    var isNoWeight = false
    /// Whether a label goes to the warehouse's printer; otherwise to the browser.
    var isForPrinter: Bool
    /// Whether it was scanned before the answer to the event before it was there.
    var follows: Bool

    /// A ton: no parcel and no bag is as heavy, and every bar code that is read as kilograms is more.
    private static let gramsMaximum: Int64 = 1_000_000

    /// - Parameter now: what was done cannot have been done later.
    init?(json: JSON, now: Instant) {
        guard let id = json["id"]?.string, (8...64).contains(id.utf8.count),
            let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:))
        else { return nil }
        func text(_ name: String, _ maximum: Int = 200) -> String {
            String((json[name]?.string ?? "").filter { !$0.isNewline }.prefix(maximum))
        }
        self.id = id
        self.kind = kind
        // A telephone's clock may be wrong; how long ago it was is measured by one and the same clock.
        let ago = min(max(0, json["ago"]?.integer ?? 0), .hours(72))
        at = now - ago
        self.text = text("text")
        bag = BagCode(text("bag"))
        order = text("order").normalised
        parcel = text("parcel").normalised
        line = text("line", 100).normalised
        reason = withoutPeople(text("reason"))
        if let weight = json["grams"], weight != .null {
            grams = weight.integer.flatMap { (0...Self.gramsMaximum).contains($0) ? Int($0) : nil }
            isNoWeight = grams == nil
        }
        isForPrinter = text("to") == "printer"
        follows = json["follows"]?.bool ?? false
    }

    /// What was scanned without waiting for an answer belongs to what that answer shows.
    mutating func follow(_ sight: PackingSight) {
        guard follows else { return }
        (bag, order, parcel) = (nil, "", "")
        switch sight {
        case .nothing, .choose: break
        case .bag(let open, _): bag = open.code
        case .pack(let packed): (order, parcel) = (packed.order.number, packed.list.key.parcel)
        }
    }

    var key: ParcelKey { ParcelKey(order: order, parcel: parcel) }
}

/// How loud something is said: by colour, shape, word, sound and vibration.
enum PackingTone: String {
    case good
    /// Somebody has to do something before it goes on.
    case wrong
    case late
    case note

    var icon: String {
        switch self {
        case .good: "ok"
        case .wrong: "wrong"
        case .late: "late"
        case .note: "in"
        }
    }
}

/// What the page says about one event.
struct PackingWord {
    var tone: PackingTone
    var text: String
    var detail = ""
    /// An address to open, for labels that are printed by the browser.
    var opens = ""
    /// Whether it says how the parcel stands: then what to do next is the larger of its two texts.
    var isVerdict = false

    init(_ tone: PackingTone, _ text: String, _ detail: String = "") {
        self.tone = tone
        self.text = text
        self.detail = detail
    }

    init(_ refusal: Refusal, _ words: Words, tone: PackingTone = .wrong) {
        self.init(tone, words(refusal.text), words(refusal.nextStep))
    }

    func json(id: String) -> JSON {
        .compact([
            ("id", .string(id)), ("tone", .string(tone.rawValue)), ("icon", .string(tone.icon)),
            ("text", .string(text)), ("detail", .string(detail)), ("opens", opens.isEmpty ? nil : .string(opens)),
            ("verdict", isVerdict ? .bool(true) : nil),
        ])
    }
}

/// What is on the screen.
enum PackingSight {
    case nothing
    case bag(Bag, place: Int?)
    case pack(PackSight)
    case choose([String])
}
