import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

extension PageRoutes {
    /// What the box is for people who type and press Enter. A search is sent as a form's body, because a telephone
    /// number does not belong into addresses; a link may name an order's number.
    func search(_ request: PageRequest) async throws -> Response {
        try await found(request.parameter("q") ?? "", request)
    }

    func postSearch(_ request: Request) async throws -> Response {
        try await found(try await asked(request), PageRequest(request))
    }

    /// The hits alone, while somebody types.
    func searchHits(_ request: Request) async throws -> Response {
        let view = try await searchView(try await asked(request), limit: 8)
        return html(view.fragment(files.words(PageRequest(request).language), files: files))
    }

    private func found(_ text: String, _ request: PageRequest) async throws -> Response {
        let view = try await searchView(text, limit: 50)
        if let only = view.result.hits.first, view.result.hits.count == 1, only.matches.count == 1,
            only.matches[0].manner == .whole || only.matches[0].field == .number
        {
            return seeOther(orderPath(only.row.number))
        }
        // The language link asks for the empty page: what was typed stays out of addresses.
        let frame = PageFrame(language: request.language, place: .search, path: "/search")
        return html(view.document(frame, files: files))
    }

    private func searchView(_ text: String, limit: Int) async throws -> SearchView {
        let text = String(text.prefix(SearchQuery.textMaximum))
        let result = try await hub.search(text, limit: limit, scope: Viewer.current.searchScope)
        return SearchView(
            text: text, result: result, progress: try await hub.searchProgress(),
            lastState: hub.settings.flow.lastReportedState,
            receivers: try await hub.maskedReceivers(of: result.hits.map(\.row.number)))
    }

    private func asked(_ request: Request) async throws -> String {
        let form = formDecoded(try await readBody(of: request, 4_096)) ?? []
        return value(of: "q", in: form) ?? ""
    }
}
