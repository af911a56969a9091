extension OrderHeader {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            shop: try data.optionalText("shop", maximum: 100) ?? "",
            customer: try data.optionalText("customer", maximum: 100) ?? "",
            warehouse: try data.optionalText("warehouse", maximum: 100) ?? "",
            currency: try data.optionalText("currency", maximum: 3) ?? "CNY",
            payableMinor: try data.optionalInteger("payableMinor", in: amountRange),
            receiver: try ReceiverReference(member: "receiver", of: data),
            lines: try data.list("lines") { (item) throws(FactProblem) in try Line(item) })
        replaces = try data.optionalText("replaces", maximum: 100) ?? ""
        courier = try data.optionalText("courier", maximum: 100) ?? ""
    }

    var json: JSON {
        .compact([
            ("shop", .text(shop)), ("customer", .text(customer)), ("warehouse", .text(warehouse)),
            ("currency", .text(currency)), ("payableMinor", payableMinor.map { .integer($0) }),
            ("receiver", receiver?.json), ("replaces", replaces.isEmpty ? nil : .string(replaces)),
            ("courier", courier.isEmpty ? nil : .string(courier)),
            ("lines", .array(lines.map(\.json))),
        ])
    }
}

extension ReceiverReference {
    init?(member name: String, of data: FieldReader) throws(FactProblem) {
        guard let member = data.json[name], member != .null else { return nil }
        let reader = try FieldReader(member, path: data.path.isEmpty ? name : "\(data.path).\(name)")
        self.init(
            id: try reader.text("id", maximum: 100), fingerprint: try reader.text("fingerprint", maximum: 100),
            area: try reader.optionalText("area", maximum: 200) ?? "",
            check: AddressCheck(division: member["division"], problems: member["addressProblems"]))
    }

    package var json: JSON {
        .compact([
            ("id", .string(id)), ("fingerprint", .string(fingerprint)), ("area", .string(area)),
            ("division", .text(check?.area?.code)), ("addressProblems", check?.problemsJSON),
        ])
    }
}

extension Line {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            id: try data.text("id", maximum: 100), sku: try data.text("sku", maximum: 100),
            name: try data.optionalText("name", maximum: 300) ?? "",
            units: Int(try data.optionalInteger("units", in: 1...1_000_000) ?? 1),
            priceMinor: try data.optionalInteger("priceMinor", in: amountRange) ?? 0,
            freightMinor: try data.optionalInteger("freightMinor", in: amountRange) ?? 0,
            isGift: try data.flag("gift", default: false),
            giftFor: try data.optionalText("giftFor", maximum: 100) ?? "")
        weightGrams = try data.optionalInteger("weightGrams", in: 1...10_000_000).map(Int.init)
    }

    var json: JSON {
        .compact([
            ("id", .string(id)), ("sku", .string(sku)), ("name", name.isEmpty ? nil : .string(name)),
            ("units", .integer(Int64(units))), ("priceMinor", .integer(priceMinor)),
            ("freightMinor", freightMinor == 0 ? nil : .integer(freightMinor)),
            ("gift", isGift ? true : nil), ("giftFor", giftFor.isEmpty ? nil : .string(giftFor)),
            ("weightGrams", .integer(weightGrams)),
        ])
    }
}

extension Payment {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            id: try data.text("id", maximum: 100),
            amountMinor: try data.optionalInteger("amountMinor", in: amountRange) ?? 0,
            isComplete: try data.flag("complete", default: false))
    }

    var json: JSON {
        .compact([
            ("id", .string(id)), ("amountMinor", .integer(amountMinor)), ("complete", isComplete ? true : nil),
        ])
    }
}

extension MoneyEntry {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            id: try data.text("id", maximum: 100), amountMinor: try data.integer("amountMinor", in: amountRange))
    }

    var json: JSON { ["id": .string(id), "amountMinor": .integer(amountMinor)] }
}

extension CreditCheck {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            isPassed: try data.flag("passed", default: false), level: try data.optionalText("level", maximum: 50) ?? "",
            returnRatePermille: try data.optionalInteger("returnRatePermille", in: 0...1_000).map(Int.init),
            reason: try data.optionalText("reason") ?? "")
        pastOrders = try data.optionalInteger("orders", in: 0...1_000_000_000).map(Int.init)
    }

    var json: JSON {
        .compact([
            ("passed", .bool(isPassed)), ("level", .text(level)),
            ("returnRatePermille", .integer(returnRatePermille)), ("reason", .text(reason)),
            ("orders", .integer(pastOrders)),
        ])
    }
}

extension InventoryLock {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            warehouse: try data.optionalText("warehouse", maximum: 100) ?? "",
            coversEveryLine: try data.flag("coversEveryLine", default: true),
            frozenSKUs: try data.texts("frozenSKUs"))
    }

    var json: JSON {
        [
            "warehouse": .string(warehouse), "coversEveryLine": .bool(coversEveryLine),
            "frozenSKUs": .array(frozenSKUs.map { .string($0) }),
        ]
    }
}

