import HydrantCore
import HydrantEngine
import HydrantStorage

/// One operation of the API's description.
private struct Operation {
    var id: String
    var summary: String
    var parameters: [JSON] = []
    var body: JSON?
    /// Status and answer of the good case.
    var good: (status: Int, answer: JSON)
    /// Statuses that come as problem documents.
    var problems: [Int]
    var security: JSON?
    /// Further answers that are no problem documents.
    var others: [(status: Int, answer: JSON)] = []

    var json: JSON {
        var responses = ([good] + others).map { JSON.Member("\($0.status)", $0.answer) }
        for status in problems {
            responses.append(JSON.Member("\(status)", Operation.problem(status)))
        }
        return .compact([
            ("operationId", .string(id)), ("summary", .string(summary)),
            ("parameters", parameters.isEmpty ? nil : .array(parameters)), ("requestBody", body),
            ("responses", .object(responses)), ("security", security),
        ])
    }

    private static func problem(_ status: Int) -> JSON {
        let words = [
            400: "The request cannot be read, or a parameter is wrong.", 401: "No token, or not signed.",
            403: "The token lacks the scope.", 404: "Unknown.", 408: "Too slow.", 409: "Not possible now.",
            413: "Too large.",
            503: "Not now: come back after Retry-After.",
        ]
        var members: [(String, JSON?)] = [("description", .string(words[status] ?? "Refused."))]
        if status == 503 {
            members.append(("headers", ["Retry-After": ["schema": ["type": "integer"], "description": "Seconds."]]))
        }
        members.append(("content", ["application/problem+json": ["schema": Schema.ref("Problem")]]))
        return .compact(members)
    }

    static func answer(_ description: String, _ schema: String) -> JSON {
        [
            "description": .string(description),
            "content": ["application/json": ["schema": Schema.ref(schema)]],
        ]
    }

    static func answer(_ description: String, type: String) -> JSON {
        // A system of another protocol may answer with any content.
        let schema = type == "*/*" ? JSON.object([]) : ["schema": Schema.text]
        return ["description": .string(description), "content": .object([JSON.Member(type, schema)])]
    }
}

private func query(_ name: String, _ schema: JSON, _ note: String) -> JSON {
    ["name": .string(name), "in": "query", "schema": schema, "description": .string(note)]
}

private func path(_ name: String, _ note: String) -> JSON {
    [
        "name": .string(name), "in": "path", "required": true, "schema": Schema.text(maximum: 100),
        "description": .string(note),
    ]
}

private let open: JSON = .array([])
private let reading: JSON = [["token": []], ["session": []]]
private let limit = query("limit", Schema.whole(1...200), "At most so many; 50 when not given.")

private func cursor(_ list: PageCursor) -> JSON {
    query("cursor", ["type": "string", "pattern": .string(list.pattern)], "nextCursor of the page before.")
}

extension APIDescription {
    static var paths: [JSON.Member] {
        taskPaths + [
            JSON.Member("/v1/facts", ["post": facts.json]), JSON.Member("/v1/orders", ["get": orders.json]),
            JSON.Member("/v1/orders/{id}", ["get": order.json]),
            JSON.Member("/v1/orders/{id}/proof", ["get": proof.json]),
            JSON.Member("/v1/search", ["get": searchByNumber.json, "post": search.json]),
            JSON.Member("/v1/wrong-orders", ["get": wrongOrders.json]),
            JSON.Member("/v1/health-index", ["get": healthIndex.json]),
            JSON.Member("/v1/channels", ["get": channels.json]),
            JSON.Member("/v1/courier-sets", ["get": courierSets.json]),
            JSON.Member("/v1/bags", ["get": bags.json]), JSON.Member("/v1/bags/{code}", ["get": bag.json]),
            JSON.Member("/v1/audit", ["get": audit.json]),
            JSON.Member("/push/{system}", ["post": push("push", [path("system", systemNote)]).json]),
            JSON.Member(
                "/push/{system}/{rest}",
                [
                    "post": push(
                        "pushWithPath", [path("system", systemNote), path("rest", "What the system puts here.")]
                    )
                    .json
                ]),
            JSON.Member("/healthz", ["get": health.json]), JSON.Member("/readyz", ["get": ready.json]),
            JSON.Member("/metrics", ["get": metrics.json]), JSON.Member("/openapi.json", ["get": description.json]),
            JSON.Member("/sign-in", ["get": signInPage.json, "post": signIn.json]),
            JSON.Member("/sign-out", ["post": signOut.json]),
            JSON.Member("/welcome", ["get": welcomePage.json, "post": welcome.json]),
        ]
    }

