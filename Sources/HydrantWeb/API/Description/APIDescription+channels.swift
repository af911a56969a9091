import HydrantCore
import HydrantEngine

extension APIDescription {
    static var channelSchemas: [(String, JSON)] {
        let error = Schema.object([
            ("kind", Schema.words(CallError.Kind.self)), ("detail", Schema.text), ("at", Schema.time),
        ])
        let part = Schema.object([
            ("courier", Schema.text), ("channel", Schema.text), ("count", Schema.count), ("oldestSince", Schema.time),
        ])
        let set = Schema.object([
            ("set", Schema.words(TrackingSet.self)), ("count", Schema.count), ("oldestSince", Schema.timeOrNull),
            ("parts", Schema.list(part)),
        ])
        let numbers = Schema.object([
            ("left", Schema.integerOrNull), ("reason", Schema.orNull(Schema.text)), ("areFew", Schema.flag),
            ("askedAt", Schema.time),
        ])
        let retries = Schema.object([
            ("left", Schema.count), ("atMost", Schema.count), ("nextAt", Schema.timeOrNull),
        ])
        let entry = Schema.object([
            ("number", Schema.count), ("time", Schema.time), ("actor", Schema.text), ("action", Schema.text),
            ("object", Schema.text), ("reason", Schema.text), ("detail", [:]), ("hash", Schema.hash),
        ])
        return [
            (
                "AuditTrail",
                Schema.object([("entries", Schema.list(entry)), ("nextCursor", Schema.orNull(Schema.text))])
            ),
            ("CourierSets", Schema.object([("asOf", Schema.time), ("sets", Schema.list(set))])),
            ("Channels", Schema.object([("asOf", Schema.time), ("channels", Schema.list(Schema.ref("Channel")))])),
            (
                "Channel",
                Schema.object([
                    ("system", Schema.text), ("connected", Schema.flag), ("requestsPerSecond", Schema.integerOrNull),
                    ("requestsPerDay", Schema.integerOrNull), ("usedToday", Schema.integerOrNull),
                    ("closedUntil", Schema.timeOrNull), ("retries", retries), ("numbers", Schema.orNull(numbers)),
                    ("operations", Schema.list(Schema.ref("ChannelOperation"))),
                ])
            ),
            (
                "ChannelOperation",
                Schema.object([
                    ("kind", Schema.ref("InstructionKind")), ("gate", Schema.words(CallGateState.self)),
                    ("downSince", Schema.timeOrNull), ("nextTryAt", Schema.timeOrNull),
                    ("failuresInRow", Schema.count), ("calls", Schema.count), ("failures", Schema.count),
                    ("medianMilliseconds", Schema.integerOrNull), ("p99Milliseconds", Schema.integerOrNull),
                    ("underWay", Schema.count), ("underWayAtMost", Schema.count),
                    ("timeLimitMilliseconds", Schema.count), ("timeLimitIsMeasured", Schema.flag),
                    ("waiting", Schema.count), ("oldestIssuedAt", Schema.timeOrNull),
                    ("trouble", Schema.orNull(Schema.ref("Text"))), ("lastError", Schema.orNull(error)),
                ])
            ),
        ]
    }
}
