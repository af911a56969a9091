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
        let words = files.words(request.language)
        let filter = try timeline(request)
        guard let first = try await OrderModel.load(number, asOf: nil, filter: filter, from: hub) else {
            return Response(status: .notFound)
        }
        let hub = hub
        let begin = Look(seen: first.fingerprint, row: try await hub.row(of: number))
        return await stream(words) { tick, last in
            let row = try await hub.row(of: number)
            if let last, row == last.row, tick % Self.ticksPerLook != 0 { return last }
            if last == nil { return begin }
            let model = try await OrderModel.load(number, asOf: nil, filter: filter, from: hub)
            return Look(seen: model?.fingerprint ?? "", row: row)
        }
    }

    /// `GET /events/tasks`, with the queue's own parameters.
    func taskEvents(_ request: PageRequest, person: String) async throws -> Response {
        _ = try await tasksView(request, person: person)
        return await stream(files.words(request.language)) { _, _ in
            Look(seen: try await tasksView(request, person: person).fingerprint)
        }
    }

    struct Look: Sendable {
        var seen: String
        var row: OrderRow?
    }

    /// Ends when the watcher goes, falls behind, after its time, or when the hub stops.
    private func stream(
        _ words: Words, _ look: @escaping @Sendable (Int, Look?) async throws -> Look
    ) async -> Response {
        let ticks = await sampler.messages()
        let viewer = Viewer.current
        let hub = hub
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await Viewer.$current.withValue(viewer) {
                    var last: Look?
                    var tick = 0
                    func tell() async throws {
                        let found = try? await look(tick, last)
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
                        guard tick <= Self.ticksMaximum else { break }
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