    private static var facts: Operation {
        let fact = Schema.ref("Fact")
        let facts: JSON = ["type": "array", "items": fact, "minItems": 1, "maxItems": 1_000]
        return Operation(
            id: "sendFacts",
            summary: "Record one fact or up to 1,000; answered when everything accepted is on disk. At most 16 MiB.",
            body: ["required": true, "content": ["application/json": ["schema": ["oneOf": [fact, facts]]]]],
            good: (200, Operation.answer("One result per fact, in their order.", "FactResults")),
            problems: [400, 401, 403, 413, 503],
            security: [["token": [], "webhookId": [], "webhookTimestamp": [], "webhookSignature": []]])
    }

    private static var orders: Operation {
        Operation(
            id: "listOrders", summary: "Orders, in the order in which they first arrived.",
            parameters: [
                query("state", Schema.whole(0...7), "Only orders in this state."),
                query("completion", Schema.ref("Completion"), "Only orders with this completion."),
                query("verdict", Schema.ref("Verdict"), "Only orders whose gravest finding is this."),
                query("prefix", Schema.text(maximum: 100), "Only order numbers that begin so."), limit,
                cursor(.orders),
            ],
            good: (200, Operation.answer("A page of orders.", "OrderPage")), problems: [400, 401, 403, 503],
            security: reading)
    }

    private static var order: Operation {
        Operation(
            id: "getOrder", summary: "One order with the proof of its state.",
            parameters: [
                path("id", "The order number, percent-encoded."),
                query("asOf", Schema.time, "As it was at this time; a + in it as %2B."),
            ],
            good: (200, Operation.answer("The order.", "Order")), problems: [400, 401, 403, 404, 503],
            security: reading)
    }

    private static var search: Operation {
        let body = Schema.object(
            [("q", Schema.text(maximum: 128)), ("limit", Schema.whole(1...100))], optional: ["limit"])
        return Operation(
            id: "search",
            summary: "Orders by any of their numbers (whole, from the end, or one slip away), telephone or its last "
                + "four digits, name, SKU, customer; several words have to meet the same order.",
            body: ["required": true, "content": ["application/json": ["schema": body]]],
            good: (200, Operation.answer("The orders, the best first.", "SearchResult")),
            problems: [400, 401, 403, 413, 503], security: [["token": []]])
    }

    private static var searchByNumber: Operation {
        Operation(
            id: "searchByNumber",
            summary:
                "The same for numbers, SKU and customer only: what may be a telephone number or a name is refused, "
                + "because addresses end up in logs.",
            parameters: [
                .compact([
                    ("name", "q"), ("in", "query"), ("required", true), ("schema", Schema.text(maximum: 128)),
                    ("description", "What is looked for; at most four words count."),
                ]),
                query("limit", Schema.whole(1...100), "At most so many; 20 when not given."),
            ],
            good: (200, Operation.answer("The orders, the best first.", "SearchResult")),
            problems: [400, 401, 403, 503],
            security: reading)
    }

    private static var proof: Operation {
        Operation(
            id: "getProof", summary: "Every event of an order with its place in the hash chain.",
            parameters: [path("id", "The order number, percent-encoded.")],
            good: (200, Operation.answer("The chain.", "Proof")), problems: [400, 401, 403, 404, 503],
            security: reading)
    }

    private static var wrongOrders: Operation {
        Operation(
            id: "listWrongOrders", summary: "Orders that are wrong, late or unknown, each with its reason.",
            parameters: [
                query("kind", Schema.ref("MismatchKind"), "Only this kind."),
                query("verdict", Schema.ref("Verdict"), "Only this verdict."), limit,
                cursor(.wrongOrders),
            ],
            good: (200, Operation.answer("Counts of each kind and a page of orders.", "WrongOrders")),
            problems: [400, 401, 403, 503], security: reading)
    }

