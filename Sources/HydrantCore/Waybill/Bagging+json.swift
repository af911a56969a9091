/// What is wrong in a list of parcels: where, and what is allowed there.
package struct BagListProblem: Error, Hashable, Sendable {
    /// Like `parcels[3].departsAt`.
    package var place: String
    package var message: String
}

extension Bagging {
    /// Reads `{"limits": {…}, "platforms": {…}, "parcels": […]}`, or the list of parcels alone.
    package static func read(_ json: JSON) throws(BagListProblem) -> (parcels: [BagParcel], rules: BagRules) {
        if let list = json.array { return (try parcels(list), BagRules()) }
        let document = BagObject(json, place: "")
        try document.allow(["parcels", "limits", "platforms"])
        guard let list = json["parcels"]?.array else {
            throw BagListProblem(place: "parcels", message: "must be a list of parcels")
        }
        return (try parcels(list), try rules(json))
    }

    private static func parcels(_ list: [JSON]) throws(BagListProblem) -> [BagParcel] {
        var result: [BagParcel] = []
        result.reserveCapacity(list.count)
        for (index, json) in list.enumerated() {
            result.append(try parcel(BagObject(json, place: "parcels[\(index)]")))
        }
        return result
    }

    private static let parcelKeys: Set<String> = [
        "id", "order", "warehouse", "courier", "rider", "line", "area", "departsAt", "weightGrams",
        "volumeMillilitres", "platform", "mergeToken", "standing",
    ]

    private static func parcel(_ object: BagObject) throws(BagListProblem) -> BagParcel {
        try object.allow(parcelKeys)
        let id = try object.text("id", isRequired: true)
        guard let departsAt = Instant(text: try object.text("departsAt", isRequired: true)) else {
            throw object.problem("departsAt", "must be a time with its zone like 2026-11-11T20:00:00+08:00")
        }
        let order = try object.text("order")
        var parcel = BagParcel(id: id, order: order.isEmpty ? id : order, departsAt: departsAt)
        parcel.warehouse = try object.text("warehouse", isRequired: true)
        parcel.courier = try object.text("courier", isRequired: true)
        parcel.rider = try object.text("rider")
        parcel.line = try object.text("line")
        parcel.area = try object.text("area", isRequired: true)
        parcel.weightGrams = try object.amount("weightGrams") ?? 0
        parcel.volumeMillilitres = try object.amount("volumeMillilitres") ?? 0
        parcel.platform = try object.text("platform")
        parcel.mergeToken = try object.text("mergeToken")
        parcel.standing = try object.word("standing", BagParcel.Standing.self) ?? .free
        return parcel
    }

    private static func rules(_ json: JSON) throws(BagListProblem) -> BagRules {
        var rules = BagRules()
        if let limits = json["limits"] {
            let object = BagObject(limits, place: "limits")
            try object.allow(["parcels", "weightGrams", "volumeMillilitres", "spreadSeconds"])
            rules.parcels = try object.amount("parcels") ?? rules.parcels
            rules.weightGrams = try object.amount("weightGrams") ?? rules.weightGrams
            rules.volumeMillilitres = try object.amount("volumeMillilitres") ?? rules.volumeMillilitres
            if let seconds = try object.amount("spreadSeconds") { rules.spread = .seconds(Int64(seconds)) }
            guard rules.parcels >= 1, rules.spread >= 1 else {
                throw BagListProblem(place: "limits", message: "parcels and spreadSeconds must be at least 1")
            }
        }
        for member in json["platforms"]?.members ?? [] {
            let object = BagObject(json["platforms"] ?? .null, place: "platforms")
            rules.platforms[member.name] = try object.word(member.name, BagRules.Merging.self)
        }
        return rules
    }

    /// `{"labels", "parcels", "fewestPossible", "isMinimal", "bags": […], "unbagged": […]}`.
    package var json: JSON {
        [
            "labels": .integer(Int64(bags.count)),
            "parcels": .integer(Int64(bags.reduce(0) { $0 + $1.parcels.count })),
            "fewestPossible": .integer(Int64(fewestPossible)), "isMinimal": .bool(isMinimal),
            "bags": .array(bags.enumerated().map { $1.json(number: $0 + 1) }),
            "unbagged": .array(
                unbagged.map {
                    [
                        "id": .string($0.parcel.id), "order": .string($0.parcel.order),
                        "reason": .string($0.reason.rawValue),
                    ]
                }),
        ]
    }
}

extension ParcelBag {
    fileprivate func json(number: Int) -> JSON {
        .compact([
            ("bag", .integer(number)), ("warehouse", .string(warehouse)), ("courier", .string(courier)),
            ("rider", rider.isEmpty ? nil : .string(rider)), ("line", line.isEmpty ? nil : .string(line)),
            ("area", .string(area)), ("count", .integer(parcels.count)), ("weightGrams", .integer(weightGrams)),
            ("volumeMillilitres", .integer(volumeMillilitres)),
            ("earliest", .text(parcels.first?.departsAt.text)), ("latest", .text(parcels.last?.departsAt.text)),
            ("parcels", .array(parcels.map { ["id": .string($0.id), "order": .string($0.order)] })),
        ])
    }
}

/// An object of the list with its place.
private struct BagObject {
    private let json: JSON
    private let place: String

    init(_ json: JSON, place: String) {
        self.json = json
        self.place = place
    }

    func problem(_ key: String, _ message: String) -> BagListProblem {
        BagListProblem(place: place.isEmpty ? key : "\(place).\(key)", message: message)
    }

    func allow(_ keys: Set<String>) throws(BagListProblem) {
        guard let members = json.members else {
            throw BagListProblem(place: place.isEmpty ? "the document" : place, message: "must be an object")
        }
        for member in members where !keys.contains(member.name) {
            throw problem(member.name, "is not known here; allowed are \(keys.sorted().joined(separator: ", "))")
        }
    }

    func text(_ key: String, isRequired: Bool = false) throws(BagListProblem) -> String {
        guard let value = json[key], value != .null else {
            if isRequired { throw problem(key, "is missing") }
            return ""
        }
        guard let text = value.string, text.utf8.count <= 200, !(isRequired && text.isEmpty) else {
            throw problem(key, "must be a text of 1 to 200 bytes")
        }
        return text
    }

    func amount(_ key: String) throws(BagListProblem) -> Int? {
        guard let value = json[key] else { return nil }
        guard let number = value.integer, (0...1_000_000_000).contains(number) else {
            throw problem(key, "must be a whole number from 0 to 1000000000")
        }
        return Int(number)
    }

    func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Word.Type
    ) throws(BagListProblem) -> Word? where Word.RawValue == String {
        guard let value = json[key] else { return nil }
        if let word = value.string.flatMap(Word.init) { return word }
        throw problem(key, "must be one of \(type.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}
