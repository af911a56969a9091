/// Something that was done with a bag. Kept with its bag, and taken once however often it is sent.
package struct BagStep: Hashable, Sendable {
    /// Chosen by who did it; the same id is the same step.
    package var id: String
    package var at: Instant
    /// The name of the person; `hub` for what follows from an order.
    package var person: String
    package var body: Body

    package init(id: String, at: Instant, person: String, body: Body) {
        self.id = id
        self.at = at
        self.person = person
        self.body = body
    }

    /// A parcel as a bag is opened with it.
    package struct Parcel: Hashable, Sendable {
        package var key: ParcelKey
        package var weightGrams: Int
        package var receiver: String
        /// What its goods weigh; 0 where not all of them have a weight.
        package var expectedGrams: Int

        package init(key: ParcelKey, weightGrams: Int = 0, receiver: String = "", expectedGrams: Int = 0) {
            self.key = key
            self.weightGrams = weightGrams
            self.receiver = receiver
            self.expectedGrams = expectedGrams
        }
    }

    package enum Body: Hashable, Sendable {
        case opened(BagWay, [Parcel])
        /// Another parcel that goes the same way was meant for it from then on.
        case joined(Parcel)
        case scanned(ParcelKey)
        case foundForeign(ForeignParcel)
        case takenOut(ParcelKey)
        case left(ParcelKey, BagLeaving)
        case weighed(grams: Int)
        /// With a reason where the weight did not fit.
        case closed(reason: String)
        /// To a printer or as a PDF; nil where that was not recorded.
        case printed(template: String, reason: String, isForPrinter: Bool? = nil)
        case handedOver
        case voided(reason: String)

        /// Its name in documents and in the audit trail; never changes.
        package var name: String {
            switch self {
            case .opened: "opened"
            case .joined: "joined"
            case .scanned: "scanned"
            case .foundForeign: "found-foreign"
            case .takenOut: "taken-out"
            case .left: "left"
            case .weighed: "weighed"
            case .closed: "closed"
            case .printed: "printed"
            case .handedOver: "handed-over"
            case .voided: "voided"
            }
        }

        /// Whether what stands on the label is different afterwards.
        var changesLabel: Bool {
            switch self {
            case .opened, .joined, .left, .voided: true
            default: false
            }
        }

        /// Whether what was weighed before counts no longer.
        var changesWeight: Bool {
            switch self {
            case .joined, .scanned, .takenOut, .left: true
            default: false
            }
        }

        /// Why, in the words of who did it; empty where no reason is asked for.
        package var reason: String {
            switch self {
            case .closed(let reason), .printed(_, let reason, _), .voided(let reason): reason
            case .left(_, .person(let reason)): reason
            default: ""
            }
        }
    }
}

extension BagStep {
    package var json: JSON {
        .compact(
            [
                ("id", .string(id)), ("at", .integer(at.milliseconds)), ("by", .string(person)),
                ("step", .string(body.name)),
            ] + body.members)
    }

    package init?(json: JSON) {
        guard let id = json["id"]?.string, let at = json["at"]?.integer, let person = json["by"]?.string,
            let body = Body(json: json)
        else { return nil }
        self.init(id: id, at: Instant(milliseconds: at), person: person, body: body)
    }
}

extension BagStep.Body {
    fileprivate var members: [(String, JSON?)] {
        switch self {
        case .opened(let way, let parcels):
            [("way", way.json), ("parcels", .array(parcels.map(\.json)))]
        case .joined(let parcel): [("parcels", .array([parcel.json]))]
        case .scanned(let key), .takenOut(let key): key.members
        case .foundForeign(let found):
            found.key.members + [
                ("belongsTo", .string(found.belongsTo)), ("standing", .string(found.standing.rawValue)),
            ]
        case .left(let key, .standing(let standing)): key.members + [("standing", .string(standing.rawValue))]
        case .left(let key, .person(let reason)): key.members + [("reason", .string(reason))]
        case .weighed(let grams): [("grams", .integer(Int64(grams)))]
        case .closed(let reason), .voided(let reason): [("reason", .string(reason))]
        case .printed(let template, let reason, let isForPrinter):
            [
                ("template", .string(template)), ("reason", .string(reason)),
                ("printer", isForPrinter.map { .bool($0) }),
            ]
        case .handedOver: []
        }
    }