    private static var healthIndex: Operation {
        Operation(
            id: "getHealthIndex", summary: "The order health index and its four dimensions, as they are now.",
            good: (200, Operation.answer("The figures.", "HealthIndex")), problems: [401, 403], security: reading)
    }

    private static var channels: Operation {
        Operation(
            id: "listChannels",
            summary: "Every outside system and each operation of it: what goes through, what waits.",
            good: (200, Operation.answer("The channels.", "Channels")), problems: [401, 403, 503], security: reading)
    }

    private static var courierSets: Operation {
        Operation(
            id: "listCourierSets", summary: "How many packed parcels stand in each of the five sets, and since when.",
            good: (200, Operation.answer("The sets.", "CourierSets")), problems: [401, 403, 503], security: reading)
    }

    private static var bags: Operation {
        Operation(
            id: "listBags",
            summary: "The bags of the packing desks: those in work, then those that ended within 90 days.",
            parameters: [
                query("warehouse", Schema.text(maximum: 100), "Only bags of this warehouse."),
                query("state", Schema.words(Bag.State.self), "Only bags in this state."), limit,
                query(
                    "cursor", ["type": "string", "pattern": .string(BagPlaceInList.pattern)],
                    "nextCursor of the page before; a page may be short, or empty, before the last one."),
            ],
            good: (200, Operation.answer("A page of bags.", "BagPage")), problems: [400, 401, 403, 503],
            security: reading)
    }

    private static var bag: Operation {
        Operation(
            id: "getBag", summary: "One bag with its parcels, what is wrong with it, and its labels.",
            parameters: [path("code", "The bag's code, as it stands on its label.")],
            good: (200, Operation.answer("The bag.", "Bag")), problems: [400, 401, 403, 404, 503],
            security: reading)
    }

    private static var taskPaths: [JSON.Member] {
        let steps = [
            ("take", "Take a task: it is yours."), ("hand-over", "Hand a task over to a role or a person."),
            ("snooze", "Put a task off, with the reason."),
            ("resolve", "Answer a task's form. Whether it is done is found out by looking again."),
        ]
        return [JSON.Member("/v1/tasks", ["get": tasks.json])]
            + steps.map { step, summary in
                JSON.Member("/v1/tasks/{id}/\(step)", ["post": move(step, summary).json])
            }
    }

    private static var tasks: Operation {
        Operation(
            id: "listTasks", summary: "What people must do, the gravest first, of these the one that is due first.",
            parameters: [
                query("kind", Schema.words(TaskKind.self), "Only this kind."),
                query("severity", Schema.words(TaskSeverity.self), "Only this severity."),
                query("owner", Schema.text(maximum: 100), "Only what waits for this role or person."),
                query("person", Schema.text(maximum: 100), "Only what this person has taken."),
                query("asleep", Schema.words(["hidden", "shown"]), "Whether tasks that are put off are listed."),
                limit,
                query("cursor", ["type": "string", "pattern": .string(taskCursor)], "nextCursor of the page before."),
            ],
            good: (200, Operation.answer("A page of the queue.", "TaskPage")), problems: [400, 401, 403, 503],
            security: reading)
    }

    private static func move(_ step: String, _ summary: String) -> Operation {
        let words = step.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return Operation(
            id: "task" + words.joined(), summary: summary,
            parameters: [
                [
                    "name": "id", "in": "path", "required": true, "schema": Schema.text(maximum: 1_200),
                    "description": "The task's id in the list.",
                ]
            ],
            body: [
                "required": .bool(step == "hand-over" || step == "snooze"),
                "content": ["application/json": ["schema": taskBody(step)]],
            ],
            good: (200, Operation.answer("What became of it.", "TaskResult")),
            problems: [400, 401, 403, 404, 408, 409, 413, 503], security: [["token": []]])
    }

    private static let taskCursor = TaskPlace.pattern

    private static let systemNote = "The system's name in the settings."

    private static func push(_ id: String, _ parameters: [JSON]) -> Operation {
        Operation(
            id: id,
            summary: "What an outside system pushes in its own protocol; its own signature is the access check.",
            parameters: parameters,
            body: ["content": ["*/*": ["schema": Schema.text]]],
            good: (200, Operation.answer("The acknowledgement of the system's protocol.", type: "*/*")),
            problems: [400, 404, 413, 503], security: open)
    }

