/// What was meant to be in bags, held against what the scanner saw go in: before a bag is closed every parcel that is
/// foreign, missing or must not leave is named.
package struct BagCheck: Hashable, Sendable {
    package var bag: String
    /// Scanned here and meant for another bag, or for none; each with the bag it belongs to, where there is one.
    package var foreign: [Foreign]
    /// Meant for this bag and not scanned here.
    package var missing: [String]
    /// Scanned here, and held, cancelled or re-addressed since.
    package var stopped: [Stopped]
    /// Scanned here more than once: one parcel, counted once.
    package var repeated: [String]

    package struct Foreign: Hashable, Sendable {
        package var parcel: String
        /// Empty where no bag knows the parcel.
        package var belongsTo: String
    }

    package struct Stopped: Hashable, Sendable {
        package var parcel: String
        package var standing: BagParcel.Standing
    }

    /// Whether the bag may be closed.
    package var mayClose: Bool { foreign.isEmpty && missing.isEmpty && stopped.isEmpty }

    /// A bag with what is meant to be in it, by parcel.
    package struct Plan: Hashable, Sendable {
        package var bag: String
        package var parcels: [(id: String, standing: BagParcel.Standing)]

        package init(bag: String, parcels: [(id: String, standing: BagParcel.Standing)]) {
            self.bag = bag
            self.parcels = parcels
        }

        package static func == (left: Plan, right: Plan) -> Bool {
            left.bag == right.bag && left.parcels.elementsEqual(right.parcels, by: ==)
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(bag) }
    }

    /// One look of the scanner into a bag.
    package struct Look: Hashable, Sendable {
        package var bag: String
        package var parcel: String

        package init(bag: String, parcel: String) {
            self.bag = bag
            self.parcel = parcel
        }
    }

    /// Checks all bags at once, in the order of the plans. A parcel that was held after it was planned is not missing:
    /// it has to come out.
    package static func check(_ plans: [Plan], _ looks: [Look]) -> [BagCheck] {
        var home: [String: (bag: String, standing: BagParcel.Standing)] = [:]
        for plan in plans {
            for (id, standing) in plan.parcels where home[id] == nil { home[id] = (plan.bag, standing) }
        }
        let seen = Dictionary(grouping: looks, by: \.bag).mapValues { $0.map(\.parcel) }
        return plans.map { plan in
            var check = BagCheck(bag: plan.bag, foreign: [], missing: [], stopped: [], repeated: [])
            var inside: Set<String> = []
            for parcel in seen[plan.bag] ?? [] {
                guard inside.insert(parcel).inserted else {
                    if !check.repeated.contains(parcel) { check.repeated.append(parcel) }
                    continue
                }
                let known = home[parcel]
                #if HYDRANT_MUTANTS
                    if Mutant.foreignParcelMayStay.isOn, known?.bag != plan.bag { continue }
                #endif
                if known?.bag != plan.bag {
                    check.foreign.append(Foreign(parcel: parcel, belongsTo: known?.bag ?? ""))
                } else if let known, known.standing != .free {
                    check.stopped.append(Stopped(parcel: parcel, standing: known.standing))
                }
            }
            let meant = plan.parcels.filter { $0.standing == .free && home[$0.id]?.bag == plan.bag }
            check.missing = meant.map(\.id).filter { !inside.contains($0) }
            return check
        }
    }
}

extension BagCheck {
    /// Reads `{"bags": [{"bag", "parcels": [{"id", "standing"}]}], "scans": [{"bag", "parcel"}]}`, as `hydrant bag`
    /// writes bags.
    package static func read(_ json: JSON) throws(BagListProblem) -> (plans: [Plan], looks: [Look]) {
        guard let bags = json["bags"]?.array, let scans = json["scans"]?.array else {
            throw BagListProblem(place: "the document", message: "must hold a list of bags and a list of scans")
        }
        var plans: [Plan] = []
        for (index, bag) in bags.enumerated() { plans.append(try plan(bag, "bags[\(index)]")) }
        guard Set(plans.map(\.bag)).count == plans.count else {
            throw BagListProblem(place: "bags", message: "two bags have the same name")
        }
        let names = Set(plans.map(\.bag))
        var looks: [Look] = []
        for (index, scan) in scans.enumerated() {
            let place = "scans[\(index)]"
            let look = Look(bag: try text(scan, "bag", place), parcel: try text(scan, "parcel", place))
            guard names.contains(look.bag) else {
                throw BagListProblem(place: "\(place).bag", message: "names no bag of the list")
            }
            looks.append(look)
        }
        return (plans, looks)
    }

    private static func plan(_ json: JSON, _ place: String) throws(BagListProblem) -> Plan {
        guard let list = json["parcels"]?.array else {
            throw BagListProblem(place: "\(place).parcels", message: "must be a list of parcels")
        }
        var parcels: [(id: String, standing: BagParcel.Standing)] = []
        for (index, parcel) in list.enumerated() {
            let here = "\(place).parcels[\(index)]"
            var standing = BagParcel.Standing.free
            if let word = parcel["standing"] {
                guard let known = word.string.flatMap(BagParcel.Standing.init) else {
                    throw BagListProblem(
                        place: "\(here).standing", message: "must be one of free, held, cancelled, changed")
                }
                standing = known
            }
            parcels.append((try text(parcel, "id", here), standing))
        }
        return Plan(bag: try text(json, "bag", place), parcels: parcels)
    }

    /// A name, which may be a number, as the numbers of bags are.
    private static func text(_ json: JSON, _ key: String, _ place: String) throws(BagListProblem) -> String {
        if let number = json[key]?.integer { return String(number) }
        guard let text = json[key]?.string, !text.isEmpty, text.utf8.count <= 200 else {
            throw BagListProblem(place: "\(place).\(key)", message: "must be a text of 1 to 200 bytes")
        }
        return text
    }

    /// `{"bag", "mayClose", "foreign": [{"parcel", "belongsTo"}], "missing", "stopped", "repeated"}`.
    package var json: JSON {
        [
            "bag": .string(bag), "mayClose": .bool(mayClose),
            "foreign": .array(
                foreign.map {
                    .compact([
                        ("parcel", .string($0.parcel)),
                        ("belongsTo", $0.belongsTo.isEmpty ? nil : .string($0.belongsTo)),
                    ])
                }),
            "missing": .array(missing.map { .string($0) }),
            "stopped": .array(
                stopped.map { ["parcel": .string($0.parcel), "standing": .string($0.standing.rawValue)] }),
            "repeated": .array(repeated.map { .string($0) }),
        ]
    }
}
