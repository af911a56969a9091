import HTTPTypes
package import Hummingbird
import HydrantCore
package import HydrantEngine
import HydrantStorage
import NIOCore

/// The pages for people. Whoever adds them puts access control and security headers around, and runs ``sampler``.
package struct PageRoutes<Context: RequestContext>: Sendable {
    /// Keeps the overview; `run()` it beside the server, and `stop()` it when the server has to stop.
    package let sampler: OverviewSampler
    let hub: Hub
    let isDemo: Bool
    let files: PageFiles
    let forms: FormSigner?
    let outages: OutageSwitch?
    let house: HouseTasks
    let streams = StreamBook()
    let looks = SharedLooks()
    let pictures = WorkGate(maximum: 2)
    let trials = TrialBoard(maximum: 2)
    let trialLimits: TrialRun.Limits

    /// - Parameter demo: whether the overview names the speed of the demonstration's clock.
    /// - Parameter forms: signs the forms that change something; without it there are none.
    /// - Parameter outages: the demonstration's outside world, whose systems can be taken down.
    /// - Parameter trialLimits: how long a rule is tried, and on how many orders.
    /// - Throws: `PageProblem` when a template or a text is broken.
    package init(
        hub: Hub, demo: Bool, forms: FormSigner? = nil, outages: OutageSwitch? = nil,
        trialLimits: TrialRun.Limits = TrialRun.Limits()
    ) throws {
        self.trialLimits = trialLimits
        self.hub = hub
        self.forms = forms
        self.outages = outages
        isDemo = demo
        var files = try PageFiles.shared.get()
        files.name(hub.settings.dispatch.couriers)
        self.files = files
        sampler = OverviewSampler(hub: hub)
        house = HouseTasks(hub: hub)
    }

    package func add(to router: some RouterMethods<Context>) {
        router.get("/") { request, _ in await page(request, overview) }
        router.get("/events/overview") { request, _ in await page(request) { _ in try await events() } }
        router.get("/orders") { request, _ in await page(request, orders) }
        router.get("/orders/{number}") { request, context in
            await page(request) { try await order($0, number: Self.number(context)) }
        }
        router.get("/orders/{number}/fragment") { request, context in
            await page(request) { try await fragment($0, number: Self.number(context)) }
        }
        router.get("/events/orders/{number}") { request, context in
            await page(request) { try await orderEvents($0, number: Self.number(context)) }
        }
        router.get("/events/tasks") { request, context in
            await page(request) { try await taskEvents($0, person: Self.person(context)) }
        }
        router.get("/wrong-orders") { request, _ in await page(request, wrongOrders) }
        router.get("/wrong-orders.csv") { request, _ in
            await page(request) { try await export($0, into: CSVExport()) }
        }
        router.get("/wrong-orders.xlsx") { request, _ in
            await page(request) { try await export($0, into: XLSXExport()) }
        }
        router.get("/health") { request, _ in await page(request, health) }
        router.get("/couriers") { request, _ in await page(request, couriers) }
        router.get("/couriers/fragment") { request, _ in await page(request, couriersFragment) }
        router.get("/couriers/parcels") { request, _ in await page(request, parcels) }
        router.get("/channels") { request, _ in await page(request, channels) }
        router.get("/channels/fragment") { request, _ in await page(request, channelsFragment) }
        router.get("/channels/{system}/{kind}") { request, context in
            await page(request) {
                try await lane($0, system: Self.piece("system", context), kind: Self.piece("kind", context))
            }
        }
        if outages != nil { router.post("/demo/outage") { request, _ in await setOutage(request) } }
        addInterceptors(to: router)
        addSearch(to: router)
        addPacking(to: router)
        router.get("/tasks") { request, context in
            await page(request) { try await tasks($0, person: Self.person(context)) }
        }
        router.get("/tasks/fragment") { request, context in
            await page(request) { try await tasksFragment($0, person: Self.person(context)) }
        }
        router.post("/tasks") { request, context in
            await page(request) { _ in try await moveTasks(request, person: Self.person(context)) }
        }
        router.post("/tasks/one") { request, context in
            await page(request) { _ in try await moveTask(request, person: Self.person(context)) }
        }
        let keeper = KeeperRoutes(hub: hub, files: files)
        router.get("/k/{code}") { request, context in
            await page(request) { _ in
                let code = context.parameters.get("code") ?? ""
                return try await keeper.get(request, code: code, Self.source(request, context))
            }
        }
        router.post("/k/{code}") { request, context in
            await page(request) { _ in
                let code = context.parameters.get("code") ?? ""
                return try await keeper.post(request, code: code, Self.source(request, context))
            }
        }
        addAssets(to: router)
    }

    private func addSearch(to router: some RouterMethods<Context>) {
        router.get("/search") { request, _ in await page(request, search) }
        router.post("/search") { request, _ in await page(request) { _ in try await postSearch(request) } }
        router.post("/search/hits") { request, _ in await page(request) { _ in try await searchHits(request) } }
    }

    /// Styles, script and logo alone; they tell nothing and may be open to everybody. An address with the content's
    /// hash can be kept for ever, one without it only for a while.
    package func addAssets(to router: some RouterMethods<Context>) {
        for (name, asset) in files.assets {
            router.get("/assets/\(name)") { request, _ in
                let isVersioned = asset.address.hasSuffix("?" + (request.uri.query ?? "-"))
                return Response(
                    status: .ok,
                    headers: [
                        .contentType: asset.contentType,
                        .cacheControl: isVersioned ? "public, max-age=31536000, immutable" : "public, max-age=300",
                    ],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
            }
        }
    }

    /// The page for an address that is none, for whoever answers what no route takes.
    package func unknownPage(_ request: Request) -> Response {
        let request = PageRequest(request)
        let view = MessageView.unknownPage(files.words(request.language))
        return html(view.document(request.frame(.elsewhere), files: files), status: .notFound)
    }

    /// Under whose name a task is moved.
    private static func person(_ context: Context) -> String {
        (context as? HubContext)?.person ?? ActorName.machinePrefix + "console"
    }

    /// Where a request comes from, as far as guesses are counted for it.
    private static func source(_ request: Request, _ context: Context) -> String {
        (context as? HubContext)?.source(of: request) ?? ""
    }

    private static func number(_ context: Context) -> String { piece("number", context) }

    static func piece(_ name: String, _ context: Context) -> String {
        PageRequest.decoded(context.parameters.get(name) ?? "", plusIsBlank: false)
    }

    /// Runs a page, turns its failures into pages, and remembers a language that was chosen.
    func page(
        _ request: Request, _ body: @Sendable (PageRequest) async throws -> Response
    ) async -> Response {
        let isPageForm = request.isPageForm
        let request = PageRequest(request)
        let words = files.words(request.language)
        var response: Response
        do {
            response = try await body(request)
        } catch let problem as Problem {
            response = (isPageForm ? answer(toForm: problem, request) : nil) ?? problem.response
        } catch let problem as BadParameter {
            let view = MessageView.badParameter(problem, path: request.path, words)
            response = html(view.document(request.frame(.elsewhere), files: files), status: .badRequest)
        } catch {
            // The error itself may name an order; only its number goes to the screen.
            let code = (error as? StoreFailure)?.code ?? "HY-1009"
            let path = address(request.path, request.parameters.map { ($0.0, Optional($0.1)) })
            let view = MessageView.unreadable(code: code, path: path, words)
            response = html(view.document(request.frame(.elsewhere), files: files), status: .serviceUnavailable)
            response.headers[.retryAfter] = "5"
        }
        if request.choosesLanguage {
            response.setCookie(request.languageCookie)
        }
        return response
    }

    /// What the person in front of a form is told of a problem with it; nil for what people do not meet.
    func answer(toForm problem: Problem, _ request: PageRequest) -> Response? {
        switch problem.code {
        case Problem.foreignForm.code: return oldForm(request)
        // A keeper's form stands in no frame of pages.
        case Problem.bodyTooLarge(0).code where !request.path.hasPrefix("/k/"):
            let view = MessageView.tooLong(request.placeOfForm, files.words(request.language))
            return html(view.document(request.frame(.elsewhere), files: files), status: problem.status)
        default: return nil
        }
    }

    /// The answer to a form of another session, for the person in front of it: back to where the form stands.
    func oldForm(_ request: PageRequest) -> Response {
        let view = MessageView.oldForm(request.placeOfForm, files.words(request.language))
        return html(view.document(request.frame(.elsewhere), files: files), status: .forbidden)
    }

    func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}
