// A bag at the packing desk.
//
// A bag is opened with the parcels that share a label (`bagging`). Each parcel is scanned into it; one that belongs
// elsewhere, one that is missing, and one whose order was held, cancelled or re-addressed is named, and the bag is not
// closed before that is settled. A label that was printed knows: what became of a bag is the list of steps that people
// and the hub took with it, and nothing is ever taken out of that list.

/// A parcel of an order.
package struct ParcelKey: Hashable, Sendable, Comparable {
    package var order: String
    package var parcel: String

    package init(order: String, parcel: String) {
        self.order = order
        self.parcel = parcel
    }

    /// One text for both, for keys of documents.
    package var text: String { "\(order)\n\(parcel)" }

    package static func < (left: ParcelKey, right: ParcelKey) -> Bool {
        (left.order, left.parcel) < (right.order, right.parcel)
    }
}

/// What the parcels of a bag have in common.
package struct BagWay: Hashable, Sendable {
    package var warehouse = ""
    package var courier = ""
    package var rider = ""
    package var line = ""
    package var area = ""
    package var departsAt: Instant?

    package init() {}
}

/// A parcel that is meant for a bag, at its place on the label.
package struct BagPlace: Hashable, Sendable {
    /// From 1; the place stays free when the parcel leaves the bag.
    package var number: Int
    package var key: ParcelKey
    /// 0 where nobody weighed it.
    package var weightGrams: Int
    /// The fingerprint of the receiver that the order had; empty where it had none.
    package var receiver: String
    /// When it was scanned into the bag; nil while it is not in there.
    package var insideSince: Instant?
    /// Why it is not meant for the bag any more; nil while it is.
    package var leaving: BagLeaving?
    /// What its goods weigh; 0 where not all of them have a weight.
    package var expectedGrams = 0

    package var isMeant: Bool { leaving == nil }
}

/// Why a parcel left a bag.
package enum BagLeaving: Hashable, Sendable {
    case standing(BagParcel.Standing)
    /// A person left it out.
    case person(reason: String)
}

/// A parcel that was scanned into a bag where it does not belong, and that nobody has taken out yet.
package struct ForeignParcel: Hashable, Sendable {
    package var key: ParcelKey
    /// The bag that it is meant for; empty where it is in none.
    package var belongsTo: String
    package var standing: BagParcel.Standing

    package init(key: ParcelKey, belongsTo: String, standing: BagParcel.Standing) {
        self.key = key
        self.belongsTo = belongsTo
        self.standing = standing
    }
}

/// A label that was asked for.
package struct BagPrint: Hashable, Sendable {
    /// The step that asked for it.
    package var id: String
    package var at: Instant
    package var person: String
    package var template: String
    /// Why it was printed again; empty for the first label.
    package var reason: String
    /// How many steps the bag had, so that a label tells whether it is older than the bag.
    package var version: Int
    /// Whether it went to a printer; otherwise it was made as a PDF. Nil where that was not recorded.
    package var isForPrinter: Bool?
}

/// What became of a bag.
package struct Bag: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case open
        case closed
        case handedOver = "handed-over"
        case void

        /// Whether something can still happen to it.
        package var isLive: Bool { self == .open || self == .closed }
    }

    package var code: BagCode
    package var way = BagWay()
    package var state = State.open
    package var places: [BagPlace] = []
    package var foreign: [ForeignParcel] = []
    package var measuredGrams: Int?
    package var prints: [BagPrint] = []
    package var openedAt: Instant?
    /// Everything that was done with it, in its order.
    package private(set) var steps: [BagStep] = []

    package init(code: BagCode, steps: [BagStep] = []) {
        self.code = code
        for step in steps { take(step) }
    }

    /// The place of a parcel; of one that left and came back, the later.
    package func place(_ key: ParcelKey) -> BagPlace? { places.last { $0.key == key } }

    /// The parcels that are meant for it.
    package var meant: [BagPlace] { places.filter(\.isMeant) }

    /// What is wrong with it now, by the rules of ``BagCheck``.
    package var check: BagCheck {
        BagCheck(
            bag: code.text,
            foreign: foreign.map { BagCheck.Foreign(parcel: $0.key.parcel, belongsTo: $0.belongsTo) },
            missing: meant.filter { $0.insideSince == nil }.map(\.key.parcel),
            stopped: stopped.map { BagCheck.Stopped(parcel: $0.key.parcel, standing: $0.standing) }, repeated: [])
    }

    /// What is in the bag and must come out because of its order.
    package var stopped: [(key: ParcelKey, standing: BagParcel.Standing)] {
        places.compactMap { place in
            guard case .standing(let standing)? = place.leaving, place.insideSince != nil else { return nil }
            return (place.key, standing)
        }
    }

    /// What the parcels weigh together; nil where one of them was not weighed and its goods have no weight either.
    package var expectedGrams: Int? {
        let weights = meant.map { $0.weightGrams > 0 ? $0.weightGrams : $0.expectedGrams }
        guard !weights.isEmpty, weights.allSatisfy({ $0 > 0 }) else { return nil }
        return weights.reduce(0, +)
    }

    /// Whether what was printed last is older than what is in the bag.
    package var isLabelOutdated: Bool {
        guard let last = prints.last else { return false }
        return steps.dropFirst(last.version).contains { $0.body.changesLabel }
    }

    package func hasTaken(_ id: String) -> Bool { steps.contains { $0.id == id } }

    /// Brings the bag past a step; one that it has seen changes nothing.
    package mutating func take(_ step: BagStep) {
        guard !hasTaken(step.id) else { return }
        switch step.body {
        case .opened(let way, let parcels):
            self.way = way
            openedAt = step.at
            for parcel in parcels { add(parcel) }
        case .joined(let parcel): add(parcel)
        case .scanned(let key): change(key) { $0.insideSince = step.at }
        case .foundForeign(let found):
            foreign.removeAll { $0.key == found.key }
            foreign.append(found)
        case .takenOut(let key):
            foreign.removeAll { $0.key == key }
            change(key) { $0.insideSince = nil }
            if state == .closed { state = .open }
        case .left(let key, let leaving): change(key) { $0.leaving = leaving }
        case .weighed(let grams): measuredGrams = grams
        case .closed: state = .closed
        case .printed(let template, let reason, let isForPrinter):
            prints.append(
                BagPrint(
                    id: step.id, at: step.at, person: step.person, template: template, reason: reason,
                    version: steps.count + 1, isForPrinter: isForPrinter))
        case .handedOver: state = .handedOver
        case .voided: state = .void
        }
        if step.body.changesWeight { measuredGrams = nil }
        steps.append(step)
    }

    private mutating func add(_ parcel: BagStep.Parcel) {
        guard places.allSatisfy({ $0.key != parcel.key || !$0.isMeant }) else { return }
        foreign.removeAll { $0.key == parcel.key }
        places.append(
            BagPlace(
                number: places.count + 1, key: parcel.key, weightGrams: parcel.weightGrams, receiver: parcel.receiver,
                expectedGrams: parcel.expectedGrams))
    }

    private mutating func change(_ key: ParcelKey, _ body: (inout BagPlace) -> Void) {
        guard let index = places.lastIndex(where: { $0.key == key }) else { return }
        body(&places[index])
    }
}
