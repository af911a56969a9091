extension AccessTable {
    private static let everybody = Set(Role.allCases)
    /// Who sees lists over all warehouses.
    private static let wholeHouse = everybody.subtracting([.warehouse])
    private static let technicians: Set<Role> = [.owner, .operations, .it, .viewer]
    private static let overseers: Set<Role> = [.owner, .it]
    private static let owner: Set<Role> = [.owner]
    /// Who answers tasks.
    private static let workers = everybody.subtracting([.viewer])
    private static let managers: Set<Role> = [.owner, .operations]
    /// Who packs and prints.
    private static let packers: Set<Role> = [.owner, .operations, .warehouse]
    /// Who prints papers of orders: agents send some of them to customers.
    private static let printing: Set<Role> = packers.union([.service])
    /// Who may have a warehouse asked for its stock.
    private static let askingStock: Set<Role> = packers.union([.service])

    /// One row per route, in the order of their paths' first words.
    package static let rules: [Rule] = openRules + machineRules + pageRules + deskRules + peopleRules

    private static let openRules = [
        Rule(open: "GET", "/healthz"), Rule(open: "GET", "/readyz"),
        Rule(open: "GET", "/sign-in"), Rule(open: "POST", "/sign-in"), Rule(open: "POST", "/sign-out"),
        Rule(open: "GET", "/welcome"), Rule(open: "POST", "/welcome"),
        // Pushes are judged by their own signature, keepers by the code of their link.
        Rule(open: "POST", "/push/{system}"), Rule(open: "POST", "/push/{system}/{rest}"),
        Rule(open: "GET", "/k/{code}"), Rule(open: "POST", "/k/{code}"),
    ]

    private static let machineRules = [
        Rule("POST", "/v1/facts", [], scope: .factsWrite),
        Rule("GET", "/v1/orders", wholeHouse),
        Rule("GET", "/v1/orders/{id}", everybody, order: "id"),
        // The events as they are, with every amount and recording: a hash does not bear leaving anything out.
        Rule("GET", "/v1/orders/{id}/proof", managers, order: "id"),
        Rule("GET", "/v1/search", everybody), Rule("POST", "/v1/search", everybody),
        Rule("GET", "/v1/wrong-orders", wholeHouse),
        Rule("GET", "/v1/tasks", everybody),
        Rule("POST", "/v1/tasks/{id}/take", workers, scope: .tasksWrite),
        Rule("POST", "/v1/tasks/{id}/hand-over", workers, scope: .tasksWrite),
        Rule("POST", "/v1/tasks/{id}/snooze", workers, scope: .tasksWrite),
        Rule("POST", "/v1/tasks/{id}/resolve", workers, scope: .tasksWrite),
        Rule("GET", "/v1/channels", technicians),
        Rule("GET", "/v1/courier-sets", everybody),
        // Warehouses' own people see their own bags only.
        Rule("GET", "/v1/bags", everybody), Rule("GET", "/v1/bags/{code}", everybody),
        Rule("GET", "/v1/health-index", wholeHouse),
        Rule("GET", "/v1/audit", overseers, scope: .ops),
        Rule("GET", "/metrics", overseers, scope: .ops),
        Rule("GET", "/openapi.json", everybody, scope: nil),
    ]

    private static let pageRules = [
        Rule("GET", "/", everybody), Rule("GET", "/events/overview", everybody),
        Rule("GET", "/orders", everybody),
        Rule("GET", "/orders/{number}", everybody, order: "number"),
        Rule("GET", "/orders/{number}/fragment", everybody, order: "number"),
        Rule("GET", "/events/orders/{number}", everybody, order: "number"),
        Rule("GET", "/events/tasks", workers), Rule("GET", "/tasks/fragment", workers),
        Rule("POST", "/orders/{number}/receiver", revealing, order: "number"),
        // Which role may do which deed is in `actions`.
        Rule("POST", "/orders/{number}/actions", workers, order: "number"),
        Rule("POST", "/orders/{number}/notes", calling, order: "number"),
        Rule("POST", "/orders/{number}/calls", calling, order: "number"),
        Rule("POST", "/orders/{number}/stock", askingStock, order: "number"),
        Rule("GET", "/search", everybody), Rule("POST", "/search", everybody),
        Rule("POST", "/search/hits", everybody),
        Rule("GET", "/tasks", workers), Rule("POST", "/tasks", workers), Rule("POST", "/tasks/one", workers),
        Rule("GET", "/interceptors", technicians), Rule("GET", "/interceptors.yaml", technicians),
        Rule("GET", "/interceptors/rules/{id}", technicians), Rule("GET", "/interceptors/new", managers),
        Rule("POST", "/interceptors/new", managers), Rule("POST", "/interceptors/stage", managers),
        Rule("POST", "/interceptors/import", managers), Rule("GET", "/interceptors/trial/fragment", managers),
        Rule("POST", "/interceptors/trial/stop", managers),
        Rule("GET", "/wrong-orders", wholeHouse), Rule("GET", "/wrong-orders.csv", wholeHouse),
        Rule("GET", "/wrong-orders.xlsx", wholeHouse), Rule("GET", "/health", wholeHouse),
        Rule("GET", "/couriers", everybody), Rule("GET", "/couriers/fragment", everybody),
        Rule("GET", "/couriers/parcels", wholeHouse),
        Rule("GET", "/channels", technicians), Rule("GET", "/channels/fragment", technicians),
        Rule("GET", "/channels/{system}/{kind}", technicians),
        Rule("POST", "/demo/outage", [.owner, .operations, .it]),
    ]

    private static let deskRules = [
        Rule("GET", "/packing", packers), Rule("POST", "/packing/events", packers),
        Rule("POST", "/packing/frame", packers), Rule("GET", "/bags", everybody), Rule("GET", "/b/{code}", everybody),
        Rule("GET", "/waves", packers), Rule("GET", "/waves/list", packers), Rule("POST", "/waves/list", packers),
        // Which role may print which paper is in `mayPrint`.
        Rule("POST", "/orders/{number}/papers", printing, order: "number"),
        Rule("GET", "/papers/{code}", printing),
        Rule("GET", "/b/{code}/label", packers), Rule("GET", "/settings/desk", managers),
        Rule("POST", "/settings/desk", managers),
        Rule("GET", "/templates", managers), Rule("GET", "/templates/edit", managers),
        Rule("POST", "/templates/edit", managers), Rule("POST", "/templates/draft", managers),
        Rule("GET", "/templates/preview", managers), Rule("GET", "/templates/export", managers),
    ]

    /// Forms that change nothing: what they ask for does not belong into an address.
    package static let readingForms: Set<String> = ["/search", "/search/hits", "/v1/search"]

    private static let peopleRules = [
        Rule("GET", "/account", everybody), Rule("POST", "/account/password", everybody),
        Rule("POST", "/account/second-factor", everybody), Rule("POST", "/account/session", everybody),
        Rule("GET", "/settings", technicians),
        Rule("GET", "/settings/words", technicians), Rule("POST", "/settings/words", managers),
        Rule("GET", "/settings/parked", technicians), Rule("POST", "/settings/parked", [.owner, .operations, .it]),
        Rule("GET", "/settings/users", owner), Rule("POST", "/settings/users", owner),
        Rule("GET", "/settings/users/{name}", owner), Rule("POST", "/settings/users/{name}", owner),
        // A token that reads what operations do sees nobody else's; making one needs a person.
        Rule("GET", "/settings/tokens", overseers, scope: .ops), Rule("POST", "/settings/tokens", overseers),
        Rule("GET", "/audit", overseers, scope: .ops),
    ]

    /// How each role sees each field of an order.
    package static let fields: [OrderField: [Role: Sight]] = [
        .receiverName: receiver, .receiverPhone: receiver, .receiverAddress: receiver,
        .notes: [
            .owner: .clear, .operations: .clear, .warehouse: .hidden, .service: .clear, .finance: .hidden,
            .it: .hidden, .viewer: .hidden,
        ],
        .customer: [
            .owner: .clear, .operations: .clear, .warehouse: .hidden, .service: .clear, .finance: .clear,
            .it: .hidden, .viewer: .clear,
        ],
        .money: [
            .owner: .clear, .operations: .clear, .warehouse: .hidden, .service: .clear, .finance: .clear,
            .it: .hidden, .viewer: .clear,
        ],
    ]

    private static let receiver: [Role: Sight] = [
        .owner: .masked, .operations: .masked, .warehouse: .masked, .service: .masked, .finance: .hidden,
        .it: .hidden, .viewer: .hidden,
    ]
}
