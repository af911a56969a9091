import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage
import NIOCore

extension PageRoutes {
    /// The list of wrong orders as a file, page by page as it is read, so that it may be of any length.
    func export<Export: TableExport & Sendable>(
        _ request: PageRequest, into empty: Export
    ) async throws -> Response {
        let words = files.words(request.language)
        var wanted = WrongOrdersRequest()
        wanted.kind = try request.choice("kind", MismatchKind.self)
        wanted.verdict = try request.choice("verdict", Verdict.self)
        let first = try await WrongOrdersPage.load(wanted, from: hub)
        let hub = hub
        let start = wanted
        // The body is written after the request's own task is over.
        let viewer = Viewer.current
        let body = ResponseBody { writer in
            var export = empty
            var page = first
            var wanted = start
            var bytes = export.row(page.exportHead(words))
            while true {
                let rows = Viewer.$current.withValue(viewer) { page.exportRows(words) }
                for cells in rows { bytes += export.row(cells) }
                guard let next = page.next else { break }
                try await writer.write(ByteBuffer(bytes: bytes))
                bytes = []
                wanted.cursor = next
                page = try await WrongOrdersPage.load(wanted, from: hub)
            }
            try await writer.write(ByteBuffer(bytes: bytes + export.finish()))
            try await writer.finish(nil)
        }
        let date = Formats(words: words, now: first.asOf).date(first.asOf)
        var headers: HTTPFields = [.contentType: Export.contentType, .cacheControl: "no-store"]
        headers[.contentDisposition] = "attachment; filename=\"wrong-orders-\(date).\(Export.fileEnding)\""
        return Response(status: .ok, headers: headers, body: body)
    }
}

extension WrongOrdersPage {
    fileprivate func exportHead(_ words: Words) -> [String] {
        ["order", "verdict", "kind", "reason", "export_do_first", "since", "last_verified"].map { words($0) }
    }

    fileprivate func exportRows(_ words: Words) -> [[String]] {
        let formats = Formats(words: words, now: asOf)
        return rows.map { row in
            [
                row.saved.order, words("verdict_\((row.finding?.verdict ?? row.saved.verdict).rawValue)"),
                words(row.saved.kind.text), row.reason(words) ?? "", row.advice(words),
                formats.second(row.finding?.since ?? row.saved.since),
                row.finding?.lastVerifiedAt.map(formats.second) ?? words("never"),
            ]
        }
    }
}
