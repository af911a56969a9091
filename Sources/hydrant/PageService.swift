import Hummingbird
import HydrantEngine
import HydrantWeb
import Logging
import ServiceLifecycle

/// The pages and the HTTP interface of one hub as services.
struct PageService {
    private let hub: Hub
    private let pages: PageRoutes<HubContext>

    init(hub: Hub, demo: Bool, forms: FormSigner? = nil, outages: OutageSwitch? = nil) throws {
        self.hub = hub
        pages = try PageRoutes(hub: hub, demo: demo, forms: forms, outages: outages)
    }

    /// Keeps the overview's history and tells the browsers.
    var sampling: LoopService {
        let sampler = pages.sampler
        return LoopService { await sampler.run() }
    }

    /// - Parameter onBound: called once, with the port that the server listens on.
    func application(
        settings: ServerSettings, log: Logger, onBound: @escaping @Sendable (_ port: Int) -> Void
    ) throws -> some Service {
        let router = try HydrantServer.buildRouter(hub: hub, settings: settings, log: log, pages: pages)
        return HydrantServer.buildApplication(router: router, settings: settings, log: log) { onBound($0) }
    }
}