    fileprivate init?(json: JSON) {
        let key = ParcelKey(json: json)
        let reason = json["reason"]?.string ?? ""
        let standing = json["standing"]?.string.flatMap(BagParcel.Standing.init(rawValue:))
        switch json["step"]?.string {
        case "opened":
            guard let way = json["way"].map(BagWay.init(json:)), let list = json["parcels"]?.array else { return nil }
            self = .opened(way, list.compactMap(BagStep.Parcel.init(json:)))
        case "joined":
            guard let parcel = json["parcels"]?.array?.first.flatMap(BagStep.Parcel.init(json:)) else { return nil }
            self = .joined(parcel)
        case "scanned": if let key { self = .scanned(key) } else { return nil }
        case "found-foreign":
            guard let key, let standing else { return nil }
            self = .foundForeign(
                ForeignParcel(key: key, belongsTo: json["belongsTo"]?.string ?? "", standing: standing))
        case "taken-out": if let key { self = .takenOut(key) } else { return nil }
        case "left":
            guard let key else { return nil }
            self = .left(key, standing.map(BagLeaving.standing) ?? .person(reason: reason))
        case "weighed":
            guard let grams = json["grams"]?.integer else { return nil }
            self = .weighed(grams: Int(grams))
        case "closed": self = .closed(reason: reason)
        case "printed":
            self = .printed(
                template: json["template"]?.string ?? "", reason: reason, isForPrinter: json["printer"]?.bool)
        case "handed-over": self = .handedOver
        case "voided": self = .voided(reason: reason)
        default: return nil
        }
    }
}

extension ParcelKey {
    package var members: [(String, JSON?)] { [("order", .string(order)), ("parcel", .string(parcel))] }

    package init?(json: JSON) {
        guard let order = json["order"]?.string, let parcel = json["parcel"]?.string else { return nil }
        self.init(order: order, parcel: parcel)
    }
}

extension BagStep.Parcel {
    fileprivate var json: JSON {
        .compact(
            key.members + [
                ("grams", weightGrams == 0 ? nil : .integer(Int64(weightGrams))),
                ("receiver", receiver.isEmpty ? nil : .string(receiver)),
                ("expected", expectedGrams == 0 ? nil : .integer(Int64(expectedGrams))),
            ])
    }

    fileprivate init?(json: JSON) {
        guard let key = ParcelKey(json: json) else { return nil }
        self.init(
            key: key, weightGrams: Int(json["grams"]?.integer ?? 0), receiver: json["receiver"]?.string ?? "",
            expectedGrams: Int(json["expected"]?.integer ?? 0))
    }
}

extension BagWay {
    var json: JSON {
        .compact([
            ("warehouse", .string(warehouse)), ("courier", .string(courier)), ("rider", .string(rider)),
            ("line", .string(line)), ("area", .string(area)),
            ("departsAt", departsAt.map { .integer($0.milliseconds) }),
        ])
    }

    init(json: JSON) {
        warehouse = json["warehouse"]?.string ?? ""
        courier = json["courier"]?.string ?? ""
        rider = json["rider"]?.string ?? ""
        line = json["line"]?.string ?? ""
        area = json["area"]?.string ?? ""
        departsAt = json["departsAt"]?.integer.map { Instant(milliseconds: $0) }
    }
}

extension Bag {
    /// The whole bag as its steps.
    package var json: JSON { ["code": .string(code.text), "steps": .array(steps.map(\.json))] }

    /// Nil for a document that is no bag, or of which a step cannot be read.
    package init?(json: JSON) {
        guard let code = json["code"]?.string.flatMap({ BagCode($0) }), let list = json["steps"]?.array else {
            return nil
        }
        let steps = list.compactMap(BagStep.init(json:))
        guard steps.count == list.count else { return nil }
        self.init(code: code, steps: steps)
    }
}
