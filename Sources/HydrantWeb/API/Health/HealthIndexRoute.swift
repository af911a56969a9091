import Hummingbird
import HydrantCore
import HydrantEngine

/// `GET /v1/health-index`: the four figures and the index, as they are now.
struct HealthIndexRoute: Sendable {
    let hub: Hub

    @Sendable func get(_ request: Request, _ context: HubContext) async throws -> Response {
        let figures = await hub.committer.health
        return Response(json: figures.document(hub.settings.health, asOf: hub.clock.now()))
    }
}

extension HealthFigures {
    func document(_ settings: HealthSettings, asOf: Instant) -> JSON {
        let dimensions = HealthDimension.allCases.map { dimension in
            let (numerator, denominator) = counts(of: dimension)
            return JSON.Member(
                dimension.rawValue,
                [
                    "value": .orNull(value(of: dimension)), "numerator": .integer(numerator),
                    "denominator": .integer(denominator), "alertLine": .orNull(settings.alertLines[dimension]),
                    "isBetterHigh": .bool(dimension.isBetterHigh),
                    "isPastAlertLine": .bool(isPastAlertLine(dimension, settings)),
                    "score": .orNull(score(of: dimension, settings)),
                    "weight": .orNull(settings.weights[dimension]),
                ])
        }
        return [
            "asOf": .string(asOf.text), "windowMilliseconds": .integer(settings.window),
            "index": .orNull(index(settings)), "population": .integer(population), "unknown": .integer(unknown),
            "dimensions": .object(dimensions),
        ]
    }
}