    private static var health: Operation {
        Operation(
            id: "getHealth", summary: "The process answers.",
            good: (200, Operation.answer("It does.", "Status")), problems: [], security: open)
    }

    private static var ready: Operation {
        Operation(
            id: "getReadiness", summary: "The database can be read and written, and the committer answers.",
            good: (200, Operation.answer("They do.", "Status")), problems: [503], security: open)
    }

    private static var metrics: Operation {
        Operation(
            id: "getMetrics", summary: "Figures for Prometheus.",
            good: (200, Operation.answer("Text exposition format 0.0.4.", type: "text/plain")),
            problems: [401, 403, 503], security: reading)
    }

    private static var description: Operation {
        Operation(
            id: "getDescription", summary: "This document.",
            good: (
                200, ["description": "OpenAPI 3.1.", "content": ["application/json": ["schema": Schema.anyObject]]]
            ), problems: [401], security: reading)
    }

    private static let redirect: JSON = ["description": "Signed in: a session cookie, and on to the overview."]

    private static var signInPage: Operation {
        var operation = Operation(
            id: "signInPage", summary: "The sign-in form; with a link's code a button that signs in.",
            parameters: [query("code", ["type": "string"], "A code that works once.")],
            good: (200, Operation.answer("The form.", type: "text/html")), problems: [], security: open)
        operation.others = [(303, redirect)]
        return operation
    }

    private static let tooManyAttempts: JSON = {
        let content: JSON = [
            "text/html": ["schema": Schema.text], "application/problem+json": ["schema": Schema.ref("Problem")],
        ]
        return ["description": "Too many failed attempts, or too many within a second.", "content": content]
    }()

    private static var signIn: Operation {
        var operation = Operation(
            id: "signIn", summary: "Signs a browser in: name and password, then six digits; or a token; or a code.",
            body: formBody(["name", "password", "ticket", "digits", "token", "code"]),
            good: (303, redirect), problems: [403, 413], security: open)
        operation.others = [
            (200, Operation.answer("The form for the second factor.", type: "text/html")),
            (401, Operation.answer("Something of it is wrong.", type: "text/html")),
            (429, tooManyAttempts),
            (503, Operation.answer("Too many at once.", type: "text/html")),
        ]
        return operation
    }

    private static var welcomePage: Operation {
        var operation = Operation(
            id: "welcomePage", summary: "The form for choosing a first password, from a link that works once.",
            parameters: [query("code", Schema.text(maximum: 200), "The code of the link.")],
            good: (200, Operation.answer("The form.", type: "text/html")), problems: [], security: open)
        operation.others = [(404, Operation.answer("The link is over, or never was.", type: "text/html"))]
        return operation
    }

    private static var welcome: Operation {
        var operation = Operation(
            id: "welcome", summary: "Chooses the password, and signs in.",
            body: formBody(["code", "name", "password"]), good: (303, redirect), problems: [403, 413], security: open)
        operation.others = [
            (404, Operation.answer("The link is over, or never was.", type: "text/html")),
            (422, Operation.answer("Name or password are not taken.", type: "text/html")),
        ]
        return operation
    }

    private static func formBody(_ fields: [String]) -> JSON {
        let schema = Schema.object(
            fields.map { ($0, Schema.text(maximum: 200)) }, optional: Set(fields))
        return ["content": ["application/x-www-form-urlencoded": ["schema": schema]]]
    }

    private static var audit: Operation {
        Operation(
            id: "listAudit", summary: "The trail of what people did, the newest first.",
            parameters: [
                query("actor", Schema.text(maximum: 100), "Only what this user or token did."),
                query("action", Schema.text(maximum: 100), "Only this action."),
                query("object", Schema.text(maximum: 200), "Only what was done to this."), limit, cursor(.audit),
            ],
            good: (200, Operation.answer("A page of it.", "AuditTrail")), problems: [400, 401, 403, 503],
            security: reading)
    }

    private static var signOut: Operation {
        Operation(
            id: "signOut", summary: "Ends the browser's session.",
            good: (303, ["description": "Signed out, and on to the form."]), problems: [], security: open)
    }
}
