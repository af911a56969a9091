import Hummingbird
import HydrantCore
import HydrantEngine

/// `GET /v1/bags` and `GET /v1/bags/{code}`: the bags of the packing desks, those of other warehouses left out.
struct BagsRoutes: Sendable {
    let hub: Hub

    @Sendable func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let query = try QueryReader(request, allowed: ["warehouse", "state", "limit", "cursor"])
        let filter = BagFilter(
            warehouse: try query.text("warehouse", maximum: 100), state: try query.choice("state", Bag.State.self))
        let limit = try query.limit()
        var place = BagPlaceInList.begin
        if let text = try query.text("cursor", maximum: 20) {
            guard let found = BagPlaceInList(text) else {
                throw Problem.badParameter("cursor", "is not a nextCursor of this list")
            }
            place = found
        }
        let begin = place
        let (page, jobs) = try await recorded {
            let page = try await hub.desk.bags(filter, of: Viewer.current.deskPerson, after: begin, limit: limit)
            return (page, try await hub.desk.printJobs(of: page.bags))
        }
        return Response(json: [
            "asOf": .string(hub.clock.now().text), "bags": .array(page.bags.map { $0.document(jobs) }),
            "nextCursor": .orNull(page.next?.text),
        ])
    }

    @Sendable func one(_ request: Request, _ context: HubContext) async throws -> Response {
        let text = try pathText("code", context)
        let (found, jobs) = try await recorded { () -> (Bag?, [String: PrintJob]) in
            guard let code = BagCode(text), let bag = try await hub.desk.bag(code),
                Viewer.current.deskPerson.maySee(bag.way.warehouse)
            else { return (nil, [:]) }
            return (bag, try await hub.desk.printJobs(of: [bag]))
        }
        guard let found else { throw Problem.unknownBag }
        return Response(json: found.document(jobs))
    }
}

extension Problem {
    fileprivate static let unknownBag = Problem(
        status: .notFound, code: "HY-2063", title: "No such bag",
        detail: "There is no bag with this code, or it ended more than 90 days ago.",
        advice: "Compare the code with the label, or ask for /v1/bags.")
}

extension Bag {
    /// What somebody wrote as a reason is in the audit trail only.
    fileprivate func document(_ jobs: [String: PrintJob]) -> JSON {
        let check = check
        return [
            "code": .string(code.text), "state": .string(state.rawValue), "warehouse": .string(way.warehouse),
            "courier": .string(way.courier), "rider": .string(way.rider), "line": .string(way.line),
            "area": .string(way.area), "departsAt": .moment(way.departsAt), "openedAt": .moment(openedAt),
            "weightGrams": [
                "expected": .orNull(expectedGrams.map { Int64($0) }),
                "measured": .orNull(measuredGrams.map { Int64($0) }),
            ],
            "parcels": .array(places.map(\.document)), "foreign": .array(foreign.map(\.document)),
            "missing": .array(state == .open ? check.missing.map { .string($0) } : []),
            "mayClose": .bool(state == .open && check.mayClose && !meant.isEmpty),
            "labelIsOutdated": .bool(isLabelOutdated),
            "labels": .array(
                prints.map { print in
                    [
                        "at": .string(print.at.text), "person": .string(print.person),
                        "template": .string(print.template),
                        "printing": .orNull(jobs[print.id]?.state.rawValue),
                    ]
                }),
        ]
    }
}

extension BagPlace {
    fileprivate var document: JSON {
        var standing = "meant"
        switch leaving {
        case .standing(let reason): standing = reason.rawValue
        case .person: standing = "left-out"
        case nil: break
        }
        return [
            "place": .count(number), "order": .string(key.order), "parcel": .string(key.parcel),
            "standing": .string(standing), "insideSince": .moment(insideSince), "weightGrams": .count(weightGrams),
        ]
    }
}

extension ForeignParcel {
    fileprivate var document: JSON {
        [
            "order": .string(key.order), "parcel": .string(key.parcel),
            "belongsTo": .orNull(belongsTo.isEmpty ? nil : belongsTo), "standing": .string(standing.rawValue),
        ]
    }
}
