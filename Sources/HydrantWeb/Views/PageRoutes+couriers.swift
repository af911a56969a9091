import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

extension PageRoutes {
    func couriers(_ request: PageRequest) async throws -> Response {
        let view = CouriersView(page: try await CouriersPage.load(from: hub))
        return html(view.document(request.frame(.channels), files: files))
    }

    /// The page without its frame, for an open page; nothing while it would look the same.
    func couriersFragment(_ request: PageRequest) async throws -> Response {
        let words = files.words(request.language)
        let view = CouriersView(page: try await CouriersPage.load(from: hub))
        let formats = Formats(words: words, now: view.page.asOf)
        var response =
            request.parameter("seen") == view.page.fingerprint
            ? Response(status: .noContent, headers: [.cacheControl: "no-store"])
            : html(view.fragment(words, files: files))
        if let name = HTTPField.Name("hydrant-as-of") { response.headers[name] = formats.second(view.page.asOf) }
        return response
    }

    /// The list behind a number of the board.
    func parcels(_ request: PageRequest) async throws -> Response {
        guard let set = try request.choice("set", TrackingSet.self) else {
            throw BadParameter("set", allowed: TrackingSet.allCases.map(\.rawValue))
        }
        let filter = ParcelFilter(
            set: set, courier: request.parameter("courier"), channel: request.parameter("channel"))
        let cursor = try request.number("after", in: 0...Int64.max) ?? 0
        let list = try await ParcelListView.load(filter, after: cursor, from: hub)
        return html(list.document(request.frame(.channels), files: files))
    }
}
