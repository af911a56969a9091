import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage
import NIOCore

/// Open pages that keep themselves current: each second the time, and whether there is something new to fetch.
extension PageRoutes {
    /// After so many ticks a browser has to ask anew, so that nobody watches whose session has ended.
    private static var ticksMaximum: Int { 120 }
    /// What changes with time alone is looked for at every so many ticks.
    private static var ticksPerLook: Int { 5 }

    /// `GET /events/orders/{number}`.
    func orderEvents(_ request: PageRequest, number: String) async throws -> Response {
        let filter = try timeline(request)
        guard let first = try await OrderModel.load(number, asOf: nil, filter: filter, from: hub) else {
            return Response(status: .notFound)
        }
        let hub = hub
        let begin = StreamLook(seen: first.fingerprint, row: try await hub.row(of: number))
        return try await stream(request) { tick, last in
            let row = try await hub.row(of: number)
            if let last, row == last.row, tick % Self.ticksPerLook != 0 { return last }
            if last == nil { return begin }
            let model = try await OrderModel.load(number, asOf: nil, filter: filter, from: hub)
            return StreamLook(seen: model?.fingerprint ?? "", row: row)
        }
    }

    /// `GET /events/tasks`, with the queue's own parameters.
    func taskEvents(_ request: PageRequest, person: String) async throws -> Response {
        _ = try await tasksView(request, person: person)
        return try await stream(request) { _, _ in
            StreamLook(seen: try await tasksView(request, person: person).fingerprint)
        }
    }

    /// A place for one more event stream of whoever asks.
    func streamPlace() throws -> StreamPlace {
        let viewer = Viewer.current
        guard let place = streams.take(viewer.place, of: viewer.actor) else { throw Problem.tooManyStreams }
        return place
    }

    /// Ends when the watcher goes, falls behind, signs out or gets other rights, after its time, or when the hub stops.
    private func stream(
        _ request: PageRequest, _ look: @escaping @Sendable (Int, StreamLook?) async throws -> StreamLook
    ) async throws -> Response {
        let place = try streamPlace()
        let words = files.words(request.language)
        let key = "\(Viewer.current.actor) \(request.language) \(request.path) \(request.parameters)"
        let looks = looks
        let ticks = await sampler.messages()
        let viewer = Viewer.current
        let admission = Viewer.admission
        let hub = hub
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { place.end() }
                try await Viewer.$current.withValue(viewer) {
                    var last: StreamLook?
                    var tick = 0
                    func tell() async throws {
                        let (now, before) = (tick, last)
                        let found = try? await looks.look(key, isFirst: before == nil) { try await look(now, before) }
                        let asOf = Formats(words: words, now: hub.clock.now()).second(hub.clock.now())
                        let event: JSON = [
                            "asOf": .string(asOf), "seen": .string((found ?? last)?.seen ?? ""),
                            "stale": .bool(found == nil),
                        ]
                        last = found ?? last
                        let bytes = Array("event: page\ndata: ".utf8) + event.bytes + Array("\n\n".utf8)
                        try await writer.write(ByteBuffer(bytes: bytes))
                    }
                    try await tell()
                    for await _ in ticks {
                        tick += 1
                        guard tick <= Self.ticksMaximum, await admission?.stands() ?? true else { break }
                        try await tell()
                    }
                }
                try await writer.finish(nil)
            })
    }
}

extension Hub {
    fileprivate func row(of number: String) async throws -> OrderRow? {
        try await store.read { try $0.orderRow(number.normalised) }
    }
}
