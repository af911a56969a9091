import Foundation
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSandbox

/// Plays the warehouses' keepers: reads each text, opens its link as a telephone would, and types the number of the
/// label that lies on the parcel.
struct DemoKeeper: Sendable {
    let world: OutsideWorld
    let caller: any HTTPCaller
    let clock: ScaledClock

    /// One for each warehouse. Nobody has these numbers.
    static let contacts: [KeeperContact] = [
        "广州", "深圳", "上海", "杭州", "南京", "苏州", "武汉", "成都", "重庆", "西安", "郑州", "济南", "青岛", "天津", "北京", "沈阳", "长沙",
    ].enumerated().map { index, city in
        KeeperContact(
            warehouse: city + "仓", name: Sensitive("仓管员"), phone: Sensitive("138000000\(index < 10 ? "0" : "")\(index)")
        )
    }

    func run() async throws {
        var next = 0
        while !Task.isCancelled {
            try await clock.sleep(until: clock.now() + .minutes(5))
            let news = await world.partners.keeperTexts(from: next)
            next = news.next
            for text in news.texts {
                // A keeper is at work and not at the telephone.
                try await clock.sleep(until: text.sentAt + .minutes(4))
                await answer(text.code)
            }
        }
    }

    private func answer(_ code: String) async {
        let url = "\(world.world.hubURL)/k/\(code)"
        let timeout: Milliseconds = .seconds(10)
        let opened = HTTPCall(
            method: "GET", url: url, headers: [(name: "accept-language", value: "zh-CN")], body: [], timeout: timeout)
        guard let reply = try? await caller.call(opened), reply.status == 200 else { return }
        let page = String(decoding: reply.body, as: UTF8.self)
        // A link that is over shows no form.
        guard let parcel = piece(of: page, after: "data-parcel=\"", before: "\""),
            let courier = chosenCourier(page),
            let number = await world.world.numberFromRoll(parcel, courier: courier)
        else { return }
        let form = formEncoded([(name: "courier", value: courier), (name: "number", value: number)])
        let typed = HTTPCall(
            url: url, headers: [(name: "content-type", value: "application/x-www-form-urlencoded")],
            body: Array(form.utf8), timeout: timeout)
        _ = try? await caller.call(typed)
    }

    private func chosenCourier(_ page: String) -> String? {
        guard let mark = page.range(of: "\" selected>") else { return nil }
        let before = page[..<mark.lowerBound]
        return before.range(of: "\"", options: .backwards).map { String(before[$0.upperBound...]) }
    }

    private func piece(of text: String, after begin: String, before end: String) -> String? {
        guard let start = text.range(of: begin), let stop = text[start.upperBound...].range(of: end) else { return nil }
        return String(text[start.upperBound..<stop.lowerBound])
    }
}
