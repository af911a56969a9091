import HydrantCore
import HydrantEngine

extension APIDescription {
    static var bagSchemas: [(String, JSON)] {
        let standings = BagParcel.Standing.allCases.map(\.rawValue)
        let parcel = Schema.object([
            ("place", Schema.count), ("order", Schema.text), ("parcel", Schema.text),
            ("standing", Schema.words(["meant", "left-out"] + standings)), ("insideSince", Schema.timeOrNull),
            ("weightGrams", Schema.count),
        ])
        let foreign = Schema.object([
            ("order", Schema.text), ("parcel", Schema.text), ("belongsTo", Schema.textOrNull),
            ("standing", Schema.words(standings)),
        ])
        let label = Schema.object([
            ("at", Schema.time), ("person", Schema.text), ("template", Schema.text),
            ("printing", Schema.orNull(Schema.words(PrintJob.State.self))),
        ])
        let weight = Schema.object([("expected", Schema.integerOrNull), ("measured", Schema.integerOrNull)])
        return [
            (
                "Bag",
                Schema.object([
                    ("code", Schema.text), ("state", Schema.words(Bag.State.self)), ("warehouse", Schema.text),
                    ("courier", Schema.text), ("rider", Schema.text), ("line", Schema.text), ("area", Schema.text),
                    ("departsAt", Schema.timeOrNull), ("openedAt", Schema.timeOrNull), ("weightGrams", weight),
                    ("parcels", Schema.list(parcel)), ("foreign", Schema.list(foreign)),
                    ("missing", Schema.list(Schema.text)), ("mayClose", Schema.flag),
                    ("labelIsOutdated", Schema.flag), ("labels", Schema.list(label)),
                ])
            ),
            (
                "BagPage",
                Schema.object([
                    ("asOf", Schema.time), ("bags", Schema.list(Schema.ref("Bag"))),
                    ("nextCursor", Schema.textOrNull),
                ])
            ),
        ]
    }
}
