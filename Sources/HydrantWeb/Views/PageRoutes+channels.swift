import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

extension PageRoutes {
    func channels(_ request: PageRequest) async throws -> Response {
        let view = try await channelsView(request)
        return html(view.document(request.frame(.channels), files: files))
    }

    /// The page without its frame, for an open page; nothing while it would look the same.
    func channelsFragment(_ request: PageRequest) async throws -> Response {
        let words = files.words(request.language)
        let view = try await channelsView(request)
        let formats = Formats(words: words, now: view.page.asOf)
        var response =
            request.parameter("seen") == view.page.fingerprint
            ? Response(status: .noContent, headers: [.cacheControl: "no-store"])
            : html(view.fragment(words, files: files))
        if let name = HTTPField.Name("hydrant-as-of") { response.headers[name] = formats.second(view.page.asOf) }
        return response
    }

    private func channelsView(_ request: PageRequest) async throws -> ChannelsView {
        var control: OutageControl?
        if let outages { control = OutageControl(outages: await outages.read()) }
        let page = ChannelsPage(asOf: hub.clock.now(), channels: try await hub.channels(), outages: control)
        return ChannelsView(page: page, formToken: request.session.flatMap { forms?.token(for: $0) })
    }

    func lane(_ request: PageRequest, system: String, kind: String) async throws -> Response {
        guard let kind = InstructionKind(rawValue: kind) else {
            throw BadParameter("kind", allowed: InstructionKind.allCases.map(\.rawValue))
        }
        let lane = InstructionLane(system: system, kind: kind)
        let rows = try await hub.waitingInstructions(lane, limit: LaneListView.rowsAtMost)
        let view = try await hub.channels().flatMap(\.lanes).first { $0.lane == lane }
        let list = LaneListView(lane: lane, view: view, rows: rows, asOf: hub.clock.now())
        return html(list.document(request.frame(.channels), files: files))
    }

    /// Takes a system of the demonstration down or brings it back, as the form on the page says.
    func setOutage(_ request: Request) async -> Response {
        let pageRequest = PageRequest(request)
        let form = (try? await readBody(of: request, 4_096)).flatMap { formDecoded($0) } ?? []
        func field(_ name: String) -> String { value(of: name, in: form) ?? "" }
        // A browser sends its cookie by itself, so that the form has to prove where it comes from.
        let isOurs = pageRequest.session.map { forms?.isValid(field("form"), for: $0) ?? false } ?? true
        guard let outages, isOurs, await outages.read().contains(where: { $0.system == field("system") }) else {
            let view = MessageView.oldForm("/channels", files.words(pageRequest.language))
            return html(view.document(pageRequest.frame(.elsewhere), files: files), status: .forbidden)
        }
        let until = field("down") == "yes" ? hub.clock.now() + OutageControl.length : nil
        await outages.set(field("system"), until)
        return seeOther("/channels")
    }
}
