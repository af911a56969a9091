import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `GET /v1/courier-sets`: how many packed parcels stand in each of the five sets, by courier and channel.
struct CourierSetsRoute: Sendable {
    let hub: Hub

    @Sendable func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let page = try await recorded { try await CouriersPage.load(from: hub) }
        let sets = TrackingSet.allCases.map { set -> JSON in
            let sum = page.sum(set)
            return [
                "set": .string(set.rawValue), "count": .integer(sum.count), "oldestSince": .moment(sum.oldest),
                "parts": .array(
                    page.counts.filter { $0.set == set }.map { part in
                        [
                            "courier": .string(part.courier), "channel": .string(part.channel),
                            "count": .integer(part.count), "oldestSince": .string(part.oldestSince.text),
                        ]
                    }),
            ]
        }
        return Response(json: ["asOf": .string(page.asOf.text), "sets": .array(sets)])
    }
}
