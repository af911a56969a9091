import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine

/// What a warehouse says about the stock for an order. It is looked at and recorded nowhere but in the trail.
extension PeopleRoutes {
    func askStock(_ request: PageRequest, _ context: HubContext) async throws -> Response {
        let number = try pathText("number", context).normalised
        let words = words(request)
        let answer = try await hub.askStock(of: number, in: viewer.ownWarehouses, actor: viewer.actor)
        switch answer {
        case .unknown:
            // What the access control answers for an order of another warehouse.
            if viewer.role == .warehouse { throw Problem.unknownOrder("No fact ever named this order.") }
            return unknownOrder(number, request)
        case .refused(let refusal):
            return deskMessage(409, words(refusal.text), words(refusal.nextStep), number, request)
        case .told(let look):
            let title = words("stock_title")
            return self.answer(document(bindings(look, number, words), "stock", title: title, request, .orders), 200)
        }
    }

    private func bindings(_ look: StockLook, _ number: String, _ words: Words) -> Bindings {
        let formats = Formats(words: words, now: look.askedAt)
        let poor = look.lines.filter { $0.verdict == .short || $0.verdict == .notReserved }
        let untold = look.lines.contains { $0.verdict == .untold }
        let unfit = poor.contains { $0.verdict == .notReserved }
        let lack = unfit ? "stock_all_unfit" : "stock_all_short"
        let summary = !poor.isEmpty ? lack : untold ? "stock_all_untold" : "stock_all_enough"
        let asked = [
            "system": words.system(look.system), "time": formats.second(look.askedAt),
            "warehouse": look.warehouse.isEmpty ? words("stock_usual_warehouse") : look.warehouse,
        ]
        return [
            "number": number, "href": orderPath(number), "action": orderPath(number) + "/stock",
            "asked": words("stock_asked", asked),
            "summary": words(summary, ["count": formats.count(Set(poor.map(\.line.sku)).count)]),
            "isEnough": poor.isEmpty && !untold, "icon": !poor.isEmpty ? "wrong" : untold ? "unknown" : "ok",
            "rows": look.lines.map { row($0, formats) },
        ]
    }

    private func row(_ stock: StockLine, _ formats: Formats) -> Bindings {
        let words = formats.words
        let icon =
            switch stock.verdict {
            case .enough, .reserved: "ok"
            case .short, .notReserved: "wrong"
            case .untold: "unknown"
            }
        let lacking = stock.wanted - max(0, stock.level?.quantity ?? 0)
        return [
            "sku": stock.line.sku, "name": shown(stock.line.name), "isGift": stock.line.isGift,
            "units": formats.count(stock.line.units),
            "free": stock.level.map { formats.count($0.quantity) } ?? "—",
            "frozen": stock.level.map { formats.count($0.lockQuantity) } ?? "—", "icon": icon,
            "verdict": words(
                "stock_\(keyPart(stock.verdict.rawValue))",
                ["wanted": formats.count(stock.wanted), "lacking": formats.count(lacking)]),
        ]
    }
}
