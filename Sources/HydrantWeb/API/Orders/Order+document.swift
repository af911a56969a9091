import HydrantCore
import HydrantEngine
import HydrantStorage

extension JSON {
    /// RFC 3339 in UTC, or null.
    static func moment(_ instant: Instant?) -> JSON { instant.map { .string($0.text) } ?? .null }

    static func orNull(_ value: Int64?) -> JSON { value.map { .integer($0) } ?? .null }
    static func orNull(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    static func orNull(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

    static func count(_ value: Int) -> JSON { .integer(Int64(value)) }
}

extension Text {
    var document: JSON { ["zh": .string(seen.chinese), "en": .string(seen.english)] }
}

/// A state number with its name.
func stateDocument(_ number: Int) -> JSON {
    [
        "number": .count(number), "name": .string(stateNames[number].identifier),
        "title": stateNames[number].text.document,
    ]
}

extension OrderRow {
    /// An order in a list.
    var document: JSON {
        [
            "order": .string(number), "version": .count(version), "state": stateDocument(state),
            "stateSince": .moment(stateSince), "completion": .string(completion.rawValue), "holds": .count(holds),
            "verdict": .orNull(verdict?.rawValue), "placedAt": .moment(placedAt), "changedAt": .moment(changedAt),
        ]
    }
}

extension Finding {
    var document: JSON {
        [
            "kind": .string(kind.rawValue), "title": kind.text.document, "verdict": .string(verdict.rawValue),
            "reason": reason.document, "advice": kind.advice.document, "since": .string(since.text),
            "lastVerifiedAt": .moment(lastVerifiedAt),
        ]
    }
}

extension Evidence {
    var document: JSON {
        [
            "source": .string(source), "id": .string(messageID), "at": .string(at.text), "timed": .bool(isTimed),
        ]
    }
}

extension StateStamp {
    var document: JSON {
        [
            "state": stateDocument(number), "at": .string(at.text), "inferred": .bool(isInferred),
            "proof": .array(proof.map(\.document)),
        ]
    }
}

extension Line {
    var document: JSON {
        [
            "id": .string(id), "sku": .string(sku), "name": .string(name), "units": .count(units),
            "priceMinor": .integer(priceMinor), "freightMinor": .integer(freightMinor), "gift": .bool(isGift),
            "giftFor": .string(giftFor),
        ]
    }
}

extension Line {
    /// For whom amounts are hidden.
    var documentWithoutPrices: JSON {
        var copy = self
        copy.priceMinor = 0
        copy.freightMinor = 0
        return copy.document
    }
}

extension Parcel {
    var document: JSON {
        let statuses = waybills.map { waybill -> JSON in
            [
                "number": .string(waybill.number), "courier": .string(waybill.courier),
                "channel": .string(waybill.channel), "live": .bool(waybill.voided == nil),
                "readBackAt": .moment(waybill.readBack?.at), "voidedAt": .moment(waybill.voided?.at),
                "rider": .string(waybill.tour?.value.rider ?? ""), "line": .string(waybill.tour?.value.line ?? ""),
            ]
        }
        let items = packing?.value.items.map { item -> JSON in
            ["line": .string(item.line), "units": .count(item.units)]
        }
        return [
            "id": .string(id), "warehouse": .string(packing?.value.warehouse ?? ""), "items": .array(items ?? []),
            "weightGrams": packing?.value.weightGrams.map { .count($0) } ?? .null,
            "volumeMillilitres": packing?.value.volumeMillilitres.map { .count($0) } ?? .null,
            "packedAt": .moment(packed?.at),
            "handedOverAt": .moment(handedOver?.at), "signedAt": .moment(signed?.at), "waybills": .array(statuses),
            "scans": .array(scans.map(\.document)),
        ]
    }
}

extension Scan {
    var document: JSON {
        [
            "at": .string(at.text), "status": .string(status.rawValue), "code": .string(code), "place": .string(place),
            "remark": .string(remark),
        ]
    }
}

extension StandingHold {
    var document: JSON {
        var end: [(String, JSON?)] =
            switch exit {
            case .person: [("by", "person")]
            case .timer(let at): [("by", "timer"), ("at", .string(at.text))]
            case .fact(let kind): [("by", "fact"), ("fact", .string(kind.rawValue))]
            case .condition: [("by", "condition")]
            }
        end.append(("until", latestEnd.map { .string($0.text) }))
        return [
            "id": .string(id), "reason": reason.document, "owner": .string(owner), "since": .string(since.text),
            "exit": .compact(end),
        ]
    }
}

extension SystemView {
    var document: JSON {
        [
            "system": .string(system), "word": .string(word), "saidAt": .string(saidAt.text),
            "agreement": .string(agreement.rawValue),
        ]
    }
}

extension InstructionRow {
    var document: JSON {
        [
            "key": .string(instruction.key), "kind": .string(instruction.kind.rawValue),
            "system": .string(instruction.system), "target": .string(instruction.target),
            "status": .string(status.rawValue), "attempts": .count(attempts), "issuedAt": .string(issuedAt.text),
            "dueAt": .string(dueAt.text), "lastError": .string(lastError.seen),
        ]
    }
}
