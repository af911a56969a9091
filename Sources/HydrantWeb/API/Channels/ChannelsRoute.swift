import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `GET /v1/channels`: every outside system and each operation of it, as they are now.
struct ChannelsRoute: Sendable {
    let hub: Hub

    @Sendable func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let channels = try await recorded { try await hub.channels() }
        return Response(json: [
            "asOf": .string(hub.clock.now().text), "channels": .array(channels.map(\.document)),
        ])
    }
}

extension ChannelView {
    var document: JSON {
        [
            "system": .string(system), "connected": .bool(isConnected),
            "requestsPerSecond": .orNull(quota?.perSecond), "requestsPerDay": .orNull(quota?.perDay),
            "usedToday": .orNull(usedToday), "closedUntil": .moment(closedUntil),
            "retries": [
                "left": .integer(retries.count), "atMost": .integer(retries.most), "nextAt": .moment(retries.nextAt),
            ],
            "numbers": numbers?.document ?? .null, "operations": .array(lanes.map(\.document)),
        ]
    }
}

extension NumbersLeft {
    fileprivate var document: JSON {
        var count: Int64?
        var reason: String?
        switch balance {
        case .left(let left): count = left
        case .unknown(let words): reason = words
        }
        return [
            "left": .orNull(count), "reason": reason.map { .string($0) } ?? .null, "areFew": .bool(areFew),
            "askedAt": .string(askedAt.text),
        ]
    }
}

extension LaneView {
    var document: JSON {
        let error: JSON =
            lastError.map {
                ["kind": .string($0.kind.rawValue), "detail": .string($0.detail), "at": .string($0.at.text)]
            } ?? .null
        return [
            "kind": .string(lane.kind.rawValue), "gate": .string(gate.rawValue), "downSince": .moment(downSince),
            "nextTryAt": .moment(nextTryAt), "failuresInRow": .count(failuresInRow), "calls": .count(calls),
            "failures": .count(failures), "medianMilliseconds": .orNull(median),
            "p99Milliseconds": .orNull(slowest), "underWay": .count(underWay),
            "underWayAtMost": .count(underWayLimit), "timeLimitMilliseconds": .integer(timeLimit),
            "timeLimitIsMeasured": .bool(isTimeLimitMeasured), "waiting": .integer(waiting),
            "oldestIssuedAt": .moment(oldestIssuedAt), "trouble": trouble?.document ?? .null, "lastError": error,
        ]
    }
}
