import HydrantConnectorKit
package import HydrantCore

/// Labels for the warehouse, partners that are down, and what keepers were texted.
extension PartnerSandbox {
    /// The hub was told a number, so that the label can be printed. Each aggregator calls couriers by codes of its own.
    func tellDock(_ number: String, of parcel: String, courier code: String, by partner: Partner) {
        let names = [
            "shunfeng": "SF", "zhongtong": "ZTO", "yuantong": "YTO", "shentong": "STO", "YD": "YUNDA", "yunda": "YUNDA",
            "jd": "JD",
        ]
        dock?.tell(
            LoadingDock.Label(
                parcel: parcel, courier: names[code] ?? code, number: number, maker: partner.rawValue), at: clock.now())
    }

    func takeBackAtDock(_ entry: WaybillBook.Entry?) {
        for number in entry?.cancelled ?? [] { dock?.takeBack(number, of: entry?.id ?? "") }
    }

    package nonisolated var systems: [String] { Partner.allCases.map(\.rawValue) }

    /// Takes a partner down until a moment, or brings it back: while it is down its calls get no answer and take no
    /// effect, and it pushes nothing.
    package func setOutage(of system: String, until moment: Instant?) {
        if let partner = Partner(rawValue: system) { outages[partner] = moment }
    }

    /// Until when a partner is down; nil while it works.
    package func outage(of system: String) -> Instant? {
        Partner(rawValue: system).flatMap { outages[$0] }.flatMap { $0 > clock.now() ? $0 : nil }
    }

    /// What keepers were texted from the n-th text on, and how many texts there are now.
    package func keeperTexts(by partner: Partner = .aliyun, from first: Int) -> (texts: [KeeperText], next: Int) {
        let all = texts[partner]?.texts ?? []
        let keeperTemplate = connectorSettings.first { $0.kind == partner.rawValue }?.options["keeperTemplate"]
        let texts = all.dropFirst(first).filter { $0.template == keeperTemplate && $0.values.count == 2 }
        return (texts.map { KeeperText(order: $0.values[0], code: $0.values[1], sentAt: $0.sentAt) }, all.count)
    }

    /// A text to a keeper: the order, and the end of the form's link.
    package struct KeeperText: Sendable {
        package var order: String
        package var code: String
        package var sentAt: Instant
    }
}
