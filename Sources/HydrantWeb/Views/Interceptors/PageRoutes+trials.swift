import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine

/// Rules tried on the past. A page with scripts sees the result grow and can stop it; one without waits for its end.
extension PageRoutes {
    /// A page that asks again is answered after so many orders, and a small hub's trial is over by then.
    private static var firstOrders: Int { 400 }

    /// - Returns: nil when as many trials run as may.
    func startTrial(of rule: Rule, days: Int, isWatched: Bool) async throws -> TrialView? {
        let now = hub.clock.now()
        let window = now - .hours(24 * Int64(days))..<now + 1
        let viewer = Viewer.current.place
        let hub = hub
        let entry = await trials.begin(viewer, days: days) {
            TrialRun(
                RuleTrial([rule], settings: hub.settings, window: window), on: PastOrders(store: hub.store),
                limits: trialLimits, watched: isWatched, clock: hub.stopwatch)
        }
        guard let entry else { return nil }
        await entry.run.looked(at: isWatched ? Self.firstOrders : .max)
        return try view(of: entry, viewer)
    }

    /// `GET /interceptors/trial/fragment?run=N`: how far the viewer's own trial is, and what it has found until now.
    func trialProgress(_ request: PageRequest) async throws -> Response {
        let viewer = Viewer.current.place
        guard let entry = trials.entry(of: viewer), request.parameter("run") == String(entry.number) else {
            return Response(status: .notFound)
        }
        return html(try view(of: entry, viewer).fragment(token(of: request) ?? "", request.language, files))
    }

    /// `POST /interceptors/trial/stop`: what was found until now is the result.
    func stopTrial(_ request: Request, _ page: PageRequest) async throws -> Response {
        guard let fields = try await fields(request, page) else { return oldForm(page) }
        let viewer = Viewer.current.place
        // A browser without the script shows what it gets as a page.
        guard let entry = trials.entry(of: viewer), value(of: "run", in: fields) == String(entry.number) else {
            return seeOther("/interceptors")
        }
        entry.run.stop()
        await entry.run.looked()
        return html(try view(of: entry, viewer).fragment(token(of: page) ?? "", page.language, files))
    }

    /// How far a trial is; one that is over is forgotten with its last answer.
    private func view(of entry: TrialBoard.Entry, _ viewer: String) throws -> TrialView {
        do {
            let progress = try entry.run.progress()
            if progress.end != nil { trials.forget(viewer, entry.number) }
            return TrialView(number: entry.number, days: entry.days, progress: progress)
        } catch {
            trials.forget(viewer, entry.number)
            throw error
        }
    }
}
