package import Hummingbird
import HummingbirdCore
import HydrantConnectorKit
package import HydrantEngine
package import Logging
import NIOCore

/// The routes of the hub, and the routes as a list.
package struct HubRouter {
    package let router: Router<HubContext>
    package let table: RouteTable
}

/// Builds the router apart from the application, so that tests take the router without sockets.
package enum HydrantServer {
    /// - Parameter pages: the pages for people, behind the same access check; nil for the API alone. Whoever gives
    ///   them runs their sampler.
    /// - Throws: ``WebhookProblem/badSecret`` when there is no usable webhook secret.
    package static func buildRouter(
        hub: Hub, settings: ServerSettings, log: Logger, pages: PageRoutes<HubContext>? = nil
    ) throws -> HubRouter {
        let table = RouteTable()
        let router = Router(context: HubContext.self, options: .autoGenerateHeadEndpoints)
        let routes = RecordingRouter(router: router, table: table)
        let figures = RequestFigures()
        let sessions = SessionSigner(key: settings.sessionKey)
        let people = people(of: hub, settings)
        let files = try pages?.files ?? PageFiles.shared.get()
        let signInPages = SignInPages(files: files)
        let webhooks = try StandardWebhooks(secrets: settings.webhookSecrets)
        router.add(
            middleware: AnswerMiddleware(figures: figures, table: table, log: log, unknownPage: pages?.unknownPage))
        router.add(
            middleware: AccessMiddleware(
                tokens: settings.tokens, sessions: sessions, people: people, hub: hub, wallClock: settings.wallClock,
                pages: signInPages, forms: FormSigner(key: settings.sessionKey)))
        let facts = FactsRoute(hub: hub, webhooks: webhooks, settings: settings)
        routes.post("/v1/facts", use: facts.post)
        addReading(to: routes, hub)
        addTasks(to: routes, TasksRoutes(hub: hub, house: pages?.house ?? HouseTasks(hub: hub), files: files))
        let pushes = PushRoute(hub: hub, receivers: settings.pushes, limits: settings.limits, log: log)
        routes.post("/push/{system}", use: pushes.post)
        routes.post("/push/{system}/{rest}", use: pushes.post)
        addOperating(to: routes, hub, settings, figures)
        let signIn = SignInRoutes(
            tokens: settings.tokens, sessions: sessions, people: people, wallClock: settings.wallClock,
            cookieIsSecure: settings.cookieIsSecure, codes: settings.signInCodes, pages: signInPages)
        routes.get("/sign-in", use: signIn.get)
        routes.post("/sign-in", use: signIn.post)
        routes.post("/sign-out", use: signIn.signOut)
        routes.get("/welcome", use: signIn.welcome)
        routes.post("/welcome", use: signIn.accept)
        pages?.add(to: routes)
        routes.get("/v1/audit", use: AuditRoute(hub: hub).list)
        if let pages {
            PeopleRoutes(people: people, hub: hub, pages: pages, fixed: settings.tokens).add(to: routes)
        }
        return HubRouter(router: router, table: table)
    }

    private static func people(of hub: Hub, _ settings: ServerSettings) -> People {
        var people = People(
            store: hub.store, keyring: hub.keyring, clock: settings.wallClock, randomBytes: settings.randomBytes)
        people.unsaidFactorRoles = settings.secondFactorRoles
        people.fixedNames = settings.tokens.tokens.map(\.name)
        return people
    }

    private static func addOperating(
        to routes: RecordingRouter, _ hub: Hub, _ settings: ServerSettings, _ figures: RequestFigures
    ) {
        let readiness = Readiness(hub: hub, clock: settings.wallClock, patience: settings.limits.readiness)
        let status = StatusRoutes(readiness: readiness)
        routes.get("/healthz", use: status.health)
        routes.get("/readyz", use: status.ready)
        routes.get("/metrics", use: MetricsRoute(hub: hub, figures: figures).get)
        routes.get("/openapi.json", use: DescriptionRoute().get)
    }

    private static func addReading(to routes: RecordingRouter, _ hub: Hub) {
        let orders = OrdersRoutes(hub: hub)
        routes.get("/v1/orders", use: orders.list)
        routes.get("/v1/orders/{id}", use: orders.one)
        routes.get("/v1/orders/{id}/proof", use: orders.proof)
        let search = SearchRoute(hub: hub)
        routes.get("/v1/search", use: search.get)
        routes.post("/v1/search", use: search.post)
        routes.get("/v1/wrong-orders", use: WrongOrdersRoute(hub: hub).list)
        routes.get("/v1/channels", use: ChannelsRoute(hub: hub).list)
        routes.get("/v1/courier-sets", use: CourierSetsRoute(hub: hub).list)
        let bags = BagsRoutes(hub: hub)
        routes.get("/v1/bags", use: bags.list)
        routes.get("/v1/bags/{code}", use: bags.one)
        routes.get("/v1/health-index", use: HealthIndexRoute(hub: hub).get)
    }

    private static func addTasks(to routes: RecordingRouter, _ tasks: TasksRoutes) {
        routes.get("/v1/tasks", use: tasks.list)
        routes.post("/v1/tasks/{id}/take", use: tasks.take)
        routes.post("/v1/tasks/{id}/hand-over", use: tasks.handOver)
        routes.post("/v1/tasks/{id}/snooze", use: tasks.snooze)
        routes.post("/v1/tasks/{id}/resolve", use: tasks.resolve)
    }

    /// - Parameter onBound: called once, with the port that the server listens on.
    package static func buildApplication(
        router: HubRouter, settings: ServerSettings, log: Logger,
        onBound: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> Application<RouterResponder<HubContext>> {
        let limits = settings.limits
        let book = ConnectionBook(total: limits.connections, perPeer: limits.connectionsPerAddress)
        return Application(
            router: router.router,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionHandler(book: book, limits: limits)],
                    idleTimeout: .milliseconds(limits.idle),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1_024),
            onServerRunning: { channel in await onBound(channel.localAddress?.port ?? settings.port) },
            logger: log)
    }
}
