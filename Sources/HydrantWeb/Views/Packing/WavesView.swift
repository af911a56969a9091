import Hummingbird
import HydrantCore
import HydrantEngine

/// What is to be picked: waves by warehouse and the couriers' fetching times, and the picking list of one.
struct WavesView {
    var page: WavePage
    var formats: Formats

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = formats.words
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.second(formats.now), "hasWaves": !page.waves.isEmpty,
            "hasMore": page.hasMore, "most": formats.count(Desk.waveOrdersMaximum),
            "waves": page.waves.map { wave -> Bindings in
                let path = address("/waves/list", [("warehouse", wave.warehouse), ("courier", wave.courier)])
                return summary(wave).merging(["href": path, "articles": formats.count(wave.goods.count)]) { $1 }
            },
        ]
        return frame.document(files.render(bindings, "waves"), title: words("waves_title"), files: files)
    }

    /// The picking list of one wave.
    ///
    /// - Parameter printing: what the forms that print it say.
    func list(_ wave: PickWave, _ printing: Bindings, _ frame: PageFrame, files: PageFiles) -> String {
        let words = formats.words
        let goods = wave.goods.map { goods -> Bindings in
            [
                "sku": goods.sku, "name": goods.name, "units": formats.count(goods.units),
                "orders": formats.count(goods.orders), "isGift": goods.isGift,
            ]
        }
        let own: Bindings = [
            "w": words.bindings, "asOf": formats.second(formats.now), "goods": goods,
            "numbers": wave.orders.map { number -> Bindings in
                ["number": number, "href": orderPath(number), "pack": address("/packing", [("scan", number)])]
            },
        ]
        let bindings = summary(wave).merging(own) { $1 }.merging(printing) { $1 }
        return frame.document(files.render(bindings, "wave"), title: words("wave_title"), files: files)
    }

    private func summary(_ wave: PickWave) -> Bindings {
        [
            "warehouse": wave.warehouse.isEmpty ? "—" : wave.warehouse,
            "courier": wave.courier.isEmpty ? "—" : formats.words.system(wave.courier),
            "departs": formats.minute(wave.departsAt),
            "orders": formats.count(wave.orders.count), "units": formats.count(wave.units),
        ]
    }
}

extension PageRoutes {
    func waves(_ request: PageRequest) async throws -> Response {
        let view = try await wavesView(request)
        return html(view.document(request.frame(.bags), files: files))
    }

    func wave(_ request: PageRequest) async throws -> Response {
        let view = try await wavesView(request)
        let (warehouse, courier) = (request.parameter("warehouse") ?? "", request.parameter("courier") ?? "")
        guard let wave = view.page.waves.first(where: { $0.warehouse == warehouse && $0.courier == courier }) else {
            return seeOther("/waves")
        }
        let sight = try await hub.desk.pickingList(wave, for: deskPerson)
        let papers = PaperView(view.formats, try await hub.desk.settings())
        let printing: Bindings = [
            "paper": sight.map { papers.bindings($0) } ?? false as Any, "token": formToken(request),
            "key": ["warehouse": wave.warehouse, "courier": wave.courier] as Bindings,
        ]
        return html(view.list(wave, printing, request.frame(.bags), files: files))
    }

    private func wavesView(_ request: PageRequest) async throws -> WavesView {
        let formats = Formats(words: files.words(request.language), now: hub.clock.now())
        return WavesView(page: try await hub.desk.waves(of: deskPerson), formats: formats)
    }
}
