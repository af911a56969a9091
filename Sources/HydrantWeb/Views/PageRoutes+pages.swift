import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage
import NIOCore

extension PageRoutes {
    func overview(_ request: PageRequest) async throws -> Response {
        let (history, speed) = try await sampler.current()
        let view = OverviewView(history: history, speed: speed, isDemo: isDemo)
        return html(view.document(request.frame(.overview), files: files))
    }

    /// The live overview. Ends when the watcher goes, falls behind, signs out or gets other rights, or the hub stops.
    func events() async throws -> Response {
        let place = try streamPlace()
        let messages = await sampler.messages()
        let admission = Viewer.admission
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { place.end() }
                for await message in messages {
                    guard await admission?.stands() ?? true else { break }
                    try await writer.write(ByteBuffer(bytes: message))
                }
                try await writer.finish(nil)
            })
    }

    func health(_ request: PageRequest) async throws -> Response {
        let overview = try await sampler.current().history.latest
        let span = try request.choice("span", HealthHistory.Span.self) ?? .day
        // A little more than is drawn, so that "a day ago" is known.
        let samples = try await hub.healthHistory(since: overview.asOf - span.length - .hours(1))
        let history = HealthHistory(span: span, now: overview.asOf, samples: samples)
        return html(
            HealthView(overview: overview, history: history).document(request.frame(.health), files: files))
    }

    func orders(_ request: PageRequest) async throws -> Response {
        var wanted = OrdersRequest()
        wanted.filter.numberPrefix = request.parameter("prefix")?.normalised
        wanted.filter.state = try request.number("state", in: 0...7).map(Int.init)
        wanted.filter.verdict = try request.choice("verdict", Verdict.self)
        wanted.health = try request.choice("health", HealthFilter.self)
        wanted.isDwelling = try request.choice("dwelling", DwellingChoice.self) == .now
        wanted.ended = try request.choice("ended", EndedChoice.self)
        wanted.cursor = try request.number("after", in: 0...Int64.max) ?? 0
        let page = try await OrdersPage.load(wanted, from: hub)
        return html(OrdersView(page: page).document(request.frame(.orders), files: files))
    }

    func wrongOrders(_ request: PageRequest) async throws -> Response {
        var wanted = WrongOrdersRequest()
        wanted.kind = try request.choice("kind", MismatchKind.self)
        wanted.verdict = try request.choice("verdict", Verdict.self)
        wanted.cursor = try request.number("after", in: 0...Int64.max) ?? 0
        let page = try await WrongOrdersPage.load(wanted, from: hub)
        return html(WrongOrdersView(page: page).document(request.frame(.wrongOrders), files: files))
    }

    func order(_ request: PageRequest, number: String) async throws -> Response {
        let words = files.words(request.language)
        guard let model = try await model(request, number: number, words) else {
            let view = MessageView.unknownOrder(number, words)
            return html(view.document(request.frame(.elsewhere), files: files), status: .notFound)
        }
        return html(orderView(model, request, words).document(request.frame(.orders), files: files))
    }

    private func orderView(_ model: OrderModel, _ request: PageRequest, _ words: Words) -> OrderView {
        var view = OrderView(model, words: words)
        view.formToken = request.session.flatMap { forms?.token(for: $0) }
        return view
    }

    /// The order page without its frame, for an open page; nothing while it would look the same.
    func fragment(_ request: PageRequest, number: String) async throws -> Response {
        let words = files.words(request.language)
        guard let model = try await model(request, number: number, words) else {
            return Response(status: .notFound)
        }
        let formats = Formats(words: words, now: model.detail.asOf)
        var response =
            request.parameter("seen") == model.fingerprint
            ? Response(status: .noContent, headers: [.cacheControl: "no-store"])
            : html(orderView(model, request, words).fragment(files: files))
        if let name = HTTPField.Name("hydrant-as-of") { response.headers[name] = formats.second(model.detail.asOf) }
        return response
    }

    func timeline(_ request: PageRequest) throws -> TimelineFilter {
        try request.choice("show", TimelineFilter.self) ?? .all
    }

    private func model(_ request: PageRequest, number: String, _ words: Words) async throws -> OrderModel? {
        var model = try await OrderModel.load(
            number, asOf: request.moment("asOf", words), filter: timeline(request), from: hub)
        model?.source = request.parameter("system").map { String($0.prefix(100)) }
        return model
    }
}