extension Packing {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            parcel: try data.text("parcel", maximum: 100),
            warehouse: try data.optionalText("warehouse", maximum: 100) ?? "",
            items: try data.list("items") { (item) throws(FactProblem) in
                ParcelItem(
                    line: try item.text("line", maximum: 100), units: Int(try item.integer("units", in: 1...1_000_000)))
            },
            weightGrams: try data.optionalInteger("weightGrams", in: 0...100_000_000).map(Int.init))
        volumeMillilitres = try data.optionalInteger("volumeMillilitres", in: 0...100_000_000).map(Int.init)
        isProgress = try data.flag("progress", default: false)
    }

    var json: JSON {
        .compact([
            ("parcel", .string(parcel)), ("warehouse", .text(warehouse)),
            ("items", .array(items.map { ["line": .string($0.line), "units": .integer(Int64($0.units))] })),
            ("weightGrams", .integer(weightGrams)), ("volumeMillilitres", .integer(volumeMillilitres)),
            ("progress", isProgress ? true : nil),
        ])
    }
}

extension ReturnedLine {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            line: try data.text("line", maximum: 100), units: Int(try data.integer("units", in: 1...1_000_000)))
    }

    var json: JSON { ["line": .string(line), "units": .integer(Int64(units))] }
}

extension Tracking {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            parcel: try data.text("parcel", maximum: 100),
            courier: try data.optionalText("courier", maximum: 50) ?? "",
            channel: try data.optionalText("channel", maximum: 50) ?? "",
            number: try data.optionalText("number", maximum: 100) ?? "",
            reference: try data.optionalText("reference", maximum: 100) ?? "")
        rider = try data.optionalText("rider", maximum: 100) ?? ""
        line = try data.optionalText("line", maximum: 100) ?? ""
    }

    var json: JSON {
        .compact([
            ("parcel", .string(parcel)), ("courier", .string(courier)), ("channel", .string(channel)),
            ("number", .string(number)), ("reference", reference.isEmpty ? nil : .string(reference)),
            ("rider", rider.isEmpty ? nil : .string(rider)), ("line", line.isEmpty ? nil : .string(line)),
        ])
    }
}

extension Trace {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            parcel: try data.text("parcel", maximum: 100), number: try data.optionalText("number", maximum: 100) ?? "",
            scans: try data.list("scans") { (item) throws(FactProblem) in
                Scan(
                    at: try item.time("at"), status: try item.choice("status", TrackingStatus.self),
                    code: try item.optionalText("code", maximum: 100) ?? "",
                    place: try item.optionalText("place", maximum: 300) ?? "",
                    remark: try item.optionalText("remark") ?? "")
            },
            isComplete: try data.flag("complete", default: false))
    }

    var json: JSON {
        [
            "parcel": .string(parcel), "number": .string(number), "complete": .bool(isComplete),
            "scans": .array(
                scans.map {
                    [
                        "at": .integer($0.at.milliseconds), "status": .string($0.status.rawValue),
                        "code": .string($0.code), "place": .string($0.place), "remark": .string($0.remark),
                    ]
                }),
        ]
    }
}

extension Hold {
    init(_ data: FieldReader) throws(FactProblem) {
        let until = try data.optionalTime("until")
        let isPerson = try data.flag("untilPerson", default: false)
        let fact = data.json["untilFact"] == nil ? nil : try data.choice("untilFact", FactKind.self)
        let exit: Exit
        switch (until, fact, isPerson) {
        case (let until?, nil, false): exit = .timer(until)
        case (nil, let fact?, false): exit = .fact(fact)
        case (nil, nil, true): exit = .person
        default:
            throw data.problem(
                "until", "a hold needs exactly one exit: until (a time), untilFact (a fact's kind) or untilPerson: true"
            )
        }
        self.init(
            id: try data.text("id", maximum: 100), reason: try data.text("reason"),
            owner: try data.text("owner", maximum: 100), exit: exit)
    }

    var json: JSON {
        var members: [(String, JSON?)] = [
            ("id", .string(id)), ("reason", .string(reason)), ("owner", .string(owner)),
        ]
        switch exit {
        case .person: members.append(("untilPerson", true))
        case .timer(let at): members.append(("until", .integer(at.milliseconds)))
        case .fact(let kind): members.append(("untilFact", .string(kind.rawValue)))
        }
        return .compact(members)
    }
}

extension Decision {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            person: try data.text("person", maximum: 100), cause: try data.text("cause"),
            minutes: Int(try data.optionalInteger("minutes", in: 0...10_000) ?? 0))
    }

    var json: JSON {
        ["person": .string(person), "cause": .string(cause), "minutes": .integer(Int64(minutes))]
    }
}

extension InstructionAnswer {
    init(_ data: FieldReader) throws(FactProblem) {
        self.init(
            key: try data.text("key", maximum: 300), kind: try data.choice("instruction", InstructionKind.self),
            outcome: try data.choice("outcome", Outcome.self), detail: try data.optionalText("detail") ?? "",
            refusal: data.json["refusal"] == nil ? nil : try data.choice("refusal", RefusalClass.self))
    }

    var json: JSON {
        .compact([
            ("key", .string(key)), ("instruction", .string(kind.rawValue)), ("outcome", .string(outcome.rawValue)),
            ("detail", .string(detail)), ("refusal", refusal.map { .string($0.rawValue) }),
        ])
    }
}
